//! What is wrong with a value that is no JSON Schema: all of it in one go.

use serde_json::Value;

use super::{
    StrictSchema,
    error::{Refusal, SchemaError},
};
use crate::schema::{
    compile,
    lint::{Violation, refused},
    problem::unescape,
    profile::Profile,
};

/// Every place at which a value is no schema, in the words of the linter where it has some for that
/// place, and after these whatever else could not be converted.
pub(super) fn all(schema: &Value, profile: &Profile, first: SchemaError) -> SchemaError {
    let known = |schema: &Value| refused(schema, profile);
    with(schema, first, known, |rest| converted(rest, profile).err())
}

/// Every place at which a value is no schema, and whatever else `check` finds when these are gone;
/// `known` has words for some of the places.
pub(in crate::schema) fn with(
    schema: &Value,
    first: SchemaError,
    known: impl FnOnce(&Value) -> Vec<Violation>,
    check: impl FnOnce(&Value) -> Option<SchemaError>,
) -> SchemaError {
    // The engine keeps a copy of what is wrong in each form that it tries, level by level.
    if values(schema, MOST_VALUES).is_none() {
        return first;
    }
    let mut told = compile::not_a_schema(schema);
    if told.is_empty() {
        return first;
    }
    let known = known(schema);
    // Its other rules are about what conversion puts right.
    let is_of_any_draft = |known: &&Violation| matches!(known.id, "not-a-schema" | "unknown-type");
    for refusal in &mut told {
        let mut known = known.iter().filter(is_of_any_draft);
        if let Some(violation) = known.find(|known| known.pointer == refusal.pointer) {
            refusal.reason.clone_from(&violation.message);
            refusal.help.clone_from(&violation.help);
        }
    }
    if let Some(error) = without(schema, &told).and_then(|rest| check(&rest)) {
        let further = error.into_refusals().into_iter();
        let further: Vec<_> = further.filter(|refusal| !is_named(refusal, &told)).collect();
        told.extend(further);
    }
    SchemaError::new(told)
}

/// How many values of what is left a value does not take up; `None` if it is more.
fn values(value: &Value, left: usize) -> Option<usize> {
    let left = left.checked_sub(1)?;
    match value {
        Value::Array(items) => items.iter().try_fold(left, |left, item| values(item, left)),
        Value::Object(map) => map.values().try_fold(left, |left, value| values(value, left)),
        _ => Some(left),
    }
}

fn converted(schema: &Value, profile: &Profile) -> Result<StrictSchema, SchemaError> {
    let draft = compile::known_draft(schema)?;
    StrictSchema::convert_known(schema, draft, profile)
}

/// The schema without what is told: that and nothing else would be told again, in other words.
/// `None` if it is no schema without it either.
fn without(schema: &Value, told: &[Refusal]) -> Option<Value> {
    let mut rest = schema.clone();
    for refusal in told {
        take_out(&mut rest, &refusal.pointer, false)?;
    }
    for _ in 0..MOST_ROUNDS {
        let wrong = compile::not_a_schema(&rest);
        if wrong.is_empty() {
            return Some(rest);
        }
        for refusal in &wrong {
            take_out(&mut rest, &refusal.pointer, true)?;
        }
    }
    None
}

/// Takes a keyword out of its schema. An item of a list becomes a schema that says nothing, so that
/// the others keep their places; with `whole`, the list goes. `None` for the root.
fn take_out(schema: &mut Value, pointer: &str, whole: bool) -> Option<()> {
    let (parent, last) = pointer.rsplit_once('/')?;
    match schema.pointer_mut(parent) {
        Some(Value::Object(map)) => drop(map.shift_remove(&*unescape(last))),
        Some(Value::Array(_)) if whole => return take_out(schema, parent, whole),
        Some(Value::Array(items)) => {
            let item = last.parse().ok().and_then(|index: usize| items.get_mut(index));
            if let Some(item) = item {
                *item = Value::Bool(true);
            }
        }
        // It was in something that is gone.
        _ => {}
    }
    Some(())
}

/// Whether a place is one of those that are told already, or lies below one.
fn is_named(refusal: &Refusal, told: &[Refusal]) -> bool {
    told.iter().any(|known| {
        let below = refusal.pointer.strip_prefix(&*known.pointer);
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Each takes out what the one before has left or laid bare.
const MOST_ROUNDS: usize = 4;
/// Schemas that a server takes have fewer: it has its limits on properties and values of enums.
const MOST_VALUES: usize = 20_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(schema: &Value) -> Vec<(String, String)> {
        let error = StrictSchema::convert(schema, &Profile::openai_strict()).expect_err("refused");
        let told = error.refusals().iter();
        told.map(|refusal| (refusal.pointer.clone(), refusal.reason.clone())).collect()
    }

    #[test]
    fn every_mistake_of_a_schema_is_told_at_once_and_each_once() {
        let schema = json!({
            "type": "object",
            "properties": {
                "a": {"type": "strong"},
                "b": {"type": "string", "minLength": -1},
                "c": {"$ref": "#/$defs/missing"},
                "d": {"type": "array", "items": 7},
                "e": {"type": "string", "pattern": "["},
                "f": {"anyOf": [5, {"type": "string"}]},
                "g": {"type": "object", "required": [1]},
            },
        });
        let told = told(&schema);
        let places: Vec<&str> = told.iter().map(|(place, _)| &**place).collect();
        for place in [
            "/properties/a/type",
            "/properties/b/minLength",
            "/properties/c/$ref",
            "/properties/d/items",
            "/properties/e/pattern",
            "/properties/f/anyOf/0",
            "/properties/g/required/0",
        ] {
            let times = places.iter().filter(|told| told.starts_with(place)).count();
            assert_eq!(times, 1, "{place}: {told:?}");
        }
        assert_eq!(told.len(), 7, "{told:?}");
        assert_eq!(told[0].1, "\"strong\" is not a type", "the linter's words");
    }

    #[test]
    fn the_mistake_inside_of_what_an_older_draft_allows_to_be_a_list_is_told_where_it_is() {
        let schema = json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "properties": {"a": {"type": "array", "items": {"type": 3}}},
        });
        assert_eq!(told(&schema)[0].0, "/properties/a/items/type");
    }

    #[test]
    fn what_is_no_schema_at_all_is_told_once() {
        for schema in [json!(7), json!([]), json!("a"), json!(null)] {
            let told = told(&schema);
            assert_eq!(told.len(), 1, "{told:?}");
            assert_eq!(told[0].0, "");
        }
    }

    #[test]
    fn of_what_is_larger_than_any_server_takes_the_first_mistake_is_told() {
        let wrong = json!({"items": {"items": {"items": {"type": 5}}}});
        let properties = (0..20_000).map(|n| (format!("p{n}"), wrong.clone()));
        let properties: serde_json::Map<_, _> = properties.collect();
        let draft = "http://json-schema.org/draft-07/schema#";
        assert_eq!(told(&json!({"$schema": draft, "properties": properties})).len(), 1);
    }

    #[test]
    fn thousands_of_mistakes_are_cut() {
        let properties = (0..5_000).map(|n| (format!("p{n}"), json!({"type": n})));
        let properties: serde_json::Map<_, _> = properties.collect();
        let told = told(&json!({"type": "object", "properties": properties}));
        assert!(told.len() <= 200, "{}", told.len());
    }

    #[test]
    fn a_huge_value_in_a_wrong_place_is_not_repeated() {
        let huge: Vec<Value> = (0..10_000).map(|n| json!(n)).collect();
        let told = told(&json!({"type": "object", "properties": huge}));
        assert!(told.iter().all(|(_, reason)| reason.len() < 400), "{}", told[0].1.len());
    }
}
