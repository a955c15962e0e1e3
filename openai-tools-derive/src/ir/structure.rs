//! A struct as a tool.

use syn::{
    Attribute, Data, DeriveInput, Error, Fields, GenericParam, Generics, Ident, LifetimeParam,
    Meta, Result,
};

use super::tool::Tool;
use crate::{
    diag::{Errors, error_on},
    parse::{
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
        let keys = read_keys(&input.attrs, Place::Tool, &mut errors);
        let tool = Tool::new(keys, &input.ident, &input.attrs, name::of_type, &mut errors);
        for param in &input.generics.params {
            if let GenericParam::Lifetime(lifetime) = param {
                errors.push(borrowing(lifetime));
            }
        }
        check_data(input, &mut errors);
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

fn check_data(input: &DeriveInput, errors: &mut Errors) {
    let ident = &input.ident;
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
    for attr in fields.iter().flat_map(|field| &field.attrs) {
        if attr.path().is_ident("tool") {
            errors.push(error_on(
                attr,
                "`#[tool]` belongs on the struct, not on a field",
                "use docs, `#[serde(…)]` and `#[schemars(…)]` on fields",
            ));
        }
    }
    match fields {
        Fields::Unit => errors.push(error_on(
            ident,
            "arguments are an object, and a unit struct is `null` in JSON",
            format!("write `struct {ident} {{}}`"),
        )),
        Fields::Unnamed(fields) if fields.unnamed.len() != 1 => errors.push(error_on(
            fields,
            "arguments are an object, and a tuple is an array in JSON",
            "name the fields: `{ name: Type, … }`",
        )),
        // One field stands for itself in JSON; whether that is an object only its schema knows.
        Fields::Unnamed(_) | Fields::Named(_) => {}
    }
}
