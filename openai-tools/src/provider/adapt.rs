//! A request as OpenAI takes it → one as a server with quirks takes it. Pure.

use serde_json::{Map, Value};

use super::quirks::{FieldRule, Quirks};

type Object = Map<String, Value>;

impl Quirks {
    /// Whether requests are sent as they are.
    pub(crate) fn changes_nothing(&self) -> bool {
        let Self { done_is_end: _, responses: _, .. } = self;
        let plain =
            Self { done_is_end: self.done_is_end, responses: self.responses, ..Self::new() };
        *self == plain
    }

    /// Changes a request of either API. `reasoning`: what the model thought in each of its messages.
    ///
    /// # Errors
    ///
    /// What the server cannot be told, in words.
    pub(crate) fn adapt(
        &self,
        request: &mut Object,
        reasoning: &[Option<&str>],
    ) -> Result<(), String> {
        for list in ["messages", "input"] {
            if let Some(Value::Array(messages)) = request.get_mut(list) {
                self.adapt_messages(messages, reasoning)?;
            }
        }
        self.adapt_format(request)?;
        self.adapt_tool_choice(request)?;
        if !self.strict {
            remove_strict(request);
        }
        self.adapt_fields(request)
    }

    fn adapt_messages(
        &self,
        messages: &mut [Value],
        reasoning: &[Option<&str>],
    ) -> Result<(), String> {
        let mut thoughts = reasoning.iter();
        let has_thought = reasoning.iter().any(Option::is_some);
        for message in messages.iter_mut().filter_map(Value::as_object_mut) {
            let role = message.get("role").and_then(Value::as_str).unwrap_or_default();
            match role {
                "developer" if !self.developer_role => {
                    message.insert("role".to_owned(), "system".into());
                }
                "assistant" => {
                    let thought = thoughts.next().copied().flatten();
                    if let Some(field) = self.reasoning_field.as_ref().filter(|_| has_thought) {
                        message.insert(field.clone(), thought.unwrap_or_default().into());
                    }
                    if self.arguments_as_object {
                        arguments_to_objects(message);
                    }
                }
                "user" if !self.image_urls && shows_url(message) => {
                    return Err("it takes images by their bytes, and fetches none".to_owned());
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn adapt_format(&self, request: &mut Object) -> Result<(), String> {
        let text = request.get("text").and_then(|text| text.get("format"));
        let format = request.get("response_format").or(text);
        match format.and_then(|format| format.get("type")).and_then(Value::as_str) {
            Some("json_schema") if !self.json_schema => {
                Err("it has no answers by a schema; ask in JSON mode".to_owned())
            }
            // The words ask for the same.
            Some("json_object") if !self.json_object => {
                request.shift_remove("response_format");
                if let Some(text) = request.get_mut("text").and_then(Value::as_object_mut) {
                    text.shift_remove("format");
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn adapt_tool_choice(&self, request: &mut Object) -> Result<(), String> {
        let words = &self.tool_choice;
        let Some(choice) = request.get("tool_choice") else { return Ok(()) };
        let kind = choice.get("type").and_then(Value::as_str);
        let (offered, demanded): (Option<Vec<String>>, bool) = match (choice.as_str(), kind) {
            (Some("none"), _) if !words.none => (Some(Vec::new()), false),
            // What every server does unless it is told otherwise.
            (Some("auto"), _) if !words.none && words.required.is_none() => {
                request.shift_remove("tool_choice");
                return Ok(());
            }
            (Some("required"), _) => (None, true),
            (None, Some("function")) if !words.named => (Some(vec![name_of(choice)]), true),
            (None, Some("allowed_tools")) if !words.allowed => {
                let nested = choice.get("allowed_tools").unwrap_or(choice);
                let tools = nested.get("tools").and_then(Value::as_array);
                let demanded = nested.get("mode").and_then(Value::as_str) == Some("required");
                (Some(tools.into_iter().flatten().map(name_of).collect()), demanded)
            }
            _ => return Ok(()),
        };
        if let Some(offered) = offered {
            request.shift_remove("tool_choice");
            if let Some(Value::Array(tools)) = request.get_mut("tools") {
                tools.retain(|tool| offered.contains(&name_of(tool)));
                if tools.is_empty() {
                    request.shift_remove("tools");
                    request.shift_remove("parallel_tool_calls");
                }
            }
        }
        match (demanded, &words.required) {
            (true, Some(word)) => {
                request.insert("tool_choice".to_owned(), word.as_str().into());
                Ok(())
            }
            (true, None) => Err("it cannot be told to make a call".to_owned()),
            (false, _) => Ok(()),
        }
    }

    fn adapt_fields(&self, request: &mut Object) -> Result<(), String> {
        for (name, rule) in &self.fields {
            let Some(value) = request.get(name) else { continue };
            match rule {
                FieldRule::LeftOut => {
                    request.shift_remove(name);
                }
                // What every server does unless it is told otherwise.
                FieldRule::Refused if name == "parallel_tool_calls" && *value == true => {
                    request.shift_remove(name);
                }
                FieldRule::Refused => return Err(format!("it has no `{name}`; leave it out")),
                FieldRule::Renamed(other) if request.contains_key(other) => {
                    return Err(format!("its `{other}` is `{name}`, and both are given"));
                }
                FieldRule::Renamed(other) => {
                    let value = request.shift_remove(name).unwrap_or_default();
                    request.insert(other.clone(), value);
                }
            }
        }
        Ok(())
    }
}

/// The name of a function, in its definition or in a choice of it, by either API.
fn name_of(tool: &Value) -> String {
    let function = tool.get("function").unwrap_or(tool);
    function.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn remove_strict(request: &mut Object) {
    let remove = |of: Option<&mut Value>| {
        if let Some(fields) = of.and_then(Value::as_object_mut) {
            fields.shift_remove("strict");
        }
    };
    if let Some(Value::Array(tools)) = request.get_mut("tools") {
        for tool in tools {
            remove(tool.get_mut("function"));
            remove(Some(tool));
        }
    }
    remove(request.get_mut("response_format").and_then(|format| format.get_mut("json_schema")));
    remove(request.get_mut("text").and_then(|text| text.get_mut("format")));
}

/// What is no JSON object stays a text: nothing else would say what the model wrote.
fn arguments_to_objects(message: &mut Object) {
    let calls = message.get_mut("tool_calls").and_then(Value::as_array_mut);
    for call in calls.into_iter().flatten() {
        let Some(arguments) = call.pointer_mut("/function/arguments") else { continue };
        let read = arguments.as_str().map(serde_json::from_str::<Object>);
        if let Some(Ok(object)) = read {
            *arguments = object.into();
        }
    }
}

fn shows_url(message: &Object) -> bool {
    let parts = message.get("content").and_then(Value::as_array);
    let url = |part: &Value| {
        let image = part.get("image_url")?;
        image.get("url").unwrap_or(image).as_str().map(|url| !url.starts_with("data:"))
    };
    parts.into_iter().flatten().any(|part| url(part) == Some(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::provider::ToolChoiceWords;

    fn adapted(quirks: &Quirks, request: Value) -> Result<Value, String> {
        let Value::Object(mut request) = request else { panic!("an object") };
        quirks.adapt(&mut request, &[]).map(|()| request.into())
    }

    fn with_tools(choice: &Value) -> Value {
        let tool = |name: &str| json!({"type": "function", "function": {"name": name}});
        json!({"tools": [tool("a"), tool("b"), tool("c")], "tool_choice": choice,
            "parallel_tool_calls": true})
    }

    #[test]
    fn a_server_without_quirks_is_sent_the_request_as_it_is() {
        let request = json!({"messages": [{"role": "developer", "content": "d"}], "seed": 1});
        assert_eq!(adapted(&Quirks::new(), request.clone()), Ok(request));
        assert!(Quirks::new().with_done_as_end(true).changes_nothing());
        assert!(!Quirks::new().with_strict(false).changes_nothing());
    }

    #[test]
    fn choices_that_a_server_does_not_know_are_made_by_what_is_offered() {
        let function = |name: &str| json!({"type": "function", "function": {"name": name}});
        let allowed = |mode: &str| {
            let tools = [function("a"), function("c")];
            json!({"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": tools}})
        };
        let words = Quirks::new().with_tool_choice(ToolChoiceWords::words_only());
        let of = |quirks: &Quirks, choice: Value| {
            let request = adapted(quirks, with_tools(&choice))?;
            let tools = request["tools"].as_array().map(Vec::as_slice).unwrap_or_default();
            let names: Vec<_> = tools.iter().map(name_of).collect();
            Ok::<_, String>((names.join(""), request.get("tool_choice").cloned()))
        };
        assert_eq!(of(&words, function("b")), Ok(("b".to_owned(), Some(json!("required")))));
        assert_eq!(of(&words, allowed("auto")), Ok(("ac".to_owned(), None)));
        assert_eq!(of(&words, allowed("required")), Ok(("ac".to_owned(), Some(json!("required")))));
        assert_eq!(of(&words, json!("none")), Ok(("abc".to_owned(), Some(json!("none")))));
        let nothing = Quirks::new().with_tool_choice(ToolChoiceWords::nothing());
        assert_eq!(of(&nothing, json!("none")), Ok((String::new(), None)));
        for demanding in [json!("required"), function("a"), allowed("required")] {
            assert!(of(&nothing, demanding.clone()).is_err(), "{demanding}");
        }
        let any = Some("any".to_owned());
        let any = ToolChoiceWords { required: any, ..ToolChoiceWords::default() };
        let any = Quirks::new().with_tool_choice(any);
        assert_eq!(of(&any, json!("required")), Ok(("abc".to_owned(), Some(json!("any")))));
    }

    #[test]
    fn fields_are_renamed_left_out_or_refused() {
        let quirks = Quirks::new()
            .with_field("seed", FieldRule::Renamed("random_seed".to_owned()))
            .with_field("stream_options", FieldRule::LeftOut)
            .with_field("metadata", FieldRule::Refused)
            .with_field("parallel_tool_calls", FieldRule::Refused);
        let request = json!({"seed": 1, "stream_options": {}, "parallel_tool_calls": true});
        assert_eq!(adapted(&quirks, request), Ok(json!({"random_seed": 1})));
        for (request, named) in [
            (json!({"metadata": {}}), "`metadata`"),
            (json!({"parallel_tool_calls": false}), "`parallel_tool_calls`"),
            (json!({"seed": 1, "random_seed": 2}), "both are given"),
        ] {
            let why = adapted(&quirks, request).expect_err("refused");
            assert!(why.contains(named), "{why}");
        }
    }

    #[test]
    fn strict_is_taken_out_wherever_it_stands() {
        let quirks = Quirks::new().with_strict(false);
        let request = json!({
            "tools": [{"function": {"name": "a", "strict": true}}, {"name": "b", "strict": true}],
            "response_format": {"type": "json_schema", "json_schema": {"strict": true}},
            "text": {"format": {"type": "json_schema", "strict": true}},
        });
        let sent = adapted(&quirks, request).expect("adapted");
        assert!(!sent.to_string().contains("strict"), "{sent}");
    }

    #[test]
    fn formats_go_down_the_ladder() {
        let quirks = Quirks::new().with_json_schema(false).with_json_object(false);
        let format = |kind: &str| json!({"response_format": {"type": kind}});
        assert_eq!(adapted(&quirks, format("json_object")), Ok(json!({})));
        assert!(adapted(&quirks, format("json_schema")).is_err());
    }

    #[test]
    fn messages_have_the_roles_the_arguments_and_the_thoughts_of_the_server() {
        let quirks = Quirks::new()
            .with_developer_role(false)
            .with_arguments_as_object(true)
            .with_reasoning_field("reasoning_content");
        let call = |arguments: Value| json!({"function": {"name": "a", "arguments": arguments}});
        let mut request = json!({"messages": [
            {"role": "developer", "content": "d"},
            {"role": "assistant", "content": "a"},
            {"role": "assistant", "tool_calls": [call(json!("{\"n\":1}")), call(json!("{n"))]},
        ]});
        let fields = request.as_object_mut().expect("an object");
        quirks.adapt(fields, &[None, Some("hm")]).expect("adapted");
        let expected = json!([
            {"role": "system", "content": "d"},
            {"role": "assistant", "content": "a", "reasoning_content": ""},
            {"role": "assistant", "reasoning_content": "hm",
                "tool_calls": [call(json!({"n": 1})), call(json!("{n"))]},
        ]);
        assert_eq!(request["messages"], expected);
    }

    #[test]
    fn images_by_url_are_refused_where_the_server_fetches_none() {
        let quirks = Quirks::new().with_image_urls(false);
        let request = |url: &str| json!({"messages": [{"role": "user", "content": [{"image_url": {"url": url}}]}]});
        assert!(adapted(&quirks, request("https://example.com/i.png")).is_err());
        assert!(adapted(&quirks, request("data:image/png;base64,YQ==")).is_ok());
    }
}
