use openai_tools::tool;

#[tool]
fn f(city: &str) {}

fn main() {
    // The function is still there, with its own types.
    f("Hanoi");
}
