use openai_tools::Tool;
use schemars::JsonSchema;
use serde::Deserialize;

use openai_tools::{Callable, ToolContext};

#[derive(Deserialize, JsonSchema, Tool)]
#[tool(read_onyl)]
struct Search {}

impl Callable for Search {
    type Output = ();
    type Error = String;

    async fn call(self, _: ToolContext) -> Result<(), String> {
        Ok(())
    }
}

fn main() {}
