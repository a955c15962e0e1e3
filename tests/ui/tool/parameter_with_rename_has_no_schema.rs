use openai_tools::tool;

#[derive(serde::Deserialize)]
struct City;

#[tool]
fn f(#[serde(rename = "where")] city: Option<City>) {
    let _ = city;
}

fn main() {}
