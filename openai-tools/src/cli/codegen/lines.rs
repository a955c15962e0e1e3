//! Attributes, and types of one word.

use super::{
    case::rule,
    model::{Body, Bounds, Fields, Notes, Type, Variant},
    text::{json, literal, number},
};

/// A key of an attribute.
pub(super) enum Key {
    List(&'static str, Vec<Key>),
    Plain(String),
}

impl Key {
    /// `name = "text"`.
    pub(super) fn text(name: &str, text: &str) -> Self {
        Self::Plain(format!("{name} = {}", literal(text)))
    }

    fn flat(&self) -> String {
        match self {
            Self::List(name, keys) => format!("{name}({})", flat(keys)),
            Self::Plain(text) => text.clone(),
        }
    }
}

fn flat(keys: &[Key]) -> String {
    keys.iter().map(Key::flat).collect::<Vec<_>>().join(", ")
}

/// An attribute with its keys, as rustfmt breaks its lines.
pub(super) fn attribute(depth: usize, name: &str, keys: &[Key]) -> Vec<String> {
    let inner = flat(keys);
    let line = format!("#[{name}({inner})]");
    let is_short = keys.len() == 1 || width(&inner) <= WIDEST_KEYS;
    let widest = if matches!(keys, [Key::List(..)]) { WIDEST - 2 } else { WIDEST };
    if is_short && 4 * depth + width(&line) <= widest {
        return vec![line];
    }
    if let [Key::Plain(only)] = keys {
        // What is no plain value is left as it is.
        if !only.ends_with('"') {
            return vec![line];
        }
    }
    let mut lines = Vec::new();
    if let [Key::List(list, keys)] = keys {
        lines.push(format!("#[{name}({list}("));
        broken(keys, &mut lines);
        lines.push("))]".to_owned());
    } else {
        lines.push(format!("#[{name}("));
        broken(keys, &mut lines);
        lines.push(")]".to_owned());
    }
    lines
}

fn broken(keys: &[Key], lines: &mut Vec<String>) {
    for (n, key) in keys.iter().enumerate() {
        let comma = if n + 1 < keys.len() { "," } else { "" };
        lines.push(format!("    {}{comma}", key.flat()));
    }
}

/// Columns, as far as they matter.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// What serde is told of a whole type.
pub(super) fn of_container(body: &Body) -> Vec<Key> {
    let rename = |rule: &'static str| Key::text("rename_all", rule);
    let closed = || Key::Plain("deny_unknown_fields".to_owned());
    let mut keys = Vec::new();
    match body {
        Body::Newtype(_) | Body::Open => {}
        Body::Struct(fields) => {
            keys.extend(fields_rule(fields).map(rename));
            keys.extend((fields.is_closed && fields.rest.is_none()).then(closed));
        }
        Body::Tagged { tag, variants } => {
            keys.push(Key::text("tag", tag));
            keys.extend(variants_rule(variants).map(rename));
            keys.extend(variants.iter().any(|v| v.holds.is_closed).then(closed));
        }
        Body::Texts(variants) => keys.extend(variants_rule(variants).map(rename)),
        Body::Untagged(_) => keys.push(Key::Plain("untagged".to_owned())),
    }
    keys
}

/// `#[schemars(…)]` for what docs and types do not say.
pub(super) fn of_notes(notes: &Notes, with_description: bool, depth: usize) -> Vec<String> {
    let description = notes.description.as_ref().filter(|_| with_description);
    let texts = [("title", notes.title.as_ref()), ("description", description)];
    let mut keys: Vec<Key> =
        texts.into_iter().filter_map(|(name, text)| Some(Key::text(name, text?))).collect();
    keys.extend(notes.extend.iter().map(|(keyword, value)| {
        Key::Plain(format!("extend({} = {})", literal(keyword), json(value)))
    }));
    keys.into_iter().flat_map(|key| attribute(depth, "schemars", &[key])).collect()
}

/// The keys of `#[schemars(…)]` for bounds.
pub(super) fn of_bounds(bounds: &Bounds) -> Vec<Key> {
    let mut keys = Vec::new();
    let ends: Vec<Key> = [("min", &bounds.least), ("max", &bounds.most)]
        .into_iter()
        .filter_map(|(word, bound)| {
            Some(Key::Plain(format!("{word} = {}", number(bound.as_ref()?))))
        })
        .collect();
    if !ends.is_empty() {
        keys.push(Key::List(if bounds.is_length { "length" } else { "range" }, ends));
    }
    let pattern = bounds.pattern.iter().map(|pattern| vec![Key::text("pattern", pattern)]);
    keys.extend(pattern.map(|pattern| Key::List("regex", pattern)));
    if let Some(inner) = &bounds.inner {
        keys.push(Key::List("inner", of_bounds(inner)));
    }
    keys
}

/// What stands in the parentheses of a tuple, with its attributes.
pub(super) fn tuple(
    depth: usize,
    head: &str,
    attributes: &[String],
    ty: &str,
    end: &str,
) -> Vec<String> {
    let inner = match attributes {
        [] => ty.to_owned(),
        [only] => format!("{only} {ty}"),
        _ => String::new(),
    };
    let line = format!("{head}({inner}){end}");
    if !inner.is_empty() && 4 * depth + width(&line) <= WIDEST {
        return vec![line];
    }
    let mut lines = vec![format!("{head}(")];
    if !inner.is_empty() && 4 * (depth + 1) + width(&inner) < WIDEST {
        lines.push(format!("    {inner},"));
    } else {
        lines.extend(attributes.iter().map(|line| format!("    {line}")));
        lines.push(format!("    {ty},"));
    }
    lines.push(format!("){end}"));
    lines
}

/// A field without its attributes.
pub(super) fn field(depth: usize, name: &str, ty: &str) -> Vec<String> {
    let line = format!("{name}: {ty},");
    if 4 * depth + width(&line) <= WIDEST {
        return vec![line];
    }
    vec![format!("{name}:"), format!("    {ty},")]
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

/// A variant with fields in one line, if it is short and nothing is said of them.
pub(super) fn joined(variant: &str) -> Option<String> {
    let lines: Vec<&str> = variant.lines().map(str::trim).collect();
    let [head, fields @ .., end] = &*lines else { return None };
    let fields = fields.join(" ");
    let fields = fields.strip_suffix(',')?;
    let is_bare = lines.iter().all(|line| !line.starts_with(['/', '#']));
    (is_bare && width(fields) <= WIDEST_FIELDS).then(|| format!("    {head} {fields} {end}\n"))
}

/// The rule that renames several fields; not for those beside which others may stand.
pub(super) fn fields_rule(fields: &Fields) -> Option<&'static str> {
    let names = fields.list.iter().map(|field| (unraw(&field.ident), &*field.name));
    let is_worth_it = names.clone().filter(|(ident, name)| ident != name).count() > 1;
    rule(&names, false).filter(|_| is_worth_it && fields.rest.is_none())
}

pub(super) fn variants_rule<T>(variants: &[Variant<T>]) -> Option<&'static str> {
    rule(&variants.iter().map(|variant| (&*variant.ident, &*variant.value)), true)
}

/// The widths of rustfmt: of lines, and of keys before they stand in lines of their own.
pub(super) const WIDEST: usize = 100;
const WIDEST_KEYS: usize = 70;
/// Of all fields of a variant.
const WIDEST_FIELDS: usize = 35;
