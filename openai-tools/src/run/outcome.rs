use std::{fmt, ops::Deref};

use super::{limits::Limit, pending::WaitingCall, record::RunRecord};
use crate::{
    chat::Message,
    error::{Error, ErrorKind},
    structured::InvalidAnswer,
};

/// A run that came to its end, with everything that happened: what a [`RunRecord`] tells, it tells.
#[derive(Clone, Debug)]
#[must_use = "its outcome says whether there is an answer"]
pub struct Run<T = String> {
    pub(super) outcome: Outcome<T>,
    pub(super) record: RunRecord,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome<T = String> {
    /// The run's cancellation token was cancelled.
    Cancelled,
    /// The model answered, and the answer is good.
    Completed(T),
    /// The model's last response is not whole; [`Run::text`](RunRecord::text) is what came of it. Its tool calls
    /// were not run.
    Incomplete(IncompleteReason),
    /// The answer is not the value that was asked for, the last re-ask included; [`Run::text`](RunRecord::text) is
    /// what came.
    Invalid(InvalidAnswer),
    /// A limit of the run was reached.
    Limit(Limit),
    /// These calls wait: for approval, for an answer by hand, or for a word on whether to run them
    /// again. All others of the response have run, but for those that a sequential call among them
    /// holds up. Nothing is lost: [`Run::save`](RunRecord::save) is the run, to be decided about and
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
        RunError { outcome, ..RunError::new(error, self.record.clone()) }
    }

    /// What happened in the run, by value.
    #[must_use]
    pub fn into_record(self) -> RunRecord {
        self.record
    }

    /// The conversation, to go on with in a next run:
    /// `client.run(model).messages(run.into_transcript()).user("…")`.
    #[must_use]
    pub fn into_transcript(self) -> Vec<Message> {
        self.record.into_transcript()
    }
}

impl<T> Deref for Run<T> {
    type Target = RunRecord;

    fn deref(&self) -> &RunRecord {
        &self.record
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

/// A run that could not go on, with what had happened until then: what a [`RunRecord`] tells, it
/// tells.
///
/// It converts into [`Error`] with `?`, which drops the transcript.
pub struct RunError {
    error: Error,
    outcome: Option<&'static str>,
    record: Box<RunRecord>,
}

impl RunError {
    pub(super) fn new(error: Error, record: RunRecord) -> Self {
        Self { error, outcome: None, record: Box::new(record) }
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

    /// What happened in the run, by value.
    #[must_use]
    pub fn into_record(self) -> RunRecord {
        *self.record
    }

    /// The conversation so far, by value.
    #[must_use]
    pub fn into_transcript(self) -> Vec<Message> {
        self.record.into_transcript()
    }
}

impl Deref for RunError {
    type Target = RunRecord;

    fn deref(&self) -> &RunRecord {
        &self.record
    }
}

impl fmt::Debug for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunError")
            .field("error", &self.error)
            .field("outcome", &self.outcome)
            .field("turns", &self.record.turns().len())
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
