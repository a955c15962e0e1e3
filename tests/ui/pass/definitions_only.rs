//! A tool that is only defined, or only called, is used.

#![deny(warnings)]

use openai_tools::tool;

/// Only defined.
#[tool]
async fn defined(
    /// The city.
    city: String,
    #[context] pool: &u8,
) -> String {
    format!("{city} {pool}")
}

/// Only called.
#[tool]
fn called() {}

fn main() {
    called();
    assert_eq!(defined::definition().unwrap().name().as_str(), "defined");
}
