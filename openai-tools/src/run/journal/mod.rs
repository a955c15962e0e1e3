//! An append-only record of a run, written while it goes, so that a killed process loses nothing
//! that was done and does nothing twice.
//!
//! [`Record`]s go through a [`Journal`]; [`FileJournal`] keeps them in a file. [`recover`] makes of
//! them the point where the run stands.

mod error;
mod file;
mod read;
mod record;
mod recover;

pub(crate) use self::recover::{records_of, said_bytes, text_bytes};
pub use self::{
    error::{JournalError, JournalErrorKind},
    file::{FileJournal, Opened},
    record::{Decision, Record},
    recover::{InvalidJournal, Recovered, recover},
};

/// Keeps the records of one run, in order.
///
/// A run writes down what is about to have an effect before it has it, and what came of it before
/// it builds on it. So `append` must not return before the record would outlive a loss of power:
/// what a disk, a database or a queue has only promised to write is not durable. It blocks on
/// purpose; a run calls it on threads that may wait, one record after another. A response that was
/// on its way when the process ended is in no record: it is asked for again.
pub trait Journal: Send + 'static {
    /// Adds a record, durably.
    ///
    /// # Errors
    ///
    /// A [`JournalError`] if it is not certain that the record is kept. The run then stops: it
    /// starts nothing that it could not account for. The record may turn up later all the same.
    fn append(&mut self, record: &Record) -> Result<(), JournalError>;
}

/// Records in memory, which outlive nothing: for tests, and for journals that are kept elsewhere.
impl Journal for Vec<Record> {
    fn append(&mut self, record: &Record) -> Result<(), JournalError> {
        self.push(record.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests;
