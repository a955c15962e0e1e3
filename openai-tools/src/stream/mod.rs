//! What arrives piece by piece, read as it arrives. No network, no runtime.

mod elements;
pub mod json;
mod partial;

pub use self::{
    elements::{Elements, InvalidElement},
    partial::{Partial, PartialReader},
};
