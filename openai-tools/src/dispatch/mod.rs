//! Calls in, outputs out: every call gets exactly one output, in call order, whatever happens.

mod deadlines;
mod isolate;
mod order;
mod plan;
mod round;
mod schedule;
mod start;

use std::{
    collections::BTreeMap, error::Error as StdError, fmt, num::NonZeroUsize, sync::Arc,
    time::Duration,
};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(crate) use self::round::Round;
#[cfg(feature = "client")]
pub(crate) use self::{
    plan::{Planned, Refused, plan},
    round::Happened,
    schedule::Gate,
};
use crate::tool::{IntoTools, ToolCall, ToolOutput, Tools};

/// Runs the calls of one response.
///
/// All run concurrently, up to a limit; one of a
/// [sequential](crate::ToolSettings::with_sequential) tool runs alone, in its place in the order.
/// What goes wrong with one call (an unknown name, arguments that break the schema, an error, a
/// panic, a timeout) becomes its output, for the model to read; the others go on. A call that
/// [needs approval](crate::ToolSettings::with_needs_approval) is not run, and says so.
///
/// ```
/// use openai_tools::{Toolbox, ToolCall, dispatch::Dispatcher, tool};
///
/// /// Add two numbers.
/// #[tool]
/// fn add(a: i32, b: i32) -> i32 {
///     a + b
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), openai_tools::Error> {
/// let dispatcher = Dispatcher::new(Toolbox::new().with(add)?);
/// let calls = [
///     ToolCall::new("c1", "add", r#"{"a": 1, "b": 2}"#),
///     ToolCall::new("c2", "ad", "{}"),
/// ];
/// let dispatched = dispatcher.dispatch(&calls).await;
/// assert_eq!(dispatched.records[0].output.text, "3");
/// assert_eq!(
///     dispatched.records[1].output.text,
///     "unknown tool `ad`; did you mean `add`? Known tools: add"
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Dispatcher {
    tools: Tools,
    limits: DispatchLimits,
    cancellation: CancellationToken,
}

impl Dispatcher {
    /// A dispatcher with the default limits.
    pub fn new(tools: impl IntoTools) -> Self {
        Self {
            tools: tools.into_tools(),
            limits: DispatchLimits::default(),
            cancellation: CancellationToken::new(),
        }
    }

    /// Replaces the limits.
    #[must_use]
    pub fn with_limits(mut self, limits: DispatchLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Stops all calls when the token is cancelled; those not ended get an output that says so.
    #[must_use]
    pub fn with_cancellation(mut self, cancellation: CancellationToken) -> Self {
        self.cancellation = cancellation;
        self
    }

    /// Runs calls and waits for all of their outputs.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with its timer enabled.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: dropping the future drops the running async tools at their next await and
    /// cancels the token of each call, which is all that can stop a sync tool. Their outputs are
    /// lost.
    pub async fn dispatch(&self, calls: &[ToolCall]) -> Dispatched {
        let mut round = self.round(Instant::now());
        round.release(calls, &[]);
        round.ended(|_, _| {}).await;
        round.finish()
    }

    /// Starts with no calls; times are told from the epoch.
    pub(crate) fn round(&self, epoch: Instant) -> Round {
        Round::new(self.tools.clone(), self.limits.clone(), self.cancellation.child_token(), epoch)
    }

    #[cfg(feature = "client")]
    pub(crate) fn tools(&self) -> &Tools {
        &self.tools
    }
}

/// Limits of a [`Dispatcher`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DispatchLimits {
    pub(crate) concurrency: NonZeroUsize,
    pub(crate) concurrency_of: BTreeMap<Box<str>, NonZeroUsize>,
    pub(crate) timeout: Duration,
    pub(crate) total_timeout: Duration,
    pub(crate) output_bytes: usize,
    pub(crate) output_media_bytes: usize,
}

impl DispatchLimits {
    /// How many calls run at the same time. Default: 64.
    #[must_use]
    pub fn with_concurrency(mut self, concurrency: NonZeroUsize) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// How many calls of this tool run at the same time, whatever its
    /// [settings](crate::ToolSettings::with_concurrency) say. A name that is no tool limits nothing.
    /// Default: what the settings say, else as many as calls of all tools.
    #[must_use]
    pub fn with_concurrency_of(
        mut self,
        tool: impl Into<String>,
        concurrency: NonZeroUsize,
    ) -> Self {
        self.concurrency_of.insert(tool.into().into_boxed_str(), concurrency);
        self
    }

    /// How long one call may take, where its tool does not say. Default: 60 s; [`Duration::MAX`] is
    /// no limit.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long all calls of one response may take together, whatever each of them may. Those that
    /// have not ended by then get an output that says so. Time in which none runs does not count.
    /// Default: 300 s; [`Duration::MAX`] is no limit.
    #[must_use]
    pub fn with_total_timeout(mut self, total_timeout: Duration) -> Self {
        self.total_timeout = total_timeout;
        self
    }

    /// How many bytes of the texts of one output are sent to the model; what is longer is cut and
    /// says so. Default: 256 KiB.
    #[must_use]
    pub fn with_output_bytes(mut self, output_bytes: usize) -> Self {
        self.output_bytes = output_bytes;
        self
    }

    /// How many bytes the images and files of one output may have together, as base64 where they are
    /// not given by URL or id; one that does not fit is left out, and a text in its place says so.
    /// Default: 20 MiB, the most that OpenAI takes of one image.
    #[must_use]
    pub fn with_output_media_bytes(mut self, output_media_bytes: usize) -> Self {
        self.output_media_bytes = output_media_bytes;
        self
    }
}

impl Default for DispatchLimits {
    fn default() -> Self {
        const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(64).expect("64 is not 0");
        Self {
            concurrency: CONCURRENCY,
            concurrency_of: BTreeMap::new(),
            timeout: Duration::from_secs(60),
            total_timeout: Duration::from_secs(300),
            output_bytes: 256 * 1024,
            output_media_bytes: 20 * 1024 * 1024,
        }
    }
}

/// What became of the calls of one response.
#[derive(Debug)]
#[non_exhaustive]
pub struct Dispatched {
    /// One record per call, in call order.
    pub records: Vec<CallRecord>,
    /// Set if a tool ended the run on purpose; the calls that were still running are cancelled.
    pub fatal: Option<Fatal>,
}

/// Which tool ended a run on purpose, and why.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fatal {
    /// The tool's name.
    pub tool: String,
    /// What it gave to [`ToolError::fatal`](crate::ToolError::fatal).
    pub source: Option<SharedError>,
}

/// One call and what became of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallRecord {
    /// The call, as the model made it.
    pub call: ToolCall,
    /// The arguments that it ran with, where the application gave it others than the model.
    pub arguments: Option<String>,
    /// What the model is told.
    pub output: ToolOutput,
    /// When the call was taken up, from the start of the dispatch (in a run: of the run).
    pub started: Duration,
    /// When its output was there, from the same start.
    pub finished: Duration,
    /// The error behind a failure, for the application; the model reads `output.text`.
    pub error: Option<SharedError>,
}

impl CallRecord {
    /// A call that has its output already.
    #[cfg(feature = "client")]
    pub(crate) fn answered(call: ToolCall, output: ToolOutput, at: Duration) -> Self {
        Self { call, arguments: None, output, started: at, finished: at, error: None }
    }
}

/// An error of a tool that several places hold.
#[derive(Clone)]
pub struct SharedError(Arc<dyn StdError + Send + Sync + 'static>);

impl SharedError {
    pub(crate) fn new(error: Box<dyn StdError + Send + Sync + 'static>) -> Self {
        Self(error.into())
    }
}

impl fmt::Debug for SharedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for SharedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl StdError for SharedError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}
