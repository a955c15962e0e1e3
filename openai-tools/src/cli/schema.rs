//! `openai-tools schema`: what strict mode makes of schemas and definitions.

use std::{borrow::Cow, path::Path};

use serde_json::{Value, json};

use super::{
    Console, Exit, input,
    options::{InstanceOptions, LintLevel, ReportFormat, SchemaCommand, StrictOptions},
    report::Failure,
    schema_file::{Form, Named, Schemas},
    schema_lint::{
        self, Found, MOST_LINES, MOST_REPORTED, SHOWN_OF_POINTER, cut, lines, pointers, refusals,
    },
    schema_report::{self, pretty},
    source::Source,
    terminal,
};
use crate::schema::{
    Checker, Contract, Fault, Level, Loss, Problem, Profile, SchemaError, read_own, shorten_pointer,
};

/// Runs the command. The result goes to stdout, everything that is to be said about it to stderr.
pub(super) fn execute(command: &SchemaCommand, console: &mut Console<'_>) -> Exit {
    let done = match command {
        SchemaCommand::Decode(options) => instance(options, decode, console),
        SchemaCommand::Encode(options) => instance(options, encode, console),
        SchemaCommand::Lint(options) => schema_lint::execute(options, console),
        SchemaCommand::Strict(options) => strict(options, console),
    };
    done.unwrap_or_else(|failure| {
        console.say(&format!("error: {}", failure.message));
        Exit::Failure
    })
}

fn strict(options: &StrictOptions, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let source = Source::read(&options.file, console.stdin())?;
    let schemas = Schemas::of(&source.value).map_err(|faults| source.failure(&faults))?;
    let profile = options.profile.profile();
    let wants_json = options.report == ReportFormat::Json;
    // What makes models err is no finding here, since the conversion is whole: only the report
    // has it.
    let least = if wants_json { LintLevel::Warning } else { LintLevel::Error };
    let found = Found::of(&schemas, &profile, false, least, MOST_REPORTED);
    let of_lints = source.positions(found.pointers().filter(|_| wants_json));
    let mut room = MOST_REPORTED;
    let mut notes = Vec::new();
    // Each is written as soon as it is made: as values, all would take many times the memory.
    let mut written = Vec::with_capacity(schemas.list.len());
    for (named, lints) in schemas.list.iter().zip(&found.of_each) {
        let contract = match converted(named, &profile) {
            Ok((contract, _)) => contract,
            Err(error) => {
                written.push(Written::Refused(error.cut(&mut room)));
                continue;
            }
        };
        let mut losses = contract.losses().to_vec();
        for loss in &mut losses {
            loss.pointer.insert_str(0, &named.pointer);
        }
        if !wants_json && notes.len() < MOST_LINES {
            notes.extend(told(losses.iter().map(|loss| note(&source.shown, named.name, loss))));
        }
        written.push(Written::Text(if wants_json {
            pretty(&json!({
                "name": named.name,
                "schema": contract.sent(),
                "losses": schema_report::losses(&losses),
                "codec": schema_report::codec(contract.codec()),
                "lints": schema_report::lints(lints, &of_lints),
            }))
        } else {
            pretty(contract.sent())
        }));
    }
    let places = written.iter().filter_map(Written::refused).flat_map(|(e, _)| pointers(e));
    let positions = source.positions(found.pointers().chain(places));
    let mut errors = Vec::new();
    let mut count = 0;
    for ((named, lints), written) in schemas.list.iter().zip(&found.of_each).zip(&written) {
        let has_room = !wants_json && errors.len() < MOST_LINES;
        match written {
            Written::Refused((error, more)) => {
                count += error.refusals().len() + more;
                if has_room {
                    errors.extend(refusals(&source, &positions, named, error.refusals()));
                }
            }
            Written::Text(_) => {
                count += lints.iter().filter(|lint| lint.level == Level::Error).count();
                if has_room {
                    errors.extend(lines(&source, &positions, named.name, lints));
                }
            }
        }
    }
    let refused = |n: usize, error: &SchemaError| {
        wants_json.then(|| {
            let error = schema_report::error(error, &positions);
            pretty(&json!({"name": schemas.list[n].name, "error": error}))
        })
    };
    let mut exit = if count == 0 { Exit::Success } else { Exit::Finding };
    let texts = written.iter().enumerate().map(|(n, written)| match written {
        Written::Text(text) => Some(Cow::Borrowed(text.as_str())),
        Written::Refused((error, _)) => refused(n, error).map(Cow::Owned),
    });
    let result = if schemas.is_list { Some(listed(texts).into()) } else { texts.flatten().next() };
    // Nothing instead of `null`, which a pipe would take for a schema.
    if let Some(result) = result {
        exit = console.print(&result, exit);
    }
    if !wants_json {
        cut(&mut errors, 0, count, &source);
        errors.extend(notes);
        if !errors.is_empty() {
            console.say(&errors.join("\n"));
        }
    }
    Ok(exit)
}

/// What becomes of one schema.
enum Written {
    Refused((SchemaError, usize)),
    Text(String),
}

impl Written {
    fn refused(&self) -> Option<&(SchemaError, usize)> {
        match self {
            Self::Refused(refused) => Some(refused),
            Self::Text(_) => None,
        }
    }
}

/// A list of what is written already; `null` for what is not.
fn listed<'a>(texts: impl Iterator<Item = Option<Cow<'a, str>>>) -> String {
    let mut list = String::from("[");
    for (n, text) in texts.enumerate() {
        list.push_str(if n == 0 { "\n  " } else { ",\n  " });
        let text = text.as_deref().unwrap_or("null");
        // Outside of strings there are line breaks, inside there are none.
        list.push_str(&text.trim_end().replace('\n', "\n  "));
    }
    list.push_str(if list.len() > 1 { "\n]\n" } else { "]\n" });
    list
}

/// One direction of `encode` and `decode`.
type Direction = fn(&Value, &Contract, &Checker, &Source) -> Result<Value, Fault>;

fn encode(
    schema: &Value,
    contract: &Contract,
    checker: &Checker,
    own: &Source,
) -> Result<Value, Fault> {
    let encoded = contract
        .codec()
        .encode(read_own(&own.text, schema)?)
        .map_err(|problem| Fault::Invalid(vec![problem]))?;
    // What the check refuses, no model may write. The file holds the value as the type has it.
    let accepted = checker.check_value(encoded.clone()).map_err(|fault| match fault {
        Fault::Invalid(problems) => {
            let own = |problem| contract.codec().told_of_own(&encoded, problem);
            Fault::Invalid(problems.into_iter().map(own).collect())
        }
        fault => fault,
    });
    accepted.map(|_| encoded)
}

fn decode(_: &Value, _: &Contract, checker: &Checker, sent: &Source) -> Result<Value, Fault> {
    checker.check(&sent.text)
}

fn instance(
    options: &InstanceOptions,
    rewrite: Direction,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    one_is_stdin([&*options.schema, &*options.instance])?;
    let source = Source::read(&options.schema, console.stdin())?;
    let schemas = Schemas::of(&source.value).map_err(|faults| source.failure(&faults))?;
    let named = schemas
        .one(options.tool.as_deref())
        .map_err(|why| Failure::input(format!("{}: {why}", source.shown.display())))?;
    let (contract, checker) = match converted(named, &options.profile.profile()) {
        Ok(made) => made,
        Err(error) => {
            let positions = source.positions(pointers(&error));
            console.say(&refusals(&source, &positions, named, error.refusals()).join("\n"));
            return Ok(Exit::Finding);
        }
    };
    let instance = Source::read(&options.instance, console.stdin())?;
    match rewrite(&named.schema, &contract, &checker, &instance) {
        Ok(value) => Ok(console.print(&pretty(&value), Exit::Success)),
        Err(Fault::Invalid(problems)) => {
            let positions = instance.value_positions(problems.iter().map(Problem::pointer));
            let line = |problem: &Problem| {
                instance.tell("error", positions.of(problem.pointer()), None, problem)
            };
            let lines: Vec<String> = problems.iter().map(line).collect();
            console.say(&lines.join("\n"));
            Ok(Exit::Finding)
        }
        Err(fault) => Err(Failure::input(format!("{}: {fault}", instance.shown.display()))),
    }
}

/// What a schema becomes, and the check of what comes back. Pointers of an error lead into the
/// file.
fn converted(named: &Named<'_>, profile: &Profile) -> Result<(Contract, Checker), SchemaError> {
    if let Form::OtherTool { kind } = named.form {
        let reason = format!("a tool of type `{}` has no schema", terminal::line(kind, 64));
        let help = "leave it out of the file: only functions have parameters";
        return Err(SchemaError::of_file(format!("{}/type", named.pointer), reason, help));
    }
    let made = Contract::strict(&named.schema, profile);
    usable(named, made)
}

/// Whether a schema can be used without any conversion. Pointers of an error lead into the file.
pub(super) fn as_it_stands(named: &Named<'_>) -> Result<(), SchemaError> {
    if matches!(named.form, Form::OtherTool { .. }) {
        return Ok(());
    }
    usable(named, Contract::given(named.schema.clone().into_owned(), false)).map(drop)
}

fn usable(
    named: &Named<'_>,
    contract: Result<Contract, SchemaError>,
) -> Result<(Contract, Checker), SchemaError> {
    let made = contract
        .and_then(
            |made| if named.form.is_for_arguments() { made.for_arguments() } else { Ok(made) },
        )
        .and_then(|contract| Ok((contract.checker()?, contract)));
    match made {
        Ok((checker, contract)) => Ok((contract, checker)),
        Err(error) => Err(error.under(&named.pointer)),
    }
}

pub(super) fn one_is_stdin<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<(), Failure> {
    if paths.into_iter().filter(|path| input::is_stdin(path)).count() > 1 {
        return Err(Failure::input("stdin: only one file can be `-`"));
    }
    Ok(())
}

fn note(file: &Path, name: Option<&str>, loss: &Loss) -> String {
    let file = file.display();
    let name = name.map(|name| format!("{}: ", terminal::line(name, 64))).unwrap_or_default();
    // A name with a line break would pass for a line of its own.
    let pointer = shorten_pointer(&loss.pointer, SHOWN_OF_POINTER).into_owned();
    let what = Loss { pointer, ..loss.clone() };
    format!("note: {file}: {name}{what}").replace('\n', " ")
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
