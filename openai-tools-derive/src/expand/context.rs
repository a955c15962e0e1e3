//! A struct with `#[derive(Context)]`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::context::Context;

pub(super) fn expand(context: &Context) -> TokenStream {
    let Context { krate, ident, generics, fields } = context;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let impls = fields.iter().map(|(member, ty)| {
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::Provide<#ty> for #ident #type_generics #where_clause {
                fn provide(&self) -> &#ty {
                    &self.#member
                }
            }
        }
    });
    quote!(#krate::when_dispatch! { #(#impls)* })
}
