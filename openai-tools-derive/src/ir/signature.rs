//! What a function and a method have in common.

use syn::{
    Attribute, FnArg, GenericArgument, GenericParam, Generics, Ident, PathArguments, Receiver,
    ReceiverKind, ReturnType, Safety, Type, parse_quote,
};

use super::params::{Param, Source};
use crate::{
    diag::{Errors, error_on},
    parse::types,
};

/// Parameters and output, checked.
pub(crate) struct Signature {
    pub(crate) receiver: Option<This>,
    pub(crate) params: Vec<Param>,
    pub(crate) output: Type,
    pub(crate) is_async: bool,
}

/// How a method takes its object, which is in an `Arc`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum This {
    /// `&self`, or a reference to the `Arc`.
    Lent,
    /// The `Arc` itself.
    Shared,
}

impl Signature {
    /// Takes our attributes off the parameters. `documented`: all of them need a description.
    pub(super) fn parse(
        sig: &mut syn::Signature,
        in_block: bool,
        documented: bool,
        errors: &mut Errors,
    ) -> Self {
        check_generics(&sig.generics, errors);
        let mut receiver = None;
        let mut params = Vec::new();
        for input in &mut sig.inputs {
            match input {
                FnArg::Receiver(this) if in_block => receiver = errors.keep(take_receiver(this)),
                FnArg::Receiver(this) => errors.push(refuse_receiver(this)),
                FnArg::Typed(typed) => params.extend(Param::parse(typed, documented, errors)),
            }
        }
        if let Some(variadic) = &sig.variadic {
            let help = "take a `Vec<T>`";
            errors.push(error_on(variadic, "a tool has a fixed number of parameters", help));
        }
        let output: Type = match &sig.output {
            ReturnType::Default => parse_quote!(()),
            ReturnType::Type(_, ty) => {
                types::check_output(ty, errors);
                (**ty).clone()
            }
        };
        Self { receiver, params, output, is_async: sig.asyncness.is_some() }
    }
}

impl Signature {
    /// The one text that a custom tool takes.
    pub(super) fn check_custom(&self, ident: &Ident, errors: &mut Errors) {
        let mut arguments =
            self.params.iter().filter(|param| matches!(param.source, Source::Argument { .. }));
        let help = "take one `String`; what is not for the model is marked `#[context]`";
        let Some(text) = arguments.next() else {
            let what = "a custom tool takes the text that the model writes";
            return errors.push(error_on(ident, what, help));
        };
        for more in arguments {
            let what = "a custom tool takes one text: the model writes no JSON for it";
            errors.push(error_on(&more.ty, what, help));
        }
        if types::is_no_text(&text.ty) {
            errors.push(error_on(&text.ty, "a custom tool takes a text", "write `String`"));
        }
    }
}

/// What stands before the name.
pub(super) fn check_qualifiers(sig: &syn::Signature, errors: &mut Errors) {
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

pub(super) fn is_tool(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|segment| segment.ident == "tool")
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

fn refuse_receiver(receiver: &Receiver) -> syn::Error {
    error_on(
        receiver,
        "a method is a tool only in an `impl` block with `#[toolbox]`",
        "write `#[openai_tools::toolbox]` above the `impl` block",
    )
}

fn take_receiver(receiver: &Receiver) -> syn::Result<This> {
    const BY_VALUE: (&str, &str) =
        ("the object outlives the call: the model may call the tool again", "take `&self`");
    const MUTABLE: (&str, &str) = (
        "the object is shared by calls that run at the same time",
        "take `&self`, with a `Mutex` or an atomic in the type",
    );
    let (what, help) = match &receiver.kind {
        ReceiverKind::Reference(_, _, None) => return Ok(This::Lent),
        ReceiverKind::Reference(..) => MUTABLE,
        ReceiverKind::Value => BY_VALUE,
        ReceiverKind::Typed(_, ty) => match &**ty {
            Type::Reference(reference) if reference.mutability.is_some() => MUTABLE,
            Type::Reference(reference) if is_self(&reference.elem) || is_arc(&reference.elem) => {
                return Ok(This::Lent);
            }
            ty if is_arc(ty) => return Ok(This::Shared),
            ty if is_self(ty) => BY_VALUE,
            _ => {
                ("a tool cannot take its object in this form", "take `&self` or `self: Arc<Self>`")
            }
        },
        _ => ("a tool cannot take its object in this form", "take `&self`"),
    };
    Err(error_on(receiver, what, help))
}

fn is_self(ty: &Type) -> bool {
    matches!(ty, Type::Path(ty) if ty.qself.is_none() && ty.path.is_ident("Self"))
}

/// `Arc<Self>` by any path.
fn is_arc(ty: &Type) -> bool {
    let Type::Path(ty) = ty else { return false };
    let Some(last) = ty.path.segments.last() else { return false };
    let PathArguments::AngleBracketed(generics) = &last.arguments else { return false };
    let mut generics = generics.args.iter();
    last.ident == "Arc"
        && matches!((generics.next(), generics.next()), (Some(GenericArgument::Type(ty)), None) if is_self(ty))
}
