use std::{fmt, time::Duration};

/// What one run may use at the most. Reaching a limit is an [`Outcome`](super::Outcome), not an
/// error: what was done is kept.
///
/// ```
/// use openai_tools::run::RunLimits;
///
/// let limits = RunLimits::new().with_turns(4).with_total_tokens(20_000);
/// # let _ = limits;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RunLimits {
    pub(super) turns: u32,
    pub(super) tool_calls: u32,
    pub(super) wall_time: Duration,
    pub(super) total_tokens: u64,
}

impl RunLimits {
    /// The defaults: 16 turns, 256 tool calls, 600 s, 1,000,000 tokens.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            turns: 16,
            tool_calls: 256,
            wall_time: Duration::from_secs(600),
            total_tokens: 1_000_000,
        }
    }

    /// How many responses are asked for, re-asks included; the calls of the last one still run.
    /// Default: 16.
    #[must_use]
    pub const fn with_turns(mut self, turns: u32) -> Self {
        self.turns = turns;
        self
    }

    /// How many tool calls are run. Of a response that asks for more than are left none is run.
    /// Default: 256.
    #[must_use]
    pub const fn with_tool_calls(mut self, tool_calls: u32) -> Self {
        self.tool_calls = tool_calls;
        self
    }

    /// How long the run takes; tools that run by then are stopped. Default: 600 s.
    #[must_use]
    pub const fn with_wall_time(mut self, wall_time: Duration) -> Self {
        self.wall_time = wall_time;
        self
    }

    /// How many tokens all turns use, as the server counts them: once they are used up, no further
    /// response is asked for. Default: 1,000,000.
    #[must_use]
    pub const fn with_total_tokens(mut self, total_tokens: u64) -> Self {
        self.total_tokens = total_tokens;
        self
    }
}

impl Default for RunLimits {
    fn default() -> Self {
        Self::new()
    }
}

/// The limit that a run reached, and its value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Limit {
    /// So many tool calls.
    ToolCalls(u32),
    /// So many tokens.
    TotalTokens(u64),
    /// So many turns.
    Turns(u32),
    /// So long.
    WallTime(Duration),
}

impl Limit {
    /// Which limit it is, as a stable word in `snake_case`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ToolCalls(_) => "tool_calls",
            Self::TotalTokens(_) => "total_tokens",
            Self::Turns(_) => "turns",
            Self::WallTime(_) => "wall_time",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ToolCalls(calls) => write!(f, "{calls} tool calls"),
            Self::TotalTokens(tokens) => write!(f, "{tokens} tokens"),
            Self::Turns(turns) => write!(f, "{turns} turns"),
            Self::WallTime(time) => write!(f, "{time:?}"),
        }
    }
}
