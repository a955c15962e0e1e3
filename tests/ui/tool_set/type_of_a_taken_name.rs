use openai_tools::Tool;

/// Put an item into the basket.
#[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
struct AddToBasket {
    item: u32,
}

#[derive(Tool)]
enum Action {
    Add(AddToBasket),
    #[tool(name = "add_to_basket")]
    Put { item: u32 },
}

fn main() {}
