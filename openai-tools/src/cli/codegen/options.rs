//! What can be said to `openai-tools codegen`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::model::Known;

/// Write Rust types for tool definitions and JSON Schemas that were made elsewhere.
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(in crate::cli) struct CodegenOptions {
    /// A JSON Schema, a tool definition, or a list of them; `-` reads it from stdin.
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,

    /// Where the types go; `-` writes them to stdout.
    #[arg(long, value_name = "FILE.rs", default_value = "-")]
    pub(in crate::cli) out: PathBuf,

    /// Write nothing; tell whether the file at --out is what would be written.
    #[arg(long)]
    pub(in crate::cli) check: bool,

    /// Types of another crate for texts of its formats, instead of `String`.
    #[arg(long = "with", value_name = "CRATE", value_enum, value_delimiter = ',')]
    pub(in crate::cli) crates: Vec<Crate>,

    /// A further derive for every type, such as `serde::Serialize`.
    #[arg(long = "derive", value_name = "PATH", value_parser = path)]
    pub(in crate::cli) derives: Vec<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(in crate::cli) enum Crate {
    /// `chrono::DateTime<chrono::Utc>` for date-time, `chrono::NaiveDate` for date.
    Chrono,
    /// `url::Url` for uri.
    Url,
    /// `uuid::Uuid` for uuid.
    Uuid,
}

impl Crate {
    /// Its types, and the formats that schemars gives them.
    pub(super) fn types(self) -> &'static [Known] {
        match self {
            Self::Chrono => &[
                Known { rust: "chrono::DateTime<chrono::Utc>", format: "date-time" },
                Known { rust: "chrono::NaiveDate", format: "date" },
            ],
            Self::Url => &[Known { rust: "url::Url", format: "uri" }],
            Self::Uuid => &[Known { rust: "uuid::Uuid", format: "uuid" }],
        }
    }
}

/// A path of Rust, and nothing else: it is written into the file.
fn path(text: &str) -> Result<String, String> {
    let is_name = |name: &str| {
        let mut bytes = name.bytes();
        bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if text.split("::").all(is_name) {
        Ok(text.to_owned())
    } else {
        Err("write a path such as `serde::Serialize`".to_owned())
    }
}

const HELP: &str = "\
FILE holds tool definitions in any form that `schema lint` reads. Each tool
becomes a struct with #[derive(Tool)], each other schema a type without it.
Descriptions become docs, `$defs` types of their own, texts of a list enums,
unions enums, bounds attributes of schemars. The types promise a model what FILE
does: both are converted for strict mode, and what comes out is compared before
anything is written. A schema that no type has is kept: the field holds
serde_json::Value, and a function beside it gives the schema.

Only these may differ: names of definitions; a property that takes null may be
left out; integers are held to the bounds of their Rust type, which is i64, or
u64 from 0 on, unless `format` names another one.

The crate needs openai-tools, serde, serde_json and schemars, the latter with
the features chrono04, url2 or uuid1 for --with.

Exit codes:
  0  the types are written; with --check, the file is what would be written
  1  a schema is refused; with --check, the file says something else
  2  a file could not be read or written, or wrong usage

Examples:
  openai-tools codegen tools.json > src/tools.rs
  openai-tools codegen --with chrono,uuid tools.json --out src/tools.rs
  openai-tools codegen --check tools.json --out src/tools.rs";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derive_is_a_path_and_nothing_else() {
        assert_eq!(path("serde::Serialize").as_deref(), Ok("serde::Serialize"));
        for text in ["", "a::", "Eq)] struct X; #[derive(Eq", "a b", "1a", "é"] {
            assert!(path(text).is_err(), "{text}");
        }
    }
}
