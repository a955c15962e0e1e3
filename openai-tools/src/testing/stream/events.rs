//! What a stream's body is made of: server-sent events, in good form or not, and how they end.

use std::{mem, sync::Arc};

use bytes::Bytes;
use serde_json::Value;

use super::{
    chunks::{Chunk, Chunks},
    shape::{StreamFault, StreamQuirk, StreamShape},
};
use crate::testing::{fault::Fault, line::Manner, responses::ResponseEvents};

/// The events of one stream, one at a time.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Events {
    source: Source,
    /// The next event, taken early to know which one is the last.
    ahead: Option<Content>,
    begun: bool,
    number: u64,
    /// What is still to come of an oversized event.
    rest: Option<Oversized>,
    over: bool,
    shape: Arc<StreamShape>,
}

/// What comes next in a stream.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// The connection is to be closed.
    Cut,
    /// The body ends well.
    End,
    /// Bytes of an event: all of it, except where it is very large.
    Event(Event),
    /// The connection is to be reset.
    Reset,
    /// Nothing more will come.
    Stall,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
    pub(super) bytes: Bytes,
    /// Whether the event ends with these bytes.
    pub(super) ends: bool,
    /// The id of the call whose arguments end here.
    pub(super) closes: Option<Arc<str>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Source {
    Chunks(Box<Chunks>),
    Responses(Box<ResponseEvents>),
    /// What is left of bytes that a script gives.
    Raw(Bytes),
}

#[derive(Clone, Debug, PartialEq)]
enum Content {
    Chunk(Chunk),
    /// An event with all that is around its data.
    Raw(Bytes),
}

#[derive(Clone, Debug, PartialEq)]
struct Oversized {
    filling: u64,
    after: Bytes,
    closes: Option<Arc<str>>,
}

impl Events {
    pub(in super::super) fn of_chunks(chunks: Chunks, shape: &Arc<StreamShape>) -> Self {
        Self::new(Source::Chunks(Box::new(chunks)), shape)
    }

    pub(in super::super) fn of_response(events: ResponseEvents, shape: &Arc<StreamShape>) -> Self {
        Self::new(Source::Responses(Box::new(events)), shape)
    }

    /// Bytes as they stand; an event ends with a blank line.
    pub(in super::super) fn of_bytes(bytes: Bytes, shape: &Arc<StreamShape>) -> Self {
        Self::new(Source::Raw(bytes), shape)
    }

    fn new(source: Source, shape: &Arc<StreamShape>) -> Self {
        let shape = Arc::clone(shape);
        Self { source, ahead: None, begun: false, number: 0, rest: None, over: false, shape }
    }

    pub(super) fn shape(&self) -> &StreamShape {
        &self.shape
    }

    /// Breaks the connection after half of the events; after a million if there are over two.
    pub(super) fn break_in_half(&mut self, manner: Manner) {
        const MOST: u64 = 2_000_000;
        let (mut all, mut count) = (self.clone(), 0);
        while count < MOST {
            let Part::Event(event) = all.next() else { break };
            count += u64::from(event.ends);
        }
        let fault = match manner {
            Manner::Close => StreamFault::CutAfter(count / 2),
            Manner::Reset => StreamFault::ResetAfter(count / 2),
            Manner::Stall => StreamFault::StallAfter(count / 2),
        };
        self.shape = Arc::new(StreamShape::clone(&self.shape).with_fault(fault));
    }

    /// Whether a good end is all that is left.
    pub(super) fn are_over(&self) -> bool {
        let is_through = self.begun && self.ahead.is_none() && self.rest.is_none();
        self.over || is_through && self.shape.fault_at(self.number).is_none()
    }

    pub(super) fn next(&mut self) -> Part {
        if let Some(event) = self.rest_of_oversized() {
            return Part::Event(event);
        }
        if self.over {
            return Part::End;
        }
        let number = self.number;
        let fault = self.shape.fault_at(number).cloned();
        match &fault {
            Some(StreamFault::CutAfter(_)) => return Part::Cut,
            Some(StreamFault::EndAfter(_)) => return Part::End,
            Some(StreamFault::ResetAfter(_)) => return Part::Reset,
            Some(StreamFault::StallAfter(_)) => return Part::Stall,
            _ => {}
        }
        let Some((content, is_last)) = self.take() else {
            self.over = true;
            return Part::End;
        };
        self.number += 1;
        let name = match &content {
            Content::Chunk(chunk) => chunk.event.clone(),
            Content::Raw(_) => None,
        };
        let write = |data: &str, is_last| {
            Bytes::from(write(name.as_deref(), data, number, is_last, &self.shape))
        };
        let (bytes, closes) = match (fault, content) {
            (Some(StreamFault::Error { code, message, .. }), _) => {
                self.over = true;
                let object = Fault::new(500, message).with_code(code).to_json();
                let event = match &name {
                    Some(_) => error_event(object, number, &self.shape),
                    None => write(&object.to_string(), true),
                };
                (event, None)
            }
            (Some(StreamFault::NotJson(_)), Content::Chunk(chunk)) => {
                (write(first_half(&chunk.data), is_last), None)
            }
            (Some(StreamFault::NotJson(_)), Content::Raw(bytes)) => {
                (bytes.slice(..bytes.len() / 2), None)
            }
            (Some(StreamFault::Oversized { bytes, .. }), Content::Chunk(chunk))
                if chunk.data.ends_with('}') =>
            {
                let (before, after) = around_filling(&chunk.data, |data| write(data, is_last));
                let own = (before.len() + after.len()) as u64;
                match bytes.checked_sub(own) {
                    Some(filling) => {
                        self.rest = Some(Oversized { filling, after, closes: chunk.closes });
                        return Part::Event(Event { bytes: before, ends: false, closes: None });
                    }
                    None => (write(&chunk.data, is_last), chunk.closes),
                }
            }
            (_, Content::Chunk(chunk)) => (write(&chunk.data, is_last), chunk.closes),
            (_, Content::Raw(bytes)) => (bytes, None),
        };
        Part::Event(Event { bytes, ends: true, closes })
    }

    /// What the next event holds, and whether it is the last one.
    fn take(&mut self) -> Option<(Content, bool)> {
        if !mem::replace(&mut self.begun, true) {
            self.ahead = self.source.next();
        }
        let content = self.ahead.take()?;
        self.ahead = self.source.next();
        Some((content, self.ahead.is_none()))
    }

    fn rest_of_oversized(&mut self) -> Option<Event> {
        let rest = self.rest.as_mut()?;
        if rest.filling > 0 {
            let length = usize::try_from(rest.filling).unwrap_or(usize::MAX).min(FILLING.len());
            rest.filling -= length as u64;
            let bytes = Bytes::from_static(&FILLING[..length]);
            return Some(Event { bytes, ends: false, closes: None });
        }
        let Oversized { after, closes, .. } = self.rest.take()?;
        Some(Event { bytes: after, ends: true, closes })
    }
}

impl Source {
    fn next(&mut self) -> Option<Content> {
        match self {
            Self::Chunks(chunks) => chunks.next().map(Content::Chunk),
            Self::Responses(events) => events.next().map(Content::Chunk),
            Self::Raw(bytes) if bytes.is_empty() => None,
            Self::Raw(bytes) => Some(Content::Raw(bytes.split_to(end_of_event(bytes)))),
        }
    }
}

/// Where the first blank line ends.
fn end_of_event(bytes: &[u8]) -> usize {
    let ends = |at: &usize| {
        let before = &bytes[..*at];
        [&b"\n\n"[..], b"\r\r", b"\r\n\r\n"].iter().any(|blank| before.ends_with(blank))
    };
    (1..bytes.len()).find(ends).unwrap_or(bytes.len())
}

/// The error object as the event of the Responses API that has its fields.
fn error_event(mut object: Value, number: u64, shape: &StreamShape) -> Bytes {
    let mut event = object["error"].take();
    event["type"] = "error".into();
    event["sequence_number"] = number.into();
    write(Some("error"), &event.to_string(), number, true, shape).into()
}

/// An event around some data.
fn write(
    event: Option<&str>,
    data: &str,
    number: u64,
    is_last: bool,
    shape: &StreamShape,
) -> String {
    let end = shape.line_end().as_str();
    let mut text = String::with_capacity(data.len() + 16);
    if number == 0 && shape.has(StreamQuirk::ByteOrderMark) {
        text.push('\u{feff}');
    }
    let mut line = |parts: &[&str]| text.extend(parts.iter().copied().chain([end]));
    if shape.has(StreamQuirk::Comments) {
        line(&[": keep-alive"]);
        if number % 2 == 0 {
            line(&[]);
        }
    }
    if shape.has(StreamQuirk::ExtraFields) {
        if event.is_none() {
            line(&["event: message"]);
        }
        line(&["id: ", &number.to_string()]);
        line(&["retry: 3000"]);
    }
    if let Some(event) = event {
        line(&["event: ", event]);
    }
    let name = if shape.has(StreamQuirk::NoSpace) { "data:" } else { "data: " };
    let pretty = shape.has(StreamQuirk::MultiLineData).then(|| pretty(data)).flatten();
    for data in pretty.as_deref().unwrap_or(data).split('\n') {
        line(&[name, data]);
    }
    if !(is_last && shape.has(StreamQuirk::NoLastBlankLine)) {
        line(&[]);
    }
    text
}

fn pretty(data: &str) -> Option<String> {
    let value: Value = serde_json::from_str(data).ok()?;
    serde_json::to_string_pretty(&value).ok()
}

fn first_half(data: &str) -> &str {
    let end = (0..=data.len() / 2).rev().find(|end| data.is_char_boundary(*end));
    &data[..end.unwrap_or_default()]
}

/// The two sides of an event whose object has got a long field.
fn around_filling(data: &str, write: impl Fn(&str) -> Bytes) -> (Bytes, Bytes) {
    // JSON never holds it as it stands.
    const MARK: char = '\u{1}';
    let object = data.strip_suffix('}').unwrap_or(data);
    let mut before = write(&format!("{object},\"obfuscation\":\"{MARK}\"}}"));
    let at = before.iter().position(|byte| *byte == MARK as u8).unwrap_or(before.len());
    let after = before.split_off(at);
    let after = after.slice(1.min(after.len())..);
    (before, after)
}

static FILLING: [u8; 65_536] = [b'x'; 65_536];
