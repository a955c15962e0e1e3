//! A function as a tool.

use proc_macro2::TokenStream;
use syn::{
    Attribute, GenericParam, Generics, Ident, Item, ItemFn, Result, ReturnType, Safety, Signature,
    TraitItemFn, Type, Visibility, parse_quote, parse2,
};

use super::{params::Param, tool::Tool};
use crate::{
    diag::{Errors, error_at, error_on},
    parse::{
        name,
        tool_attr::{Place, ToolAttr},
        types,
    },
};

/// A function that becomes a tool.
pub(crate) struct Function {
    pub(crate) tool: Tool,
    /// The attributes that are for the name of the function as well as for its body.
    pub(crate) shared: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) params: Vec<Param>,
    pub(crate) output: Type,
    pub(crate) is_async: bool,
    /// The user's function without visibility and without our attributes.
    pub(crate) item: ItemFn,
}

impl Function {
    pub(crate) fn parse(attr: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::new();
        let mut keys = ToolAttr::default();
        keys.read(attr, Place::Tool, &mut errors);
        let Some(mut item) = errors.keep(parse_fn(item)) else { return errors.finish_with(None) };

        for attr in item.attrs.iter().filter(|attr| is_tool(attr)) {
            errors.push(error_on(attr, "`#[tool]` is given twice", "keep one of them"));
        }
        check_qualifiers(&item.sig, &mut errors);
        check_name(&item.sig.ident, &mut errors);
        let tool = Tool::new(keys, &item.sig.ident, &item.attrs, name::of_function, &mut errors);
        check_generics(&item.sig.generics, &mut errors);
        let params: Vec<_> = item
            .sig
            .inputs
            .iter_mut()
            .filter_map(|input| Param::parse(input, &mut errors))
            .collect();
        if let Some(variadic) = &item.sig.variadic {
            let help = "take a `Vec<T>`";
            errors.push(error_on(variadic, "a tool has a fixed number of parameters", help));
        }
        let output: Type = match &item.sig.output {
            ReturnType::Default => parse_quote!(()),
            ReturnType::Type(_, ty) => {
                types::check_output(ty, &mut errors);
                (**ty).clone()
            }
        };

        let shared = item.attrs.iter().filter(|attr| is_shared(attr)).cloned().collect();
        let vis = std::mem::replace(&mut item.vis, Visibility::Inherited);
        let ident = item.sig.ident.clone();
        let is_async = item.sig.asyncness.is_some();
        errors.finish_with(tool.map(|tool| Self {
            tool,
            shared,
            vis,
            ident,
            params,
            output,
            is_async,
            item,
        }))
    }
}

fn parse_fn(item: TokenStream) -> Result<ItemFn> {
    let parsed = parse2::<Item>(item.clone())?;
    let (what, help) = match parsed {
        Item::Fn(item) => return Ok(item),
        Item::Struct(_) => (
            "`#[tool]` stands on functions",
            "write `#[derive(Tool)]` to make a tool of a struct; `#[tool(…)]` goes below it",
        ),
        Item::Enum(_) => (
            "`#[tool]` stands on functions",
            "make a struct with `#[derive(Tool)]` for each variant",
        ),
        Item::Impl(_) => (
            "an `impl` block cannot be a set of tools yet",
            "write free functions with `#[tool]` that take the value with `#[context]`",
        ),
        _ if parse2::<TraitItemFn>(item).is_ok() => (
            "a function without a body cannot be a tool",
            "write `#[tool]` on a free function with a body",
        ),
        _ => ("`#[tool]` stands on functions", "move it to a function"),
    };
    // The attribute itself is the wrong token.
    Err(error_at(proc_macro2::Span::call_site(), what, help))
}

fn check_qualifiers(sig: &Signature, errors: &mut Errors) {
    if let Some(constness) = &sig.constness {
        let help = "remove `const`, or call the `const fn` from a tool";
        errors.push(error_on(constness, "a tool runs when the model asks for it", help));
    }
    match &sig.safety {
        Safety::Unsafe(token) => errors.push(error_on(
            token,
            "the model cannot keep the promises of an unsafe function",
            "write a safe function that checks its parameters",
        )),
        Safety::Safe(token) => {
            errors.push(error_on(token, "`safe` belongs on foreign functions", "remove it"));
        }
        Safety::Default => {}
    }
    if let Some(abi) = &sig.abi {
        let help = "remove it, or call the `extern` function from a tool";
        errors.push(error_on(abi, "a tool is called from Rust", help));
    }
}

/// The code that schemars derives has variables of these names, which a static would break for
/// every type in its scope.
fn check_name(ident: &Ident, errors: &mut Errors) {
    if ["generator", "object", "schema"].iter().any(|taken| ident == taken) {
        errors.push(error_at(
            ident.span(),
            format!("a tool's function called `{ident}` breaks `derive(JsonSchema)` around it"),
            format!("call it `make_{ident}`, and write `#[tool(name = \"{ident}\")]`"),
        ));
    }
}

fn check_generics(generics: &Generics, errors: &mut Errors) {
    for param in &generics.params {
        let (what, help) = match param {
            GenericParam::Lifetime(_) => (
                "a tool has no lifetimes: its arguments are owned, and its context is lent for \
                 the call",
                "remove it; write `&T` without a lifetime in parameters with `#[context]`",
            ),
            GenericParam::Type(_) => (
                "a tool cannot be generic: the model is told one schema",
                "write a type in its place",
            ),
            GenericParam::Const(_) => (
                "a tool cannot be generic: the model is told one schema",
                "write a value in its place, or make it a parameter",
            ),
        };
        errors.push(error_on(param, what, help));
    }
}

fn is_tool(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|segment| segment.ident == "tool")
}

fn is_shared(attr: &Attribute) -> bool {
    ["cfg", "deprecated", "doc"].iter().any(|name| attr.path().is_ident(name))
}
