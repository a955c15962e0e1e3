use openai_tools::toolbox;

#[toolbox]
struct Calendar;

fn main() {}
