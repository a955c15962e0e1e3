use openai_tools::toolbox;

struct Calendar;

#[toolbox]
impl Calendar {
    #[tool(sequentially)]
    fn clear(&self) {}
}

fn main() {}
