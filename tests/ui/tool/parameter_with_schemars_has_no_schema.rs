use openai_tools::tool;

#[derive(serde::Deserialize)]
struct City;

#[tool]
fn f(#[schemars(length(min = 1))] cities: Vec<City>) {
    let _ = cities;
}

fn main() {}
