use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, BufReader, Seek, SeekFrom, Write},
    path::Path,
};

use fs4::{FileExt, TryLockError};

use super::{
    Journal,
    error::{JournalError, JournalErrorKind},
    read::{Contents, read},
    record::{Record, header, write_line},
};

/// A journal in a file: a header, then one JSON object a line.
///
/// Each append is written and synchronised (`fdatasync`) before it returns; creating a file
/// synchronises its folder too. Where the file system or the disk lies about that, nothing can be
/// promised. The file is locked (`flock`, `LockFileEx`) while it is open: a second process, or a
/// second journal in this one, is refused, and a killed process leaves no lock behind.
///
/// All of it blocks: in async code, use it on a thread that may.
pub struct FileJournal {
    file: File,
    /// An append failed: what the end of the file holds is not certain.
    failed: bool,
}

/// A journal that was there, and what it holds.
#[derive(Debug)]
#[non_exhaustive]
pub struct Opened {
    /// The journal, to be gone on with.
    pub journal: FileJournal,
    /// Its records, in order; [`recover`](super::recover) says where the run stands.
    pub records: Vec<Record>,
    /// How many bytes of a last record were cut off because the process ended while it was being
    /// written; 0 if there was none. What that record would have said never counted: its append had
    /// not returned.
    pub torn_bytes: u64,
}

impl FileJournal {
    /// Makes a new file, which only its owner can read and write (on Unix; elsewhere as the folder
    /// has it).
    ///
    /// # Errors
    ///
    /// Kind [`Io`](JournalErrorKind::Io): the file is there already, or cannot be made.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let path = path.as_ref();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        // It holds the conversation.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let mut journal = Self { file, failed: false };
        journal.lock()?;
        journal.begin()?;
        sync_folder_of(path)?;
        Ok(journal)
    }

    /// Opens a file that is there, and reads it. A last record that is torn is cut off.
    ///
    /// # Errors
    ///
    /// By kind: [`Io`](JournalErrorKind::Io), also for a file that is not there;
    /// [`InUse`](JournalErrorKind::InUse); [`NotAJournal`](JournalErrorKind::NotAJournal);
    /// [`Version`](JournalErrorKind::Version); [`Broken`](JournalErrorKind::Broken);
    /// [`TooLarge`](JournalErrorKind::TooLarge). The file is then as it was.
    pub fn open(path: impl AsRef<Path>) -> Result<Opened, JournalError> {
        let path = path.as_ref();
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let mut journal = Self { file, failed: false };
        journal.lock()?;
        let metadata = journal.file.metadata()?;
        // A pipe would be read for ever.
        if !metadata.is_file() {
            return Err(JournalError::new(JournalErrorKind::NotAJournal));
        }
        if metadata.len() > LARGEST_FILE {
            return Err(JournalError::new(JournalErrorKind::TooLarge));
        }
        let Contents { records, whole_bytes, torn_bytes } = read(BufReader::new(&journal.file))?;
        if torn_bytes > 0 {
            journal.file.set_len(whole_bytes)?;
            journal.file.sync_all()?;
        }
        journal.file.seek(SeekFrom::Start(whole_bytes))?;
        if whole_bytes == 0 {
            // Whoever made it did not come to its first line, nor to the folder's entry.
            journal.begin()?;
            sync_folder_of(path)?;
        }
        Ok(Opened { journal, records, torn_bytes })
    }

    fn lock(&self) -> Result<(), JournalError> {
        // By its full name: newer standard libraries have a method of the same one.
        match FileExt::try_lock(&self.file) {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => Err(JournalError::new(JournalErrorKind::InUse)),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        self.file.write_all(header().as_bytes())?;
        self.file.sync_all()
    }

    #[cfg(test)]
    pub(super) fn replace_file(&mut self, file: File) {
        self.file = file;
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.write_all(line)?;
        self.file.sync_data()
    }
}

impl Journal for FileJournal {
    fn append(&mut self, record: &Record) -> Result<(), JournalError> {
        if self.failed {
            return Err(JournalError::new(JournalErrorKind::Stopped));
        }
        let line = write_line(record)?;
        // After half a line, the next would be broken in the middle of the file; after a failed
        // synchronisation, a second one may succeed without having written what the first lost.
        self.failed = true;
        self.write(&line)?;
        self.failed = false;
        Ok(())
    }
}

impl fmt::Debug for FileJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileJournal").field("failed", &self.failed).finish_non_exhaustive()
    }
}

/// Makes the entry of a new file outlive a loss of power.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened like a file, and its entries are the system's own matter.
    if cfg!(unix) {
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The largest file that is read.
const LARGEST_FILE: u64 = 4 * 1024 * 1024 * 1024;
