//! Custom tools: the model writes a text in place of JSON.
//!
//! Such a tool is one with a single parameter, a string; its calls are read as if the model had
//! written that parameter. So checks, handlers, sets and contracts know nothing of it.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{call::ToolCall, definition::ToolDefinition, form::CustomFormat, kind::CallKind};
use crate::schema::{Checker, Contract, Fault, SchemaError};

/// The parameter of a custom tool that is defined at run time.
pub(super) const INPUT: &str = "input";

/// The parameters of such a tool.
pub(super) fn parameters() -> Value {
    json!({
        "type": "object",
        "properties": {INPUT: {"type": "string"}},
        "required": [INPUT],
        "additionalProperties": false,
    })
}

/// What calls are held to, and the name of the parameter that the text stands for.
pub(super) fn contract(
    mut parameters: Value,
    format: &CustomFormat,
) -> Result<(Contract, String), SchemaError> {
    let Some((name, schema)) = only_text(&mut parameters) else {
        return Err(SchemaError::one(
            "",
            "a custom tool has one parameter, which is a string",
            "take one `String`; for more than one text make it a function",
        ));
    };
    let name = name.to_owned();
    if let CustomFormat::Regex(pattern) = format {
        schema.insert("pattern".to_owned(), format!("^(?:{pattern})$").into());
        if let Ok(contract) = Contract::given(parameters.clone(), false) {
            return Ok((contract, name));
        }
        // The server knows what it can make of it.
        if let Some((_, schema)) = only_text(&mut parameters) {
            schema.shift_remove("pattern");
        }
    }
    Contract::given(parameters, false).map(|contract| (contract, name))
}

/// The one property of the root, if it can be a text.
fn only_text(parameters: &mut Value) -> Option<(&str, &mut Map<String, Value>)> {
    let mut properties = parameters.get_mut("properties")?.as_object_mut()?.iter_mut();
    let (name, schema) = properties.next().filter(|_| properties.len() == 0)?;
    let schema = schema.as_object_mut()?;
    let is_text = match schema.get("type") {
        Some(kind) => kind == "string",
        None => schema.contains_key("$ref"),
    };
    is_text.then_some((name, schema))
}

impl ToolDefinition {
    /// Reads what the model wrote in a call, as it is held to.
    pub(crate) fn check(&self, checker: &Checker, call: &ToolCall) -> Result<Value, Fault> {
        let Some(parameter) = &self.text_parameter else { return checker.check(&call.arguments) };
        // A server that knows no custom tools lets the model write the parameter itself.
        if *call.kind() == CallKind::Function {
            if let Ok(arguments) = checker.check(&call.arguments) {
                return Ok(arguments);
            }
        }
        checker.check(&as_parameter(parameter, &call.arguments))
    }

    /// The arguments of a call as JSON: as they are, and of a custom tool with the text as its
    /// parameter. This is what [`checker`](Self::checker) takes.
    #[must_use]
    pub fn arguments_of<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match &self.text_parameter {
            Some(parameter) => as_parameter(parameter, text).into(),
            None => text.into(),
        }
    }
}

impl ToolDefinition {
    /// The tool in the flat form of the Responses API, without its namespace, for those who have
    /// another client: all that is told of it, its `output_schema` among it.
    #[must_use]
    pub fn to_responses(&self) -> Value {
        let form = self.form();
        let mut fields = Map::new();
        let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        put("type", self.kind().as_str().into());
        put("name", self.name().as_str().into());
        if let Some(description) = self.description() {
            put("description", description.into());
        }
        if let Some(format) = form.custom() {
            put("format", json!(format));
        } else {
            put("parameters", self.parameters().clone());
            put("strict", self.is_strict().into());
            if let Some(schema) = self.output_schema().filter(|schema| schema.is_object()) {
                put("output_schema", schema.clone());
            }
        }
        if form.defer_loading() {
            put("defer_loading", true.into());
        }
        if !form.allowed_callers().is_empty() {
            put("allowed_callers", json!(form.allowed_callers()));
        }
        fields.into()
    }
}

fn as_parameter(parameter: &str, text: &str) -> String {
    let mut arguments = Map::new();
    arguments.insert(parameter.to_owned(), text.into());
    Value::from(arguments).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::ToolForm;

    fn digits() -> ToolDefinition {
        ToolDefinition::custom("dial").with_regex("[0-9]{3}").build().expect("legal")
    }

    fn call(text: &str) -> ToolCall {
        ToolCall::new("c", "dial", text).with_kind(CallKind::Custom)
    }

    #[test]
    fn a_text_is_held_to_the_whole_expression() {
        let (definition, checker) = (digits(), digits().checker().expect("compiles"));
        let good = definition.check(&checker, &call("123")).expect("matches");
        assert_eq!(good, json!({"input": "123"}));
        for bad in ["1234", "x123", "123\n", "", "{\"input\": \"123\"}"] {
            let fault = definition.check(&checker, &call(bad)).expect_err(bad);
            assert!(matches!(fault, Fault::Invalid(_)), "{bad}: {fault:?}");
        }
    }

    #[test]
    fn a_call_in_the_form_of_a_function_is_read_as_well() {
        let (definition, checker) = (digits(), digits().checker().expect("compiles"));
        for text in ["{\"input\": \"123\"}", "123"] {
            let call = ToolCall::new("c", "dial", text);
            assert_eq!(definition.check(&checker, &call).expect(text), json!({"input": "123"}));
        }
    }

    #[test]
    fn an_expression_that_cannot_be_read_here_is_left_to_the_server() {
        let definition = ToolDefinition::custom("f").with_regex("(?P<broken").build();
        let definition = definition.expect("sent as it is");
        let checker = definition.checker().expect("compiles");
        assert!(definition.check(&checker, &call("anything")).is_ok());
    }

    #[test]
    fn a_custom_tool_has_one_text() {
        for properties in [
            json!({}),
            json!({"a": {"type": "integer"}}),
            json!({
                "a": {"type": "string"}, "b": {"type": "string"},
            }),
        ] {
            let parameters = json!({"type": "object", "properties": properties});
            let definition = ToolDefinition::new("f", parameters)
                .with_form(ToolForm::new().with_custom(CustomFormat::Text));
            assert!(definition.build().is_err());
        }
    }
}
