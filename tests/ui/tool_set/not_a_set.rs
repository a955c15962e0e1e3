use openai_tools::Tools;

enum Action {
    HangUp,
}

fn main() {
    let _ = Tools::declared::<Action>();
}
