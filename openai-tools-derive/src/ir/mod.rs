//! Items that are checked: expanding one cannot fail.

pub(crate) mod block;
pub(crate) mod context;
pub(crate) mod crate_path;
pub(crate) mod function;
pub(crate) mod member;
pub(crate) mod method;
pub(crate) mod params;
pub(crate) mod set;
pub(crate) mod signature;
pub(crate) mod structure;
pub(crate) mod tool;
