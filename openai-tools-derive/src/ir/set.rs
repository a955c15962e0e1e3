//! An enum as a set of tools.

use proc_macro2::Span;
use syn::{Data, DeriveInput, Error, GenericParam, Ident, Result};

use super::{
    crate_path::CratePath,
    member::{Member, RenameFields, is_skipped},
    structure::{borrowing, read_keys},
    tool::Shared,
};
use crate::{
    diag::{Errors, error_at, error_on},
    parse::{name, tool_attr::Place},
};

/// An enum that becomes a set of tools.
pub(crate) struct Set {
    pub(crate) krate: CratePath,
    pub(crate) ident: Ident,
    /// What each name begins with.
    pub(crate) prefix: Option<String>,
    pub(crate) members: Vec<Member>,
}

impl Set {
    /// `None` for what is no enum.
    pub(crate) fn parse(input: &DeriveInput) -> Option<Result<Self>> {
        let Data::Enum(data) = &input.data else { return None };
        let mut errors = Errors::new();
        let keys = read_keys(&input.attrs, Place::Set, &mut errors);
        let shared = Shared::of(&keys);
        for param in &input.generics.params {
            errors.push(refuse_generic(param));
        }
        let variants: Vec<_> = data.variants.iter().filter(|v| !is_skipped(v)).collect();
        if variants.is_empty() {
            errors.push(error_on(
                &input.ident,
                "an enum without variants is a set without tools",
                "write a variant for each tool",
            ));
        }
        let rename = RenameFields::of(input);
        let mut members: Vec<Member> = Vec::new();
        for variant in variants {
            let member = Member::parse(variant, &rename, &shared, &mut errors);
            let Some(member) = member else { continue };
            if let Some(name) = member.name() {
                // The library puts it before each name: some are known only there.
                errors.keep(name::prefixed(&shared.prefix, name, member.name_span));
                if members.iter().any(|other| other.name() == Some(name)) {
                    errors.push(duplicate("set", name, member.name_span));
                }
            }
            members.push(member);
        }
        let ident = input.ident.clone();
        let (krate, prefix) = (shared.krate, keys.prefix);
        Some(errors.finish_with(Some(Self { krate, ident, prefix, members })))
    }
}

fn refuse_generic(param: &GenericParam) -> Error {
    match param {
        GenericParam::Lifetime(lifetime) => borrowing(lifetime),
        GenericParam::Const(_) | GenericParam::Type(_) => error_on(
            param,
            "a set of tools cannot be generic",
            "remove the parameter, and write the types that the set is meant for",
        ),
    }
}

pub(super) fn duplicate(what: &str, name: &str, span: Span) -> Error {
    error_at(
        span,
        format!("two tools of this {what} are called `{name}`"),
        "give one of them another name with `#[tool(name = \"…\")]`",
    )
}
