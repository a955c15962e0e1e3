use openai_tools::Tool;

#[derive(Tool)]
enum Search {
    ByName { name: String },
    Close,
}

#[derive(Tool)]
#[tool(prefix = "by_")]
enum Lookup {
    Name { name: String },
    Number { number: u32 },
}

#[derive(Tool)]
enum Action {
    #[tool(set)]
    Search(Search),
    #[tool(set)]
    Lookup(Lookup),
}

fn main() {}
