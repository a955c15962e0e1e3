//! `openai-tools codegen` as a program: files in, a file out, exit codes.

use std::{env, fs, path::PathBuf, process};

use openai_tools::cli::Exit;
use serde_json::{Value, json};

use crate::{hostile::generated, run};

/// A file of its own, gone with the test.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = env::temp_dir().join(format!("codegen-{}-{name}", process::id()));
        fs::write(&path, text).expect("written");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.0).expect("there")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // What is gone already needs no removing.
        let _ = fs::remove_file(&self.0);
    }
}

fn tool(name: &str, parameters: &Value) -> Value {
    json!({"name": name, "description": "A tool.", "parameters": parameters})
}

fn object() -> Value {
    json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]})
}

#[test]
fn types_are_written_into_a_file_and_checked_there() {
    let contract = File::new("check.json", &tool("find", &object()).to_string());
    let out = File::new("check.rs", "fn old() {}\n");
    let check = ["--check", contract.path(), "--out", out.path()];

    let (exit, stdout, stderr) = run(&check);
    assert_eq!((exit, &*stdout), (Exit::Finding, ""));
    assert!(stderr.contains("is not what the contract gives"), "{stderr}");
    assert_eq!(out.text(), "fn old() {}\n", "a check writes nothing");

    let write = [contract.path(), "--out", out.path()];
    let (exit, stdout, stderr) = run(&write);
    assert_eq!((exit, &*stdout), (Exit::Failure, ""));
    assert!(stderr.contains("is left as it is"), "{stderr}");
    assert_eq!(out.text(), "fn old() {}\n", "somebody else has written it");

    fs::remove_file(&out.0).expect("removed");
    let (exit, _, stderr) = run(&check);
    assert_eq!(exit, Exit::Finding);
    assert!(stderr.contains("missing"), "{stderr}");
    for _ in 0..2 {
        assert_eq!(run(&write), (Exit::Success, String::new(), String::new()));
    }
    assert!(out.text().contains("pub struct Find {\n    pub a: String,\n}\n"), "{}", out.text());
    assert_eq!(run(&check).0, Exit::Success);

    fs::write(&out.0, out.text().replace('\n', "\r\n")).expect("written");
    assert_eq!(run(&check).0, Exit::Success, "a checkout may have changed the ends of lines");
}

#[test]
fn what_is_refused_is_told_with_place_and_remedy_and_nothing_is_written() {
    let file = json!([
        tool("good", &object()),
        tool("bad name", &object()),
        tool("good", &object()),
        tool("far", &json!({"type": "object", "properties": {"a": {"$ref": "https://a.test/"}}})),
        tool(
            "anchored",
            &json!({
                "type": "object",
                "properties": {"a": {"$ref": "#there"}},
                "$defs": {"There": {"$anchor": "there", "type": "string"}},
            })
        ),
    ]);
    let (exit, stdout, stderr) = generated(&file);
    assert_eq!((exit, &*stdout), (Exit::Finding, ""));
    let told: Vec<&str> = stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(told.len(), 4, "{stderr}");
    assert!(told[0].contains("at /1/name: tool name `bad name` holds ' '"), "{stderr}");
    assert!(told[1].contains("at /2/name: `good` is the name of the tool at /0 too"), "{stderr}");
    assert!(told[2].contains("at /3/parameters/properties/a/$ref: "), "{stderr}");
    assert!(told[3].contains("write it as `#/$defs/`"), "{stderr}");
    assert!(told.iter().all(|line| line.contains("(help: ")), "{stderr}");
}

#[test]
fn tools_without_a_schema_are_passed_over_with_a_note() {
    let (exit, stdout, stderr) = generated(&json!([{"type": "web_search"}, tool("a", &object())]));
    assert_eq!(exit, Exit::Success);
    assert!(stderr.starts_with("note: stdin:1:2: a tool of type `web_search` has no"), "{stderr}");
    assert!(stdout.contains("pub struct A {"), "{stdout}");
}

#[test]
fn what_cannot_run_is_a_failure() {
    for arguments in [
        &["there-is-none.json"][..],
        &["--check", "a.json"],
        &["--with", "serde", "a.json"],
        &["--derive", "Eq)] struct X;", "a.json"],
        &[],
    ] {
        let (exit, stdout, stderr) = run(arguments);
        assert_eq!((exit, &*stdout), (Exit::Failure, ""), "{arguments:?}");
        assert!(!stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn the_help_has_examples_and_exit_codes() {
    let (exit, stdout, _) = run(&["--help"]);
    assert_eq!(exit, Exit::Success);
    for part in ["Examples:", "Exit codes:", "openai-tools codegen tools.json > src/tools.rs"] {
        assert!(stdout.contains(part), "{stdout}");
    }
    assert!(stdout.lines().all(|line| line.chars().count() <= 100), "{stdout}");
}

#[test]
fn a_file_of_one_schema_gives_its_name_to_the_type() {
    let file = File::new("invoice.schema.json", &object().to_string());
    let (exit, stdout, stderr) = run(&[file.path()]);
    assert_eq!((exit, &*stderr), (Exit::Success, ""));
    assert!(stdout.contains("InvoiceSchema {") || stdout.contains("Invoice {"), "{stdout}");
    assert!(!stdout.contains("openai_tools::Tool"), "a schema is no tool: {stdout}");
}

#[test]
#[cfg_attr(not(has_rustfmt), ignore = "needs rustfmt")]
fn rustfmt_leaves_the_types_as_they_are() {
    for case in crate::CASES {
        let path = crate::folder("generated").join(format!("{}.rs", case.name));
        let checked = process::Command::new("rustfmt")
            .args(["--edition", "2024", "--check", "--config"])
            .arg("max_width=100,use_small_heuristics=Default")
            .arg(&path)
            .output()
            .expect("rustfmt runs");
        let told = String::from_utf8_lossy(&checked.stdout);
        assert!(checked.status.success(), "{told}");
    }
}
