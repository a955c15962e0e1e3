//! `openai-tools schema lint`, and the lints of what was converted.

use serde_json::{Value, json};

use super::{
    Console, Exit,
    options::{LintLevel, LintOptions, ReportFormat},
    report::Failure,
    schema::{as_it_stands, one_is_stdin},
    schema_file::{Form, Named, Schemas},
    schema_report::{self, pretty},
    source::{Position, Source},
    terminal,
};
use crate::schema::{
    Level, Offer, Profile, Refusal, Violation, advise, format_name, lint, lint_offers,
    strict_left_out,
};

pub(super) fn execute(options: &LintOptions, console: &mut Console<'_>) -> Result<Exit, Failure> {
    one_is_stdin(options.files.iter().map(|path| &**path))?;
    let profile = options.profile.profile();
    let mut told = Told::default();
    let mut failures = Vec::new();
    for path in &options.files {
        let read = Source::read(path, console.stdin()).and_then(|source| {
            let schemas = Schemas::of(&source.value).map_err(|faults| source.failure(&faults))?;
            told.file(&source, &schemas, &profile, options.level);
            Ok(())
        });
        failures.extend(read.err().map(|failure| failure.message));
    }
    let Told { reports, mut lines, notes, schemas, findings } = told;
    let has_read = !reports.is_empty() || failures.is_empty();
    let exit = if findings == 0 { Exit::Success } else { Exit::Finding };
    let text = match options.report {
        ReportFormat::Json => pretty(&Value::Array(reports)),
        ReportFormat::Text => {
            let (name, date) = (profile.name(), profile.date());
            lines.extend(notes);
            lines.push(format!(
                "{schemas} {} checked against {name} of {date}: {findings} {}\n",
                if schemas == 1 { "schema" } else { "schemas" },
                if findings == 1 { "finding" } else { "findings" },
            ));
            terminal::block(&lines.join("\n"))
        }
    };
    // Nothing, where nothing was read: a count of 0 findings would look like good news.
    let exit = if has_read { console.print(&text, exit) } else { exit };
    if failures.is_empty() {
        return Ok(exit);
    }
    Err(Failure::input(failures.join("\nerror: ")))
}

/// What is told of all files.
#[derive(Default)]
struct Told {
    reports: Vec<Value>,
    lines: Vec<String>,
    notes: Vec<String>,
    schemas: usize,
    findings: usize,
}

impl Told {
    fn file(
        &mut self,
        source: &Source,
        schemas: &Schemas<'_>,
        profile: &Profile,
        least: LintLevel,
    ) {
        let mut found = Found::of(schemas, profile, true);
        found.keep(least);
        for (named, violations) in schemas.list.iter().zip(&found.of_each) {
            if let Form::OtherTool { kind } = named.form {
                let [position] = source.positions([&*named.pointer])[..] else { continue };
                let what = format!("a tool of type `{kind}` has no schema; it is passed over");
                self.notes.push(source.tell("note", position, named.name, what));
            } else {
                self.schemas += 1;
            }
            let mut report = self.report(source, named.name, violations);
            if let Err(error) = as_it_stands(named) {
                let refusals = refusals(source, named, error.refusals());
                self.findings += refusals.len();
                self.lines.extend(refusals);
                report["error"] = schema_report::error(&error, source);
            }
            self.reports.push(report);
        }
        if !found.of_list.is_empty() {
            let report = self.report(source, None, &found.of_list);
            self.reports.push(report);
        }
    }

    fn report(&mut self, source: &Source, name: Option<&str>, violations: &[Violation]) -> Value {
        self.findings += violations.len();
        self.lines.extend(lines(source, name, violations));
        json!({
            "file": source.shown.to_string_lossy(),
            "name": name,
            "lints": schema_report::lints(violations, source),
        })
    }
}

/// What is wrong with the schemas of a file; pointers lead into the file.
pub(super) struct Found {
    /// In the order of the file.
    pub(super) of_each: Vec<Vec<Violation>>,
    /// With all tools together.
    pub(super) of_list: Vec<Violation>,
}

impl Found {
    /// Looks at the schemas as they stand, or, where they are converted, at what conversion leaves
    /// to their author.
    pub(super) fn of(schemas: &Schemas<'_>, profile: &Profile, as_they_stand: bool) -> Self {
        let mut of_each: Vec<Vec<Violation>> = Vec::new();
        let mut offers = Vec::new();
        let mut tools = Vec::new();
        for (n, named) in schemas.list.iter().enumerate() {
            let name = named.name.unwrap_or_default();
            let mut found = Vec::new();
            match &named.form {
                Form::Tool { at, description, key, lacks_strict } => {
                    found.extend(lacks_strict.then(|| strict_left_out(at)));
                    tools.push(n);
                    offers.push(Offer {
                        at: at.clone(),
                        name,
                        description: *description,
                        parameters: key.map(|key| (key, &*named.schema)),
                        is_strict: as_they_stand,
                        is_rewritten: false,
                    });
                }
                Form::Answer { at } => {
                    found.extend(format_name(name, &format!("{at}/name"), profile));
                    found.extend(of_schema(named, profile, as_they_stand));
                }
                Form::Schema => found.extend(of_schema(named, profile, as_they_stand)),
                Form::OtherTool { .. } => {}
            }
            of_each.push(found);
        }
        let mut of_list = Vec::new();
        for (tool, violation) in lint_offers(&offers, schemas.pointer, profile) {
            match tool.and_then(|n| of_each.get_mut(*tools.get(n)?)) {
                Some(found) => found.push(violation),
                None => of_list.push(violation),
            }
        }
        for found in &mut of_each {
            found.sort_by_key(|violation| std::cmp::Reverse(violation.level));
        }
        Self { of_each, of_list }
    }

    fn keep(&mut self, least: LintLevel) {
        let is_kept =
            |violation: &Violation| least == LintLevel::Warning || violation.level == Level::Error;
        self.of_each.iter_mut().for_each(|found| found.retain(is_kept));
        self.of_list.retain(is_kept);
    }
}

fn of_schema(named: &Named<'_>, profile: &Profile, as_it_stands: bool) -> Vec<Violation> {
    let judge = if as_it_stands { lint } else { advise };
    let mut found = judge(&named.schema, profile);
    for violation in &mut found {
        violation.pointer.insert_str(0, &named.pointer);
    }
    found
}

/// Findings as text.
pub(super) fn lines(source: &Source, name: Option<&str>, violations: &[Violation]) -> Vec<String> {
    let positions = source.positions(violations.iter().map(|violation| &*violation.pointer));
    let line = |(violation, position): (&Violation, Position)| {
        let Violation { id, level, pointer, message, help, .. } = violation;
        let at = if pointer.is_empty() { String::new() } else { format!("at {pointer}: ") };
        let what = format!("{at}{message} [{id}] (help: {help})");
        source.tell(level.as_str(), position, name, what)
    };
    violations.iter().zip(positions).map(line).collect()
}

/// Refusals as text.
pub(super) fn refusals(source: &Source, named: &Named<'_>, refusals: &[Refusal]) -> Vec<String> {
    let positions = source.positions(refusals.iter().map(|refusal| &*refusal.pointer));
    let line = |(refusal, position)| source.tell("error", position, named.name, refusal);
    refusals.iter().zip(positions).map(line).collect()
}
