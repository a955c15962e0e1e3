// The README's snippets are tests; they need the built-in server.
#![cfg_attr(
    all(feature = "derive", feature = "testing"),
    doc = include_str!("../../README.md")
)]
#![cfg_attr(
    not(all(feature = "derive", feature = "testing")),
    doc = "Typed function calling and JSON mode; the README is the guide to it."
)]

extern crate self as openai_tools;

#[cfg(feature = "wire")]
pub mod chat;
pub mod ci;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "client")]
pub mod client;
pub mod contract;
#[cfg(feature = "cli")]
mod data;
#[cfg(feature = "dispatch")]
pub mod dispatch;
pub mod error;
pub mod guide;
mod ids;
mod json;
mod media;
#[cfg(feature = "dispatch")]
mod observe;
#[cfg(feature = "client")]
pub mod provider;
#[cfg(feature = "wire")]
pub mod responses;
#[cfg(feature = "client")]
pub mod run;
pub mod schema;
#[cfg(feature = "wire")]
pub mod stream;
#[cfg(feature = "client")]
pub mod structured;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tool;

#[doc(inline)]
pub use self::{
    error::{Error, ErrorKind},
    ids::{InvalidToolName, ToolCallId, ToolName},
    media::{Audio, AudioFormat, File, Image, ImageDetail, Part},
    tool::{
        CallError, Tool, ToolCall, ToolDefinition, ToolOutput, ToolSet, ToolSettings, TypedCall,
    },
};

#[cfg(feature = "dispatch")]
#[doc(inline)]
pub use self::tool::{
    Callable, Content, DynTool, FromContext, IntoTool, IntoTools, Provide, ToolContext, ToolError,
    Toolbox, Tools,
};

/// Stops calls and runs; from `tokio-util`, where applications have theirs.
#[cfg(feature = "dispatch")]
#[doc(no_inline)]
pub use tokio_util::sync::CancellationToken;

#[cfg(feature = "wire")]
#[doc(inline)]
pub use self::chat::Message;

#[cfg(feature = "client")]
#[doc(inline)]
pub use self::{
    chat::ToolChoice,
    client::Client,
    run::{Outcome, Run, RunError},
};

/// The crates whose derives the types of arguments and outputs need, in the versions that this
/// crate has them. A crate that does not depend on them itself writes
/// `#[derive(openai_tools::schemars::JsonSchema)]` with
/// `#[schemars(crate = "openai_tools::schemars")]`, and the same for serde.
#[doc(no_inline)]
pub use {schemars, serde};

#[cfg(feature = "derive")]
pub use openai_tools_derive::{Context, Tool, tool, toolbox};

#[doc(hidden)]
pub mod __private;
