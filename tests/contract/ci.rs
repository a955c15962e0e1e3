//! The one line in a test.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
};

use openai_tools::{
    ToolDefinition, Toolbox,
    ci::{self, Check, LockState},
    contract::{Class, Lock},
    schema::{Level, Profile},
};
use serde_json::{Value, json};

/// A folder that is there for one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("ci").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn lock(&self) -> PathBuf {
        self.0.join("tools.lock.json")
    }

    fn write(&self, tools: &[ToolDefinition]) {
        let lock = Lock::of_definitions(tools).with_profile("openai-strict");
        fs::write(self.lock(), lock.to_text()).expect("a file");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn weather(units: &[&str]) -> ToolDefinition {
    let unit = json!({"enum": units, "type": "string", "description": "The unit: one of these."});
    tool(json!({"unit": unit}))
}

#[expect(clippy::needless_pass_by_value, reason = "what is given is written on the spot")]
fn tool(properties: Value) -> ToolDefinition {
    let names: Vec<&String> = properties.as_object().expect("properties").keys().collect();
    let schema = json!({"type": "object", "properties": properties, "required": names});
    ToolDefinition::new("get_weather", schema).with_description("Weather.").build().expect("sound")
}

#[test]
fn tools_that_are_what_the_lock_file_says_pass() {
    let folder = Folder::new("unchanged");
    let tools = [weather(&["celsius"])];
    folder.write(&tools);
    ci::check(&tools, folder.lock());
    let report = ci::report(&tools, folder.lock());
    assert!(report.is_ok() && report.comparison().is_empty(), "{report}");
    assert_eq!(report.lock(), &LockState::Unchanged);
}

#[test]
fn a_toolbox_for_any_context_can_be_checked() {
    struct App;
    let folder = Folder::new("toolbox");
    let toolbox = Toolbox::for_context::<App>();
    folder.write(&[]);
    ci::check(&toolbox, folder.lock());
    ci::check(&Toolbox::new().bind(()), folder.lock());
}

#[test]
fn a_difference_panics_with_what_it_means_and_how_to_accept_it() {
    let folder = Folder::new("different");
    folder.write(&[weather(&["celsius", "kelvin"])]);
    let tools = vec![weather(&["celsius"])];
    let check = Check::new(folder.lock()).with_writing(false);
    let panic = catch_unwind(AssertUnwindSafe(|| check.assert(&tools))).expect_err("a panic");
    let message = panic.downcast_ref::<String>().expect("a message");
    for part in [
        "the tools are not what",
        "breaking    /parameters/properties/unit/enum",
        "\"kelvin\" is no longer allowed",
        "was valid, is refused now: {\"unit\":\"kelvin\"}",
        "for the model: narrowing; for stored calls: breaking",
        "OPENAI_TOOLS_LOCK=write cargo test",
        "a_difference_panics_with_what_it_means_and_how_to_accept_it",
    ] {
        assert!(message.contains(part), "{part} is not in\n{message}");
    }
    assert_eq!(check.report(&tools).comparison().class(), Some(Class::Breaking));
}

#[test]
fn a_missing_lock_file_fails_where_nothing_may_be_written() {
    let folder = Folder::new("missing");
    let report = Check::new(folder.lock()).with_writing(false).report(&[weather(&["celsius"])]);
    assert_eq!((report.is_ok(), report.lock()), (false, &LockState::Missing));
    assert!(report.to_string().contains("OPENAI_TOOLS_LOCK=write cargo test"), "{report}");
    assert!(!folder.lock().exists());
}

#[test]
fn writing_accepts_the_change() {
    let folder = Folder::new("written");
    let tools = [weather(&["celsius"])];
    let check = Check::new(folder.lock()).with_writing(true);
    assert_eq!(check.report(&tools).lock(), &LockState::Created);
    let tools = [weather(&["celsius", "kelvin"])];
    let report = check.report(&tools);
    assert_eq!((report.is_ok(), report.lock()), (true, &LockState::Written));
    assert_eq!(report.comparison().class(), Some(Class::Widening));
    assert_eq!(check.report(&tools).lock(), &LockState::Unchanged);
}

#[test]
fn a_broken_lock_file_is_told_and_replaced_only_on_demand() {
    let folder = Folder::new("broken");
    fs::write(folder.lock(), "<<<<<<< HEAD\n").expect("a file");
    let tools = [weather(&["celsius"])];
    let report = Check::new(folder.lock()).with_writing(false).report(&tools);
    let LockState::Unusable(why) = report.lock() else { panic!("{report}") };
    assert!(why.starts_with("expected value at line 1 column 1; write it anew with"), "{why}");
    assert_eq!(
        Check::new(folder.lock()).with_writing(true).report(&tools).lock(),
        &LockState::Written
    );
}

#[test]
fn errors_fail_and_warnings_do_so_on_demand() {
    let folder = Folder::new("lints");
    let tools = [tool(json!({"city": {"type": "string"}}))];
    folder.write(&tools);
    let check = Check::new(folder.lock()).with_writing(false);
    let report = check.report(&tools);
    assert!(report.is_ok(), "{report}");
    assert_eq!(report.lints()[0].id, "undescribed-property");
    let strict = check.clone().with_level(Level::Warning);
    let report = strict.report(&tools);
    assert!(!report.is_ok());
    let text = report.to_string();
    assert!(text.starts_with("warning: `get_weather`: "), "{text}");
    assert!(strict.without_rule("undescribed-property").report(&tools).is_ok());

    let deep = (0..7).fold(
        json!({"type": "string"}),
        |inner, _| json!({"type": "object", "properties": {"a": inner}, "required": ["a"]}),
    );
    let deep = [tool(json!({"a": deep}))];
    let lock = Lock::of_definitions(&deep).with_profile("legacy-limits");
    fs::write(folder.lock(), lock.to_text()).expect("a file");
    let report = check.with_profile(Profile::legacy_limits()).report(&deep);
    assert!(report.to_string().contains("[too-deep]"), "{report}");
}

#[test]
fn losses_of_the_strict_conversion_are_told() {
    let tools = vec![tool(json!({"city": {"type": "string", "maxLength": 9}}))];
    let folder = Folder::new("losses");
    folder.write(&tools);
    let report = ci::report(&tools, folder.lock());
    let losses: Vec<_> = report.losses().map(|(tool, loss)| (tool, &*loss.keyword)).collect();
    assert_eq!(losses, [("get_weather", "maxLength")]);
}
