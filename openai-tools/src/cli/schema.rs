//! `openai-tools schema`: what strict mode makes of schemas and definitions.

use std::{fmt::Display, path::Path};

use serde_json::{Value, json};

use super::{
    Console, Exit, input,
    options::{InstanceOptions, LintOptions, ReportFormat, SchemaCommand, StrictOptions},
    report::Failure,
    schema_file::{self, Named, Schemas},
    schema_report::{self, pretty},
};
use crate::schema::{Checker, Contract, Fault, Profile, Refusal, SchemaError, Violation, lint};

/// Runs the command. The result goes to stdout, everything that is to be said about it to stderr.
pub(super) fn execute(command: &SchemaCommand, console: &mut Console<'_>) -> Exit {
    let done = match command {
        SchemaCommand::Decode(options) => instance(options, decode, console),
        SchemaCommand::Encode(options) => instance(options, encode, console),
        SchemaCommand::Lint(options) => lint_files(options, console),
        SchemaCommand::Strict(options) => strict(options, console),
    };
    done.unwrap_or_else(|failure| {
        console.say(&format!("error: {}", failure.message));
        Exit::Failure
    })
}

fn strict(options: &StrictOptions, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let file = schema_file::json(&options.file, console.stdin())?;
    let shown = input::shown(&options.file);
    let schemas = Schemas::of(&file).map_err(|faults| faults.into_failure(shown))?;
    let profile = options.profile.profile();
    let wants_json = options.report == ReportFormat::Json;
    let mut exit = Exit::Success;
    let mut printed = Vec::new();
    let mut notes = Vec::new();
    for named in &schemas.list {
        let (contract, _) = match converted(named, &profile) {
            Ok(made) => made,
            Err(error) => {
                exit = Exit::Finding;
                notes.extend(refusals(shown, named, &error));
                printed.push(if wants_json {
                    json!({"name": named.name, "error": schema_report::error(&error)})
                } else {
                    Value::Null
                });
                continue;
            }
        };
        let lints = lint(contract.sent(), &profile);
        let mut losses = contract.losses().to_vec();
        for loss in &mut losses {
            loss.pointer.insert_str(0, &named.pointer);
        }
        if !lints.is_empty() {
            exit = Exit::Finding;
        }
        notes.extend(lints.iter().map(|lint| finding("warning", shown, named.name, lint)));
        notes.extend(told(losses.iter().map(|loss| line("note", shown, named.name, loss))));
        printed.push(if wants_json {
            json!({
                "name": named.name,
                "schema": contract.sent(),
                "losses": schema_report::losses(&losses),
                "codec": schema_report::codec(contract.codec()),
                "lints": schema_report::lints(&lints),
            })
        } else {
            contract.sent().clone()
        });
    }
    let result =
        if schemas.is_list { Value::Array(printed) } else { printed.pop().unwrap_or_default() };
    // Nothing instead of `null`, which a pipe would take for a schema.
    if !result.is_null() {
        exit = console.print(&pretty(&result), exit);
    }
    if !wants_json && !notes.is_empty() {
        console.say(&notes.join("\n"));
    }
    Ok(exit)
}

/// One direction of `encode` and `decode`.
type Direction = fn(&Contract, &Checker, Value) -> Result<Value, Fault>;

fn encode(contract: &Contract, checker: &Checker, value: Value) -> Result<Value, Fault> {
    let encoded =
        contract.codec().encode(value).map_err(|problem| Fault::Invalid(vec![problem]))?;
    // What the check refuses, no model may write.
    checker.check_value(encoded.clone()).map(|_| encoded)
}

fn decode(_: &Contract, checker: &Checker, value: Value) -> Result<Value, Fault> {
    checker.check_value(value)
}

fn instance(
    options: &InstanceOptions,
    rewrite: Direction,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    one_is_stdin([&*options.schema, &*options.instance])?;
    let file = schema_file::json(&options.schema, console.stdin())?;
    let shown = input::shown(&options.schema);
    let schemas = Schemas::of(&file).map_err(|faults| faults.into_failure(shown))?;
    let [named] = &*schemas.list else {
        let count = schemas.list.len();
        return Err(Failure::input(format!("{}: {count} schemas; one is needed", shown.display())));
    };
    let (contract, checker) = match converted(named, &options.profile.profile()) {
        Ok(made) => made,
        Err(error) => {
            console.say(&refusals(shown, named, &error).join("\n"));
            return Ok(Exit::Finding);
        }
    };
    let value = schema_file::json(&options.instance, console.stdin())?;
    let shown = input::shown(&options.instance);
    match rewrite(&contract, &checker, value) {
        Ok(value) => Ok(console.print(&pretty(&value), Exit::Success)),
        Err(Fault::Invalid(problems)) => {
            let lines: Vec<_> =
                problems.iter().map(|problem| line("error", shown, None, problem)).collect();
            console.say(&lines.join("\n"));
            Ok(Exit::Finding)
        }
        Err(fault) => Err(Failure::input(format!("{}: {fault}", shown.display()))),
    }
}

fn lint_files(options: &LintOptions, console: &mut Console<'_>) -> Result<Exit, Failure> {
    one_is_stdin(options.files.iter().map(|path| &**path))?;
    let profile = options.profile.profile();
    let mut reports = Vec::new();
    let mut lines = Vec::new();
    let mut failures = Vec::new();
    for path in &options.files {
        let shown = input::shown(path);
        let file = match schema_file::json(path, console.stdin()) {
            Ok(file) => file,
            Err(failure) => {
                failures.push(failure.message);
                continue;
            }
        };
        let schemas = match Schemas::of(&file) {
            Ok(schemas) => schemas,
            Err(faults) => {
                failures.push(faults.into_failure(shown).message);
                continue;
            }
        };
        for named in &schemas.list {
            let mut violations = lint(&named.schema, &profile);
            for violation in &mut violations {
                violation.pointer.insert_str(0, &named.pointer);
            }
            lines.extend(violations.iter().map(|v| finding("warning", shown, named.name, v)));
            let mut report = json!({
                "file": shown.to_string_lossy(),
                "name": named.name,
                "lints": schema_report::lints(&violations),
            });
            if let Err(error) = as_it_stands(named) {
                lines.extend(refusals(shown, named, &error));
                report["error"] = schema_report::error(&error);
            }
            reports.push(report);
        }
    }
    let reports_any = !reports.is_empty() || failures.is_empty();
    let exit = if lines.is_empty() { Exit::Success } else { Exit::Finding };
    let text = match options.report {
        ReportFormat::Json => pretty(&Value::Array(reports)),
        ReportFormat::Text => {
            let (schemas, findings) = (reports.len(), lines.len());
            let (name, date) = (profile.name(), profile.date());
            lines.push(format!(
                "{schemas} {} checked against {name} of {date}: {findings} {}\n",
                if schemas == 1 { "schema" } else { "schemas" },
                if findings == 1 { "finding" } else { "findings" },
            ));
            super::terminal::block(&lines.join("\n"))
        }
    };
    // Nothing, where nothing was read: a count of 0 findings would look like good news.
    let exit = if reports_any { console.print(&text, exit) } else { exit };
    if failures.is_empty() {
        return Ok(exit);
    }
    Err(Failure::input(failures.join("\nerror: ")))
}

/// What a schema becomes, and the check of what comes back. Pointers of an error lead into the
/// file.
fn converted(named: &Named<'_>, profile: &Profile) -> Result<(Contract, Checker), SchemaError> {
    let made = Contract::strict(&named.schema, profile);
    usable(named, made)
}

/// Whether a schema can be used without any conversion. Pointers of an error lead into the file.
fn as_it_stands(named: &Named<'_>) -> Result<(), SchemaError> {
    usable(named, Contract::given(named.schema.clone().into_owned(), false)).map(drop)
}

fn usable(
    named: &Named<'_>,
    contract: Result<Contract, SchemaError>,
) -> Result<(Contract, Checker), SchemaError> {
    let made = contract
        .and_then(|made| if named.is_for_arguments { made.for_arguments() } else { Ok(made) })
        .and_then(|contract| Ok((contract.checker()?, contract)));
    match made {
        Ok((checker, contract)) => Ok((contract, checker)),
        Err(error) => Err(error.under(&named.pointer)),
    }
}

fn one_is_stdin<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<(), Failure> {
    if paths.into_iter().filter(|path| input::is_stdin(path)).count() > 1 {
        return Err(Failure::input("stdin: only one file can be `-`"));
    }
    Ok(())
}

fn refusals(file: &Path, named: &Named<'_>, error: &SchemaError) -> Vec<String> {
    let one = |refusal: &Refusal| line("error", file, named.name, refusal);
    error.refusals().iter().map(one).collect()
}

fn finding(severity: &str, file: &Path, name: Option<&str>, lint: &Violation) -> String {
    let Violation { id, pointer, message, help } = lint;
    let at = if pointer.is_empty() { String::new() } else { format!("at {pointer}: ") };
    line(severity, file, name, &format_args!("{at}{message} [{id}] (help: {help})"))
}

fn line(severity: &str, file: &Path, name: Option<&str>, what: &dyn Display) -> String {
    let file = file.display();
    let text = match name {
        Some(name) => format!("{severity}: {file}: {name}: {what}"),
        None => format!("{severity}: {file}: {what}"),
    };
    // A name with a line break would pass for a line of its own.
    text.replace('\n', " ")
}

/// As many lines as people read, and how many more there are.
fn told(lines: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let more = lines.len().saturating_sub(MOST_NOTES);
    let mut told: Vec<_> = lines.take(MOST_NOTES).collect();
    if more > 0 {
        told.push(format!("note: and {more} more; `--report json` tells all"));
    }
    told
}

const MOST_NOTES: usize = 20;
