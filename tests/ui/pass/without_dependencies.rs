//! The derives of serde and schemars by way of this crate, for one that does not depend on them.

#![deny(warnings)]

use openai_tools::{
    schemars::{self as no_schemars, JsonSchema},
    serde::{self as no_serde, Deserialize},
    tool,
};

#[derive(Deserialize, JsonSchema)]
#[serde(crate = "openai_tools::serde")]
#[schemars(crate = "openai_tools::schemars")]
struct City {
    name: String,
}

/// Current weather in one city.
#[tool]
fn weather_in(city: City) -> String {
    city.name
}

fn main() {
    fn is_told<T: no_schemars::JsonSchema + no_serde::de::DeserializeOwned>() {}
    is_told::<City>();
    assert!(weather_in::definition().is_ok());
}
