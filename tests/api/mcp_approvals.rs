//! Calls of MCP servers' tools, which the server makes once the application lets it.

use openai_tools::{
    Client, Outcome, Toolbox,
    chat::{Api, ConversationState, HostedTool, Mcp, McpApproval, Message},
    run::{Decision, SavedRun, WaitReason},
    testing::{Reply, ScriptedCall},
    tool::CallKind,
};
use serde_json::{Value, json};
use tests::{TestServer, echo, echo_call, transcript_is_answered};

fn client(server: &TestServer) -> Client {
    server.client_builder().api(Api::Responses).build().expect("a good configuration")
}

fn wiki() -> Mcp {
    Mcp::url("wiki", "https://example.com/mcp").with_approval(McpApproval::never_for(["search"]))
}

fn asks() -> Reply {
    Reply::tool_calls([
        ScriptedCall::mcp_approval("m1", "wiki", "edit", &json!({"page": 1})),
        ScriptedCall::mcp_approval("m2", "wiki", "delete", &json!({"page": 2})),
        echo_call(5),
    ])
}

fn answers(server: &TestServer, index: usize) -> Vec<Value> {
    let input = server.sent(index)["input"].as_array().expect("items").clone();
    input.into_iter().filter(|item| item["type"] == "mcp_approval_response").collect()
}

fn echo_box() -> Toolbox {
    Toolbox::new().with(echo()).expect("one tool")
}

#[tokio::test]
async fn each_request_for_an_approval_is_decided_like_a_call_and_answered() {
    let server = TestServer::scripted([asks(), Reply::text("done")]).await;
    let mut run = client(&server).run("m").tools(echo_box()).hosted_tool(wiki()).user("go").start();
    let turn = run.next_turn().await.expect("a response").expect("a turn");
    for call in turn.pending() {
        match (call.call().kind(), &*call.call().name) {
            (CallKind::McpApproval, "edit") => {
                assert_eq!(call.call().namespace(), Some("wiki"));
                assert_eq!(call.reason(), Some(WaitReason::NeedsApproval));
                assert_eq!(call.arguments(), "{\"page\":1}");
                call.approve();
            }
            (CallKind::McpApproval, _) => call.deny("not that one"),
            _ => assert_eq!(call.reason(), None),
        }
    }
    let run = run.finish().await.expect("a run");
    assert_eq!(run.text(), "done");
    assert!(transcript_is_answered(run.transcript()));
    let told = answers(&server, 1);
    assert_eq!(
        told[0],
        json!({"type": "mcp_approval_response", "approval_request_id": "m1", "approve": true})
    );
    assert_eq!(
        (&told[1]["approval_request_id"], &told[1]["approve"]),
        (&json!("m2"), &json!(false))
    );
    assert!(told[1]["reason"].as_str().expect("a reason").contains("not that one"));
    assert_eq!(told.len(), 2);
    // Nothing stands for it among the tools.
    let tools = server.sent(0)["tools"].take();
    assert_eq!(tools.as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_run_that_waits_for_one_can_be_put_away() {
    let server = TestServer::scripted([asks(), Reply::text("done")]).await;
    let run = client(&server).run("m").tools(echo_box()).hosted_tool(wiki()).user("go");
    let run = run.await.expect("a run");
    let Outcome::Pending(waiting) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert_eq!(waiting.len(), 2);

    let saved = serde_json::to_string(&run.save().expect("one that waits")).expect("JSON");
    let mut saved: SavedRun = serde_json::from_str(&saved).expect("a saved run");
    saved.decide(&"m1".into(), Decision::Approved).expect("it waits");
    saved.decide(&"m2".into(), Decision::Answered("later".to_owned())).expect("it waits");
    let run = client(&server).run("m").tools(echo_box()).hosted_tool(wiki()).resume(saved);
    assert_eq!(run.await.expect("taken up").text(), "done");
    let told: Vec<_> = answers(&server, 1).iter().map(|told| told["approve"].clone()).collect();
    // An answer by hand is no approval.
    assert_eq!(told, [json!(true), json!(false)]);
}

#[tokio::test]
async fn arguments_that_should_be_others_are_not_approved() {
    let server = TestServer::scripted([asks(), Reply::text("done")]).await;
    let run = client(&server).run("m").tools(echo_box()).hosted_tool(wiki()).user("go");
    let run = run.on_approval(|waiting| async move {
        Some(match &*waiting.call.name {
            "edit" => Decision::Arguments("{\"page\":7}".to_owned()),
            _ => Decision::Approved,
        })
    });
    let _ = run.await.expect("a run");
    let told: Vec<_> = answers(&server, 1).iter().map(|told| told["approve"].clone()).collect();
    assert_eq!(told, [json!(false), json!(true)]);
}

#[tokio::test]
async fn one_is_answered_after_the_last_response_where_the_server_keeps_the_conversation() {
    let server = TestServer::scripted([asks(), Reply::text("done")]).await;
    let run = client(&server)
        .run("m")
        .tools(echo_box())
        .hosted_tool(HostedTool::mcp("wiki", "https://example.com/mcp"))
        .state(ConversationState::Server)
        .on_approval(|_| async { Some(Decision::Approved) })
        .user("go");
    let _ = run.await.expect("a run");
    assert_eq!(answers(&server, 1).len(), 2);
    assert!(server.sent(1)["previous_response_id"].is_string());
    assert_eq!(server.sent(1)["input"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn the_server_refuses_the_answer_of_a_request_that_it_never_made() {
    let server = TestServer::scripted([asks(), Reply::text("no")]).await.with_invalid_requests();
    let run = client(&server).run("m").tools(echo_box()).hosted_tool(wiki()).user("go");
    let run = run.on_approval(|_| async { Some(Decision::Approved) }).await.expect("a run");
    let mut messages = run.into_transcript();
    // The output of a request that is not there any more.
    messages.retain(|message| !matches!(message, Message::Assistant(said) if said.text.is_none()));
    let error = client(&server).run("m").messages(messages).user("?").await.expect_err("refused");
    assert_eq!(error.error().status(), Some(400));
}
