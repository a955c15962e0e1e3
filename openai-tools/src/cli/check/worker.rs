//! From pieces to findings; any number of workers do it side by side.

use std::{
    cell::OnceCell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, mpsc},
};

use serde_json::value::RawValue;

use super::{
    split::Piece,
    tally::{Tally, Told},
};
use crate::{
    cli::{options::LintLevel, source},
    data::{BatchLine, Cache, Checked, Finding, Kind, Rules, Severity, is_message},
    json::Lines,
};

/// A piece on its way to a worker.
pub(super) struct Job {
    pub(super) number: u64,
    pub(super) file: Arc<str>,
    pub(super) piece: Piece,
}

/// A piece that was looked at.
pub(super) struct Done {
    pub(super) number: u64,
    pub(super) tally: Tally,
    /// The lines of files for batches, by their numbers.
    pub(super) batch: Vec<(u64, BatchLine)>,
    /// How many examples for fine-tuning there are.
    pub(super) examples: u64,
    /// The bytes of the piece.
    pub(super) length: usize,
    /// The buffer of the piece, for another one.
    pub(super) spare: Vec<u8>,
}

/// What all workers go by.
pub(super) struct Terms<'a> {
    pub(super) rules: &'a Rules,
    /// Bytes of a record.
    pub(super) longest: usize,
    /// How many findings are kept.
    pub(super) most: usize,
    pub(super) level: LintLevel,
}

impl Terms<'_> {
    /// Whether a finding of this kind is one.
    pub(super) fn counts(&self, severity: Severity) -> bool {
        self.level == LintLevel::Warning || severity == Severity::Error
    }
}

/// Takes jobs until there are no more.
pub(super) fn work(
    queue: &Mutex<mpsc::Receiver<Job>>,
    done: &mpsc::Sender<Done>,
    terms: &Terms<'_>,
) {
    let mut cache = Cache::default();
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        if done.send(look(job, &mut cache, terms)).is_err() {
            return;
        }
    }
}

fn look(job: Job, cache: &mut Cache, terms: &Terms<'_>) -> Done {
    let Job { number, file, piece } = job;
    let mut desk =
        Desk { file, terms, cache, tally: Tally::new(terms.most), batch: Vec::new(), examples: 0 };
    let length = piece.length();
    let spare = match piece {
        Piece::Lines { first, bytes } => {
            desk.lines(first, &bytes);
            bytes
        }
        Piece::Document(bytes) => {
            desk.tally.bytes += bytes.len() as u64;
            match std::str::from_utf8(&bytes) {
                Ok(text) => desk.records(1, text, false),
                Err(error) => desk.not_utf_8(1, &bytes, error.valid_up_to()),
            }
            Vec::new()
        }
        Piece::TooLong { line, bytes } => {
            desk.tally.bytes += bytes;
            desk.too_long(line, bytes);
            Vec::new()
        }
        Piece::Broken { line, error } => {
            desk.tell(line, 1, "file", format!("cannot be read any further: {error}"));
            Vec::new()
        }
    };
    let Desk { tally, batch, examples, .. } = desk;
    Done { number, tally, batch, examples, length, spare }
}

/// A text with the number of its first line.
struct Page<'t> {
    line: u64,
    text: &'t str,
    /// Where its lines are, once that is asked for.
    lines: OnceCell<Lines>,
}

impl Page<'_> {
    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(self.text))
    }

    fn place(&self, at: usize) -> (u64, usize) {
        let (line, column) = self.lines().position(self.text, at);
        (self.line + line as u64 - 1, column)
    }
}

/// Where one piece is looked at.
struct Desk<'w, 'a> {
    file: Arc<str>,
    terms: &'w Terms<'a>,
    cache: &'w mut Cache,
    tally: Tally,
    batch: Vec<(u64, BatchLine)>,
    examples: u64,
}

impl Desk<'_, '_> {
    fn lines(&mut self, first: u64, bytes: &[u8]) {
        self.tally.bytes += bytes.len() as u64;
        let whole = std::str::from_utf8(bytes).ok();
        let mut start = 0;
        let ends = memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]);
        for (number, end) in (first..).zip(ends) {
            let (from, until) = (start, end);
            start = end + 1;
            let own = &bytes[from..until];
            if own.trim_ascii().is_empty() {
                continue;
            }
            if own.len() > self.terms.longest {
                self.too_long(number, own.len() as u64);
                continue;
            }
            match whole.map_or_else(|| std::str::from_utf8(own), |text| Ok(&text[from..until])) {
                Ok(text) => self.records(number, text.strip_suffix('\r').unwrap_or(text), true),
                Err(error) => {
                    self.tally.records += 1;
                    self.not_utf_8(number, own, error.valid_up_to());
                }
            }
        }
    }

    /// The records of a text that starts at a line: one, or the items of an array of them. A line is one
    /// instance, whatever it holds.
    fn records(&mut self, line: u64, text: &str, is_line: bool) {
        let page = Page { line, text, lines: OnceCell::new() };
        let Some(items) = self.list(text, is_line) else {
            return self.record(&page, 0, text, "");
        };
        for (n, item) in items.iter().enumerate() {
            let item = item.get();
            let start = item.as_ptr() as usize - text.as_ptr() as usize;
            self.record(&page, start, item, &format!("/{n}"));
        }
    }

    /// The items of an array that is a list of records and none itself.
    fn list<'t>(&self, text: &'t str, is_line: bool) -> Option<Vec<&'t RawValue>> {
        let rules = self.terms.rules;
        if !text.trim_ascii_start().starts_with('[') {
            return None;
        }
        let are_instances = match rules.kind {
            Some(kind) => kind == Kind::Instance,
            None => rules.schema.is_some() && rules.offer.is_none(),
        };
        let takes_arrays = || rules.schema.as_ref().is_none_or(|held| held.takes_arrays());
        if are_instances && (is_line || takes_arrays()) {
            return None;
        }
        let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
        // A conversation is an array, too.
        let is_one = !are_instances && is_message(items.first()?.get());
        (!is_one).then_some(items)
    }

    fn record(&mut self, page: &Page<'_>, start: usize, record: &str, pointer: &str) {
        self.tally.records += 1;
        let checked = catch_unwind(AssertUnwindSafe(|| self.terms.rules.check(record, self.cache)));
        let Ok(Checked { findings, more, kind, batch }) = checked else {
            // What it remembers may be half done.
            *self.cache = Cache::default();
            let why = "this record makes the check itself fail; please report it";
            return self.tell(page.line, 1, "file", why.to_owned());
        };
        self.examples += u64::from(matches!(kind, Some(Kind::FineTuning | Kind::Preference)));
        if batch.is_none() && findings.is_empty() {
            return;
        }
        self.batch.extend(batch.map(|batch| (page.place(start).0, batch)));
        for finding in findings {
            if !self.terms.counts(finding.severity) {
                continue;
            }
            let (line, column) = page.place(start + finding.at);
            let Finding { at, pointer: inside, rule, severity, message, tool } = finding;
            let excerpt = source::excerpt(page.text, page.lines(), start + at);
            let (file, pointer) = (Arc::clone(&self.file), format!("{pointer}{inside}"));
            let told = Told { file, line, column, pointer, rule, severity, message, tool, excerpt };
            self.tally.add(told);
        }
        self.tally.add_more(Severity::Error, more as u64);
    }

    fn not_utf_8(&mut self, first: u64, bytes: &[u8], at: usize) {
        let good = String::from_utf8_lossy(&bytes[..at]);
        let line = first + good.matches('\n').count() as u64;
        let column = good.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let is_utf_16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let hint = if is_utf_16 { "; it looks like UTF-16" } else { "" };
        let byte = bytes.get(at).copied().unwrap_or_default();
        self.tell(line, column, "utf-8", format!("not UTF-8 at the byte 0x{byte:02x}{hint}"));
    }

    fn too_long(&mut self, line: u64, bytes: u64) {
        self.tally.records += 1;
        let most = self.terms.longest;
        let why = format!("{bytes} bytes, more than {most}; passed over (help: --max-record)");
        self.tell(line, 1, "too-long", why);
    }

    fn tell(&mut self, line: u64, column: usize, rule: &'static str, message: String) {
        self.tally.add(Told {
            file: Arc::clone(&self.file),
            line,
            column,
            pointer: String::new(),
            rule: rule.into(),
            severity: Severity::Error,
            message,
            tool: None,
            excerpt: String::new(),
        });
    }
}
