//! What is put out beside a mistake, so that it is the only one that rustc reports.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Error, FnArg, ImplItem, ItemFn, TraitItemFn, parse2};

use crate::{
    diag::Errors,
    ir::{block::Block, crate_path::CratePath, structure::read_keys},
    parse::{param_attr::is_ours, tool_attr::Place},
};

/// The item as it was, without what only we can read. Without it every caller would report "not
/// found" as well.
pub(super) fn with_item(error: &Error, item: TokenStream) -> TokenStream {
    let item = if let Ok(mut item) = parse2::<ItemFn>(item.clone()) {
        item.sig.inputs.iter_mut().for_each(strip);
        item.attrs.retain(|attr| !attr.path().is_ident("tool"));
        item.into_token_stream()
    } else if let Ok(mut item) = parse2::<TraitItemFn>(item.clone()) {
        item.sig.inputs.iter_mut().for_each(strip);
        item.into_token_stream()
    } else {
        item
    };
    // It is not used as it was meant to be: warnings about that would only distract.
    let item = quote!(#[allow(unused, reason = "the macro has failed")] #item);
    [error.to_compile_error(), item].into_iter().collect()
}

/// The block as it was, with a method that makes no tools.
pub(super) fn block(error: &Error, block: &Block) -> TokenStream {
    let Block { krate, tools, item, .. } = block;
    let (impl_generics, _, where_clause) = item.generics.split_for_impl();
    let self_ty = &item.self_ty;
    let is_taken =
        item.items.iter().any(|it| matches!(it, ImplItem::Fn(it) if it.sig.ident == *tools));
    let stub = (item.trait_.is_none() && !is_taken).then(|| {
        quote! {
            #krate::when_dispatch! {
                #[automatically_derived]
                impl #impl_generics #self_ty #where_clause {
                    #[allow(unused, reason = "the macro has failed")]
                    pub fn #tools<__C>(
                        self: &::std::sync::Arc<Self>,
                    ) -> ::std::vec::Vec<#krate::DynTool<__C>> {
                        ::std::vec::Vec::new()
                    }
                }
            }
        }
    });
    let item = quote!(#[allow(unused, reason = "the macro has failed")] #item);
    [error.to_compile_error(), item, stub.unwrap_or_default()].into_iter().collect()
}

/// `impl Tool` for a type that has it wrong, so that `impl Callable` finds it; `impl ToolSet` for
/// an enum.
pub(super) fn stub(input: &DeriveInput) -> TokenStream {
    // A borrowing type and a union cannot have it at all.
    if input.generics.lifetimes().next().is_some() || matches!(input.data, Data::Union(_)) {
        return TokenStream::new();
    }
    let DeriveInput { ident, generics, attrs, data, .. } = input;
    // The mistakes in the keys are reported already.
    let krate = CratePath::new(read_keys(attrs, Place::Item, &mut Errors::new()).krate);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    if matches!(data, Data::Enum(_)) {
        // A set cannot be generic: which parameters are sound is not for us to say.
        let stub = quote! {
            #[automatically_derived]
            impl #krate::ToolSet for #ident {
                fn members(
                    _: &mut #krate::Members<Self>,
                ) -> ::core::result::Result<(), #krate::Error> {
                    ::core::result::Result::Ok(())
                }
            }
        };
        return if generics.params.is_empty() { stub } else { TokenStream::new() };
    }
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Tool for #ident #type_generics #where_clause {
            const NAME: &'static str = "";
            const DESCRIPTION: ::core::option::Option<&'static str> = ::core::option::Option::None;
        }
    }
}

fn strip(input: &mut FnArg) {
    let attrs = match input {
        FnArg::Receiver(receiver) => &mut receiver.attrs,
        FnArg::Typed(typed) => &mut typed.attrs,
    };
    attrs.retain(|attr| !is_ours(attr) && !attr.path().is_ident("cfg"));
}
