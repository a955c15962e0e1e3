use openai_tools::tool;

#[tool]
fn f(#[serde(default = "no_such_function")] size: u8) {
    let _ = size;
}

fn main() {}
