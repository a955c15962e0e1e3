use openai_tools::Tool;

#[allow(non_camel_case_types)]
#[derive(Tool)]
enum Action {
    HangUp,
    Hang_up { reason: String },
}

fn main() {}
