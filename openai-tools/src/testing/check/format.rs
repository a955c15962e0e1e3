//! The form of the answer: text, JSON mode, or a schema.

use serde_json::Value;

use super::{Object, given, tools};
use crate::testing::fault::Fault;

/// Checks `response_format`; `messages` must name JSON where JSON mode is asked for.
pub(super) fn check(request: &Object, messages: &[Value]) -> Result<(), Fault> {
    let Some(format) = given(request, "response_format") else {
        return Ok(());
    };
    let Value::Object(fields) = format else {
        return Err(Fault::wrong_type("response_format", "an object", format));
    };
    match fields.get("type") {
        None | Some(Value::Null) => Err(Fault::missing("response_format.type")),
        Some(Value::String(kind)) => match kind.as_str() {
            "text" => Ok(()),
            "json_object" => json_mode(messages),
            "json_schema" => json_schema(fields),
            other => Err(Fault::unsupported(
                "response_format.type",
                other,
                "'json_object', 'json_schema', and 'text'",
            )),
        },
        Some(other) => Err(Fault::wrong_type("response_format.type", "a string", other)),
    }
}

fn json_mode(messages: &[Value]) -> Result<(), Fault> {
    if messages.iter().filter_map(|message| message.get("content")).any(names_json) {
        return Ok(());
    }
    Err(Fault::invalid(
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type \
         'json_object'.",
    )
    .with_param("messages"))
}

fn names_json(content: &Value) -> bool {
    match content {
        Value::String(text) => {
            text.as_bytes().windows(4).any(|word| word.eq_ignore_ascii_case(b"json"))
        }
        Value::Array(parts) => parts.iter().filter_map(|part| part.get("text")).any(names_json),
        _ => false,
    }
}

fn json_schema(format: &Object) -> Result<(), Fault> {
    let param = "response_format.json_schema";
    let fields = match given(format, "json_schema") {
        None => return Err(Fault::missing(param)),
        Some(Value::Object(fields)) => fields,
        Some(other) => return Err(Fault::wrong_type(param, "an object", other)),
    };
    let name = tools::name(fields.get("name"), &format!("{param}.name"))?;
    tools::description(fields, param)?;
    let strict = match given(fields, "strict") {
        None => false,
        Some(Value::Bool(strict)) => *strict,
        Some(other) => {
            return Err(Fault::wrong_type(format!("{param}.strict"), "a boolean", other));
        }
    };
    let schema = match given(fields, "schema") {
        None => return Err(Fault::missing(format!("{param}.schema"))),
        Some(schema @ Value::Object(_)) => schema,
        Some(other) => {
            return Err(Fault::wrong_type(format!("{param}.schema"), "an object", other));
        }
    };
    let violation = if strict {
        tools::strict_violation(schema)
    } else {
        jsonschema::meta::validate(schema).err().map(|error| format!("{error}."))
    };
    match violation {
        None => Ok(()),
        Some(why) => {
            Err(Fault::invalid(format!("Invalid schema for response_format '{name}': {why}"))
                .with_param("response_format"))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check_format(format: &Value, text: &str) -> Result<(), Fault> {
        let request = json!({"response_format": format});
        let messages = [json!({"role": "user", "content": [{"type": "text", "text": text}]})];
        check(request.as_object().expect("an object"), &messages)
    }

    fn schema_format(name: &str, schema: &Value) -> Value {
        json!({"type": "json_schema",
               "json_schema": {"name": name, "strict": true, "schema": schema}})
    }

    fn good_schema() -> Value {
        json!({"type": "object", "properties": {"a": {"type": "string"}},
               "required": ["a"], "additionalProperties": false})
    }

    #[test]
    fn every_known_form_passes() {
        for format in [
            json!({"type": "text"}),
            json!({"type": "json_object"}),
            schema_format("answer", &good_schema()),
        ] {
            assert_eq!(check_format(&format, "as JSON, please"), Ok(()));
        }
    }

    #[test]
    fn json_mode_needs_the_word_json_in_some_message() {
        let format = json!({"type": "json_object"});
        let fault = check_format(&format, "as an object").expect_err("no JSON");
        assert_eq!(fault.param.as_deref(), Some("messages"));
        assert_eq!(check_format(&format, "in jsOn"), Ok(()));
    }

    #[test]
    fn a_format_needs_a_name_of_the_alphabet_of_tools() {
        let fault =
            check_format(&schema_format("my answer", &good_schema()), "x").expect_err("a name");
        assert_eq!(fault.param.as_deref(), Some("response_format.json_schema.name"));
    }

    #[test]
    fn a_strict_schema_outside_of_the_subset_is_refused() {
        let open = json!({"type": "object", "properties": {}, "required": []});
        let fault = check_format(&schema_format("answer", &open), "x").expect_err("open");
        assert!(
            fault.message.starts_with("Invalid schema for response_format 'answer': In context=()"),
            "{}",
            fault.message
        );
        assert_eq!(fault.param.as_deref(), Some("response_format"));
    }

    #[test]
    fn a_schema_that_is_none_is_refused_without_strict_too() {
        let format = json!({"type": "json_schema",
                            "json_schema": {"name": "a", "schema": {"type": "strange"}}});
        assert!(check_format(&format, "x").is_err());
    }

    #[test]
    fn half_a_format_is_refused_at_its_place() {
        let param =
            |format: Value| check_format(&format, "x").expect_err("half").param.unwrap_or_default();
        assert_eq!(param(json!("json")), "response_format");
        assert_eq!(param(json!({})), "response_format.type");
        assert_eq!(param(json!({"type": "xml"})), "response_format.type");
        let schema = "response_format.json_schema";
        assert_eq!(param(json!({"type": "json_schema"})), schema);
        assert_eq!(
            param(json!({"type": "json_schema", "json_schema": {"name": "a"}})),
            format!("{schema}.schema")
        );
    }
}
