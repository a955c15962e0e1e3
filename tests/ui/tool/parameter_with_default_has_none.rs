use openai_tools::tool;

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct City;

#[tool]
fn f(#[serde(default)] city: City) {
    let _ = city;
}

fn main() {}
