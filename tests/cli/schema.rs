//! `openai-tools schema`: files in, schemas, instances and findings out.

use openai_tools::cli::{Console, Exit};
use serde_json::{Value, json};

use crate::scene::{File, Ran};

fn schema(arguments: &[&str]) -> Ran {
    with_stdin(arguments, "")
}

fn with_stdin(arguments: &[&str], stdin: &'static str) -> Ran {
    Ran::of(&[&["schema"], arguments].concat(), |console: Console<'_>| {
        console.with_stdin(stdin.as_bytes())
    })
}

fn ages() -> Value {
    json!({
        "type": "object",
        "properties": {
            "ages": {"type": "object", "additionalProperties": {"type": "integer"}},
            "note": {"type": "string", "maxLength": 5},
        },
        "required": ["ages"],
        "additionalProperties": false,
    })
}

fn refused() -> Value {
    json!({
        "type": "object",
        "properties": {"there": {"$ref": "https://example.com/there.json"}},
        "required": ["there"],
        "additionalProperties": false,
    })
}

fn closed() -> Value {
    json!({
        "type": "object",
        "properties": {"a": {"type": "string", "description": "Any text."}},
        "required": ["a"],
        "additionalProperties": false,
    })
}

/// The ids and pointers of lints.
fn told(lints: &Value) -> Vec<(&str, &str)> {
    let lints = lints.as_array().expect("a list").iter();
    lints
        .map(|lint| {
            (lint["id"].as_str().expect("an id"), lint["pointer"].as_str().expect("a place"))
        })
        .collect()
}

#[test]
fn strict_prints_the_schema_that_is_sent_and_notes_what_it_lost() {
    let file = File::new("strict.json", ages().to_string());
    let ran = schema(&["strict", file.path()]);
    assert_eq!(ran.exit, Exit::Success, "a loss is no finding");
    assert!(ran.stdout.starts_with("{\n  \"type\": \"object\",\n"), "{}", ran.stdout);
    let sent = ran.json();
    assert_eq!(sent["required"], json!(["ages", "note"]));
    assert_eq!(sent["properties"]["ages"]["type"], "array");
    let note = format!(
        "note: {}: at /properties/note: `maxLength` is not sent; checked on what comes back, told \
         in the description\n",
        file.path()
    );
    assert_eq!(ran.stderr, note);
}

#[test]
fn the_report_tells_schema_losses_codec_and_lints() {
    let mut titled = ages();
    titled["title"] = "Ages".into();
    let file = File::new("report.json", titled.to_string());
    let ran = schema(&["strict", "--report", "json", file.path()]);
    assert_eq!((ran.exit, &*ran.stderr), (Exit::Success, ""));
    let mut report = ran.json();
    assert_eq!(report["schema"].take()["additionalProperties"], false);
    let lints = report["lints"].take();
    assert_eq!(
        told(&lints),
        [
            ("undescribed-property", "/properties/ages"),
            ("undescribed-property", "/properties/note")
        ]
    );
    assert_eq!((&lints[0]["level"], &lints[0]["line"]), (&json!("warning"), &json!(1)));
    assert_eq!(
        report,
        json!({
            "name": "Ages",
            "schema": null,
            "losses": [{
                "pointer": "/properties/note",
                "keyword": "maxLength",
                "enforced": true,
                "described": true,
            }],
            "codec": [
                {"pointer": "/note", "form": "absent-as-null"},
                {"pointer": "/ages", "form": "map-as-list"},
            ],
            "lints": null,
        })
    );
}

#[test]
fn a_list_of_definitions_gives_a_list_in_order() {
    let file = json!([
        {"type": "function", "function": {"name": "chat", "parameters": closed()}},
        {"type": "function", "name": "flat", "parameters": refused()},
        {"name": "bare", "parameters": ages()},
        {"name": "mcp", "inputSchema": closed()},
    ]);
    let file = File::new("list.json", file.to_string());

    let ran = schema(&["strict", file.path()]);
    assert_eq!(ran.exit, Exit::Finding);
    let sent = ran.json();
    assert_eq!((&sent[0], &sent[1], &sent[3]), (&closed(), &Value::Null, &closed()));
    assert!(ran.stderr.contains(": flat: at /1/parameters/properties/there"), "{}", ran.stderr);

    let ran = schema(&["strict", "--report", "json", file.path()]);
    assert_eq!((ran.exit, &*ran.stderr), (Exit::Finding, ""));
    let reports = ran.json();
    let names: Vec<_> = (0..4).map(|n| reports[n]["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["chat", "flat", "bare", "mcp"]);
    assert_eq!(reports[0]["codec"], "identity");
    assert_eq!(reports[2]["losses"][0]["pointer"], "/2/parameters/properties/note");
    let keys = |value: &Value| -> Vec<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    assert_eq!(keys(&reports[1]), ["name", "error"]);
    assert_eq!(keys(&reports[1]["error"]), ["pointer", "reason", "help", "line", "column"]);
    assert_eq!(told(&reports[0]["lints"]), [("undescribed-tool", "/0/function")]);
}

#[test]
fn a_refused_schema_alone_prints_nothing() {
    let file = File::new("refused.json", refused().to_string());
    let ran = schema(&["strict", file.path()]);
    assert_eq!((ran.exit, &*ran.stdout), (Exit::Finding, ""));
    assert!(ran.stderr.contains("(help: "), "{}", ran.stderr);
    let ran = schema(&["lint", "--profile", "lenient", file.path()]);
    assert_eq!(ran.exit, Exit::Finding, "{}", ran.stdout);
}

#[test]
fn a_name_with_a_line_break_stays_in_its_line() {
    let tool = json!({"name": "a\nerror: forged", "parameters": refused()});
    let file = File::new("forged.json", tool.to_string());
    let ran = schema(&["strict", file.path()]);
    let lines: Vec<_> = ran.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "a finding, its line and a mark: {lines:?}");
    assert!(lines[1..].iter().all(|line| line.starts_with("  | ")), "{lines:?}");
}

#[test]
fn a_schema_goes_by_its_profile() {
    let pattern = json!({
        "type": "object",
        "properties": {"a": {"type": "string", "pattern": "^a"}},
        "required": ["a"],
        "additionalProperties": false,
    });
    let file = File::new("profile.json", pattern.to_string());
    let kept = |profile: &str| {
        let ran = schema(&["strict", "--profile", profile, file.path()]);
        assert_eq!(ran.exit, Exit::Success, "{}", ran.stderr);
        ran.json()["properties"]["a"].get("pattern").is_some()
    };
    let profiles =
        ["openai-strict", "openai-responses", "openai-fine-tuned", "legacy-limits", "lenient"];
    assert_eq!(profiles.map(kept), [true, true, false, false, true]);
    let ran = schema(&["strict", "--profile", "strictest", file.path()]);
    assert_eq!(ran.exit, Exit::Failure);
    assert!(ran.stderr.contains("openai-fine-tuned"), "{}", ran.stderr);
}

#[test]
fn an_instance_is_encoded_and_decoded_to_itself() {
    let tool = File::new("codec.json", json!({"name": "t", "parameters": ages()}).to_string());
    let own = json!({"ages": {"Ann": 7}});
    let instance = File::new("codec-own.json", own.to_string());
    let ran = schema(&["encode", "--schema", tool.path(), instance.path()]);
    assert_eq!((ran.exit, &*ran.stderr), (Exit::Success, ""));
    let sent = ran.json();
    assert_eq!(sent, json!({"ages": [{"key": "Ann", "value": 7}], "note": null}));

    let instance = File::new("codec-sent.json", sent.to_string());
    let ran = schema(&["decode", "--schema", tool.path(), instance.path()]);
    assert_eq!((ran.exit, &*ran.stderr), (Exit::Success, ""));
    assert_eq!(ran.json(), own);
}

#[test]
fn an_instance_that_breaks_the_schema_is_a_finding() {
    let file = File::new("broken.json", ages().to_string());
    let decode = ["decode", "--schema", file.path(), "-"];
    let ran = with_stdin(&decode, r#"{"ages": [], "note": "too long"}"#);
    assert_eq!((ran.exit, &*ran.stdout), (Exit::Finding, ""));
    assert!(ran.stderr.starts_with("error: stdin:1:22: at /note: "), "{}", ran.stderr);
    let ran = with_stdin(&["encode", "--schema", file.path(), "-"], r#"{"ages": {"Ann": "7"}}"#);
    assert_eq!((ran.exit, &*ran.stdout), (Exit::Finding, ""));
    assert!(ran.stderr.contains("\"7\""), "{}", ran.stderr);
}

#[test]
fn lint_tells_every_place_that_is_no_json_schema_and_each_once() {
    let wrong = json!({
        "type": "object",
        "properties": {
            "a": {"type": "strong", "description": "d"},
            "b": {"type": "string", "description": "d", "minLength": -1},
            "c": {"type": "array", "description": "d", "items": {"type": "string", "maxLength": "x"}},
            "d": {"type": "string", "description": "d", "pattern": "["},
        },
        "required": ["a", "b", "c", "d"],
        "additionalProperties": false,
    });
    let file = File::new("lint-wrong.json", wrong.to_string());
    for (profile, places) in [
        ("lenient", &["a/type", "b/minLength", "c/items/maxLength", "d/pattern"][..]),
        // The linter has words of its own for the type.
        ("openai-strict", &["b/minLength", "c/items/maxLength", "d/pattern"]),
    ] {
        let ran = schema(&["lint", "--report", "json", "--profile", profile, file.path()]);
        let error = &ran.json()[0]["error"];
        let more = error["more"].as_array().expect("several").iter();
        let told: Vec<_> = std::iter::once(error).chain(more).map(|at| &at["pointer"]).collect();
        let places: Vec<_> = places.iter().map(|at| json!(format!("/properties/{at}"))).collect();
        assert_eq!(told, places.iter().collect::<Vec<_>>(), "{profile}");
    }
}

#[test]
fn lint_tells_what_is_outside_of_strict_mode_in_each_file() {
    let good = File::new("lint-good.json", closed().to_string());
    let open = json!({"tools": [
        {"type": "function", "function": {"name": "open", "parameters": {
            "type": "object", "properties": {}, "required": [],
        }}},
    ]});
    let open = File::new("lint-open.json", open.to_string());

    let ran = schema(&["lint", good.path()]);
    assert_eq!((ran.exit, &*ran.stderr), (Exit::Success, ""));
    assert!(ran.stdout.starts_with("1 schema checked against openai-strict"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with(": 0 findings\n"), "{}", ran.stdout);

    let ran = schema(&["lint", good.path(), open.path()]);
    assert_eq!((ran.exit, &*ran.stderr), (Exit::Finding, ""));
    let first = format!(
        "error: {}:1:56: open: at /tools/0/function/parameters: an object without \
         `additionalProperties: false` [open-object] (help: ",
        open.path()
    );
    assert!(ran.stdout.starts_with(&first), "{}", ran.stdout);

    let ran = schema(&["lint", "--report", "json", good.path(), open.path()]);
    assert_eq!((ran.exit, &*ran.stderr), (Exit::Finding, ""));
    let reports = ran.json();
    assert_eq!(reports[0], json!({"file": good.path(), "name": null, "lints": []}));
    assert_eq!(reports[1]["name"], "open");
    assert_eq!(reports[1]["lints"][0]["id"], "open-object");
    assert_eq!(reports[1]["lints"][0]["pointer"], "/tools/0/function/parameters");
    assert_eq!(reports[1]["lints"][0]["column"], 56);
}

#[test]
fn warnings_are_findings_unless_only_errors_are_asked_for() {
    let mut silent = closed();
    silent["properties"]["a"] = json!({"type": "string", "enum": ["x", "y"]});
    let file = File::new("level.json", silent.to_string());
    let ran = schema(&["lint", "--report", "json", file.path()]);
    assert_eq!(ran.exit, Exit::Finding);
    assert_eq!(
        told(&ran.json()[0]["lints"]),
        [("undescribed-property", "/properties/a"), ("undocumented-enum", "/properties/a/enum")]
    );
    let ran = schema(&["lint", "--level", "error", file.path()]);
    assert_eq!(ran.exit, Exit::Success, "{}", ran.stdout);
    let ran = schema(&["strict", file.path()]);
    assert_eq!((ran.exit, &*ran.stderr), (Exit::Success, ""), "a warning is told by the report");
}

#[test]
fn tools_of_one_file_are_offered_together() {
    let tool = |name: &str| {
        json!({
            "type": "function", "name": name, "strict": true,
            "description": "What it does.", "parameters": closed(),
        })
    };
    let mut tools: Vec<Value> = (0..21).map(|n| tool(&format!("t{n}"))).collect();
    tools[1] = tool("T0");
    tools[2] = tool("t0");
    tools[3] = json!({"type": "web_search"});
    tools[4]["strict"] = Value::Null;
    tools[5]["name"] = "a b".into();
    tools.push(json!({"type": "json_schema", "name": "an answer", "schema": closed()}));
    tools.push(tool("last"));
    let file = File::new("together.json", json!({"tools": tools}).to_string());
    let ran = schema(&["lint", "--report", "json", file.path()]);
    assert_eq!(ran.exit, Exit::Finding);
    let reports = ran.json();
    for (n, id, pointer) in [
        (1, "names-differ-only-in-case", "/tools/1/name"),
        (2, "duplicate-tool-name", "/tools/2/name"),
        (4, "strict-left-out", "/tools/4"),
        (5, "tool-name", "/tools/5/name"),
        (21, "format-name", "/tools/21/name"),
        (23, "many-tools", "/tools"),
    ] {
        assert_eq!(told(&reports[n]["lints"]), [(id, pointer)], "{n}");
    }
    for n in [0, 3, 6, 22] {
        assert_eq!(reports[n]["lints"], json!([]), "{n}");
    }
    let ran = schema(&["lint", file.path()]);
    assert!(ran.stdout.contains("note: ") && ran.stdout.contains("`web_search`"), "{}", ran.stdout);
    assert!(ran.stdout.contains("22 schemas checked"), "{}", ran.stdout);

    let ran = schema(&["strict", "--report", "json", file.path()]);
    assert_eq!(ran.json()[3]["error"]["pointer"], "/tools/3/type");
}

#[test]
fn errors_point_into_the_file() {
    let file = File::new(
        "places.json",
        "[\n  {\n    \"name\": \"a\",\n    \"parameters\": {\n      \"type\": \"object\",\n      \
         \"properties\": {\n        \"é\": { \"$ref\": \"https://example.com\" }\n      }\n    }\n  \
         }\n]\n",
    );
    let ran = schema(&["strict", file.path()]);
    let path = file.path();
    let expected = format!(
        "error: {path}:7:16: a: at /0/parameters/properties/é/$ref: `https://example.com` refers to \
         another document, which is never fetched (help: copy what it names into `$defs` and refer \
         to that)\n  | \"é\": {{ \"$ref\": \"https://example.com\" }}\n  |        ^\n"
    );
    assert_eq!(ran.stderr, expected);
    let ran = schema(&["strict", "--report", "json", file.path()]);
    let error = &ran.json()[0]["error"];
    assert_eq!((&error["line"], &error["column"]), (&json!(7), &json!(16)));

    let schema_file = File::new("places-schema.json", ages().to_string());
    let sent = "{\n  \"ages\": [],\n  \"note\": \"too long\"\n}";
    let ran = with_stdin(&["decode", "--schema", schema_file.path(), "-"], sent);
    assert!(ran.stderr.starts_with("error: stdin:3:11: at /note: "), "{}", ran.stderr);
    assert!(ran.stderr.ends_with("  | \"note\": \"too long\"\n  |         ^\n"), "{}", ran.stderr);

    let twice = "{\n  \"ages\": [],\n  \"ages\": []\n}";
    let ran = with_stdin(&["decode", "--schema", schema_file.path(), "-"], twice);
    assert_eq!(ran.exit, Exit::Failure);
    let told = "error: stdin:3:3: the key `ages` stands twice, first in line 2\n";
    assert!(ran.stderr.starts_with(told), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_read_is_shown_in_its_line_and_does_not_hide_the_other_files() {
    let broken = File::new("syntax.json", "{\n  \"type\": \"object\",\n  \"properties\" {}\n}");
    let shown = "expected `:`\n  | \"properties\" {}\n  |              ^\n";
    let ran = schema(&["strict", broken.path()]);
    assert_eq!((ran.exit, &*ran.stdout), (Exit::Failure, ""));
    assert_eq!(ran.stderr, format!("error: {}:3:16: {shown}", broken.path()));

    let ran = schema(&["lint", broken.path()]);
    assert_eq!((ran.exit, &*ran.stdout), (Exit::Failure, ""));
    let good = File::new("syntax-good.json", closed().to_string());
    let ran = schema(&["lint", broken.path(), "no such file", good.path()]);
    assert_eq!(ran.exit, Exit::Failure);
    assert!(ran.stdout.starts_with("1 schema checked"), "{}", ran.stdout);
    assert!(ran.stderr.contains(shown) && ran.stderr.contains("no such file: "), "{}", ran.stderr);
}

#[test]
fn what_holds_no_schema_is_told_with_its_pointer() {
    let file = File::new(
        "none.json",
        r#"[{"name": "a", "parameters": 1}, {"name": 2, "inputSchema": {}}]"#,
    );
    let ran = schema(&["strict", file.path()]);
    assert_eq!((ran.exit, &*ran.stdout), (Exit::Failure, ""));
    let path = file.path();
    assert_eq!(
        ran.stderr,
        format!(
            "error: {path}:1:16: /0/parameters: expected a JSON Schema; found a number\n  \
             | [{{\"name\": \"a\", \"parameters\": 1}}, {{\"name\": 2, \"inputSchema\": {{}}}}]\n  \
             |                ^\n\
             error: {path}:1:35: /1/name: expected a string; found a number\n  \
             | ame\": \"a\", \"parameters\": 1}}, {{\"name\": 2, \"inputSchema\": {{}}}}]\n  \
             |                               ^\n"
        )
    );
    let both = schema(&["encode", "--schema", "-", "-"]);
    assert_eq!(
        (both.exit, &*both.stderr),
        (Exit::Failure, "error: stdin: only one file can be `-`\n")
    );
    let two = File::new("two.json", json!([closed(), closed()]).to_string());
    let ran = with_stdin(&["decode", "--schema", two.path(), "-"], "{}");
    assert_eq!(ran.exit, Exit::Failure);
    assert!(
        ran.stderr.ends_with(": 2 schemas, one is needed; there are none with a name\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn one_of_several_tools_is_picked_by_its_name() {
    let tools = json!({"tools": [
        {"type": "function", "name": "ages", "parameters": ages()},
        {"type": "function", "function": {"name": "closed", "parameters": closed()}},
        {"type": "function", "name": "twice", "parameters": closed()},
        {"type": "function", "name": "twice", "parameters": closed()},
    ]});
    let file = File::new("pick.json", tools.to_string());
    let with = |name: &[&str]| {
        let line = [&["encode", "--schema", file.path(), "-"], name].concat();
        with_stdin(&line, r#"{"ages": {"Ann": 7}}"#)
    };
    let ran = with(&["--tool", "ages"]);
    assert_eq!((ran.exit, &*ran.stderr), (Exit::Success, ""));
    assert_eq!(ran.json()["ages"], json!([{"key": "Ann", "value": 7}]));
    for (name, told) in [
        (
            &["--tool", "agse"][..],
            "no tool is called `agse`; did you mean `ages`? there are, for `--tool`: ages, closed, twice, twice",
        ),
        (&["--tool", "twice"], "2 tools are called `twice`"),
        (&[], "4 schemas, one is needed; there are, for `--tool`: ages, closed, twice, twice"),
    ] {
        let ran = with(name);
        assert_eq!((ran.exit, &*ran.stdout), (Exit::Failure, ""));
        assert_eq!(ran.stderr, format!("error: {}: {told}\n", file.path()));
    }
}

#[test]
fn what_breaks_the_schema_is_shown_in_the_file_that_is_encoded() {
    let schema_file = File::new(
        "own-places.json",
        json!({
            "type": "object",
            "properties": {
                "ages": {"type": "object", "additionalProperties": {"type": "integer", "maximum": 150}},
                "pair": {
                    "type": "array", "prefixItems": [{"type": "string"}, {"type": "string", "maxLength": 2}],
                    "items": {"type": "string", "maxLength": 3}, "minItems": 2,
                },
                "either": {"anyOf": [
                    {"type": "null"},
                    {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string", "minLength": 2}}},
                ]},
            },
            "required": ["ages"],
            "additionalProperties": {"type": "string", "maxLength": 4},
        })
        .to_string(),
    );
    let own = "{\n  \"ages\": {\n    \"Ann\": 7,\n    \"a/b\": 151\n  },\n  \"pair\": [\"a\", \
               \"abc\", \"abc\", \"abcd\"],\n  \"either\": {\"x\": [\"ab\", \"a\"]},\n  \"more\": \"hello\"\n}";
    let ran = with_stdin(&["encode", "--schema", schema_file.path(), "-"], own);
    assert_eq!((ran.exit, &*ran.stdout), (Exit::Finding, ""));
    for place in [
        "4:12: at /ages/a~1b: ",
        "6:17: at /pair/1: ",
        "6:31: at /pair/3: ",
        "7:26: at /either/x/1: ",
        "8:11: at /more: ",
    ] {
        assert!(ran.stderr.contains(&format!("error: stdin:{place}")), "{place}\n{}", ran.stderr);
    }
    assert!(ran.stderr.contains("  | \"a/b\": 151\n  |        ^\n"), "{}", ran.stderr);
    let ran = with_stdin(
        &["encode", "--schema", File::new("own-root.json", json!({"type": "array", "items": {"type": "array", "prefixItems": [{"type": "integer", "minimum": 1}]}}).to_string()).path(), "-"],
        "[[1],\n [0]]",
    );
    assert!(ran.stderr.starts_with("error: stdin:2:3: at /1/0: "), "{}", ran.stderr);
}

#[test]
fn of_very_many_findings_a_part_is_told_and_all_are_counted() {
    let schemas: Vec<Value> = (0..3_000).map(|_| json!({"type": "text"})).collect();
    let file = File::new("many.json", Value::Array(schemas).to_string());
    let ran = schema(&["lint", "--level", "error", file.path()]);
    assert_eq!(ran.exit, Exit::Finding);
    let told = ran.stdout.lines().filter(|line| line.starts_with("error: ")).count();
    assert_eq!(told, 1_000);
    assert!(ran.stdout.contains(": and "), "what is left out is counted");
}
