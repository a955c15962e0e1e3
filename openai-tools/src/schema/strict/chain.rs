//! How far references lead before a value's inside is reached: whoever follows them recurses.

use std::collections::HashMap;

use serde_json::Value;

use super::error::Refusal;

/// Refuses references that lead through more than 200 others to one value.
pub(super) fn refusal<'a>(root: &'a Value, references: &[&'a str]) -> Option<Refusal> {
    let mut known: HashMap<&str, usize> = HashMap::new();
    for reference in references {
        if known.contains_key(reference) {
            continue;
        }
        // A circle counts no further: it is told by whoever finds it endless.
        known.insert(reference, 0);
        let mut open = vec![(*reference, inside(root, reference), 0)];
        while let Some((own, inside_own, longest)) = open.last_mut() {
            if let Some(next) = inside_own.pop() {
                if let Some(length) = known.get(next) {
                    *longest = (*longest).max(*length);
                } else {
                    known.insert(next, 0);
                    // What was counted for it is asked for again once it is known.
                    inside_own.push(next);
                    open.push((next, inside(root, next), 0));
                }
                continue;
            }
            let length = *longest + 1;
            known.insert(own, length);
            open.pop();
            if length > LONGEST {
                return Some(Refusal::new(
                    reference.strip_prefix('#').unwrap_or_default(),
                    format!("references lead from here through over {LONGEST} others"),
                    "refer to the last definition of the chain",
                ));
            }
        }
    }
    None
}

/// The references that hold for the same value as what a reference names.
fn inside<'a>(root: &'a Value, reference: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    let target = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
    let mut open: Vec<&Value> = target.into_iter().collect();
    while let Some(map) = open.pop().map(Value::as_object) {
        let Some(map) = map else { continue };
        found.extend(map.get("$ref").and_then(Value::as_str));
        for keyword in ["allOf", "anyOf", "oneOf"] {
            open.extend(map.get(keyword).and_then(Value::as_array).into_iter().flatten());
        }
        open.extend(["not", "if", "then", "else"].iter().filter_map(|keyword| map.get(*keyword)));
    }
    found
}

const LONGEST: usize = 200;

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::schema::{Contract, Profile, StrictSchema};

    #[test]
    fn a_chain_of_references_that_would_overflow_the_stack_is_refused() {
        for keyword in ["$ref", "allOf", "anyOf", "not"] {
            let schema = |count: usize, last: Value| {
                let next = |n: usize| match (n + 1 == count, keyword) {
                    (true, _) => last.clone(),
                    (false, "$ref") => json!({"$ref": format!("#/$defs/d{}", n + 1)}),
                    (false, "not") => json!({"not": {"$ref": format!("#/$defs/d{}", n + 1)}}),
                    _ => json!({keyword: [{}, {"$ref": format!("#/$defs/d{}", n + 1)}]}),
                };
                let all: Map<_, _> = (0..count).map(|n| (format!("d{n}"), next(n))).collect();
                json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": all})
            };
            for last in [json!({"type": "string"}), json!({"$ref": "#/$defs/d0"})] {
                let long = schema(10_000, last);
                let strict = StrictSchema::convert(&long, &Profile::openai_strict());
                for error in [strict.err(), Contract::given(long, false).err()] {
                    let told = error.map(|error| error.to_string()).unwrap_or_default();
                    assert!(told.contains("over 200 others"), "{keyword}: {told}");
                }
            }
            assert!(Contract::given(schema(100, json!({"type": "string"})), false).is_ok());
        }
    }
}
