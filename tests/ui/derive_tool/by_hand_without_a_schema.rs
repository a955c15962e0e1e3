use openai_tools::Tool;

#[derive(serde::Deserialize)]
struct Search {}

impl Tool for Search {
    const NAME: &'static str = "search";
    const DESCRIPTION: Option<&'static str> = None;
}

fn main() {}
