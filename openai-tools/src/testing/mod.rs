//! A server on loopback that speaks OpenAI's wire for real, for tests and examples without a key.
//!
//! A [`Server`] is started inside the test. Left to itself it is *automatic*: it calls the tools
//! that fit the prompt, with arguments made from their schemas, answers in text that uses the
//! outputs, and fills the schema of a typed answer; the same request gets the same answer. Given a
//! script of [`Reply`]s it answers with these, broken ones too. Either way it first checks what a
//! real server checks, and answers a wrong request with a 400 and OpenAI's error object. Every
//! request is kept as a [`Recorded`].
//!
//! A request with `stream: true` is answered with server-sent events that hold the same answer, in
//! deltas of four characters, as fast as they are read. A [`StreamShape`] says otherwise: size and
//! pace of the deltas, how they are packed, the awkward forms that some servers have, and what
//! goes wrong in the middle.
//!
//! Any client in any language can talk to it; here nothing but a socket is used:
//!
//! ```
//! use openai_tools::testing::Server;
//! use serde_json::json;
//! use std::{io::{Read, Write}, net::TcpStream};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
//! # runtime.block_on(async {
//! let server = Server::start().await?;
//!
//! let request = json!({
//!     "model": "any",
//!     "messages": [{"role": "user", "content": "Is it warmer in Hanoi or Paris?"}],
//!     "tools": [{"type": "function", "function": {
//!         "name": "get_weather",
//!         "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
//!     }}],
//! })
//! .to_string();
//! let mut socket = TcpStream::connect(server.address())?;
//! write!(
//!     socket,
//!     "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
//!      Content-Length: {}\r\n\r\n{request}",
//!     request.len(),
//! )?;
//! let mut answer = String::new();
//! socket.read_to_string(&mut answer)?;
//!
//! // Two calls in one response.
//! assert!(answer.starts_with("HTTP/1.1 200 OK"));
//! assert!(answer.contains(r#""arguments":"{\"city\":\"Hanoi\"}""#));
//! assert!(answer.contains(r#""arguments":"{\"city\":\"Paris\"}""#));
//! assert_eq!(server.requests()[0].json()["model"], "any");
//! # Ok(())
//! # })
//! # }
//! ```

mod answer;
mod automatic;
mod check;
mod completion;
mod fault;
mod files;
mod line;
mod page;
mod play;
mod recorded;
mod reply;
mod responses;
mod route;
mod scripted_call;
mod server;
mod stream;
mod typed;
mod wire;

pub use self::{
    line::BreakPoint,
    recorded::Recorded,
    reply::Reply,
    scripted_call::ScriptedCall,
    server::{Server, ServerBuilder},
    stream::{LineEnd, Packing, StreamFault, StreamQuirk, StreamShape},
};

#[cfg(test)]
mod tests;
