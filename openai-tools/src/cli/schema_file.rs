//! What is a schema in a file: a JSON Schema, a tool, the schema of an answer, or a list of them.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{
    faults::{Fault, Faults, expected},
    terminal,
};
use crate::{
    schema::{are_too_many, escape, nearest},
    tool::mistaken_parameters,
};

/// The schemas of a file.
#[derive(Debug)]
pub(super) struct Schemas<'a> {
    pub(super) list: Vec<Named<'a>>,
    /// Whether the file holds a list, be it of one.
    pub(super) is_list: bool,
    /// Where the list is, as a JSON pointer into the file.
    pub(super) pointer: &'static str,
}

/// One schema of a file.
#[derive(Debug)]
pub(super) struct Named<'a> {
    /// The name of the tool, or the title of the schema.
    pub(super) name: Option<&'a str>,
    pub(super) schema: Cow<'a, Value>,
    /// Where the schema is, as a JSON pointer into the file.
    pub(super) pointer: String,
    pub(super) form: Form<'a>,
}

/// As what a schema stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form<'a> {
    /// The schema of an answer, whose object is at `at`.
    Answer {
        at: String,
    },
    /// A tool of another type, which has no schema.
    OtherTool {
        kind: &'a str,
    },
    Schema,
    /// A tool, whose function object is at `at`.
    Tool {
        at: String,
        description: Option<&'a str>,
        /// The key of the schema, if it has one.
        key: Option<&'static str>,
        /// Whether it is a tool of the responses form that does not say `strict`.
        lacks_strict: bool,
    },
}

impl Form<'_> {
    /// Whether the schema is for the arguments of a tool, which are objects.
    pub(super) fn is_for_arguments(&self) -> bool {
        matches!(self, Self::Tool { .. })
    }
}

impl<'a> Schemas<'a> {
    /// Finds the schemas of a JSON Schema, of a tool definition in any form, of a list of them, or
    /// of an object with such a list as `tools`.
    pub(super) fn of(file: &'a Value) -> Result<Self, Faults> {
        let Some(list) = file.as_array().or_else(|| file.get("tools")?.as_array()) else {
            let list = vec![Named::of(file, String::new())?];
            return Ok(Self { list, is_list: false, pointer: "" });
        };
        let pointer = if file.is_array() { "" } else { "/tools" };
        if list.len() > MOST_SCHEMAS {
            let count = list.len();
            let reason =
                format!("{count} schemas; at most {MOST_SCHEMAS} are read, so split the file");
            return Err(Faults::one(pointer, reason));
        }
        let mut found = Vec::new();
        let mut faults = Faults::default();
        for (n, item) in list.iter().enumerate() {
            match Named::of(item, format!("{pointer}/{n}")) {
                Ok(named) => found.push(named),
                Err(wrong) => faults.0.extend(wrong.0),
            }
        }
        if are_too_many(found.iter().map(|named| &*named.schema)) {
            let reason = "the patterns of all schemas are too large together; split the file";
            faults.0.push(Fault { path: pointer.to_owned(), reason: reason.to_owned() });
        }
        if faults.0.is_empty() {
            Ok(Self { list: found, is_list: true, pointer })
        } else {
            Err(faults)
        }
    }
}

impl Schemas<'_> {
    /// The one of this name, or the only one.
    ///
    /// # Errors
    ///
    /// Why it is not known which, with the names that there are.
    pub(super) fn one(&self, name: Option<&str>) -> Result<&Named<'_>, String> {
        let is_it = |named: &&Named<'_>| name.is_none() || named.name == name;
        let mut found = self.list.iter().filter(is_it);
        let count = self.list.iter().filter(is_it).count();
        match (found.next(), name) {
            (Some(one), _) if count == 1 => Ok(one),
            (Some(_), Some(name)) => Err(format!("{count} tools are called `{}`", line(name))),
            (None, Some(name)) => {
                let known = self.list.iter().filter_map(|named| named.name);
                let meant =
                    nearest(name, known).map(|meant| format!("did you mean `{}`? ", line(meant)));
                let (name, meant) = (line(name), meant.unwrap_or_default());
                Err(format!("no tool is called `{name}`; {meant}there {}", self.names()))
            }
            (_, None) => Err(format!("{count} schemas, one is needed; there {}", self.names())),
        }
    }

    fn names(&self) -> String {
        let names: Vec<_> = self.list.iter().filter_map(|named| named.name).collect();
        let more = match names.len().saturating_sub(MOST_NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let told: Vec<_> = names.iter().take(MOST_NAMES).map(|name| line(name)).collect();
        match told.len() {
            0 => "are none with a name".to_owned(),
            _ => format!("are, for `--tool`: {}{more}", told.join(", ")),
        }
    }
}

/// A name, on one line.
fn line(name: &str) -> String {
    terminal::line(name, 64)
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
            Some(kind) if OTHER_TOOLS.iter().any(|known| kind.starts_with(known)) => {
                let name = fields.get("name").and_then(Value::as_str);
                let (schema, form) = (Cow::Borrowed(item), Form::OtherTool { kind });
                return Ok(Self { name, schema, pointer, form });
            }
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
        Self { name, schema: Cow::Borrowed(schema), pointer, form: Form::Schema }
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
        let is_answer = kind == Some("json_schema");
        let at = pointer.clone();
        let tool = |key| Form::Tool {
            at: at.clone(),
            description: fields.get("description").and_then(Value::as_str),
            key,
            // The chat form says `type` outside of the function object.
            lacks_strict: fields.contains_key("type")
                && fields.get("strict").is_none_or(Value::is_null),
        };
        let given = ["parameters", "inputSchema", "schema"]
            .into_iter()
            .find_map(|key| Some((key, fields.get(key).filter(|value| !value.is_null())?)));
        let Some((key, schema)) = given else {
            // A tool may have no parameters, but an answer has a schema.
            if is_answer {
                return Err(Faults::one(format!("{pointer}/schema"), "is missing"));
            }
            if let Some(key) = mistaken_parameters(fields) {
                let reason = "is no key of a tool; call it `parameters`";
                return Err(Faults::one(format!("{pointer}/{}", escape(key)), reason));
            }
            let schema = Cow::Owned(no_parameters());
            return Ok(Self { name, schema, pointer, form: tool(None) });
        };
        let pointer = format!("{pointer}/{key}");
        if !(schema.is_object() || schema.is_boolean()) {
            return fault(pointer, "a JSON Schema", schema);
        }
        let schema = Cow::Borrowed(schema);
        let form = if is_answer || key == "schema" { Form::Answer { at } } else { tool(Some(key)) };
        Ok(Self { name, schema, pointer, form })
    }
}

fn fault<T>(pointer: String, form: &str, found: &Value) -> Result<T, Faults> {
    Err(Faults(vec![Fault { path: pointer, reason: expected(form, found) }]))
}

/// A request takes 128 tools.
const MOST_NAMES: usize = 20;
const MOST_SCHEMAS: usize = 10_000;
/// The types of tools that have no parameters, by how they start: some end in a date.
const OTHER_TOOLS: &[&str] = &[
    "apply_patch",
    "code_interpreter",
    "computer",
    "custom",
    "file_search",
    "image_generation",
    "local_shell",
    "mcp",
    "namespace",
    "programmatic_tool_calling",
    "shell",
    "tool_search",
    "web_search",
];

/// The schema of a tool without parameters, as strict mode takes it.
fn no_parameters() -> Value {
    json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false})
}

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
                (named.name, place, named.form.is_for_arguments())
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
    fn a_list_that_would_take_minutes_is_refused_as_a_whole() {
        let said = |file: &Value| {
            let faults = Schemas::of(file).expect_err("too much");
            faults.into_failure(std::path::Path::new("t.json")).message
        };
        assert!(Schemas::of(&json!(vec![json!({}); 10_000])).is_ok());
        let told = said(&json!({"tools": vec![json!({}); 10_001]}));
        assert!(told.starts_with("t.json: /tools: 10001 schemas; at most 10000"), "{told}");
        // Each of them compiles these anew.
        let large = json!({"type": "string", "pattern": "(a{1,900}){1,900}"});
        assert!(Schemas::of(&json!(vec![large.clone(); 32])).is_ok());
        assert!(said(&json!(vec![large; 33])).contains("patterns"));
        let small = json!({"type": "string", "pattern": "^[a-z]+$"});
        assert!(Schemas::of(&json!(vec![small; 2_000])).is_ok());
    }

    #[test]
    fn a_schema_with_a_property_called_like_a_definition_is_a_schema() {
        let schema = json!({"type": "object", "name": "a", "parameters": {}, "function": {}});
        assert_eq!(found(&schema), [(None, "there", false)]);
    }

    #[test]
    fn a_tool_of_another_type_is_no_schema() {
        let file = json!([{"type": "web_search_2025_08_26"}, {"type": "custom", "name": "sql"}]);
        let forms: Vec<_> =
            Schemas::of(&file).expect("read").list.into_iter().map(|n| (n.name, n.form)).collect();
        assert_eq!(
            forms,
            [
                (None, Form::OtherTool { kind: "web_search_2025_08_26" }),
                (Some("sql"), Form::OtherTool { kind: "custom" }),
            ]
        );
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
            {"name": "a", "paramters": {"type": "object"}},
            {"type": "function", "function": {"name": "a", "input_schema": {}, "title": {}}},
        ]);
        let faults = Schemas::of(&file).expect_err("faults");
        let said = faults.into_failure(std::path::Path::new("t.json")).message;
        assert_eq!(
            said.lines().collect::<Vec<_>>(),
            [
                "t.json: /0/function/name: is missing",
                "t.json: /1/parameters: expected a JSON Schema; found an array",
                "t.json: /2/name: expected a string; found a number",
                "t.json: /3/function: expected an object; found \"f\"",
                "t.json: /4/schema: is missing",
                "t.json: /5: expected a JSON Schema or a tool definition; found null",
                "t.json: /6/paramters: is no key of a tool; call it `parameters`",
                "t.json: /7/function/input_schema: is no key of a tool; call it `parameters`",
            ]
        );
    }
}
