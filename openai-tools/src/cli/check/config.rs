//! `openai-tools.toml`: options that are not given on the command line.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use toml::{Table, Value};

use super::options::CheckOptions;
use crate::{
    cli::{report::Failure, terminal},
    data::Kind,
    schema::nearest,
};

/// The name of the file that is looked for.
pub(super) const FILE: &str = "openai-tools.toml";

/// Fills in what was not said on the command line.
pub(super) fn fill(options: &mut CheckOptions, folder: Option<&Path>) -> Result<(), Failure> {
    let path = match (&options.config, options.no_config) {
        (_, true) => return Ok(()),
        (Some(path), _) => path.clone(),
        (None, _) => match folder.and_then(found) {
            Some(path) => path,
            None => return Ok(()),
        },
    };
    let shown = path.display();
    let mut text = String::new();
    let read_all = |path: &Path, text: &mut String| {
        fs::File::open(path)?.take(LARGEST + 1).read_to_string(text)
    };
    let size =
        read_all(&path, &mut text).map_err(|error| Failure::input(format!("{shown}: {error}")))?;
    if size as u64 > LARGEST {
        return Err(Failure::input(format!("{shown}: over {LARGEST} bytes")));
    }
    let base = path.parent().unwrap_or(Path::new(""));
    // Reports name files as seen from here where they are below.
    let base = folder.and_then(|folder| base.strip_prefix(folder).ok()).unwrap_or(base);
    read(options, &text, base).map_err(|why| Failure::input(format!("{shown}{why}")))
}

/// The nearest file of the name, from a folder upwards.
fn found(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().map(|folder| folder.join(FILE)).find(|path| path.is_file())
}

fn read(options: &mut CheckOptions, text: &str, base: &Path) -> Result<(), String> {
    let file: Table = text.parse().map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let before = &text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!(":{line}:{column}: {}", error.message().replace('\n', " "))
    })?;
    if let Some(table) = file.keys().find(|table| *table != "check") {
        return Err(unknown(text, table, "table", &["check"]));
    }
    let check = match file.get("check") {
        None => return Ok(()),
        Some(Value::Table(check)) => check,
        Some(_) => return Err(": `check` is a table: write [check]".to_owned()),
    };
    // A schema alone says that records are instances, which tools from a file would change.
    let says_instances = options.schema.is_some() && options.tools.is_none();
    for (key, value) in check {
        let key: &str = key;
        let of = |error: &str| format!("{}: `{key}` {error}", place(text, key));
        let given = Given { value, base };
        match key {
            "color" => keep(&mut options.color, given.one_of()),
            "data" => given.paths().map(|paths| {
                if options.data.is_empty() {
                    options.data = paths;
                }
            }),
            "format" => keep(&mut options.format, given.one_of()),
            "kind" => keep(&mut options.kind, given.kind()),
            "level" => keep(&mut options.level, given.one_of()),
            "max-errors" => keep(&mut options.max_errors, given.count()),
            "max-record" => keep(&mut options.max_record, given.count()),
            "report" => keep(&mut options.report, given.one_of()),
            "schema" => keep(&mut options.schema, given.path()),
            "threads" => keep(&mut options.threads, given.count()),
            "tools" if says_instances => given.path().map(drop),
            "tools" => keep(&mut options.tools, given.path()),
            _ => return Err(unknown(text, key, "key", KEYS)),
        }
        .map_err(|error| of(&error))?;
    }
    Ok(())
}

/// What the command line says goes first.
fn keep<T>(option: &mut Option<T>, given: Result<T, String>) -> Result<(), String> {
    let given = given?;
    option.get_or_insert(given);
    Ok(())
}

fn unknown(text: &str, key: &str, what: &str, known: &[&str]) -> String {
    let remedy = match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", known.join(", ")),
    };
    format!("{}: no {what} is called `{}`; {remedy}", place(text, key), terminal::line(key, 64))
}

/// The line in which a key is set, as people write it.
fn place(text: &str, key: &str) -> String {
    let sets = |line: &str| {
        let line = line.trim_start().trim_start_matches(['[', '"', '\'', ' ']);
        let rest = line.strip_prefix(key);
        rest.is_some_and(|rest| {
            !rest.starts_with(|c: char| c.is_alphanumeric() || "_-".contains(c))
        })
    };
    let line = text.lines().position(sets);
    line.map(|line| format!(":{}", line + 1)).unwrap_or_default()
}

struct Given<'a> {
    value: &'a Value,
    base: &'a Path,
}

impl Given<'_> {
    fn text(&self) -> Result<&str, String> {
        self.value.as_str().ok_or_else(|| "is a text".to_owned())
    }

    fn one_of<T: ValueEnum>(&self) -> Result<T, String> {
        T::from_str(self.text()?, false).map_err(|_| {
            let names = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            let names: Vec<_> = names.map(|name| name.get_name().to_owned()).collect();
            format!("is one of {}", names.join(", "))
        })
    }

    fn kind(&self) -> Result<Kind, String> {
        Kind::named(self.text()?).ok_or_else(|| {
            let names: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            format!("is one of {}", names.join(", "))
        })
    }

    fn count(&self) -> Result<usize, String> {
        let count = self.value.as_integer().and_then(|count| usize::try_from(count).ok());
        count.ok_or_else(|| "is a number, 0 or more".to_owned())
    }

    fn path(&self) -> Result<PathBuf, String> {
        Ok(self.at_base(self.text()?))
    }

    /// A path from the folder of the file; stdin is nowhere.
    fn at_base(&self, path: &str) -> PathBuf {
        if path == "-" { PathBuf::from(path) } else { self.base.join(path) }
    }

    fn paths(&self) -> Result<Vec<String>, String> {
        let one = |value: &Value| {
            let text = value.as_str().ok_or_else(|| "is a list of texts".to_owned())?;
            Ok(self.at_base(text).to_string_lossy().into_owned())
        };
        match self.value {
            Value::Array(list) => list.iter().map(one).collect(),
            value => Ok(vec![one(value)?]),
        }
    }
}

/// More than any such file has.
const LARGEST: u64 = 1 << 20;
const KEYS: &[&str] = &[
    "color",
    "data",
    "format",
    "kind",
    "level",
    "max-errors",
    "max-record",
    "report",
    "schema",
    "threads",
    "tools",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<CheckOptions, String> {
        let mut options = CheckOptions { max_errors: Some(7), ..CheckOptions::default() };
        read(&mut options, text, Path::new("base")).map(|()| options)
    }

    #[test]
    fn options_are_filled_in_and_the_command_line_goes_first() {
        let text = "[check]\ntools = \"t.json\"\ndata = [\"a.jsonl\", \"-\"]\nmax-errors = 3\n\
                    kind = \"fine-tuning\"\nreport = \"sarif\"\n";
        let options = filled(text).expect("sound");
        assert_eq!(options.tools, Some(Path::new("base").join("t.json")));
        let first = Path::new("base").join("a.jsonl").to_string_lossy().into_owned();
        assert_eq!(options.data, [first, "-".to_owned()]);
        assert_eq!(options.max_errors, Some(7));
        assert_eq!(options.kind, Some(Kind::FineTuning));
        assert!(filled("").is_ok());
        let options = filled("[check]\nschema = \"-\"\n").expect("sound");
        assert_eq!(options.schema, Some(PathBuf::from("-")), "stdin");
    }

    #[test]
    fn what_is_unknown_is_told_with_what_is_near() {
        for (text, expected) in [
            (
                "[check]\nmax-error = 3",
                ":2: no key is called `max-error`; did you mean `max-errors`?",
            ),
            ("[chek]\n", ":1: no table is called `chek`; did you mean `check`?"),
            (
                "[check]\nkind = \"x\"",
                ":2: `kind` is one of batch-input, batch-output, chat-request,",
            ),
            ("[check]\n\nreport = 3", ":3: `report` is a text"),
            ("[check]\nmax-errors = -1", ":2: `max-errors` is a number, 0 or more"),
            ("check = 3", ": `check` is a table: write [check]"),
        ] {
            let told = filled(text).expect_err("wrong");
            assert!(told.starts_with(expected), "{told}");
        }
        let told = filled("[check]\nkind = \n").expect_err("wrong");
        assert!(told.starts_with(":2:"), "{told}");
    }
}
