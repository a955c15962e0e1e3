use jsonschema::{
    ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::{Map, Value};

use super::forms::{one_of, with_article};
use crate::schema::{
    nearest::nearest,
    problem::{Problem, escape, excerpt, shorten},
};

/// One error of the validator, in words that say what to do. `schema` is the level it is about.
pub(super) fn told(
    error: &ValidationError<'_>,
    schema: &Map<String, Value>,
    place: &str,
) -> Vec<Problem> {
    let value = error.instance();
    let rule = error.kind().keyword().to_owned();
    let at = format!("{place}{}", error.instance_path().as_str());
    let one =
        |found: String, allowed: String| vec![Problem::new(rule.clone(), found, allowed).at(&at)];
    let found = excerpt(value);
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known: Vec<&str> = schema
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .map(|(name, _)| name.as_str())
                .collect();
            unexpected.iter().take(MOST_NAMES).map(|name| unknown(name, &known, &at)).collect()
        }
        Kind::Required { property } => {
            let name = shorten(property.as_str().unwrap_or_default(), 80);
            let near = value.as_object().and_then(|object| misspelt(&name, object, schema));
            let found = near.map_or("none".to_owned(), |near| format!("`{}`", shorten(near, 80)));
            one(found, format!("the required property `{name}`"))
        }
        Kind::Type { kind } => {
            let kinds: Vec<String> = match kind {
                TypeKind::Single(kind) => vec![with_article(kind.as_str())],
                TypeKind::Multiple(kinds) => {
                    kinds.iter().map(|kind| with_article(kind.as_str())).collect()
                }
            };
            let found = match value.as_ref() {
                Value::String(_) | Value::Number(_) => format!("the {} {found}", kind_of(value)),
                _ => found,
            };
            // The type that is meant comes before the way to leave the value out.
            let (nulls, mut others): (Vec<_>, Vec<_>) =
                kinds.into_iter().partition(|k| k == "null");
            others.extend(nulls);
            one(found, others.join(" or "))
        }
        Kind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            one(found, one_of(options.iter(), value))
        }
        Kind::Constant { expected_value } => one(found, excerpt(expected_value)),
        Kind::Minimum { limit } => one(found, format!("at least {limit}")),
        Kind::Maximum { limit } => one(found, format!("at most {limit}")),
        Kind::ExclusiveMinimum { limit } => one(found, format!("more than {limit}")),
        Kind::ExclusiveMaximum { limit } => one(found, format!("less than {limit}")),
        Kind::MultipleOf { multiple_of } => one(found, format!("a multiple of {multiple_of}")),
        Kind::MinLength { limit } => one(found, counted("at least", *limit, "character")),
        Kind::MaxLength { limit } => one(found, counted("at most", *limit, "character")),
        Kind::MinItems { limit } => one(items(value), counted("at least", *limit, "item")),
        Kind::MaxItems { limit } => one(items(value), counted("at most", *limit, "item")),
        Kind::UniqueItems => one(repeated(value), "no item twice".to_owned()),
        Kind::Pattern { pattern } => {
            one(found, format!("text that matches the pattern {}", shorten(pattern, 100)))
        }
        Kind::Format { format } => {
            one(found, format!("text in the format {}", shorten(format, 60)))
        }
        _ => {
            let said = shorten(&error.masked().to_string(), 160);
            one(found, format!("what `{rule}` asks ({said})"))
        }
    }
}

/// A property that the schema does not know.
fn unknown(name: &str, known: &[&str], at: &str) -> Problem {
    let shown: Vec<String> =
        known.iter().take(MOST_NAMES).map(|name| format!("`{}`", shorten(name, 40))).collect();
    let allowed = match (known.len(), shown.join(", ")) {
        (0, _) => "no properties".to_owned(),
        (n, shown) if n > MOST_NAMES => format!("only {shown} and {} more", n - MOST_NAMES),
        (_, shown) => format!("only {shown}"),
    };
    let allowed = match nearest(name, known.iter().copied()) {
        Some(near) => format!("{allowed} (did you mean `{}`?)", shorten(near, 40)),
        None => allowed,
    };
    let found = format!("`{}`", shorten(name, 60));
    let place = format!("{at}/{}", escape(&shorten(name, 200)));
    Problem::new("additionalProperties", found, allowed).at(place)
}

/// A property of the value that is likely meant to be the missing one.
fn misspelt<'a>(
    missing: &str,
    object: &'a Map<String, Value>,
    schema: &Map<String, Value>,
) -> Option<&'a str> {
    let known = schema.get("properties").and_then(Value::as_object);
    let strange = |name: &&str| !known.is_some_and(|known| known.contains_key(*name));
    nearest(missing, object.keys().map(String::as_str).filter(strange))
}

fn repeated(value: &Value) -> String {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    // Only looked for where that is quick: the value comes from a model.
    let few = &items[..items.len().min(200)];
    few.iter()
        .enumerate()
        .find(|(n, item)| few[..*n].contains(item))
        .map_or_else(|| excerpt(value), |(n, item)| format!("{} again at {n}", excerpt(item)))
}

fn items(value: &Value) -> String {
    format!("{}", value.as_array().map_or(0, Vec::len))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "string",
        _ => "number",
    }
}

fn counted(bound: &str, limit: u64, thing: &str) -> String {
    let plural = if limit == 1 { "" } else { "s" };
    format!("{bound} {limit} {thing}{plural}")
}

const MOST_NAMES: usize = 10;
