//! A file of schemas: JSON with the place of what is wrong in it, and what is a schema there.

use std::{borrow::Cow, io::Read, path::Path};

use serde_json::{Map, Value, json};

use super::{
    faults::{Fault, Faults, expected},
    input,
    report::Failure,
    terminal,
};
use crate::{json::Untrusted, schema::JsonError};

/// Reads a file of JSON. What is wrong with it is told with line, column and excerpt; a key that
/// stands twice is wrong.
pub(super) fn json(path: &Path, stdin: &mut dyn Read) -> Result<Value, Failure> {
    let text = input::file_text(path, stdin)?;
    serde_json::from_str(&text).map(|Untrusted(value)| value).map_err(|error| {
        let error = JsonError::from(error);
        let (shown, line, column) = (input::shown(path).display(), error.line(), error.column());
        let excerpt = excerpt(&text, line, column);
        Failure::input(format!("{shown}:{line}:{column}: {}{excerpt}", error.reason()))
    })
}

/// The schemas of a file.
#[derive(Debug)]
pub(super) struct Schemas<'a> {
    pub(super) list: Vec<Named<'a>>,
    /// Whether the file holds a list, be it of one.
    pub(super) is_list: bool,
}

/// One schema of a file.
#[derive(Debug)]
pub(super) struct Named<'a> {
    /// The name of the tool, or the title of the schema.
    pub(super) name: Option<&'a str>,
    pub(super) schema: Cow<'a, Value>,
    /// Where the schema is, as a JSON pointer into the file.
    pub(super) pointer: String,
    /// Whether it is for the arguments of a tool, which are objects.
    pub(super) is_for_arguments: bool,
}

impl<'a> Schemas<'a> {
    /// Finds the schemas of a JSON Schema, of a tool definition in any form, of a list of them, or
    /// of an object with such a list as `tools`.
    pub(super) fn of(file: &'a Value) -> Result<Self, Faults> {
        let (list, pointer) = match file.as_array().or_else(|| file.get("tools")?.as_array()) {
            Some(list) => (list, if file.is_array() { "" } else { "/tools" }),
            None => {
                return Ok(Self { list: vec![Named::of(file, String::new())?], is_list: false });
            }
        };
        let mut found = Vec::new();
        let mut faults = Faults::default();
        for (n, item) in list.iter().enumerate() {
            match Named::of(item, format!("{pointer}/{n}")) {
                Ok(named) => found.push(named),
                Err(wrong) => faults.0.extend(wrong.0),
            }
        }
        if faults.0.is_empty() { Ok(Self { list: found, is_list: true }) } else { Err(faults) }
    }
}

impl<'a> Named<'a> {
    fn of(item: &'a Value, pointer: String) -> Result<Self, Faults> {
        let fields = match item {
            Value::Object(fields) => fields,
            Value::Bool(_) => return Ok(Self::of_schema(item, pointer)),
            other => return fault(pointer, "a JSON Schema or a tool definition", other),
        };
        let kind = fields.get("type").and_then(Value::as_str);
        let wrapper = match kind {
            None | Some("function") => "function",
            Some("json_schema") => "json_schema",
            // A schema says here which values it takes.
            Some(_) => return Ok(Self::of_schema(item, pointer)),
        };
        match fields.get(wrapper) {
            Some(Value::Object(inner)) => {
                Self::of_definition(inner, kind, format!("{pointer}/{wrapper}"))
            }
            Some(other) => fault(format!("{pointer}/{wrapper}"), "an object", other),
            // No keyword of JSON Schema is called `name` or `inputSchema`.
            None if kind.is_none()
                && !fields.get("name").is_some_and(Value::is_string)
                && !fields.contains_key("inputSchema") =>
            {
                Ok(Self::of_schema(item, pointer))
            }
            None => Self::of_definition(fields, kind, pointer),
        }
    }

    fn of_schema(schema: &'a Value, pointer: String) -> Self {
        let name = schema.get("title").and_then(Value::as_str);
        Self { name, schema: Cow::Borrowed(schema), pointer, is_for_arguments: false }
    }

    fn of_definition(
        fields: &'a Map<String, Value>,
        kind: Option<&str>,
        pointer: String,
    ) -> Result<Self, Faults> {
        let name = match fields.get("name") {
            Some(Value::String(name)) => Some(name.as_str()),
            Some(other) => return fault(format!("{pointer}/name"), "a string", other),
            None => return Err(Faults::one(format!("{pointer}/name"), "is missing")),
        };
        let given = ["parameters", "inputSchema", "schema"]
            .into_iter()
            .find_map(|key| Some((key, fields.get(key).filter(|value| !value.is_null())?)));
        let Some((key, schema)) = given else {
            // A tool may have no parameters, but an answer has a schema.
            if kind == Some("json_schema") {
                return Err(Faults::one(format!("{pointer}/schema"), "is missing"));
            }
            let schema = Cow::Owned(no_parameters());
            return Ok(Self { name, schema, pointer, is_for_arguments: true });
        };
        let pointer = format!("{pointer}/{key}");
        if !(schema.is_object() || schema.is_boolean()) {
            return fault(pointer, "a JSON Schema", schema);
        }
        let schema = Cow::Borrowed(schema);
        Ok(Self { name, schema, pointer, is_for_arguments: key != "schema" })
    }
}

fn fault<T>(pointer: String, form: &str, found: &Value) -> Result<T, Faults> {
    Err(Faults(vec![Fault { path: pointer, reason: expected(form, found) }]))
}

/// The schema of a tool without parameters, as strict mode takes it.
fn no_parameters() -> Value {
    json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false})
}

/// The line of a text with a mark under its column (in bytes, from 1), on lines of their own.
/// Empty where there is nothing to see.
fn excerpt(text: &str, line: usize, column: usize) -> String {
    // A line break that must not be there: what it breaks is the line before.
    let (line, column) =
        if column == 0 && line > 1 { (line - 1, usize::MAX) } else { (line, column) };
    let Some(line) = line.checked_sub(1).and_then(|n| text.split('\n').nth(n)) else {
        return String::new();
    };
    let line = line.trim_end();
    let at = column.saturating_sub(1).min(line.len());
    let at = (0..=at).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
    let (before, after) = line.split_at(at);
    if line.trim_start().is_empty() {
        return String::new();
    }
    let cut = before.char_indices().nth_back(BEFORE - 1).map_or(0, |(cut, _)| cut);
    let before = shown(&before[cut..]);
    let before = if cut == 0 { before.trim_start() } else { &before };
    let after: String = after.chars().take(AFTER).collect();
    let room = " ".repeat(terminal::columns(before));
    format!("\n  | {before}{}\n  | {room}^", shown(&after))
}

fn shown(text: &str) -> String {
    terminal::block(&text.replace('\t', " "))
}

const BEFORE: usize = 40;
const AFTER: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &Value) -> Vec<(Option<&str>, &str, bool)> {
        let schemas = Schemas::of(file).expect("schemas").list;
        schemas
            .into_iter()
            .map(|named| {
                let pointer = named.pointer.as_str();
                let at = file.pointer(pointer).is_some_and(|at| *at == *named.schema);
                assert!(at || *named.schema == no_parameters(), "{pointer}");
                let place = file.pointer(pointer).map_or("", |_| "there");
                (named.name, place, named.is_for_arguments)
            })
            .collect()
    }

    #[test]
    fn every_form_is_found() {
        let schema = json!({"type": "object", "title": "T"});
        let file = json!([
            {"type": "function", "function": {"name": "chat", "parameters": schema}},
            {"type": "function", "name": "flat", "parameters": schema, "strict": true},
            {"name": "bare", "parameters": schema},
            {"name": "mcp", "inputSchema": schema, "outputSchema": true},
            {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}},
            {"name": "nothing"},
            schema,
            true,
        ]);
        let expected = [
            (Some("chat"), true),
            (Some("flat"), true),
            (Some("bare"), true),
            (Some("mcp"), true),
            (Some("answer"), false),
            (Some("nothing"), true),
            (Some("T"), false),
            (None, false),
        ];
        let expected = expected.map(|(name, arguments)| (name, "there", arguments));
        assert_eq!(found(&file), expected);
        assert_eq!(found(&json!({"tools": file})), expected);
        assert_eq!(found(&file[0]), expected[..1]);
    }

    #[test]
    fn a_schema_with_a_property_called_like_a_definition_is_a_schema() {
        let schema = json!({"type": "object", "name": "a", "parameters": {}, "function": {}});
        assert_eq!(found(&schema), [(None, "there", false)]);
    }

    #[test]
    fn each_fault_is_told_with_its_pointer() {
        let file = json!([
            {"type": "function", "function": {"parameters": {}}},
            {"name": "a", "parameters": []},
            {"type": "function", "name": 7},
            {"function": "f"},
            {"type": "json_schema", "name": "a"},
            null,
        ]);
        let faults = Schemas::of(&file).expect_err("faults");
        let said = faults.into_failure(Path::new("t.json")).message;
        assert_eq!(
            said.lines().collect::<Vec<_>>(),
            [
                "t.json: /0/function/name: is missing",
                "t.json: /1/parameters: expected a JSON Schema; found an array",
                "t.json: /2/name: expected a string; found a number",
                "t.json: /3/function: expected an object; found \"f\"",
                "t.json: /4/schema: is missing",
                "t.json: /5: expected a JSON Schema or a tool definition; found null",
            ]
        );
    }

    #[test]
    fn a_fault_of_syntax_is_shown_in_its_line() {
        let said = |text: &str| {
            let mut stdin = text.as_bytes();
            json(Path::new("-"), &mut stdin).expect_err("no JSON").message
        };
        assert_eq!(
            said("{\n\t\"type\": object\n}"),
            "stdin:2:10: expected value\n  | \"type\": object\n  |         ^"
        );
        assert!(said("{\"a\": 1, \"a\": 2}").contains(": the key `a` stands twice"));
        let text = "{\n  \"a\": \"b\n}";
        assert!(said(text).ends_with("\n  | \"a\": \"b\n  |        ^"), "{}", said(text));
        assert_eq!(said(""), "stdin:1:0: EOF while parsing a value");
    }

    #[test]
    fn an_excerpt_is_short_and_cannot_control_the_terminal() {
        let long = format!("[{}\u{1b}é {}]", "1,".repeat(100_000), "é".repeat(100_000));
        let shown = excerpt(&long, 1, 200_003);
        assert!(shown.chars().count() < 200 && !shown.contains('\u{1b}'), "{shown}");
        assert_eq!(excerpt("a", 0, 0), "");
        assert_eq!(excerpt("a", 9, 9), "");
        assert_eq!(excerpt("é", 1, 2), "\n  | é\n  | ^");
    }
}
