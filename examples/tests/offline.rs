//! Every example runs offline to a good end, over both APIs, and what it asks is valid against OpenAI's
//! document, where that is there.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use tests::check_asked;

macro_rules! programs {
    ($($name:literal)*) => {
        const PROGRAMS: &[(&str, &str)] = &[$(($name, env!(concat!("CARGO_BIN_EXE_", $name)))),*];
    };
}

programs! {
    "approval" "conversation" "conversation_state" "dynamic_tools" "failures" "hosted_tools"
    "impl_toolbox" "quickstart" "responses" "streaming" "structured_output" "tool_set"
    "toolbox_with_context" "vision"
}

/// Runs a program and gives what it asked: an object with a request on each line.
fn asked(name: &str, program: &str, api: &str) -> String {
    let place = |kind: &str| -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{api}.{kind}"))
    };
    let (requests, said) = (place("requests"), place("said"));
    let _ = fs::remove_file(&requests);
    let status = Command::new(program)
        .env_remove("OPENAI_API_KEY")
        .env_remove("OPENAI_BASE_URL")
        .env("EXAMPLES_API", api)
        .env("EXAMPLES_REQUESTS", &requests)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(&said).expect("a file of our own"))
        .status()
        .expect("a process");
    let said = fs::read_to_string(said).expect("what it said");
    assert!(status.success(), "{name} over {api}: {said}");
    fs::read_to_string(requests).unwrap_or_default()
}

#[test]
fn each_runs_offline_over_both_apis_and_asks_what_the_document_allows() {
    let mut asked_at_all = 0;
    for (name, program) in PROGRAMS {
        for api in ["chat", "responses"] {
            let requests = asked(name, program, api);
            for line in requests.lines() {
                let request: Value = serde_json::from_str(line).expect("JSON");
                let text = |field: &str| request[field].as_str().expect("a text");
                let (method, path) = (text("method"), text("path"));
                let body = text("body").as_bytes();
                let checked = check_asked(method, path, text("content_type"), body);
                assert_eq!(checked, Ok(()), "{name} over {api}: {method} {path}");
                asked_at_all += 1;
            }
        }
    }
    assert!(asked_at_all > 2 * PROGRAMS.len(), "{asked_at_all}");
}

#[test]
fn every_example_is_run() {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin"));
    let names = entries.expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let names: BTreeSet<_> = names.map(|name| name.to_string_lossy().replace(".rs", "")).collect();
    assert_eq!(names, PROGRAMS.iter().map(|(name, _)| (*name).to_owned()).collect());
}
