//! Calls that wait for somebody, and runs that are kept and taken up.

use std::fs;

use openai_tools::{
    cli::Exit,
    testing::{Reply, StreamFault, StreamShape},
};
use serde_json::{Value, json};

use tests::wire::events_up_to;

use crate::scene::{File, Scene, two_calls, weather_file};

/// The outputs that a request holds, in order.
fn outputs(scene: &Scene, request: usize) -> Vec<String> {
    let body = scene.requests()[request].as_chat();
    let messages = body["messages"].as_array().expect("messages").iter();
    let outputs = messages.filter(|message| message["role"] == "tool");
    outputs.map(|message| message["content"].as_str().expect("a text").to_owned()).collect()
}

#[both_apis::test]
fn each_call_is_shown_and_run_as_it_is_said() {
    for stream in [&[][..], &["--stream"]] {
        let scene = Scene::new([two_calls(), Reply::text("Hanoi.")]);
        let tools = weather_file("approve_ask.json");
        let options = ["--tools", tools.path(), "--approve", "ask", "--report", "json", "Where?"];
        let ran = scene.asked(&[stream, &options].concat(), "what?\ny\nno\n");
        assert_eq!(ran.exit, Exit::Success, "{}", ran.stdout);
        assert!(ran.stderr.starts_with("call get_weather\n  {\"city\":\"Hanoi\"}\nrun it? "));
        assert_eq!(ran.stderr.matches("run it?").count(), 3, "asked again: {}", ran.stderr);
        let outputs = outputs(&scene, 1);
        assert!(outputs[0].contains("Hanoi"), "{outputs:?}");
        assert_eq!(outputs[1], "not run: the call was denied: the user said no");
    }
}

#[both_apis::test]
fn who_says_all_is_asked_once_and_who_quits_is_not_asked_again() {
    let tools = weather_file("approve_all_on.json");
    let options = ["--tools", tools.path(), "--approve", "ask", "--report", "json", "Where?"];
    let scene = Scene::new([two_calls(), Reply::text("Hanoi.")]);
    let ran = scene.asked(&options, "a\n");
    assert_eq!((ran.exit, ran.stderr.matches("run it?").count()), (Exit::Success, 1));

    // At the end of stdin as well.
    for answers in ["q\ny\n", ""] {
        let scene = Scene::new([two_calls()]);
        let ran = scene.asked(&options, answers);
        assert_eq!((ran.exit, ran.stderr.matches("run it?").count()), (Exit::Finding, 1));
        let report = ran.json();
        assert_eq!(
            (&report["outcome"], &report["reason"]),
            (&json!("pending"), &json!("2 calls wait"))
        );
        let waiting = json!({
            "id": "c1",
            "name": "get_weather",
            "arguments": "{\"city\":\"Hanoi\"}",
            "reason": "needs_approval",
        });
        assert_eq!(report["waiting"][0], waiting);
        assert_eq!(report["waiting"].as_array().map(Vec::len), Some(2));
    }
}

#[both_apis::test]
fn what_is_shown_of_a_call_cannot_control_the_terminal() {
    let call = [("c1", "get_weather", "{\n\"city\": \"\u{9b}2J\u{202e}x\"}")];
    let scene = Scene::new([Reply::tool_calls(call)]);
    let tools = weather_file("approve_hostile.json");
    let ran = scene.asked(&["--tools", tools.path(), "--approve", "ask", "Where?"], "q\n");
    assert_eq!(ran.exit, Exit::Finding);
    assert!(ran.stderr.contains(r#"{\n"city": "\u{9b}2J\u{202e}x"}"#), "{}", ran.stderr);
    assert!(ran.stdout.contains("waiting: get_weather {"), "{}", ran.stdout);
    let both = ran.stdout + &ran.stderr;
    assert!(!both.contains(['\u{9b}', '\u{202e}']), "{both}");
}

#[both_apis::test]
fn where_nobody_can_be_asked_the_run_ends_as_pending_and_says_how_to_go_on() {
    let tools = weather_file("approve_nobody.json");
    let options = ["--tools", tools.path(), "--approve", "ask", "--report", "json"];
    let scene = Scene::new([two_calls()]);
    let ran = scene.run(&[&options[..], &["Where?"]].concat());
    assert_eq!((ran.exit, ran.exit.code()), (Exit::Finding, 1));
    assert_eq!(ran.json()["outcome"], "pending");
    assert!(ran.stderr.contains("--journal FILE"), "{}", ran.stderr);
    assert_eq!(scene.server.request_count(), 1);
}

#[both_apis::test]
fn with_approve_none_the_model_is_told_that_nothing_is_run() {
    let scene = Scene::new([two_calls(), Reply::text("I cannot say.")]);
    let tools = weather_file("approve_none.json");
    let (exit, report) =
        scene.report(&["--tools", tools.path(), "--approve", "none", "Where is it warmer?"]);
    assert_eq!(exit, Exit::Success);
    assert_eq!(report["calls"][0]["error"], "not_approved");
    assert!(outputs(&scene, 1).iter().all(|output| output.contains("--approve none")));
}

#[both_apis::test]
fn a_kept_run_is_taken_up_and_goes_on_in_its_journal() {
    let journal = File::none_yet("take_up.journal");
    let tools = weather_file("take_up.json");
    let options = ["--tools", tools.path(), "--approve", "ask", "--report", "json"];
    let first = Scene::new([two_calls()]);
    let begin = ["--model", "m-1", "--journal", journal.path(), "Where is it warmer?"];
    let ran = first.run(&[&options[..], &begin].concat());
    assert_eq!((ran.exit, &ran.json()["outcome"]), (Exit::Finding, &json!("pending")));
    assert!(ran.stderr.contains(&format!("--resume {}", journal.path())), "{}", ran.stderr);

    let second = Scene::new([Reply::text("Hanoi.")]);
    let ran = second.asked(&[&options[..], &["--resume", journal.path()]].concat(), "y\ny\n");
    assert_eq!((ran.exit, &ran.json()["text"]), (Exit::Success, &json!("Hanoi.")));
    let budget = &ran.json()["budget"];
    assert_eq!((&budget["turns"], &budget["tool_calls"]), (&json!(2), &json!(2)));
    let sent = second.requests()[0].json();
    assert_eq!(sent["model"], "m-1", "that of the run");
    assert_eq!(outputs(&second, 0).len(), 2);

    // It has come to its end; a further prompt goes on from there.
    let third = Scene::new([Reply::text("31 °C.")]);
    let (exit, report) = third.report(&["--resume", journal.path()]);
    assert_eq!((exit, &report["text"]), (Exit::Success, &json!("Hanoi.")));
    assert_eq!(third.server.request_count(), 0, "nobody is asked");
    let (exit, report) = third.report(&["--resume", journal.path(), "How warm?"]);
    assert_eq!((exit, &report["text"]), (Exit::Success, &json!("31 °C.")));
    assert!(third.requests()[0].as_chat()["messages"].to_string().contains("How warm?"));
}

#[both_apis::test]
fn a_run_that_failed_is_taken_up_where_it_stood() {
    let journal = File::none_yet("failed.journal");
    let tools = weather_file("failed_kept.json");
    let scene = Scene::new([two_calls(), Reply::error(400, "bad", "Bad."), Reply::text("Hanoi.")]);
    let options = ["--tools", tools.path(), "--report", "json"];
    let ran = scene.run(&[&options[..], &["--journal", journal.path(), "Where?"]].concat());
    assert_eq!(ran.exit, Exit::Failure);
    assert!(ran.stderr.contains("--resume"), "{}", ran.stderr);
    let ran = scene.run(&[&options[..], &["--resume", journal.path()]].concat());
    assert_eq!((ran.exit, &ran.json()["text"]), (Exit::Success, &json!("Hanoi.")));
    assert_eq!(outputs(&scene, 2).len(), 2, "the calls of the first process");
}

#[both_apis::test]
fn a_stream_that_broke_is_kept_as_well() {
    let journal = File::none_yet("broken_stream.journal");
    let cut = Reply::text("It is warm in Hanoi, as ever.")
        .with_stream(StreamShape::new().with_fault(StreamFault::CutAfter(events_up_to(1))));
    let scene = Scene::new([cut, Reply::text("Hanoi.")]);
    let stream = ["--stream", "--report", "json"];
    let ran = scene.run(&[&stream[..], &["--journal", journal.path(), "Where?"]].concat());
    assert_eq!((ran.exit, &ran.json()["outcome"]), (Exit::Failure, &json!("error")));
    let ran = scene.run(&[&stream[..], &["--resume", journal.path()]].concat());
    assert_eq!((ran.exit, &ran.json()["text"]), (Exit::Success, &json!("Hanoi.")));
}

#[both_apis::test]
fn a_journal_that_cannot_be_used_is_told_and_nothing_is_sent() {
    let scene = Scene::new([]);
    let there = File::new("there.journal", "");
    let other = File::new("other.journal", "{\"a\": 1}\n");
    let none = File::none_yet("none.journal");
    let cases = [
        ("--journal", there.path(), "is there already"),
        ("--resume", none.path(), "cannot be read"),
        ("--resume", other.path(), "no journal"),
        ("--resume", there.path(), "give a prompt"),
    ];
    for (option, path, said) in cases {
        let prompt: &[&str] = if option == "--journal" { &["Hello"] } else { &[] };
        let (exit, report) = scene.report(&[&[option, path], prompt].concat());
        assert_eq!((exit, &report["error"]["kind"]), (Exit::Failure, &json!("input")));
        let message = report["error"]["message"].as_str().expect("a message");
        assert!(message.starts_with(path) && message.contains(said), "{message}");
    }
    assert_eq!(scene.server.request_count(), 0);
}

#[both_apis::test]
fn a_torn_journal_is_gone_on_with() {
    let journal = File::none_yet("torn.journal");
    let scene = Scene::new([Reply::text("Hanoi."), Reply::text("31 °C.")]);
    let ran = scene.run(&["--journal", journal.path(), "Where?"]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (Exit::Success, ""));
    let mut content = fs::read(journal.path()).expect("a journal");
    content.extend(b"{\"kind\": \"resp");
    fs::write(journal.path(), content).expect("written");
    let ran = scene.run(&["--report", "json", "--resume", journal.path(), "How warm?"]);
    assert!(ran.stderr.contains("14 bytes dropped"), "{}", ran.stderr);
    let report: Value = ran.json();
    assert_eq!((ran.exit, &report["text"]), (Exit::Success, &json!("31 °C.")));
}
