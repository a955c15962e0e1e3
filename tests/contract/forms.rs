//! What a lock says of a tool beside its parameters, and what a change of it means.

use openai_tools::{
    ToolDefinition,
    contract::{Class, Lock, compare},
    tool::{Caller, Namespace, ToolDefinitionBuilder},
};
use serde_json::{Value, json};

fn function() -> ToolDefinitionBuilder {
    let schema = json!({"type": "object", "properties": {"input": {"type": "string"}},
        "required": ["input"], "additionalProperties": false});
    ToolDefinition::new("t", schema).with_strict(false)
}

fn custom() -> ToolDefinitionBuilder {
    ToolDefinition::custom("t")
}

fn lock(definition: ToolDefinitionBuilder) -> Lock {
    Lock::of_definitions([&definition.build().expect("sound")])
}

fn in_namespace(words: &str) -> ToolDefinitionBuilder {
    function().with_namespace(Namespace::new("n", words).expect("legal"))
}

fn gives(schema: Value) -> ToolDefinitionBuilder {
    function().with_output_schema(schema)
}

/// Class for the model, class for stored calls, and place of each change.
fn told(old: ToolDefinitionBuilder, new: ToolDefinitionBuilder) -> Vec<String> {
    let word = |class: Option<Class>| class.map_or("-", Class::as_str);
    let comparison = compare(&lock(old), &lock(new));
    let changes = comparison.changes().iter();
    let told = changes
        .map(|change| format!("{}/{} {}", word(change.model), word(change.stored), change.pointer));
    told.collect()
}

#[test]
fn everything_that_was_promised_is_in_the_file() {
    let all = [
        ToolDefinition::custom("dial").with_lark("start: /[0-9]+/").build(),
        ToolDefinition::custom("say").build(),
        in_namespace("What is in store.")
            .with_defer_loading(true)
            .with_allowed_callers([Caller::Direct, Caller::Programmatic])
            .with_output_schema(json!({"type": "integer"}))
            .build(),
    ];
    let all: Vec<_> = all.into_iter().map(|tool| tool.expect("sound")).collect();
    let lock = Lock::of_definitions(&all);
    let text = lock.to_text();
    insta::assert_snapshot!(text);
    let read = Lock::parse(&text).expect("a lock");
    assert_eq!(read.to_text(), text, "reading and writing it changes nothing");
    assert!(compare(&read, &lock).is_empty());
}

#[test]
fn a_plain_function_has_the_file_that_it_had() {
    let text = lock(function()).to_text();
    for key in ["kind", "format", "namespace", "defer", "callers", "output"] {
        assert!(!text.contains(key), "{key} in {text}");
    }
    assert_eq!(Lock::parse(&text).expect("a lock"), lock(function()));
}

#[test]
fn each_change_of_the_form_has_its_class() {
    let integer = || json!({"type": "integer"});
    let bounded = || json!({"type": "integer", "minimum": 0});
    let programs = || function().with_allowed_callers([Caller::Programmatic]);
    let both = || function().with_allowed_callers([Caller::Direct, Caller::Programmatic]);
    let lark = |grammar: &'static str| custom().with_lark(grammar);
    let cases: Vec<(ToolDefinitionBuilder, ToolDefinitionBuilder, &[&str])> = vec![
        (function(), custom(), &["breaking/breaking /kind"]),
        (custom(), function(), &["breaking/breaking /kind"]),
        (custom(), lark("start: /a/"), &["narrowing/- /format"]),
        (lark("start: /a/"), custom(), &["widening/- /format"]),
        (lark("start: /a/"), lark("start: /b/"), &["undecided/- /format"]),
        // An expression stands in the schema, where it is compared.
        (
            custom().with_regex("[0-9]+"),
            custom().with_regex("[0-9]*"),
            &["undecided/undecided /parameters/properties/input/pattern"],
        ),
        (in_namespace("One."), in_namespace("Two."), &["wording/- /namespace_description"]),
        (function(), function().with_defer_loading(true), &["narrowing/- /defer_loading"]),
        (function().with_defer_loading(true), function(), &["widening/- /defer_loading"]),
        (function(), both(), &["widening/- /allowed_callers"]),
        (both(), function(), &["narrowing/- /allowed_callers"]),
        (function(), programs(), &["breaking/- /allowed_callers"]),
        (function(), function().with_allowed_callers([Caller::Direct]), &[]),
        (function(), gives(integer()), &["narrowing/- /output_schema"]),
        (gives(integer()), function(), &["breaking/- /output_schema"]),
        // What comes back is what was promised, and less.
        (gives(integer()), gives(bounded()), &["narrowing/- /output_schema/minimum"]),
        (gives(bounded()), gives(integer()), &["breaking/- /output_schema/minimum"]),
        (gives(integer()), gives(json!({"type": "string"})), &["breaking/- /output_schema/type"]),
    ];
    let mut wrong = Vec::new();
    for (n, (old, new, changes)) in cases.into_iter().enumerate() {
        let found = told(old, new);
        if found != changes {
            wrong.push(format!("{n}: expected {changes:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_form_is_refused_with_its_place() {
    let read = |field: &str, value: &str| {
        let text = format!(
            r#"{{"lock": "openai-tools", "version": 1, "tools":
                [{{"name": "a", "strict": true, "parameters": {{}}, "{field}": {value}}}]}}"#
        );
        Lock::parse(&text).map_err(|error| error.pointer().to_owned())
    };
    for (field, value) in [
        ("kind", "7"),
        ("format", "\"text\""),
        ("namespace_description", "{}"),
        ("defer_loading", "\"yes\""),
        ("allowed_callers", "[7]"),
        ("allowed_callers", "\"direct\""),
        ("output_schema", "[]"),
    ] {
        assert_eq!(read(field, value), Err(format!("/tools/0/{field}")), "{value}");
    }
    assert!(read("of_a_newer_release", "1").is_ok());
}
