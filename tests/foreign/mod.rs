//! Schemas that no Rust type wrote, and what conversion promises of them.

mod promises;
mod schemas;

pub use self::{
    promises::{Seen, hold, refused_by_servers},
    schemas::Schemas,
};
