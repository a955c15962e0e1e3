use openai_tools::Tool;

#[derive(Tool)]
enum Account {
    SignOut,
}

#[derive(Tool)]
enum Action {
    #[tool(set = true)]
    Account(Account),
}

fn main() {}
