use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool]
    fn clear(&self) {}

    #[tool(name = "clear")]
    fn clear_all(&self) {}
}

fn main() {}
