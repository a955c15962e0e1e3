//! Checked items to code. Every path is absolute, every name of ours begins with two underscores.

mod arguments;
mod block;
mod call;
mod context;
mod function;
mod parameter;
mod recover;
mod set;
mod structure;
mod tool;

use proc_macro2::TokenStream;
use syn::{DeriveInput, parse2};

use crate::ir;

/// `#[tool]`.
pub(crate) fn tool(attr: TokenStream, item: TokenStream) -> TokenStream {
    match ir::function::Function::parse(attr, item.clone()) {
        Ok(function) => function::expand(&function),
        Err(error) => recover::with_item(&error, item),
    }
}

/// `#[toolbox]`.
pub(crate) fn toolbox(attr: TokenStream, item: TokenStream) -> TokenStream {
    match ir::block::Block::parse(attr, item.clone()) {
        (Some(block), None) => block::expand(&block),
        (Some(block), Some(error)) => recover::block(&error, &block),
        (None, error) => {
            let error = error.map(syn::Error::into_compile_error);
            error.into_iter().chain([item]).collect()
        }
    }
}

/// `#[derive(Tool)]`.
pub(crate) fn derive_tool(input: TokenStream) -> TokenStream {
    match parse2::<DeriveInput>(input) {
        Ok(input) => {
            let expanded = match ir::set::Set::parse(&input) {
                Some(set) => set.map(|set| set::expand(&set)),
                None => ir::structure::Structure::parse(&input).map(|it| structure::expand(&it)),
            };
            expanded.unwrap_or_else(|error| {
                [error.into_compile_error(), recover::stub(&input)].into_iter().collect()
            })
        }
        Err(error) => error.into_compile_error(),
    }
}

/// `#[derive(Context)]`.
pub(crate) fn derive_context(input: TokenStream) -> TokenStream {
    match parse2::<DeriveInput>(input) {
        Ok(input) => {
            let (context, errors) = ir::context::Context::parse(input);
            let errors = errors.into_error().map(syn::Error::into_compile_error);
            errors.into_iter().chain([context::expand(&context)]).collect()
        }
        Err(error) => error.into_compile_error(),
    }
}
