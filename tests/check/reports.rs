//! What is told, in each form.

use openai_tools::cli::Exit;
use serde_json::json;

use crate::scene::{Folder, Ran, check, example, report, run, tools, weather};

/// A file with findings of several kinds.
fn scene(folder: &Folder) -> (String, String) {
    let tools = folder.file("tools.json", tools().to_string());
    let mut lines = vec![
        example("get_weather", r#"{"city":"Hanoi"}"#),
        example("get_wether", r#"{"city":"Hanoi"}"#),
        example("get_weather", "{\"city\": \"Hanoi\", "),
        "{\"messages\": [".to_owned(),
    ];
    for n in 0..9 {
        let arguments =
            format!("{{\"city\":\"{n}\",\"days\":\"a very long text that is no number\"}}");
        lines.push(example("get_weather", &arguments));
    }
    lines.push(
        json!({"messages": [
            {"role": "assistant", "content": "Grüße"}, {"role": "usr", "content": "Hi"},
            {"role": "assistant", "content": "Hello"},
        ]})
        .to_string(),
    );
    (tools, folder.file("train.jsonl", lines.join("\n")))
}

#[test]
fn the_text_report_groups_what_is_alike_and_fits_80_columns() {
    let folder = Folder::new("text");
    let (tools, data) = scene(&folder);
    let ran = check(&["--tools", &tools, &data]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (Exit::Finding, ""));
    let text = folder.plain(&ran.stdout);
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_clean_run_says_what_was_looked_at() {
    let folder = Folder::new("clean");
    let schema = folder.file("schema.json", weather().to_string());
    let data = folder.file("data.json", "{\"city\":\"Hanoi\"}\n");
    let text = folder.plain(&check(&["--schema", &schema, &data]).stdout);
    assert_eq!(text, "1 record in 1 file checked, 17 bytes in N s: no findings");
}

#[test]
fn colours_are_for_terminals_and_obey_no_color() {
    let folder = Folder::new("colours");
    let (tools, data) = scene(&folder);
    let arguments = ["check", "--no-config", "--tools", &tools, &data];
    let has_colours = |ran: &Ran| ran.stdout.contains("\u{1b}[1;31merror\u{1b}[0m");
    assert!(!has_colours(&run(&arguments, |console| console)));
    assert!(has_colours(&run(&arguments, |console| console.with_terminal(true))));
    let no_color = |name: &str| (name == "NO_COLOR").then(|| "1".to_owned());
    let ran = run(&arguments, |console| console.with_terminal(true).with_variables(no_color));
    assert!(!has_colours(&ran));
    let always = [&arguments[..], &["--color", "always"]].concat();
    assert!(has_colours(&run(&always, |console| console)));
    let never = [&arguments[..], &["--color", "never"]].concat();
    assert!(!has_colours(&run(&never, |console| console.with_terminal(true))));
}

#[test]
fn findings_beyond_the_limit_are_counted() {
    let folder = Folder::new("limit_of_findings");
    let (tools, data) = scene(&folder);
    let ran = report(&["--tools", &tools, "--max-errors", "2", &data]);
    let summary = &ran.json()["summary"];
    assert_eq!((&summary["told"], &summary["findings"]), (&json!(2), &json!(14)));
    assert_eq!((&summary["errors"], &summary["warnings"]), (&json!(13), &json!(1)));
    let ran = check(&["--tools", &tools, "--max-errors", "2", &data]);
    assert!(ran.stdout.contains("\n12 more findings not told"), "{}", ran.stdout);
    let all = check(&["--tools", &tools, "--max-errors", "0", &data]);
    assert_eq!(all.stdout.matches("error: ").count(), 13, "{}", all.stdout);
}

#[test]
fn warnings_can_be_left_out() {
    let folder = Folder::new("level");
    let record = json!({"model": "m", "messages": [
        {"role": "user", "content": "Hi"}, {"role": "system", "content": "Be kind."}]});
    let data = folder.file("data.json", record.to_string());
    assert_eq!(report(&[&data]).findings(), ["data.json:1:58 role-order /messages/1/role"]);
    assert_eq!(check(&["--level", "error", &data]).exit, Exit::Success);
}

#[test]
fn a_finding_in_json_has_its_place_and_words() {
    let folder = Folder::new("json");
    let schema = folder.file("schema.json", weather().to_string());
    let data = folder.file("data.json", "{\"city\":7}");
    let report = report(&["--schema", &schema, &data]).json();
    assert_eq!(
        report["findings"],
        json!([{
            "file": data, "line": 1, "column": 2, "pointer": "/city", "rule": "type",
            "severity": "error", "message": "expected a string, found the number 7", "tool": null,
        }])
    );
    assert!(report["summary"]["seconds"].is_f64());
    assert_eq!(report["summary"]["bytes"], 10);
}

#[test]
fn annotations_are_commands_of_one_line() {
    let folder = Folder::new("github");
    let (tools, data) = scene(&folder);
    let ran = check(&["--tools", &tools, "--report", "github", &data]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 15);
    let head = format!("::error file={data},line=2,col=");
    assert!(lines[0].starts_with(&head), "{}", lines[0]);
    assert!(
        lines[0].contains(",title=openai-tools check%3A unknown-tool::/messages/1/tool_calls/0")
    );
    assert!(
        lines[..14]
            .iter()
            .all(|line| line.starts_with("::error ") || line.starts_with("::warning "))
    );
}

/// The schema of the standard (OASIS, SARIF 2.1.0), as it is published.
const SARIF: &str = include_str!("schemas/sarif-2.1.0.json");

#[test]
fn the_sarif_report_keeps_to_the_standard() {
    let folder = Folder::new("sarif");
    let (tools, data) = scene(&folder);
    let missing = folder.path("not there é.jsonl");
    let ran = check(&["--tools", &tools, "--report", "sarif", &data, &missing]);
    let log = ran.json();
    let mut schema: serde_json::Value = serde_json::from_str(SARIF).expect("JSON");
    // Its pattern has a bracket too many, which the validator refuses; no report tells a language.
    for holder in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][holder]["properties"]["language"];
        language.as_object_mut().expect("an object").remove("pattern").expect("is there");
    }
    let validator =
        jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    let faults: Vec<String> = validator.iter_errors(&log).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("a list");
    assert_eq!(results.len(), 15);
    for result in results {
        let rule = usize::try_from(result["ruleIndex"].as_u64().expect("a place")).expect("small");
        assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
    }
    assert_eq!(results[1]["properties"]["tool"], "get_weather");
    let clean = folder.file(
        "clean.json",
        "{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"a\\\"}\"}",
    );
    let log = check(&["--tools", &tools, "--report", "sarif", &clean]).json();
    assert_eq!(log["runs"][0]["results"], json!([]));
}

/// Its depth, its name, its attributes.
type Element = (usize, String, Vec<(String, String)>);

/// Reads the XML that is written: elements, attributes and text, nothing else. Gives each element
/// with its depth and its attributes.
fn elements(xml: &str) -> Vec<Element> {
    let rest = xml.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a head");
    let mut open: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for piece in rest.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag has an end");
        for entity in text.split('&').skip(1) {
            let name = entity.split_once(';').expect("an entity has an end").0;
            assert!(["amp", "lt", "gt", "quot", "apos", "#10", "#9"].contains(&name), "{name}");
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut list = Vec::new();
        while let Some((key, after)) = attributes.split_once("=\"") {
            let (value, after) = after.split_once('"').expect("an attribute has an end");
            list.push((key.trim().to_owned(), value.to_owned()));
            attributes = after;
        }
        found.push((open.len(), name.to_owned(), list));
        open.push(name.to_owned());
    }
    assert!(open.is_empty());
    found
}

#[test]
fn the_junit_report_keeps_to_its_form() {
    let folder = Folder::new("junit");
    let (tools, data) = scene(&folder);
    let hostile = folder.file("<&\"'>.jsonl", "{\"name\":\"<b>&\\u001b\",\"arguments\":\"\\n\"}");
    let clean = folder.file(
        "clean.json",
        "{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"a\\\"}\"}",
    );
    for (files, failures) in [(&[&data, &hostile][..], 15), (&[&clean][..], 0)] {
        let files: Vec<&str> = files.iter().map(|file| file.as_str()).collect();
        let ran = check(&[&["--tools", &tools, "--report", "junit"], &files[..]].concat());
        let elements = elements(&ran.stdout);
        let required: &[(&str, usize, &[&str])] = &[
            ("testsuites", 0, &["name", "tests", "failures", "errors", "time"]),
            ("testsuite", 1, &["name", "tests", "failures", "errors", "skipped"]),
            ("testcase", 2, &["name", "classname"]),
            ("failure", 3, &["message", "type"]),
        ];
        for (depth, name, attributes) in &elements {
            let (_, level, keys) =
                required.iter().find(|(known, ..)| known == name).expect("a known element");
            let own: Vec<&str> = attributes.iter().map(|(key, _)| key.as_str()).collect();
            assert_eq!((depth, own.as_slice()), (level, *keys));
        }
        let count = |name: &str| elements.iter().filter(|(_, own, _)| own == name).count();
        let total = |key: &str| -> usize {
            let suites = elements.iter().filter(|(_, name, _)| name == "testsuite");
            let values = suites.flat_map(|(.., own)| own.iter().filter(|(own, _)| own == key));
            values.map(|(_, value)| value.parse::<usize>().expect("a number")).sum()
        };
        assert_eq!((count("failure"), total("failures")), (failures, failures));
        assert_eq!((count("testcase"), total("tests")), (failures.max(1), failures.max(1)));
        assert!(!ran.stdout.contains('\u{1b}'));
    }
}

#[test]
fn nothing_in_data_controls_the_terminal() {
    let folder = Folder::new("hostile");
    let tools = folder.file("tools.json", tools().to_string());
    let record = json!({"name": "\u{1b}[2J\u{202e}x", "arguments": "\u{1b}]0;x\u{7}"}).to_string();
    let data = folder.file("data.jsonl", record.replace("\\u001b", "\u{9b}"));
    for format in ["text", "json", "sarif", "github", "junit"] {
        let ran = check(&["--tools", &tools, "--report", format, &data]);
        let is_odd = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!ran.stdout.contains(is_odd), "{format}: {:?}", ran.stdout);
    }
}
