//! What an application changes before each request of a run.

use crate::chat::{AllowedMode, AllowedTool, Message, Settings, ToolChoice};

/// A request that is about to be made; see [`RunBuilder::on_turn`](super::RunBuilder::on_turn).
#[derive(Debug)]
pub struct NextTurn<'a> {
    pub(super) turn: usize,
    pub(super) messages: &'a [Message],
    pub(super) settings: &'a mut Settings,
}

impl NextTurn<'_> {
    /// How many responses the run has had; 0 before the first.
    #[must_use]
    pub fn turn(&self) -> usize {
        self.turn
    }

    /// The conversation so far.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        self.messages
    }

    /// The settings, which hold from here on.
    #[must_use]
    pub fn settings(&mut self) -> &mut Settings {
        self.settings
    }

    /// Lets the model call only these of the run's tools from here on: by their names, or hosted ones
    /// and those of namespaces as [`AllowedTool`]. All of them stay in the request, letter by letter,
    /// so that the cache of the prompt is met.
    pub fn allow<T: Into<AllowedTool>>(&mut self, tools: impl IntoIterator<Item = T>) {
        let tools = tools.into_iter().map(Into::into).collect();
        self.settings.tool_choice = Some(ToolChoice::Allowed { mode: AllowedMode::Auto, tools });
    }

    /// Lets the model call all tools again.
    pub fn allow_all(&mut self) {
        self.settings.tool_choice = None;
    }
}
