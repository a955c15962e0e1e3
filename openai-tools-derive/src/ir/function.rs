//! A function as a tool.

use proc_macro2::TokenStream;
use syn::{Attribute, Ident, Item, ItemFn, Result, TraitItemFn, Visibility, parse2};

use super::{
    signature::{Signature, check_qualifiers, is_tool},
    tool::{Shared, Tool},
};
use crate::{
    diag::{Errors, error_at, error_on},
    parse::{
        name,
        tool_attr::{Place, ToolAttr},
    },
};

/// A function that becomes a tool.
pub(crate) struct Function {
    pub(crate) tool: Tool,
    /// The attributes that are for the name of the function as well as for its body.
    pub(crate) shared: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) signature: Signature,
    /// The user's function without visibility and without our attributes.
    pub(crate) item: ItemFn,
}

impl Function {
    pub(crate) fn parse(attr: TokenStream, item: TokenStream) -> Result<Self> {
        let mut errors = Errors::new();
        let mut keys = ToolAttr::default();
        keys.read(attr, Place::Item, &mut errors);
        let Some(mut item) = errors.keep(parse_fn(item)) else { return errors.finish_with(None) };

        for attr in item.attrs.iter().filter(|attr| is_tool(attr)) {
            errors.push(error_on(attr, "`#[tool]` is given twice", "keep one of them"));
        }
        check_qualifiers(&item.sig, &mut errors);
        check_name(&item.sig.ident, &mut errors);
        let shared = Shared::default();
        let documented = shared.documented(&keys);
        let tells_output = !keys.has("output_schema");
        let ident = item.sig.ident.clone();
        let tool = Tool::new(keys, &ident, &item.attrs, name::of_function, &shared, &mut errors);
        let signature = Signature::parse(&mut item.sig, false, documented, &mut errors);
        if tool.as_ref().is_some_and(|tool| tool.form.custom.is_some()) {
            signature.check_custom(&ident, &mut errors);
        }

        let tool =
            tool.map(|tool| if tells_output { tool.with_output(&signature.output) } else { tool });
        let shared = item.attrs.iter().filter(|attr| is_shared(attr)).cloned().collect();
        let vis = std::mem::replace(&mut item.vis, Visibility::Inherited);
        errors.finish_with(tool.map(|tool| Self { tool, shared, vis, ident, signature, item }))
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
            "write `#[derive(Tool)]` to make a set of tools of an enum, one of each variant",
        ),
        Item::Impl(_) => (
            "`#[tool]` stands on the methods of an `impl` block",
            "write `#[openai_tools::toolbox]` on the block, and `#[tool]` on each method that is \
             a tool",
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

fn is_shared(attr: &Attribute) -> bool {
    ["cfg", "deprecated", "doc"].iter().any(|name| attr.path().is_ident(name))
}
