//! The attributes of one parameter, told apart by who reads them.

use proc_macro2::Span;
use syn::{Attribute, Meta, spanned::Spanned};

use super::docs::is_doc_line;
use crate::diag::{Errors, error_on};

/// The attributes of one parameter.
pub(crate) struct ParamAttrs {
    /// `#[context]`.
    pub(crate) context: Option<Span>,
    /// Docs, `#[serde(…)]` and `#[schemars(…)]`: for the field that the parameter becomes.
    pub(crate) field: Vec<Attribute>,
    /// What rustc may see on a parameter.
    pub(crate) rest: Vec<Attribute>,
}

impl ParamAttrs {
    pub(crate) fn parse(attrs: Vec<Attribute>, errors: &mut Errors) -> Self {
        let mut parsed = Self { context: None, field: Vec::new(), rest: Vec::new() };
        for attr in attrs {
            if attr.path().is_ident("context") {
                parsed.context(&attr, errors);
            } else if is_ours(&attr) {
                parsed.field.push(attr);
            } else if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
                errors.push(error_on(
                    &attr,
                    "a parameter of a tool cannot depend on `cfg`",
                    "put `#[cfg(…)]` on the function and write the function twice",
                ));
            } else {
                parsed.rest.push(attr);
            }
        }
        if parsed.context.is_some() {
            for attr in parsed.field.iter().filter(|attr| !attr.path().is_ident("doc")) {
                errors.push(error_on(
                    attr,
                    "the model never sees a parameter with `#[context]`",
                    "remove this attribute, or `#[context]`",
                ));
            }
        }
        parsed
    }

    fn context(&mut self, attr: &Attribute, errors: &mut Errors) {
        match &attr.meta {
            Meta::Path(_) if self.context.is_none() => self.context = Some(attr.span()),
            Meta::Path(_) => {
                errors.push(error_on(attr, "`#[context]` is given twice", "keep one of them"));
            }
            meta => {
                // Without it the type would be judged as that of an argument.
                self.context = Some(attr.span());
                errors.push(error_on(
                    meta,
                    "`#[context]` on a parameter takes nothing",
                    "write `#[context]`; what is given is chosen by the parameter's type",
                ));
            }
        }
    }
}

/// Whether rustc would refuse the attribute on a parameter.
pub(crate) fn is_ours(attr: &Attribute) -> bool {
    is_doc_line(attr)
        || ["context", "serde", "schemars"].iter().any(|name| attr.path().is_ident(name))
}
