//! How a call of the model becomes a call of the user's function or method.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Lifetime;

use super::{arguments::Arguments, tool::at};
use crate::{
    ir::{
        crate_path::CratePath,
        params::{Param, Source},
        signature::Signature,
    },
    parse::types,
};

/// What the context `__C` has to provide.
pub(super) fn needs(krate: &CratePath, params: &[Param]) -> Vec<TokenStream> {
    let lent = Lifetime::new("'__context", Span::call_site());
    let context = params.iter().filter(|param| matches!(param.source, Source::Context));
    context
        .map(|param| {
            let (ty, _) = param.with_lifetime(&lent);
            quote_spanned!(at(&param.ty)=> for<#lent> #ty: #krate::FromContext<#lent, __C>)
        })
        .collect()
}

/// The closure that calls `callee` with what it reads out of `__arguments`, and with `this` before
/// all.
pub(super) fn closure(
    arguments: &Arguments<'_>,
    krate: &CratePath,
    signature: &Signature,
    this: Option<&TokenStream>,
    callee: &TokenStream,
) -> TokenStream {
    let Signature { params, output, is_async, .. } = signature;
    let elided = Lifetime::new("'_", Span::call_site());
    let mut read = arguments.values().into_iter();
    let values = params.iter().map(|param| match &param.source {
        Source::Argument { .. } => read.next().into_token_stream(),
        Source::Context => {
            let (ty, _) = param.with_lifetime(&elided);
            quote!(<#ty as #krate::FromContext<'_, __C>>::from_context(&__context))
        }
    });
    let mut call = quote!(#callee(#this #(#values),*));
    if *is_async {
        call = quote!(#call.await);
    }
    // Spanned by the return type: this is where a type that cannot be sent is found out, and a
    // future that cannot be sent.
    let result =
        quote_spanned!(at(output)=> (&__returned).__openai_tools_kind().settle(__returned));
    let (head, work) = if *is_async {
        (quote!(async move), quote_spanned!(at(output)=> later))
    } else {
        (quote!(move ||), quote_spanned!(at(output)=> blocking))
    };
    let (read, this) =
        (arguments.read(), this.map(|_| quote!(let __this = ::std::sync::Arc::clone(&__this);)));
    quote! {
        |__arguments: &#krate::Value, __context: #krate::ToolContext<__C>| {
            #read
            #this
            ::core::result::Result::Ok(#krate::#work(#head {
                use #krate::{ResultKind as _, ValueKind as _};
                let __returned: #output = #call;
                #result
            }))
        }
    }
}

impl Param {
    /// The type with this lifetime where the context lends something, and whether it does.
    pub(super) fn with_lifetime(&self, lifetime: &Lifetime) -> (syn::Type, bool) {
        match self.source {
            Source::Argument { .. } => (self.ty.clone(), false),
            Source::Context => types::with_lifetime(&self.ty, lifetime),
        }
    }
}
