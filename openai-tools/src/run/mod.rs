//! A run: turns until there is an outcome.
//!
//! What a turn comes to is decided in [`turn`](self), a pure function of the response; this module
//! awaits the model and the tools.

mod budget;
mod builder;
mod drive;
mod early;
mod elements;
mod event;
mod exchange;
#[expect(unreachable_pub, unused_imports, reason = "public once runs write a journal")]
#[cfg_attr(not(test), expect(dead_code, reason = "used once runs write a journal"))]
mod journal;
mod limits;
mod outcome;
mod outlet;
mod prices;
mod repeats;
#[expect(unreachable_pub, reason = "public once runs can be put away")]
#[cfg_attr(not(test), expect(dead_code, reason = "used once runs can be put away"))]
mod saved;
mod stream;
mod task;
mod turn;

pub use self::{
    budget::{Amounts, Budget},
    builder::RunBuilder,
    elements::RunElements,
    event::Event,
    limits::{Limit, RunLimits},
    outcome::{IncompleteReason, Outcome, Run, RunError, Turn},
    prices::{InvalidMoney, Money, Price, Prices},
    stream::RunStream,
};
