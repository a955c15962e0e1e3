use openai_tools::tool;

#[tool(documented)]
fn f(
    /// The city.
    city: String,
    #[schemars(description = "The day.")] day: String,
    unit: u8,
) -> String {
    format!("{city} {day} {unit}")
}

fn main() {}
