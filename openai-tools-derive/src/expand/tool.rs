//! The items of `impl Tool`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::tool::Tool;

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
    let read_only = tool.read_only.then(|| quote!(.with_read_only(true)));
    quote! {
        const NAME: &'static str = #name;
        const DESCRIPTION: ::core::option::Option<&'static str> = #description;
        const STRICT: bool = #strict;

        fn settings() -> #krate::ToolSettings {
            #krate::ToolSettings::new() #timeout #read_only
        }
    }
}
