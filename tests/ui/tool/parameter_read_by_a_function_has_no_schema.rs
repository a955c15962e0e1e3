use openai_tools::tool;

struct City;

#[tool]
fn f(#[serde(deserialize_with = "read")] city: City) {
    let _ = city;
}

fn read<'de, D: serde::Deserializer<'de>>(_: D) -> Result<City, D::Error> {
    Ok(City)
}

fn main() {}
