use openai_tools::tool;

struct City;

#[tool]
fn f(
    /// The city.
    city: City,
) {
    let _ = city;
}

fn main() {}
