use openai_tools::tool;

#[tool]
fn f(#[serde(defalt)] size: u8) {
    let _ = size;
}

fn main() {}
