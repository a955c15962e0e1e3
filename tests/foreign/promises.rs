use jsonschema::{Draft, Validator};
use openai_tools::schema::{Contract, Fault, Level, Profile, StrictSchema, Violation, lint};
use serde_json::Value;

use crate::instances::Instances;

/// What of a schema could be looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Whether it has a strict form.
    pub converted: bool,
    /// How many instances of the strict form were accepted.
    pub accepted: usize,
    /// How many of them came back from another round as what they were, with no `null` more.
    pub exact: usize,
    /// How many instances of the schema itself went there and back.
    pub back: usize,
}

/// Holds the conversion of any schema to what it promises:
///
/// - It comes to a small multiple of what went in: what is sent and accepted, the losses. There are at
///   most 200 refusals of at most 4,000 bytes, each with a reason and a remedy.
/// - What is sent lies inside the strict subset, and it compiles.
/// - An instance of what is sent or accepted is accepted, unless a bound of the loss report or one of
///   the codec's own two rules refuses it. What is accepted is valid for the original once decoded.
/// - What is accepted can be encoded again, and comes back as what it was, but for properties that
///   were left out and take `null`: strict mode cannot leave them out, so they come back as `null`,
///   which is valid for the original, too. A second round changes nothing. The one exception: where
///   branches of a union differ by nothing but bounds, the codec may take another branch, whose
///   bounds refuse the value. It never comes back as another value.
/// - An instance of the original whose encoding fits what is accepted is accepted, and comes back in
///   the same sense. The one exception: a lost bound forbids the `null` of a property that was left
///   out. That every instance has such an encoding is not promised, since keywords of one type are
///   taken to mean that type: `{"minLength": 1}` allows numbers, and nobody means that.
///
/// Every one of `choices` makes instances of the strict form; `values` may be instances of the
/// schema itself, by luck.
///
/// # Errors
///
/// The promise that is broken, with all it takes to see it.
pub fn hold(schema: &Value, choices: &[&[u8]], values: &[Value]) -> Result<Seen, String> {
    let profile = Profile::openai_strict();
    let mut seen = Seen::default();
    let strict = match StrictSchema::convert(schema, &profile) {
        Ok(strict) => strict,
        Err(error) => {
            let said = error.to_string();
            let is_told = !error.refusals().is_empty()
                && error.refusals().iter().all(|r| !r.reason.is_empty() && !r.help.is_empty());
            check(is_told, || format!("{schema} is refused without a word: {said}"))?;
            let refusals = error.refusals();
            let is_short = |r: &openai_tools::schema::Refusal| {
                r.pointer.len() + r.reason.len() + r.help.len() < MOST_OF_REFUSAL
            };
            check(refusals.len() <= MOST_REFUSALS && refusals.iter().all(is_short), || {
                format!("{schema} is refused in {} words: {}", refusals.len(), said.len())
            })?;
            return Ok(seen);
        }
    };
    seen.converted = true;
    let losses: usize = strict.losses().iter().map(|l| l.pointer.len() + l.keyword.len()).sum();
    small(schema, strict.sent().to_string().len(), "what is sent")?;
    small(schema, strict.accepted().to_string().len(), "what is accepted")?;
    small(schema, losses, "what is lost")?;
    let violations = refused_by_servers(strict.sent(), &profile);
    check(violations.is_empty(), || format!("{schema} became {}: {violations:?}", strict.sent()))?;

    // What the validator cannot compile, nobody can judge by.
    let Some(original) = validator(schema) else { return Ok(seen) };
    let sent = validator(strict.sent())
        .ok_or_else(|| format!("{schema} became {}, which does not compile", strict.sent()))?;
    let accepted = validator(strict.accepted())
        .ok_or_else(|| format!("{schema}: {} does not compile", strict.accepted()))?;
    let checker = Contract::strict(schema, &profile)
        .and_then(|contract| contract.checker())
        .map_err(|e| format!("{schema} became {}, not compiled: {e}", strict.accepted()))?;
    let has_unions = has_unions(strict.accepted());
    let lossless = strict.losses().iter().all(|loss| !loss.enforced);

    for choices in choices {
        for form in [strict.sent(), strict.accepted()] {
            let written = Instances::new(form, choices).next();
            if !sent.is_valid(&written) {
                continue;
            }
            let scene = || format!("{schema}\nbecame {}\nand {written}\n", strict.sent());
            let decoded = match checker.check_value(written.clone()) {
                Ok(decoded) => decoded,
                Err(fault) if lossless && !is_of_codec(&fault) => {
                    return Err(format!(
                        "{}is refused, although nothing is lost: {fault}",
                        scene()
                    ));
                }
                Err(_) => continue,
            };
            seen.accepted += 1;
            let scene = || format!("{}decoded to {decoded}\n", scene());
            if let Err(error) = original.validate(&decoded) {
                return Err(format!("{}breaks the original: {error}", scene()));
            }
            let encoded = match strict.codec().encode(decoded.clone()) {
                Ok(encoded) => encoded,
                Err(problem) => return Err(format!("{}is not encoded: {problem}", scene())),
            };
            let again = checker.check_value(encoded.clone());
            if has_unions && again.as_ref().is_err_and(is_of_bounds) {
                continue;
            }
            let is_kept = |again: &Value| {
                is_back(&decoded, again)
                    && original.is_valid(again)
                    && strict.codec().encode(again.clone()).is_ok_and(|twice| twice == encoded)
            };
            check(again.as_ref().is_ok_and(is_kept), || {
                format!("{}and encoded as {encoded} comes back as {again:?}", scene())
            })?;
            seen.exact += usize::from(again.is_ok_and(|again| again == decoded));
        }
    }
    for value in values.iter().filter(|value| original.is_valid(value)) {
        let Ok(encoded) = strict.codec().encode(value.clone()) else { continue };
        if !accepted.is_valid(&encoded) {
            continue;
        }
        let again = checker.check_value(encoded.clone());
        if again.is_err() && !lossless {
            continue;
        }
        seen.back += 1;
        let is_kept = |again: &Value| is_back(value, again) && original.is_valid(again);
        check(again.as_ref().is_ok_and(is_kept), || {
            format!(
                "{schema}\nbecame {}\nand its {value} encoded as {encoded} comes back as {again:?}",
                strict.sent()
            )
        })?;
    }
    Ok(seen)
}

/// What of a schema lies outside a profile; how well it speaks to a model is not looked at.
#[must_use]
pub fn refused_by_servers(sent: &Value, profile: &Profile) -> Vec<Violation> {
    let is_error = |violation: &Violation| violation.level == Level::Error;
    lint(sent, profile).into_iter().filter(is_error).collect()
}

fn check(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Whether values are told apart by the branches of a union; one with `null` alone is none.
fn has_unions(schema: &Value) -> bool {
    let is_null = |branch: &&Value| branch.get("type").is_some_and(|kind| kind == "null");
    match schema {
        Value::Array(items) => items.iter().any(has_unions),
        Value::Object(map) => {
            let branches = map.get("anyOf").and_then(Value::as_array).into_iter().flatten();
            branches.filter(|branch| !is_null(branch)).count() > 1 || map.values().any(has_unions)
        }
        _ => false,
    }
}

/// The codec chooses among the branches of a union by types, not by bounds.
fn is_of_bounds(fault: &Fault) -> bool {
    let bounds =
        ["exclusive", "format", "max", "min", "multipleOf", "pattern", "anyOf", "uniqueItems"];
    let Fault::Invalid(problems) = fault else { return false };
    problems.iter().any(|problem| bounds.iter().any(|bound| problem.rule().starts_with(bound)))
}

/// Whether what came back is what went; strict mode cannot leave out a property that takes `null`.
fn is_back(went: &Value, came: &Value) -> bool {
    match (went, came) {
        (Value::Array(went), Value::Array(came)) => {
            went.len() == came.len() && went.iter().zip(came).all(|(w, c)| is_back(w, c))
        }
        (Value::Object(went), Value::Object(came)) => {
            went.iter().all(|(name, w)| came.get(name).is_some_and(|c| is_back(w, c)))
                && came.iter().all(|(name, c)| c.is_null() || went.contains_key(name))
        }
        (went, came) => went == came,
    }
}

fn small(schema: &Value, size: usize, what: &str) -> Result<(), String> {
    let most = LARGEST_FACTOR * schema.to_string().len() + LARGEST_ANYWAY;
    check(size <= most, || {
        let shown: String = schema.to_string().chars().take(10_000).collect();
        format!("{what} of {shown} takes {size} bytes, over {most}")
    })
}

/// The two rules of the codec's own: a key once, and text that holds JSON.
fn is_of_codec(fault: &Fault) -> bool {
    let Fault::Invalid(problems) = fault else { return false };
    problems.iter().all(|problem| matches!(problem.rule(), "contentMediaType" | "uniqueItems"))
}

/// The validator of the draft that a schema names, else of 2020-12, else of 7.
fn validator(schema: &Value) -> Option<Validator> {
    let options = jsonschema::options().offline().should_validate_formats(true);
    if schema.get("$schema").is_some() {
        return options.build(schema).ok();
    }
    let is_new = jsonschema::draft202012::meta::is_valid(schema);
    let draft = if is_new { Draft::Draft202012 } else { Draft::Draft7 };
    options.with_draft(draft).build(schema).ok()
}

const MOST_REFUSALS: usize = 200;
const MOST_OF_REFUSAL: usize = 4_000;
const LARGEST_FACTOR: usize = 100;
const LARGEST_ANYWAY: usize = 2_000;
