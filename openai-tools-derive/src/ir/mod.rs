//! Items that are checked: expanding one cannot fail.

pub(crate) mod context;
pub(crate) mod crate_path;
pub(crate) mod function;
pub(crate) mod member;
pub(crate) mod params;
pub(crate) mod set;
pub(crate) mod structure;
pub(crate) mod tool;
