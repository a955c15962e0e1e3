//! An `impl` block with `#[toolbox]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, ext::IdentExt};

use super::{arguments, call, tool::at};
use crate::ir::{block::Block, method::Method, signature::This};

pub(super) fn expand(block: &Block) -> TokenStream {
    let Block { krate, cfgs, methods, item, .. } = block;
    let structs = methods.iter().map(|method| {
        let Method { tool, cfgs, signature, .. } = method;
        arguments::expand(&arguments_ident(method), tool, &signature.params, cfgs)
    });
    let added = methods.iter().map(|method| {
        let cfgs = &method.cfgs;
        let arguments = arguments_ident(method);
        quote!(#(#cfgs)* __all.push(<#arguments as #krate::Tool>::definition()?);)
    });
    let made = methods.iter().map(|method| {
        let cfgs = &method.cfgs;
        let tool = make(block, method);
        quote!(#(#cfgs)* __all.push(#tool);)
    });
    let needs: Vec<_> =
        methods.iter().flat_map(|method| call::needs(krate, &method.signature.params)).collect();
    let impl_block = |items: &TokenStream| {
        let (impl_generics, _, where_clause) = item.generics.split_for_impl();
        let self_ty = &item.self_ty;
        quote! {
            #[automatically_derived]
            impl #impl_generics #self_ty #where_clause {
                #items
            }
        }
    };
    let (tools, definitions) = (&block.tools, &block.definitions);
    let shared = quote_spanned! {at(&item.self_ty)=>
        Self: ::core::marker::Send + ::core::marker::Sync + 'static
    };
    let definitions = impl_block(&quote! {
        /// What the model is told of each tool of this type. It is built anew at each call.
        ///
        /// # Errors
        ///
        /// Kind `Definition` if a parameter has no faithful form in strict mode; the source names
        /// each place and remedy.
        pub fn #definitions() -> ::core::result::Result<
            ::std::vec::Vec<#krate::ToolDefinition>,
            #krate::Error,
        > {
            let mut __all = ::std::vec::Vec::new();
            #(#added)*
            ::core::result::Result::Ok(__all)
        }
    });
    let tools = impl_block(&quote! {
        /// The methods that are tools, to be put into a toolbox: `Toolbox::extend`. They are
        /// defined anew at each call; what is wrong with a definition is said where they are put
        /// in.
        #[must_use]
        pub fn #tools<__C>(
            self: &::std::sync::Arc<Self>,
        ) -> ::std::vec::Vec<::core::result::Result<#krate::DynTool<__C>, #krate::Error>>
        where
            __C: ::core::marker::Send + ::core::marker::Sync + 'static,
            #shared,
            #(#needs,)*
        {
            let mut __all = ::std::vec::Vec::new();
            #(#made)*
            __all
        }
    });
    quote! {
        #item

        #(#cfgs)*
        #[allow(
            deprecated,
            non_camel_case_types,
            unused_mut,
            reason = "to define a tool is not to use it; hidden types are named after methods"
        )]
        const _: () = {
            #(#structs)*
            #definitions
            #krate::when_dispatch! { #tools }
        };
    }
}

fn make(block: &Block, method: &Method) -> TokenStream {
    let krate = &block.krate;
    let Method { ident, signature, .. } = method;
    let arguments = arguments_ident(method);
    let callee = quote!(Self::#ident);
    let Some(this) = signature.receiver else {
        let closure = call::closure(krate, &arguments, signature, None, &callee);
        let maker = call::maker(signature, "tool");
        return quote!(#krate::#maker(#closure));
    };
    let this = match this {
        This::Lent => quote!(&__this,),
        This::Shared => quote!(__this,),
    };
    let closure = call::closure(krate, &arguments, signature, Some(&this), &callee);
    let maker = call::maker(signature, "method");
    quote!(#krate::#maker(self, #closure))
}

fn arguments_ident(method: &Method) -> Ident {
    format_ident!("__{}", method.ident.unraw(), span = method.ident.span())
}
