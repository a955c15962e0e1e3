use openai_tools::Tool;

#[derive(Tool)]
enum Account {
    SignOut,
}

#[derive(Tool)]
enum Action {
    Account(Account),
}

fn main() {}
