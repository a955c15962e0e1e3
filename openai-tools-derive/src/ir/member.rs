//! A variant of an enum as a tool.

use proc_macro2::Span;
use syn::{
    Attribute, DeriveInput, Error, Field, Fields, FieldsUnnamed, Ident, Meta, Path, Token, Type,
    Variant, parse_quote, punctuated::Punctuated,
};

use super::{
    params::{check_described, with_flowing_docs},
    structure::read_keys,
    tool::{Shared, Tool},
};
use crate::{
    diag::{Errors, error_at, error_on},
    parse::{
        docs::{Description, is_doc_line},
        name,
        tool_attr::{Place, ToolAttr},
        types,
    },
};

/// A tool, or several, of a set.
pub(crate) struct Member {
    pub(crate) variant: Ident,
    pub(crate) kind: Kind,
    /// Where the name comes from.
    pub(super) name_span: Span,
}

/// What a variant stands for.
pub(crate) enum Kind {
    /// A tool whose parameters are the fields of the variant.
    Fields {
        tool: Tool,
        /// For the struct that the arguments are read into.
        attrs: Vec<Attribute>,
        /// Names, types, and attributes for that struct; none for a unit variant.
        fields: Option<Vec<Field>>,
    },
    /// Another set, with this before the names of its tools.
    Set(Type, String),
    /// A type that is a tool; a name or a description that is given here is told instead of its own.
    Type { ty: Type, name: Option<String>, description: Option<Description> },
}

impl Member {
    pub(super) fn parse(
        variant: &Variant,
        rename: &RenameFields,
        shared: &Shared,
        errors: &mut Errors,
    ) -> Option<Self> {
        let keys = read_keys(&variant.attrs, Place::Variant, errors);
        let name_span = keys.span_of("name").unwrap_or_else(|| variant.ident.span());
        refuse_tool_on_fields(&variant.fields, errors);
        let kind = match &variant.fields {
            Fields::Unnamed(fields) => newtype(variant, fields, keys, errors),
            Fields::Named(_) | Fields::Unit => {
                for key in ["set", "prefix"] {
                    if let Some(span) = keys.span_of(key) {
                        errors.push(error_at(
                            span,
                            format!("`{key}` is for a variant that holds another set of tools"),
                            format!("remove it, or write `{}(TypeOfTheSet)`", variant.ident),
                        ));
                    }
                }
                // The set's own prefix is put before all names at run time.
                let own = Shared {
                    prefix: String::new(),
                    krate: shared.krate.clone(),
                    namespace: None,
                    ..*shared
                };
                fields(variant, rename, keys, &own, errors)
            }
        };
        Some(Self { variant: variant.ident.clone(), kind: kind?, name_span })
    }

    /// The tool's name, where it is known here.
    pub(crate) fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Fields { tool, .. } => Some(&tool.name),
            Kind::Set(..) => None,
            Kind::Type { name, .. } => name.as_deref(),
        }
    }
}

fn fields(
    variant: &Variant,
    rename: &RenameFields,
    keys: ToolAttr,
    shared: &Shared,
    errors: &mut Errors,
) -> Option<Kind> {
    let documented = shared.documented(&keys);
    let tool = Tool::new(keys, &variant.ident, &variant.attrs, name::of_type, shared, errors);
    let fields = match &variant.fields {
        Fields::Named(fields) => {
            Some(fields.named.iter().map(|f| field(f, documented, errors)).collect())
        }
        _ => None,
    };
    let attrs = rename.for_variant(variant);
    Some(Kind::Fields { tool: tool?, attrs, fields })
}

fn field(field: &Field, documented: bool, errors: &mut Errors) -> Field {
    if let (true, Some(ident)) = (documented, &field.ident) {
        check_described(ident, &field.attrs, errors);
    }
    types::check_field(&field.ty, errors);
    let ours = |attr: &&Attribute| {
        is_doc_line(attr) || attr.path().is_ident("serde") || attr.path().is_ident("schemars")
    };
    let attrs = field.attrs.iter().filter(ours).cloned().collect();
    Field { attrs: with_flowing_docs(attrs), ..field.clone() }
}

fn newtype(
    variant: &Variant,
    fields: &FieldsUnnamed,
    keys: ToolAttr,
    errors: &mut Errors,
) -> Option<Kind> {
    let mut unnamed = fields.unnamed.iter();
    let (Some(field), None) = (unnamed.next(), unnamed.next()) else {
        errors.push(refuse_tuple(variant, fields));
        return None;
    };
    types::check_field(&field.ty, errors);
    for attr in &field.attrs {
        if attr.path().is_ident("serde") || attr.path().is_ident("schemars") {
            errors.push(error_on(
                attr,
                "the arguments of this tool are read as the type says",
                "put the attribute on the type, or on its fields",
            ));
        }
    }
    let is_set = keys.switch("set") == Some(true);
    let (whose, where_to) =
        if is_set { ("each tool of the set", "there") } else { ("the type", "on the type") };
    for (key, span) in keys.beyond(Place::Held) {
        errors.push(error_at(
            span,
            format!("`{key}` is for {whose} to say"),
            format!("write it {where_to}, in `#[tool(…)]`"),
        ));
    }
    let ty = field.ty.clone();
    if is_set {
        for key in ["name", "description"] {
            if let Some(span) = keys.span_of(key) {
                errors.push(error_at(
                    span,
                    format!("a set has no {key}, its tools have"),
                    format!("remove `{key}`, or `set` if the type is one tool"),
                ));
            }
        }
        return Some(Kind::Set(ty, keys.prefix.unwrap_or_default()));
    }
    if let Some(span) = keys.span_of("prefix") {
        errors.push(error_at(
            span,
            "`prefix` is for a variant that holds a set of tools",
            "write the whole name, `name = \"…\"`, or add `set` if the type is a set",
        ));
    }
    let description =
        keys.description.map(Description::Text).or_else(|| Description::of(&variant.attrs));
    Some(Kind::Type { ty, name: keys.name, description })
}

fn refuse_tuple(variant: &Variant, fields: &FieldsUnnamed) -> Error {
    let name = &variant.ident;
    if fields.unnamed.is_empty() {
        let help = format!("write `{name}` for a tool without parameters");
        return error_on(fields, "a tuple without fields has no faithful form", help);
    }
    let named = fields.unnamed.iter().enumerate().map(|(place, field)| {
        let name = ["first", "second", "third"].get(place).copied().unwrap_or("…");
        format!("{name}: {}", types::text(&field.ty))
    });
    let named: Vec<_> = named.take(4).collect();
    error_on(
        fields,
        format!("the model gives arguments by name, and the fields of `{name}` have none"),
        format!(
            "name them, `{name} {{ {} }}` with better names, or hold one type that is a tool, \
             `{name}(TypeOfTheTool)`",
            named.join(", ")
        ),
    )
}

fn refuse_tool_on_fields(fields: &Fields, errors: &mut Errors) {
    for attr in fields.iter().flat_map(|field| &field.attrs) {
        if attr.path().is_ident("tool") {
            errors.push(error_on(
                attr,
                "`#[tool]` belongs on the variant, not on a field",
                "use docs, `#[serde(…)]` and `#[schemars(…)]` on fields",
            ));
        }
    }
}

/// `#[serde(rename_all_fields = …)]` of the enum, as the `rename_all` of one struct.
pub(super) struct RenameFields(Option<Meta>);

impl RenameFields {
    pub(super) fn of(input: &DeriveInput) -> Self {
        let found = serde_keys(&input.attrs).find(|meta| meta.path().is_ident("rename_all_fields"));
        Self(found.map(|mut meta| {
            let path: Path = parse_quote!(rename_all);
            match &mut meta {
                Meta::Path(old) => *old = path,
                Meta::List(list) => list.path = path,
                Meta::NameValue(pair) => pair.path = path,
            }
            meta
        }))
    }

    /// That of the variant goes first, as it does for serde.
    fn for_variant(&self, variant: &Variant) -> Vec<Attribute> {
        let own = serde_keys(&variant.attrs).find(|meta| meta.path().is_ident("rename_all"));
        let rename = own.or_else(|| self.0.clone());
        rename.into_iter().map(|meta| parse_quote!(#[serde(#meta)])).collect()
    }
}

/// Whether serde never makes the variant, so that no call can.
pub(super) fn is_skipped(variant: &Variant) -> bool {
    let skips =
        |meta: Meta| meta.path().is_ident("skip") || meta.path().is_ident("skip_deserializing");
    serde_keys(&variant.attrs).any(skips)
}

/// What stands in `#[serde(…)]`. Mistakes in there are serde's to report.
fn serde_keys(attrs: &[Attribute]) -> impl Iterator<Item = Meta> {
    let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("serde"))
        .filter_map(move |attr| attr.parse_args_with(parse).ok())
        .flatten()
}
