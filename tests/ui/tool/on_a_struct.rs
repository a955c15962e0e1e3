use openai_tools::tool;

#[tool]
struct F;

fn main() {
    let _ = F;
}
