//! Every setting over every API: sent in its words, or refused before the request.

use openai_tools::{
    Client, ErrorKind, Message,
    chat::{
        Api, PromptCache, PromptCacheMode, PromptCacheRetention, ReasoningEffort, ReasoningSummary,
        Request, ServiceTier, Settings, Verbosity,
    },
    responses::Truncation,
    testing::Reply,
};
use serde_json::{Value, json};
use tests::{
    TestServer,
    document::{check_request, check_responses_request},
};

/// A setting, and where it stands in the request of each API; empty where the API lacks it.
struct Row {
    name: &'static str,
    set: fn(&mut Settings),
    chat: &'static str,
    responses: &'static str,
    sent: Value,
}

fn rows() -> Vec<Row> {
    let row = |name, set, chat, responses, sent| Row { name, set, chat, responses, sent };
    let same = |name, set, at, sent| Row { name, set, chat: at, responses: at, sent };
    vec![
        same(
            "metadata",
            |s| drop(s.metadata.insert("a".to_owned(), "b".into())),
            "/metadata/a",
            json!("b"),
        ),
        same(
            "prompt_cache",
            |s| {
                s.prompt_cache =
                    Some(PromptCache::new().with_mode(PromptCacheMode::Explicit).with_ttl("30m"));
            },
            "/prompt_cache_options",
            json!({"ttl": "30m", "mode": "explicit"}),
        ),
        same(
            "prompt_cache_key",
            |s| s.prompt_cache_key = Some("k".to_owned()),
            "/prompt_cache_key",
            json!("k"),
        ),
        same(
            "prompt_cache_retention",
            |s| {
                s.prompt_cache_retention = Some(PromptCacheRetention::Hours24);
            },
            "/prompt_cache_retention",
            json!("24h"),
        ),
        same(
            "safety_identifier",
            |s| s.safety_identifier = Some("u".to_owned()),
            "/safety_identifier",
            json!("u"),
        ),
        same(
            "service_tier",
            |s| s.service_tier = Some(ServiceTier::Priority),
            "/service_tier",
            json!("priority"),
        ),
        same("store", |s| s.store = Some(false), "/store", json!(false)),
        same("temperature", |s| s.temperature = Some(0.5), "/temperature", json!(0.5)),
        same("top_logprobs", |s| s.top_logprobs = Some(3), "/top_logprobs", json!(3)),
        same("top_p", |s| s.top_p = Some(0.5), "/top_p", json!(0.5)),
        row(
            "max_tokens",
            |s| s.max_tokens = Some(100),
            "/max_completion_tokens",
            "/max_output_tokens",
            json!(100),
        ),
        row(
            "reasoning_effort",
            |s| s.reasoning_effort = Some(ReasoningEffort::High),
            "/reasoning_effort",
            "/reasoning/effort",
            json!("high"),
        ),
        row(
            "verbosity",
            |s| s.verbosity = Some(Verbosity::Low),
            "/verbosity",
            "/text/verbosity",
            json!("low"),
        ),
        row("seed", |s| s.seed = Some(7), "/seed", "", json!(7)),
        row(
            "compact_threshold",
            |s| s.compact_threshold = Some(2_000),
            "",
            "/context_management/0",
            json!({"type": "compaction", "compact_threshold": 2_000}),
        ),
        row("max_tool_calls", |s| s.max_tool_calls = Some(3), "", "/max_tool_calls", json!(3)),
        row(
            "reasoning_summary",
            |s| s.reasoning_summary = Some(ReasoningSummary::Detailed),
            "",
            "/reasoning/summary",
            json!("detailed"),
        ),
        row(
            "truncation",
            |s| s.truncation = Some(Truncation::Auto),
            "",
            "/truncation",
            json!("auto"),
        ),
    ]
}

type Change = Box<dyn FnOnce(&mut Settings)>;

fn request(set: impl FnOnce(&mut Settings)) -> Request {
    let mut request = Request::new("m");
    request.messages.push(Message::user("u"));
    set(&mut request.settings);
    request
}

fn client(server: &TestServer, api: Api) -> Client {
    server.client_builder().api(api).build().expect("a good configuration")
}

#[tokio::test]
async fn each_setting_is_sent_in_the_words_of_each_api_or_refused_before_the_request() {
    for Row { name, set, chat, responses, sent } in rows() {
        for (api, place) in [(Api::ChatCompletions, chat), (Api::Responses, responses)] {
            let server = TestServer::scripted([Reply::text("yes")]).await;
            let answered = client(&server, api).send(&request(set)).await;
            if place.is_empty() {
                let error = answered.expect_err(name);
                assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{name}");
                assert!(error.to_string().contains(&format!("`{name}`")), "{error}");
                assert_eq!(server.request_count(), 0, "{name}");
                continue;
            }
            answered.expect(name);
            let body = server.sent(0);
            assert_eq!(body.pointer(place), Some(&sent), "{name} over {}", api.as_str());
            let checked = match api {
                Api::Responses => check_responses_request(&body),
                _ => check_request(&body),
            };
            assert_eq!(checked, Ok(()), "{name} over {}", api.as_str());
        }
    }
}

#[tokio::test]
async fn a_run_has_a_method_for_each() {
    let server = TestServer::scripted([Reply::text("yes")]).await;
    let run = client(&server, Api::Responses)
        .run("m")
        .user("u")
        .top_p(0.5)
        .verbosity(Verbosity::High)
        .reasoning_summary(ReasoningSummary::Auto)
        .service_tier(ServiceTier::Flex)
        .store(true)
        .prompt_cache_key("k")
        .prompt_cache(PromptCache::new().with_mode(PromptCacheMode::Implicit))
        .prompt_cache_retention(PromptCacheRetention::InMemory)
        .safety_identifier("u")
        .truncation(Truncation::Disabled)
        .compact_threshold(1_000)
        .max_tool_calls(9)
        .settings(|settings| settings.top_logprobs = Some(1));
    let _ = run.await.expect("the server takes it");
    let body = server.sent(0);
    for field in [
        "top_p",
        "text",
        "reasoning",
        "service_tier",
        "store",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "safety_identifier",
        "truncation",
        "context_management",
        "max_tool_calls",
        "top_logprobs",
    ] {
        assert!(body.get(field).is_some(), "{field}");
    }
}

#[tokio::test]
async fn what_every_server_refuses_is_refused_before_the_request() {
    let long = "x".repeat(65);
    let wrong: Vec<(&str, Change)> = vec![
        (
            "16",
            Box::new(|s| {
                s.metadata.extend((0..17).map(|n| (n.to_string(), "v".into())));
            }),
        ),
        ("pair 1", Box::new(|s| drop(s.metadata.insert("x".repeat(65), "v".into())))),
        ("pair 1", Box::new(|s| drop(s.metadata.insert("k".to_owned(), "x".repeat(513).into())))),
        ("pair 1", Box::new(|s| drop(s.metadata.insert("k".to_owned(), 1.into())))),
        ("64", Box::new(move |s| s.safety_identifier = Some(long))),
        ("top_p", Box::new(|s| s.top_p = Some(1.5))),
        ("temperature", Box::new(|s| s.temperature = Some(f64::NAN))),
        ("top_logprobs", Box::new(|s| s.top_logprobs = Some(21))),
        ("1,000", Box::new(|s| s.compact_threshold = Some(999))),
        (
            "`store`",
            Box::new(|s| {
                s.store = Some(true);
                s.extra.insert("store".to_owned(), false.into());
            }),
        ),
    ];
    for (told, set) in wrong {
        let server = TestServer::scripted([Reply::text("no")]).await;
        let error = client(&server, Api::Responses).send(&request(set)).await.expect_err(told);
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(told), "{error}");
        assert_eq!(server.request_count(), 0);
    }
}

#[tokio::test]
async fn a_breakpoint_of_the_cache_stands_behind_its_message() {
    for (api, place, text) in
        [(Api::ChatCompletions, "messages", "text"), (Api::Responses, "input", "input_text")]
    {
        let server = TestServer::scripted([Reply::text("yes")]).await;
        let cache = PromptCache::new().with_breakpoint_after(0).with_breakpoint_after(2);
        let run = client(&server, api)
            .run("m")
            .system("s")
            .user("u")
            .user_parts(["a".into(), "b".into()])
            .prompt_cache(cache);
        let _ = run.await.expect("the server takes it");
        let sent = server.sent(0)[place].take();
        let mark = json!({"mode": "explicit"});
        let marked =
            |told: &str| json!({"type": text, "text": told, "prompt_cache_breakpoint": mark});
        assert_eq!(sent[0]["content"], json!([marked("s")]));
        assert_eq!(sent[1]["content"], "u");
        assert_eq!(sent[2]["content"], json!([{"type": text, "text": "a"}, marked("b")]));
        // Nothing else was asked for.
        assert!(server.sent(0).get("prompt_cache_options").is_none());
    }
}

#[tokio::test]
async fn a_breakpoint_of_the_cache_needs_a_message_of_ours() {
    let server = TestServer::scripted([Reply::text("no")]).await;
    for at in [1, 7] {
        let run = client(&server, Api::Responses).run("m").user("u").assistant("a");
        let run = run.prompt_cache(PromptCache::new().with_breakpoint_after(at)).user("u");
        let error = run.await.expect_err("refused");
        assert_eq!(error.error().kind(), ErrorKind::InvalidRequest);
    }
    assert_eq!(server.request_count(), 0);
}
