//! From bytes to pieces of whole records, with no more in memory than one piece.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

use super::options::DataFormat;

/// A part of a file.
#[derive(Debug)]
pub(super) enum Piece {
    /// Whole lines; the last may lack its end.
    Lines { first: u64, bytes: Vec<u8> },
    /// One document that is the whole file.
    Document(Vec<u8>),
    /// A line, or a document at its line 1, that is longer than a record may be.
    TooLong { line: u64, bytes: u64 },
    /// Nothing more can be read.
    Broken { line: u64, error: io::Error },
}

impl Piece {
    /// The bytes that it holds.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Lines { bytes, .. } | Self::Document(bytes) => bytes.len(),
            Self::TooLong { .. } | Self::Broken { .. } => 0,
        }
    }
}

/// Splits what it reads.
pub(super) struct Splitter<'r> {
    source: Box<dyn Read + 'r>,
    /// What was read and is in no piece yet.
    carry: Vec<u8>,
    /// How much of it holds no end of a line.
    looked_at: usize,
    line: u64,
    longest: usize,
    form: Form,
    is_at_end: bool,
    error: Option<io::Error>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Form {
    Document,
    Lines,
    Unknown,
}

impl<'r> Splitter<'r> {
    /// `are_lines` is what the name of the file says.
    pub(super) fn new(
        source: Box<dyn Read + 'r>,
        format: DataFormat,
        are_lines: bool,
        longest: usize,
    ) -> Self {
        let form = match format {
            DataFormat::Json => Form::Document,
            DataFormat::Jsonl => Form::Lines,
            DataFormat::Auto if are_lines => Form::Lines,
            DataFormat::Auto => Form::Unknown,
        };
        let (carry, error) = (Vec::new(), None);
        let mut new =
            Self { source, carry, looked_at: 0, line: 1, longest, form, is_at_end: false, error };
        new.read_at_least(4);
        if new.carry.starts_with(b"\xef\xbb\xbf") {
            new.carry.drain(..3);
        }
        new
    }

    /// Whether each line is a record; known once there is a piece.
    pub(super) fn are_lines(&self) -> bool {
        self.form == Form::Lines
    }

    /// The next piece, in a buffer that is not used any more.
    pub(super) fn next(&mut self, spare: Vec<u8>) -> Option<Piece> {
        if self.form == Form::Unknown {
            self.form = self.look();
        }
        let piece = match self.form {
            Form::Document => self.document(),
            Form::Lines | Form::Unknown => self.lines(spare),
        };
        piece.or_else(|| {
            let error = self.error.take()?;
            Some(Piece::Broken { line: self.line, error })
        })
    }

    /// What the first line that is not blank looks like.
    fn look(&mut self) -> Form {
        let mut start = 0;
        loop {
            let rest = &self.carry[start..];
            let Some(end) = memchr(b'\n', rest) else {
                if self.is_at_end || rest.len() > self.longest {
                    break;
                }
                self.read();
                continue;
            };
            if !rest[..end].trim_ascii().is_empty() {
                break;
            }
            start += end + 1;
            // Blank lines without an end are lines, too long ones.
            if start > self.longest {
                return Form::Lines;
            }
        }
        let first = self.carry[start..].split(|byte| *byte == b'\n').next().unwrap_or_default();
        let first = first.trim_ascii();
        let goes_on = matches!(first.last(), Some(b'{' | b'[' | b','));
        // One line that holds `[1,` is no record either way.
        if goes_on && matches!(first.first(), Some(b'{' | b'[')) {
            Form::Document
        } else {
            Form::Lines
        }
    }

    fn document(&mut self) -> Option<Piece> {
        while !self.is_at_end && self.carry.len() <= self.longest {
            self.read();
        }
        if self.carry.len() > self.longest {
            let mut bytes = self.carry.len() as u64;
            while !self.is_at_end {
                self.carry.clear();
                self.read();
                bytes += self.carry.len() as u64;
            }
            self.carry = Vec::new();
            return Some(Piece::TooLong { line: 1, bytes });
        }
        let bytes = std::mem::take(&mut self.carry);
        if bytes.trim_ascii().is_empty() {
            return None;
        }
        // A document without its end says less than why it has none.
        if self.error.is_some() {
            self.line += memchr_iter(b'\n', &bytes).count() as u64;
            return None;
        }
        Some(Piece::Document(bytes))
    }

    fn lines(&mut self, mut spare: Vec<u8>) -> Option<Piece> {
        loop {
            while self.carry.len() < PIECE && !self.is_at_end {
                self.read();
            }
            let end =
                memrchr(b'\n', &self.carry[self.looked_at..]).map(|at| self.looked_at + at + 1);
            let end = match end {
                Some(end) => end,
                None if self.is_at_end && self.carry.is_empty() => return None,
                // A line that was being read when reading failed is no record.
                None if self.is_at_end && self.error.is_some() => return None,
                None if self.is_at_end => self.carry.len(),
                None if self.carry.len() > self.longest => return Some(self.too_long()),
                None => {
                    self.looked_at = self.carry.len();
                    self.read();
                    continue;
                }
            };
            spare.clear();
            spare.extend_from_slice(&self.carry[end..]);
            self.carry.truncate(end);
            let bytes = std::mem::replace(&mut self.carry, spare);
            self.looked_at = 0;
            let first = self.line;
            self.line += memchr_iter(b'\n', &bytes).count() as u64;
            return Some(Piece::Lines { first, bytes });
        }
    }

    /// Goes past a line without keeping it.
    fn too_long(&mut self) -> Piece {
        let mut bytes = self.carry.len() as u64;
        self.carry.clear();
        self.looked_at = 0;
        loop {
            self.read();
            if let Some(end) = memchr(b'\n', &self.carry) {
                bytes += end as u64;
                self.carry.drain(..=end);
                break;
            }
            bytes += self.carry.len() as u64;
            self.carry.clear();
            if self.is_at_end {
                break;
            }
        }
        // What held the line is not needed again.
        self.carry.shrink_to(2 * PIECE);
        let line = self.line;
        self.line += 1;
        Piece::TooLong { line, bytes }
    }

    fn read_at_least(&mut self, least: usize) {
        while self.carry.len() < least && !self.is_at_end {
            self.read();
        }
    }

    /// Reads some more.
    fn read(&mut self) {
        let before = self.carry.len();
        self.carry.resize(before + STEP, 0);
        let read = loop {
            match self.source.read(&mut self.carry[before..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let read = read.unwrap_or_else(|error| {
            self.error = Some(error);
            0
        });
        self.carry.truncate(before + read);
        self.is_at_end |= read == 0;
    }
}

/// Bytes of a piece: enough to be worth the way to another thread, and few enough that many stay in
/// the cache.
const PIECE: usize = 256 << 10;
const STEP: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time, and an error at the end if it is to.
    struct Slow<'t>(&'t [u8], usize, bool);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() && self.2 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let length = self.1.min(self.0.len()).min(buffer.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    fn pieces(text: &[u8], step: usize, format: DataFormat, breaks: bool) -> Vec<String> {
        let mut splitter = Splitter::new(Box::new(Slow(text, step, breaks)), format, false, 1_000);
        let mut all: Vec<String> = Vec::new();
        let mut lines = false;
        while let Some(piece) = splitter.next(Vec::new()) {
            let shown = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
            let follows = std::mem::replace(&mut lines, matches!(piece, Piece::Lines { .. }));
            let is_broken = matches!(piece, Piece::Broken { .. });
            let shown = match piece {
                // How lines are shared out depends on how they come.
                Piece::Lines { bytes, .. } if follows => {
                    format!("{}{}", all.pop().unwrap_or_default(), shown(bytes))
                }
                Piece::Lines { first, bytes } => format!("{first}:{}", shown(bytes)),
                Piece::Document(bytes) => format!("document:{}", shown(bytes)),
                Piece::TooLong { line, bytes } => format!("{line}: {bytes} bytes"),
                Piece::Broken { line, .. } => format!("{line}: broken"),
            };
            all.push(shown);
            if is_broken {
                break;
            }
        }
        all
    }

    #[test]
    fn lines_and_documents_are_told_apart() {
        for step in [1, 3, 1_000_000] {
            let of = |text: &str| pieces(text.as_bytes(), step, DataFormat::Auto, false);
            assert_eq!(of("{}\n{}\n"), ["1:{}\n{}\n"]);
            assert_eq!(of("\u{feff}{}\r\n7"), ["1:{}\r\n7"]);
            assert_eq!(of("\n{\n\"a\": 1}"), ["document:\n{\n\"a\": 1}"]);
            assert_eq!(of("[\n1]"), ["document:[\n1]"]);
            assert_eq!(of("{\"a\": 1\n{}"), ["1:{\"a\": 1\n{}"]);
            assert_eq!(of(""), Vec::<String>::new());
            assert_eq!(pieces(b"{}\n{}", step, DataFormat::Json, false), ["document:{}\n{}"]);
            assert_eq!(pieces(b"{\n{}", step, DataFormat::Jsonl, false), ["1:{\n{}"]);
        }
    }

    #[test]
    fn what_is_too_long_is_passed_over() {
        let long = "x".repeat(2_000_000);
        for step in [700, 1_000_000] {
            let of = |text: String| pieces(text.as_bytes(), step, DataFormat::Jsonl, false);
            let text = format!("1\n{long}\n2\n");
            let found = of(text);
            assert_eq!(found, ["1:1\n", "2: 2000000 bytes", "3:2\n"]);
            assert_eq!(of(long.clone()), ["1: 2000000 bytes"]);
            let document = format!("{{\n{long}");
            let found = pieces(document.as_bytes(), step, DataFormat::Auto, false);
            assert_eq!(found, ["1: 2000002 bytes"]);
        }
    }

    #[test]
    fn what_is_broken_off_is_told_behind_what_came() {
        assert_eq!(pieces(b"1\n2\n3", 2, DataFormat::Jsonl, true), ["1:1\n2\n", "3: broken"]);
        assert_eq!(pieces(b"{\n1", 2, DataFormat::Auto, true), ["2: broken"]);
        assert_eq!(pieces(b"", 2, DataFormat::Auto, true), ["1: broken"]);
    }
}
