use openai_tools::Tool;

#[derive(Tool)]
enum Account {
    Open { name: String },
    Close,
}

#[derive(Tool)]
enum Action {
    AccountClose,
    #[tool(set, prefix = "account_")]
    Account(Account),
}

fn main() {}
