//! An `impl` block with `#[toolbox]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{
    arguments::Arguments,
    call,
    tool::{at, registered},
};
use crate::ir::{block::Block, crate_path::CratePath, method::Method, signature::This};

pub(super) fn expand(block: &Block) -> TokenStream {
    let Block { krate, cfgs, methods, item, .. } = block;
    let declared = methods.iter().enumerate().map(|(number, method)| {
        arguments(krate, method, number).declare(&method.tool, &method.cfgs)
    });
    let added = methods.iter().enumerate().map(|(number, method)| {
        let (cfgs, declared) = (&method.cfgs, arguments(krate, method, number).declared());
        quote!(#(#cfgs)* __all.push(#declared.definition()?);)
    });
    let made = methods.iter().enumerate().map(|(number, method)| {
        let (cfgs, tool) = (&method.cfgs, make(krate, method, number));
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
    let registered = {
        let self_ty = &item.self_ty;
        let list = quote!(|| <#self_ty>::#definitions());
        registered(krate, self_ty, item.generics.params.is_empty().then_some(&list))
    };
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
            unused_mut,
            reason = "to define a tool is not to use it"
        )]
        const _: () = {
            #(#declared)*
            #definitions
            #krate::when_dispatch! { #tools }
            #registered
        };
    }
}

fn make(krate: &CratePath, method: &Method, number: usize) -> TokenStream {
    let Method { ident, signature, .. } = method;
    let arguments = arguments(krate, method, number);
    let declared = arguments.declared();
    let callee = quote!(Self::#ident);
    let Some(this) = signature.receiver else {
        let closure = call::closure(&arguments, krate, signature, None, &callee);
        return quote!(#declared.tool(#closure));
    };
    let this = match this {
        This::Lent => quote!(&__this,),
        This::Shared => quote!(__this,),
    };
    let closure = call::closure(&arguments, krate, signature, Some(&this), &callee);
    quote! {{
        let __this = ::std::sync::Arc::clone(self);
        #declared.tool(move #closure)
    }}
}

fn arguments<'a>(krate: &'a CratePath, method: &'a Method, number: usize) -> Arguments<'a> {
    Arguments::of(krate, &method.signature.params, number)
}
