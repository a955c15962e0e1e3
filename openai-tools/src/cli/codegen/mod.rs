//! `openai-tools codegen`: Rust types for a contract that was made elsewhere.
//!
//! A schema is read into types ([`read`]); what schemars will make of these is predicted
//! ([`predict`]) and held against the contract ([`same`]); where it differs, the schema of that
//! place is kept as it stands, and all is tried again ([`generate`]); then they are written
//! ([`write`]).

mod boxes;
mod case;
mod generate;
mod kept;
mod lines;
mod merge;
mod model;
mod names;
mod options;
mod pointer;
mod predict;
mod read;
mod same;
mod scalar;
mod shape;
mod text;
mod union;
mod write;

use std::{
    collections::HashMap,
    fs,
    io::{self, ErrorKind},
    path::Path,
};

use self::{generate::Generator, model::Tool};
use super::{
    Console, Exit,
    contract_file::{on_disk, place},
    input,
    report::Failure,
    schema_file::{Form, Named, Schemas},
    schema_lint::{pointers, refusals},
    source::Source,
    terminal,
};
use crate::{ids::ToolName, schema::SchemaError};

pub(super) use self::options::CodegenOptions;

/// Runs the command. The types go to stdout or into the file, what is wrong to stderr.
pub(super) fn execute(options: &CodegenOptions, console: &mut Console<'_>) -> Exit {
    generate(options, console).unwrap_or_else(|failure| {
        console.say(&format!("error: {}", failure.message));
        Exit::Failure
    })
}

fn generate(options: &CodegenOptions, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let out = on_disk(&options.out);
    if options.check && out.is_none() {
        return Err(Failure::input("--check needs a file on disk: give --out FILE"));
    }
    let source = Source::read(&options.file, console.stdin())?;
    let schemas = Schemas::of(&source.value).map_err(|faults| source.failure(&faults))?;
    let formats = options.crates.iter().flat_map(|of| of.types().iter().copied()).collect();
    let mut generator = Generator::new(formats);
    let mut roots = Vec::new();
    let mut notes = Vec::new();
    let mut refused = Vec::new();
    let mut names = HashMap::new();
    for (n, named) in schemas.list.iter().enumerate() {
        if let Form::OtherTool { kind } = named.form {
            notes.push((named, kind));
            continue;
        }
        let made = root_name(named, n, &source, schemas.is_list).and_then(|(name, tool)| {
            if let Some(tool) = &tool {
                first_of_its_name(&mut names, &tool.name, named)?;
            }
            let made = generator.add(&named.schema, &name, tool);
            made.map_err(|error| error.under(&named.pointer))
        });
        match made {
            Ok(id) => roots.push(id),
            Err(error) => refused.push((named, error)),
        }
    }
    say(&source, &notes, &refused, console);
    if !refused.is_empty() {
        return Ok(Exit::Finding);
    }
    let text = write::write(&generator.types, &roots, &options.derives);
    let Some(out) = out else { return Ok(console.print(&text, Exit::Success)) };
    let shown = out.display();
    let known = known(&out)?;
    if options.check {
        // A checkout may have changed the ends of the lines.
        if known.as_ref().is_some_and(|known| known.lines().eq(text.lines())) {
            return Ok(Exit::Success);
        }
        let what = if known.is_some() { "it is not what the contract gives" } else { "missing" };
        console.say(&format!("error: {shown}: {what} (help: write it without --check)"));
        return Ok(Exit::Finding);
    }
    if known.is_some_and(|known| known.lines().next() != write::HEAD.lines().next()) {
        return Err(Failure::input(format!(
            "{shown}: it was not written by codegen, and is left as it is; give another --out"
        )));
    }
    fs::write(&out, text).map_err(|error| Failure::input(format!("{shown}: {error}")))?;
    Ok(Exit::Success)
}

/// What a file says; `None` if there is none.
fn known(path: &Path) -> Result<Option<String>, Failure> {
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        _ => input::file_text(path, &mut io::empty()).map(Some),
    }
}

/// What the type of a schema is called, and the tool that it is. Pointers lead into the file.
fn root_name(
    named: &Named<'_>,
    n: usize,
    source: &Source,
    is_list: bool,
) -> Result<(String, Option<Tool>), SchemaError> {
    let Form::Tool { at, description, .. } = &named.form else {
        let file = || source.shown.file_stem().and_then(|stem| stem.to_str().map(str::to_owned));
        let name = named.name.map(str::to_owned).filter(|name| !names::pascal(name).is_empty());
        let name = match name {
            Some(name) => name,
            None if is_list => format!("Schema{n}"),
            None => file().map_or_else(String::new, |name| name.replace(".schema", "")),
        };
        return Ok((name, None));
    };
    let name = named.name.unwrap_or_default();
    if let Err(error) = ToolName::parse(name) {
        let help = "give the tool a name that servers take";
        return Err(SchemaError::of_file(format!("{at}/name"), error.to_string(), help));
    }
    let description = description.map(str::trim).filter(|text| !text.is_empty());
    let tool = Tool { name: name.to_owned(), description: description.map(str::to_owned) };
    Ok((name.to_owned(), Some(tool)))
}

fn first_of_its_name(
    names: &mut HashMap<String, String>,
    name: &str,
    tool: &Named<'_>,
) -> Result<(), SchemaError> {
    let (at, _) = place(tool);
    let Some(first) = names.insert(name.to_owned(), at.clone()) else { return Ok(()) };
    let reason = format!("`{}` is the name of the tool at {first} too", terminal::line(name, 64));
    Err(SchemaError::of_file(format!("{at}/name"), reason, "give one of them another name"))
}

/// Tells what is passed over and what is refused.
fn say(
    source: &Source,
    notes: &[(&Named<'_>, &str)],
    refused: &[(&Named<'_>, SchemaError)],
    console: &mut Console<'_>,
) {
    let of_notes = notes.iter().map(|(named, _)| &*named.pointer);
    let positions =
        source.positions(of_notes.chain(refused.iter().flat_map(|(_, error)| pointers(error))));
    let mut lines: Vec<String> = notes
        .iter()
        .take(MOST_TOLD)
        .map(|(named, kind)| {
            let kind = terminal::line(kind, 64);
            let what = format!("a tool of type `{kind}` has no schema; it is passed over");
            source.tell("note", positions.of(&named.pointer), named.name, what)
        })
        .collect();
    for (named, error) in refused {
        if lines.len() < MOST_TOLD {
            lines.extend(refusals(source, &positions, named, error.refusals()));
        }
    }
    let all = notes.len() + refused.iter().map(|(_, error)| error.refusals().len()).sum::<usize>();
    lines.truncate(MOST_TOLD);
    if all > lines.len() {
        lines.push(format!("note: {}: and {} more", source.shown.display(), all - lines.len()));
    }
    if !lines.is_empty() {
        console.say(&lines.join("\n"));
    }
}

const MOST_TOLD: usize = 100;
