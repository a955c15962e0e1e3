use openai_tools::tool;

#[tool]
fn f(#[context] pool: &String) -> &str {
    pool
}

fn main() {}
