//! A struct with `#[derive(Tool)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse_quote;

use super::tool;
use crate::ir::structure::Structure;

pub(super) fn expand(structure: &Structure) -> TokenStream {
    let Structure { tool, ident, generics } = structure;
    let krate = &tool.krate;
    let items = tool::items(tool);
    let mut generics = generics.clone();
    if !generics.params.is_empty() {
        generics.make_where_clause().predicates.push(parse_quote! {
            Self: #krate::serde::de::DeserializeOwned
                + #krate::schemars::JsonSchema
                + ::core::marker::Send
                + 'static
        });
    }
    let (_, type_generics, _) = structure.generics.split_for_impl();
    let definitions = generics.params.is_empty().then(|| tool::definitions_of(krate, ident));
    let registered = tool::registered(krate, &quote!(#ident #type_generics), definitions.as_ref());
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Tool for #ident #type_generics #where_clause {
            #items
        }

        #registered
    }
}
