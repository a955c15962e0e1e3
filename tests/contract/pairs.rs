//! Pairs of schemas made by hand, with what their difference means.

use openai_tools::contract::{Change, Class, compare_schemas};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Pair {
    what: String,
    old: Value,
    new: Value,
    /// Class for the model, class for stored calls (`-` for none), and pointer.
    changes: Vec<String>,
}

fn pairs() -> Vec<Pair> {
    serde_json::from_str(include_str!("pairs.json")).expect("the table")
}

fn told(change: &Change) -> String {
    let word = |class: Option<Class>| class.map_or("-", Class::as_str);
    format!("{}/{} {}", word(change.model), word(change.stored), change.pointer)
}

fn is_valid(schema: &Value, instance: &Value) -> bool {
    let options = jsonschema::options().should_validate_formats(true);
    options.build(schema).expect("a schema").is_valid(instance)
}

#[test]
fn each_pair_has_the_classes_of_the_table() {
    let pairs = pairs();
    assert!(pairs.len() >= 60);
    let mut wrong = Vec::new();
    for Pair { what, old, new, changes } in pairs {
        let comparison = compare_schemas(&old, &new);
        let found: Vec<String> = comparison.changes().iter().map(told).collect();
        if found != changes {
            wrong.push(format!("{what}:\n  expected {changes:?}\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_example_tells_the_pair_apart() {
    let mut examples = 0;
    for Pair { what, old, new, .. } in pairs() {
        for change in compare_schemas(&old, &new).changes() {
            if change.stored == Some(Class::Breaking) {
                assert!(change.refused_now.is_some(), "{what}: {change}");
            }
            for (example, taking, refusing) in
                [(&change.refused_now, &old, &new), (&change.allowed_now, &new, &old)]
            {
                let Some(example) = example else { continue };
                examples += 1;
                assert!(is_valid(taking, example) && !is_valid(refusing, example), "{what}");
            }
        }
    }
    assert!(examples > 60, "{examples}");
}

#[test]
fn the_other_way_round_what_was_widened_is_narrowed() {
    for Pair { what, old, new, .. } in pairs() {
        let forth = compare_schemas(&old, &new);
        let back = compare_schemas(&new, &old);
        let is = |comparison: &openai_tools::contract::Comparison, class| {
            !comparison.is_empty()
                && comparison.changes().iter().all(|change| change.model == Some(class))
        };
        let is_wider = is(&forth, Class::Widening);
        assert_eq!(is_wider, is(&back, Class::Narrowing), "{what}:\n{forth}\n{back}");
    }
}
