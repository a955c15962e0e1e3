//! The parts of a report that tell what each HTTP request came to and which calls wait.

use serde::Serialize;

use super::report::milliseconds;
use crate::{
    error::{AttemptRecord, ErrorKind},
    run::{Turn, WaitReason, WaitingCall},
};

/// One HTTP request.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct AttemptReport {
    /// The turn that it asked for, from 1.
    pub(super) turn: usize,
    pub(super) status: Option<u16>,
    /// The kind of what failed.
    pub(super) error: Option<&'static str>,
    pub(super) request_id: Option<String>,
    /// How long the client's own limits held it back.
    pub(super) held_back_ms: f64,
    pub(super) duration_ms: f64,
    /// How long was waited after it; null where no other one followed.
    pub(super) wait_ms: Option<f64>,
}

/// A call that has no output yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct WaitingReport {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
    /// `needs_approval`, `in_doubt` or `no_code`.
    pub(super) reason: &'static str,
}

impl AttemptReport {
    /// Those of each turn, and behind them those of the request that failed.
    pub(super) fn all(turns: &[Turn], failed: &[AttemptRecord]) -> Vec<Self> {
        let logs = turns.iter().map(|turn| &*turn.response.attempt_log).chain([failed]);
        let of_turn = |(n, log): (usize, &[AttemptRecord])| {
            log.iter().map(move |record| Self::of(n + 1, record)).collect::<Vec<_>>()
        };
        logs.enumerate().flat_map(of_turn).collect()
    }

    fn of(turn: usize, record: &AttemptRecord) -> Self {
        Self {
            turn,
            status: record.status,
            error: record.error.map(ErrorKind::as_str),
            request_id: record.request_id.clone(),
            held_back_ms: milliseconds(record.held_back),
            duration_ms: milliseconds(record.duration),
            wait_ms: record.wait.map(milliseconds),
        }
    }
}

impl From<&WaitingCall> for WaitingReport {
    fn from(waiting: &WaitingCall) -> Self {
        Self {
            id: waiting.call.id.as_str().to_owned(),
            name: waiting.call.name.clone(),
            arguments: waiting.arguments.clone(),
            reason: word(waiting.reason),
        }
    }
}

fn word(reason: WaitReason) -> &'static str {
    match reason {
        WaitReason::InDoubt => "in_doubt",
        WaitReason::NeedsApproval => "needs_approval",
        WaitReason::NoCode => "no_code",
    }
}
