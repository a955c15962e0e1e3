use openai_tools::Tool;

#[derive(Tool)]
#[tool(prefix = "shop_")]
enum Action {
    HangUp,
}

fn main() {}
