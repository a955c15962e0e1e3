use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    fn title(&self) -> &str {
        "title"
    }
}

fn main() {}
