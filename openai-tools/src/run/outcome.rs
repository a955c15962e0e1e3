use std::{fmt, time::Duration};

use super::{
    budget::Amounts,
    limits::Limit,
    pending::WaitingCall,
    saved::{InvalidSavedRun, SavedCall, SavedRun},
};
use crate::{
    chat::{AssistantMessage, Message, Response, Usage},
    dispatch::CallRecord,
    error::{Error, ErrorKind},
    structured::InvalidAnswer,
};

/// A run that came to its end, with everything that happened.
#[derive(Clone, Debug)]
#[must_use = "its outcome says whether there is an answer"]
pub struct Run<T = String> {
    pub(super) outcome: Outcome<T>,
    pub(super) progress: Progress,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome<T = String> {
    /// The run's cancellation token was cancelled.
    Cancelled,
    /// The model answered, and the answer is good.
    Completed(T),
    /// The model's last response is not whole; [`Run::text`] is what came of it. Its tool calls
    /// were not run.
    Incomplete(IncompleteReason),
    /// The answer is not the value that was asked for, the last re-ask included; [`Run::text`] is
    /// what came.
    Invalid(InvalidAnswer),
    /// A limit of the run was reached.
    Limit(Limit),
    /// These calls wait: for approval, for an answer by hand, or for a word on whether to run them
    /// again. All others of the response have run, but for those that a sequential call among them
    /// holds up. Nothing is lost: [`Run::save`] is the run, to be decided about and
    /// [taken up](super::RunBuilder::resume).
    Pending(Vec<WaitingCall>),
    /// The model refused, in these words.
    Refusal(String),
}

/// Why a response is not whole.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum IncompleteReason {
    /// The server's filter cut it.
    ContentFilter,
    /// The limit of tokens cut it (the request's `max_tokens`, or the model's own).
    Length,
    /// The model stopped for a reason that is newer than this release, told in the wire's word.
    Other(String),
}

impl<T> Outcome<T> {
    /// Which outcome it is, as a stable word in `snake_case`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Completed(_) => "completed",
            Self::Incomplete(_) => "incomplete",
            Self::Invalid(_) => "invalid",
            Self::Limit(_) => "limit",
            Self::Pending(_) => "pending",
            Self::Refusal(_) => "refusal",
        }
    }
}

impl<T> Run<T> {
    /// What the run came to.
    pub fn outcome(&self) -> &Outcome<T> {
        &self.outcome
    }

    /// What the run came to, by value.
    pub fn into_outcome(self) -> Outcome<T> {
        self.outcome
    }

    /// The answer.
    ///
    /// # Errors
    ///
    /// Kind [`NoValue`](ErrorKind::NoValue) for every outcome but `Completed`, saying which. To
    /// keep the transcript, match [`Run::outcome`] instead.
    pub fn into_value(self) -> Result<T, Error> {
        let request_id = self.request_id().map(str::to_owned);
        match self.outcome {
            Outcome::Completed(value) => Ok(value),
            outcome => Err(no_value(&outcome).with_request_id(request_id)),
        }
    }

    /// The same as an error, for those who wanted a value; the run remains.
    pub(super) fn as_error(&self) -> RunError {
        let request_id = self.request_id().map(str::to_owned);
        let error = no_value(&self.outcome).with_request_id(request_id);
        let outcome = Some(self.outcome.as_str());
        RunError { outcome, ..RunError::new(error, self.progress.clone()) }
    }

    /// The text of the last response, as it came: the answer of a completed run, what there is of
    /// one that is cut off or invalid, empty if there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        let last = self.progress.turns.last();
        last.and_then(|turn| turn.response.message.text.as_deref()).unwrap_or_default()
    }

    /// The run as it stands, to be put away and [taken up](super::RunBuilder::resume) again: with
    /// the calls that wait, or with room in a limit that was reached.
    ///
    /// # Errors
    ///
    /// [`InvalidSavedRun`]: the messages that the run was given hold a call that is not answered
    /// once.
    pub fn save(&self) -> Result<SavedRun, InvalidSavedRun> {
        self.progress.save()
    }

    /// The whole conversation, the last answer included. Each call in it is answered, but for those
    /// of the last response of a run that is [pending](Outcome::Pending).
    #[must_use]
    pub fn transcript(&self) -> &[Message] {
        &self.progress.transcript
    }

    /// The conversation, to go on with in a next run:
    /// `client.run(model).messages(run.into_transcript()).user("…")`.
    #[must_use]
    pub fn into_transcript(self) -> Vec<Message> {
        self.progress.transcript
    }

    /// The responses and what their calls came to, in order.
    #[must_use]
    pub fn turns(&self) -> &[Turn] {
        &self.progress.turns
    }

    /// All calls of all turns, in order.
    pub fn calls(&self) -> impl Iterator<Item = &CallRecord> {
        self.progress.calls()
    }

    /// Early calls of a streamed run that did not count, in the order in which they were dropped:
    /// the response that asked for them was cut off, or asked for something else in the end. The
    /// model was not told their outputs.
    #[must_use]
    pub fn dropped_calls(&self) -> &[CallRecord] {
        &self.progress.dropped
    }

    /// What had arrived of a streamed response when the run was stopped; `None` if none was
    /// arriving. It is not in the transcript, since it is not whole.
    #[must_use]
    pub fn arrived(&self) -> Option<&AssistantMessage> {
        self.progress.arrived.as_ref()
    }

    /// When the first event was told, from the start of the run, whenever it was read: the time to
    /// the first piece of a response. `None` if the run was not streamed, or nothing came.
    #[must_use]
    pub fn first_event(&self) -> Option<Duration> {
        self.progress.first_event
    }

    /// The tokens of all turns.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.progress.usage
    }

    /// What was used of the run's limits.
    #[must_use]
    pub fn spent(&self) -> Amounts {
        self.progress.spent
    }

    /// The server's id of the last request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.progress.turns.last()?.response.request_id.as_deref()
    }

    /// How long the run took.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.progress.duration
    }
}

/// Why an outcome holds no value.
fn no_value<T>(outcome: &Outcome<T>) -> Error {
    let no_value = |why: String| Error::new(ErrorKind::NoValue, why);
    match outcome {
        Outcome::Cancelled => no_value("it was cancelled".to_owned()),
        Outcome::Completed(_) => no_value("it was taken".to_owned()),
        Outcome::Incomplete(reason) => no_value(format!("the response was cut off: {reason}")),
        Outcome::Invalid(invalid) => {
            no_value("the answer is invalid".to_owned()).with_source(invalid.clone())
        }
        Outcome::Limit(limit) => no_value(format!("the limit of {limit} is reached")),
        Outcome::Pending(calls) => no_value(format!("{} of its calls wait", calls.len())),
        Outcome::Refusal(_) => no_value("the model refused".to_owned()),
    }
}

impl fmt::Display for IncompleteReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ContentFilter => f.write_str("content_filter"),
            Self::Length => f.write_str("length"),
            Self::Other(word) => f.write_str(word),
        }
    }
}

/// One response of the model, and what its tool calls came to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Turn {
    /// The response.
    pub response: Response,
    /// Its calls that are answered, in call order; empty if it asked for none. In a streamed run some may have
    /// started before the response was there.
    pub calls: Vec<CallRecord>,
    /// When its request was made, from the start of the run.
    pub started: Duration,
    /// When its response was there, from the start of the run.
    pub responded: Duration,
}

/// A run that could not go on, with what had happened until then.
///
/// It converts into [`Error`] with `?`, which drops the transcript.
pub struct RunError {
    error: Error,
    outcome: Option<&'static str>,
    progress: Box<Progress>,
}

impl RunError {
    pub(super) fn new(error: Error, progress: Progress) -> Self {
        Self { error, outcome: None, progress: Box::new(progress) }
    }

    /// What went wrong.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Which outcome the run came to, in the word of [`Outcome::as_str`], where it came to one and
    /// a value was asked for that it does not hold: the last item of
    /// [`RunElements`](super::RunElements). `None` where the run could not go on.
    #[must_use]
    pub fn outcome(&self) -> Option<&'static str> {
        self.outcome
    }

    /// What went wrong, by value.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.error
    }

    /// The run as it stood, to be put away and [taken up](super::RunBuilder::resume) again.
    ///
    /// # Errors
    ///
    /// As for [`Run::save`]; also if the run was refused before it began.
    pub fn save(&self) -> Result<SavedRun, InvalidSavedRun> {
        self.progress.save()
    }

    /// The conversation so far: every call in it is answered, so that it can be gone on with.
    #[must_use]
    pub fn transcript(&self) -> &[Message] {
        &self.progress.transcript
    }

    /// The conversation so far, by value.
    #[must_use]
    pub fn into_transcript(self) -> Vec<Message> {
        self.progress.transcript
    }

    /// The turns so far.
    #[must_use]
    pub fn turns(&self) -> &[Turn] {
        &self.progress.turns
    }

    /// All calls so far, in order.
    pub fn calls(&self) -> impl Iterator<Item = &CallRecord> {
        self.progress.calls()
    }

    /// Early calls of a streamed run that did not count, in the order in which they were dropped.
    #[must_use]
    pub fn dropped_calls(&self) -> &[CallRecord] {
        &self.progress.dropped
    }

    /// What had arrived of a streamed response that broke off; `None` if none was arriving. It is
    /// not in the transcript, since it is not whole.
    #[must_use]
    pub fn arrived(&self) -> Option<&AssistantMessage> {
        self.progress.arrived.as_ref()
    }

    /// When the first event was told, as in [`Run::first_event`].
    #[must_use]
    pub fn first_event(&self) -> Option<Duration> {
        self.progress.first_event
    }

    /// The tokens so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.progress.usage
    }

    /// What was used of the run's limits.
    #[must_use]
    pub fn spent(&self) -> Amounts {
        self.progress.spent
    }

    /// How long the run took.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.progress.duration
    }
}

impl fmt::Debug for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunError")
            .field("error", &self.error)
            .field("outcome", &self.outcome)
            .field("turns", &self.progress.turns.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for RunError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // Its words are ours already.
        self.error.source()
    }
}

impl From<RunError> for Error {
    fn from(error: RunError) -> Self {
        error.error
    }
}

/// What happened in a run so far.
#[derive(Clone, Default)]
pub(super) struct Progress {
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
}

impl Progress {
    fn save(&self) -> Result<SavedRun, InvalidSavedRun> {
        let Self { model, transcript, waiting, spent, used_time, .. } = self;
        let (model, messages) = (model.clone(), transcript.clone());
        let finish_reason = self.turns.last().map(|turn| turn.response.finish_reason.clone());
        let saved = SavedRun::with_calls(model, messages, waiting.clone(), *spent, *used_time)?;
        Ok(saved.with_finish_reason(finish_reason))
    }

    fn calls(&self) -> impl Iterator<Item = &CallRecord> {
        self.turns.iter().flat_map(|turn| &turn.calls)
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress")
            .field("turns", &self.turns.len())
            .field("usage", &self.usage)
            .field("duration", &self.duration)
            .finish_non_exhaustive()
    }
}
