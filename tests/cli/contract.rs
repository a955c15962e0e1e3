//! `openai-tools lock` and `openai-tools diff`.

use std::fs;

use openai_tools::cli::{Console, Exit};
use serde_json::{Value, json};

use crate::scene::{File, Ran};

fn run(arguments: &[&str]) -> Ran {
    Ran::of(arguments, |console: Console<'_>| console)
}

fn tools(units: &[&str]) -> Value {
    json!([{
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Weather in a city.",
            "strict": true,
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string", "description": "City and country."},
                    "unit": {"type": "string", "enum": units},
                },
                "required": ["city", "unit"],
                "additionalProperties": false,
            },
        },
    }])
}

#[test]
fn the_text_report_fits_80_columns() {
    let old = json!([
        {"name": "find_flights", "description": "Find flights.", "parameters": {
            "type": "object",
            "properties": {
                "from": {"type": "string", "pattern": "^[A-Z]{3}$"},
                "to": {"type": "string"},
                "date": {"type": "string", "format": "date"},
                "class": {"enum": ["economy", "premium economy", "business", "first"]},
                "passengers": {"type": "integer", "minimum": 1, "maximum": 9},
                "via": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            },
            "required": ["from", "to", "date"],
            "additionalProperties": false,
        }},
        {"name": "get_weather", "description": "Weather.", "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": false,
        }},
    ]);
    let new = json!([
        {"name": "find_flights", "description": "Find flights between two airports.", "parameters": {
            "type": "object",
            "properties": {
                "to": {"type": "string"},
                "from": {"type": "string", "pattern": "^[A-Z]{3,4}$"},
                "date": {"type": "string", "format": "date-time"},
                "class": {"enum": ["economy", "business", "first", "private"]},
                "passengers": {"type": "integer", "minimum": 1, "maximum": 20},
                "stops": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            },
            "required": ["from", "to", "date", "passengers"],
            "additionalProperties": false,
        }},
        {"name": "weather_now", "description": "Weather.", "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": false,
        }},
    ]);
    let old = File::new("flights_old.json", old.to_string());
    let new = File::new("flights_new.json", new.to_string());
    let ran = run(&["diff", old.path(), new.path()]);
    assert_eq!((ran.exit, &*ran.stderr), (Exit::Finding, ""));
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80), "{}", ran.stdout);
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn what_fails_is_a_choice() {
    let old = File::new("fail_old.json", tools(&["celsius"]).to_string());
    let new = File::new("fail_new.json", tools(&["celsius", "kelvin"]).to_string());
    let exit = |old: &File, new: &File, on: &str| {
        run(&["diff", old.path(), new.path(), "--fail-on", on]).exit
    };
    assert_eq!(run(&["diff", old.path(), new.path()]).exit, Exit::Success);
    for on in ["breaking", "narrowing"] {
        assert_eq!(exit(&old, &new, on), Exit::Success, "{on}");
        assert_eq!(exit(&new, &old, on), Exit::Finding, "{on}");
    }
    for on in ["widening", "wording", "reordering", "any"] {
        assert_eq!(exit(&old, &new, on), Exit::Finding, "{on}");
        assert_eq!(exit(&old, &old, on), Exit::Success, "{on}");
    }
}

#[test]
fn what_is_undecided_fails_unless_told() {
    let schema = |pattern: &str| json!({"type": "string", "pattern": pattern}).to_string();
    let old = File::new("undecided_old.json", schema("^(?:Q[0-9]){9}$"));
    let new = File::new("undecided_new.json", schema("^(?:Q\\d){9}$"));
    assert_eq!(run(&["diff", old.path(), new.path()]).exit, Exit::Finding);
    let ran = run(&["diff", old.path(), new.path(), "--allow-undecided"]);
    assert_eq!(ran.exit, Exit::Success);
    assert!(ran.stdout.contains("no example was found, and no proof"), "{}", ran.stdout);
}

#[test]
fn the_json_report_points_into_the_file() {
    let pretty = |units: &[&str]| format!("{:#}\n", tools(units));
    let old = File::new("json_old.json", pretty(&["celsius", "kelvin"]));
    let new = File::new("json_new.json", pretty(&["celsius"]));
    let ran = run(&["diff", old.path(), new.path(), "--report", "json"]);
    assert_eq!((ran.exit, &*ran.stderr), (Exit::Finding, ""));
    let report = ran.json();
    assert_eq!(
        report["changes"],
        json!([{
            "tool": "get_weather",
            "pointer": "/parameters/properties/unit/enum",
            "class": "breaking",
            "model": "narrowing",
            "stored": "breaking",
            "reason": "\"kelvin\" is no longer allowed",
            "before": ["kelvin"],
            "after": null,
            "refused_now": {"city": "x", "unit": "kelvin"},
            "allowed_now": null,
            "hint": null,
            "file": new.path(),
            "file_pointer": "/0/function/parameters/properties/unit/enum",
            "line": 17,
            "column": 13,
        }])
    );
    let summary = &report["summary"];
    assert_eq!((&summary["class"], &summary["findings"]), (&json!("breaking"), &json!(1)));
    assert_eq!((&summary["breaking"], &summary["widening"]), (&json!(1), &json!(0)));
}

#[test]
fn every_form_of_a_definition_is_the_same_contract() {
    let chat = tools(&["celsius"]);
    let function = &chat[0]["function"];
    let mut flat = function.clone();
    flat["type"] = "function".into();
    let files = [
        File::new("form_chat.json", chat.to_string()),
        File::new("form_bare.json", function.to_string()),
        File::new("form_flat.json", json!({"tools": [flat]}).to_string()),
    ];
    for one in &files {
        for other in &files {
            let ran = run(&["diff", one.path(), other.path(), "--fail-on", "any"]);
            assert_eq!((ran.exit, &*ran.stdout), (Exit::Success, "no change\n"));
        }
    }
}

#[test]
fn a_lock_file_is_written_checked_and_compared() {
    let out = File::new("written.lock.json", "");
    fs::remove_file(out.path()).expect("it is there");
    let file = File::new("to_lock.json", tools(&["celsius"]).to_string());
    let lock = |file: &File, more: &[&str]| {
        run(&[&["lock", file.path(), "--out", out.path()], more].concat())
    };
    let missing = lock(&file, &["--check"]);
    assert_eq!(missing.exit, Exit::Finding);
    assert!(missing.stderr.contains("missing (help: write it without --check)"));
    let written = lock(&file, &[]);
    assert_eq!((written.exit, &*written.stderr), (Exit::Success, ""));
    assert_eq!(written.stdout, format!("{}: 1 tool\n", out.path()));
    let first = fs::read(out.path()).expect("written");
    assert_eq!(lock(&file, &["--check"]).exit, Exit::Success);
    assert_eq!(lock(&file, &[]).exit, Exit::Success);
    assert_eq!(fs::read(out.path()).expect("written"), first, "the same bytes");

    let changed = File::new("to_lock_changed.json", tools(&["kelvin"]).to_string());
    let ran = lock(&changed, &["--check"]);
    assert_eq!(ran.exit, Exit::Finding);
    assert!(ran.stdout.contains("\"celsius\" is no longer allowed"), "{}", ran.stdout);
    assert_eq!(fs::read(out.path()).expect("written"), first, "nothing is written");
    assert_eq!(run(&["diff", out.path(), changed.path()]).exit, Exit::Finding);
    assert_eq!(run(&["diff", out.path(), file.path(), "--fail-on", "any"]).exit, Exit::Success);
}

#[test]
fn a_file_that_is_no_lock_file_is_not_written_over() {
    let file = File::new("not_over.json", tools(&["celsius"]).to_string());
    let ran = run(&["lock", file.path(), "--out", file.path()]);
    assert_eq!(ran.exit, Exit::Failure);
    assert!(ran.stderr.contains("this is no lock file, and is left as it is"), "{}", ran.stderr);
}

#[test]
fn definitions_that_cannot_be_used_are_not_locked() {
    let broken = json!([
        {"name": "a", "parameters": {"type": "object", "properties": {"b": {"type": "strong"}}}},
        {"name": "b", "parameters": {"type": "object"}},
        {"name": "b", "parameters": {"type": "object"}},
        {"type": "web_search"},
    ]);
    let file = File::new("not_locked.json", broken.to_string());
    let ran = run(&["lock", file.path(), "--out", "-"]);
    assert_eq!((ran.exit, &*ran.stdout), (Exit::Finding, ""));
    for part in ["/0/parameters/properties/b/type", "the name `b` stands in", "passed over"] {
        assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
    }
}

#[test]
fn the_form_of_a_tool_is_locked_with_its_parameters() {
    let tools = |syntax: &str, defer: bool| {
        let grammar = json!({"type": "grammar", "syntax": syntax, "definition": "a"});
        json!([
            {"type": "custom", "name": "dial", "format": grammar},
            {"type": "function", "name": "find", "parameters": {"type": "object"},
                "defer_loading": defer, "output_schema": {"type": "integer"}},
        ])
    };
    let old = File::new("form_old.json", tools("lark", false).to_string());
    let new = File::new("form_new.json", tools("regex", true).to_string());
    let ran = run(&["lock", old.path(), "--out", "-"]);
    assert_eq!((ran.exit, &*ran.stderr), (Exit::Success, ""));
    for part in ["\"kind\": \"custom\"", "\"syntax\": \"lark\"", "output_schema"] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    let report = run(&["diff", old.path(), new.path(), "--report", "json"]).json();
    let changes = report["changes"].as_array().expect("a list");
    let places: Vec<_> = changes.iter().map(|change| &change["pointer"]).collect();
    assert!(places.contains(&&json!("/format")) && places.contains(&&json!("/defer_loading")));
}

#[test]
fn what_is_no_revision_never_reaches_git() {
    let file = File::new("no_revision.json", tools(&["celsius"]).to_string());
    for (name, said) in [
        ("git:--output=x:tools.json", "no revision of git is called so"),
        ("git:HEAD", "write `git:REV:PATH`"),
        ("git::tools.json", "no revision of git is called so"),
    ] {
        let ran = run(&["diff", name, file.path()]);
        assert_eq!((ran.exit, &*ran.stdout), (Exit::Failure, ""), "{name}");
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let file = File::new("readable.json", tools(&["celsius"]).to_string());
    let broken = File::new("unreadable.json", "{\"name\": \"a\",\n  ]");
    let lock =
        File::new("newer.lock.json", r#"{"lock": "openai-tools", "version": 9, "tools": []}"#);
    for (name, said) in [
        (broken.path(), ":2:3: "),
        (lock.path(), ":1:26: at /version: version 9; this release reads version 1"),
        ("gone.json", "gone.json: "),
    ] {
        let ran = run(&["diff", name, file.path()]);
        assert_eq!((ran.exit, &*ran.stdout), (Exit::Failure, ""), "{name}");
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}

#[test]
fn help_shows_examples_within_the_width() {
    for command in ["lock", "diff"] {
        let ran = run(&[command, "--help"]);
        assert_eq!((ran.exit, &*ran.stderr), (Exit::Success, ""));
        assert!(ran.stdout.contains("Examples:") && ran.stdout.contains("Exit codes:"));
        assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80), "{}", ran.stdout);
    }
}
