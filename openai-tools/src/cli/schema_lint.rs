//! `openai-tools schema lint`, and the lints of what was converted.

use serde_json::{Value, json};

use super::{
    Console, Exit,
    options::{LintLevel, LintOptions, ReportFormat},
    report::Failure,
    schema::{as_it_stands, one_is_stdin},
    schema_file::{Form, Named, Schemas},
    schema_report::{self, pretty},
    source::{Positions, Source},
    terminal,
};
use crate::schema::{
    Level, Offer, Profile, Refusal, SchemaError, Violation, advise, format_name, lint, lint_offers,
    shorten_pointer, strict_left_out,
};

pub(super) fn execute(options: &LintOptions, console: &mut Console<'_>) -> Result<Exit, Failure> {
    one_is_stdin(options.files.iter().map(|path| &**path))?;
    let profile = options.profile.profile();
    let mut told = Told::default();
    let mut failures = Vec::new();
    for path in &options.files {
        let read = Source::read(path, console.stdin()).and_then(|source| {
            let schemas = Schemas::of(&source.value).map_err(|faults| source.failure(&faults))?;
            told.file(&source, &schemas, &profile, options);
            Ok(())
        });
        failures.extend(read.err().map(|failure| failure.message));
    }
    let Told { has_read, reports, mut lines, notes, schemas, findings } = told;
    let has_read = has_read || failures.is_empty();
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
    has_read: bool,
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
        options: &LintOptions,
    ) {
        self.has_read = true;
        let is_text = options.report == ReportFormat::Text;
        let most = if is_text { MOST_LINES } else { MOST_REPORTED };
        let found = Found::of(schemas, profile, true, options.level, most);
        let mut room = most;
        let errors = schemas.list.iter().zip(&found.of_each).map(|(named, lints)| {
            let error = as_it_stands(named).err()?.without(|refusal| is_told(refusal, lints))?;
            Some(error.cut(&mut room))
        });
        let errors: Vec<Option<(SchemaError, usize)>> = errors.collect();
        let others = schemas.list.iter().filter(|named| is_other_tool(named)).take(MOST_LINES);
        let positions = source.positions(
            found
                .pointers()
                .chain(errors.iter().flatten().flat_map(|(error, _)| pointers(error)))
                .chain(others.map(|named| &*named.pointer)),
        );
        let (first, before) = (self.lines.len(), self.findings);
        for (n, named) in schemas.list.iter().enumerate() {
            if let Form::OtherTool { kind } = named.form {
                if self.notes.len() < MOST_LINES {
                    let position = positions.of(&named.pointer);
                    let kind = terminal::line(kind, 64);
                    let what = format!("a tool of type `{kind}` has no schema; it is passed over");
                    self.notes.push(source.tell("note", position, named.name, what));
                }
            } else {
                self.schemas += 1;
            }
            let (violations, more) = (&*found.of_each[n], found.more_of_each[n]);
            self.findings += violations.len() + more;
            if is_text {
                self.lines.extend(lines(source, &positions, named.name, violations));
            } else {
                self.report(source, &positions, named.name, violations, more);
            }
            let Some((error, more)) = &errors[n] else { continue };
            self.findings += error.refusals().len() + more;
            if !is_text {
                if let Some(report) = self.reports.last_mut() {
                    report["error"] = schema_report::error(error, &positions);
                }
            } else if self.lines.len() - first < MOST_LINES {
                self.lines.extend(refusals(source, &positions, named, error.refusals()));
            }
        }
        self.findings += found.of_list.len();
        if is_text {
            self.lines.extend(lines(source, &positions, None, &found.of_list));
        } else if !found.of_list.is_empty() {
            self.report(source, &positions, None, &found.of_list, 0);
        }
        if is_text {
            cut(&mut self.lines, first, self.findings - before, source);
        }
    }

    fn report(
        &mut self,
        source: &Source,
        positions: &Positions<'_>,
        name: Option<&str>,
        violations: &[Violation],
        more: usize,
    ) {
        let mut report = json!({
            "file": source.shown.to_string_lossy(),
            "name": name,
            "lints": schema_report::lints(violations, positions),
        });
        if more > 0 {
            report["more"] = more.into();
        }
        self.reports.push(report);
    }
}

/// Cuts the lines from `first` on where there are more than people read; `all` is how many there
/// are to tell.
pub(super) fn cut(lines: &mut Vec<String>, first: usize, all: usize, source: &Source) {
    lines.truncate(first + MOST_LINES);
    let more = all.saturating_sub(lines.len() - first);
    if more > 0 {
        lines.push(format!("note: {}: and {more} more", source.shown.display()));
    }
}

/// What is wrong with the schemas of a file; pointers lead into the file.
pub(super) struct Found {
    /// In the order of the file.
    pub(super) of_each: Vec<Vec<Violation>>,
    /// How many more there are than are kept.
    more_of_each: Vec<usize>,
    /// With all tools together.
    pub(super) of_list: Vec<Violation>,
    least: LintLevel,
    room: usize,
}

impl Found {
    /// Looks at the schemas as they stand, or, where they are converted, at what conversion leaves
    /// to their author. Keeps `most` of what is of the level; what is beyond is counted.
    pub(super) fn of(
        schemas: &Schemas<'_>,
        profile: &Profile,
        as_they_stand: bool,
        least: LintLevel,
        most: usize,
    ) -> Self {
        let count = schemas.list.len();
        let (of_each, more_of_each) = (vec![Vec::new(); count], vec![0; count]);
        let mut all = Self { of_each, more_of_each, of_list: Vec::new(), least, room: most };
        let mut offers = Vec::new();
        let mut tools = Vec::new();
        for (n, named) in schemas.list.iter().enumerate() {
            let name = named.name.unwrap_or_default();
            match &named.form {
                Form::Tool { at, description, key, lacks_strict } => {
                    all.add(n, lacks_strict.then(|| strict_left_out(at)));
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
                    all.add(n, format_name(name, &format!("{at}/name"), profile));
                    all.add(n, of_schema(named, profile, as_they_stand));
                }
                Form::Schema => all.add(n, of_schema(named, profile, as_they_stand)),
                Form::OtherTool { .. } => {}
            }
        }
        for (tool, violation) in lint_offers(&offers, schemas.pointer, profile) {
            match tool.and_then(|n| tools.get(n)) {
                Some(&n) => all.add(n, [violation]),
                None if all.is_asked_for(&violation) => all.of_list.push(violation),
                None => {}
            }
        }
        for found in &mut all.of_each {
            found.sort_by_key(|violation| std::cmp::Reverse(violation.level));
        }
        all
    }

    fn add(&mut self, schema: usize, found: impl IntoIterator<Item = Violation>) {
        for violation in found {
            if !self.is_asked_for(&violation) {
                continue;
            }
            if let Some(room) = self.room.checked_sub(1) {
                self.room = room;
                self.of_each[schema].push(violation);
            } else {
                self.more_of_each[schema] += 1;
            }
        }
    }

    fn is_asked_for(&self, violation: &Violation) -> bool {
        self.least == LintLevel::Warning || violation.level == Level::Error
    }

    /// Where there is something to tell.
    pub(super) fn pointers(&self) -> impl Iterator<Item = &str> {
        let of_each = self.of_each.iter().flatten();
        of_each.chain(&self.of_list).map(|violation| &*violation.pointer)
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

/// Whether a lint says of a place what a refusal says of it.
fn is_told(refusal: &Refusal, lints: &[Violation]) -> bool {
    let is_same = |id| {
        matches!(id, "not-a-schema" | "remote-reference" | "unknown-type" | "unresolved-reference")
    };
    lints.iter().any(|lint| is_same(lint.id) && lint.pointer == refusal.pointer)
}

fn is_other_tool(named: &Named<'_>) -> bool {
    matches!(named.form, Form::OtherTool { .. })
}

/// The places of what is refused.
pub(super) fn pointers(error: &SchemaError) -> impl Iterator<Item = &str> {
    error.refusals().iter().map(|refusal| &*refusal.pointer)
}

/// Findings as text.
pub(super) fn lines(
    source: &Source,
    positions: &Positions<'_>,
    name: Option<&str>,
    violations: &[Violation],
) -> Vec<String> {
    let line = |violation: &Violation| {
        let Violation { id, level, pointer, message, help, .. } = violation;
        let what = format!("{}{message} [{id}] (help: {help})", at(pointer));
        source.tell(level.as_str(), positions.of(pointer), name, what)
    };
    violations.iter().map(line).collect()
}

/// Refusals as text.
pub(super) fn refusals(
    source: &Source,
    positions: &Positions<'_>,
    named: &Named<'_>,
    refusals: &[Refusal],
) -> Vec<String> {
    let line = |refusal: &Refusal| {
        let Refusal { pointer, reason, help, .. } = refusal;
        let what = format!("{}{reason} (help: {help})", at(pointer));
        source.tell("error", positions.of(pointer), named.name, what)
    };
    refusals.iter().map(line).collect()
}

fn at(pointer: &str) -> String {
    if pointer.is_empty() {
        return String::new();
    }
    format!("at {}: ", shorten_pointer(pointer, SHOWN_OF_POINTER))
}

/// Characters of a pointer in a line; the JSON report has up to 1,024.
pub(super) const SHOWN_OF_POINTER: usize = 200;
/// Findings of a file that are told as text.
pub(super) const MOST_LINES: usize = 1_000;
/// Lints of a file that the JSON report holds.
pub(super) const MOST_REPORTED: usize = 10_000;
