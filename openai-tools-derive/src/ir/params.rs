//! The parameters of a function that becomes a tool.

use syn::{Attribute, Ident, Pat, PatType, Type, parse_quote};

use crate::{
    diag::{Errors, error_at, error_on},
    parse::{
        docs::{Description, is_described, is_doc_line},
        param_attr::ParamAttrs,
        types,
    },
};

/// One parameter.
pub(crate) struct Param {
    pub(crate) ty: Type,
    pub(crate) source: Source,
}

/// Where the value of a parameter comes from.
pub(crate) enum Source {
    /// The model, as the field of this name.
    Argument { field: Ident, attrs: Vec<Attribute> },
    /// The application's context.
    Context,
}

impl Param {
    /// Checks a parameter and takes our attributes off it.
    pub(super) fn parse(
        typed: &mut PatType,
        documented: bool,
        errors: &mut Errors,
    ) -> Option<Self> {
        let attrs = ParamAttrs::parse(std::mem::take(&mut typed.attrs), errors);
        typed.attrs.extend(attrs.rest);
        let ident = plain_ident(&typed.pat, errors);
        let ty = (*typed.ty).clone();
        if attrs.context.is_some() {
            check_context(&ty, errors);
            return Some(Self { ty, source: Source::Context });
        }
        if let (true, Some(ident)) = (documented, &ident) {
            check_described(ident, &attrs.field, errors);
        }
        types::check_argument(&ty, errors);
        let attrs = with_flowing_docs(attrs.field);
        Some(Self { ty, source: Source::Argument { field: ident?, attrs } })
    }
}

/// Reports a parameter that the model is told nothing of.
pub(super) fn check_described(ident: &Ident, attrs: &[Attribute], errors: &mut Errors) {
    if !is_described(attrs) {
        errors.push(error_at(
            ident.span(),
            format!("the parameter `{ident}` has no description, and `documented` asks for one"),
            "write a doc comment that says what to put there",
        ));
    }
}

fn plain_ident(pat: &Pat, errors: &mut Errors) -> Option<Ident> {
    match pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(pat.ident.clone()),
        Pat::Wild(pat) => {
            errors.push(error_on(
                pat,
                "the parameter has no name that the model could use",
                "give it a name, such as `_unused`",
            ));
            None
        }
        pat => {
            errors.push(error_on(
                pat,
                "the pattern of a tool's parameter has to be a name: the model sees it",
                "write a name, and take the value apart in the body with `let`",
            ));
            None
        }
    }
}

fn check_context(ty: &Type, errors: &mut Errors) {
    match ty {
        Type::Reference(reference) => {
            if let Some(mutability) = &reference.mutability {
                errors.push(error_at(
                    mutability.span,
                    "the context is shared by calls that run at the same time",
                    "take `&T`, with a `Mutex` or an atomic in `T`",
                ));
            }
        }
        Type::ImplTrait(ty) => errors.push(error_on(
            ty,
            "the context is chosen by type, `impl Trait` stands for many",
            "name the type, or write `&dyn Trait`",
        )),
        _ => {}
    }
}

/// Puts the docs into one attribute, so that a parameter is described like its tool.
pub(super) fn with_flowing_docs(mut attrs: Vec<Attribute>) -> Vec<Attribute> {
    if let Some(Description::Text(text)) = Description::of(&attrs) {
        attrs.retain(|attr| !is_doc_line(attr));
        attrs.insert(0, parse_quote!(#[doc = #text]));
    }
    attrs
}
