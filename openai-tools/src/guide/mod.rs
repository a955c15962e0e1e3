#![doc = include_str!("index.md")]

#[doc = include_str!("schemas.md")]
pub mod schemas {}

#[cfg(test)]
mod tests;
