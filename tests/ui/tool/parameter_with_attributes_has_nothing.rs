use openai_tools::tool;

#[derive(Default)]
struct City;

#[tool]
fn f(
    #[serde(default)]
    city: City,
    #[serde(default, deserialize_with = "read")]
    #[schemars(with = "String")]
    told_otherwise: City,
) {
    let _ = (city, told_otherwise);
}

fn read<'de, D: serde::Deserializer<'de>>(_: D) -> Result<City, D::Error> {
    Ok(City)
}

fn main() {}
