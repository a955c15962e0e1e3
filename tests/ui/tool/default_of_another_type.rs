use openai_tools::tool;

#[tool]
fn f(#[serde(default = "size")] size: u8) {
    let _ = size;
}

fn size() -> u16 {
    7
}

fn main() {}
