//! A file that holds a contract: a lock file, tool definitions, or a schema; from disk, stdin or a
//! git revision.

use std::{
    collections::HashMap,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use super::{
    report::Failure,
    schema_file::{Form, Named, Schemas},
    source::{Positions, Source},
    terminal,
};
use crate::{
    contract::{Lock, LockedTool},
    tool::ToolDefinition,
};

/// What a file promises, and where in it.
pub(super) struct ContractFile {
    pub(super) source: Source,
    pub(super) promise: Promise,
    /// Where the tools are, by name: the object, and its schema.
    places: HashMap<String, (String, String)>,
}

pub(super) enum Promise {
    /// One schema, of whatever it is.
    Schema(Value),
    Tools(Lock),
}

impl ContractFile {
    /// Reads what is named on the command line.
    pub(super) fn named(name: &str, stdin: &mut dyn Read) -> Result<Self, Failure> {
        let source = match name.strip_prefix("git:") {
            Some(revision) => Source::of(Path::new(name), of_git(name, revision)?)?,
            None => Source::read(Path::new(name), stdin)?,
        };
        Self::of(source)
    }

    pub(super) fn of(source: Source) -> Result<Self, Failure> {
        if Lock::is_one(&source.value) {
            return Self::of_lock(source);
        }
        let schemas = Schemas::of(&source.value).map_err(|faults| source.failure(&faults))?;
        if let [Named { form: Form::Schema | Form::Answer { .. }, schema, pointer, .. }] =
            &*schemas.list
        {
            let (schema, pointer) = (schema.clone().into_owned(), pointer.clone());
            let places = HashMap::from([(String::new(), (pointer.clone(), pointer))]);
            return Ok(Self { promise: Promise::Schema(schema), places, source });
        }
        let mut places = HashMap::new();
        let mut tools = Vec::new();
        let mut twice = None;
        for (n, named) in schemas.list.iter().enumerate() {
            let tool = match (locked_custom(named), &named.form) {
                (Some(tool), _) => tool,
                (None, Form::OtherTool { .. }) => continue,
                _ => locked(named, &source.value, n),
            };
            let (at, pointer) = place(named);
            if places.insert(tool.name().to_owned(), (at.clone(), pointer)).is_some() {
                twice = twice.or(Some((tool.name().to_owned(), at)));
            }
            tools.push(tool);
        }
        if let Some((name, at)) = twice {
            let position = source.positions([&*at]).of(&at);
            let name = terminal::line(&name, 64);
            let what = format!("the tool `{name}` stands twice; give one another name");
            let told = source.tell("error", position, None, what);
            return Err(Failure::input(told.strip_prefix("error: ").unwrap_or(&told)));
        }
        Ok(Self { promise: Promise::Tools(Lock::of(tools)), places, source })
    }

    fn of_lock(source: Source) -> Result<Self, Failure> {
        let lock = Lock::from_json(&source.value).map_err(|error| {
            let position = source.positions([error.pointer()]).of(error.pointer());
            let what = format!("{error} (help: write it anew with `openai-tools lock`)");
            let told = source.tell("error", position, None, what);
            Failure::input(told.strip_prefix("error: ").unwrap_or(&told))
        })?;
        let tools = source.value["tools"].as_array().into_iter().flatten().enumerate();
        let places = tools.filter_map(|(n, tool)| {
            let at = format!("/tools/{n}");
            Some((tool["name"].as_str()?.to_owned(), (at.clone(), format!("{at}/parameters"))))
        });
        Ok(Self { places: places.collect(), promise: Promise::Tools(lock), source })
    }

    /// What it promises as tools; one schema is a tool without a name.
    pub(super) fn lock(&self) -> Lock {
        match &self.promise {
            Promise::Schema(schema) => Lock::of([LockedTool::new("", schema.clone())]),
            Promise::Tools(lock) => lock.clone(),
        }
    }

    /// Where in the file a place of a tool is.
    pub(super) fn pointer(&self, tool: &str, pointer: &str) -> Option<String> {
        let (at, schema) = self.places.get(tool)?;
        Some(match (&self.promise, pointer.strip_prefix("/parameters")) {
            (Promise::Schema(_), _) => format!("{schema}{pointer}"),
            (_, Some(inside)) => format!("{schema}{inside}"),
            (_, None) => format!("{at}{pointer}"),
        })
    }

    pub(super) fn positions<'p>(
        &self,
        pointers: impl IntoIterator<Item = &'p str>,
    ) -> Positions<'p> {
        self.source.positions(pointers)
    }
}

/// Where a tool and its schema are.
pub(super) fn place(named: &Named<'_>) -> (String, String) {
    let at = match &named.form {
        Form::Answer { at } | Form::Tool { at, .. } => at.clone(),
        Form::OtherTool { .. } | Form::Schema => named.pointer.clone(),
    };
    (at, named.pointer.clone())
}

/// What a custom tool promises, if it is one.
pub(super) fn locked_custom(named: &Named<'_>) -> Option<LockedTool> {
    let Form::OtherTool { kind: "custom" } = named.form else { return None };
    ToolDefinition::from_json(&named.schema).ok().as_ref().map(LockedTool::from)
}

/// What a definition promises as it stands.
pub(super) fn locked(named: &Named<'_>, file: &Value, n: usize) -> LockedTool {
    let name = named.name.map_or_else(|| format!("#{n}"), str::to_owned);
    let mut tool = LockedTool::new(name, named.schema.clone().into_owned());
    let (at, _) = place(named);
    if let Some(object) = file.pointer(&at) {
        let strict = object.get("strict").is_some_and(|strict| *strict == true);
        tool = tool.with_strict(strict).with_form_of(object);
    }
    match &named.form {
        Form::Tool { description: Some(description), .. } => tool.with_description(*description),
        _ => tool,
    }
}

/// A file of a revision, as git has it. Nothing of what is named can pass for an option.
fn of_git(name: &str, revision: &str) -> Result<String, Failure> {
    let refuse = |why: &str| Failure::input(format!("{}: {why}", terminal::line(name, 200)));
    let Some((revision, path)) = revision.split_once(':') else {
        return Err(refuse("write `git:REV:PATH`, such as `git:HEAD:tools.json`"));
    };
    if revision.starts_with('-') || revision.is_empty() || path.is_empty() {
        return Err(refuse("no revision of git is called so; write `git:REV:PATH`"));
    }
    // `cat-file` runs no filter, pager or converter that a repository could name.
    let mut child = Command::new("git")
        .args(["cat-file", "blob"])
        .arg(format!("{revision}:{path}"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| refuse(&format!("git does not start: {error}")))?;
    let mut bytes = Vec::new();
    let read = child.stdout.take().map(|out| out.take(MAX_FILE + 1).read_to_end(&mut bytes));
    if bytes.len() as u64 > MAX_FILE {
        // What is left of it is of no use; that it has ended already is no failure.
        let _ = child.kill();
    }
    let ended = child.wait_with_output().map_err(|error| refuse(&error.to_string()))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(refuse(&format!("over {} MB", MAX_FILE >> 20)));
    }
    if !ended.status.success() {
        let said = String::from_utf8_lossy(&ended.stderr);
        return Err(refuse(&format!("git says: {}", terminal::line(&said, 300))));
    }
    if let Some(Err(error)) = read {
        return Err(refuse(&error.to_string()));
    }
    let text = String::from_utf8(bytes).map_err(|_| refuse("not UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

/// Where a lock file is written, unless it is stdout.
pub(super) fn on_disk(path: &Path) -> Option<PathBuf> {
    (path != Path::new("-")).then(|| path.to_owned())
}

const MAX_FILE: u64 = 64 << 20;
