//! `openai-tools lock` and `openai-tools diff`.

use std::{collections::BTreeMap, fmt::Write, fs, io::ErrorKind, path::Path};

use serde_json::{Value, json};

use super::{
    Console, Exit,
    contract_file::{ContractFile, Promise, locked, locked_custom, on_disk, place},
    contract_options::{DiffOptions, LockOptions},
    options::ReportFormat,
    report::Failure,
    schema::{as_it_stands, one_is_stdin},
    schema_file::{Form, Schemas},
    schema_lint::{pointers, refusals},
    schema_report::pretty,
    source::{Position, Source},
    terminal,
};
use crate::contract::{Change, Class, Comparison, Lock, LockedTool, compare, compare_schemas};

/// Runs `openai-tools diff`.
pub(super) fn diff(options: &DiffOptions, console: &mut Console<'_>) -> Exit {
    ended(compared(options, console), console)
}

/// Runs `openai-tools lock`.
pub(super) fn lock(options: &LockOptions, console: &mut Console<'_>) -> Exit {
    ended(write_lock(options, console), console)
}

fn ended(done: Result<Exit, Failure>, console: &mut Console<'_>) -> Exit {
    done.unwrap_or_else(|failure| {
        console.say(&format!("error: {}", failure.message));
        Exit::Failure
    })
}

fn compared(options: &DiffOptions, console: &mut Console<'_>) -> Result<Exit, Failure> {
    one_is_stdin([Path::new(&options.old), Path::new(&options.new)])?;
    let old = ContractFile::named(&options.old, console.stdin())?;
    let new = ContractFile::named(&options.new, console.stdin())?;
    let comparison = match (&old.promise, &new.promise) {
        (Promise::Schema(old), Promise::Schema(new)) => compare_schemas(old, new),
        _ => compare(&old.lock(), &new.lock()),
    };
    let is_finding = |class: Class| options.fail_on.is_finding(class, options.allow_undecided);
    let findings = comparison.changes().iter().filter(|one| is_finding(one.class())).count();
    let exit = if findings == 0 { Exit::Success } else { Exit::Finding };
    let text = match options.report {
        ReportFormat::Json => pretty(&report(&comparison, findings, &old, &new)),
        ReportFormat::Text => {
            let columns = console.columns().min(MAX_COLUMNS);
            terminal::block(&comparison.to_text(columns))
        }
    };
    Ok(console.print(&text, exit))
}

fn report(
    comparison: &Comparison,
    findings: usize,
    old: &ContractFile,
    new: &ContractFile,
) -> Value {
    let pointers = |file: &ContractFile| -> Vec<Option<String>> {
        let changes = comparison.changes().iter();
        changes.map(|change| file.pointer(&change.tool, &change.pointer)).collect()
    };
    let is_there = |file: &ContractFile, pointer: &Option<String>| {
        pointer.as_ref().is_some_and(|pointer| file.source.value.pointer(pointer).is_some())
    };
    let (of_old, of_new) = (pointers(old), pointers(new));
    let old_places = old.positions(of_old.iter().flatten().map(String::as_str));
    let new_places = new.positions(of_new.iter().flatten().map(String::as_str));
    let one = |(n, change): (usize, &Change)| {
        // A place that is gone is shown where it was.
        let is_gone = !is_there(new, &of_new[n]) && is_there(old, &of_old[n]);
        let (file, pointer, places) =
            if is_gone { (old, &of_old[n], &old_places) } else { (new, &of_new[n], &new_places) };
        let pointer = pointer.as_deref().unwrap_or_default();
        let Position { line, column, .. } = places.of(pointer);
        let mut json = change.to_json();
        json["file"] = file.source.shown.to_string_lossy().into();
        json["file_pointer"] = pointer.into();
        json["line"] = line.into();
        json["column"] = column.into();
        json
    };
    let changes: Vec<Value> = comparison.changes().iter().enumerate().map(one).collect();
    let mut summary = json!({
        "class": comparison.class().map(Class::as_str),
        "changes": changes.len(),
        "findings": findings,
    });
    for class in Class::all().iter().rev() {
        summary[class.as_str()] = comparison.count(*class).into();
    }
    json!({"changes": changes, "summary": summary})
}

fn write_lock(options: &LockOptions, console: &mut Console<'_>) -> Result<Exit, Failure> {
    one_is_stdin(options.files.iter().map(|path| &**path))?;
    let mut gathered = Gathered::default();
    for path in &options.files {
        gathered.take(Source::read(path, console.stdin())?)?;
    }
    let Gathered { tools, notes, errors } = gathered;
    if !notes.is_empty() || !errors.is_empty() {
        console.say(&[notes, errors.clone()].concat().join("\n"));
    }
    if !errors.is_empty() {
        return Ok(Exit::Finding);
    }
    let lock = Lock::of(tools.into_values().map(|(tool, _)| tool));
    let Some(out) = on_disk(&options.out) else {
        if options.check {
            return Err(Failure::input("--check needs a lock file on disk: give --out FILE"));
        }
        return Ok(console.print(&terminal::block(&lock.to_text()), Exit::Success));
    };
    let known = known(&out)?;
    if options.check {
        return Ok(checked(&lock, known.as_ref(), &out, console));
    }
    let shown = out.display();
    if known.as_ref() != Some(&lock) {
        fs::write(&out, lock.to_text())
            .map_err(|error| Failure::input(format!("{shown}: {error}")))?;
    }
    let count = lock.tools().len();
    let tools = if count == 1 { "tool" } else { "tools" };
    let mut text = String::new();
    if let Some(known) = known {
        text = compare(&known, &lock).to_text(console.columns().min(MAX_COLUMNS));
    }
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{shown}: {count} {tools}");
    Ok(console.print(&terminal::block(&text), Exit::Success))
}

/// What a lock file on disk says; `None` if there is none.
fn known(path: &Path) -> Result<Option<Lock>, Failure> {
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        _ => {}
    }
    let source = Source::read(path, &mut std::io::empty())?;
    if !Lock::is_one(&source.value) {
        let shown = path.display();
        return Err(Failure::input(format!(
            "{shown}: this is no lock file, and is left as it is; give another --out"
        )));
    }
    Ok(Some(ContractFile::of(source)?.lock()))
}

fn checked(lock: &Lock, known: Option<&Lock>, out: &Path, console: &mut Console<'_>) -> Exit {
    let shown = out.display();
    let Some(known) = known else {
        console.say(&format!("error: {shown}: missing (help: write it without --check)"));
        return Exit::Finding;
    };
    let comparison = compare(known, lock);
    let columns = console.columns().min(MAX_COLUMNS);
    if known == lock {
        let text = format!("{shown}: no change\n");
        return console.print(&terminal::block(&text), Exit::Success);
    }
    // The profile is noted by whoever wrote the lock file with more than these definitions.
    if comparison.is_empty() && known.tools().eq(lock.tools()) {
        let text = format!("{shown}: no change\n");
        return console.print(&terminal::block(&text), Exit::Success);
    }
    let mut text = comparison.to_text(columns);
    if comparison.is_empty() {
        text = format!("{shown}: the same is written in another way\n");
    }
    let exit = console.print(&terminal::block(&text), Exit::Finding);
    console.say(&format!("error: {shown}: it is not up to date (help: write it without --check)"));
    exit
}

/// The tools of all files.
#[derive(Default)]
struct Gathered {
    /// With the file that each is from.
    tools: BTreeMap<String, (LockedTool, String)>,
    notes: Vec<String>,
    errors: Vec<String>,
}

impl Gathered {
    fn take(&mut self, source: Source) -> Result<(), Failure> {
        if Lock::is_one(&source.value) {
            let shown = source.shown.display().to_string();
            for tool in ContractFile::of(source)?.lock().tools() {
                self.add(tool.clone(), &shown, &format!("error: {shown}: "));
            }
            return Ok(());
        }
        let schemas = Schemas::of(&source.value).map_err(|faults| source.failure(&faults))?;
        let unusable: Vec<_> = schemas.list.iter().map(|named| as_it_stands(named).err()).collect();
        let places: Vec<(String, String)> = schemas.list.iter().map(place).collect();
        let positions = source.positions(
            places.iter().map(|(at, _)| &**at).chain(unusable.iter().flatten().flat_map(pointers)),
        );
        for (n, named) in schemas.list.iter().enumerate() {
            let position = positions.of(&places[n].0);
            let shown = source.shown.display().to_string();
            if let Some(tool) = locked_custom(named) {
                let told = source.tell("error", position, Some(tool.name()), TWICE);
                self.add(tool, &shown, &told);
                continue;
            }
            if let Form::OtherTool { kind } = named.form {
                let kind = terminal::line(kind, 64);
                let what = format!("a tool of type `{kind}` has no schema; it is passed over");
                self.notes.push(source.tell("note", position, named.name, what));
                continue;
            }
            if let Some(error) = &unusable[n] {
                self.errors.extend(refusals(&source, &positions, named, error.refusals()));
                continue;
            }
            if named.name.is_none() {
                let what = "a schema without a name (help: give it a `title`)";
                self.errors.push(source.tell("error", position, None, what));
                continue;
            }
            let tool = locked(named, &source.value, n);
            let told = source.tell("error", position, named.name, TWICE);
            self.add(tool, &shown, &told);
        }
        Ok(())
    }

    fn add(&mut self, tool: LockedTool, file: &str, told: &str) {
        let name = tool.name().to_owned();
        if let Some((_, first)) = self.tools.get(&name) {
            let name = terminal::line(&name, 64);
            let what = format!("the name `{name}` stands in {first} already");
            self.errors.push(if told.contains(TWICE) {
                told.replacen(TWICE, &what, 1)
            } else {
                format!("{told}{what}")
            });
            return;
        }
        self.tools.insert(name, (tool, file.to_owned()));
    }
}

/// Stands for what is only known where the tool is added.
const TWICE: &str = "the name stands twice";
/// Longer lines are hard to read, however wide the terminal.
const MAX_COLUMNS: usize = 120;
