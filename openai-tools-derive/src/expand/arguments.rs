//! The hidden struct that the arguments of a function or a method are read into.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Ident};

use super::tool;
use crate::ir::{
    params::{Param, Source},
    tool::Tool,
};

/// The struct and its `impl Tool`.
pub(super) fn expand(
    ident: &Ident,
    tool: &Tool,
    params: &[Param],
    cfgs: &[Attribute],
) -> TokenStream {
    let krate = &tool.krate;
    let (serde, schemars) = (krate.reexport("serde"), krate.reexport("schemars"));
    let name = &tool.name;
    let fields = params.iter().filter_map(|Param { ty, source }| match source {
        Source::Argument { field, attrs } => Some(quote!(#(#attrs)* #field: #ty)),
        Source::Context => None,
    });
    let items = tool::items(tool);
    quote! {
        // The name is seen in errors of serde and as the title of the schema.
        #(#cfgs)*
        #[derive(#krate::serde::Deserialize, #krate::schemars::JsonSchema)]
        #[serde(crate = #serde, rename = #name)]
        #[schemars(crate = #schemars)]
        #[allow(dead_code, reason = "the fields are read where there is dispatch")]
        struct #ident {
            #(#fields,)*
        }

        #(#cfgs)*
        #[automatically_derived]
        impl #krate::Tool for #ident {
            #items
        }
    }
}
