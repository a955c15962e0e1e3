use openai_tools::tool;

struct Calendar;

#[tool]
impl Calendar {}

fn main() {}
