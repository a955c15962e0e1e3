use openai_tools::tool;

#[derive(serde::Deserialize)]
struct City;

#[tool]
fn f(cities: Option<Vec<City>>) {
    let _ = cities;
}

fn main() {}
