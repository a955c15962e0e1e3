//! What the library promises, over a real socket: one module per area.

mod attempts;
mod awkward_streams;
mod bad_input;
mod budget;
mod client;
mod concurrency;
mod context;
mod definitions;
mod dispatch;
mod hostile;
mod limits;
mod macros;
mod openapi;
mod requests;
mod retries;
mod run;
mod run_streams;
mod secrets;
mod server;
mod server_streams;
mod streams;
mod tool_sets;
mod toolboxes;
mod typed_answers;
