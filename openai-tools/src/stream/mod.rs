//! What arrives piece by piece, read as it arrives. No network, no runtime.

pub mod json;
