use openai_tools::tool;

struct City;

#[tool]
fn f(#[schemars(with = "String")] city: City) {
    let _ = city;
}

fn main() {}
