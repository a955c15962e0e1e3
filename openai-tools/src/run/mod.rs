//! A run: turns until there is an outcome.
//!
//! What a turn comes to is decided in [`turn`](self), a pure function of the response; this module
//! awaits the model and the tools.

mod answer_call;
mod answer_text;
mod budget;
mod builder;
mod calls;
mod clock;
mod drive;
mod early;
mod elements;
mod event;
mod exchange;
mod hooks;
pub mod journal;
mod limits;
mod local;
mod next_turn;
mod open;
mod outcome;
mod outlet;
mod partials;
mod pending;
mod prices;
mod record;
mod repeats;
mod request;
mod saved;
mod scribe;
mod settings;
mod started;
mod steering;
mod stream;
mod task;
mod turn;
mod turn_stream;

#[doc(inline)]
pub use self::journal::Decision;
pub use self::{
    budget::{Amounts, Budget},
    builder::RunBuilder,
    elements::RunElements,
    event::Event,
    limits::{Limit, RunLimits},
    next_turn::NextTurn,
    outcome::{IncompleteReason, Outcome, Run, RunError},
    pending::{PendingCall, PendingTurn, WaitReason, WaitingCall},
    prices::{InvalidMoney, Money, Price, Prices},
    record::{RunRecord, Turn},
    saved::{CallState, CannotDecide, InvalidSavedRun, SavedCall, SavedRun},
    started::StartedRun,
    stream::RunStream,
    turn_stream::TurnStream,
};
