//! A struct as an application's context.

use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Field, Generics, Ident, Index, Member, Meta, Type};

use super::crate_path::CratePath;
use crate::{
    diag::{Errors, error_on},
    parse::context_attr::{context_crate, context_skip},
};

/// A struct that holds what tools ask for.
pub(crate) struct Context {
    pub(crate) krate: CratePath,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The fields that are provided, no two of one type.
    pub(crate) fields: Vec<(Member, Type)>,
}

impl Context {
    /// Beside the mistakes comes what is without one, so that the fields in order are provided.
    pub(crate) fn parse(input: DeriveInput) -> (Self, Errors) {
        let mut errors = Errors::new();
        let mut krate = None;
        for attr in input.attrs.iter().filter(|attr| attr.path().is_ident("context")) {
            match &attr.meta {
                Meta::List(list) => krate = context_crate(list.tokens.clone(), &mut errors),
                meta => errors.push(error_on(
                    meta,
                    "`#[context]` on a struct takes its key in parentheses",
                    "write `#[context(crate = \"…\")]`, or remove it",
                )),
            }
        }
        let fields = match input.data {
            Data::Struct(data) => provided(data.fields, &mut errors),
            Data::Enum(data) => {
                errors.push(refuse(data.enum_token));
                Vec::new()
            }
            Data::Union(data) => {
                errors.push(refuse(data.union_token));
                Vec::new()
            }
        };
        let DeriveInput { ident, generics, .. } = input;
        (Self { krate: CratePath::new(krate), ident, generics, fields }, errors)
    }
}

fn provided(fields: impl IntoIterator<Item = Field>, errors: &mut Errors) -> Vec<(Member, Type)> {
    let mut provided: Vec<(Member, Type)> = Vec::new();
    for (position, field) in fields.into_iter().enumerate() {
        let skips: Vec<bool> = field.attrs.iter().filter_map(|attr| skip(attr, errors)).collect();
        if skips.contains(&true) {
            continue;
        }
        let member = field.ident.map_or_else(|| Index::from(position).into(), Member::Named);
        let text = field.ty.to_token_stream().to_string();
        let taken = provided.iter().find(|(_, ty)| ty.to_token_stream().to_string() == text);
        if let Some((first, _)) = taken {
            let first = first.to_token_stream();
            errors.push(error_on(
                &field.ty,
                format!("the field `{first}` has this type too, and tools ask by type"),
                "write `#[context(skip)]` on one of them, or make a newtype of it",
            ));
        } else {
            provided.push((member, field.ty));
        }
    }
    provided
}

/// Whether the attribute leaves the field out; `None` if it is not ours.
fn skip(attr: &Attribute, errors: &mut Errors) -> Option<bool> {
    if !attr.path().is_ident("context") {
        return None;
    }
    match &attr.meta {
        Meta::List(list) => Some(context_skip(list.tokens.clone(), errors)),
        meta => {
            errors.push(error_on(
                meta,
                "`#[context]` on a field needs `skip` in parentheses",
                "write `#[context(skip)]`, or remove it: fields are provided without it",
            ));
            Some(true)
        }
    }
}

fn refuse(keyword: impl ToTokens) -> syn::Error {
    error_on(
        keyword,
        "only a struct can derive `Context`: it lends its fields to tools",
        "write a struct, or implement `Provide<T>` by hand",
    )
}
