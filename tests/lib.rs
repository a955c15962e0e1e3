//! What the tests share: servers whose requests are held against OpenAI's own document, small tools,
//! and generators of schemas and of their instances.

pub mod document;
pub mod foreign;
pub mod instances;
mod sent;
mod server;
pub mod soak;
mod tools;
pub mod wire;

pub use self::{
    sent::{assert_sent_as_documented, check_asked},
    server::{TestServer, api, is_chat, over, over_sync, path},
    tools::{
        block_until, block_until_cancelled, definition, echo, echo_call, tool,
        transcript_is_answered, unused_tool,
    },
};
