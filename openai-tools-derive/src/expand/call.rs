//! How a call of the model becomes a call of the user's function or method.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Lifetime};

use super::tool::at;
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

/// The function of the library that makes a tool of the closure: for an async `tool` for example
/// `async_tool`.
pub(super) fn maker(signature: &Signature, kind: &str) -> Ident {
    let runs = if signature.is_async { "async" } else { "blocking" };
    // Spanned by the return type: this is where a future that cannot be sent is found out.
    format_ident!("{runs}_{kind}", span = at(&signature.output))
}

/// The closure that calls `callee`, with `this` before all other arguments.
pub(super) fn closure(
    krate: &CratePath,
    arguments: &Ident,
    signature: &Signature,
    this: Option<&TokenStream>,
    callee: &TokenStream,
) -> TokenStream {
    let Signature { params, output, is_async, .. } = signature;
    let elided = Lifetime::new("'_", Span::call_site());
    let values = params.iter().map(|param| match &param.source {
        Source::Argument { field, .. } => quote!(__arguments.#field),
        Source::Context => {
            let (ty, _) = param.with_lifetime(&elided);
            quote!(<#ty as #krate::FromContext<'_, __C>>::from_context(&__context))
        }
    });
    let mut call = quote!(#callee(#this #(#values),*));
    if *is_async {
        call = quote!(#call.await);
    }
    // Spanned by the return type: this is where a type that cannot be sent is found out.
    let result =
        quote_spanned!(at(output)=> (&__returned).__openai_tools_kind().into_result(__returned));
    let body = quote! {{
        use #krate::{ResultKind as _, ValueKind as _};
        let __returned: #output = #call;
        #result
    }};
    let body = if *is_async { quote!(async move #body) } else { body };
    let object = this.map(|_| quote!(__this: ::std::sync::Arc<Self>,));
    quote!(|#object __arguments: #arguments, __context: #krate::ToolContext<__C>| #body)
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
