//! A struct as a tool.

use proc_macro2::Span;
use syn::{
    Attribute, Data, DeriveInput, Error, Field, Fields, GenericParam, Generics, Ident,
    LifetimeParam, Meta, Result,
};

use super::{
    params::check_described,
    tool::{Shared, Tool},
};
use crate::{
    diag::{Errors, error_at, error_on},
    parse::{
        docs::is_described,
        name,
        tool_attr::{Place, ToolAttr},
    },
};

/// A struct that becomes a tool.
pub(crate) struct Structure {
    pub(crate) tool: Tool,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
}

impl Structure {
    pub(crate) fn parse(input: &DeriveInput) -> Result<Self> {
        let mut errors = Errors::new();
        let keys = read_keys(&input.attrs, Place::Item, &mut errors);
        let shared = Shared::default();
        let documented = shared.documented(&keys);
        let not_strict = keys.span_of("strict").filter(|_| keys.strict == Some(false));
        let tool = Tool::new(keys, &input.ident, &input.attrs, name::of_type, &shared, &mut errors);
        for param in &input.generics.params {
            if let GenericParam::Lifetime(lifetime) = param {
                errors.push(borrowing(lifetime));
            }
        }
        check_data(input, documented, not_strict, &mut errors);
        errors.finish_with(tool.map(|tool| Self {
            tool,
            ident: input.ident.clone(),
            generics: input.generics.clone(),
        }))
    }
}

/// A type that borrows cannot be read out of a call.
pub(super) fn borrowing(lifetime: &LifetimeParam) -> Error {
    error_on(
        lifetime,
        "arguments cannot be borrowed: they are read out of JSON",
        "remove the lifetime and write owned types, such as `String`",
    )
}

/// Reads every `#[tool(…)]` of a type or a variant.
pub(crate) fn read_keys(attrs: &[Attribute], place: Place, errors: &mut Errors) -> ToolAttr {
    let mut keys = ToolAttr::default();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("tool")) {
        match &attr.meta {
            Meta::Path(_) => {}
            Meta::List(list) => keys.read(list.tokens.clone(), place, errors),
            Meta::NameValue(meta) => errors.push(error_on(
                meta,
                "`#[tool]` takes its keys in parentheses",
                "write `#[tool(key = value)]`",
            )),
        }
    }
    keys
}

fn check_data(
    input: &DeriveInput,
    documented: bool,
    not_strict: Option<Span>,
    errors: &mut Errors,
) {
    let fields = match &input.data {
        Data::Struct(data) => &data.fields,
        // Read as a set, never here.
        Data::Enum(_) => return,
        Data::Union(data) => {
            return errors.push(error_on(
                data.union_token,
                "a union cannot be a tool: it cannot be read out of JSON",
                "write a struct",
            ));
        }
    };
    // One field without a name stands for itself in JSON.
    let is_newtype = matches!(fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1);
    for Field { attrs, ident, ty, .. } in fields {
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("tool")) {
            errors.push(error_on(
                attr,
                "`#[tool]` belongs on the struct, not on a field",
                "use docs, `#[serde(…)]` and `#[schemars(…)]` on fields",
            ));
        }
        match ident {
            _ if !documented || is_newtype => {}
            Some(ident) => check_described(ident, attrs, errors),
            None if is_described(attrs) => {}
            None => errors.push(error_on(
                ty,
                "the parameter has no description, and `documented` asks for one",
                "write a doc comment that says what to put there",
            )),
        }
    }
    let other_form = match fields {
        Fields::Unnamed(fields) if fields.unnamed.is_empty() => {
            return errors.push(error_on(
                fields,
                "a tuple without items has no faithful form",
                format!("write `struct {};`", input.ident),
            ));
        }
        Fields::Unit => "`null`",
        Fields::Unnamed(_) if !is_newtype => "an array",
        // Whether the one field of a newtype is an object only its schema knows.
        Fields::Unnamed(_) | Fields::Named(_) => return,
    };
    if let Some(span) = not_strict {
        errors.push(error_at(
            span,
            format!(
                "arguments are an object, and this struct is {other_form} in JSON; only strict \
                 mode has another form for it"
            ),
            "remove `strict = false`, or name the fields: `{ name: Type, … }`",
        ));
    }
}
