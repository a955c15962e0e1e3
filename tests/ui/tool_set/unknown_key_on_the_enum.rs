use openai_tools::Tool;

#[derive(Tool)]
#[tool(prefx = "shop_")]
enum Action {
    HangUp,
}

fn main() {}
