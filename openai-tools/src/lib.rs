//! Typed function calling and JSON mode (crate docs come from the README).

extern crate self as openai_tools;

#[cfg(feature = "client")]
pub mod chat;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "dispatch")]
pub mod dispatch;
pub mod error;
mod ids;
#[cfg(feature = "dispatch")]
mod observe;
#[cfg(feature = "client")]
pub mod run;
pub mod schema;
#[cfg(feature = "client")]
pub mod structured;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tool;

#[doc(inline)]
pub use self::{
    error::{Error, ErrorKind},
    ids::{InvalidToolName, ToolCallId, ToolName},
    tool::{Tool, ToolCall, ToolDefinition, ToolOutput, ToolSettings},
};

#[cfg(feature = "dispatch")]
#[doc(inline)]
pub use self::tool::{
    Callable, Content, DynTool, FromContext, IntoTool, Provide, ToolContext, ToolError, Toolbox,
    Tools,
};

#[cfg(feature = "client")]
#[doc(inline)]
pub use self::{
    chat::{Message, ToolChoice},
    client::Client,
    run::{Outcome, Run, RunError},
};

#[cfg(feature = "derive")]
pub use openai_tools_derive::{Context, Tool, tool};

#[doc(hidden)]
pub mod __private;
