use openai_tools::Tool;

enum Account {
    SignOut,
}

#[derive(Tool)]
enum Action {
    #[tool(set)]
    Account(Account),
}

fn main() {}
