//! The hidden struct that a function's arguments are read into.

use proc_macro2::TokenStream;
use quote::quote;

use super::tool;
use crate::ir::{
    function::Function,
    params::{Param, Source},
};

/// The struct `__Arguments` and its `impl Tool`.
pub(super) fn expand(function: &Function) -> TokenStream {
    let Function { tool, params, .. } = function;
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
        #[derive(#krate::serde::Deserialize, #krate::schemars::JsonSchema)]
        #[serde(crate = #serde, rename = #name)]
        #[schemars(crate = #schemars)]
        #[allow(dead_code, reason = "the fields are read where there is dispatch")]
        struct __Arguments {
            #(#fields,)*
        }

        #[automatically_derived]
        impl #krate::Tool for __Arguments {
            #items
        }
    }
}
