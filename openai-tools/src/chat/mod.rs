//! The conversation with a model: neutral types, and the wire forms of each API.
//!
//! Everything above this module (client, run, dispatch) speaks the neutral types; only the folder
//! of an API knows how that API spells them.

#[cfg(feature = "client")]
mod accumulator;
#[cfg(feature = "client")]
mod answer_tool;
#[cfg(feature = "client")]
mod api;
mod audio;
#[cfg(feature = "client")]
mod choice;
pub(crate) mod completions;
mod delta;
#[cfg(feature = "client")]
mod hosted;
mod item;
mod message;
#[cfg(feature = "client")]
mod request;
mod response;
pub(crate) mod responses;
#[cfg(feature = "client")]
mod setting;
pub(crate) mod wire;

#[cfg(feature = "client")]
pub(crate) use self::{accumulator::Accumulator, api::Written};
#[cfg(feature = "client")]
pub use self::{
    api::Api,
    choice::{AllowedMode, AllowedTool, ToolChoice},
    hosted::{
        CodeInterpreter, Container, FileFilter, FileSearch, HostedShell, HostedTool,
        ImageBackground, ImageFormat, ImageGeneration, ImageQuality, Location, Mcp, McpApproval,
        MemoryLimit, Ranking, SearchContextSize, WebSearch,
    },
};
pub use self::{
    audio::SpokenAudio,
    delta::Delta,
    item::OutputItem,
    message::{AssistantMessage, Message},
    response::{FinishReason, Response, Usage},
};
#[doc(no_inline)]
pub use crate::media::{Audio, AudioFormat, File, Image, ImageDetail, Part};
// A request holds the tools that a run calls, and only the client writes it.
#[cfg(feature = "client")]
pub use self::request::{
    AudioOutput, ConversationState, ReasoningEffort, Request, ResponseFormat, Settings,
};
#[cfg(feature = "client")]
pub use self::setting::{
    PromptCache, PromptCacheMode, PromptCacheRetention, ReasoningSummary, ServiceTier, Verbosity,
};
