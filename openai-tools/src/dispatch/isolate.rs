//! The boundary around one call: a panic, a timeout or a cancel stays inside.

use std::{any::Any, sync::Arc, time::Duration};

use tokio::{
    task::{JoinError, JoinHandle},
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{
    DispatchLimits, SharedError,
    plan::{Ready, Refused, plan},
};
use crate::{
    observe::{Observe, Span},
    tool::{Audience, CallFailure, CallInfo, Content, Returned, ToolCall, Tools, Work},
};

/// How a call ended.
pub(super) struct Ended {
    pub(super) text: String,
    pub(super) failure: Option<CallFailure>,
    pub(super) error: Option<SharedError>,
}

impl Ended {
    fn failed(failure: CallFailure, text: impl Into<String>) -> Self {
        Self { text: text.into(), failure: Some(failure), error: None }
    }
}

/// Runs one call to its end.
///
/// The tool runs in a task of its own, so that one that never yields, or panics, takes neither its
/// siblings nor the timer with it.
pub(super) async fn run_call(
    call: &ToolCall,
    tools: &Tools,
    limits: &DispatchLimits,
    stop: &CancellationToken,
    span: &Span,
) -> Ended {
    if stop.is_cancelled() {
        return cancelled("before it started");
    }
    let Ready { index, entry, arguments } = match plan(call, tools) {
        Ok(ready) => ready,
        Err(Refused { failure, text }) => return Ended::failed(failure, text),
    };
    let timeout = entry.settings.timeout().unwrap_or(limits.timeout);
    let cancellation = stop.child_token();
    // Whatever way this function is left, a sync tool that still runs is told.
    let told = cancellation.clone().drop_guard();
    let info = Arc::new(CallInfo {
        id: call.id.clone(),
        name: entry.definition.name().clone(),
        cancellation: cancellation.clone(),
    });
    let work = work(tools.clone(), index, arguments, info).observed(span);
    let mut task = AbortOnDrop(tokio::spawn(work));
    let ended = match deadline(timeout) {
        Some(deadline) => tokio::select! {
            biased;
            ended = timeout_at(deadline, &mut task.0) => ended,
            () = cancellation.cancelled() => return cancelled("while it ran"),
        },
        None => tokio::select! {
            biased;
            ended = &mut task.0 => Ok(ended),
            () = cancellation.cancelled() => return cancelled("while it ran"),
        },
    };
    match ended {
        Ok(Ok(returned)) => {
            told.disarm();
            settle(returned, limits)
        }
        Ok(Err(join)) => panicked(join),
        Err(_elapsed) => Ended::failed(
            CallFailure::TimedOut,
            format!("the tool took longer than {timeout:?} and was stopped"),
        ),
    }
}

/// A timeout too long for the clock is none.
fn deadline(timeout: Duration) -> Option<Instant> {
    Instant::now().checked_add(timeout)
}

async fn work(
    tools: Tools,
    index: usize,
    arguments: serde_json::Value,
    info: Arc<CallInfo>,
) -> Returned {
    match tools.invoke(index, arguments, info) {
        Work::Async(future) => future.await,
        Work::Blocking(function) => match tokio::task::spawn_blocking(function).await {
            Ok(returned) => returned,
            Err(join) => match join.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is shutting down: nobody is left to read this.
                Err(_) => std::future::pending().await,
            },
        },
    }
}

fn settle(returned: Returned, limits: &DispatchLimits) -> Ended {
    match returned {
        Returned::Content(content) => {
            Ended { text: cut(content, limits.output_bytes), failure: None, error: None }
        }
        Returned::Refused(problem) => Ended::failed(
            CallFailure::InvalidArguments,
            crate::schema::Fault::Invalid(vec![problem]).for_model(),
        ),
        Returned::Error(error) => {
            let (audience, message, source) = error.into_parts();
            let (failure, text) = match audience {
                Audience::Model => {
                    (CallFailure::Failed, cut(Content::text(message), limits.output_bytes))
                }
                // The source is for the application alone.
                Audience::Application => (CallFailure::Fatal, "the tool ended the run".to_owned()),
            };
            Ended { text, failure: Some(failure), error: source.map(SharedError::new) }
        }
    }
}

fn cancelled(when: &str) -> Ended {
    Ended::failed(CallFailure::Cancelled, format!("the call was cancelled {when}"))
}

fn panicked(join: JoinError) -> Ended {
    let text = "the tool failed unexpectedly (it panicked)";
    let message = match join.try_into_panic() {
        Ok(payload) => payload_text(&*payload),
        Err(_) => "the runtime shut down".to_owned(),
    };
    Ended {
        text: text.to_owned(),
        failure: Some(CallFailure::Panicked),
        error: Some(SharedError::new(message.into())),
    }
}

/// What `panic!` was given; for the application, not for the model.
fn payload_text(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.as_deref().unwrap_or("not with a text"))
}

/// Cuts an output at a character's end and says so.
fn cut(content: Content, limit: usize) -> String {
    let mut text = content.into_text();
    if text.len() > limit {
        let whole = text.len();
        let end = (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push_str(&format!("\n[cut here: the first {end} of {whole} bytes]"));
    }
    text
}

/// Stops a task whose result nobody waits for any more.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_output_is_cut_at_a_character_and_says_so() {
        assert_eq!(cut(Content::text("abc"), 3), "abc");
        assert_eq!(cut(Content::text("aüb"), 2), "a\n[cut here: the first 1 of 4 bytes]");
    }
}
