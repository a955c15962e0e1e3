use std::{fmt, io};

/// Why a record cannot be kept, or a journal not be read. No content of the run is in it.
#[derive(Debug)]
pub struct JournalError {
    kind: JournalErrorKind,
    source: Option<io::Error>,
}

/// The kinds of [`JournalError`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum JournalErrorKind {
    /// A record in the middle cannot be read: this line, counted from 1, is damaged.
    Broken {
        /// The line.
        line: u64,
    },
    /// Somebody else has the file open as a journal.
    InUse,
    /// The system said no; `source()` says what.
    Io,
    /// The file is something else.
    NotAJournal,
    /// An earlier append failed, so that what the file holds is not certain. Open it anew.
    Stopped,
    /// A record of more than 64 MiB, or a file of more than 4 GiB.
    TooLarge,
    /// The journal was written by a release whose journals this one cannot read.
    Version {
        /// Its major version; this release reads 1.
        major: u32,
        /// Its minor version.
        minor: u32,
    },
}

impl JournalError {
    pub(super) fn new(kind: JournalErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> JournalErrorKind {
        self.kind
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            JournalErrorKind::Broken { line } => {
                write!(f, "line {line} of the journal is damaged; nothing after it can be trusted")
            }
            JournalErrorKind::InUse => f.write_str("the journal is in use"),
            JournalErrorKind::Io => f.write_str("the journal cannot be read or written"),
            JournalErrorKind::NotAJournal => f.write_str("the file is no journal"),
            JournalErrorKind::Stopped => {
                f.write_str("the journal failed before; open it anew to see what it holds")
            }
            JournalErrorKind::TooLarge => {
                f.write_str("the journal has a record of over 64 MiB, or over 4 GiB in all")
            }
            JournalErrorKind::Version { major, minor } => write!(
                f,
                "the journal is of version {major}.{minor}, and this release reads versions {}.x",
                super::record::MAJOR
            ),
        }
    }
}

impl std::error::Error for JournalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

impl From<io::Error> for JournalError {
    fn from(source: io::Error) -> Self {
        Self { kind: JournalErrorKind::Io, source: Some(source) }
    }
}
