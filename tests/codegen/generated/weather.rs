// Written by `openai-tools codegen`. The contract is these types from now on: change them as you
// like, and let `openai_tools::ci::check` tell what a change means.

/// Current weather in one city.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[serde(deny_unknown_fields)]
#[tool(name = "get_weather")]
pub struct GetWeather {
    /// City and country, such as "Hanoi, Vietnam".
    pub city: String,
    /// Temperature unit: "celsius" or "fahrenheit"; null for the country's own.
    pub unit: Option<GetWeatherUnit>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum GetWeatherUnit {
    Celsius,
    Fahrenheit,
}
