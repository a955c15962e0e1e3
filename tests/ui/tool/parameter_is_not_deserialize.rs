use openai_tools::tool;

#[derive(schemars::JsonSchema)]
struct City;

#[tool]
fn f(city: City) {
    let _ = city;
}

fn main() {}
