use jsonschema::{Draft, PatternOptions, ValidationOptions, Validator};
use serde_json::{Value, json};

use super::{
    problem::{excerpt, shorten},
    strict::{Refusal, SchemaError},
};

/// Compiles a schema, with which values are then checked. Nothing is fetched.
///
/// # Errors
///
/// It is no JSON Schema, holds a pattern that cannot be compiled, or refers to what is not in it.
pub(super) fn validator(schema: &Value) -> Result<Validator, SchemaError> {
    let draft = known_draft(schema)?;
    // The engine that is linear in the text, unless a pattern needs more than it can.
    options(draft)
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES))
        .build(schema)
        .or_else(|_| backtracking(draft).build(schema))
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

/// Why a pattern, which is at `place`, cannot be used; `None` if it can.
pub(super) fn pattern_refusal(pattern: &str, place: &str) -> Option<Refusal> {
    let schema = json!({"pattern": pattern});
    let linear = options(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_BYTES));
    let compiles =
        linear.build(&schema).is_ok() || backtracking(Draft::Draft202012).build(&schema).is_ok();
    (!compiles).then(|| bad_pattern(pattern, place))
}

fn bad_pattern(pattern: &str, place: &str) -> Refusal {
    Refusal::new(
        place,
        format!("the pattern {} does not compile", excerpt(&pattern.into())),
        "correct the regular expression, or write a shorter one: compiled, it may take 1 MiB",
    )
}

/// For patterns with lookaround or references to groups. A pattern may go back 1,000 times, each at
/// most the length of the text: a refused text costs at most so much, and matches no pattern.
pub(super) fn backtracking<'a>(draft: Draft) -> ValidationOptions<'a> {
    let patterns = PatternOptions::fancy_regex().backtrack_limit(1_000).size_limit(PATTERN_BYTES);
    options(draft).with_pattern_options(patterns)
}

/// The draft for which a value is a schema: the one that it names, else 2020-12, else 7.
///
/// # Errors
///
/// It is a schema in none of them.
pub(super) fn known_draft(schema: &Value) -> Result<Draft, SchemaError> {
    let named = Draft::default().detect(schema);
    let candidates: &[Draft] = match schema.get("$schema") {
        Some(_) if named != Draft::Unknown => &[named],
        _ => &[Draft::Draft202012, Draft::Draft7],
    };
    let mut refusals = Vec::new();
    for draft in candidates {
        let fault = match draft {
            Draft::Draft4 => jsonschema::draft4::meta::validate(schema),
            Draft::Draft6 => jsonschema::draft6::meta::validate(schema),
            Draft::Draft7 => jsonschema::draft7::meta::validate(schema),
            Draft::Draft201909 => jsonschema::draft201909::meta::validate(schema),
            _ => jsonschema::draft202012::meta::validate(schema),
        };
        let Err(fault) = fault else { return Ok(*draft) };
        refusals.push(Refusal::new(
            fault.instance_path().as_str(),
            format!("not a JSON Schema: {}", shorten(&fault.to_string(), 200)),
            "correct it; https://json-schema.org/understanding-json-schema tells how",
        ));
    }
    refusals.truncate(1);
    Err(SchemaError::new(refusals))
}

/// Whether values are held to a format; unknown ones are passed over.
pub(super) fn is_checked_format(name: &str) -> bool {
    options(Draft::Draft202012).is_known_format(Draft::Draft202012, name)
}

fn options<'a>(draft: Draft) -> ValidationOptions<'a> {
    jsonschema::options().with_draft(draft).offline().should_validate_formats(true)
}

const PATTERN_BYTES: usize = 1 << 20;
