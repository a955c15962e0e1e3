//! An enum with `#[derive(Tool)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Field, Ident, ext::IdentExt};

use super::tool::{self, at};
use crate::{
    ir::{
        member::{Kind, Member},
        set::Set,
    },
    parse::docs::Description,
};

pub(super) fn expand(set: &Set) -> TokenStream {
    let Set { krate, ident, prefix, members } = set;
    let prefix = prefix.as_ref().map(|prefix| quote!(__members.prefix(#prefix);));
    let structs = members.iter().filter_map(|member| arguments(set, member));
    let adds = members.iter().map(|member| add(set, member));
    quote! {
        #[allow(deprecated, reason = "to define a tool is not to use it")]
        const _: () = {
            #(#structs)*

            #[automatically_derived]
            impl #krate::ToolSet for #ident {
                fn members(
                    __members: &mut #krate::Members<Self>,
                ) -> ::core::result::Result<(), #krate::Error> {
                    #prefix
                    #(#adds)*
                    ::core::result::Result::Ok(())
                }
            }
        };
    }
}

/// The hidden struct of a variant with fields, which is the tool.
fn arguments(set: &Set, member: &Member) -> Option<TokenStream> {
    let Kind::Fields { tool, attrs, fields } = &member.kind else { return None };
    let krate = &set.krate;
    let (serde, schemars) = (krate.reexport("serde"), krate.reexport("schemars"));
    let (name, ident) = (&tool.name, arguments_ident(&member.variant));
    let fields = fields
        .iter()
        .flatten()
        .map(|Field { attrs, ident, ty, .. }| quote!(#(#attrs)* #ident: #ty));
    let items = tool::items(tool);
    Some(quote! {
        // The name is seen in errors of serde and as the title of the schema.
        #[derive(#krate::serde::Deserialize, #krate::schemars::JsonSchema)]
        #[serde(crate = #serde, rename = #name)]
        #[schemars(crate = #schemars)]
        #(#attrs)*
        struct #ident {
            #(#fields,)*
        }

        #[automatically_derived]
        impl #krate::Tool for #ident {
            #items
        }
    })
}

/// The statement that puts a variant into the set.
fn add(set: &Set, Member { variant, kind, .. }: &Member) -> TokenStream {
    let (krate, ident) = (&set.krate, &set.ident);
    match kind {
        Kind::Fields { fields, .. } => {
            let arguments = arguments_ident(variant);
            let value = fields.as_ref().map(|fields| {
                let names: Vec<_> = fields.iter().filter_map(|f| f.ident.as_ref()).collect();
                // No bindings of these names: one could be that of a static.
                quote!({ #(#names: __arguments.#names),* })
            });
            // A unit variant has nothing to take out of its arguments.
            let arguments_name = fields.as_ref().map_or_else(|| quote!(_), |_| quote!(__arguments));
            quote!(__members.tool(|#arguments_name: #arguments| #ident::#variant #value)?;)
        }
        // Spanned by the type: this is where one that is no tool is found out.
        Kind::Set(ty, prefix) => quote_spanned! {at(ty)=>
            #krate::Members::set_as::<#ty>(__members, #prefix, #ident::#variant)?;
        },
        Kind::Type { ty, name, description } => {
            let name = option(name.as_ref().map(|name| quote!(#name)));
            let description = option(description.as_ref().map(|text: &Description| quote!(#text)));
            quote_spanned! {at(ty)=>
                #krate::add_tool::<#ty, _>(__members, #name, #description, #ident::#variant)?;
            }
        }
    }
}

fn arguments_ident(variant: &Ident) -> Ident {
    format_ident!("__{}", variant.unraw(), span = variant.span())
}

fn option(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(
        || quote!(::core::option::Option::None),
        |value| quote!(::core::option::Option::Some(#value)),
    )
}
