//! Calls in, outputs out: every call gets exactly one output, in call order, whatever happens.

mod isolate;
mod plan;
mod schedule;
mod start;

use std::{
    error::Error as StdError, fmt, future::poll_fn, num::NonZeroUsize, sync::Arc, time::Duration,
};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::schedule::{EndedCall, Schedule};
use crate::tool::{CallFailure, IntoTools, ToolCall, ToolOutput, Tools};

/// Runs the calls of one response.
///
/// All run concurrently, up to a limit. What goes wrong with one call (an unknown name, arguments
/// that break the schema, an error, a panic, a timeout) becomes its output, for the model to read;
/// the others go on.
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
        let epoch = Instant::now();
        let stop = self.cancellation.child_token();
        // Sync tools outlive a dropped future; this tells them.
        let guard = stop.clone().drop_guard();
        let mut fatal = None;
        let mut schedule = Schedule::new(calls, &self.tools, &self.limits, &stop, epoch);
        let mut records: Vec<Option<CallRecord>> = calls.iter().map(|_| None).collect();
        while let Some(EndedCall { slot, started, ended }) =
            poll_fn(|cx| schedule.poll_ended(cx)).await
        {
            let call = &calls[slot];
            if ended.failure == Some(CallFailure::Fatal) {
                fatal.get_or_insert_with(|| Fatal {
                    tool: call.name.clone(),
                    source: ended.error.clone(),
                });
                stop.cancel();
            }
            records[slot] = Some(CallRecord {
                call: call.clone(),
                output: ToolOutput {
                    call_id: call.id.clone(),
                    text: ended.text,
                    failure: ended.failure,
                },
                started,
                finished: epoch.elapsed(),
                error: ended.error,
            });
        }
        guard.disarm();
        // The schedule ends each slot once, so that none is left empty.
        Dispatched { records: records.into_iter().flatten().collect(), fatal }
    }
}

/// Limits of a [`Dispatcher`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DispatchLimits {
    pub(crate) concurrency: NonZeroUsize,
    pub(crate) timeout: Duration,
    pub(crate) output_bytes: usize,
}

impl DispatchLimits {
    /// How many calls run at the same time. Default: 64.
    #[must_use]
    pub fn with_concurrency(mut self, concurrency: NonZeroUsize) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// How long one call may take, where its tool does not say. Default: 60 s.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many bytes of one output are sent to the model; a longer one is cut and says so.
    /// Default: 256 KiB.
    #[must_use]
    pub fn with_output_bytes(mut self, output_bytes: usize) -> Self {
        self.output_bytes = output_bytes;
        self
    }
}

impl Default for DispatchLimits {
    fn default() -> Self {
        const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(64).expect("64 is not 0");
        Self {
            concurrency: CONCURRENCY,
            timeout: Duration::from_secs(60),
            output_bytes: 256 * 1024,
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
    /// The call.
    pub call: ToolCall,
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
    /// A call that is answered without running it.
    #[cfg(feature = "client")]
    pub(crate) fn not_run(
        call: ToolCall,
        failure: CallFailure,
        text: impl Into<String>,
        at: Duration,
    ) -> Self {
        let output = ToolOutput::failed(call.id.clone(), failure, text);
        Self { call, output, started: at, finished: at, error: None }
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
