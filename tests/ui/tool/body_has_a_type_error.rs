use openai_tools::tool;

#[tool]
async fn f(x: u8) -> String {
    x
}

fn main() {}
