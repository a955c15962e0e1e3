//! Where the expansion finds the library.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{LitStr, Path};

/// The path of the library in the user's crate.
#[derive(Clone, Default)]
pub(crate) struct CratePath(Option<Path>);

impl CratePath {
    pub(crate) fn new(given: Option<Path>) -> Self {
        Self(given)
    }

    /// The path of a crate that `__private` re-exports, as serde and schemars want to read it.
    pub(crate) fn reexport(&self, name: &str) -> LitStr {
        let path = self.to_token_stream().to_string().replace(' ', "");
        LitStr::new(&format!("{path}::{name}"), Span::call_site())
    }
}

impl ToTokens for CratePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let path = self.0.as_ref().map_or_else(|| quote!(::openai_tools), |path| quote!(#path));
        tokens.extend(quote!(#path::__private));
    }
}
