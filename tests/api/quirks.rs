//! The built-in server as one with a single quirk, seen from the wire.

use openai_tools::{
    chat::Api,
    provider::{AnswerQuirks, FieldRule, Provider, Quirks, ToolChoiceWords, UsageTold},
    testing::Reply,
};
use serde_json::{Value, json};

use crate::providers::{playing, script};

/// Requests as OpenAI takes them, each with what a server with one quirk does not know; and as that
/// server takes them.
#[expect(clippy::too_many_lines, reason = "a table")]
fn wrong_and_right() -> Vec<(Quirks, Api, Value, Value)> {
    let chat = |more: Value| {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "JSON?"}]});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
        (Api::ChatCompletions, body)
    };
    let responses = |more: Value| {
        let mut body = json!({"model": "m", "input": [{"role": "user", "content": "JSON?"}]});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
        (Api::Responses, body)
    };
    let tool = json!({"type": "function", "function": {"name": "f", "parameters": {}}});
    let strict = json!({"type": "function", "function": {"name": "f", "strict": true,
        "parameters": {"type": "object", "properties": {}, "required": [],
            "additionalProperties": false}}});
    let custom = json!({"type": "custom", "custom": {"name": "c"}});
    let hosted = json!({"type": "web_search"});
    let image = |url: &str| json!([{"type": "image_url", "image_url": {"url": url}}]);
    let said = |content: Value| json!({"messages": [{"role": "user", "content": content}]});
    let shown = |output: Value| {
        json!({"input": [
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": output},
        ]})
    };
    let called = |arguments: Value| {
        let call = json!({"id": "c", "type": "function",
            "function": {"name": "f", "arguments": arguments}});
        json!({"messages": [
            {"role": "user", "content": "x"},
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c", "content": "y"},
        ]})
    };
    let answered = |arguments: Value| {
        json!({"input": [
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": arguments},
            {"type": "function_call_output", "call_id": "c", "output": "y"},
        ]})
    };
    let schema = json!({"type": "json_schema",
        "json_schema": {"name": "a", "schema": {"type": "object"}}});
    let thoughts = |first: Value| {
        json!({"messages": [
            {"role": "assistant", "content": "a", "thoughts": "hm"}, first,
            {"role": "user", "content": "x"},
        ]})
    };
    let with = Quirks::new;
    let words = |words| with().with_tool_choice(words);
    let required = ToolChoiceWords::default();
    let mut any = required.clone();
    any.required = Some("any".to_owned());
    let named = json!({"type": "function", "function": {"name": "f"}});
    let data = "data:image/png;base64,YQ==";
    let renamed = FieldRule::Renamed("max_tokens".to_owned());
    let shown_image =
        |url: &str| json!([{"type": "input_image", "image_url": url, "detail": "low"}]);
    vec![
        (with().with_field("seed", FieldRule::Refused), chat(json!({"seed": 1})), chat(json!({}))),
        (
            with().with_field("text.verbosity", FieldRule::LeftOut),
            responses(json!({"text": {"verbosity": "low"}})),
            responses(json!({"text": {}})),
        ),
        (
            with().with_field("max_completion_tokens", renamed),
            chat(json!({"max_completion_tokens": 9})),
            chat(json!({"max_tokens": 9})),
        ),
        (
            with().with_strict(false),
            chat(json!({"tools": [strict]})),
            chat(json!({"tools": [tool]})),
        ),
        (
            words(ToolChoiceWords::words_only()),
            chat(json!({"tools": [tool], "tool_choice": named})),
            chat(json!({"tools": [tool], "tool_choice": "required"})),
        ),
        (
            words(ToolChoiceWords::nothing()),
            chat(json!({"tools": [tool], "tool_choice": "none"})),
            chat(json!({"tools": [tool]})),
        ),
        (
            words(any),
            chat(json!({"tools": [tool], "tool_choice": "required"})),
            chat(json!({"tools": [tool], "tool_choice": "any"})),
        ),
        (
            with().with_developer_role(false),
            responses(json!({"input": [{"role": "developer", "content": "d"}]})),
            responses(json!({"input": [{"role": "system", "content": "d"}]})),
        ),
        (
            with().with_json_schema(false),
            chat(json!({"response_format": schema})),
            chat(json!({"response_format": {"type": "json_object"}})),
        ),
        (
            with().with_json_object(false),
            responses(json!({"text": {"format": {"type": "json_object"}}})),
            responses(json!({})),
        ),
        (with().with_arguments_as_object(true), chat(called(json!("{}"))), chat(called(json!({})))),
        (
            with().with_arguments_as_object(true),
            responses(answered(json!("{}"))),
            responses(answered(json!({}))),
        ),
        (
            with().with_reasoning_field("thoughts"),
            chat(thoughts(json!({"role": "assistant", "content": "b"}))),
            chat(thoughts(json!({"role": "assistant", "content": "b", "thoughts": ""}))),
        ),
        (with().with_images(false), chat(said(image(data))), chat(json!({}))),
        (
            with().with_image_urls(false),
            chat(said(image("https://e.org/i"))),
            chat(said(image(data))),
        ),
        (
            with().with_image_urls(false),
            responses(shown(shown_image("https://e.org/i"))),
            responses(shown(shown_image(data))),
        ),
        (
            with().with_files(false),
            chat(said(json!([{"type": "file", "file": {"file_data": "data:text/plain;base64,YQ==", "filename": "f"}}]))),
            chat(json!({})),
        ),
        (
            with().with_audio_input(false),
            chat(said(json!([{"type": "input_audio",
                "input_audio": {"data": "YQ==", "format": "wav"}}]))),
            chat(json!({})),
        ),
        (
            with().with_custom_tools(false),
            chat(json!({"tools": [custom]})),
            chat(json!({"tools": [tool]})),
        ),
        (
            with().with_hosted_tools(false),
            responses(json!({"tools": [hosted]})),
            responses(json!({})),
        ),
        (with().with_responses(false), responses(json!({})), chat(json!({}))),
        (
            with().with_keeps_responses(false),
            responses(json!({"background": true})),
            responses(json!({})),
        ),
        (
            with().with_reasoning_items(false),
            responses(json!({"input": [{"type": "reasoning", "id": "r", "summary": []},
                {"role": "user", "content": "x"}]})),
            responses(json!({})),
        ),
    ]
    .into_iter()
    .map(|(quirks, (api, wrong), right)| (quirks, api, wrong, json!([right.0.as_str(), right.1])))
    .collect()
}

#[tokio::test]
async fn every_quirk_of_requests_can_be_played() {
    let http = reqwest::Client::new();
    let path = |api: &str| if api == "responses" { "responses" } else { "chat/completions" };
    let mut quirky = Vec::new();
    for (quirks, api, wrong, right) in wrong_and_right() {
        let provider = Provider::new("p", "").with_quirks(quirks.clone());
        let server = playing(provider, std::iter::repeat_n(Reply::text("{}"), 2)).await;
        let send = |path: &str, body: &Value| {
            http.post(format!("{}/{path}", server.base_url())).json(body).send()
        };
        let refused = send(path(api.as_str()), &wrong).await.expect("sent").status();
        assert!(refused.is_client_error(), "{quirks:?}: {refused}");
        let right_path = path(right[0].as_str().expect("an API"));
        let taken = send(right_path, &right[1]).await.expect("sent");
        let (status, body) = (taken.status(), taken.text().await.expect("a body"));
        assert!(status.is_success(), "{quirks:?}: {body}");
        // Without the quirk the server takes it.
        let plain = playing(Provider::new("p", ""), [Reply::text("{}")]).await;
        let taken = http.post(format!("{}/{}", plain.base_url(), path(api.as_str())));
        let taken = taken.json(&wrong).send().await.expect("sent");
        let (status, body) = (taken.status(), taken.text().await.expect("a body"));
        let is_unknown_to_both = quirks.reasoning_field.is_some() || !quirks.reasoning_items;
        assert!(status.is_success() || is_unknown_to_both, "{quirks:?}: {body}");
        quirky.push(serde_json::to_value(&quirks).expect("JSON"));
    }
    // A quirk that is added needs a row, unless it is of answers.
    let plain = serde_json::to_value(Quirks::new()).expect("JSON");
    for (name, value) in plain.as_object().expect("fields") {
        let has_row = quirky.iter().any(|quirks| &quirks[name] != value);
        assert!(has_row || ["answers", "done_is_end"].contains(&name.as_str()), "{name}");
    }
}

/// Whether the bytes of a response show something.
type Shows = fn(&str) -> bool;

#[tokio::test]
async fn every_quirk_of_answers_can_be_played_over_both_apis_and_streams() {
    let answers = AnswerQuirks::new;
    let rows: [(AnswerQuirks, Shows, Shows); 8] = [
        (
            answers().with_arguments_as_object(true),
            |body| body.contains(r#""arguments":{"#),
            |body| body.contains(r#""arguments":{"#),
        ),
        (
            answers().with_whole_calls(true),
            |_| true,
            |body| {
                let is_chat = !body.contains("sequence_number");
                let begun = r#""arguments":"""#;
                !(is_chat && body.contains(begun) || body.contains("arguments.delta"))
            },
        ),
        (
            answers().with_index_missing(true),
            |_| true,
            |body| !body.contains(r#""tool_calls":[{"index""#) && !body.contains("output_index"),
        ),
        (
            answers().with_id_missing(true),
            |body| !body.contains(r#""tool_calls":[{"id""#),
            |body| !body.contains(r#""index":0,"id""#),
        ),
        (
            answers().with_finish_reason_empty(true),
            |_| true,
            |body| body.contains(r#""finish_reason":"""#) || body.contains("sequence_number"),
        ),
        (
            answers().with_reasoning_field("thoughts"),
            |body| !body.contains("reasoning_content"),
            |body| !body.contains("reasoning_content"),
        ),
        (
            answers().with_usage(UsageTold::Never),
            |body| !body.contains("total_tokens"),
            |body| !body.contains("total_tokens"),
        ),
        (
            answers().with_usage(UsageTold::Always),
            |body| body.contains("total_tokens"),
            |body| body.contains("total_tokens"),
        ),
    ];
    let http = reqwest::Client::new();
    let tool = |api: Api| match api {
        Api::Responses => {
            json!({"type": "function", "name": "echo", "parameters": {}, "strict": false})
        }
        _ => json!({"type": "function", "function": {"name": "echo", "parameters": {}}}),
    };
    for (answers, whole, streamed) in rows {
        for (api, path, list) in [
            (Api::ChatCompletions, "chat/completions", "messages"),
            (Api::Responses, "responses", "input"),
        ] {
            for is_streamed in [false, true] {
                let provider = Provider::new("p", "");
                let provider = provider.with_quirks(Quirks::new().with_answers(answers.clone()));
                let server = playing(provider, script()).await;
                let body = json!({"model": "m", list: [{"role": "user", "content": "x"}],
                    "tools": [tool(api)], "stream": is_streamed});
                let url = format!("{}/{path}", server.base_url());
                let body = http.post(url).json(&body).send().await.expect("sent").text().await;
                let body = body.expect("a body");
                assert!(body.contains("echo"), "{body}");
                let looks_so = if is_streamed { streamed(&body) } else { whole(&body) };
                assert!(looks_so, "{answers:?} over {path} ({is_streamed}): {body}");
            }
        }
    }
}
