use openai_tools::Tool;

#[derive(Tool)]
enum Account {
    SignOut,
}

#[derive(Tool)]
enum Action {
    #[tool(set, name = "account")]
    Account(Account),
}

fn main() {}
