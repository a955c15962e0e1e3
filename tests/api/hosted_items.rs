//! What tools of the server did: typed events of a run, and typed items of its transcript.

use openai_tools::{
    Message,
    chat::{Api, OutputItem},
    responses::{Item, StreamEvent, WebSearchAction},
    run::Event,
    testing::Reply,
};
use serde_json::{Value, json};
use tests::TestServer;

/// An item of each tool, but for calls that wait for an output.
fn items() -> Vec<Value> {
    vec![
        json!({"type": "web_search_call", "id": "ws_1", "status": "completed",
            "action": {"type": "search", "query": "rain", "queries": ["rain"]}}),
        json!({"type": "file_search_call", "id": "fs_1", "status": "completed", "queries": ["rain"],
            "results": [{"file_id": "file_1", "filename": "a.txt", "score": 0.93, "text": "wet"}]}),
        json!({"type": "code_interpreter_call", "id": "ci_1", "status": "completed",
            "container_id": "cntr_1", "code": "print(1)",
            "outputs": [{"type": "logs", "logs": "1\n"}]}),
        json!({"type": "image_generation_call", "id": "ig_1", "status": "completed",
            "result": "iVBORw0KGgo="}),
        json!({"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "s", "tools": [
            {"name": "f", "input_schema": {"type": "object"}, "annotations": null}]}),
        json!({"type": "mcp_call", "id": "mcp_1", "server_label": "s", "name": "f",
            "arguments": "{}", "output": "o", "error": null, "status": "completed"}),
        json!({"type": "shell_call", "id": "sh_1", "call_id": "c1", "status": "completed",
            "environment": {"type": "container_reference", "container_id": "cntr_1"}, "action": {"commands": ["ls"], "timeout_ms": null,
            "max_output_length": null}}),
        json!({"type": "shell_call_output", "id": "sho_1", "call_id": "c1", "status": "completed",
            "max_output_length": null, "output": [{"stdout": "a", "stderr": "",
            "outcome": {"type": "exit", "exit_code": 0}}]}),
        json!({"type": "brand_new_call", "id": "x_1", "depth": 12.50}),
    ]
}

fn reply() -> Reply {
    let mut output = items();
    output.push(json!({"type": "message", "id": "m_1", "role": "assistant", "status": "completed",
        "content": [{"type": "output_text", "text": "done", "annotations": []}]}));
    Reply::text("").with_field("output", Value::from(output))
}

fn all_typed<'a>(told: impl IntoIterator<Item = &'a OutputItem>) {
    let expected = items();
    let mut told = told.into_iter();
    for expected in &expected {
        let item = told.next().expect("one more").read();
        assert_eq!(&serde_json::to_value(&item).expect("JSON"), expected);
        let known = expected["type"] != "brand_new_call";
        assert_eq!(!matches!(item, Item::Other(_)), known, "{item:?}");
        if let Item::WebSearchCall(search) = &item {
            assert!(matches!(search.action, Some(WebSearchAction::Search(_))));
        }
    }
}

#[tokio::test]
async fn what_tools_of_the_server_did_is_told_and_kept_as_typed_items() {
    for streamed in [false, true] {
        let server = TestServer::scripted([reply()]).await.with_invalid_requests();
        let run = server.client().run("m").api(Api::Responses).user("go");
        let run = if streamed {
            let (mut events, mut told, mut ended) = (run.stream(), Vec::new(), None);
            while let Some(event) = events.next().await {
                match event.expect("an event") {
                    Event::Item(item) => told.push(item),
                    Event::Ended(run) => ended = Some(run),
                    _ => {}
                }
            }
            assert_eq!(told.len(), items().len());
            all_typed(&told);
            *ended.expect("an end")
        } else {
            run.await.expect("good")
        };
        assert_eq!(run.text(), "done");
        let transcript = run.into_transcript();
        let Some(Message::Assistant(said)) = transcript.last() else { panic!("a message") };
        all_typed(&said.items);
    }
}

#[tokio::test]
async fn a_response_that_is_kept_is_read_as_any_other() {
    let server = TestServer::scripted([Reply::text("Hello")]).await;
    let client = server.client_builder().api(Api::Responses).build().expect("good");
    let mut request = openai_tools::chat::Request::new("m");
    request.messages.push(Message::user("Hi"));
    let sent = client.send(&request).await.expect("good");
    let kept = client.responses().retrieve(sent.id.as_deref().expect("an id")).await.expect("kept");
    let read = openai_tools::chat::Response::try_from(&kept).expect("readable");
    assert_eq!(read.message.text, sent.message.text);
    assert_eq!((&read.id, &read.message.response_id), (&sent.id, &sent.message.response_id));
    assert_eq!(read.usage, sent.usage);
}

#[test]
fn steps_of_such_a_tool_are_typed_events() {
    let event = json!({"type": "response.web_search_call.searching", "item_id": "ws_1",
        "output_index": 0, "sequence_number": 3});
    let read: StreamEvent = serde_json::from_value(event.clone()).expect("an event");
    let StreamEvent::WebSearchSearching(step) = &read else { panic!("a step") };
    assert_eq!((step.item_id.as_str(), step.sequence_number), ("ws_1", 3));
    assert_eq!(serde_json::to_value(&read).expect("JSON"), event);
}
