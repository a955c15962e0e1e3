//! An enum with `#[derive(Tool)]`.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Field, Ident, ext::IdentExt};

use super::{
    arguments::{Argument, Arguments},
    tool::{at, definitions_of, registered},
};
use crate::{
    ir::{
        crate_path::CratePath,
        member::{Kind, Member},
        set::Set,
    },
    parse::docs::Description,
};

pub(super) fn expand(set: &Set) -> TokenStream {
    let Set { krate, ident, prefix, members } = set;
    let prefix = prefix.as_ref().map(|prefix| quote!(__members.prefix(#prefix);));
    let declared = members.iter().enumerate().map(|(number, member)| {
        let Kind::Fields { tool, .. } = &member.kind else { return None };
        Some(arguments(krate, member, number).declare(tool, &[]))
    });
    let adds = members.iter().enumerate().map(|(number, member)| add(set, member, number));
    let held = members.iter().enumerate().map(|(n, member)| hold(krate, &member.kind, n));
    let names = members.iter().enumerate().map(|(n, member)| names(krate, member, n));
    let asserts = assert_new_names(krate, members);
    let names = {
        let prefix = set.prefix.as_deref().unwrap_or_default();
        quote!(#krate::Names::All { prefix: #prefix, names: &[#(#names),*] })
    };
    let registered = registered(krate, ident, Some(&definitions_of(krate, ident)));
    quote! {
        #[allow(deprecated, reason = "to define a tool is not to use it")]
        const _: () = {
            #(#declared)*
            #(#held)*
            #asserts

            #[automatically_derived]
            impl #krate::ToolSet for #ident {
                const NAMES: #krate::Names = #names;

                fn members(
                    __members: &mut #krate::Members<Self>,
                ) -> ::core::result::Result<(), #krate::Error> {
                    #prefix
                    #(#adds)*
                    ::core::result::Result::Ok(())
                }
            }

            #registered
        };
    }
}

/// The parameters of a variant with fields; of any other there are none.
fn arguments<'a>(krate: &'a CratePath, member: &'a Member, number: usize) -> Arguments<'a> {
    let Kind::Fields { attrs, fields, .. } = &member.kind else {
        return Arguments::new(krate, Vec::new(), &[], number);
    };
    let named = fields.iter().flatten().filter_map(|Field { attrs, ident, ty, .. }| {
        Some(Argument { name: ident.as_ref()?, ty, attrs })
    });
    let named: Vec<_> = named.collect();
    // To rename parameters says nothing where there are none.
    let attrs = if named.is_empty() { &[] } else { &attrs[..] };
    Arguments::new(krate, named, attrs, number)
}

/// The statement that puts a variant into the set.
fn add(set: &Set, member: &Member, number: usize) -> TokenStream {
    let (krate, ident) = (&set.krate, &set.ident);
    let Member { variant, kind, .. } = member;
    match kind {
        Kind::Fields { fields, .. } => {
            let arguments = arguments(krate, member, number);
            let (declared, read, values) =
                (arguments.declared(), arguments.read(), arguments.values());
            let value = fields.as_ref().map(|fields| {
                let names = fields.iter().filter_map(|f| f.ident.as_ref());
                // No bindings of these names: one could be that of a static.
                quote!({ #(#names: #values),* })
            });
            quote! {
                #krate::add_declared(__members, &#declared, |__arguments| {
                    #read
                    ::core::result::Result::Ok(#ident::#variant #value)
                })?;
            }
        }
        Kind::Set(_, prefix) => {
            let (held, none) = (held_ident(number), option(None));
            quote!(#krate::add_held(__members, &#held, (#none, #none, #prefix), #ident::#variant)?;)
        }
        Kind::Type { name, description, .. } => {
            let held = held_ident(number);
            let name = option(name.as_ref().map(|name| quote!(#name)));
            let description = option(description.as_ref().map(|text: &Description| quote!(#text)));
            quote! {
                #krate::add_held(__members, &#held, (#name, #description, ""), #ident::#variant)?;
            }
        }
    }
}

/// The constant of a variant around a type, with what that holds.
fn hold(krate: &CratePath, kind: &Kind, number: usize) -> Option<TokenStream> {
    let (ty, make) = match kind {
        Kind::Fields { .. } => return None,
        Kind::Set(ty, _) => (ty, "all_tools"),
        Kind::Type { ty, .. } => (ty, "one_tool"),
    };
    let (ident, make) = (held_ident(number), format_ident!("{make}"));
    // Spanned by the type: this is where one that is no tool is found out, and only there.
    let value = quote_spanned!(at(ty)=> #krate::#make::<#ty>());
    Some(quote!(const #ident: #krate::Held<#ty> = #value;))
}

/// The names of a variant's tools.
fn names(krate: &CratePath, member: &Member, number: usize) -> TokenStream {
    let held = held_ident(number);
    match (&member.kind, member.name()) {
        (Kind::Set(_, prefix), _) => {
            let names = quote!(#krate::names(&#held));
            quote!(#krate::Names::All { prefix: #prefix, names: &[#names] })
        }
        (_, Some(name)) => quote!(#krate::Names::One(#name)),
        (_, None) => quote!(#krate::names(&#held)),
    }
}

/// What stops the compiler where a name is not new that only rustc knows.
fn assert_new_names(krate: &CratePath, members: &[Member]) -> TokenStream {
    let (mut known, mut others): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
    for (number, member) in members.iter().enumerate() {
        let text = member.variant.unraw().to_string();
        let names = names(krate, member, number);
        // Those that are known here have been compared with each other.
        let list = if member.name().is_some() { &mut known } else { &mut others };
        list.push((&member.variant, quote!((#text, #names))));
    }
    let first = known.len();
    let asserts = others.iter().enumerate().map(|(i, (variant, _))| {
        let (place, span) = (first + i, Span::call_site().located_at(variant.span()));
        quote_spanned!(span=> const _: () = __assert_new_names(__NAMES, #place);)
    });
    let asserts: Vec<_> = asserts.collect();
    if asserts.is_empty() {
        return TokenStream::new();
    }
    let all = known.iter().chain(&others).map(|(_, names)| names);
    quote! {
        // By a name of one token: rustc points to all tokens of a path, and the path has another
        // place than the variant.
        use #krate::assert_new_names as __assert_new_names;
        const __NAMES: &[(&'static ::core::primitive::str, #krate::Names)] = &[#(#all),*];
        #(#asserts)*
    }
}

fn held_ident(number: usize) -> Ident {
    format_ident!("__HELD_{number}")
}

fn option(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(
        || quote!(::core::option::Option::None),
        |value| quote!(::core::option::Option::Some(#value)),
    )
}
