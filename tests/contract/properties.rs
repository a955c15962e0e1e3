//! Whenever nothing is said to break, no instance of the old schema is refused by the new one.

use std::{
    cell::Cell,
    hash::{BuildHasher, Hasher, RandomState},
};

use jsonschema::Validator;
use openai_tools::contract::{Class, compare_schemas};
use proptest::{
    collection::vec,
    prelude::any,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};
use tests::{foreign::Schemas, instances::Instances};

/// Choices read from bytes, so that a failing case shrinks by shrinking them.
pub(crate) struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn below(&mut self, end: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % end
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}

/// The same cases in every run; with `CONTRACT_CASES=100000` as many, others each time.
pub(crate) fn run(cases: u32, test: impl Fn(&[u8])) {
    let wanted = std::env::var("CONTRACT_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 5_000,
        ..Config::with_cases(wanted.unwrap_or(cases))
    };
    let rng = match wanted {
        Some(_) => TestRng::from_seed(RngAlgorithm::ChaCha, &another_seed()),
        None => TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    };
    TestRunner::new_with_rng(config, rng)
        .run(&vec(any::<u8>(), 0..160), |bytes| {
            test(&bytes);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

fn another_seed() -> [u8; 32] {
    let mut seed = [0; 32];
    let hash = RandomState::new().build_hasher().finish();
    seed[..8].copy_from_slice(&hash.to_le_bytes());
    seed
}

/// A schema as people write them, and the same after an edit or two.
pub(crate) fn pair(choices: &mut Choices<'_>) -> (Value, Value) {
    let old = schema(choices, 0);
    let mut new = old.clone();
    for _ in 0..=choices.below(3) {
        edit(choices, &mut new, 0);
    }
    (old, new)
}

fn schema(choices: &mut Choices<'_>, depth: usize) -> Value {
    let kinds = if depth > 2 { 6 } else { 11 };
    let mut schema = match choices.below(kinds) {
        0 => json!({"type": "string"}),
        1 => json!({"type": "integer", "minimum": choices.below(4)}),
        2 => json!({"type": "number", "maximum": 10}),
        3 => json!({"enum": ["a", "b", "c"]}),
        4 => json!({"type": ["string", "null"]}),
        5 => json!({"type": "boolean"}),
        6..=8 => {
            let mut properties = Map::new();
            for name in &["a", "b", "c"][..=choices.below(3)] {
                properties.insert((*name).to_owned(), self::schema(choices, depth + 1));
            }
            let required: Vec<String> =
                properties.keys().filter(|_| choices.below(3) > 0).cloned().collect();
            let mut object =
                json!({"type": "object", "properties": properties, "required": required});
            if choices.below(4) > 0 {
                object["additionalProperties"] = false.into();
            }
            object
        }
        9 => json!({"type": "array", "items": self::schema(choices, depth + 1), "maxItems": 3}),
        _ => {
            let branches: Vec<Value> = (0..2).map(|_| self::schema(choices, depth + 1)).collect();
            json!({"anyOf": branches})
        }
    };
    if choices.below(5) == 4 {
        schema["description"] = choices.pick(&["One.", "Two."]).into();
    }
    schema
}

/// Changes one thing somewhere in a schema.
fn edit(choices: &mut Choices<'_>, schema: &mut Value, depth: usize) {
    let Value::Object(map) = schema else { return };
    let inner: Vec<String> = ["properties", "items", "anyOf"]
        .into_iter()
        .filter(|key| match map.get(*key) {
            Some(Value::Object(inner)) => !inner.is_empty(),
            Some(Value::Array(inner)) => !inner.is_empty(),
            _ => false,
        })
        .map(str::to_owned)
        .collect();
    if depth < 4 && !inner.is_empty() && choices.below(3) > 0 {
        let key = choices.pick(&inner);
        let target = match &mut map[&*key] {
            Value::Object(properties) if key == "properties" => {
                let names: Vec<String> = properties.keys().cloned().collect();
                let name = choices.pick(&names);
                properties.get_mut(&name)
            }
            Value::Array(branches) => {
                let n = choices.below(branches.len());
                branches.get_mut(n)
            }
            items => Some(items),
        };
        return target.into_iter().for_each(|target| edit(choices, target, depth + 1));
    }
    let (key, value) = choices.pick(&[
        ("description", json!("Three.")),
        ("minimum", json!(2)),
        ("minimum", json!(0)),
        ("maximum", json!(7)),
        ("enum", json!(["a", "b"])),
        ("enum", json!(["b", "a", "c", "d"])),
        ("type", json!("string")),
        ("type", json!(["integer", "null"])),
        ("type", json!(["string", "integer", "object", "array", "number", "null", "boolean"])),
        ("required", json!([])),
        ("required", json!(["a", "b"])),
        ("additionalProperties", json!(true)),
        ("additionalProperties", json!(false)),
        ("additionalProperties", json!({"type": "string"})),
        ("maxItems", json!(5)),
        ("minLength", json!(2)),
        ("uniqueItems", json!(true)),
        ("not", json!({"const": "a"})),
        ("pattern", json!("^a")),
    ]);
    if choices.below(4) == 3 {
        map.shift_remove(key);
    } else {
        map.insert(key.to_owned(), value);
    }
}

fn validator(schema: &Value) -> Option<Validator> {
    jsonschema::options().should_validate_formats(true).offline().build(schema).ok()
}

/// Holds one pair to the promise with values of many origins; whether it was said to be safe.
fn hold(old: &Value, new: &Value, values: impl Iterator<Item = Value>) -> bool {
    let comparison = compare_schemas(old, new);
    let is_safe = comparison.class().is_none_or(|class| class < Class::Undecided);
    let (Some(taking), Some(refusing)) = (validator(old), validator(new)) else { return false };
    for change in comparison.changes() {
        if let Some(example) = &change.refused_now {
            assert!(taking.is_valid(example) && !refusing.is_valid(example), "{change}");
        }
        if let Some(example) = &change.allowed_now {
            assert!(!taking.is_valid(example) && refusing.is_valid(example), "{change}");
        }
    }
    if is_safe {
        for value in values {
            assert!(
                !taking.is_valid(&value) || refusing.is_valid(&value),
                "{value} is refused by the new one of\n{old}\n{new}\n{comparison}"
            );
        }
    }
    is_safe
}

/// Values that an author of such schemas would think of.
fn values(choices: &mut Choices<'_>, depth: usize) -> Value {
    let kinds = if depth > 2 { 6 } else { 9 };
    match choices.below(kinds) {
        0 => choices.pick(&[json!(""), json!("a"), json!("b"), json!("d"), json!("ab")]),
        1 => json!(choices.below(12)),
        2 => choices.pick(&[json!(1.5), json!(-1), json!(2.0), json!(100)]),
        3 => Value::Null,
        4 => (choices.below(2) == 1).into(),
        5 => json!("c"),
        6 => (0..choices.below(5)).map(|_| values(choices, depth + 1)).collect(),
        _ => {
            let mut fields = Map::new();
            for name in ["a", "b", "c", "d"] {
                if choices.below(3) > 0 {
                    fields.insert(name.to_owned(), values(choices, depth + 1));
                }
            }
            fields.into()
        }
    }
}

#[test]
fn what_is_not_breaking_refuses_nothing_that_was_valid() {
    let safe = Cell::new(0);
    run(1_000, |bytes| {
        let (for_schemas, for_values) = bytes.split_at(bytes.len() / 2);
        let (old, new) = pair(&mut Choices::new(for_schemas));
        let mut choices = Choices::new(for_values);
        let guessed = (0..40).map(|_| values(&mut choices, 0)).collect::<Vec<_>>();
        let written = (0..20).map(|n| {
            let shifted: Vec<u8> =
                for_values.iter().map(|byte| byte.wrapping_mul(7).wrapping_add(n)).collect();
            Instances::new(&old, &shifted).next()
        });
        safe.set(safe.get() + usize::from(hold(&old, &new, written.chain(guessed))));
    });
    assert!(safe.get() > 150, "{}", safe.get());
}

#[test]
fn foreign_schemas_are_compared_soundly_too() {
    let safe = Cell::new(0);
    run(500, |bytes| {
        let (one, rest) = bytes.split_at(bytes.len() / 3);
        let (edits, other) = rest.split_at(rest.len() / 2);
        let old = Schemas::new(one).document();
        let mut new = old.clone();
        if edits.len() % 3 == 0 {
            new = Schemas::new(edits).document();
        } else {
            edit(&mut Choices::new(edits), &mut new, 0);
        }
        let mut schemas = Schemas::new(other);
        let values = (0..30).map(|_| schemas.json(0)).collect::<Vec<_>>();
        safe.set(safe.get() + usize::from(hold(&old, &new, values.into_iter())));
        hold(&new, &old, std::iter::empty());
    });
    assert!(safe.get() > 40, "{}", safe.get());
}

#[test]
fn garbled_schemas_are_compared_without_a_panic() {
    run(200, |bytes| {
        let (one, other) = bytes.split_at(bytes.len() / 2);
        let _ =
            compare_schemas(&Schemas::garbled(one).document(), &Schemas::garbled(other).document());
    });
}
