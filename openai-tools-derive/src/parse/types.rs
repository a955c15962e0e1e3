//! Looks into types: for what cannot come out of JSON, and for lifetimes that are left out.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Error, GenericArgument, Generics, Ident, Lifetime, PathArguments, Token, Type, TypeParamBound,
    TypeReference, parse_quote, punctuated::Punctuated,
};

use crate::diag::{Errors, error_at, error_on};

/// Reports all that keeps a parameter's type from being made out of a call's arguments.
pub(crate) fn check_argument(ty: &Type, errors: &mut Errors) {
    check_owned(ty, "; or mark the parameter `#[context]` if the application gives it", errors);
}

/// Reports all that keeps a field's type from being made out of a call's arguments.
pub(crate) fn check_field(ty: &Type, errors: &mut Errors) {
    check_owned(ty, "", errors);
}

/// Whether a type is none that a text can be read into, as far as its name tells.
pub(crate) fn is_no_text(ty: &Type) -> bool {
    const OTHERS: &[&str] = &[
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "u128", "usize", "BTreeMap", "HashMap", "HashSet", "Option", "Value", "Vec",
    ];
    match ty {
        Type::Path(ty) => {
            let last = ty.path.segments.last();
            last.is_some_and(|last| OTHERS.iter().any(|other| last.ident == other))
        }
        Type::Array(_) | Type::Tuple(_) => true,
        // Refused by itself, or for rustc to judge.
        _ => false,
    }
}

fn check_owned(ty: &Type, otherwise: &str, errors: &mut Errors) {
    for_each(&mut ty.clone(), &mut |part| match part {
        Part::Type(Type::Reference(reference)) => {
            errors.push(borrowed_argument(reference, otherwise));
        }
        Part::Type(Type::ImplTrait(ty)) => errors.push(error_on(
            ty,
            "a tool's parameter needs one type, `impl Trait` stands for many",
            "write a type that implements `serde::Deserialize` and `schemars::JsonSchema`",
        )),
        Part::Lifetime(lifetime) if lifetime.ident != "static" => errors.push(error_at(
            lifetime.span(),
            "arguments cannot be borrowed: they are read out of JSON",
            "write `'static` here, or an owned type",
        )),
        _ => {}
    });
}

/// Reports all that keeps a type from being sent as an output.
pub(crate) fn check_output(ty: &Type, errors: &mut Errors) {
    for_each(&mut ty.clone(), &mut |part| match part {
        Part::Type(Type::Reference(reference)) if !is_static(reference) => {
            errors.push(error_on(
                &*reference,
                "a tool cannot return a borrowed value: it is sent after the call",
                format!("return `{}`", owned(reference)),
            ));
        }
        Part::Type(Type::ImplTrait(ty)) => errors.push(error_on(
            ty,
            "a tool cannot return `impl Trait`",
            "name the type; `openai_tools::Content` and `serde_json::Value` hold anything",
        )),
        _ => {}
    });
}

/// The type with `lifetime` wherever one is left out, and whether there was such a place.
///
/// `&dyn Trait` becomes `&'lifetime (dyn Trait + 'static)`: left to rustc, the bound of the object
/// would be that of the reference, and no context provides that.
pub(crate) fn with_lifetime(ty: &Type, lifetime: &Lifetime) -> (Type, bool) {
    let mut ty = ty.clone();
    let mut borrows = false;
    for_each(&mut ty, &mut |part| match part {
        Part::Type(Type::Reference(reference)) => {
            if reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident == "_") {
                borrows = true;
                reference.lifetime = Some(at(lifetime, reference.and_token.span));
            }
            if let Some(bounds) = unbounded_object(&reference.elem) {
                *reference.elem = parse_quote!((dyn #bounds + 'static));
            }
        }
        Part::Lifetime(elided) if elided.ident == "_" => {
            borrows = true;
            *elided = at(lifetime, elided.span());
        }
        _ => {}
    });
    (ty, borrows)
}

/// The first place where a type names a parameter of the block around it, or `Self`.
pub(crate) fn first_generic(ty: &Type, generics: &Generics) -> Option<Ident> {
    let mut names = vec![Ident::new("Self", Span::call_site())];
    names.extend(generics.type_params().map(|param| param.ident.clone()));
    names.extend(generics.const_params().map(|param| param.ident.clone()));
    find_ident(ty.to_token_stream(), &names)
}

fn find_ident(tokens: TokenStream, names: &[Ident]) -> Option<Ident> {
    let mut is_inside_a_path = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if names.contains(ident) && !is_inside_a_path => {
                return Some(ident.clone());
            }
            TokenTree::Group(group) => {
                if let Some(found) = find_ident(group.stream(), names) {
                    return Some(found);
                }
            }
            _ => {}
        }
        is_inside_a_path = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':');
    }
    None
}

enum Part<'t> {
    Type(&'t mut Type),
    /// An argument of a path; the lifetime of a reference comes with the reference.
    Lifetime(&'t mut Lifetime),
}

/// Visits a type from the outside in. Types of function pointers have lifetimes of their own.
fn for_each(ty: &mut Type, visit: &mut dyn FnMut(Part<'_>)) {
    visit(Part::Type(ty));
    match ty {
        Type::Array(ty) => for_each(&mut ty.elem, visit),
        Type::Group(ty) => for_each(&mut ty.elem, visit),
        Type::Paren(ty) => for_each(&mut ty.elem, visit),
        Type::Ptr(ty) => for_each(&mut ty.elem, visit),
        Type::Slice(ty) => for_each(&mut ty.elem, visit),
        Type::Reference(ty) => for_each(&mut ty.elem, visit),
        Type::Tuple(ty) => ty.elems.iter_mut().for_each(|elem| for_each(elem, visit)),
        Type::Path(ty) => {
            for segment in &mut ty.path.segments {
                let PathArguments::AngleBracketed(generics) = &mut segment.arguments else {
                    continue;
                };
                for generic in &mut generics.args {
                    match generic {
                        GenericArgument::Lifetime(lifetime) => visit(Part::Lifetime(lifetime)),
                        GenericArgument::Type(ty) => for_each(ty, visit),
                        _ => {}
                    }
                }
            }
        }
        _ => {}
    }
}

/// The bounds of a trait object without a lifetime, in parentheses or not.
fn unbounded_object(ty: &Type) -> Option<Punctuated<TypeParamBound, Token![+]>> {
    match ty {
        Type::Group(ty) => unbounded_object(&ty.elem),
        Type::Paren(ty) => unbounded_object(&ty.elem),
        Type::TraitObject(ty) => {
            let bounded = ty.bounds.iter().any(|it| matches!(it, TypeParamBound::Lifetime(_)));
            (!bounded).then(|| ty.bounds.clone())
        }
        _ => None,
    }
}

fn borrowed_argument(reference: &TypeReference, otherwise: &str) -> Error {
    error_on(
        reference,
        "arguments cannot be borrowed: they are read out of JSON",
        format!("write `{}`{otherwise}", owned(reference)),
    )
}

/// The owned type that people mean, as text.
fn owned(reference: &TypeReference) -> String {
    let elem = &reference.elem;
    match &**elem {
        Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
        Type::Path(path) if path.path.is_ident("Path") => "PathBuf".to_owned(),
        Type::Slice(slice) => format!("Vec<{}>", text(&slice.elem)),
        elem => text(elem),
    }
}

/// The type as it is written.
pub(crate) fn text(ty: &Type) -> String {
    quote!(#ty)
        .to_string()
        .replace(" :: ", "::")
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace(" ,", ",")
        .replace("& ", "&")
}

fn is_static(reference: &TypeReference) -> bool {
    reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static")
}

/// Where the reference stands, but in the scope of `lifetime`: what a macro by example passes on has
/// another.
fn at(lifetime: &Lifetime, span: Span) -> Lifetime {
    Lifetime::new(&lifetime.to_string(), lifetime.span().located_at(span))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(ty: &Type) -> (String, bool) {
        let (ty, borrows) = with_lifetime(ty, &parse_quote!('cx));
        (text(&ty), borrows)
    }

    #[test]
    fn lifetimes_that_are_left_out_are_filled_in() {
        assert_eq!(filled(&parse_quote!(&Pool)), ("&'cx Pool".to_owned(), true));
        assert_eq!(filled(&parse_quote!(User<'_>)), ("User<'cx>".to_owned(), true));
        assert_eq!(filled(&parse_quote!(&'static Pool)), ("&'static Pool".to_owned(), false));
        assert_eq!(filled(&parse_quote!(ToolCallId)), ("ToolCallId".to_owned(), false));
        assert_eq!(
            filled(&parse_quote!(&(dyn Db + Sync))),
            ("&'cx (dyn Db + Sync + 'static)".to_owned(), true)
        );
        assert_eq!(filled(&parse_quote!(&dyn Db)), ("&'cx (dyn Db + 'static)".to_owned(), true));
    }

    #[test]
    fn each_borrow_names_the_owned_type() {
        let said = |ty: Type| {
            let mut errors = Errors::new();
            check_argument(&ty, &mut errors);
            let errors = errors.into_error().into_iter().flatten();
            errors.map(|error| error.to_string()).collect::<Vec<_>>().join("\n")
        };
        assert!(said(parse_quote!(&str)).contains("write `String`"));
        assert!(said(parse_quote!(Option<&[u8]>)).contains("write `Vec<u8>`"));
        assert!(said(parse_quote!(&Vec<City>)).contains("write `Vec<City>`"));
        assert!(said(parse_quote!(Cow<'_, str>)).contains("write `'static`"));
        assert!(said(parse_quote!(Vec<impl Into<String>>)).contains("`impl Trait`"));
        assert_eq!(said(parse_quote!((Cow<'static, str>, [u8; 4], fn(&str)))), "");
    }
}
