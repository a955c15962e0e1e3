//! Lines as the data of a stream's events: each is taken or refused, what the deltas tell is what
//! the response holds, each of its calls has an id of its own, and memory stays near what came in.
#![cfg_attr(fuzzing, no_main)]

use std::collections::HashSet;

use openai_tools::{
    chat::{Delta, Response},
    stream::ChatAccumulator,
};

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// One case, read once as pieces and once as snapshots.
pub(crate) fn run(data: &[u8]) {
    read(data, ChatAccumulator::new());
    read(data, ChatAccumulator::new().with_snapshots(true));
}

fn read(data: &[u8], mut accumulator: ChatAccumulator) {
    let mut deltas = Vec::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Err(error) = accumulator.push(line, &mut deltas) {
            assert!(error.to_string().len() < 2_000, "{error}");
        }
    }
    let told: usize = deltas.iter().map(size).sum();
    assert!(told <= 4 * data.len() + 1_000, "{told} bytes of deltas");

    let soon = accumulator.message();
    let is_whole = accumulator.is_whole();
    assert!(!is_whole || accumulator.finish_reason().is_some(), "whole, and why it ended is unknown");
    let response = accumulator.finish();
    assert_eq!(response.is_ok(), is_whole, "a whole answer is one, and nothing else is");
    let Ok(response) = response else { return };
    assert_eq!(soon, response.message, "what was there to see");
    hold(&response, &deltas);
    let body = response.body();
    assert!(body.len() <= 40 * data.len() + 10_000, "{} bytes", body.len());
}

/// Holds the deltas to the response that they are the pieces of.
fn hold(response: &Response, deltas: &[Delta]) {
    let message = &response.message;
    let mut text = String::new();
    let mut refusal = String::new();
    let mut calls: Vec<(String, String)> = Vec::new();
    for delta in deltas {
        match delta {
            Delta::Arguments { slot, text } => calls[*slot].1.push_str(text),
            Delta::ArgumentsReset { slot } => calls[*slot].1.clear(),
            Delta::CallBegan { slot, name, .. } => {
                assert_eq!(*slot, calls.len(), "slots are counted");
                calls.push((name.clone(), String::new()));
            }
            Delta::CallRenamed { slot, name, .. } => calls[*slot].0.clone_from(name),
            Delta::Refusal(piece) => refusal.push_str(piece),
            Delta::Text(piece) => text.push_str(piece),
            _ => {}
        }
    }
    assert_eq!(text, message.text.as_deref().unwrap_or_default());
    assert_eq!(refusal, message.refusal.as_deref().unwrap_or_default());

    let ids: HashSet<&str> = message.tool_calls.iter().map(|call| call.id.as_str()).collect();
    assert_eq!(ids.len(), message.tool_calls.len(), "two calls with one id");
    assert!(!ids.contains(""), "a call without an id");
    for call in &message.tool_calls {
        let is_told = |(name, arguments): &(String, String)| {
            *name == *call.name && arguments.trim() == call.arguments.trim()
        };
        assert!(calls.iter().any(is_told), "no deltas told of {call:?}");
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
        _ => 0,
    }
}
