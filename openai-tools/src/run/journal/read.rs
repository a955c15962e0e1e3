//! The bytes of a journal, read: pure but for where they come from.

use std::io::{BufRead, Read};

use super::{
    error::{JournalError, JournalErrorKind},
    record::{HEADER_START, LONGEST_LINE, NoRecord, Record, header, read_header, read_line},
};

/// What the bytes of a journal hold.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) records: Vec<Record>,
    /// The bytes of the header and the whole records; 0 if there is no whole header.
    pub(super) whole_bytes: u64,
    /// The bytes of a last record, or a header, that was being written when the process ended.
    pub(super) torn_bytes: u64,
}

/// Reads all records.
pub(super) fn read(mut bytes: impl BufRead) -> Result<Contents, JournalError> {
    let mut contents = Contents { records: Vec::new(), whole_bytes: 0, torn_bytes: 0 };
    let mut line = Vec::new();
    let mut minor = None;
    for number in 1.. {
        line.clear();
        // One byte more tells a line that is too long from the longest one.
        let most = LONGEST_LINE as u64 + 1;
        let length = bytes.by_ref().take(most).read_until(b'\n', &mut line)? as u64;
        if length == 0 {
            break;
        }
        let whole = line.ends_with(b"\n");
        match minor {
            None if whole => minor = Some(read_header(&line)?),
            None if may_be_header(&line) => {
                contents.torn_bytes = length;
                break;
            }
            None => return Err(JournalError::new(JournalErrorKind::NotAJournal)),
            Some(_) if length == most => {
                return Err(JournalError::new(JournalErrorKind::TooLarge));
            }
            Some(_) if !whole => {
                contents.torn_bytes = length;
                break;
            }
            Some(minor) => match read_line(&line, minor) {
                Ok(record) => contents.records.push(record),
                // Blocks of a file may reach the disk in another order than they were written.
                Err(NoRecord::Torn) if bytes.fill_buf()?.is_empty() => {
                    contents.torn_bytes = length;
                    break;
                }
                Err(_) => return Err(JournalError::new(JournalErrorKind::Broken { line: number })),
            },
        }
        contents.whole_bytes += length;
    }
    Ok(contents)
}

/// Whether a line without an end can be the beginning of a header, or one whose bytes never came.
fn may_be_header(line: &[u8]) -> bool {
    let header = header();
    let same = line.iter().zip(header.as_bytes()).take_while(|(a, b)| a == b).count();
    let rest = &line[same..];
    line.len() < 2 * header.len()
        && (rest.is_empty() || rest.iter().all(|byte| *byte == 0) || same >= HEADER_START.len())
}
