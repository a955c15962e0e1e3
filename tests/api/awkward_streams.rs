//! The awkward forms of the built-in server's streams, read by the client.

use openai_tools::{
    Error, Message,
    chat::{AssistantMessage, FinishReason, Request, Response, Usage},
    testing::{LineEnd, Packing, Reply, StreamQuirk, StreamShape},
};
use serde_json::{Value, json};
use tests::TestServer;

fn request() -> Request {
    let mut request = Request::new("gpt-5.2");
    request.messages.push(Message::user("hi"));
    request
}

fn replies() -> [Reply; 4] {
    [
        Reply::text("Grüße, 🦀: \"€\"\nand more").with_usage(3, 9),
        Reply::refusal("I will not."),
        Reply::tool_calls([
            ("c1", "add", json!({"a": 1, "b": "🦀🦀🦀"})),
            ("c2", "sub", json!({})),
            ("c3", "add", json!({"a": [1, {"b": null}]})),
        ]),
        Reply::tool_calls([("c1", "add", json!({"a": "only one"}))]).with_reasoning("Let me see."),
    ]
}

async fn streamed(reply: Reply, shape: StreamShape) -> Result<Response, Error> {
    let server = TestServer::scripted([reply.with_stream(shape)]).await;
    let mut stream = server.client().stream(&request()).await?;
    while let Some(delta) = stream.next().await {
        delta?;
    }
    stream.into_response()
}

async fn unstreamed(reply: Reply) -> Response {
    let server = TestServer::scripted([reply]).await;
    server.client().send(&request()).await.expect("a response")
}

/// What of a response does not depend on white space.
fn content(response: Response) -> (AssistantMessage, Vec<Value>, FinishReason, Option<Usage>) {
    let Response { mut message, finish_reason, usage, .. } = response;
    for call in &mut message.tool_calls {
        let arguments: Value = serde_json::from_str(&call.arguments).expect("JSON");
        call.arguments = arguments.to_string();
    }
    let items = std::mem::take(&mut message.items);
    let items = items.iter().map(|item| serde_json::from_str(item.as_json()).expect("JSON"));
    (message, items.collect(), finish_reason, usage)
}

#[both_apis::test]
async fn every_form_that_changes_nothing_gives_the_same_response() {
    use StreamQuirk as Quirk;
    let quirks = [
        Quirk::ArgumentsAsObject,
        Quirk::ByteOrderMark,
        Quirk::Comments,
        Quirk::ExtraFields,
        Quirk::FinishReasonAbsent,
        Quirk::FinishReasonEmpty,
        Quirk::IdAndNameRepeated,
        Quirk::IndexHuge,
        Quirk::IndexMissing,
        Quirk::IndexSparse,
        Quirk::IndexZero,
        Quirk::MessageInsteadOfDelta,
        Quirk::MultiLineData,
        Quirk::NoDone,
        Quirk::NoLastBlankLine,
        Quirk::NoSpace,
        Quirk::PlaceholderFirst,
        Quirk::Snapshots,
        Quirk::UsageInEveryChunk,
        Quirk::WholeCalls,
    ];
    let shapes = quirks.map(|quirk| StreamShape::new().with_quirk(quirk));
    let others = [
        StreamShape::new(),
        StreamShape::new().with_delta_size(1).with_interleaved_calls(),
        StreamShape::new().with_line_end(LineEnd::Cr).with_packing(Packing::Split(1)),
        StreamShape::new().with_line_end(LineEnd::CrLf).with_packing(Packing::Split(3)),
        StreamShape::new().with_packing(Packing::Gathered(16_384)),
    ];
    let mut wrong = Vec::new();
    for shape in shapes.into_iter().chain(others) {
        for reply in replies() {
            let expected = content(unstreamed(reply.clone()).await);
            match streamed(reply, shape.clone()).await.map(content) {
                Ok(streamed) if streamed == expected => {}
                Ok((message, _, reason, usage)) => {
                    wrong.push(format!("{shape:?}: {message:?} {reason:?} {usage:?}"));
                }
                Err(error) => wrong.push(format!("{shape:?}: {error}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
