use std::{borrow::Cow, collections::VecDeque, fmt, mem, time::Duration};

use bytes::{Buf, Bytes, BytesMut};
use memchr::{memchr, memchr2};

/// Decodes server-sent events: bytes in, events out.
///
/// Chunks may be cut anywhere, inside a character or a line break too; the events are the same.
/// Lines end in LF, CRLF or CR; comments and unknown fields are skipped, and so is a byte order mark
/// at the beginning. What comes after the last line break, and an event without the blank line that
/// ends it, is given out by [`finish`](Self::finish), as servers leave that out.
///
/// Each byte is looked at once. The data of an event that lies in one chunk is a slice of it, not a
/// copy, and keeps the chunk alive.
///
/// ```
/// use openai_tools::stream::SseDecoder;
///
/// let mut decoder = SseDecoder::new();
/// decoder.push(": hello\r\ndata: {\"n\"".into());
/// assert_eq!(decoder.next_event()?, None);
/// decoder.push(": 1}\r\n\r\nevent: end\ndata: a\ndata: b".into());
/// let first = decoder.next_event()?.expect("it is whole");
/// assert_eq!((first.event(), &first.data()[..]), ("message".into(), &b"{\"n\": 1}"[..]));
/// assert_eq!(decoder.next_event()?, None);
/// let last = decoder.finish()?.expect("the end of the bytes ends it");
/// assert_eq!((last.event(), &last.data()[..]), ("end".into(), &b"a\nb"[..]));
/// # Ok::<(), openai_tools::stream::SseError>(())
/// ```
pub struct SseDecoder {
    /// The chunk that is being read, and how far.
    chunk: Bytes,
    at: usize,
    /// Chunks that came before the one in front was read.
    waiting: VecDeque<Bytes>,
    /// The beginning of a line that ends in a later chunk.
    line: BytesMut,
    /// How many bytes of a byte order mark have come; all once the beginning is over.
    mark: usize,
    /// The last line ended in CR: an LF that follows belongs to it.
    after_cr: bool,
    data: Data,
    event: Option<Bytes>,
    id: Option<Bytes>,
    last_event_id: Option<Bytes>,
    reconnection_time: Option<Duration>,
    max_event_bytes: usize,
    failed: bool,
}

enum Data {
    None,
    One(Bytes),
    Lines(BytesMut),
}

impl SseDecoder {
    /// A decoder at the beginning of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self {
            chunk: Bytes::new(),
            at: 0,
            waiting: VecDeque::new(),
            line: BytesMut::new(),
            mark: 0,
            after_cr: false,
            data: Data::None,
            event: None,
            id: None,
            last_event_id: None,
            reconnection_time: None,
            max_event_bytes: 33 * 1024 * 1024,
            failed: false,
        }
    }

    /// The most bytes that the data of an event and the line that is being read may have together.
    /// Default: 33 MiB, since the last event of the Responses API holds all of the response, which may
    /// have 32 MiB. Comments do not count: they are not kept.
    #[must_use]
    pub fn with_max_event_bytes(mut self, max_event_bytes: usize) -> Self {
        self.max_event_bytes = max_event_bytes;
        self
    }

    /// Takes the next bytes of the stream. Their events are given out by
    /// [`next_event`](Self::next_event).
    pub fn push(&mut self, chunk: Bytes) {
        if self.at == self.chunk.len() && self.waiting.is_empty() {
            self.chunk = chunk;
            self.at = 0;
        } else {
            self.waiting.push_back(chunk);
        }
    }

    /// The next event that is whole; `None` if it takes more bytes.
    ///
    /// # Errors
    ///
    /// An event is larger than the limit. The stream cannot be gone on with: every further call
    /// fails, too.
    pub fn next_event(&mut self) -> Result<Option<SseEvent>, SseError> {
        if self.failed {
            return Err(self.error());
        }
        loop {
            if self.at == self.chunk.len() {
                self.chunk = match self.waiting.pop_front() {
                    Some(next) => next,
                    None => return Ok(None),
                };
                self.at = 0;
                continue;
            }
            if self.mark < MARK.len() {
                self.skip_mark();
                continue;
            }
            if mem::take(&mut self.after_cr) && self.chunk[self.at] == b'\n' {
                self.at += 1;
                continue;
            }
            let rest = &self.chunk[self.at..];
            let Some(length) = memchr2(b'\n', b'\r', rest) else {
                self.keep_rest()?;
                continue;
            };
            let (start, end) = (self.at, self.at + length);
            self.at = end + 1;
            self.after_cr = self.chunk[end] == b'\r';
            if start == end && self.line.is_empty() {
                if let Some(event) = self.dispatch() {
                    return Ok(Some(event));
                }
                continue;
            }
            let line = if self.line.is_empty() {
                self.chunk.slice(start..end)
            } else {
                self.line.extend_from_slice(&self.chunk[start..end]);
                self.line.split().freeze()
            };
            self.take_line(line)?;
        }
    }

    /// The event that the end of the bytes ends, if any: call it after the last
    /// [`push`](Self::push), until it gives `None`.
    ///
    /// # Errors
    ///
    /// As [`next_event`](Self::next_event).
    pub fn finish(&mut self) -> Result<Option<SseEvent>, SseError> {
        if let Some(event) = self.next_event()? {
            return Ok(Some(event));
        }
        if self.mark < MARK.len() {
            self.line.extend_from_slice(&MARK[..self.mark]);
            self.mark = MARK.len();
        }
        if !self.line.is_empty() {
            let line = self.line.split().freeze();
            self.take_line(line)?;
        }
        Ok(self.dispatch())
    }

    /// The last id that the stream gave to an event: what a client that comes back names in
    /// `Last-Event-ID`. `None` if there was none, or an empty one.
    #[must_use]
    pub fn last_event_id(&self) -> Option<Cow<'_, str>> {
        let id = self.last_event_id.as_deref().filter(|id| !id.is_empty());
        id.map(String::from_utf8_lossy)
    }

    /// How long the server asks clients to wait before they come back (field `retry`).
    #[must_use]
    pub fn reconnection_time(&self) -> Option<Duration> {
        self.reconnection_time
    }

    fn skip_mark(&mut self) {
        if self.chunk[self.at] == MARK[self.mark] {
            self.at += 1;
            self.mark += 1;
        } else {
            self.line.extend_from_slice(&MARK[..self.mark]);
            self.mark = MARK.len();
        }
    }

    /// Keeps the rest of the chunk, which is the beginning of a line; of a comment only that it is
    /// one, so that no comment costs memory.
    fn keep_rest(&mut self) -> Result<(), SseError> {
        let rest = &self.chunk[self.at..];
        if self.line.first().or(rest.first()) == Some(&b':') {
            if self.line.is_empty() {
                self.line.extend_from_slice(b":");
            }
        } else if self.fits(self.line.len() + rest.len()) {
            self.line.extend_from_slice(rest);
        } else {
            return Err(self.fail());
        }
        self.at = self.chunk.len();
        Ok(())
    }

    fn take_line(&mut self, mut line: Bytes) -> Result<(), SseError> {
        if line.first() == Some(&b':') {
            return Ok(());
        }
        if !self.fits(line.len()) {
            return Err(self.fail());
        }
        let name = memchr(b':', &line).unwrap_or(line.len());
        let field = match &line[..name] {
            b"data" => Field::Data,
            b"event" => Field::Event,
            b"id" => Field::Id,
            b"retry" => Field::Retry,
            _ => return Ok(()),
        };
        line.advance((name + 1).min(line.len()));
        if line.first() == Some(&b' ') {
            line.advance(1);
        }
        match field {
            Field::Data => self.data.push(line),
            Field::Event => self.event = Some(line),
            Field::Id if memchr(0, &line).is_none() => self.id = Some(line),
            Field::Id => {}
            Field::Retry => {
                let digits = std::str::from_utf8(&line).ok();
                let digits = digits.filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
                if let Some(millis) = digits.and_then(|text| text.parse().ok()) {
                    self.reconnection_time = Some(Duration::from_millis(millis));
                }
            }
        }
        Ok(())
    }

    /// A blank line: what has been read is an event if it has data.
    fn dispatch(&mut self) -> Option<SseEvent> {
        if let Some(id) = self.id.take() {
            self.last_event_id = Some(id);
        }
        let event = self.event.take();
        let data = match mem::replace(&mut self.data, Data::None) {
            Data::None => return None,
            Data::One(data) => data,
            Data::Lines(data) => data.freeze(),
        };
        Some(SseEvent { event, data })
    }

    fn fits(&self, line: usize) -> bool {
        self.data.len().saturating_add(line) <= self.max_event_bytes
    }

    fn fail(&mut self) -> SseError {
        let max_event_bytes = self.max_event_bytes;
        *self = Self { failed: true, max_event_bytes, ..Self::new() };
        self.error()
    }

    fn error(&self) -> SseError {
        SseError { max_event_bytes: self.max_event_bytes }
    }
}

impl Default for SseDecoder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for SseDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseDecoder")
            .field("max_event_bytes", &self.max_event_bytes)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

impl Data {
    fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(data) => data.len() + 1,
            Self::Lines(data) => data.len() + 1,
        }
    }

    fn push(&mut self, line: Bytes) {
        match self {
            Self::None => *self = Self::One(line),
            Self::One(first) => {
                let mut lines = BytesMut::with_capacity(first.len() + 1 + line.len());
                lines.extend_from_slice(first);
                lines.extend_from_slice(b"\n");
                lines.extend_from_slice(&line);
                *self = Self::Lines(lines);
            }
            Self::Lines(lines) => {
                lines.extend_from_slice(b"\n");
                lines.extend_from_slice(&line);
            }
        }
    }
}

enum Field {
    Data,
    Event,
    Id,
    Retry,
}

/// The byte order mark.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// One event of a stream. `Debug` leaves the data out.
#[derive(Clone, Eq, PartialEq)]
pub struct SseEvent {
    event: Option<Bytes>,
    data: Bytes,
}

impl SseEvent {
    /// What kind of event it is (field `event`); `message` if the server does not say. What is not
    /// UTF-8 in it is replaced.
    #[must_use]
    pub fn event(&self) -> Cow<'_, str> {
        match self.event.as_deref() {
            None | Some([]) => Cow::Borrowed("message"),
            Some(event) => String::from_utf8_lossy(event),
        }
    }

    /// Whether the server calls it an error. Of nearly every event it is asked.
    #[cfg(feature = "client")]
    pub(crate) fn is_error(&self) -> bool {
        self.event.as_deref() == Some(b"error")
    }

    /// The data, its lines joined by `\n`. Whether it is UTF-8 has not been checked: reading it as
    /// JSON does.
    #[must_use]
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// The data, without a copy.
    #[must_use]
    pub fn into_data(self) -> Bytes {
        self.data
    }
}

impl fmt::Debug for SseEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SseEvent")
            .field("event_bytes", &self.event.as_ref().map(Bytes::len))
            .field("data_bytes", &self.data.len())
            .finish()
    }
}

/// An event is larger than the decoder's limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SseError {
    max_event_bytes: usize,
}

impl SseError {
    /// The limit, in bytes.
    #[must_use]
    pub fn max_event_bytes(&self) -> usize {
        self.max_event_bytes
    }
}

impl fmt::Display for SseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an event has more than {} bytes", self.max_event_bytes)
    }
}

impl std::error::Error for SseError {}

#[cfg(test)]
#[path = "sse_tests.rs"]
mod tests;
