use std::{fmt, sync::Arc, time::Duration};

use super::{
    answer_call::answers,
    budget::Amounts,
    prices::Money,
    saved::{InvalidSavedRun, SavedCall, SavedRun},
};
use crate::{
    chat::{AssistantMessage, Message, Response, Usage},
    dispatch::CallRecord,
    ids::ToolName,
};

/// What happened in a run: [`Run`](super::Run) and [`RunError`](super::RunError) both deref to it, so
/// that it is read alike, whether the run came to its end or could not go on.
///
/// ```
/// use openai_tools::{Client, run::RunRecord, testing::{Reply, Server}};
///
/// /// What a run is billed for, whatever became of it.
/// fn tokens(record: &RunRecord) -> u64 {
///     record.usage().total_tokens
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let script = [Reply::text("Hello!"), Reply::error(400, "wrong", "no")];
/// let server = Server::builder().script(script).start().await?;
/// let client = Client::builder().base_url(server.base_url()).build()?;
/// for is_good in [true, false] {
///     let billed = match client.run("gpt-5.2").user("Hi").await {
///         Ok(run) => tokens(&run),
///         Err(error) => tokens(&error),
///     };
///     assert_eq!(billed > 0, is_good);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct RunRecord {
    pub(super) transcript: Vec<Message>,
    pub(super) turns: Vec<Turn>,
    pub(super) dropped: Vec<CallRecord>,
    pub(super) arrived: Option<AssistantMessage>,
    pub(super) first_event: Option<Duration>,
    pub(super) usage: Usage,
    pub(super) spent: Amounts,
    /// What was used of the wall time.
    pub(super) used_time: Duration,
    pub(super) duration: Duration,
    pub(super) model: String,
    /// The calls of the last response, if one of them has no output.
    pub(super) waiting: Vec<SavedCall>,
    /// The tool whose arguments are the answer, if it is asked for so.
    pub(super) answer_tool: Option<ToolName>,
}

impl RunRecord {
    /// The text of the last response, as it came: the answer of a completed run, what there is of
    /// one that is cut off or invalid, empty if there is none. Of an answer that came as a call
    /// ([`AnswerStep::Tool`](crate::structured::AnswerStep::Tool)) it is the arguments.
    #[must_use]
    pub fn text(&self) -> &str {
        let Some(Turn { response, .. }) = self.turns.last() else { return "" };
        let calls = response.message.tool_calls.iter();
        let mut answers =
            calls.filter(|call| self.answer_tool.as_ref().is_some_and(|tool| answers(tool, call)));
        answers.next().map_or_else(|| response.message.said(), |call| &call.arguments)
    }

    /// The run as it stands, to be put away and [taken up](super::RunBuilder::resume) again: with
    /// the calls that wait, with room in a limit that was reached, or when the trouble is over.
    ///
    /// # Errors
    ///
    /// [`InvalidSavedRun`]: the messages that the run was given hold a call that is not answered
    /// once, or the run was refused before it began.
    pub fn save(&self) -> Result<SavedRun, InvalidSavedRun> {
        let Self { model, transcript, waiting, spent, used_time, .. } = self;
        let (model, messages) = (model.clone(), transcript.clone());
        let finish_reason = self.turns.last().map(|turn| turn.response.finish_reason.clone());
        let saved = SavedRun::with_calls(model, messages, waiting.clone(), *spent, *used_time)?;
        Ok(saved.with_finish_reason(finish_reason))
    }

    /// The whole conversation, the last answer included. Each call in it is answered, but for those
    /// of the last response of a run that is [pending](super::Outcome::Pending).
    #[must_use]
    pub fn transcript(&self) -> &[Message] {
        &self.transcript
    }

    /// The whole conversation, by value.
    #[must_use]
    pub fn into_transcript(self) -> Vec<Message> {
        self.transcript
    }

    /// The responses and what their calls came to, in order.
    #[must_use]
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// All calls of all turns, in order, but for the one that is the run's answer.
    pub fn calls(&self) -> impl Iterator<Item = &CallRecord> {
        self.turns.iter().flat_map(|turn| turn.calls.iter())
    }

    /// Early calls of a streamed run that did not count, in the order in which they were dropped:
    /// the response that asked for them was cut off, or asked for something else in the end. The
    /// model was not told their outputs.
    #[must_use]
    pub fn dropped_calls(&self) -> &[CallRecord] {
        &self.dropped
    }

    /// What had arrived of a streamed response when the run was stopped or the response broke off;
    /// `None` if none was arriving. It is not in the transcript, since it is not whole.
    #[must_use]
    pub fn arrived(&self) -> Option<&AssistantMessage> {
        self.arrived.as_ref()
    }

    /// When the first event was told, from the start of the run, whenever it was read: the time to
    /// the first piece of a response. `None` if the run was not streamed, or nothing came.
    #[must_use]
    pub fn first_event(&self) -> Option<Duration> {
        self.first_event
    }

    /// The tokens of all turns.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// What was used of the run's limits.
    #[must_use]
    pub fn spent(&self) -> Amounts {
        self.spent
    }

    /// The server's id of the last request that was answered. What a request failed with has its
    /// own: [`Error::request_id`](crate::Error::request_id).
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.turns.last()?.response.request_id.as_deref()
    }

    /// How long the run took.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.duration
    }
}

/// Counts and times only: no conversation.
impl fmt::Debug for RunRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunRecord")
            .field("turns", &self.turns.len())
            .field("usage", &self.usage)
            .field("duration", &self.duration)
            .finish_non_exhaustive()
    }
}

/// One response of the model, and what its tool calls came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Turn {
    /// The response; a turn that is told as an event shares it with the run.
    pub response: Arc<Response>,
    /// Its calls that are answered, in call order; empty if it asked for none. In a streamed run
    /// some may have started before the response was there. Shared likewise.
    pub calls: Arc<[CallRecord]>,
    /// What it cost, by the [prices](crate::run::RunLimits::with_prices) of the run or of the budget
    /// that it shares; `None` where none of them names the model, the server did not tell usage, or
    /// the turn was taken up from a stored run. What the run cost is in [`RunRecord::spent`], where a
    /// turn without usage counts as it was estimated.
    pub cost: Option<Money>,
    /// When its request was made, from the start of the run.
    pub started: Duration,
    /// When its response was there, from the start of the run.
    pub responded: Duration,
}
