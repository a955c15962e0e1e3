//! The parameters for the model: what it is told of them, and how a call's arguments are read.
//!
//! Each is data, made by a constructor of the library: a hidden struct with the derives of serde and
//! schemars would be most of what a tool costs at compile time. It is written only where attributes
//! ask for what these derives do.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Ident, Index, Type, ext::IdentExt};

use super::{
    parameter::Parameter,
    tool::{self, at},
};
use crate::{
    ir::{
        crate_path::CratePath,
        params::{Param, Source},
        tool::Tool,
    },
    parse::docs::only_text,
};

/// A parameter that the model gives.
pub(super) struct Argument<'a> {
    pub(super) name: &'a Ident,
    pub(super) ty: &'a Type,
    pub(super) attrs: &'a [Attribute],
}

/// All of one tool.
pub(super) struct Arguments<'a> {
    krate: &'a CratePath,
    fields: Vec<Argument<'a>>,
    /// For the struct that stands for all of them, if there has to be one.
    attrs: &'a [Attribute],
    /// Tells the tools of one item apart.
    number: usize,
}

impl<'a> Arguments<'a> {
    pub(super) fn new(
        krate: &'a CratePath,
        fields: Vec<Argument<'a>>,
        attrs: &'a [Attribute],
        number: usize,
    ) -> Self {
        Self { krate, fields, attrs, number }
    }

    /// Those of a function.
    pub(super) fn of(krate: &'a CratePath, params: &'a [Param], number: usize) -> Self {
        let fields = params.iter().filter_map(|Param { ty, source }| match source {
            Source::Argument { field, attrs } => Some(Argument { name: field, ty, attrs }),
            Source::Context => None,
        });
        Self::new(krate, fields.collect(), &[], number)
    }

    /// The static with all that is said of the tool.
    pub(super) fn declared(&self) -> Ident {
        format_ident!("__TOOL_{}", self.number)
    }

    /// The static, and what it is made of.
    pub(super) fn declare(&self, tool: &Tool, cfgs: &[Attribute]) -> TokenStream {
        let (krate, declared) = (self.krate, self.declared());
        let (parts, parameters) = self.parameters(tool, cfgs);
        let value = tool::declared(tool, &parameters);
        quote! {
            #parts

            #(#cfgs)*
            static #declared: #krate::Declared = #value;
        }
    }

    /// The statements that read `__arguments` into [`values`](Self::values).
    pub(super) fn read(&self) -> TokenStream {
        let krate = self.krate;
        let (parts, values) = (self.parts(), self.values());
        if self.are_data() {
            let places = (0..self.fields.len()).map(Index::from);
            return quote!(#(let #values = #parts.#places.read(__arguments)?;)*);
        }
        let all = format_ident!("__all");
        let taken = self.members().map(|member| member.taken_from(&all));
        let taken: Vec<_> = taken.collect();
        quote! {
            use #krate::whole_kinds::*;
            let #all = (&#krate::Whole::<#parts>::NEW).__openai_tools_read(__arguments)?;
            #(let #values = #taken;)*
        }
    }

    /// The variables that hold the arguments, in order.
    pub(super) fn values(&self) -> Vec<Ident> {
        (0..self.fields.len()).map(|place| format_ident!("__{place}")).collect()
    }

    /// The items behind the static, and its value of `parameters`.
    fn parameters(&self, tool: &Tool, cfgs: &[Attribute]) -> (TokenStream, TokenStream) {
        let Self { krate, fields, attrs, .. } = self;
        let ident = self.parts();
        if self.are_data() {
            if fields.is_empty() {
                return (TokenStream::new(), quote!(#krate::Parameters::Fields { fields: &[] }));
            }
            let types = fields.iter().map(|field| field.ty);
            let made = fields.iter().map(|field| field.data(krate));
            let places = (0..fields.len()).map(Index::from);
            let parts = quote! {
                #(#cfgs)*
                const #ident: (#(#krate::Field<#types>,)*) = (#(#made,)*);
            };
            let told =
                quote!(#krate::Parameters::Fields { fields: &[#(#ident.#places.schema()),*] });
            return (parts, told);
        }
        let (serde, schemars) = (krate.reexport("serde"), krate.reexport("schemars"));
        let name = &tool.name;
        let impls = self.members().map(|member| member.impls(cfgs));
        let members = self.members().map(|member| member.field());
        let (impls, members): (Vec<_>, Vec<_>) = (impls.collect(), members.collect());
        let parts = quote! {
            #(#impls)*

            // The name is seen in errors of serde.
            #(#cfgs)*
            #[derive(#krate::serde::Deserialize, #krate::schemars::JsonSchema)]
            #[serde(crate = #serde, rename = #name)]
            #[schemars(crate = #schemars)]
            #(#attrs)*
            #[allow(dead_code, reason = "the fields are read where there is dispatch")]
            struct #ident {
                #(#members,)*
            }
        };
        let whole = quote!((&#krate::Whole::<#ident>::NEW));
        let told = quote! {
            #krate::Parameters::Type {
                generate: || {
                    use #krate::whole_kinds::*;
                    #whole.__openai_tools_generate()
                },
            }
        };
        (parts, told)
    }

    /// The fields of the struct.
    fn members(&self) -> impl Iterator<Item = Parameter<'_>> {
        let numbered = self.fields.iter().enumerate();
        numbered.map(|(place, field)| Parameter::new(self.krate, field, (self.number, place)))
    }

    /// The constant with the parameters, or the struct.
    fn parts(&self) -> Ident {
        let form = if self.are_data() { "PARAMETERS" } else { "Arguments" };
        format_ident!("__{form}_{}", self.number, span = Span::call_site())
    }

    /// Whether no attribute says more than a derive is needed for.
    fn are_data(&self) -> bool {
        self.attrs.is_empty() && self.fields.iter().all(|field| only_text(field.attrs).is_some())
    }
}

impl Argument<'_> {
    fn data(&self, krate: &CratePath) -> TokenStream {
        let name = self.name.unraw().to_string();
        let description = only_text(self.attrs).unwrap_or_default();
        let ty = self.ty;
        // Spanned by the type: this is where one without a schema is found out.
        quote_spanned!(at(ty)=> #krate::field::<#ty>(#name, #description))
    }
}
