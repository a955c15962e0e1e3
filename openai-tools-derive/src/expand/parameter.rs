//! A field of the struct that stands for parameters with attributes.
//!
//! The derives of serde and schemars report each trait that a field's type lacks several times, and
//! without the remedy. So they see a type of ours that lacks nothing, and what the parameter's own
//! type has to do stands in impls, once each, at the type.

use std::borrow::Cow;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Ident, LitStr, spanned::Spanned};

use super::{arguments::Argument, tool::at};
use crate::{
    ir::crate_path::CratePath,
    parse::field_attr::{
        Default, default_of, is_read_by_type, is_told_by_type, with_plain_default,
    },
};

pub(super) struct Parameter<'a> {
    krate: &'a CratePath,
    argument: &'a Argument<'a>,
    /// The type that stands for the parameter.
    marker: Ident,
    is_read: bool,
    is_told: bool,
    default: Option<Default>,
}

impl<'a> Parameter<'a> {
    /// The one at `place` of the tool that is the `number`th of its item.
    pub(super) fn new(
        krate: &'a CratePath,
        argument: &'a Argument<'a>,
        (number, place): (usize, usize),
    ) -> Self {
        let attrs = argument.attrs;
        let is_read = is_read_by_type(attrs);
        Self {
            krate,
            argument,
            marker: format_ident!("__Parameter_{number}_{place}"),
            is_read,
            is_told: is_told_by_type(attrs),
            // What reads the field in place of its type makes the type itself.
            default: default_of(attrs).filter(|_| is_read),
        }
    }

    /// The field.
    pub(super) fn field(&self) -> TokenStream {
        let Self { krate, argument: Argument { name, ty, .. }, marker, .. } = self;
        let attrs = self.attrs();
        if self.is_read {
            return quote!(#(#attrs)* #name: #krate::Param<#marker>);
        }
        let told = self.is_told.then(|| {
            let path = krate.reexport("Param").value();
            let with = LitStr::new(&format!("{path}<{marker}>"), at(ty));
            quote!(#[schemars(with = #with)])
        });
        quote!(#(#attrs)* #told #name: #ty)
    }

    /// The value of the parameter, out of the value of the struct.
    pub(super) fn taken_from(&self, all: &Ident) -> TokenStream {
        let name = self.argument.name;
        let inner = self.is_read.then(|| quote!(.0));
        quote!(#all.#name #inner)
    }

    /// What the type has to do: the items that stop the compiler where it cannot.
    pub(super) fn impls(&self, cfgs: &[Attribute]) -> TokenStream {
        let Self { krate, argument: Argument { ty, .. }, marker, .. } = self;
        if !self.is_read && !self.is_told {
            return TokenStream::new();
        }
        let reads = self.is_read.then(|| {
            let read = quote_spanned!(at(ty)=> #krate::read::<#ty, __D>(__deserializer));
            quote! {
                #(#cfgs)*
                impl #krate::Reads for #marker {
                    fn read<'de, __D: #krate::serde::Deserializer<'de>>(
                        __deserializer: __D,
                    ) -> ::core::result::Result<#ty, __D::Error> {
                        #read
                    }
                }
            }
        });
        let tells = self.is_told.then(|| {
            let told = quote_spanned!(at(ty)=> #krate::told::<#ty>());
            quote! {
                #(#cfgs)*
                impl #krate::Tells for #marker {
                    fn told() -> #krate::Told {
                        #told
                    }
                }
            }
        });
        let fills = self.default.as_ref().map(|default| {
            let made = match default {
                Default::OfType => quote_spanned!(at(ty)=> #krate::made::<#ty>()),
                Default::By(path) => {
                    let span = Span::call_site().located_at(path.span());
                    quote_spanned!(span=> #path())
                }
            };
            quote! {
                #(#cfgs)*
                impl #krate::Fills for #marker {
                    fn fill() -> #ty {
                        #made
                    }
                }
            }
        });
        quote! {
            #(#cfgs)*
            enum #marker {}

            #(#cfgs)*
            impl #krate::Parameter for #marker {
                type Type = #ty;
            }

            #reads
            #tells
            #fills
        }
    }

    fn attrs(&self) -> Cow<'_, [Attribute]> {
        match self.default {
            Some(Default::By(_)) => with_plain_default(self.argument.attrs).into(),
            _ => self.argument.attrs.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn expanded(attrs: &[Attribute]) -> (String, String, String) {
        let (krate, name) = (CratePath::default(), format_ident!("city"));
        let ty = parse_quote!(City);
        let argument = Argument { name: &name, ty: &ty, attrs };
        let parameter = Parameter::new(&krate, &argument, (0, 1));
        let text = |tokens: TokenStream| tokens.to_string().replace(' ', "");
        (
            text(parameter.field()),
            text(parameter.taken_from(&format_ident!("all"))),
            text(parameter.impls(&[])),
        )
    }

    #[test]
    fn what_a_type_has_to_do_is_asked_for_once() {
        let (field, taken, impls) =
            expanded(&[parse_quote!(#[serde(default = "a::b", rename = "c")])]);
        assert_eq!(
            field,
            r#"#[serde(default,rename="c")]city:::openai_tools::__private::Param<__Parameter_0_1>"#
        );
        assert_eq!(taken, "all.city.0");
        for part in ["read::<City,", "told::<City>()", "fnfill()->City{a::b()}"] {
            assert_eq!(impls.matches(part).count(), 1, "{part} in {impls}");
        }
    }

    #[test]
    fn what_reads_in_place_of_the_type_meets_the_type() {
        let (field, taken, impls) = expanded(&[parse_quote!(#[serde(deserialize_with = "f")])]);
        assert!(field.ends_with("city:City"), "{field}");
        assert!(field.contains("with=\"::openai_tools::__private::Param<"), "{field}");
        assert_eq!(taken, "all.city");
        assert!(impls.contains("Tellsfor") && !impls.contains("Readsfor"), "{impls}");
        let skipped = expanded(&[parse_quote!(#[serde(skip)])]);
        assert_eq!(skipped, ("#[serde(skip)]city:City".into(), "all.city".into(), String::new()));
    }
}
