//! What a function, a method, a type and a variant have in common as tools.

use std::{num::NonZeroU32, time::Duration};

use syn::{Attribute, Expr, Ident, Result, Type};

use super::crate_path::CratePath;
use crate::{
    diag::{Errors, error_at},
    parse::{
        docs::Description,
        name,
        tool_attr::{OutputKey, SETTINGS, Syntax, ToolAttr},
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
    pub(crate) form: Box<Form>,
    pub(crate) krate: CratePath,
}

/// The form in which the model is offered a tool.
#[derive(Clone, Default)]
pub(crate) struct Form {
    pub(crate) custom: Option<Custom>,
    /// Name and description.
    pub(crate) namespace: Option<(String, String)>,
    pub(crate) defer_loading: bool,
    pub(crate) allowed_callers: Vec<&'static str>,
}

impl Form {
    /// Whether it is that of a plain function.
    pub(crate) fn is_plain(&self) -> bool {
        let Self { custom, namespace, defer_loading, allowed_callers } = self;
        custom.is_none() && namespace.is_none() && !defer_loading && allowed_callers.is_empty()
    }
}

/// What a custom tool takes.
#[derive(Clone)]
pub(crate) enum Custom {
    Grammar(Syntax, Expr),
    Text,
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
    /// Name and description of their namespace.
    pub(crate) namespace: Option<(String, String)>,
}

impl Shared {
    pub(crate) fn of(keys: &ToolAttr) -> Self {
        Self {
            prefix: keys.prefix.clone().unwrap_or_default(),
            documented: keys.switch("documented").unwrap_or(false),
            krate: CratePath::new(keys.krate.clone()),
            namespace: None,
        }
    }

    /// Puts the tools of a block into the namespace that its keys name.
    pub(crate) fn in_namespace(
        mut self,
        keys: &ToolAttr,
        attrs: &[Attribute],
        errors: &mut Errors,
    ) -> Self {
        let Some((name, span)) = &keys.namespace else {
            if let Some(span) = keys.span_of("description") {
                let what = "`description` describes the namespace of a block, and it has none";
                errors.push(error_at(span, what, "add `namespace = \"…\"`, or remove it"));
            }
            return self;
        };
        let documented = || match Description::of(attrs) {
            Some(Description::Text(text)) => Some(text),
            _ => None,
        };
        match keys.description.clone().or_else(documented) {
            Some(description) => self.namespace = Some((name.clone(), description)),
            None => errors.push(error_at(
                *span,
                "a namespace needs a description, by which the model finds it",
                "write a doc comment on the block, or `description = \"…\"`",
            )),
        }
        self
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
        attr.check_form(errors);
        let form = Form {
            custom: (attr.switch("custom") == Some(true)).then(|| match &attr.grammar {
                Some((syntax, grammar)) => Custom::Grammar(*syntax, (**grammar).clone()),
                None => Custom::Text,
            }),
            namespace: shared.namespace.clone(),
            defer_loading: attr.switch("defer_loading") == Some(true),
            allowed_callers: attr.allowed_callers.clone(),
        };
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
            form: Box::new(form),
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
