//! What a schema means does not hang on where its parts are written.

use openai_tools::contract::compare_schemas;
use serde_json::{Map, Value, json};

use crate::properties::{Choices, pair};

/// Moves every schema of a property to a definition of its own.
fn with_definitions(schema: &Value, prefix: &str) -> Value {
    fn moved(schema: &Value, prefix: &str, definitions: &mut Map<String, Value>) -> Value {
        let Value::Object(map) = schema else { return schema.clone() };
        let mut rewritten = Map::new();
        for (key, value) in map {
            let value = match (&**key, value) {
                ("properties", Value::Object(properties)) => properties
                    .iter()
                    .map(|(name, schema)| {
                        let schema = moved(schema, prefix, definitions);
                        let definition = format!("{prefix}{}", definitions.len());
                        definitions.insert(definition.clone(), schema);
                        (name.clone(), json!({"$ref": format!("#/$defs/{definition}")}))
                    })
                    .collect(),
                ("anyOf" | "allOf" | "oneOf", Value::Array(branches)) => {
                    branches.iter().map(|branch| moved(branch, prefix, definitions)).collect()
                }
                ("items", value) => moved(value, prefix, definitions),
                (_, value) => value.clone(),
            };
            rewritten.insert(key.clone(), value);
        }
        rewritten.into()
    }
    let mut definitions = Map::new();
    let mut rewritten = moved(schema, prefix, &mut definitions);
    if let Value::Object(map) = &mut rewritten {
        if prefix == "Z" {
            definitions = definitions.into_iter().rev().collect();
        }
        map.insert("$defs".to_owned(), definitions.into());
    }
    rewritten
}

/// The classes of all changes, without their places.
fn classes(old: &Value, new: &Value) -> Vec<(String, String, String)> {
    let word = |class: Option<openai_tools::contract::Class>| format!("{class:?}");
    let comparison = compare_schemas(old, new);
    let changes = comparison.changes().iter();
    let mut classes: Vec<_> = changes
        .map(|change| (word(change.model), word(change.stored), change.reason.clone()))
        .collect();
    classes.sort();
    classes
}

#[test]
fn classes_do_not_hang_on_definitions_their_names_or_their_order() {
    crate::properties::run(150, |bytes| {
        let (old, new) = pair(&mut Choices::new(bytes));
        // What a definition that says nothing else points at is the same definition twice.
        let plain = classes(&old, &new);
        for (one, other) in [("A", "B"), ("Z", "A"), ("A", "Z")] {
            let (old, new) = (with_definitions(&old, one), with_definitions(&new, other));
            assert_eq!(classes(&old, &new), plain, "{old}\n{new}");
        }
        let inlined = classes(&with_definitions(&old, "A"), &new);
        assert_eq!(inlined, plain, "{old}\n{new}");
        assert!(compare_schemas(&old, &with_definitions(&old, "A")).is_empty(), "{old}");
    });
}
