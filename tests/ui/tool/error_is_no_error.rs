use openai_tools::tool;

struct Broken;

#[tool]
async fn f() -> Result<u8, Broken> {
    Err(Broken)
}

fn main() {}
