//! `#[context(…)]`: keys and values.

use proc_macro2::TokenStream;
use syn::Path;

use super::entry::{entries, known};
use crate::diag::{Errors, error_at};

/// Reads `crate = "…"`, the only key of `#[context(…)]` on a type.
pub(crate) fn context_crate(tokens: TokenStream, errors: &mut Errors) -> Option<Path> {
    let mut krate = None;
    for entry in entries(tokens, errors) {
        match known(&entry.key, "context", &["crate"]) {
            Ok(_) if krate.is_some() => errors.push(error_at(
                entry.key.span(),
                "`crate` is given twice",
                "keep one of them",
            )),
            Ok(_) => krate = errors.keep(entry.path()),
            Err(error) => errors.push(error),
        }
    }
    krate
}

/// Reads `skip`, the only key of `#[context(…)]` on a field.
pub(crate) fn context_skip(tokens: TokenStream, errors: &mut Errors) -> bool {
    let mut skip = false;
    for entry in entries(tokens, errors) {
        let flag = known(&entry.key, "context", &["skip"]).and_then(|_| entry.flag());
        // Even if it is misspelt: a second mistake about the field's type would be ours.
        skip = true;
        errors.keep(flag);
    }
    skip
}
