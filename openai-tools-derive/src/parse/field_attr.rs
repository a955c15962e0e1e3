//! What `#[serde(…)]` and `#[schemars(…)]` on a field leave for its type to do.

use syn::{Attribute, Meta, Token, punctuated::Punctuated};

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

fn says_none_of(attrs: &[Attribute], names: &[&str], keys: &[&str]) -> bool {
    let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
    let theirs = |attr: &&Attribute| names.iter().any(|name| attr.path().is_ident(name));
    attrs.iter().filter(theirs).all(|attr| {
        attr.parse_args_with(parse).is_ok_and(|metas| {
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
