//! An `impl` block as a toolbox.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::{Attribute, Error, GenericParam, Ident, ImplItem, Item, ItemImpl, Result, parse2};

use super::{
    crate_path::CratePath, method::Method, set::duplicate, signature::is_tool, tool::Shared,
};
use crate::{
    diag::{Errors, error_at, error_on},
    parse::tool_attr::{Place, ToolAttr},
};

/// An `impl` block some of whose methods are tools.
pub(crate) struct Block {
    pub(crate) krate: CratePath,
    pub(crate) cfgs: Vec<Attribute>,
    /// The method that makes the tools.
    pub(crate) tools: Ident,
    /// The function that makes the definitions.
    pub(crate) definitions: Ident,
    pub(crate) methods: Vec<Method>,
    /// The user's block without our attributes.
    pub(crate) item: ItemImpl,
}

impl Block {
    /// Beside the mistakes comes the block without our attributes, if it is one.
    pub(crate) fn parse(attr: TokenStream, item: TokenStream) -> (Option<Self>, Option<Error>) {
        let mut errors = Errors::new();
        let mut keys = ToolAttr::default();
        keys.read(attr, Place::Block, &mut errors);
        let Some(mut item) = errors.keep(parse_impl(item)) else {
            return (None, errors.into_error());
        };
        check_header(&item, &mut errors);
        let shared = Shared::of(&keys).in_namespace(&keys, &item.attrs, &mut errors);
        let tools = keys.tools.unwrap_or_else(|| Ident::new("tools", Span::call_site()));
        let definitions = if tools == "tools" {
            format_ident!("definitions", span = tools.span())
        } else {
            format_ident!("{tools}_definitions", span = tools.span())
        };
        let mut methods: Vec<Method> = Vec::new();
        let mut found = false;
        for inner in &mut item.items {
            let ImplItem::Fn(inner) = inner else {
                refuse_other(inner, &mut errors);
                continue;
            };
            check_taken(&inner.sig.ident, [&tools, &definitions], &mut errors);
            let method = Method::parse(inner, &item.generics, &shared, &mut errors);
            found |= method.is_some();
            if let Some(Ok(method)) = method {
                let is_taken = |other: &Method| {
                    other.tool.name == method.tool.name && text(&other.cfgs) == text(&method.cfgs)
                };
                if methods.iter().any(is_taken) {
                    errors.push(duplicate("block", &method.tool.name, method.ident.span()));
                }
                methods.push(method);
            }
        }
        if !found && item.trait_.is_none() {
            errors.push(error_on(
                &item.self_ty,
                "no method of this block is a tool",
                "write `#[tool]` on the methods that the model may call",
            ));
        }
        let cfgs = item.attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect();
        (
            Some(Self { krate: shared.krate, cfgs, tools, definitions, methods, item }),
            errors.into_error(),
        )
    }
}

fn parse_impl(item: TokenStream) -> Result<ItemImpl> {
    let help = match parse2::<Item>(item)? {
        Item::Impl(item) => return Ok(item),
        Item::Fn(_) => "write `#[tool]` to make a tool of a function",
        Item::Struct(_) => "write it on `impl` of the struct, or `#[derive(Tool)]` on the struct",
        Item::Enum(_) => "write `#[derive(Tool)]` to make a set of tools of an enum",
        _ => "move it to an `impl` block",
    };
    // The attribute itself is the wrong token.
    Err(error_at(Span::call_site(), "`#[toolbox]` stands on `impl` blocks", help))
}

fn check_header(item: &ItemImpl, errors: &mut Errors) {
    for param in &item.generics.params {
        if let GenericParam::Lifetime(lifetime) = param {
            errors.push(error_on(
                lifetime,
                "tools are kept for longer than anything that is borrowed",
                "own the data, or share it in an `Arc`, and write the type without the lifetime",
            ));
        }
    }
    if let Some((path, _)) = &item.trait_ {
        errors.push(error_on(
            path,
            "methods of a trait cannot be tools: their form is the trait's",
            "write an `impl` block of the type, with methods that call those of the trait",
        ));
    }
}

/// `#[tool]` on a constant or a type.
fn refuse_other(item: &ImplItem, errors: &mut Errors) {
    let attrs = match item {
        ImplItem::Const(item) => &item.attrs,
        ImplItem::Macro(item) => &item.attrs,
        ImplItem::Type(item) => &item.attrs,
        _ => return,
    };
    if let Some(attr) = attrs.iter().find(|attr| is_tool(attr)) {
        let help = "remove it, or write a method";
        errors.push(error_on(attr, "only a method of a block can be a tool", help));
    }
}

fn check_taken(ident: &Ident, made: [&Ident; 2], errors: &mut Errors) {
    if made.contains(&ident) {
        let [tools, _] = made;
        errors.push(error_at(
            ident.span(),
            format!("`#[toolbox]` makes a method `{ident}` itself"),
            format!("call that of the toolbox otherwise: `#[toolbox(tools = \"all_{tools}\")]`"),
        ));
    }
}

fn text(attrs: &[Attribute]) -> String {
    attrs.iter().map(|attr| attr.to_token_stream().to_string()).collect()
}
