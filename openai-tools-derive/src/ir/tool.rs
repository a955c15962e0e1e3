//! What a function and a type have in common as tools.

use std::time::Duration;

use syn::{Attribute, Ident, Result};

use super::crate_path::CratePath;
use crate::{
    diag::Errors,
    parse::{docs::Description, tool_attr::ToolAttr},
};

/// What the model is told of a tool, and how it is to be run.
pub(crate) struct Tool {
    pub(crate) name: String,
    pub(crate) description: Option<Description>,
    pub(crate) strict: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) read_only: bool,
    pub(crate) krate: CratePath,
}

impl Tool {
    /// `default_name` makes a name of `ident` where the attribute gives none.
    pub(crate) fn new(
        attr: ToolAttr,
        ident: &Ident,
        attrs: &[Attribute],
        default_name: fn(&Ident) -> Result<String>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let name = match attr.name {
            Some(name) => name,
            // The attribute names the tool, and that was a mistake.
            None if attr.has("name") => return None,
            None => errors.keep(default_name(ident))?,
        };
        Some(Self {
            name,
            description: attr.description.map(Description::Text).or_else(|| Description::of(attrs)),
            strict: attr.strict.unwrap_or(true),
            timeout: attr.timeout,
            read_only: attr.read_only,
            krate: CratePath::new(attr.krate),
        })
    }
}
