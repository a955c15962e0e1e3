//! Calls of read-only tools start while their response arrives, and never count wrongly.

use openai_tools::{
    Toolbox,
    chat::Api,
    run::{Event, RunLimits},
    tool::{CallFailure, CallKind, Namespace},
};
use serde_json::{Value, json};
use tests::transcript_is_answered;

use super::scene::{
    Piece, Probe, READ_ONLY, Scene, Told, arguments, call, end, look_and_act, read, says, text,
};

/// One response with these pieces, then an answer; `look` is read-only, `act` is not.
async fn told(probe: &Probe, pieces: &[Piece], finish: &str) -> Told {
    let scene = Scene::new([[pieces, &end(finish)].concat(), says("Done.")]);
    let told =
        read(scene.client().run("m").tools(look_and_act(probe, 10)).user("go").stream()).await;
    assert!(told.error.is_none());
    told
}

#[both_apis::test(start_paused = true)]
async fn each_tool_starts_at_its_closing_byte_the_last_one_too() {
    let probe = Probe::default();
    let mut pieces = Vec::new();
    for n in 0..8 {
        pieces.extend([
            call(n, &format!("c{n}"), "look"),
            arguments(n, r#"{"n":"#),
            Piece::Wait(20),
            arguments(n, &format!("{n}}}")),
            Piece::Wait(20),
        ]);
    }
    let told = told(&probe, &pieces, "tool_calls").await;
    for n in 0..8 {
        let closed = 20 + 40 * n;
        assert_eq!(told.at(&format!("complete {n}")), Some(closed));
        assert_eq!(told.at(&format!("started c{n}")), Some(closed));
        assert_eq!(told.at(&format!("finished c{n} ok")), Some(closed + 10));
    }
    assert_eq!(probe.begun(), (0..8).collect::<Vec<_>>());
    let run = told.run();
    assert_eq!(run.calls().count(), 8);
    assert!(run.dropped_calls().is_empty());
    assert!(run.calls().all(|record| record.finished < run.turns()[0].responded));
}

#[both_apis::test(start_paused = true)]
async fn a_switch_lets_all_wait_for_the_end() {
    let probe = Probe::default();
    let pieces = [call(0, "c0", "look"), arguments(0, r#"{"n":1}"#), Piece::Wait(50)];
    let scene = Scene::new([[&pieces[..], &end("tool_calls")].concat(), says("Done.")]);
    let run = scene.client().run("m").tools(look_and_act(&probe, 10)).user("go").early_start(false);
    let told = read(run.stream()).await;
    assert_eq!((told.at("complete 0"), told.at("started c0")), (Some(0), Some(50)));
}

#[both_apis::test(start_paused = true)]
async fn a_tool_with_effects_waits_for_the_end_and_does_not_hold_up_others() {
    let probe = Probe::default();
    let pieces = [
        call(0, "c0", "act"),
        arguments(0, r#"{"n":0}"#),
        call(1, "c1", "look"),
        arguments(1, r#"{"n":1}"#),
        Piece::Wait(50),
    ];
    let told = told(&probe, &pieces, "stop").await;
    assert_eq!((told.at("started c1"), told.at("started c0")), (Some(0), Some(50)));
    let run = told.run();
    let outputs: Vec<_> = run.calls().map(|record| record.output.text.as_str()).collect();
    assert_eq!(outputs, ["0", "1"]);
}

#[both_apis::test(start_paused = true)]
async fn the_reading_of_the_stream_never_waits_for_a_tool() {
    let probe = Probe::default();
    let pieces = [
        call(0, "c0", "look"),
        arguments(0, r#"{"n":0}"#),
        Piece::Wait(20),
        text("While "),
        Piece::Wait(20),
        text("it runs."),
    ];
    let scene = Scene::new([[&pieces[..], &end("tool_calls")].concat(), says("Done.")]);
    let run = scene.client().run("m").tools(look_and_act(&probe, 10_000)).user("go");
    let told = read(run.stream()).await;
    assert_eq!((told.at("text While "), told.at("text it runs.")), (Some(20), Some(40)));
    assert_eq!((told.at("started c0"), told.at("finished c0 ok")), (Some(0), Some(10_000)));
}

#[both_apis::test(start_paused = true)]
async fn a_call_that_still_runs_at_the_end_goes_on_and_runs_once() {
    let probe = Probe::default();
    let pieces = [call(0, "c0", "look"), arguments(0, r#"{"n":1}"#), Piece::Wait(5)];
    let told = told(&probe, &pieces, "tool_calls").await;
    assert_eq!(told.at("finished c0 ok"), Some(10));
    assert_eq!(probe.begun(), [1]);
    assert!(told.run().dropped_calls().is_empty());
}

// Of chat completions: the Responses API says itself when a call is whole.
#[tokio::test(start_paused = true)]
async fn a_placeholder_starts_nothing() {
    let probe = Probe::default();
    let pieces = [
        call(0, "c0", "look"),
        arguments(0, "{}"),
        Piece::Wait(20),
        arguments(0, r#"{"n":7}"#),
        Piece::Wait(20),
    ];
    let told = told(&probe, &pieces, "tool_calls").await;
    assert!(told.at("started c0").is_some_and(|at| at >= 20));
    assert_eq!(probe.begun(), [7]);
    assert_eq!(told.run().calls().next().expect("a call").output.text, "7");
}

// Of chat completions: the Responses API says itself when a call is whole.
#[tokio::test(start_paused = true)]
async fn concatenated_objects_are_taken_back_and_judged_anew() {
    let probe = Probe::default();
    let pieces = [
        call(0, "c0", "look"),
        arguments(0, r#"{"n":1}"#),
        Piece::Wait(5),
        arguments(0, r#"{"n":2}"#),
        Piece::Wait(50),
    ];
    let told = told(&probe, &pieces, "tool_calls").await;
    assert_eq!((told.at("started c0"), told.at("dropped c0")), (Some(0), Some(5)));
    let run = told.run();
    assert_eq!(probe.ended(), 1, "the tool was stopped");
    let record = run.calls().next().expect("a call");
    assert_eq!(record.output.failure, Some(CallFailure::InvalidJson));
    assert_eq!(run.dropped_calls().len(), 1);
    assert_eq!(run.dropped_calls()[0].output.failure, Some(CallFailure::Cancelled));
}

#[both_apis::test(start_paused = true)]
async fn white_space_after_the_arguments_changes_nothing() {
    let probe = Probe::default();
    let pieces = [call(0, "c0", "look"), arguments(0, r#"{"n":1}"#), arguments(0, " \n")];
    let run = told(&probe, &pieces, "tool_calls").await.run();
    assert_eq!(probe.begun(), [1]);
    assert_eq!(run.calls().next().expect("a call").call.arguments, "{\"n\":1} \n");
    assert!(run.dropped_calls().is_empty());
}

#[both_apis::test(start_paused = true)]
async fn arguments_that_break_the_schema_do_not_start_early_and_are_told_at_the_end() {
    let probe = Probe::default();
    let pieces = [call(0, "c0", "look"), arguments(0, r#"{"n":"x"}"#), Piece::Wait(50)];
    let told = told(&probe, &pieces, "tool_calls").await;
    assert_eq!(told.at("started c0"), None);
    assert_eq!(told.at("finished c0 invalid_arguments"), Some(50));
}

#[both_apis::test(start_paused = true)]
async fn an_id_that_is_told_twice_starts_nothing_early() {
    let probe = Probe::default();
    let pieces = [
        call(0, "c0", "look"),
        arguments(0, r#"{"n":1}"#),
        call(1, "c0", "look"),
        arguments(1, r#"{"n":2}"#),
        Piece::Wait(50),
    ];
    let run = told(&probe, &pieces, "tool_calls").await.run();
    let mut begun = probe.begun();
    begun.sort_unstable();
    assert_eq!(begun, [1, 2], "each ran once");
    assert!(transcript_is_answered(run.transcript()));
}

#[both_apis::test(start_paused = true)]
async fn after_a_cut_response_nothing_runs_and_what_ran_does_not_count() {
    for finish in ["length", "content_filter"] {
        let probe = Probe::default();
        let pieces = [
            call(0, "c0", "look"),
            arguments(0, r#"{"n":0}"#),
            call(1, "c1", "act"),
            arguments(1, r#"{"n":1}"#),
            Piece::Wait(50),
        ];
        let told = told(&probe, &pieces, finish).await;
        assert_eq!((told.at("finished c0 ok"), told.at("dropped c0")), (Some(10), Some(50)));
        assert_eq!(told.at("finished c0 response_incomplete"), Some(50));
        assert_eq!(probe.begun(), [0], "{finish}");
        let run = told.run();
        assert_eq!(run.outcome().as_str(), "incomplete");
        let incomplete = Some(CallFailure::ResponseIncomplete);
        assert!(run.calls().all(|record| record.output.failure == incomplete));
        assert_eq!(run.dropped_calls()[0].output.text, "0");
        assert!(transcript_is_answered(run.transcript()));
    }
}

#[both_apis::test(start_paused = true)]
async fn of_a_stream_that_breaks_no_output_counts_and_what_arrived_is_kept() {
    let probe = Probe::default();
    let pieces = vec![
        text("Let me see."),
        call(0, "c0", "look"),
        arguments(0, r#"{"n":0}"#),
        call(1, "c1", "act"),
        arguments(1, r#"{"n":1}"#),
        Piece::Wait(50),
        Piece::Break,
    ];
    let scene = Scene::new([pieces]);
    let run = scene.client().run("m").tools(look_and_act(&probe, 100)).user("go").stream();
    let told = read(run).await;
    assert_eq!((told.at("started c0"), told.at("dropped c0")), (Some(0), Some(50)));
    assert_eq!(probe.begun(), [0]);
    let error = told.error.expect("an error");
    let arrived = error.arrived().expect("what arrived");
    assert_eq!(arrived.text.as_deref(), Some("Let me see."));
    assert_eq!(arrived.tool_calls.len(), 2);
    assert_eq!(error.transcript().len(), 1, "what is not whole is not in the transcript");
    assert_eq!(error.dropped_calls().len(), 1);
    assert_eq!(scene.requests().len(), 1, "nothing is repeated after something was shown");
    tokio::task::yield_now().await;
    assert_eq!(probe.ended(), 1, "the tool was stopped");
}

#[both_apis::test(start_paused = true)]
async fn a_response_that_asks_for_more_calls_than_are_left_runs_none() {
    let probe = Probe::default();
    let mut pieces = Vec::new();
    for n in 0..3 {
        let id = format!("c{n}");
        pieces.extend([call(n, &id, "look"), arguments(n, &format!(r#"{{"n":{n}}}"#))]);
        pieces.push(Piece::Wait(20));
    }
    let scene = Scene::new([[&pieces[..], &end("tool_calls")].concat()]);
    let run = scene.client().run("m").tools(look_and_act(&probe, 30)).user("go");
    let told = read(run.limits(RunLimits::new().with_tool_calls(2)).stream()).await;
    assert_eq!((told.at("dropped c0"), told.at("dropped c1")), (Some(40), Some(40)));
    assert_eq!(probe.begun(), [0, 1], "the third never started");
    let run = told.run();
    assert_eq!(run.outcome().as_str(), "limit");
    assert!(run.calls().all(|record| record.output.failure == Some(CallFailure::LimitReached)));
    assert_eq!(run.dropped_calls().len(), 2);
}

/// Of the Responses API, which alone has namespaces.
#[tokio::test(start_paused = true)]
async fn a_tool_of_a_namespace_starts_at_its_closing_byte() {
    let event = |kind: &str, item: &Value| {
        let of = json!({"type": format!("response.{kind}"), "output_index": 0, "item": item,
            "delta": item, "sequence_number": 0});
        Piece::Bytes(format!("event: response.{kind}\ndata: {of}\n\n"))
    };
    let call = |namespace: &str, arguments: &str, status: &str| {
        json!({"type": "function_call", "id": "fc_0", "call_id": "c0", "namespace": namespace,
            "name": "find", "arguments": arguments, "status": status})
    };
    for (namespace, started) in [("crm", 0), ("other", 50)] {
        let arguments = r#"{"n":1}"#;
        let whole = call(namespace, arguments, "completed");
        let last = json!({"type": "response.completed", "sequence_number": 9, "response": {
            "id": "resp_1", "status": "completed", "output": [whole]}});
        let pieces = vec![
            event("output_item.added", &call(namespace, "", "in_progress")),
            event("function_call_arguments.delta", &json!(arguments)),
            event("output_item.done", &whole),
            Piece::Wait(50),
            Piece::Bytes(format!("event: response.completed\ndata: {last}\n\n")),
        ];
        let probe = Probe::default();
        let find = probe.tool("find", 10, READ_ONLY);
        let find = find.in_namespace(Namespace::new("crm", "Customers.").expect("legal"));
        let tools = Toolbox::new().with(find).expect("one tool");
        let done = json!({"id": "resp_2", "status": "completed", "output": [{"type": "message",
            "role": "assistant", "content": [{"type": "output_text", "text": "Done."}]}]});
        let done = json!({"type": "response.completed", "sequence_number": 0, "response": done});
        let done = Piece::Bytes(format!("event: response.completed\ndata: {done}\n\n"));
        let scene = Scene::new([pieces, vec![done]]);
        let client = scene.client_builder().api(Api::Responses).build().expect("good");
        let told = read(client.run("m").tools(tools).user("go").stream()).await;
        assert!(told.error.is_none(), "{:?}", told.error);
        let began = told.events.iter().find_map(|(_, event)| match event {
            Event::CallBegan { kind, namespace, .. } => Some((kind.clone(), namespace.clone())),
            _ => None,
        });
        assert_eq!(began, Some((CallKind::Function, Some(namespace.to_owned()))));
        if namespace == "crm" {
            assert_eq!(told.at("started c0"), Some(started));
            assert_eq!(told.at("finished c0 ok"), Some(10));
            assert_eq!(probe.begun(), [1], "once");
            assert!(told.run().dropped_calls().is_empty());
        } else {
            assert_eq!(told.at("started c0"), None);
            assert_eq!(told.at("finished c0 unknown_tool"), Some(started));
        }
    }
}
