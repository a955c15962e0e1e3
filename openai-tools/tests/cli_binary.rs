//! The `openai-tools` program as a process: arguments, streams, exit codes.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// The program without any setting of whoever runs the tests.
fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_openai-tools"));
    for name in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"] {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("one JSON document")
}

#[test]
fn a_run_without_settings_is_answered_by_the_built_in_server() {
    let output = program(&["run", "--report", "json", "Hello"]).output().expect("it starts");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(report(&output)["outcome"], "completed");
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(stderr.contains("the built-in server answers"), "{stderr}");
}

#[test]
fn exit_codes_tell_outcome_and_error_apart() {
    let code = |arguments: &[&str]| program(arguments).output().expect("it starts").status.code();
    assert_eq!(code(&["run", "please refuse"]), Some(1));
    assert_eq!(code(&["run", "--tools", "no such file", "Hello"]), Some(2));
    assert_eq!(code(&["run"]), Some(2));
    assert_eq!(code(&["--version"]), Some(0));
}

#[test]
fn the_environment_is_read() {
    let mut command = program(&["run", "--report", "json", "Hello"]);
    let output = command.env("OPENAI_BASE_URL", "no url").output().expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(report(&output)["error"]["kind"], "config");
    assert!(output.stderr.is_empty());
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_run_with_its_report() {
    use std::io::{BufRead, BufReader};

    let tools = format!("{}/cli_binary_tools.json", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&tools, r#"{"name": "get_weather"}"#).expect("a file");
    let hour = "3600000";
    let arguments =
        ["run", "--report", "json", "--tools", &tools, "--tool-delay", hour, "The weather?"];
    let mut child = program(&arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut notice = String::new();
    let stderr = child.stderr.take().expect("piped");
    // It is said when Ctrl-C is watched already.
    BufReader::new(stderr).read_line(&mut notice).expect("a notice");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(report(&output)["error"]["kind"], "cancelled");
}

#[test]
fn a_file_of_a_git_revision_can_be_compared() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("git_revision");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let mut git = Command::new("git");
        git.current_dir(&folder).args(identity).args(arguments);
        let output = git.output().expect("git");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    };
    let write = |units: &str| {
        let schema = format!(r#"{{"type": "string", "enum": {units}}}"#);
        fs::write(folder.join("unit.json"), schema).expect("a file");
    };
    git(&["init", "-q"]);
    write(r#"["celsius", "kelvin"]"#);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "units"]);
    write(r#"["celsius"]"#);

    let diff = |old: &str| {
        let mut program = program(&["diff", old, "unit.json", "--report", "json"]);
        program.current_dir(&folder).output().expect("it starts")
    };
    for name in ["git:HEAD:unit.json", "git:HEAD:./unit.json"] {
        let output = diff(name);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(report(&output)["summary"]["breaking"], 1);
    }
    for name in ["git:HEAD:gone.json", "git:no-such-revision:unit.json", "git:HEAD:."] {
        let output = diff(name);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(stderr.starts_with(&format!("error: {name}: git says: ")), "{stderr}");
    }
    let _ = fs::remove_dir_all(&folder);
}
