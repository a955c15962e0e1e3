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
        "properties": {"a": {"type": "string"}},
        "required": ["a"],
        "additionalProperties": false,
    })
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
            "lints": [],
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
    assert_eq!(keys(&reports[1]["error"]), ["pointer", "reason", "help"]);
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
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
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
    let profiles = ["openai-strict", "openai-fine-tuned", "legacy-limits", "lenient"];
    assert_eq!(profiles.map(kept), [true, false, false, true]);
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
    assert!(ran.stderr.starts_with("error: stdin: at /note: "), "{}", ran.stderr);
    let ran = with_stdin(&["encode", "--schema", file.path(), "-"], r#"{"ages": {"Ann": "7"}}"#);
    assert_eq!((ran.exit, &*ran.stdout), (Exit::Finding, ""));
    assert!(ran.stderr.contains("\"7\""), "{}", ran.stderr);
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
        "warning: {}: open: at /tools/0/function/parameters: an object without \
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
            "error: {path}: /0/parameters: expected a JSON Schema; found a number\n\
             {path}: /1/name: expected a string; found a number\n"
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
    assert!(ran.stderr.ends_with(": 2 schemas; one is needed\n"), "{}", ran.stderr);
}
