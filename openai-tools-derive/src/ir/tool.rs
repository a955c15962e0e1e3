//! What a function, a method, a type and a variant have in common as tools.

use std::{num::NonZeroU32, time::Duration};

use syn::{Attribute, Ident, Result, Type};

use super::crate_path::CratePath;
use crate::{
    diag::{Errors, error_at},
    parse::{
        docs::Description,
        name,
        tool_attr::{OutputKey, SETTINGS, ToolAttr},
    },
};

/// What the model is told of a tool, and how it is to be run.
pub(crate) struct Tool {
    pub(crate) name: String,
    pub(crate) description: Option<Description>,
    pub(crate) strict: bool,
    pub(crate) timeout: Option<Duration>,
    /// How many calls run at the same time, at the most.
    pub(crate) concurrency: Option<NonZeroU32>,
    /// The settings that are switched on.
    pub(crate) settings: Vec<&'static str>,
    pub(crate) output_schema: OutputSchema,
    pub(crate) krate: CratePath,
}

/// Where the schema of a tool's outputs comes from.
pub(crate) enum OutputSchema {
    None,
    Of(Type),
    /// Of this type if it has a schema, which only rustc knows.
    IfAny(Type),
}

/// What several tools share.
#[derive(Default)]
pub(crate) struct Shared {
    /// What each name begins with.
    pub(crate) prefix: String,
    /// Whether everything has to be described.
    pub(crate) documented: bool,
    /// Where each finds the library.
    pub(crate) krate: CratePath,
}

impl Shared {
    pub(crate) fn of(keys: &ToolAttr) -> Self {
        Self {
            prefix: keys.prefix.clone().unwrap_or_default(),
            documented: keys.switch("documented").unwrap_or(false),
            krate: CratePath::new(keys.krate.clone()),
        }
    }

    /// Whether everything of this tool has to be described.
    pub(crate) fn documented(&self, keys: &ToolAttr) -> bool {
        keys.switch("documented").unwrap_or(self.documented)
    }
}

impl Tool {
    /// `default_name` makes a name of `ident` where the attribute gives none.
    pub(crate) fn new(
        attr: ToolAttr,
        ident: &Ident,
        attrs: &[Attribute],
        default_name: fn(&Ident) -> Result<String>,
        shared: &Shared,
        errors: &mut Errors,
    ) -> Option<Self> {
        let has_description = attr.has("description");
        let description =
            attr.description.clone().map(Description::Text).or_else(|| Description::of(attrs));
        if description.is_none() && !has_description && shared.documented(&attr) {
            errors.push(error_at(
                ident.span(),
                format!("the tool `{ident}` has no description, and `documented` asks for one"),
                "write a doc comment that says what it does and when to use it",
            ));
        }
        let settings = SETTINGS.iter().filter(|key| attr.switch(key) == Some(true));
        let settings = settings.copied().collect();
        let given = attr.span_of("name");
        let name = match attr.name {
            Some(name) => name,
            // The attribute names the tool, and that was a mistake.
            None if given.is_some() => return None,
            None => errors.keep(default_name(ident))?,
        };
        let span = given.unwrap_or_else(|| ident.span());
        let name = errors.keep(name::prefixed(&shared.prefix, &name, span))?;
        Some(Self {
            name,
            description,
            strict: attr.strict.unwrap_or(true),
            timeout: attr.timeout,
            concurrency: attr.concurrency,
            settings,
            output_schema: match attr.output_schema {
                Some(OutputKey::Of(ty)) => OutputSchema::Of(*ty),
                Some(OutputKey::None) | None => OutputSchema::None,
            },
            krate: attr
                .krate
                .map_or_else(|| shared.krate.clone(), |path| CratePath::new(Some(path))),
        })
    }

    /// Tells the schema of this type, if it has one. `()` says nothing.
    pub(super) fn with_output(self, output: &Type) -> Self {
        let is_unit = matches!(output, Type::Tuple(tuple) if tuple.elems.is_empty());
        let output_schema =
            if is_unit { OutputSchema::None } else { OutputSchema::IfAny(output.clone()) };
        Self { output_schema, ..self }
    }
}
