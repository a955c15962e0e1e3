use openai_tools::tool;

struct Weather;

#[tool]
async fn f() -> Weather {
    Weather
}

fn main() {}
