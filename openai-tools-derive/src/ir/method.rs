//! A method as a tool.

use syn::{Attribute, Generics, Ident, ImplItemFn, Meta, parse_quote};

use super::{
    params::{Param, Source},
    signature::{Signature, check_qualifiers, is_tool},
    tool::{Shared, Tool},
};
use crate::{
    diag::{Errors, error_on},
    parse::{
        name,
        tool_attr::{Place, ToolAttr},
        types,
    },
};

/// A method, or a function beside it, that becomes a tool.
pub(crate) struct Method {
    pub(crate) tool: Tool,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) ident: Ident,
    pub(crate) signature: Signature,
}

impl Method {
    /// Checks a method with `#[tool]` and takes our attributes off it. `Err` for a method that is
    /// no tool.
    pub(super) fn parse(
        item: &mut ImplItemFn,
        generics: &Generics,
        shared: &Shared,
        errors: &mut Errors,
    ) -> Option<Result<Self, ()>> {
        let (ours, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut item.attrs).into_iter().partition(is_tool);
        item.attrs = rest;
        let (first, others) = ours.split_first()?;
        let mut keys = ToolAttr::default();
        match &first.meta {
            Meta::Path(_) => {}
            Meta::List(list) => keys.read(list.tokens.clone(), Place::Method, errors),
            Meta::NameValue(meta) => errors.push(error_on(
                meta,
                "`#[tool]` takes its keys in parentheses",
                "write `#[tool(key = value)]`",
            )),
        }
        for attr in others {
            errors.push(error_on(attr, "`#[tool]` is given twice", "keep one of them"));
        }
        check_qualifiers(&item.sig, errors);
        let documented = shared.documented(&keys);
        let tells_output = !keys.has("output_schema");
        let ident = item.sig.ident.clone();
        let tool = Tool::new(keys, &ident, &item.attrs, name::of_function, shared, errors);
        let signature = Signature::parse(&mut item.sig, true, documented, errors);
        if tool.as_ref().is_some_and(|tool| tool.form.custom.is_some()) {
            signature.check_custom(&ident, errors);
        }
        let cfgs: Vec<_> =
            item.attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect();
        for param in &signature.params {
            check_param(param, generics, &cfgs, errors);
        }
        item.attrs.extend::<Vec<Attribute>>(parse_quote! {
            #[allow(
                clippy::needless_pass_by_value,
                clippy::unused_async,
                reason = "arguments are owned, and what is async stays on the async threads"
            )]
            #[allow(dead_code, reason = "it is called where there is dispatch")]
        });
        let Some(tool) = tool else { return Some(Err(())) };
        // A schema is one for all instances of the block.
        let is_known = types::first_generic(&signature.output, generics).is_none();
        let tool =
            if tells_output && is_known { tool.with_output(&signature.output) } else { tool };
        Some(Ok(Self { tool, cfgs, ident, signature }))
    }
}

fn check_param(param: &Param, generics: &Generics, cfgs: &[Attribute], errors: &mut Errors) {
    match &param.source {
        Source::Argument { .. } => {
            if let Some(generic) = types::first_generic(&param.ty, generics) {
                errors.push(error_on(
                    &generic,
                    format!(
                        "a tool's parameter cannot be `{generic}`: the model is told one schema"
                    ),
                    "write a type in its place",
                ));
            }
        }
        Source::Context if cfgs.is_empty() => {}
        Source::Context => errors.push(error_on(
            &cfgs[0],
            "what a block asks of the context cannot depend on `cfg`",
            "put the method into an `impl` block of its own, with `#[cfg(…)]` above `#[toolbox]`",
        )),
    }
}
