//! Files that were made to cost time or memory. Held here by counts; with `HOSTILE=FOLDER` the files
//! are left there, to be measured with an optimised program.

use std::{env, fs, path::Path};

use openai_tools::cli::Exit;
use serde_json::{Map, Value, json};

use crate::scene::{File, Ran};

fn ran(command: &str, options: &[&str], file: &File) -> Ran {
    Ran::of(&[&["schema", command], options, &[file.path()]].concat(), |console| console)
}

/// A file of the test, and for whoever measures.
fn file(name: &str, value: &Value) -> File {
    let text = value.to_string();
    if let Some(folder) = env::var_os("HOSTILE") {
        fs::write(Path::new(&folder).join(name), &text).expect("a folder");
    }
    File::new(&format!("hostile-{name}"), text)
}

fn properties(count: usize, schema: impl Fn(usize) -> Value) -> Value {
    let all: Map<_, _> = (0..count).map(|n| (format!("p{n}"), schema(n))).collect();
    json!({"type": "object", "properties": all})
}

/// Definitions of which each is made by its number; a property names the first.
fn definitions(count: usize, schema: impl Fn(usize) -> Value) -> Value {
    let all: Map<_, _> = (0..count).map(|n| (format!("d{n}"), schema(n))).collect();
    let first = json!({"$ref": "#/$defs/d0"});
    json!({"type": "object", "properties": {"a": first}, "$defs": all})
}

fn reference(to: usize) -> Value {
    json!({"$ref": format!("#/$defs/d{to}")})
}

/// Counts the errors that a command tells.
fn errors(command: &str, file: &File) -> usize {
    let said = ran(command, &[], file);
    let lines = |text: &str| text.lines().filter(|line| line.starts_with("error: ")).count();
    lines(&said.stdout) + lines(&said.stderr)
}

#[test]
fn a_schema_of_more_values_than_any_server_takes_is_told_in_one_line() {
    let text = json!({"type": "string"});
    let branches: Vec<Value> = (0..100_000).map(|n| json!({"const": n})).collect();
    for (name, schema) in [
        ("keys.json", properties(100_000, |_| text.clone())),
        ("branches.json", json!({"properties": {"a": {"anyOf": branches}}})),
    ] {
        let file = file(name, &schema);
        for profile in ["openai-strict", "lenient"] {
            let ran = ran("strict", &["--profile", profile], &file);
            assert_eq!((ran.exit, ran.stdout.as_str()), (Exit::Finding, ""), "{name}");
            let line = ran.stderr.lines().next().expect("a line");
            assert!(line.contains("JSON values, most of them here; at most 100000"), "{line}");
            assert!(line.contains("(help: "), "{line}");
        }
    }
}

#[test]
fn a_file_of_more_values_or_schemas_than_are_read_is_no_input() {
    for (name, value, said) in [
        ("numbers.json", json!(vec![0; 500_000]), "over 500000 JSON values"),
        ("lists.json", json!(vec![json!([]); 500_000]), "over 500000 JSON values"),
        ("schemas.json", json!(vec![true; 10_001]), "10001 schemas; at most 10000"),
    ] {
        let file = file(name, &value);
        for command in ["lint", "strict"] {
            let ran = ran(command, &[], &file);
            assert_eq!((ran.exit, ran.stdout.as_str()), (Exit::Failure, ""), "{name}");
            assert!(ran.stderr.contains(said), "{}", ran.stderr);
        }
    }
}

#[test]
fn patterns_that_cost_much_are_refused_together() {
    let large = |n| json!({"type": "string", "pattern": format!("(a{{1,900}}){{1,900}}{n}")});
    let file_of = |name, count| file(name, &properties(count, large));
    for command in ["lint", "strict"] {
        let ran = ran(command, &[], &file_of("patterns.json", 2_000));
        assert_eq!(ran.exit, Exit::Finding);
        let said = ran.stdout + &ran.stderr;
        assert!(said.contains("the patterns take over 32 MiB together"), "{command}");
    }
    assert_eq!(errors("strict", &file_of("patterns-few.json", 3)), 3);
}

#[test]
fn mistakes_everywhere_are_told_up_to_a_number() {
    let wrong = |_| json!({"type": 7, "properties": 3, "required": {}, "enum": 5});
    let tools: Vec<Value> = (0..1_000)
        .map(|n| json!({"name": format!("t{n}"), "parameters": properties(4, wrong)}))
        .collect();
    let required: Vec<String> = (0..20_000).map(|n| format!("p{n}")).collect();
    let mut root = properties(0, wrong);
    root["required"] = json!(required);
    let keys: Map<_, _> = (0..20_000).map(|n| (format!("x{n}"), json!(1))).collect();
    for (name, value, most) in [
        ("wrong.json", properties(500, wrong), 300),
        ("wrong-tools.json", json!(tools), 1_100),
        ("required.json", root, 300),
        ("root-keys.json", json!(keys), 300),
    ] {
        let file = file(name, &value);
        for command in ["lint", "strict"] {
            let told = errors(command, &file);
            assert!(told <= most, "{name} {command}: {told}");
        }
    }
}

#[test]
fn chains_and_circles_of_references_end() {
    let next = |count: usize| move |n: usize| reference((n + 1) % count);
    let chain = |n| if n == 1_999 { json!({"type": "string"}) } else { reference(n + 1) };
    let twice = |keyword: &'static str| {
        move |n: usize| match n {
            39 => json!({"type": "string"}),
            _ => json!({keyword: [reference(n + 1), reference(n + 1)]}),
        }
    };
    for (name, schema) in [
        ("ref-chain.json", definitions(2_000, chain)),
        ("ref-circle.json", definitions(2_000, next(2_000))),
        ("laughs-all.json", definitions(40, twice("allOf"))),
        ("laughs-any.json", definitions(40, twice("anyOf"))),
    ] {
        let file = file(name, &schema);
        for profile in ["openai-strict", "lenient"] {
            for command in ["lint", "strict"] {
                let ran = ran(command, &["--profile", profile], &file);
                let written = ran.stdout.len() + ran.stderr.len();
                assert!(written < 3_000_000, "{name} {command} {profile}: {written}");
            }
        }
    }
}

#[test]
fn every_command_ends_on_a_schema_that_refers_to_itself_for_ever() {
    let itself = json!({"$ref": "#"});
    let circle = |keyword: &str| json!({keyword: [itself]});
    let cases = [
        itself.clone(),
        circle("allOf"),
        circle("anyOf"),
        circle("oneOf"),
        json!({"not": itself}),
        json!({"if": itself, "then": itself, "else": itself}),
        json!({"dependentSchemas": {"a": itself}}),
        json!({"type": "object", "properties": {"a": itself}, "required": ["a"]}),
        json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {
            "A": {"anyOf": [{"$ref": "#/$defs/B"}, {"type": "null"}]},
            "B": {"allOf": [{"$ref": "#/$defs/A"}]},
        }}),
        json!({"type": "object", "properties": {"a": {"$ref": "#/properties/a"}}}),
        json!({"$dynamicAnchor": "me", "$dynamicRef": "#me"}),
        json!({"$recursiveAnchor": true, "$recursiveRef": "#",
            "$schema": "https://json-schema.org/draft/2019-09/schema"}),
    ];
    let instance = File::new("hostile-instance.json", r#"{"a": {"a": 1}}"#);
    for (n, case) in cases.iter().enumerate() {
        let file = file(&format!("itself-{n}.json"), case);
        for profile in ["openai-strict", "lenient"] {
            for command in ["lint", "strict"] {
                let ran = ran(command, &["--profile", profile], &file);
                assert!(!ran.stdout.is_empty() || !ran.stderr.is_empty(), "{case} {command}");
            }
            for command in ["encode", "decode"] {
                let options = ["--profile", profile, "--schema", file.path()];
                let ran = ran(command, &options, &instance);
                assert!(!ran.stdout.is_empty() || !ran.stderr.is_empty(), "{case} {command}");
            }
        }
    }
}
