//! The generators of the package `tests`, without the rest of it.

#[path = "../foreign/mod.rs"]
pub mod foreign;
#[path = "../instances.rs"]
pub mod instances;
