//! The items of `impl Tool`.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Type, spanned::Spanned};

use crate::ir::tool::{OutputSchema, Tool};

/// What stands in `impl Tool for …`.
pub(super) fn items(tool: &Tool) -> TokenStream {
    let Tool { name, strict, krate, .. } = tool;
    let description = tool.description.as_ref().map_or_else(
        || quote!(::core::option::Option::None),
        |text| quote!(::core::option::Option::Some(#text)),
    );
    let timeout = tool.timeout.map(|timeout| {
        let (seconds, nanos) = (timeout.as_secs(), timeout.subsec_nanos());
        quote!(.with_timeout(::core::time::Duration::new(#seconds, #nanos)))
    });
    let settings = tool.settings.iter().map(|setting| format_ident!("with_{setting}"));
    let output_schema = match &tool.output_schema {
        OutputSchema::None => None,
        OutputSchema::Of(ty) => Some(quote_spanned!(at(ty)=> #krate::described_output::<#ty>())),
        OutputSchema::IfAny(ty) => Some(quote! {
            // Only the traits, which have no names there: the type is the user's.
            use #krate::output_kinds::*;
            (&&&&#krate::Output::<#ty>::NEW).__openai_tools_output()
        }),
    };
    let output_schema = output_schema.map(|body| {
        quote! {
            fn output_schema() -> ::core::option::Option<#krate::Value> {
                #body
            }
        }
    });
    // Most tools have the settings that the trait gives them.
    let settings = (timeout.is_some() || !tool.settings.is_empty()).then(|| {
        quote! {
            fn settings() -> #krate::ToolSettings {
                #krate::ToolSettings::new() #timeout #(.#settings(true))*
            }
        }
    });
    let strict = (!strict).then(|| {
        quote!(
            const STRICT: bool = false;
        )
    });
    quote! {
        const NAME: &'static str = #name;
        const DESCRIPTION: ::core::option::Option<&'static str> = #description;
        #strict
        #settings
        #output_schema
    }
}

/// Where the type stands, but in our own scope: what a macro by example passes on has another.
pub(super) fn at(ty: &Type) -> Span {
    Span::call_site().located_at(ty.span())
}
