//! Enums as sets of tools.

use std::error::Error as _;

use openai_tools::{
    CallError, Error, ErrorKind, Message, Tool, ToolCall, ToolOutput, ToolSet, Tools, TypedCall,
    chat::{Request, Response},
    testing::Reply,
    tool::{CallFailure, Members},
};
use serde_json::json;
use tests::TestServer;

/// Put an item of the catalogue into the basket.
#[derive(Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, Tool)]
struct AddToBasket {
    /// The item's number.
    item: u32,
    #[schemars(range(min = 1, max = 9))]
    count: u8,
}

#[derive(Debug, PartialEq, Tool)]
#[serde(rename_all_fields = "camelCase")]
enum Account {
    /// Sign the user out.
    SignOut { on_all_devices: Option<bool> },
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    Rename { new_name: String },
}

/// What the assistant may do.
#[derive(Debug, PartialEq, Tool)]
enum Action {
    /// Search the
    /// catalogue.
    Search {
        /// Words to look
        /// for.
        query: String,
        #[serde(rename = "limit")]
        at_most: Option<u8>,
    },
    AddToBasket(AddToBasket),
    /// Put an item onto the wish list.
    #[tool(name = "wish")]
    Wish(AddToBasket),
    #[tool(description = "End the conversation.", strict = false)]
    HangUp,
    #[tool(set)]
    Account(Account),
    #[serde(skip)]
    #[expect(dead_code, reason = "no call makes it")]
    Internal(String),
}

fn call(name: &str, arguments: &str) -> ToolCall {
    ToolCall::new("call_1", name, arguments)
}

fn refused(name: &str, arguments: &str) -> CallError {
    Action::parse(&call(name, arguments)).expect_err("refused")
}

#[test]
fn each_variant_is_defined_in_order() {
    let definitions = Action::definitions().expect("a sound set");
    let told: Vec<_> =
        definitions.iter().map(|d| (d.name().as_str(), d.description(), d.is_strict())).collect();
    assert_eq!(
        told,
        [
            ("search", Some("Search the catalogue."), true),
            ("add_to_basket", Some("Put an item of the catalogue into the basket."), true),
            ("wish", Some("Put an item onto the wish list."), true),
            ("hang_up", Some("End the conversation."), false),
            ("sign_out", Some("Sign the user out."), true),
            ("rename", None, true),
        ]
    );
}

#[test]
fn the_fields_of_a_variant_are_the_parameters() {
    let definitions = Action::definitions().expect("a sound set");
    assert_eq!(
        definitions[0].parameters(),
        &json!({
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "Words to look for."},
                "limit": {"type": ["integer", "null"], "minimum": 0, "maximum": 255},
            },
            "required": ["query", "limit"],
            "additionalProperties": false,
        })
    );
    let properties = |index: usize| {
        let properties = definitions[index].parameters()["properties"].as_object();
        properties.map(|fields| fields.keys().map(String::as_str).collect::<Vec<_>>())
    };
    assert_eq!(properties(1), Some(vec!["item", "count"]));
    assert_eq!(properties(3).unwrap_or_default(), [""; 0]);
    assert_eq!(properties(4), Some(vec!["onAllDevices"]));
    assert_eq!(properties(5), Some(vec!["NEW_NAME"]));
}

#[test]
fn calls_are_values_of_the_enum() {
    let item = || AddToBasket { item: 7, count: 2 };
    for (name, arguments, value) in [
        (
            "search",
            r#"{"query": "lamp", "limit": 3}"#,
            Action::Search { query: "lamp".to_owned(), at_most: Some(3) },
        ),
        (
            "search",
            r#"{"query": "lamp"}"#,
            Action::Search { query: "lamp".to_owned(), at_most: None },
        ),
        ("add_to_basket", r#"{"item": 7, "count": 2}"#, Action::AddToBasket(item())),
        ("wish", r#"{"item": 7, "count": 2}"#, Action::Wish(item())),
        ("hang_up", "{}", Action::HangUp),
        ("hang_up", "", Action::HangUp),
        (
            "sign_out",
            r#"{"onAllDevices": true}"#,
            Action::Account(Account::SignOut { on_all_devices: Some(true) }),
        ),
        (
            "rename",
            r#"{"NEW_NAME": "Mona"}"#,
            Action::Account(Account::Rename { new_name: "Mona".to_owned() }),
        ),
    ] {
        assert_eq!(Action::parse(&call(name, arguments)).expect(name), value);
    }
}

#[test]
fn a_struct_is_a_set_of_one() {
    let arguments = r#"{"item": 7, "count": 2}"#;
    let parsed = AddToBasket::parse(&call("add_to_basket", arguments)).expect("valid");
    assert_eq!(parsed, AddToBasket { item: 7, count: 2 });
    assert_eq!(<AddToBasket as ToolSet>::definitions().expect("sound").len(), 1);
}

#[test]
fn an_unknown_tool_is_told_with_its_neighbour() {
    let error = refused("serch", "{}");
    assert_eq!(error.failure(), CallFailure::UnknownTool);
    assert_eq!(error.to_string(), "no tool is called `serch`");
    assert_eq!(
        error.for_model(),
        "unknown tool `serch`; did you mean `search`? Known tools: search, add_to_basket, wish, \
         hang_up, sign_out, rename"
    );
    // What serde would call the variants is no name of a tool.
    assert_eq!(refused("Search", r#"{"query": "x"}"#).failure(), CallFailure::UnknownTool);
    assert_eq!(refused("internal", r#""x""#).failure(), CallFailure::UnknownTool);
}

#[test]
fn an_invalid_call_says_where_and_what() {
    let error = refused("search", r#"{"query": "#);
    assert_eq!(error.failure(), CallFailure::InvalidJson);
    assert_eq!(error.to_string(), "the arguments for the tool `search` are not JSON");
    assert!(error.for_model().starts_with("not valid JSON: "), "{}", error.for_model());

    let error = refused("wish", r#"{"item": 7, "count": 10}"#);
    assert_eq!(error.failure(), CallFailure::InvalidArguments);
    assert!(error.for_model().starts_with("- at /count: "), "{}", error.for_model());
    assert_eq!(error.to_string(), "the arguments for the tool `wish` are not valid");
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    assert!(source.contains("/count"), "{source}");
    assert_eq!(
        error.to_output(),
        ToolOutput::failed("call_1", CallFailure::InvalidArguments, error.for_model())
    );
}

#[test]
fn what_only_the_type_refuses_is_an_invalid_argument() {
    #[derive(Debug, Tool)]
    enum Wait {
        #[expect(dead_code, reason = "no value gets this far")]
        Until { address: std::net::IpAddr },
    }

    let error = Wait::parse(&call("until", r#"{"address": "here"}"#)).expect_err("no address");
    assert_eq!(error.failure(), CallFailure::InvalidArguments);
    assert!(error.for_model().contains("/address"), "{}", error.for_model());
}

#[test]
fn neither_display_nor_debug_holds_arguments() {
    for arguments in [r#"{"query": 1, "secret": "hunter2"}"#, "hunter2"] {
        let error = refused("search", arguments);
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn hostile_calls_are_errors() {
    let long = "x".repeat(1 << 20);
    let error = refused(&long, "{}");
    assert!(error.to_string().len() < 100 && error.for_model().len() < 300);
    for arguments in ["[".repeat(1 << 20), format!("\"{long}\""), "null".to_owned()] {
        assert!(refused("hang_up", &arguments).for_model().len() < 500);
    }
}

#[test]
fn two_tools_of_one_name_are_refused_where_they_meet() {
    /// What is written by hand has its names at run time only; what is derived does not compile.
    #[derive(Debug)]
    #[expect(dead_code, reason = "no value gets this far")]
    struct ByHand(AddToBasket);

    impl ToolSet for ByHand {
        fn members(members: &mut Members<Self>) -> Result<(), Error> {
            members.tool(Self).map(drop)
        }
    }

    #[derive(Debug, Tool)]
    #[expect(dead_code, reason = "no value gets this far")]
    enum Twice {
        First(AddToBasket),
        #[tool(set)]
        Second(ByHand),
    }

    let error = Twice::definitions().expect_err("one name, two tools");
    assert_eq!(error.kind(), ErrorKind::Definition);
    assert!(error.to_string().contains("are called `add_to_basket`"), "{error}");

    let error = Twice::parse(&call("add_to_basket", "{}")).expect_err("no set");
    assert_eq!(error.failure(), CallFailure::Failed);
    assert!(error.source().is_some());
}

#[test]
fn each_call_is_judged_for_itself() {
    let calls = [
        ToolCall::new("a", "hang_up", "{}"),
        ToolCall::new("b", "hang_on", "{}"),
        ToolCall::new("c", "search", r#"{"query": "lamp"}"#),
    ];
    let ids: Vec<_> = Action::parse_all(&calls)
        .map(|call| match call {
            Ok(TypedCall { id, .. }) => (id, true),
            Err(error) => (error.call_id().clone(), false),
        })
        .collect();
    assert_eq!(ids, [("a".into(), true), ("b".into(), false), ("c".into(), true)]);
}

async fn response_of(reply: Reply) -> Response {
    let server = TestServer::scripted([reply]).await;
    let mut request = Request::new("gpt-5.2");
    request.tools = Some(Tools::declared::<Action>().expect("a sound set"));
    request.messages.push(Message::user("hi"));
    let response = server.client().send(&request).await.expect("a response");
    let sent = server.asked(0);
    assert_eq!(sent["tools"].as_array().map(Vec::len), Some(6), "{sent}");
    response
}

#[both_apis::test]
async fn a_response_is_read_call_by_call() {
    fn handle(response: &Response) -> Result<Vec<String>, CallError> {
        let mut done = Vec::new();
        for call in response.tool_calls::<Action>() {
            let call = call?;
            done.push(match call.arguments {
                Action::Search { query, .. } => format!("{}: search {query}", call.id),
                Action::AddToBasket(item) | Action::Wish(item) => format!("take {}", item.item),
                Action::HangUp => "hang up".to_owned(),
                Action::Account(_) | Action::Internal(_) => "nothing".to_owned(),
            });
        }
        Ok(done)
    }

    let search = ("c1", "search", r#"{"query": "lamp", "limit": null}"#);
    let add = ("c2", "add_to_basket", r#"{"item": 7, "count": 1}"#);
    let response = response_of(Reply::tool_calls([search, add])).await;
    assert_eq!(handle(&response).expect("good calls"), ["c1: search lamp", "take 7"]);

    let response = response_of(Reply::tool_calls([search, ("c2", "hang_on", "{}")])).await;
    assert_eq!(handle(&response).expect_err("no such tool").call_id().as_str(), "c2");
}

#[both_apis::test]
async fn no_call_of_a_response_that_was_cut_off_may_run() {
    for reason in ["length", "content_filter", "tired"] {
        let reply = Reply::tool_calls([("c1", "hang_up", "{}")]).with_finish_reason(reason);
        let response = response_of(reply).await;
        let errors: Vec<_> = response.tool_calls::<Action>().filter_map(Result::err).collect();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].failure(), CallFailure::ResponseIncomplete);
        assert!(errors[0].for_model().contains(reason));
    }
}

#[both_apis::test]
async fn a_run_with_tools_that_are_only_declared_waits_for_their_outputs() {
    let script = [Reply::tool_calls([("c1", "hang_up", "{}")]), Reply::text("bye")];
    let server = TestServer::scripted(script).await;
    let tools = Tools::declared::<Action>().expect("a sound set");
    let mut run = server.client().run("gpt-5.2").tools(&tools).user("hi").start();
    let turn = run.next_turn().await.expect("a response").expect("a turn");
    for call in turn.pending() {
        match call.parse::<Action>().expect("a call of the set").arguments {
            Action::HangUp => call.answer("hung up"),
            other => panic!("{other:?}"),
        }
    }
    let run = run.finish().await.expect("an outcome");
    assert_eq!(run.calls().next().expect("a call").output.text, "hung up");
}
