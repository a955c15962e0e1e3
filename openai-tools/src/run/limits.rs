use std::{fmt, time::Duration};

use super::prices::{Money, Prices};

/// What one run may use at the most, or all that share a [`Budget`](super::Budget). Reaching a limit is an [`Outcome`](super::Outcome), not an
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
    pub(super) attempts: u32,
    pub(super) re_asks: u32,
    pub(super) repeated_failures: u32,
    /// `None`: no limit of its own beside `total_tokens`.
    pub(super) input_tokens: Option<u64>,
    /// As above.
    pub(super) output_tokens: Option<u64>,
    pub(super) cost: Option<Money>,
    pub(super) prices: Prices,
    pub(super) transcript_bytes: u64,
}

impl RunLimits {
    /// The defaults: 16 turns, 64 attempts, 256 tool calls, 16 re-asks, 4 turns with the same
    /// failure, 600 s, 1,000,000 tokens, 64 MiB of transcript; no limit on cost.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            turns: 16,
            tool_calls: 256,
            wall_time: Duration::from_secs(600),
            total_tokens: 1_000_000,
            attempts: 64,
            re_asks: 16,
            repeated_failures: 4,
            input_tokens: None,
            output_tokens: None,
            cost: None,
            prices: Prices::new(),
            transcript_bytes: 64 * 1024 * 1024,
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

    /// How long the run takes. By then a request is given up and tools are stopped; before it no
    /// retry is waited for that would begin later. Default: 600 s; [`Duration::MAX`] is no limit.
    #[must_use]
    pub const fn with_wall_time(mut self, wall_time: Duration) -> Self {
        self.wall_time = wall_time;
        self
    }

    /// How many tokens all turns use, as the server counts them. No response is asked for of which it
    /// is to be expected that it would pass the limit; see [`Budget`](super::Budget) for what that
    /// promises. Default: 1,000,000.
    #[must_use]
    pub const fn with_total_tokens(mut self, total_tokens: u64) -> Self {
        self.total_tokens = total_tokens;
        self
    }

    /// How many HTTP requests are sent, those of retries included, and never more: a request that
    /// fails and has no attempt left is the error that it failed with. Default: 64, which is more
    /// than the default turns with the default retries can use.
    #[must_use]
    pub const fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// How often the model is asked again in all: for runs that share a budget, beside what each
    /// answer allows. Default: 16.
    #[must_use]
    pub const fn with_re_asks(mut self, re_asks: u32) -> Self {
        self.re_asks = re_asks;
        self
    }

    /// In how many turns the same tool may fail with the same words, whatever other calls come in
    /// between. At the default the model was told three times and did it a fourth: once is the
    /// model's mistake, twice may be the world's, and what has not helped three times will not help.
    /// A tool that is polled by failing needs more. Default: 4.
    #[must_use]
    pub const fn with_repeated_failures(mut self, repeated_failures: u32) -> Self {
        self.repeated_failures = repeated_failures;
        self
    }

    /// How many tokens the requests of all turns have, as the server counts them. Default: no limit
    /// but that on all tokens.
    #[must_use]
    pub const fn with_input_tokens(mut self, input_tokens: u64) -> Self {
        self.input_tokens = Some(input_tokens);
        self
    }

    /// How many tokens the responses of all turns have, reasoning included, as the server counts
    /// them. Default: no limit but that on all tokens.
    #[must_use]
    pub const fn with_output_tokens(mut self, output_tokens: u64) -> Self {
        self.output_tokens = Some(output_tokens);
        self
    }

    /// What all turns cost, in the currency of the prices. A model without a price is then refused
    /// before anything is sent: nobody could say what it costs. Default: no limit.
    #[must_use]
    pub fn with_cost(mut self, cost: Money, prices: Prices) -> Self {
        self.cost = Some(cost);
        self.with_prices(prices)
    }

    /// By what the cost is told, without limiting it. Default: no prices.
    #[must_use]
    pub fn with_prices(mut self, prices: Prices) -> Self {
        self.prices = prices;
        self
    }

    /// How many bytes the conversation holds, outputs of tools, what was reasoned and the kept items
    /// of responses included: once there are so many, no further response is asked for. Default:
    /// 64 MiB.
    #[must_use]
    pub const fn with_transcript_bytes(mut self, transcript_bytes: u64) -> Self {
        self.transcript_bytes = transcript_bytes;
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
    /// So many HTTP requests.
    Attempts(u32),
    /// So much money.
    Cost(Money),
    /// So many tokens of the requests.
    InputTokens(u64),
    /// So many tokens of the responses.
    OutputTokens(u64),
    /// So many re-asks.
    ReAsks(u32),
    /// The same failure in so many turns.
    RepeatedFailures(u32),
    /// So many tool calls.
    ToolCalls(u32),
    /// So many tokens.
    TotalTokens(u64),
    /// So many bytes of transcript.
    TranscriptBytes(u64),
    /// So long for one turn; set by
    /// [`RunBuilder::turn_timeout`](super::RunBuilder::turn_timeout).
    TurnTime(Duration),
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
            Self::Attempts(_) => "attempts",
            Self::Cost(_) => "cost",
            Self::InputTokens(_) => "input_tokens",
            Self::OutputTokens(_) => "output_tokens",
            Self::ReAsks(_) => "re_asks",
            Self::RepeatedFailures(_) => "repeated_failures",
            Self::ToolCalls(_) => "tool_calls",
            Self::TotalTokens(_) => "total_tokens",
            Self::TranscriptBytes(_) => "transcript_bytes",
            Self::TurnTime(_) => "turn_time",
            Self::Turns(_) => "turns",
            Self::WallTime(_) => "wall_time",
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attempts(attempts) => write!(f, "{attempts} attempts"),
            Self::Cost(cost) => write!(f, "a cost of {cost}"),
            Self::InputTokens(tokens) => write!(f, "{tokens} input tokens"),
            Self::OutputTokens(tokens) => write!(f, "{tokens} output tokens"),
            Self::ReAsks(re_asks) => write!(f, "{re_asks} re-asks"),
            Self::RepeatedFailures(turns) => write!(f, "{turns} turns with the same failure"),
            Self::ToolCalls(calls) => write!(f, "{calls} tool calls"),
            Self::TotalTokens(tokens) => write!(f, "{tokens} tokens"),
            Self::TranscriptBytes(bytes) => write!(f, "{bytes} bytes of transcript"),
            Self::TurnTime(time) => write!(f, "{time:?} for one turn"),
            Self::Turns(turns) => write!(f, "{turns} turns"),
            Self::WallTime(time) => write!(f, "{time:?}"),
        }
    }
}
