use serde_json::json;

use super::{tools::name_of, *};
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
fn a_choice_of_a_custom_tool_is_one_of_its_name_by_both_apis() {
    let words = Quirks::new().with_tool_choice(ToolChoiceWords::words_only());
    let chat = |name: &str| json!({"type": "custom", "custom": {"name": name}});
    let responses = |name: &str| json!({"type": "custom", "name": name});
    for (tools, choice) in
        [([chat("a"), chat("b")], chat("b")), ([responses("a"), responses("b")], responses("b"))]
    {
        let request = json!({"tools": tools, "tool_choice": choice});
        let sent = adapted(&words, request).expect("adapted");
        assert_eq!(sent, json!({"tools": [tools[1]], "tool_choice": "required"}));
        let allowed = json!({"type": "allowed_tools", "mode": "auto", "tools": [tools[0]]});
        let request = json!({"tools": tools, "tool_choice": allowed});
        assert_eq!(adapted(&words, request), Ok(json!({"tools": [tools[0]]})));
    }
    let hosted = json!({"type": "web_search"});
    let request = json!({"tools": [responses("a"), hosted], "tool_choice": hosted});
    let sent = adapted(&words, request).expect("adapted");
    assert_eq!(sent, json!({"tools": [hosted], "tool_choice": "required"}));
}

#[test]
fn tools_that_a_server_does_not_know_are_refused_by_their_names() {
    let few = Quirks::new().with_custom_tools(false).with_hosted_tools(false);
    for (tool, named) in [
        (json!({"type": "custom", "custom": {"name": "sql"}}), "custom tools such as `sql`"),
        (json!({"type": "custom", "name": "sql"}), "custom tools such as `sql`"),
        (json!({"type": "web_search"}), "`web_search`"),
        (json!({"type": "namespace", "name": "crm", "tools": []}), "`namespace`"),
        (json!({"type": "function", "name": "a", "defer_loading": true}), "`defer_loading`"),
        (json!({"type": "function", "name": "a", "allowed_callers": []}), "`allowed_callers`"),
    ] {
        let request = json!({"tools": [tool]});
        assert_eq!(adapted(&Quirks::new(), request.clone()), Ok(request.clone()));
        let why = adapted(&few, request).expect_err("refused");
        assert!(why.contains(named), "{why}");
    }
    let told = json!({"tools": [{"type": "function", "name": "a", "output_schema": {}}]});
    let sent = adapted(&few, told).expect("adapted");
    assert_eq!(sent, json!({"tools": [{"type": "function", "name": "a"}]}));
    for history in [
        json!({"messages": [{"role": "assistant", "tool_calls": [{"custom": {"name": "sql"}}]}]}),
        json!({"input": [{"type": "custom_tool_call", "name": "sql"}]}),
    ] {
        assert!(adapted(&few, history.clone()).is_err(), "{history}");
    }
}

#[test]
fn fields_within_fields_have_rules_of_their_own_and_leave_nothing_empty() {
    let quirks = Quirks::new()
        .with_field("text.verbosity", FieldRule::LeftOut)
        .with_field("reasoning.effort", FieldRule::Renamed("level".to_owned()))
        .with_field("text.format", FieldRule::Refused);
    let request = json!({"text": {"verbosity": "low"}, "reasoning": {"effort": "low"}});
    assert_eq!(adapted(&quirks, request), Ok(json!({"reasoning": {"level": "low"}})));
    let why = adapted(&quirks, json!({"text": {"format": {"type": "json_schema"}}}));
    let why = why.expect_err("refused");
    assert!(why.contains("`text.format`") && why.contains("use chat completions"), "{why}");
}

#[test]
fn what_every_server_does_is_left_out_where_it_cannot_be_said() {
    let fields =
        ["background", "logprobs", "parallel_tool_calls", "service_tier", "store", "truncation"];
    let quirks = fields
        .iter()
        .fold(Quirks::new(), |quirks, field| quirks.with_field(*field, FieldRule::Refused));
    let same = json!({"background": false, "logprobs": false, "parallel_tool_calls": true,
        "service_tier": "auto", "store": false, "truncation": "disabled"});
    assert_eq!(adapted(&quirks, same), Ok(json!({})));
    let other = json!({"background": true, "logprobs": true, "parallel_tool_calls": false,
        "service_tier": "flex", "store": true, "truncation": "auto"});
    for (field, value) in other.as_object().expect("an object") {
        assert!(adapted(&quirks, json!({field.as_str(): value})).is_err(), "{field}");
    }
}

#[test]
fn items_of_the_responses_api_are_adapted_as_messages_are() {
    let quirks = Quirks::new()
        .with_developer_role(false)
        .with_arguments_as_object(true)
        .with_reasoning_field("thoughts")
        .with_reasoning_items(false);
    let mut request = json!({"input": [
        {"role": "developer", "content": "d"},
        {"type": "reasoning", "id": "r", "summary": []},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{\"n\":1}"},
        {"type": "function_call", "call_id": "d", "name": "f", "arguments": "{n"},
        {"role": "assistant", "content": "a"},
    ]});
    let fields = request.as_object_mut().expect("an object");
    quirks.adapt(fields, &[Some("hm")]).expect("adapted");
    let expected = json!([
        {"role": "system", "content": "d"},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": {"n": 1}},
        {"type": "function_call", "call_id": "d", "name": "f", "arguments": "{n"},
        {"role": "assistant", "content": "a"},
    ]);
    assert_eq!(request["input"], expected);
}

/// A part wherever it can stand, by both APIs.
fn everywhere(part: &Value) -> [Value; 4] {
    [
        json!({"messages": [{"role": "user", "content": [{"type": "text", "text": "t"}, part]}]}),
        json!({"input": [{"role": "user", "content": [part]}]}),
        json!({"input": [{"type": "function_call_output", "call_id": "c", "output": [part]}]}),
        json!({"input": [{"type": "computer_call_output", "call_id": "c", "output": part}]}),
    ]
}

#[test]
fn images_by_url_are_refused_wherever_they_stand_where_the_server_fetches_none() {
    let quirks = Quirks::new().with_image_urls(false);
    let chat = |url: &str| json!({"type": "image_url", "image_url": {"url": url}});
    let responses = |url: &str| json!({"type": "input_image", "image_url": url});
    let (far, near) = ("https://example.com/i.png", "data:image/png;base64,YQ==");
    let by_id = json!({"type": "input_image", "file_id": "file-1"});
    for request in [chat(far), responses(far), by_id].iter().flat_map(everywhere) {
        assert!(adapted(&quirks, request.clone()).is_err(), "{request}");
    }
    for request in [chat(near), responses(near)].iter().flat_map(everywhere) {
        assert_eq!(adapted(&quirks, request.clone()), Ok(request));
    }
}

#[test]
fn parts_that_a_server_does_not_take_are_refused_wherever_they_stand() {
    let none = Quirks::new().with_images(false).with_files(false).with_audio_input(false);
    for part in [
        json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,YQ=="}}),
        json!({"type": "input_image", "image_url": "data:image/png;base64,YQ=="}),
        json!({"type": "file", "file": {"file_id": "f"}}),
        json!({"type": "input_file", "file_id": "f"}),
        json!({"type": "input_audio", "input_audio": {"data": "YQ==", "format": "wav"}}),
    ] {
        for request in everywhere(&part) {
            assert!(adapted(&none, request.clone()).is_err(), "{request}");
            assert_eq!(adapted(&Quirks::new(), request.clone()), Ok(request));
        }
    }
    let spoke = json!({"messages": [{"role": "assistant", "audio": {"id": "a"}}]});
    assert!(adapted(&none, spoke).is_err());
}

#[test]
fn breakpoints_of_the_prompt_cache_go_with_its_options() {
    let part =
        json!({"type": "text", "text": "t", "prompt_cache_breakpoint": {"mode": "explicit"}});
    let request = json!({"messages": [{"role": "user", "content": [part]}]});
    let with = |rule| Quirks::new().with_field("prompt_cache_options", rule);
    let sent = adapted(&with(FieldRule::LeftOut), request.clone()).expect("adapted");
    assert_eq!(sent["messages"][0]["content"], json!([{"type": "text", "text": "t"}]));
    assert!(adapted(&with(FieldRule::Refused), request).is_err());
}
