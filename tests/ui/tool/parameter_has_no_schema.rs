use openai_tools::tool;

#[derive(serde::Deserialize)]
struct City;

#[tool]
fn f(city: City) {
    let _ = city;
}

fn main() {}
