//! The items of `impl Tool`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, Type, spanned::Spanned};

use crate::{
    ir::{
        crate_path::CratePath,
        tool::{Custom, OutputSchema, Tool},
    },
    parse::tool_attr::Syntax,
};

/// What stands in `impl Tool`.
pub(super) fn items(tool: &Tool) -> TokenStream {
    let Tool { name, strict, krate, .. } = tool;
    let description = description(tool);
    // Most tools have what the trait gives them.
    let output_schema = output_schema(tool).map(|schema| {
        quote! {
            fn output_schema() -> ::core::option::Option<#krate::Value> {
                #schema()
            }
        }
    });
    let settings = settings(tool);
    let settings = (!settings.is_empty()).then(|| {
        quote! {
            fn settings() -> #krate::ToolSettings {
                #krate::ToolSettings::new() #settings
            }
        }
    });
    let form = form(tool).map(|form| {
        quote! {
            fn form() -> #krate::ToolForm {
                #form
            }
        }
    });
    let strict = (!strict).then(|| {
        quote!(
            const STRICT: bool = false;
        )
    });
    quote! {
        const NAME: &'static str = #name;
        const DESCRIPTION: ::core::option::Option<&'static str> = #description;
        #strict
        #settings
        #form
        #output_schema
    }
}

/// The same as a value, for a tool that is no type.
pub(super) fn declared(tool: &Tool, parameters: &TokenStream) -> TokenStream {
    let Tool { name, strict, krate, .. } = tool;
    let (description, settings) = (description(tool), settings(tool));
    let output_schema = output_schema(tool).unwrap_or_else(|| quote!(#krate::no_output));
    let parameters = match form(tool) {
        None => quote!(#parameters),
        Some(form) => {
            let form = match &tool.form.namespace {
                None => quote!(::core::result::Result::Ok(#form)),
                Some((name, description)) => {
                    quote!(#krate::in_namespace(#form, #name, #description))
                }
            };
            quote!(#krate::Parameters::Formed { form: || #form, parameters: &#parameters })
        }
    };
    quote! {
        #krate::Declared {
            name: #name,
            description: #description,
            strict: #strict,
            settings: #krate::ToolSettings::new() #settings,
            output_schema: #output_schema,
            parameters: #parameters,
        }
    }
}

fn description(tool: &Tool) -> TokenStream {
    tool.description.as_ref().map_or_else(
        || quote!(::core::option::Option::None),
        |text| quote!(::core::option::Option::Some(#text)),
    )
}

/// The calls that change the settings, behind `ToolSettings::new()`.
fn settings(tool: &Tool) -> TokenStream {
    let timeout = tool.timeout.map(|timeout| {
        let (seconds, nanos) = (timeout.as_secs(), timeout.subsec_nanos());
        quote!(.with_timeout(::core::time::Duration::new(#seconds, #nanos)))
    });
    let concurrency = tool.concurrency.map(|limit| {
        let (krate, limit) = (&tool.krate, limit.get());
        quote!(.with_concurrency(#krate::concurrency(#limit)))
    });
    let switches = tool.settings.iter().map(|setting| format_ident!("with_{setting}"));
    quote!(#timeout #concurrency #(.#switches(true))*)
}

/// The form in which it is offered, but for the namespace; `None` of a plain function.
fn form(tool: &Tool) -> Option<TokenStream> {
    let Tool { form, krate, .. } = tool;
    if form.is_plain() {
        return None;
    }
    let custom = form.custom.as_ref().map(|custom| {
        let format = match custom {
            Custom::Text => quote!(Text),
            Custom::Grammar(syntax, text) => {
                let syntax = match syntax {
                    Syntax::Lark => quote!(Lark),
                    Syntax::Regex => quote!(Regex),
                };
                // Spanned by the grammar: this is where one that is no text is found out.
                let span = Span::call_site().located_at(text.span());
                quote_spanned!(span=> #syntax(::std::borrow::Cow::Borrowed(#text)))
            }
        };
        quote!(.with_custom(#krate::CustomFormat::#format))
    });
    let deferred = form.defer_loading.then(|| quote!(.with_defer_loading(true)));
    let callers = form.allowed_callers.iter().map(|caller| {
        let caller = if *caller == "direct" { quote!(Direct) } else { quote!(Programmatic) };
        quote!(#krate::Caller::#caller)
    });
    let callers =
        (!form.allowed_callers.is_empty()).then(|| quote!(.with_allowed_callers([#(#callers),*])));
    Some(quote!(#krate::ToolForm::new() #custom #deferred #callers))
}

/// The function that makes the schema of the outputs.
fn output_schema(tool: &Tool) -> Option<TokenStream> {
    let krate = &tool.krate;
    match &tool.output_schema {
        OutputSchema::None => None,
        OutputSchema::Of(ty) => Some(quote_spanned!(at(ty)=> #krate::described_output::<#ty>)),
        OutputSchema::IfAny(ty) => Some(quote! {
            || {
                // Only the traits, which have no names there: the type is the user's.
                use #krate::output_kinds::*;
                (&&&&#krate::Output::<#ty>::NEW).__openai_tools_output()
            }
        }),
    }
}

/// Puts down where tools are made, for whoever asks for all of a crate: `definitions` makes a list of
/// them, and there is none where parameters have to be known first.
pub(super) fn registered(
    krate: &CratePath,
    item: &impl ToTokens,
    definitions: Option<&TokenStream>,
) -> TokenStream {
    let definitions = definitions.map_or_else(
        || quote!(::core::option::Option::None),
        |definitions| quote!(::core::option::Option::Some(#definitions)),
    );
    // As it is written: tokens are put apart by spaces.
    let item = item.to_token_stream().to_string().replace(' ', "");
    quote!(#krate::register! { #item, #definitions })
}

/// The list of the tools of a type.
pub(super) fn definitions_of(krate: &CratePath, ident: &Ident) -> TokenStream {
    quote! {
        || {
            use #krate::{Registrable as _, Unregistrable as _};
            (&#krate::Registering::<#ident>::NEW).__openai_tools_definitions()
        }
    }
}

/// Where the type stands, but in our own scope: what a macro by example passes on has another.
pub(super) fn at(ty: &Type) -> Span {
    Span::call_site().located_at(ty.span())
}
