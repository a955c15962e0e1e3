//! A file with the schema of an answer: a JSON Schema, or OpenAI's object around one.

use serde_json::Value;

use super::faults::{Faults, expected, join};
use crate::schema::{Contract, Profile};

/// What is asked of the answer.
#[derive(Debug, PartialEq)]
pub(super) struct AnswerFile {
    pub(super) name: String,
    pub(super) schema: Value,
    /// Whether the schema is converted for strict mode, or sent as it stands.
    pub(super) strict: bool,
}

impl AnswerFile {
    /// Reads `{"type": "json_schema", "json_schema": {…}}`, the flat form of responses,
    /// `{"name", "schema", "strict"}`, or a JSON Schema.
    ///
    /// A bare schema is strict; OpenAI's object is what it says, and `strict` left out means not.
    pub(super) fn read(file: &Value) -> Result<Self, Faults> {
        let wrapped = file.get("type").is_some_and(|kind| kind == "json_schema");
        let (object, path) = match file.get("json_schema") {
            Some(object) if wrapped => (object, "json_schema"),
            _ => (file, ""),
        };
        let named = object.get("name").is_some_and(Value::is_string);
        // No keyword of JSON Schema is called `schema`, so that a schema is not taken for this.
        let (answer, schema_path) = if wrapped || (named && object.get("schema").is_some()) {
            (Self::of_object(object, path)?, join(path, "schema"))
        } else {
            let name = file.get("title").and_then(Value::as_str).unwrap_or("answer").to_owned();
            (Self { name, schema: file.clone(), strict: true }, String::new())
        };
        if !(answer.schema.is_object() || answer.schema.is_boolean()) {
            return Err(Faults::one(schema_path, expected("a JSON Schema", &answer.schema)));
        }
        // The run refuses it too, but does not know of the file.
        let contract = if answer.strict {
            Contract::strict(&answer.schema, &Profile::openai_strict())
        } else {
            Contract::given(answer.schema.clone(), false)
        };
        let checked = contract.and_then(|contract| contract.checker());
        checked.map_err(|error| Faults::of_schema(&error, &schema_path))?;
        Ok(answer)
    }

    fn of_object(object: &Value, path: &str) -> Result<Self, Faults> {
        let at = |key: &str| object.get(key).unwrap_or(&Value::Null);
        let refuse = |key, form| Err(Faults::one(join(path, key), expected(form, at(key))));
        let Some(name) = at("name").as_str() else {
            return refuse("name", "a string");
        };
        let strict = match at("strict") {
            Value::Bool(strict) => *strict,
            Value::Null => false,
            _ => return refuse("strict", "true or false"),
        };
        Ok(Self { name: name.to_owned(), schema: at("schema").clone(), strict })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    fn read(file: &Value) -> (String, Value, bool) {
        let AnswerFile { name, schema, strict } = AnswerFile::read(file).expect("readable");
        (name, schema, strict)
    }

    #[test]
    fn every_form_is_read() {
        let schema = json!({"type": "object"});
        let object = json!({"name": "n", "schema": schema, "strict": true});
        let expected = ("n".to_owned(), schema.clone(), true);
        assert_eq!(read(&object), expected);
        assert_eq!(read(&json!({"type": "json_schema", "json_schema": object})), expected);
        let flat = json!({"type": "json_schema", "name": "n", "schema": schema, "strict": true});
        assert_eq!(read(&flat), expected);
    }

    #[test]
    fn a_bare_schema_is_strict_and_the_object_is_what_it_says() {
        let titled = json!({"title": "Invoice", "type": "object"});
        assert_eq!(read(&titled), ("Invoice".to_owned(), titled, true));
        assert_eq!(read(&json!({"type": "string"})).0, "answer");
        assert!(!read(&json!({"name": "n", "schema": {}})).2);
        assert!(!read(&json!({"name": "n", "schema": {}, "strict": false})).2);
    }

    #[test]
    fn a_schema_of_something_with_a_name_and_a_schema_is_a_schema() {
        let schema = json!({
            "type": "object",
            "properties": {"name": {"type": "string"}, "schema": {"type": "string"}},
        });
        assert_eq!(read(&schema).1, schema);
    }

    #[test]
    fn each_fault_is_told_with_its_path() {
        let fault = |file: Value| {
            let faults = AnswerFile::read(&file).expect_err("a fault");
            faults.into_failure(Path::new("s.json")).message
        };
        let kind = json!({"type": "json_schema"});
        assert_eq!(fault(kind), "s.json: name: expected a string; found null");
        let nested = json!({"type": "json_schema", "json_schema": {"name": "n"}});
        assert_eq!(fault(nested), "s.json: json_schema.schema: expected a JSON Schema; found null");
        let strict = json!({"name": "n", "schema": {}, "strict": "yes"});
        assert_eq!(fault(strict), "s.json: strict: expected true or false; found \"yes\"");
        assert_eq!(fault(json!([])), "s.json: expected a JSON Schema; found an array");
        let broken = json!({"type": "object", "properties": {"a": {"type": "strong"}}});
        let said = fault(broken.clone());
        assert!(said.starts_with("s.json: properties.a.type: "), "{said}");
        let said = fault(json!({"name": "n", "schema": broken}));
        assert!(said.starts_with("s.json: schema.properties.a.type: "), "{said}");
    }
}
