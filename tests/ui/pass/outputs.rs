//! Every kind of output.

use std::{error::Error, fmt, io};

use openai_tools::{Content, ToolError, Toolbox, tool};

mod anyway {
    /// An error like that of `anyhow`.
    pub struct Error;

    impl From<Error> for Box<dyn std::error::Error + Send + Sync> {
        fn from(_: Error) -> Self {
            "anyway".into()
        }
    }

    pub type Result<T, E = Error> = std::result::Result<T, E>;
}

#[derive(serde::Serialize)]
struct Weather {
    degrees: f64,
}

#[derive(Debug)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken")
    }
}

impl Error for Broken {}

#[tool]
fn nothing() {}
#[tool]
async fn nothing_later() {}
#[tool]
fn unit() -> () {}
#[tool]
fn content() -> Content {
    Content::text("as is")
}
#[tool]
async fn value() -> Weather {
    Weather { degrees: 21.5 }
}
#[tool]
fn text() -> &'static str {
    "text"
}
#[tool]
fn option() -> Option<Weather> {
    None
}
#[tool]
async fn own_error() -> Result<Weather, Broken> {
    Err(Broken)
}
#[tool]
fn own_error_sync() -> Result<(), Broken> {
    Err(Broken)
}
#[tool]
fn alias() -> io::Result<Content> {
    Err(io::Error::other("no"))
}
#[tool]
async fn text_error() -> Result<Content, String> {
    Err(String::new())
}
#[tool]
fn static_error() -> Result<String, &'static str> {
    Err("no")
}
#[tool]
fn boxed_error() -> Result<String, Box<dyn Error + Send + Sync>> {
    Ok("1".parse::<i32>()?.to_string())
}
#[tool]
async fn any_error() -> anyway::Result<i32> {
    Err(anyway::Error)
}
#[tool]
async fn tool_error() -> Result<i32, ToolError> {
    Err(Broken)?
}

fn main() -> Result<(), openai_tools::Error> {
    let tools = Toolbox::new()
        .with(nothing)?
        .with(nothing_later)?
        .with(unit)?
        .with(content)?
        .with(value)?
        .with(text)?
        .with(option)?
        .with(own_error)?
        .with(own_error_sync)?
        .with(alias)?
        .with(text_error)?
        .with(static_error)?
        .with(boxed_error)?
        .with(any_error)?
        .with(tool_error)?;
    assert_eq!(tools.len(), 15);
    assert!(static_error().is_err());
    Ok(())
}
