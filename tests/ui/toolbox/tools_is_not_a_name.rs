use openai_tools::toolbox;

struct Calendar;

#[toolbox(tools = "my tools")]
impl Calendar {
    #[tool]
    fn clear(&self) {}
}

fn main() {}
