//! A function with `#[tool]`: a value that is the tool and that can be called as the function.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Lifetime, ext::IdentExt};

use super::{arguments::Arguments, call, tool::registered};
use crate::ir::{function::Function, signature::Signature, tool::Tool};

pub(super) fn expand(function: &Function) -> TokenStream {
    let Function { tool, shared, vis, ident, signature, item } = function;
    let Tool { krate, .. } = tool;
    let cfgs: Vec<&Attribute> = shared.iter().filter(|attr| attr.path().is_ident("cfg")).collect();
    let text = ident.unraw().to_string();
    let deref = deref(function);
    let arguments = Arguments::of(krate, &signature.params, 0);
    let (declare, declared) = (arguments.declare(tool, &[]), arguments.declared());
    let into_tool = into_tool(function, &arguments);
    let definitions = quote!(|| ::core::result::Result::Ok(::std::vec![#declared.definition()?]));
    let registered = registered(krate, ident, Some(&definitions));
    quote! {
        #(#shared)*
        #[allow(non_camel_case_types, reason = "a tool is called like its function")]
        #vis struct #ident {}

        // Not a unit struct: clippy takes a call through the name of one for making a value, and
        // says that `beep();` has no effect.
        #(#shared)*
        #[doc(hidden)]
        #[allow(non_upper_case_globals, reason = "a tool is called like its function")]
        #[allow(deprecated, reason = "to define a tool is not to use it")]
        #vis static #ident: #ident = #ident {};

        #(#cfgs)*
        #[allow(deprecated, reason = "to define a tool is not to use it")]
        const _: () = {
            // Under its own name, so that the parameters can be called like the function: a
            // function is shadowed by a parameter, a static is not.
            #[allow(
                clippy::needless_pass_by_value,
                clippy::unused_async,
                reason = "arguments are owned, and what is async stays on the async threads"
            )]
            #item

            #declare

            #[automatically_derived]
            impl ::core::clone::Clone for #ident {
                #[inline]
                fn clone(&self) -> Self {
                    *self
                }
            }

            #[automatically_derived]
            impl ::core::marker::Copy for #ident {}

            #[automatically_derived]
            impl ::core::fmt::Debug for #ident {
                #[inline]
                fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    __f.write_str(#text)
                }
            }

            #deref

            #[automatically_derived]
            impl #ident {
                /// What the model is told of the tool. It is built anew at each call.
                ///
                /// # Errors
                ///
                /// Kind `Definition` if a parameter has no faithful form in strict mode; the
                /// source names each place and remedy.
                #[inline]
                pub fn definition() -> ::core::result::Result<#krate::ToolDefinition, #krate::Error> {
                    #declared.definition()
                }
            }

            #krate::when_dispatch! { #into_tool }

            #registered
        };
    }
}

/// What makes `get_weather(…)` a call.
fn deref(function: &Function) -> TokenStream {
    let Function { ident, signature: Signature { params, output, is_async, .. }, .. } = function;
    let lent = Lifetime::new("'__context", Span::call_site());
    let filled: Vec<_> = params.iter().map(|param| param.with_lifetime(&lent)).collect();
    let borrows = filled.iter().any(|(_, borrows)| *borrows);
    let types = filled.iter().map(|(ty, _)| ty);
    let values: Vec<_> = (0..params.len()).map(|i| format_ident!("__{i}")).collect();
    let (binder, outlives) =
        if borrows { (quote!(for<#lent>), quote!(#lent)) } else { (quote!(), quote!('static)) };
    let (pointer, target) = if *is_async {
        let future = quote!(::core::future::Future<Output = #output>);
        let boxed = quote! {
            ::core::pin::Pin<
                ::std::boxed::Box<dyn #future + ::core::marker::Send + #outlives>
            >
        };
        let pin = quote_spanned!(ident.span()=> ::std::boxed::Box::pin(#ident(#(#values),*)));
        (quote!(|#(#values),*| #pin), quote!(#binder fn(#(#types),*) -> #boxed))
    } else {
        (quote!(#ident), quote!(#binder fn(#(#types),*) -> #output))
    };
    quote! {
        #[automatically_derived]
        impl ::core::ops::Deref for #ident {
            type Target = #target;

            #[inline]
            fn deref(&self) -> &Self::Target {
                static __POINTER: #target = #pointer;
                &__POINTER
            }
        }
    }
}

fn into_tool(function: &Function, arguments: &Arguments<'_>) -> TokenStream {
    let Function { tool: Tool { krate, .. }, ident, signature, .. } = function;
    let needs = call::needs(krate, &signature.params);
    let closure = call::closure(arguments, krate, signature, None, &quote!(#ident));
    let declared = arguments.declared();
    quote! {
        #[automatically_derived]
        impl<__C> #krate::IntoTool<__C> for #ident
        where
            __C: ::core::marker::Send + ::core::marker::Sync + 'static,
            #(#needs,)*
        {
            fn into_tool(self) -> ::core::result::Result<#krate::DynTool<__C>, #krate::Error> {
                #declared.tool(#closure)
            }
        }
    }
}
