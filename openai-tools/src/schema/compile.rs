use std::collections::HashSet;

use jsonschema::{
    Draft, PatternOptions, ValidationError, ValidationOptions, Validator,
    error::ValidationErrorKind, meta::MetaValidator,
};
use serde_json::Value;

use super::{
    pattern::{PATTERN_BYTES, bad_pattern, check_all},
    problem::{excerpt, shorten},
    strict::{Refusal, SchemaError},
};

/// Compiles a schema, with which values are then checked. Nothing is fetched.
///
/// # Errors
///
/// It is no JSON Schema, holds a pattern that cannot be compiled, or refers to what is not in it.
pub(crate) fn validator(schema: &Value) -> Result<(Validator, Draft), SchemaError> {
    let draft = known_draft(schema)?;
    check_all(schema)?;
    // The engine that is linear in the text, unless a pattern needs more than it can.
    options(draft)
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES))
        .build(schema)
        .or_else(|_| backtracking(draft, PATTERN_BYTES).build(schema))
        .map(|validator| (validator, draft))
        .map_err(|error| {
            let place = error.instance_path().as_str();
            if let Some(Value::String(pattern)) = schema.pointer(place) {
                if place.ends_with("/pattern") {
                    return SchemaError::new(vec![bad_pattern(pattern, place)]);
                }
            }
            SchemaError::one(
                place,
                shorten(&error.to_string(), 200),
                "correct the pattern or the reference; no other document is ever fetched",
            )
        })
}

/// For patterns with lookaround or references to groups. A pattern may go back 1,000 times, each at
/// most the length of the text: a refused text costs at most so much, and matches no pattern.
pub(super) fn backtracking<'a>(draft: Draft, bytes: usize) -> ValidationOptions<'a> {
    let patterns = PatternOptions::fancy_regex().backtrack_limit(1_000).size_limit(bytes);
    options(draft).with_pattern_options(patterns)
}

/// The draft for which a value is a schema: the one that it names, else 2020-12, else 7.
///
/// # Errors
///
/// It is a schema in none of them.
pub(crate) fn known_draft(schema: &Value) -> Result<Draft, SchemaError> {
    let candidates = drafts(schema);
    if let Some(draft) = candidates.iter().find(|draft| meta(**draft).is_valid(schema)) {
        return Ok(*draft);
    }
    let first = candidates.first().copied().unwrap_or_default();
    let fault = meta(first).validate(schema).map_err(|fault| refusals(&fault));
    Err(SchemaError::new(fault.err().unwrap_or_default()))
}

/// Every place at which a value is no schema, up to 100, by the draft that it names, else by the one
/// of 2020-12 and 7 that it comes nearer to. None for a schema.
pub(super) fn not_a_schema(schema: &Value) -> Vec<Refusal> {
    let of = |draft: &Draft| {
        let validator = meta(*draft);
        let faults = validator.iter_errors(schema).take(MOST_FAULTS);
        let mut told: Vec<Refusal> = faults.flat_map(|fault| refusals(&fault)).collect();
        // Of a place that breaks several rules one says enough.
        let mut seen = HashSet::new();
        told.retain(|refusal| seen.insert(refusal.pointer.clone()));
        told.truncate(MOST_FAULTS);
        told
    };
    // Of two that are equally near, the first: the newest.
    drafts(schema).iter().map(of).min_by_key(Vec::len).unwrap_or_default()
}

/// The drafts of which a value may be a schema.
fn drafts(schema: &Value) -> Vec<Draft> {
    let named = Draft::default().detect(schema);
    match schema.get("$schema") {
        Some(_) if named != Draft::Unknown => vec![named],
        _ => vec![Draft::Draft202012, Draft::Draft7],
    }
}

fn meta(draft: Draft) -> MetaValidator<'static> {
    match draft {
        Draft::Draft4 => jsonschema::draft4::meta::validator(),
        Draft::Draft6 => jsonschema::draft6::meta::validator(),
        Draft::Draft7 => jsonschema::draft7::meta::validator(),
        Draft::Draft201909 => jsonschema::draft201909::meta::validator(),
        _ => jsonschema::draft202012::meta::validator(),
    }
}

/// What a fault says. A choice of forms says it of the whole; where one form goes wrong only further
/// inside, that is meant.
fn refusals(fault: &ValidationError<'_>) -> Vec<Refusal> {
    let here = fault.instance_path().as_str();
    if let ValidationErrorKind::AnyOf { context } = fault.kind() {
        let inside = |faults: &&Vec<ValidationError<'_>>| {
            let is_inside = |fault: &ValidationError<'_>| fault.instance_path().as_str() != here;
            !faults.is_empty() && faults.iter().all(is_inside)
        };
        if let Some(faults) = context.iter().find(inside) {
            return faults.iter().take(MOST_FAULTS).flat_map(refusals).collect();
        }
    }
    // What is there can be the whole file.
    let said = fault.masked_with(excerpt(fault.instance())).to_string();
    vec![Refusal::new(
        here,
        format!("not a JSON Schema: {}", shorten(&said, 200)),
        "correct it; https://json-schema.org/understanding-json-schema tells how",
    )]
}

/// Whether values are held to a format; unknown ones are passed over.
pub(crate) fn is_checked_format(name: &str) -> bool {
    options(Draft::Draft202012).is_known_format(Draft::Draft202012, name)
}

pub(super) fn options<'a>(draft: Draft) -> ValidationOptions<'a> {
    jsonschema::options().with_draft(draft).offline().should_validate_formats(true)
}

const MOST_FAULTS: usize = 100;
