//! Files and stdin, read whole and with a cap.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use serde_json::Value;

use super::report::Failure;
use crate::schema::NotJson;

/// The prompt as it was given, or for `-` what is on stdin.
pub(super) fn prompt(given: &str, stdin: &mut dyn Read) -> Result<String, Failure> {
    if given != "-" {
        return Ok(given.to_owned());
    }
    whole(stdin, MAX_PROMPT).map_err(|why| Failure::input(format!("stdin: {why}")))
}

/// What is in a file, or for `-` on stdin.
pub(super) fn file_text(path: &Path, stdin: &mut dyn Read) -> Result<String, Failure> {
    let text = if is_stdin(path) { whole(stdin, MAX_FILE) } else { on_disk(path) };
    text.map_err(|why| Failure::input(format!("{}: {why}", shown(path).display())))
}

/// Whether a path means stdin.
pub(super) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// What people know a file as.
pub(super) fn shown(path: &Path) -> &Path {
    if is_stdin(path) { Path::new("stdin") } else { path }
}

/// A file of JSON. What is wrong with it is told with its place.
pub(super) fn json_file(path: &Path) -> Result<Value, Failure> {
    let shown = path.display();
    let text = on_disk(path).map_err(|why| Failure::input(format!("{shown}: {why}")))?;
    serde_json::from_str(&text).map_err(|error| {
        let error = NotJson::from(error);
        let (line, column) = (error.line(), error.column());
        Failure::input(format!("{shown}:{line}:{column}: {}", error.reason()))
    })
}

fn on_disk(path: &Path) -> Result<String, String> {
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    whole(&mut file, MAX_FILE)
}

/// The text of a source, without a byte order mark.
fn whole(source: &mut dyn Read, most: u64) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read: io::Result<_> = source.take(most + 1).read_to_end(&mut bytes);
    let read = read.map_err(|error| error.to_string())?;
    if read as u64 > most {
        return Err(format!("larger than {} MiB", most / MIB));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        format!("not UTF-8 at byte {}, in line {line}", good.len())
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}

const MIB: u64 = 1024 * 1024;
const MAX_FILE: u64 = 16 * MIB;
const MAX_PROMPT: u64 = 16 * MIB;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dash_reads_stdin() {
        let mut stdin = &b"\xef\xbb\xbfWhat is this?\n"[..];
        assert_eq!(prompt("-", &mut stdin).expect("readable"), "What is this?\n");
        assert_eq!(prompt("plain", &mut io::empty()).expect("given"), "plain");
    }

    #[test]
    fn stdin_has_a_cap() {
        let failure = prompt("-", &mut io::repeat(b'x')).expect_err("endless");
        assert_eq!(failure.message, "stdin: larger than 16 MiB");
    }

    #[test]
    fn what_is_not_utf_8_is_told_with_its_place() {
        let failure = prompt("-", &mut &b"a\nb\xff"[..]).expect_err("not UTF-8");
        assert_eq!(failure.message, "stdin: not UTF-8 at byte 3, in line 2");
    }
}
