//! A body with a good status: it is read into a response or an error, each call has an id of its
//! own, and an error does not quote the body.
#![cfg_attr(fuzzing, no_main)]

use std::collections::HashSet;

use bytes::Bytes;
use openai_tools::{
    Client, Message,
    chat::Request,
    client::{Body, RetryPolicy, Sending, Transport},
};

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// One case.
pub(crate) fn run(data: &[u8]) {
    let client = Client::builder()
        .transport(Answers(Bytes::copy_from_slice(data)))
        .retry(RetryPolicy::new().with_max_retries(0))
        .build()
        .expect("sound");
    let mut request = Request::new("m");
    request.messages.push(Message::user("u"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    match runtime.block_on(client.send(&request)) {
        Ok(response) => {
            let calls = &response.message.tool_calls;
            let ids: HashSet<&str> = calls.iter().map(|call| call.id.as_str()).collect();
            assert_eq!(ids.len(), calls.len(), "two calls with one id");
            assert!(calls.iter().all(|call| !call.id.as_str().is_empty()), "a call without an id");
        }
        Err(error) => assert!(error.to_string().len() < 2_000, "{error}"),
    }
}

struct Answers(Bytes);

impl Transport for Answers {
    fn send(&self, _: http::Request<Bytes>) -> Sending<'_> {
        let response = http::Response::new(Body::full(self.0.clone()));
        Box::pin(std::future::ready(Ok(response)))
    }
}
