use openai_tools::toolbox;

struct Event;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    async fn events(&self) -> Result<Vec<Event>, String> {
        Ok(Vec::new())
    }
}

fn main() {}
