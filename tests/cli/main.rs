//! The `openai-tools` program in-process, against the built-in server over a real socket.

mod approval;
mod content;
mod contract;
mod hostile_schemas;
mod limits;
mod scene;
mod schema;
mod stream;

use std::{io, time::Duration};

use openai_tools::{
    cli::{self, Console, Exit},
    testing::Reply,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use self::scene::{Failing, File, KEY, Ran, Scene, api_option, two_calls, weather_file};

#[both_apis::test]
fn the_report_tells_everything_about_a_run_with_parallel_calls() {
    let scene = Scene::new([two_calls(), Reply::text("Hanoi.").with_usage(20, 1)]);
    let tools = weather_file("parallel.json");
    let (exit, mut report) =
        scene.report(&["--tools", tools.path(), "--tool-delay", "40", "Where is it warmer?"]);

    assert_eq!(exit, Exit::Success);
    let time = |call: &mut Value, key: &str| call[key].take().as_f64().expect("a number");
    let calls = report["calls"].as_array_mut().expect("calls");
    let spans: Vec<_> = calls
        .iter_mut()
        .map(|call| (time(call, "started_ms"), time(call, "finished_ms")))
        .collect();
    for (started, finished) in &spans {
        assert!(finished - started >= 39.0, "the delay is kept: {spans:?}");
    }
    assert!(spans[1].0 < spans[0].1 && spans[0].0 < spans[1].1, "they overlap: {spans:?}");
    assert!(report["duration_ms"].take().as_f64().expect("a number") >= 39.0);
    let ids: Vec<_> = scene.requests().iter().map(|r| r.request_id().to_owned()).collect();
    let attempts = report["attempt_log"].as_array_mut().expect("attempts");
    for attempt in &mut *attempts {
        assert!(attempt["duration_ms"].take().as_f64().expect("a number") > 0.0);
        attempt["held_back_ms"].take();
    }
    let attempt = |turn: usize| {
        json!({
            "turn": turn,
            "status": 200,
            "error": null,
            "request_id": ids[turn - 1],
            "held_back_ms": null,
            "duration_ms": null,
            "wait_ms": null,
        })
    };
    assert_eq!(*attempts, [attempt(1), attempt(2)]);
    report["attempt_log"].take();
    let bytes = report["budget"]["transcript_bytes"].take().as_u64().expect("a number");
    assert!(bytes > 100, "{bytes}");
    let call = |id: &str, city: &str| {
        json!({
            "id": id,
            "name": "get_weather",
            "arguments": format!(r#"{{"city":"{city}"}}"#),
            "output": format!(r#"{{"name":"get_weather","arguments":{{"city":"{city}"}}}}"#),
            "ok": true,
            "error": null,
            "started_ms": null,
            "finished_ms": null,
        })
    };
    assert_eq!(
        report,
        json!({
            "outcome": "completed",
            "error": null,
            "reason": null,
            "text": "Hanoi.",
            "value": null,
            "turns": 2,
            "calls": [call("c1", "Hanoi"), call("c2", "Paris")],
            "waiting": [],
            "usage": {
                "input_tokens": 30,
                "output_tokens": 6,
                "total_tokens": 36,
                "cached_tokens": 0,
                "reasoning_tokens": 0,
            },
            "budget": {
                "turns": 2,
                "attempts": 2,
                "tool_calls": 2,
                "re_asks": 0,
                "usage": {
                    "input_tokens": 30,
                    "output_tokens": 6,
                    "total_tokens": 36,
                    "cached_tokens": 0,
                    "reasoning_tokens": 0,
                },
                "cost": report["budget"]["cost"],
                "transcript_bytes": null,
            },
            "attempts": 2,
            "attempt_log": null,
            "request_ids": ids,
            "duration_ms": null,
        })
    );
}

#[both_apis::test]
fn a_bad_call_is_reported_with_the_word_of_its_failure() {
    let bad = Reply::tool_calls([
        ("c1", "get_wether", "{}"),
        ("c2", "get_weather", r#"{"city": 7}"#),
        ("c3", "get_weather", r#"{"city": "#),
    ]);
    let scene = Scene::new([bad, Reply::text("Sorry.")]);
    let (exit, report) =
        scene.report(&["--tools", weather_file("bad_call.json").path(), "Is it warm?"]);
    assert_eq!(exit, Exit::Success);
    let word = |n: usize| {
        assert_eq!(report["calls"][n]["ok"], false);
        report["calls"][n]["error"].as_str().expect("a word")
    };
    assert_eq!([word(0), word(1), word(2)], ["unknown_tool", "invalid_arguments", "invalid_json"]);
    assert_eq!(report["calls"][2]["arguments"], r#"{"city": "#);
}

#[both_apis::test]
fn each_outcome_has_its_word_its_reason_and_exit_code_1() {
    let tools = weather_file("outcomes.json");
    let schema = File::new("outcomes_schema.json", r#"{"type": "object", "properties": {}}"#);
    let cases: [(&str, Vec<Reply>, &[&str], Value); 5] = [
        ("refusal", vec![Reply::refusal("No.")], &[], json!("No.")),
        ("incomplete", vec![Reply::text("On").with_finish_reason("length")], &[], json!("length")),
        (
            "incomplete",
            vec![Reply::text("On").with_finish_reason("content_filter")],
            &[],
            json!("content_filter"),
        ),
        (
            "limit",
            vec![two_calls()],
            &["--tools", tools.path(), "--max-turns", "1"],
            json!("turns"),
        ),
        (
            "invalid",
            vec![Reply::text("[]"), Reply::text("[]"), Reply::text("[]")],
            &["--output-schema", schema.path()],
            Value::Null,
        ),
    ];
    for (outcome, script, options, reason) in cases {
        let (exit, report) = Scene::new(script).report(&[options, &["Hello"]].concat());
        assert_eq!((exit, &report["outcome"]), (Exit::Finding, &json!(outcome)));
        assert_eq!(exit.code(), 1);
        assert_eq!((&report["error"], &report["value"]), (&Value::Null, &Value::Null));
        if reason.is_null() {
            let said = report["reason"].as_str().expect("a sentence");
            assert!(said.contains("object"), "{said}");
        } else {
            assert_eq!(report["reason"], reason);
        }
    }
}

#[both_apis::test]
fn a_typed_answer_is_the_value() {
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
    let object = json!({"name": "place", "schema": schema, "strict": true});
    let file =
        File::new("value.json", json!({"type": "json_schema", "json_schema": object}).to_string());
    let scene = Scene::new([Reply::text(r#"{"city": "Hanoi"}"#)]);
    let (exit, report) = scene.report(&["--output-schema", file.path(), "Where?"]);
    assert_eq!(exit, Exit::Success);
    assert_eq!(report["value"], json!({"city": "Hanoi"}));
    assert_eq!(report["text"], r#"{"city": "Hanoi"}"#);
    let sent = scene.requests()[0].as_chat();
    assert_eq!(sent["response_format"]["json_schema"]["name"], "place");
    assert_eq!(sent["response_format"]["json_schema"]["strict"], true);
}

#[both_apis::test]
fn an_error_of_the_server_is_reported_with_its_facts_and_without_the_key() {
    let message = format!("Incorrect API key provided: {KEY}.");
    let scene = Scene::new([Reply::error(401, "invalid_api_key", message)]);
    let (exit, report) = scene.report(&["Hello"]);
    assert_eq!((exit, exit.code()), (Exit::Failure, 2));
    assert_eq!(report["outcome"], "error");
    let error = &report["error"];
    assert_eq!(error["kind"], "api");
    assert_eq!(error["status"], 401);
    assert_eq!(error["code"], "invalid_api_key");
    assert_eq!(error["request_id"], scene.requests()[0].request_id());
    let said = error["message"].as_str().expect("a message");
    assert!(said.ends_with("Incorrect API key provided: [key]."), "{said}");
    assert!(!report.to_string().contains(KEY));
    assert_eq!((&report["attempts"], &report["turns"]), (&json!(1), &json!(0)));
    assert_eq!(report["request_ids"], json!([error["request_id"]]));
}

#[both_apis::test]
fn what_was_done_before_an_error_is_reported() {
    let scene = Scene::new([two_calls(), Reply::error(400, "bad", "Bad.")]);
    let (exit, report) =
        scene.report(&["--tools", weather_file("half.json").path(), "Is it warm?"]);
    assert_eq!(exit, Exit::Failure);
    assert_eq!(report["calls"].as_array().map(Vec::len), Some(2));
    assert_eq!(report["usage"]["total_tokens"], 15);
    assert_eq!(report["request_ids"].as_array().map(Vec::len), Some(2));
    assert_eq!((&report["attempts"], &report["turns"]), (&json!(2), &json!(1)));
}

#[both_apis::test]
fn a_cancelled_run_is_an_error_that_keeps_what_was_done() {
    let scene = Scene::new([two_calls(), Reply::text("late").with_delay(Duration::MAX)]);
    let tools = weather_file("cancel.json");
    let stop = CancellationToken::new();
    let url = scene.server.base_url();
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| {
            scene.runtime.block_on(scene.server.wait_for_requests(2));
            stop.cancel();
        });
        let arguments = ["--report", "json", "--base-url", &url, "--tools", tools.path(), "Hi"];
        Ran::new(&arguments, |console| console.with_cancellation(stop.clone()))
    });
    assert_eq!(ran.exit, Exit::Failure);
    let report = ran.json();
    assert_eq!(
        (&report["outcome"], &report["error"]["kind"]),
        (&json!("error"), &json!("cancelled"))
    );
    assert_eq!(report["calls"].as_array().map(Vec::len), Some(2));
}

#[both_apis::test]
fn what_fails_before_the_run_is_reported_with_its_place_and_nothing_is_sent() {
    let scene = Scene::new([]);
    let syntax = File::new("syntax.json", "[\n  {\"name\": }\n]");
    let tools = File::new("names.json", r#"[{"name": "a"}, {"function": {"name": "b c"}}]"#);
    let binary = File::new("binary.json", b"\xff\xfe[]");
    let schema = File::new("schema.json", r#"{"type": "strong"}"#);
    let no_file = format!("{}.missing", syntax.path());
    let cases: [(&[&str], &str, String); 7] = [
        (&["--tools", syntax.path()], "input", format!("{}:2:12: ", syntax.path())),
        (&["--tools", binary.path()], "input", format!("{}: not UTF-8", binary.path())),
        (&["--tools", &no_file], "input", format!("{no_file}: ")),
        (&["--tools", env!("CARGO_MANIFEST_DIR")], "input", env!("CARGO_MANIFEST_DIR").to_owned()),
        (
            &["--tools", tools.path()],
            "definition",
            format!("{}: tools[1].function.name: tool name `b c`", tools.path()),
        ),
        (&["--output-schema", schema.path()], "definition", format!("{}: type: ", schema.path())),
        (&["--base-url", "example.com"], "config", "the client".to_owned()),
    ];
    for (options, kind, said) in cases {
        let (exit, report) = scene.report(&[options, &["Hello"]].concat());
        assert_eq!(exit, Exit::Failure, "{options:?}");
        assert_eq!((&report["outcome"], &report["error"]["kind"]), (&json!("error"), &json!(kind)));
        let message = report["error"]["message"].as_str().expect("a message");
        assert!(message.starts_with(&said), "{message}");

        // The text report says it on stderr, and has nothing else to say.
        let ran = scene.run(&[options, &["Hello"]].concat());
        assert_eq!((ran.exit, ran.stdout.as_str()), (Exit::Failure, ""));
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    }
    assert_eq!(scene.server.request_count(), 0);
}

#[both_apis::test]
fn the_option_goes_before_the_environment() {
    let (asked, other) = (Scene::new([Reply::text("hi")]), Scene::new([]));
    let url = asked.server.base_url();
    let (exit, _) = other.report(&["--base-url", &url, "--model", "m", "Hello"]);
    assert_eq!(exit, Exit::Success);
    assert_eq!(other.server.request_count(), 0);
    let request = &asked.requests()[0];
    assert_eq!(request.json()["model"], "m");
    assert_eq!(request.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
}

#[both_apis::test]
fn a_url_needs_no_key() {
    let scene = Scene::new([Reply::text("hi")]);
    let ran = Ran::new(&["--base-url", &scene.server.base_url(), "Hello"], |console| console);
    assert_eq!((ran.exit, ran.stderr.as_str()), (Exit::Success, ""));
    assert_eq!(scene.requests()[0].header("authorization"), None);
    assert_eq!(scene.requests()[0].json()["model"], "gpt-5.2");
}

#[both_apis::test]
fn without_key_and_url_the_built_in_server_answers_and_stderr_says_so() {
    let tools = weather_file("built_in.json");
    let arguments = ["--report", "json", "--tools", tools.path(), "Weather in Hanoi and Paris?"];
    let ran = Ran::new(&arguments, |console| console);
    assert_eq!(ran.exit, Exit::Success);
    assert!(ran.stderr.contains("the built-in server answers"), "{}", ran.stderr);
    assert_eq!(ran.json()["calls"].as_array().map(Vec::len), Some(2));
}

#[both_apis::test]
fn a_dash_reads_the_prompt_from_stdin() {
    let scene = Scene::new([Reply::text("hi")]);
    let url = scene.server.base_url();
    let ran = Ran::new(&["--base-url", &url, "-"], |console| {
        console.with_stdin(&b"What does the letter say?"[..])
    });
    assert_eq!(ran.exit, Exit::Success);
    let sent = scene.requests()[0].as_chat();
    assert!(sent["messages"].to_string().contains("What does the letter say?"), "{sent}");
}

#[both_apis::test]
fn plain_http_beyond_this_machine_needs_its_option() {
    let kind = |options: &[&str]| {
        let arguments =
            [&["--report", "json", "--base-url", "http://example.com/v1"], options, &["-"]];
        // Nothing is sent: the client is made before the prompt turns out not to be one.
        let ran = Ran::new(&arguments.concat(), |console| console.with_stdin(&b"\xff"[..]));
        assert_eq!(ran.exit, Exit::Failure);
        let error = ran.json()["error"].clone();
        (error["kind"].clone(), error["message"].as_str().expect("a message").to_owned())
    };
    let (refused, message) = kind(&[]);
    assert_eq!(refused, "config");
    assert!(message.contains("`--allow-plain-http`"), "{message}");
    assert_eq!(kind(&["--allow-plain-http"]).0, "input");
}

#[both_apis::test]
fn the_text_report_is_for_reading() {
    let scene = Scene::new([two_calls(), Reply::text("Hanoi is \u{1b}[31mwarmer.")]);
    let ran = scene.run(&["--tools", weather_file("text.json").path(), "Where is it warmer?"]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (Exit::Success, ""));
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("turn 1, ") && lines[0].ends_with(": 2 calls"), "{}", lines[0]);
    assert!(lines[1].starts_with(r#"  get_weather {"city":"Hanoi"} "#), "{}", lines[1]);
    assert!(lines[2].starts_with("    -> {\"name\":\"get_weather\""), "{}", lines[2]);
    assert!(lines[5].starts_with("turn 2, "), "{}", lines[5]);
    assert_eq!(lines[7], "Hanoi is \u{fffd}[31mwarmer.");
    assert!(lines[9].starts_with("completed: 2 turns, 2 calls, "), "{}", lines[9]);
    assert!(lines[..6].iter().all(|line| line.chars().count() <= 80));
}

#[both_apis::test]
fn the_text_report_of_an_error_has_it_on_stderr() {
    let scene = Scene::new([Reply::error(400, "bad", "Bad \u{1b}]0;title\u{7}.")]);
    let ran = scene.run(&["Hello"]);
    assert_eq!(ran.exit, Exit::Failure);
    assert!(ran.stdout.starts_with("error: 0 turns, "), "{}", ran.stdout);
    assert!(ran.stderr.starts_with("error: the server answered"), "{}", ran.stderr);
    assert!(ran.stderr.ends_with("Bad \u{fffd}]0;title\u{fffd}.\n"), "{}", ran.stderr);
}

#[test]
fn wrong_usage_is_told_on_stderr_with_exit_code_2() {
    let cases: [&[&str]; 14] = [
        &[],
        &["walk"],
        &["run"],
        &["run", "--tool", "x", "Hello"],
        &["run", "--max-turns", "0", "Hello"],
        &["run", "--timeout", "10", "Hello"],
        &["run", "--deadline", "0s", "Hello"],
        &["run", "--approve", "some", "Hello"],
        &["run", "--journal", "a", "--resume", "b", "Hello"],
        &["run", "--base-url", "", "Hello"],
        &["run", "--report", "xml", "Hello"],
        &["run", "--api", "threads", "Hello"],
        &["run", "--state", "nobody", "Hello"],
        &["run", "--image", "", "Hello"],
    ];
    for arguments in cases {
        let ran = Ran::of(arguments, |console| console);
        assert_eq!((ran.exit, ran.stdout.as_str()), (Exit::Failure, ""), "{arguments:?}");
        assert!(ran.stderr.contains("--help"), "{}", ran.stderr);
    }
}

#[test]
fn help_shows_examples_within_the_width() {
    let ran = Ran::of(&["run", "--help"], |console| console.with_columns(80));
    assert_eq!((ran.exit, ran.stderr.as_str()), (Exit::Success, ""));
    for part in [
        "Examples:",
        "Exit codes:",
        "--tool-delay",
        "OPENAI_API_KEY",
        "gpt-5.2",
        "--timeout",
        "--deadline",
        "--max-tool-calls",
        "--approve",
        "--journal",
        "--resume",
    ] {
        assert!(ran.stdout.contains(part), "{part}");
    }
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80));
    assert!(ran.stdout.ends_with("--report json - < letter.txt\n"), "no example is broken up");
}

#[both_apis::test]
fn a_closed_pipe_is_no_failure_and_a_full_disk_is() {
    let scene = Scene::new([Reply::text("hi"), Reply::text("hi")]);
    let url = scene.server.base_url();
    let run = |kind, stderr: &mut Vec<u8>| {
        let console = Console::new(Failing(kind), stderr);
        let options = ["openai-tools", "run", "--base-url", &url, "Hello"];
        cli::main(options.into_iter().chain(api_option()), console)
    };
    let mut stderr = Vec::new();
    assert_eq!(run(io::ErrorKind::BrokenPipe, &mut stderr), Exit::Success);
    assert!(stderr.is_empty());
    assert_eq!(run(io::ErrorKind::StorageFull, &mut stderr), Exit::Failure);
    assert!(stderr.starts_with(b"error: stdout: "));
}

#[test]
fn a_run_goes_through_either_api_and_the_server_can_keep_the_conversation() {
    let tools = weather_file("api.json");
    for (arguments, path, kept) in [
        (&["--api", "chat"][..], "/v1/chat/completions", false),
        (&["--api", "responses"], "/v1/responses", false),
        (&["--api", "responses", "--state", "server", "--stream"], "/v1/responses", true),
    ] {
        let script = [
            Reply::tool_calls([("c1", "get_weather", json!({"city": "Hanoi"}))]),
            Reply::text("done"),
        ];
        let scene = Scene::new(script);
        let all = [arguments, &["--tools", tools.path(), "go"]].concat();
        let (exit, report) = scene.report(&all);
        assert_eq!((exit, &report["text"]), (Exit::Success, &json!("done")), "{report}");
        let requests = scene.requests();
        assert!(requests.iter().all(|request| request.path() == path));
        assert_eq!(requests[1].json()["previous_response_id"].is_string(), kept);
    }
    let scene = Scene::new([]);
    let (exit, report) = scene.report(&["--state", "server", "go"]);
    assert_eq!((exit, &report["error"]["kind"]), (Exit::Failure, &json!("usage")));
    let message = report["error"]["message"].as_str().expect("words");
    assert!(message.starts_with("--state server needs --api responses"), "{message}");
}
