//! Answers that are values: every way in which they can fail, and how the model is asked again.

use std::error::Error as _;

use openai_tools::{
    Client, ErrorKind, Outcome, Run, Toolbox,
    run::{IncompleteReason, Limit, RunLimits},
    schema::Fault,
    structured::InvalidReason,
    testing::Reply,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tests::{TestServer, echo, echo_call, transcript_is_answered};

/// What is read from a letter.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq)]
struct Invoice {
    /// Letters and digits.
    number: String,
    lines: u8,
    currency: Currency,
    note: Option<String>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Currency {
    Dong,
    Euro,
}

const GOOD: &str = r#"{"number":"A-7","lines":2,"currency":"dong","note":null}"#;

fn invoice() -> Invoice {
    Invoice { number: "A-7".to_owned(), lines: 2, currency: Currency::Dong, note: None }
}

async fn parse(client: &Client) -> Run<Invoice> {
    client.parse::<Invoice>("gpt-5.2").user("Read the letter.").await.expect("an outcome")
}

/// The last message of a request: what the model was told before it answered again.
fn re_ask(server: &TestServer, index: usize) -> String {
    let messages = server.asked_messages(index);
    let last = messages.last().expect("a message");
    assert_eq!(last["role"], "user");
    last["content"].as_str().expect("a text").to_owned()
}

#[both_apis::test]
async fn a_valid_answer_is_a_value() {
    let server = TestServer::scripted([Reply::text(GOOD).with_usage(5, 6)]).await;
    let run = parse(&server.client()).await;
    assert_eq!(run.outcome(), &Outcome::Completed(invoice()));
    assert_eq!(run.text(), GOOD);
    assert_eq!(run.usage().total_tokens, 11);
    assert_eq!(run.request_id(), Some("req_000001"));
    assert_eq!(run.into_value().expect("a value"), invoice());
}

#[both_apis::test]
async fn the_schema_is_sent_strict_with_the_name_of_the_type() {
    let server = TestServer::scripted([Reply::text(GOOD)]).await;
    let _ = parse(&server.client()).await;
    let format = &server.asked(0)["response_format"];
    assert_eq!(format["type"], "json_schema");
    assert_eq!(format["json_schema"]["name"], "Invoice");
    assert_eq!(format["json_schema"]["strict"], true);
    let schema = &format["json_schema"]["schema"];
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["required"], json!(["number", "lines", "currency", "note"]));
    assert_eq!(schema["properties"]["number"]["description"], "Letters and digits.");
    assert_eq!(schema["properties"]["note"]["type"], json!(["string", "null"]));
}

#[both_apis::test]
async fn the_automatic_server_answers_with_an_instance_of_the_schema() {
    let server = TestServer::automatic().await;
    let client = server.client();
    let run = parse(&client).await;
    assert!(matches!(run.outcome(), Outcome::Completed(_)), "{:?}: {}", run.outcome(), run.text());
    assert_eq!(parse(&client).await.text(), run.text(), "the same request, the same answer");
}

#[both_apis::test]
async fn a_refusal_is_told_from_a_value_and_not_asked_again() {
    let server = TestServer::scripted([Reply::refusal("No.").with_usage(5, 6)]).await;
    let run = parse(&server.client()).await;
    assert_eq!(run.outcome(), &Outcome::Refusal("No.".to_owned()));
    assert_eq!(run.usage().total_tokens, 11);
    assert_eq!(run.request_id(), Some("req_000001"));
    let error = run.into_value().expect_err("no value");
    assert_eq!(error.kind(), ErrorKind::NoValue);
    assert_eq!(error.request_id(), Some("req_000001"));
    assert!(!format!("{error} {error:?}").contains("No."));
}

#[both_apis::test]
async fn an_answer_that_is_cut_off_is_incomplete_with_its_text() {
    for (reason, expected) in [
        ("length", IncompleteReason::Length),
        ("content_filter", IncompleteReason::ContentFilter),
        ("newer", IncompleteReason::Other("newer".to_owned())),
    ] {
        // Valid or not: what was cut is not an answer.
        for text in [r#"{"number":"A"#, GOOD] {
            let reply = Reply::text(text).with_finish_reason(reason).with_usage(5, 6);
            let server = TestServer::scripted([reply]).await;
            let run = parse(&server.client()).await;
            assert_eq!(run.outcome(), &Outcome::Incomplete(expected.clone()));
            assert_eq!(run.text(), text);
            assert_eq!(run.usage().total_tokens, 11);
            assert_eq!(run.request_id(), Some("req_000001"));
            assert_eq!(run.into_value().expect_err("no value").kind(), ErrorKind::NoValue);
        }
    }
}

#[both_apis::test]
async fn an_answer_that_is_not_json_is_asked_for_again_with_the_place() {
    let bad = r#"{"number":"A-7","lines":"#;
    let server = TestServer::scripted([Reply::text(bad), Reply::text(GOOD)]).await;
    let run = parse(&server.client()).await;
    assert_eq!(run.outcome(), &Outcome::Completed(invoice()));
    assert_eq!(run.turns().len(), 2);
    let told = re_ask(&server, 1);
    assert!(told.contains("not valid JSON"), "{told}");
    assert!(told.contains("line 1"), "{told}");
    // The model sees its own answer, and the format is asked for again.
    assert_eq!(server.asked_messages(1)[1], json!({"role": "assistant", "content": bad}));
    assert_eq!(server.asked(1)["response_format"], server.asked(0)["response_format"]);
}

#[both_apis::test]
async fn an_answer_that_breaks_the_schema_is_asked_for_again_with_each_problem() {
    let bad = r#"{"number":7,"lines":2,"currency":"dollar","note":null}"#;
    let server = TestServer::scripted([Reply::text(bad), Reply::text(GOOD)]).await;
    let run = parse(&server.client()).await;
    assert_eq!(run.outcome(), &Outcome::Completed(invoice()));
    let told = re_ask(&server, 1);
    assert!(told.contains("at /number: "), "{told}");
    assert!(told.contains("at /currency: "), "{told}");
    assert!(told.contains(r#""dong""#) && told.contains(r#""euro""#), "{told}");
}

#[both_apis::test]
async fn an_answer_that_only_the_type_refuses_is_asked_for_again() {
    /// Valid for the schema, which knows no even numbers.
    #[derive(Debug, JsonSchema, PartialEq)]
    struct Even {
        n: i64,
    }
    impl<'de> Deserialize<'de> for Even {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            #[derive(Deserialize)]
            struct Any {
                n: i64,
            }
            let Any { n } = Any::deserialize(deserializer)?;
            if n % 2 == 0 { Ok(Self { n }) } else { Err(serde::de::Error::custom("it is odd")) }
        }
    }
    let server = TestServer::scripted([r#"{"n":3}"#, r#"{"n":4}"#].map(Reply::text)).await;
    let run = server.client().parse::<Even>("m").user("an even number").await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Completed(Even { n: 4 }));
    assert!(re_ask(&server, 1).contains("it is odd"));

    let server = TestServer::scripted([Reply::text(r#"{"n":3}"#)]).await;
    let run = server.client().parse::<Even>("m").user("an even number").max_re_asks(0);
    let run = run.await.expect("an outcome");
    let Outcome::Invalid(invalid) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert!(matches!(invalid.reason(), InvalidReason::Type(_)));
}

#[both_apis::test]
async fn an_answer_that_the_check_refuses_is_asked_for_again_with_its_words() {
    let bad = GOOD.replace("A-7", "B-9");
    let server = TestServer::scripted([Reply::text(bad), Reply::text(GOOD)]).await;
    let known = |invoice: &Invoice| match invoice.number.as_str() {
        "A-7" => Ok(()),
        other => Err(format!("there is no invoice {other}; known: A-7")),
    };
    let run = server.client().parse::<Invoice>("m").user("Read.").check(known).await;
    assert_eq!(run.expect("an outcome").into_value().expect("a value"), invoice());
    let told = re_ask(&server, 1);
    assert!(told.contains("there is no invoice B-9; known: A-7"), "{told}");
}

#[both_apis::test]
async fn the_re_asks_end_and_the_last_answer_is_kept() {
    let bad = |n: u32| Reply::text(format!("bad {n}")).with_usage(5, 5);
    let server = TestServer::scripted([bad(0), bad(1), bad(2), bad(3)]).await;
    let run = parse(&server.client()).await;
    assert_eq!(server.request_count(), 3, "two re-asks are the default");
    let Outcome::Invalid(invalid) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert!(matches!(invalid.reason(), InvalidReason::Schema(Fault::NotJson(_))));
    assert_eq!(run.text(), "bad 2");
    assert_eq!(run.usage().total_tokens, 30);
    assert_eq!(run.request_id(), Some("req_000003"));
    let error = run.into_value().expect_err("no value");
    assert_eq!(error.to_string(), "the run has no value: the answer is invalid");
    assert!(error.source().expect("the problem").to_string().contains("not valid JSON"));
}

#[both_apis::test]
async fn the_number_of_re_asks_can_be_set() {
    for re_asks in [0, 1, 4] {
        let server = TestServer::scripted(std::iter::repeat(Reply::text("bad"))).await;
        let run = server.client().parse::<Invoice>("m").user("Read.").max_re_asks(re_asks).await;
        assert_eq!(run.expect("an outcome").outcome().as_str(), "invalid");
        assert_eq!(server.request_count(), u64::from(re_asks) + 1);
    }
}

#[both_apis::test]
async fn a_re_ask_is_not_made_past_a_limit_of_the_run() {
    let server =
        TestServer::scripted(std::iter::repeat(Reply::text("bad").with_usage(600, 0))).await;
    let client = server.client();
    for limits in [RunLimits::new().with_turns(1), RunLimits::new().with_total_tokens(600)] {
        let before = server.request_count();
        let run = client.parse::<Invoice>("m").user("Read.").limits(limits).await;
        assert_eq!(run.expect("an outcome").outcome().as_str(), "invalid");
        assert_eq!(server.request_count(), before + 1);
    }
}

/// Answers with a value in the wrapper that the schema of the request asks for.
fn wrapped(value: Value) -> Reply {
    Reply::with_chat(move |request| {
        let schema = &request["response_format"]["json_schema"]["schema"];
        assert_eq!(schema["type"], "object", "the root is an object");
        let name = schema["required"][0].as_str().expect("one property");
        assert_eq!(schema["required"].as_array().map(Vec::len), Some(1));
        Reply::text(json!({name: value}).to_string())
    })
}

async fn unwrapped<T>(answer: Value) -> T
where
    T: serde::de::DeserializeOwned + JsonSchema + Send + 'static,
{
    let server = TestServer::scripted([wrapped(answer)]).await;
    let run = server.client().parse::<T>("m").user("go").await.expect("an outcome");
    run.into_value().expect("a value")
}

#[both_apis::test]
async fn roots_that_are_no_objects_are_wrapped_and_unwrapped_unseen() {
    #[derive(Debug, Deserialize, JsonSchema, PartialEq)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Shape {
        Circle { radius: f64 },
        Square { side: f64 },
    }
    assert_eq!(unwrapped::<Vec<String>>(json!(["a", "b"])).await, ["a", "b"]);
    assert_eq!(unwrapped::<i64>(json!(-7)).await, -7);
    assert_eq!(unwrapped::<String>(json!("text")).await, "text");
    assert_eq!(unwrapped::<Option<bool>>(json!(null)).await, None);
    assert_eq!(unwrapped::<Currency>(json!("euro")).await, Currency::Euro);
    assert_eq!(
        unwrapped::<Shape>(json!({"kind": "square", "side": 2.0})).await,
        Shape::Square { side: 2.0 }
    );
    assert_eq!(
        unwrapped::<Vec<Shape>>(json!([{"kind": "circle", "radius": 1.5}])).await,
        [Shape::Circle { radius: 1.5 }]
    );
    assert_eq!(unwrapped::<Vec<Invoice>>(json!([])).await, []);
}

#[both_apis::test]
async fn the_automatic_server_fills_roots_that_are_no_objects() {
    let server = TestServer::automatic().await;
    let client = server.client();
    let list = client.parse::<Vec<Invoice>>("m").user("go").await.expect("an outcome");
    assert_eq!(list.outcome().as_str(), "completed", "{}", list.text());
    let number = client.parse::<u32>("m").user("go").await.expect("an outcome");
    assert_eq!(number.outcome().as_str(), "completed", "{}", number.text());
    let word = client.parse::<Currency>("m").user("go").await.expect("an outcome");
    assert_eq!(word.outcome().as_str(), "completed", "{}", word.text());
}

#[both_apis::test]
async fn json_mode_tells_the_schema_in_words_and_checks_the_answer_all_the_same() {
    let bad = GOOD.replace("dong", "dollar");
    let server = TestServer::scripted([Reply::text(bad), Reply::text(GOOD)]).await;
    let run = server.client().parse::<Invoice>("m").system("Be exact.").user("Read.").json_mode();
    let run = run.await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Completed(invoice()));
    assert_eq!(server.asked(0)["response_format"], json!({"type": "json_object"}));
    let messages = server.asked_messages(0);
    let told = messages[1]["content"].as_str().expect("a text");
    assert!(told.contains("JSON") && told.contains("currency"), "{told}");
    assert_eq!(messages[0]["content"], "Be exact.");
    assert!(re_ask(&server, 1).contains("at /currency: "));
}

#[both_apis::test]
async fn json_mode_puts_the_word_json_where_it_is_missing() {
    let server = TestServer::scripted(std::iter::repeat(Reply::text(r#"{"a":1}"#))).await;
    let client = server.client();
    let run = client.parse::<Value>("m").user("Some object, please.").json_mode().await;
    assert_eq!(run.expect("the server takes it").into_value().expect("a value"), json!({"a": 1}));
    assert_eq!(server.asked_messages(0).len(), 2);

    let run = client.parse::<Value>("m").user("Some json, please.").json_mode().await;
    assert_eq!(run.expect("the server takes it").into_value().expect("a value"), json!({"a": 1}));
    let expected = json!([{"role": "user", "content": "Some json, please."}]);
    assert_eq!(Value::from(server.asked_messages(1)), expected);
}

#[both_apis::test]
async fn json_mode_holds_roots_that_are_no_objects_too() {
    let server = TestServer::scripted([Reply::with_chat(|request| {
        let told = request["messages"][0]["content"].as_str().expect("a text");
        let schema = &told[told.find('{').expect("the schema")..];
        let schema: Value = serde_json::from_str(schema).expect("JSON");
        let name = schema["required"][0].as_str().expect("one property");
        Reply::text(json!({name: ["a"]}).to_string())
    })])
    .await;
    let run = server.client().parse::<Vec<String>>("m").user("go").json_mode().await;
    assert_eq!(run.expect("an outcome").into_value().expect("a value"), ["a"]);
}

#[both_apis::test]
async fn a_schema_can_be_sent_as_it_stands() {
    let server =
        TestServer::scripted([Reply::text(r#"{"number":"A-7","lines":2,"currency":"dong"}"#)]);
    let server = server.await;
    let run = server.client().parse::<Invoice>("m").user("Read.").strict(false).await;
    assert_eq!(run.expect("an outcome").into_value().expect("a value"), invoice());
    let format = &server.asked(0)["response_format"]["json_schema"];
    assert_eq!(format["strict"], false);
    assert_eq!(format["schema"]["required"], json!(["number", "lines", "currency"]));
}

#[both_apis::test]
async fn a_schema_known_only_at_run_time_is_asked_for_and_checked() {
    let schema = json!({
        "type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"],
    });
    let server = TestServer::scripted([r#"{"n":"one"}"#, r#"{"n":1}"#].map(Reply::text)).await;
    let run = server.client().parse_schema("m", "a number", schema).user("go").await;
    assert_eq!(run.expect("an outcome").into_value().expect("a value"), json!({"n": 1}));
    assert!(re_ask(&server, 1).contains("at /n: "));
    let format = &server.asked(0)["response_format"]["json_schema"];
    assert_eq!(format["name"], "a_number");
    assert_eq!(format["schema"]["additionalProperties"], false);
}

#[both_apis::test]
async fn a_schema_that_is_none_is_refused_before_anything_is_sent() {
    let server = TestServer::scripted([]).await;
    let run = server.client().parse_schema("m", "bad", json!({"type": "no such type"})).user("go");
    let error = run.await.expect_err("no schema");
    assert_eq!(error.error().kind(), ErrorKind::Definition);
    assert_eq!(error.transcript().len(), 1, "what was said is kept");
    assert_eq!(server.request_count(), 0);
}

#[both_apis::test]
async fn tools_and_a_typed_answer_go_together() {
    let script = [
        Reply::tool_calls([echo_call(1), echo_call(2)]),
        Reply::text("not JSON"),
        Reply::tool_calls([echo_call(3)]),
        Reply::text(GOOD),
    ];
    let server = TestServer::scripted(script).await;
    let tools = Toolbox::new().with(echo()).expect("one tool");
    let run = server.client().parse::<Invoice>("m").tools(tools).user("Read.").await;
    let run = run.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Completed(invoice()));
    let outputs: Vec<_> = run.calls().map(|record| record.output.text.as_str()).collect();
    assert_eq!(outputs, ["echo 1", "echo 2", "echo 3"]);
    assert!(transcript_is_answered(run.transcript()));
    for index in 0..4 {
        assert_eq!(server.asked(index)["response_format"]["type"], "json_schema");
        assert_eq!(server.asked(index)["tools"].as_array().map(Vec::len), Some(1));
    }
}

#[both_apis::test]
async fn a_limit_of_a_typed_run_is_an_outcome() {
    let server = TestServer::scripted([Reply::tool_calls([echo_call(1)])]).await;
    let tools = Toolbox::new().with(echo()).expect("one tool");
    let limits = RunLimits::new().with_turns(1);
    let run = server.client().parse::<Invoice>("m").tools(tools).user("Read.").limits(limits).await;
    assert_eq!(run.expect("an outcome").outcome(), &Outcome::Limit(Limit::Turns(1)));
}
