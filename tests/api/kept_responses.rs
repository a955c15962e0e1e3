//! What the server keeps: responses and conversations, over a real socket.

use std::collections::BTreeMap;

use openai_tools::{
    Client, ErrorKind, Message,
    chat::{Api, ConversationState, Request},
    responses::{Content, ContentPart, CreateConversation, Item, Order, ResponseStatus, Role},
    testing::Reply,
};
use serde_json::json;
use tests::{TestServer, document, echo, echo_call};

fn client(server: &TestServer) -> Client {
    server.client_builder().api(Api::Responses).build().expect("a good configuration")
}

fn request(text: &str) -> Request {
    let mut request = Request::new("m");
    request.messages.push(Message::user(text));
    request
}

fn texts(items: &[Item]) -> Vec<&str> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Message(message) => match &message.content {
                Content::Parts(parts) => match &parts[0] {
                    ContentPart::InputText(part) => Some(part.text.as_str()),
                    ContentPart::OutputText(part) => Some(part.text.as_str()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn a_response_is_retrieved_and_deleted() {
    let server = TestServer::scripted([Reply::text("Hello")]).await;
    let client = client(&server);
    let sent = client.send(&request("Hi")).await.expect("good");
    let id = sent.id.clone().expect("an id");
    let kept = client.responses().retrieve(&id).await.expect("kept");
    assert_eq!((kept.id.as_str(), &kept.status), (&*id, &Some(ResponseStatus::Completed)));
    assert_eq!(texts(kept.output.as_deref().expect("output")), ["Hello"]);
    let written = serde_json::to_value(&kept).expect("JSON");
    document::check_responses_response(&written).expect("valid");
    assert_eq!(written, serde_json::from_slice::<serde_json::Value>(&sent.body()).expect("JSON"));

    let deleted = client.responses().delete(&id).await.expect("there");
    assert_eq!((deleted.id, deleted.deleted), (id.clone(), Some(true)));
    let error = client.responses().retrieve(&id).await.expect_err("gone");
    assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(404)));
}

#[tokio::test]
async fn what_is_unknown_is_an_error_of_the_api_that_is_not_tried_again() {
    let server = TestServer::automatic().await;
    let client = client(&server);
    let (responses, conversations) = (client.responses(), client.conversations());
    let errors = [
        responses.retrieve("resp_x").await.err(),
        responses.cancel("resp_x").await.err(),
        responses.delete("resp_x").await.err(),
        responses.input_items("resp_x").page().await.err(),
        responses.retrieve_stream("resp_x").next().await.and_then(Result::err),
        conversations.retrieve("conv_x").await.err(),
        conversations.update("conv_x", BTreeMap::new()).await.err(),
        conversations.delete("conv_x").await.err(),
        conversations.items("conv_x").stream().next().await.and_then(Result::err),
        conversations.create_items("conv_x", [Item::user("a")]).await.err(),
        conversations.item("conv_x", "msg_x").await.err(),
        conversations.delete_item("conv_x", "msg_x").await.err(),
    ];
    for (index, error) in errors.into_iter().enumerate() {
        let error = error.unwrap_or_else(|| panic!("{index}: no error"));
        assert_eq!((error.kind(), error.status()), (ErrorKind::Api, Some(404)), "{index}");
        let message = error.api_error().expect("an error object").message();
        assert!(message.contains("not found"), "{message}");
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!(server.request_count(), 12);
}

#[tokio::test]
async fn what_is_no_id_is_refused_before_it_is_sent() {
    let server = TestServer::automatic().await;
    let client = client(&server);
    for id in ["", ".", ".."] {
        let error = client.responses().retrieve(id).await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let error = client.conversations().items(id).page().await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let error = client.responses().retrieve_stream(id).next().await.expect("an error");
        assert_eq!(error.expect_err("refused").kind(), ErrorKind::InvalidRequest);
    }
    assert_eq!(server.request_count(), 0);
    // What could lead elsewhere stays within its segment.
    let error = client.responses().retrieve("a/../../models").await.expect_err("unknown");
    assert_eq!(error.status(), Some(404));
    assert_eq!(server.requests()[0].path(), "/v1/responses/a%2F..%2F..%2Fmodels");
}

#[tokio::test]
async fn the_input_of_a_response_comes_in_pages() {
    let server = TestServer::automatic().await;
    let client = client(&server);
    let mut request = request("0");
    for n in 1..5 {
        request.messages.push(Message::user(n.to_string()));
    }
    let id = client.send(&request).await.expect("good").id.expect("an id");
    let list = client.responses().input_items(&id).order(Order::Ascending).limit(2);
    let page = list.page().await.expect("a page");
    assert_eq!((texts(&page.data), page.has_more), (vec!["0", "1"], Some(true)));
    let before = server.request_count();
    let (mut items, mut all) = (list.stream(), Vec::new());
    while let Some(item) = items.next().await {
        all.push(item.expect("an item"));
    }
    assert_eq!(texts(&all), ["0", "1", "2", "3", "4"]);
    assert_eq!(server.request_count() - before, 3);
    let written = serde_json::to_value(&page).expect("JSON");
    document::check_schema("ResponseItemList", &written).expect("valid");
    let newest = client.responses().input_items(&id).limit(1).page().await.expect("a page");
    assert_eq!(texts(&newest.data), ["4"]);
    let error = client.responses().input_items(&id).limit(0).page().await.expect_err("refused");
    assert_eq!(error.api_error().and_then(|api| api.param()), Some("limit"));
}

#[tokio::test]
async fn tokens_are_counted_before_a_request_is_sent() {
    let server = TestServer::automatic().await;
    let client = server.client();
    let count = async |request: &Request| {
        client.responses().input_tokens(request).await.expect("a number").input_tokens
    };
    let mut request = request("Tell me of Hanoi.");
    request.settings.temperature = Some(0.5);
    let few = count(&request).await;
    request.messages.push(Message::user("And of Paris, and of all that lies in between."));
    assert!(few > 0 && count(&request).await > few);
    let sent = server.sent(0);
    assert_eq!(sent.as_object().expect("an object").keys().collect::<Vec<_>>(), ["model", "input"]);
}

#[tokio::test]
async fn a_conversation_is_made_changed_and_deleted() {
    let server = TestServer::automatic().await;
    let conversations = client(&server).conversations();
    let mut begin = CreateConversation::default();
    begin.items = Some(vec![Item::user("one")]);
    begin.metadata = Some(BTreeMap::from([("topic".to_owned(), "a".to_owned())]));
    let made = conversations.create(&begin).await.expect("made");
    assert_eq!(conversations.retrieve(&made.id).await.expect("kept"), made);

    let noted = BTreeMap::from([("topic".to_owned(), "b".to_owned())]);
    let changed = conversations.update(&made.id, noted.clone()).await.expect("changed");
    assert_eq!(changed.metadata, Some(noted));

    let added = [Item::user("two"), Item::user("three")];
    let added = conversations.create_items(&made.id, added).await.expect("added");
    assert_eq!(texts(&added.data), ["two", "three"]);
    let two = added.data[0].id().expect("an id");
    assert_eq!(conversations.item(&made.id, &two).await.expect("kept"), added.data[0]);
    conversations.delete_item(&made.id, &two).await.expect("deleted");
    let error = conversations.item(&made.id, &two).await.expect_err("gone");
    assert_eq!(error.status(), Some(404));
    let list = conversations.items(&made.id).order(Order::Ascending);
    let page = list.page().await.expect("a page");
    assert_eq!(texts(&page.data), ["one", "three"]);
    let written = serde_json::to_value(&page).expect("JSON");
    document::check_schema("ConversationItemList", &written).expect("valid");
    let written = serde_json::to_value(&made).expect("JSON");
    document::check_schema("ConversationResource", &written).expect("valid");
    let written = serde_json::to_value(&begin).expect("JSON");
    document::check_schema("CreateConversationBody", &written).expect("valid");

    assert_eq!(conversations.delete(&made.id).await.expect("deleted").deleted, Some(true));
    assert_eq!(conversations.retrieve(&made.id).await.expect_err("gone").status(), Some(404));
}

#[tokio::test]
async fn too_much_for_a_conversation_is_refused_with_an_error_object() {
    let server = TestServer::automatic().await.with_invalid_requests();
    let conversations = client(&server).conversations();
    let mut begin = CreateConversation::default();
    begin.items = Some(vec![Item::user("again"); 21]);
    let error = conversations.create(&begin).await.expect_err("refused");
    assert_eq!(error.status(), Some(400));
    assert_eq!(error.api_error().and_then(|api| api.param()), Some("items"));
}

#[tokio::test]
async fn a_run_goes_on_in_a_conversation_and_sends_what_is_new() {
    for streamed in [false, true] {
        let script = [Reply::tool_calls([echo_call(1)]), Reply::text("done"), Reply::text("more")];
        let server = TestServer::scripted(script).await;
        let client = client(&server);
        let mut begin = CreateConversation::default();
        begin.items = Some(vec![Item::user("before")]);
        let id = client.conversations().create(&begin).await.expect("made").id;
        let run = || {
            let tools = openai_tools::Toolbox::new().with(echo()).expect("one tool");
            let state = ConversationState::Conversation(id.clone());
            client.run("m").tools(&tools).state(state)
        };
        let ended = async |run: openai_tools::run::RunBuilder<_>| {
            if !streamed {
                return run.await.expect("good");
            }
            run.stream().finish().await.expect("good")
        };
        let first = ended(run().user("go")).await;
        assert_eq!(first.text(), "done");
        let second = ended(run().messages(first.into_transcript()).user("and now?")).await;
        assert_eq!(second.text(), "more");
        for index in 1..=3 {
            let sent = server.sent(index);
            assert_eq!(sent["conversation"], json!(id));
            assert_eq!(sent["input"].as_array().expect("items").len(), 1, "{sent}");
        }
        let list = client.conversations().items(&id).order(Order::Ascending);
        let kept = list.page().await.expect("a page").data;
        assert_eq!(texts(&kept), ["before", "go", "done", "and now?", "more"]);
        assert_eq!(kept.len(), 7);
        let Item::Message(message) = &kept[0] else { panic!("a message") };
        assert_eq!(message.role, Role::User);
    }
}

#[tokio::test]
async fn a_conversation_that_is_forgotten_is_not_replaced() {
    let server = TestServer::automatic().await;
    let state = ConversationState::Conversation("conv_x".to_owned());
    let error = client(&server).run("m").state(state).user("go").await.expect_err("unknown");
    assert_eq!(error.error().status(), Some(404));
    assert_eq!(server.request_count(), 1);
}

#[tokio::test]
async fn chat_completions_refuse_a_conversation_before_the_request() {
    let server = TestServer::automatic().await;
    for id in ["conv_1", ""] {
        let state = ConversationState::Conversation(id.to_owned());
        let error = server.client().run("m").state(state).user("go").await.expect_err("refused");
        assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
    }
    let state = ConversationState::Conversation(String::new());
    let error = client(&server).run("m").state(state).user("go").await.expect_err("refused");
    assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
    assert_eq!(server.request_count(), 0);
}
