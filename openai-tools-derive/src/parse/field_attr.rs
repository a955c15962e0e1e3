//! What `#[serde(…)]` and `#[schemars(…)]` on a field leave for its type to do.

use syn::{
    Attribute, Expr, ExprLit, ExprPath, Lit, Meta, Token, parse_quote, punctuated::Punctuated,
};

/// Whether serde reads the field by its type, as far as can be seen: what it cannot read is its own
/// to report.
pub(crate) fn is_read_by_type(attrs: &[Attribute]) -> bool {
    says_none_of(attrs, &["serde"], &["with", "deserialize_with", "skip", "skip_deserializing"])
}

/// Whether schemars tells of the field by its type.
pub(crate) fn is_told_by_type(attrs: &[Attribute]) -> bool {
    let keys = ["with", "schema_with", "skip", "skip_deserializing"];
    says_none_of(attrs, &["serde", "schemars"], &keys)
}

/// What stands for a field that the model leaves out.
pub(crate) enum Default {
    /// The default value of its type.
    OfType,
    /// What this function returns.
    By(ExprPath),
}

/// The `default` among the keys of serde, if it can be read: what cannot is serde's to report.
pub(crate) fn default_of(attrs: &[Attribute]) -> Option<Default> {
    let mut keys = attrs.iter().filter_map(serde_keys).flatten();
    match keys.find(|meta| meta.path().is_ident("default"))? {
        Meta::Path(_) => Some(Default::OfType),
        Meta::NameValue(meta) => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => path.parse().ok().map(Default::By),
            _ => None,
        },
        Meta::List(_) => None,
    }
}

/// The same attributes, with the default value of the type.
pub(crate) fn with_plain_default(attrs: &[Attribute]) -> Vec<Attribute> {
    let plain = |attr: &Attribute| match serde_keys(attr) {
        Some(mut keys) => {
            for key in keys.iter_mut().filter(|key| key.path().is_ident("default")) {
                *key = Meta::Path(key.path().clone());
            }
            parse_quote!(#[serde(#keys)])
        }
        None => attr.clone(),
    };
    attrs.iter().map(plain).collect()
}

type Keys = Punctuated<Meta, Token![,]>;

fn serde_keys(attr: &Attribute) -> Option<Keys> {
    let keys = || attr.parse_args_with(Keys::parse_terminated).ok();
    attr.path().is_ident("serde").then(keys).flatten()
}

fn says_none_of(attrs: &[Attribute], names: &[&str], keys: &[&str]) -> bool {
    let theirs = |attr: &&Attribute| names.iter().any(|name| attr.path().is_ident(name));
    attrs.iter().filter(theirs).all(|attr| {
        attr.parse_args_with(Keys::parse_terminated).is_ok_and(|metas| {
            metas.iter().all(|meta| keys.iter().all(|key| !meta.path().is_ident(key)))
        })
    })
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn what_stands_in_for_the_type_is_seen() {
        let cases: [(Attribute, bool, bool); 8] = [
            (parse_quote!(#[serde(rename = "where", default = "here")]), true, true),
            (parse_quote!(#[schemars(range(min = 1), extend("x" = [1]))]), true, true),
            (parse_quote!(#[serde(default, deserialize_with = "read")]), false, true),
            (parse_quote!(#[schemars(with = "String")]), true, false),
            (parse_quote!(#[schemars(schema_with = "tell")]), true, false),
            (parse_quote!(#[serde(skip)]), false, false),
            (parse_quote!(#[serde(rename = )]), false, false),
            (parse_quote!(#[doc = "Told."]), true, true),
        ];
        for (attr, read, told) in cases {
            let text = quote::quote!(#attr).to_string();
            let attrs = [attr];
            assert_eq!((is_read_by_type(&attrs), is_told_by_type(&attrs)), (read, told), "{text}");
        }
    }
}
