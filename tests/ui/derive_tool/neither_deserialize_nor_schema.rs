use openai_tools::{Callable, Tool, ToolContext};

#[derive(Tool)]
struct Search {}

impl Callable for Search {
    type Output = ();
    type Error = String;

    async fn call(self, _: ToolContext) -> Result<(), String> {
        Ok(())
    }
}

fn main() {}
