//! Attributes of one line, and types of one word.

use super::{
    case::rule,
    model::{Body, Bounds, Fields, Notes, Type, Variant},
    text::{json, literal, number},
};

/// What serde is told of a whole type.
pub(super) fn of_container(body: &Body) -> Vec<String> {
    let rename = |rule: &'static str| format!("rename_all = {}", literal(rule));
    let closed = || "deny_unknown_fields".to_owned();
    let mut keys = Vec::new();
    match body {
        Body::Newtype(_) | Body::Open => {}
        Body::Struct(fields) => {
            keys.extend(fields_rule(fields).map(rename));
            keys.extend((fields.is_closed && fields.rest.is_none()).then(closed));
        }
        Body::Tagged { tag, variants } => {
            keys.push(format!("tag = {}", literal(tag)));
            keys.extend(variants_rule(variants).map(rename));
            keys.extend(variants.iter().any(|v| v.holds.is_closed).then(closed));
        }
        Body::Texts(variants) => keys.extend(variants_rule(variants).map(rename)),
        Body::Untagged(_) => keys.push("untagged".to_owned()),
    }
    keys
}

/// `#[schemars(…)]` for what docs and types do not say, a line for each.
pub(super) fn of_notes(notes: &Notes, with_description: bool) -> Vec<String> {
    let title = notes.title.iter().map(|text| format!("#[schemars(title = {})]", literal(text)));
    let mut lines: Vec<String> = title.collect();
    if let Some(text) = notes.description.as_ref().filter(|_| with_description) {
        lines.push(format!("#[schemars(description = {})]", literal(text)));
    }
    lines.extend(notes.extend.iter().map(|(keyword, value)| {
        format!("#[schemars(extend({} = {}))]", literal(keyword), json(value))
    }));
    lines
}

/// The keys of `#[schemars(…)]` for bounds.
pub(super) fn of_bounds(bounds: &Bounds) -> Vec<String> {
    let mut keys = Vec::new();
    let ends: Vec<String> = [("min", &bounds.least), ("max", &bounds.most)]
        .into_iter()
        .filter_map(|(word, bound)| Some(format!("{word} = {}", number(bound.as_ref()?))))
        .collect();
    if !ends.is_empty() {
        let word = if bounds.is_length { "length" } else { "range" };
        keys.push(format!("{word}({})", ends.join(", ")));
    }
    keys.extend(bounds.pattern.iter().map(|p| format!("regex(pattern = {})", literal(p))));
    if let Some(inner) = &bounds.inner {
        keys.push(format!("inner({})", of_bounds(inner).join(", ")));
    }
    keys
}

/// A type that names no other one.
pub(super) fn plain(ty: &Type) -> &'static str {
    match ty {
        Type::Boolean => "bool",
        Type::Free => "serde_json::Value",
        Type::FreeObject => "serde_json::Map<String, serde_json::Value>",
        Type::Known(known) => known.rust,
        Type::Number(number) => number.rust,
        Type::Text => "String",
        _ => "()",
    }
}

pub(super) fn map_of(values: &str) -> String {
    format!("std::collections::BTreeMap<String, {values}>")
}

/// What serde makes of an identifier.
pub(super) fn unraw(ident: &str) -> &str {
    ident.strip_prefix("r#").unwrap_or(ident)
}

/// The rule that renames all fields; not for those beside which others may stand.
pub(super) fn fields_rule(fields: &Fields) -> Option<&'static str> {
    let names = fields.list.iter().map(|field| (unraw(&field.ident), &*field.name));
    rule(names, false).filter(|_| fields.rest.is_none())
}

pub(super) fn variants_rule<T>(variants: &[Variant<T>]) -> Option<&'static str> {
    rule(variants.iter().map(|variant| (&*variant.ident, &*variant.value)), true)
}
