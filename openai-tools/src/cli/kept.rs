//! A run that is kept in a journal: begun in a new file, or gone on with.

use std::{error::Error as _, io, path::Path};

use super::{Console, report::Failure, run_options::RunOptions, terminal::line};
use crate::run::{
    RunBuilder,
    journal::{FileJournal, JournalError, Recovered, recover},
};

/// Where a run is kept, if it is.
pub(super) enum Kept {
    /// In a journal that holds nothing yet.
    From(FileJournal),
    Nowhere,
    /// In the journal that held it so far.
    On(Box<Recovered>, FileJournal),
}

impl Kept {
    /// Makes the journal, or reads it and says what was found in it.
    pub(super) fn open(options: &RunOptions, console: &mut Console<'_>) -> Result<Self, Failure> {
        let RunOptions { journal, resume, prompt, .. } = options;
        match (journal, resume) {
            (_, Some(path)) => taken_up(path, prompt.is_some(), console),
            (Some(path), None) => {
                FileJournal::create(path).map(Self::From).map_err(|error| failure(path, &error))
            }
            (None, None) => Ok(Self::Nowhere),
        }
    }

    /// The model that a run was asked with so far.
    pub(super) fn model(&self) -> Option<&str> {
        match self {
            Self::On(recovered, _) => Some(recovered.saved.model()),
            Self::From(_) | Self::Nowhere => None,
        }
    }

    pub(super) fn apply<A>(self, run: RunBuilder<A>) -> RunBuilder<A> {
        match self {
            Self::From(journal) => run.journal(journal),
            Self::Nowhere => run,
            Self::On(recovered, journal) => run.resume_journal(*recovered, journal),
        }
    }
}

fn taken_up(path: &Path, has_prompt: bool, console: &mut Console<'_>) -> Result<Kept, Failure> {
    let shown = path.display();
    let opened = FileJournal::open(path).map_err(|error| failure(path, &error))?;
    if opened.torn_bytes > 0 {
        let bytes = opened.torn_bytes;
        console.say(&format!("note: {shown}: its last record was cut off; {bytes} bytes dropped"));
    }
    let recovered = recover(opened.records);
    let recovered = recovered.map_err(|error| Failure::input(format!("{shown}: {error}")))?;
    let Some(recovered) = recovered else {
        if has_prompt {
            return Ok(Kept::From(opened.journal));
        }
        return Err(Failure::input(format!("{shown}: no run has begun in it; give a prompt")));
    };
    if recovered.unknown_records > 0 {
        let count = recovered.unknown_records;
        console.say(&format!("note: {shown}: {count} records of a newer release passed over"));
    }
    for call in &recovered.in_doubt {
        // It is the server's word, and is not to look like a line of its own.
        let id = line(call.id.as_str(), 64);
        console.say(&format!("note: {shown}: the call {id} was started and may have run"));
    }
    Ok(Kept::On(Box::new(recovered), opened.journal))
}

fn failure(path: &Path, error: &JournalError) -> Failure {
    let cause = error.source();
    let is_there = cause.and_then(|cause| cause.downcast_ref::<io::Error>());
    if is_there.is_some_and(|cause| cause.kind() == io::ErrorKind::AlreadyExists) {
        let path = path.display();
        return Failure::input(format!(
            "{path}: is there already; `--resume {path}` goes on with it"
        ));
    }
    let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
    Failure::input(format!("{}: {error}{cause}", path.display()))
}
