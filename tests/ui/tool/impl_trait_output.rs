use openai_tools::tool;

#[tool]
fn f() -> impl ToString {
    7
}

fn main() {}
