//! A body with a good status: it is read into a response or an error, each call has an id of its
//! own, and an error does not quote the body.
#![cfg_attr(fuzzing, no_main)]

use std::collections::HashSet;

use openai_tools::chat::Response;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// One case.
pub(crate) fn run(data: &[u8]) {
    match Response::from_chat_completion(data.to_vec()) {
        Ok(response) => {
            let calls = &response.message.tool_calls;
            let ids: HashSet<&str> = calls.iter().map(|call| call.id.as_str()).collect();
            assert_eq!(ids.len(), calls.len(), "two calls with one id");
            assert!(calls.iter().all(|call| !call.id.as_str().is_empty()), "a call without an id");
            assert_eq!(response.body(), data, "the body is kept as it came");
        }
        Err(error) => assert!(error.to_string().len() < 2_000, "{error}"),
    }
}
