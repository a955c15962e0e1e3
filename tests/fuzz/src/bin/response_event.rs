//! Lines as the data of the events of a response: each is taken or refused, each call has an id of
//! its own, and memory stays near what came in.
#![cfg_attr(fuzzing, no_main)]

use std::collections::HashSet;

use openai_tools::{chat::Delta, stream::ResponsesAccumulator};

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// One case.
pub(crate) fn run(data: &[u8]) {
    let mut accumulator = ResponsesAccumulator::new();
    let mut deltas = Vec::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Err(error) = accumulator.push(line, &mut deltas) {
            assert!(error.to_string().len() < 2_000, "{error}");
        }
    }
    let told: usize = deltas.iter().map(size).sum();
    // A short event can give a call another name, which is told with the id.
    assert!(told <= 20 * data.len() + 2_000, "{told} bytes of deltas");
    hold(&deltas);

    let soon = accumulator.message();
    let is_ended = accumulator.finish_reason().is_some();
    let response = accumulator.finish();
    assert_eq!(response.is_ok(), is_ended, "an end is an answer, and nothing else is");
    let Ok(response) = response else { return };
    assert_eq!(soon, response.message, "what was there to see");
    let calls = &response.message.tool_calls;
    let ids: HashSet<&str> = calls.iter().map(|call| call.id.as_str()).collect();
    assert_eq!(ids.len(), calls.len(), "two calls with one id");
    assert!(!ids.contains(""), "a call without an id");
    let body = response.body();
    assert!(body.len() <= 10 * data.len() + 1_000, "{} bytes", body.len());
}

/// Slots are told before they are used.
fn hold(deltas: &[Delta]) {
    let mut calls = 0;
    for delta in deltas {
        match delta {
            Delta::CallBegan { slot, .. } => {
                assert_eq!(*slot, calls, "slots are counted");
                calls += 1;
            }
            Delta::Arguments { slot, .. }
            | Delta::ArgumentsComplete { slot }
            | Delta::ArgumentsReset { slot }
            | Delta::CallRenamed { slot, .. } => assert!(*slot < calls, "nobody told of {slot}"),
            _ => {}
        }
    }
}

fn size(delta: &Delta) -> usize {
    match delta {
        Delta::Arguments { text, .. }
        | Delta::Reasoning(text)
        | Delta::Refusal(text)
        | Delta::Text(text) => text.len(),
        Delta::CallBegan { id, name, .. } | Delta::CallRenamed { id, name, .. } => {
            id.as_str().len() + name.len()
        }
        Delta::Item(item) => item.as_json().len(),
        _ => 0,
    }
}
