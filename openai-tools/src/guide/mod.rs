#![doc = include_str!("index.md")]

#[doc = include_str!("faults.md")]
pub mod faults {}

#[doc = include_str!("schemas.md")]
pub mod schemas {}

#[cfg(all(feature = "derive", feature = "testing"))]
#[doc = include_str!("streams.md")]
pub mod streams {}
