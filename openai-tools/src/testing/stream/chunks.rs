//! The document of an answer as chunks (schema `CreateChatCompletionStreamResponse`), one at a
//! time: an answer of a million deltas never stands in memory as chunks.

use std::{borrow::Cow, collections::VecDeque, sync::Arc};

use serde_json::{Map, Value, json};

use super::{
    calls::{Calls, DEFAULT_DELTA},
    shape::{StreamQuirk, StreamShape},
};

/// What the events of one answer hold: JSON texts, then `[DONE]`.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Chunks {
    /// What all chunks begin with: their JSON up to the value of `choices`.
    head: String,
    choices: Vec<Choice>,
    /// The choice whose turn it is.
    turn: usize,
    usage: Usage,
    /// Chunks that hold no choice in the usual form.
    rest: VecDeque<String>,
    shape: Arc<StreamShape>,
}

/// What one event holds.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Chunk {
    pub(in super::super) data: String,
    /// The id of the call whose arguments end here.
    pub(in super::super) closes: Option<Arc<str>>,
    /// What the event is called, where it is called something.
    pub(in super::super) event: Option<String>,
}

/// A delta, as JSON.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) delta: String,
    pub(super) closes: Option<Arc<str>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Choice {
    index: Value,
    parts: VecDeque<Part>,
    /// Sent with the first chunk.
    logprobs: Value,
    /// Fields beyond those of the document, sent with the last chunk.
    fields: Map<String, Value>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    /// Speech: a field of `audio`.
    Audio {
        field: String,
        text: Text,
    },
    Calls(Calls),
    Delta(Value),
    Finish(Value),
    Text {
        field: String,
        text: Text,
    },
    Whole {
        message: Value,
        finish_reason: Value,
    },
}

/// A text that is sent in pieces.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Text {
    /// So many times the letter x.
    Filling(u64),
    Given {
        text: String,
        at: usize,
    },
}

#[derive(Clone, Debug, PartialEq)]
struct Usage {
    whole: Value,
    /// Whether the request asks for it.
    asked: bool,
    /// Chunks so far, for a usage that grows.
    chunks: u64,
}

impl Chunks {
    /// The chunks of the document that an unstreamed answer to the request would have. `filling`
    /// stands for a text of so many letters x in each choice.
    pub(in super::super) fn new(
        request: &Value,
        mut document: Value,
        filling: Option<u64>,
        shape: &Arc<StreamShape>,
    ) -> Self {
        let asked = request.pointer("/stream_options/include_usage") == Some(&Value::Bool(true));
        let mut take = |name| document.as_object_mut().and_then(|fields| fields.shift_remove(name));
        let usage = Usage { whole: take("usage").unwrap_or_default(), asked, chunks: 0 };
        let choices = take("choices").unwrap_or_default();
        if document.get("object").is_some_and(|object| object == "chat.completion") {
            document["object"] = "chat.completion.chunk".into();
        }
        let mut chunks = Self {
            head: head(&document),
            choices: Vec::new(),
            turn: 0,
            usage,
            rest: VecDeque::new(),
            shape: Arc::clone(shape),
        };
        let read = |choice| Choice::read(choice, filling, shape);
        let list = choices.as_array().filter(|list| !list.is_empty());
        match list.and_then(|list| list.iter().map(read).collect()) {
            Some(choices) => chunks.choices = choices,
            // A script has put something else there: it is sent as it stands.
            None => chunks.rest.push_back(chunks.write(&choices.to_string(), false)),
        }
        if chunks.usage.asked {
            chunks.rest.push_back(chunks.write("[]", true));
        }
        if !shape.has(StreamQuirk::NoDone) {
            chunks.rest.push_back("[DONE]".to_owned());
        }
        chunks
    }

    /// A whole chunk around the text of its `choices`.
    fn write(&self, choices: &str, is_last: bool) -> String {
        let Usage { whole, asked, chunks } = &self.usage;
        let usage = if is_last {
            Some(whole.clone())
        } else if self.shape.has(StreamQuirk::UsageInEveryChunk) {
            Some(up_to(whole, *chunks))
        } else {
            asked.then_some(Value::Null)
        };
        let usage = usage.map_or_else(String::new, |usage| format!(",\"usage\":{usage}"));
        [&self.head, choices, &usage, "}"].concat()
    }
}

impl Iterator for Chunks {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        let count = self.choices.len();
        let is_left = |turn: &usize| !self.choices[turn % count].parts.is_empty();
        let Some(turn) = (self.turn..self.turn + count).find(is_left) else {
            return self.rest.pop_front().map(|data| Chunk { data, closes: None, event: None });
        };
        self.turn = (turn + 1) % count;
        let (choice, closes) = self.choices[turn % count].next(&self.shape);
        self.usage.chunks += 1;
        if self.choices.iter().all(|choice| choice.parts.is_empty()) {
            // The last one has all.
            self.usage.chunks = u64::MAX;
        }
        Some(Chunk { data: self.write(&format!("[{choice}]"), false), closes, event: None })
    }
}

impl Choice {
    /// `None` if the value has no message.
    fn read(choice: &Value, filling: Option<u64>, shape: &Arc<StreamShape>) -> Option<Self> {
        let mut fields = choice.as_object()?.clone();
        let mut take = |name| fields.shift_remove(name).unwrap_or_default();
        let finish_reason = match take("finish_reason") {
            _ if shape.has(StreamQuirk::NoFinishReason) => Value::Null,
            reason => reason,
        };
        let message = take("message");
        let (index, logprobs) = (take("index"), take("logprobs"));
        let mut parts = VecDeque::new();
        if shape.has(StreamQuirk::MessageInsteadOfDelta) {
            parts.push_back(Part::Whole { message, finish_reason });
        } else {
            parts = in_parts(message.as_object()?, filling, shape);
            if !shape.has(StreamQuirk::NoFinishReason) {
                parts.push_back(Part::Finish(finish_reason));
            }
        }
        Some(Self { index, parts, logprobs, fields })
    }

    /// What the next chunk holds of this choice, as JSON. Only called while a part is left.
    fn next(&mut self, shape: &StreamShape) -> (String, Option<Arc<str>>) {
        let (mut closes, mut reason, mut over) = (None, None, true);
        let content = match self.parts.front_mut() {
            Some(Part::Calls(calls)) => {
                let piece = calls.next();
                over = calls.are_over();
                let piece = piece.unwrap_or(Piece { delta: "{}".to_owned(), closes: None });
                closes = piece.closes;
                format!("\"delta\":{}", piece.delta)
            }
            Some(Part::Delta(delta)) => format!("\"delta\":{delta}"),
            Some(Part::Audio { field, text }) => {
                let size = shape.delta_size().unwrap_or(AUDIO_DELTA);
                // Four letters of base64 are three bytes: pieces are whole by themselves.
                let size = size.checked_next_multiple_of(4).unwrap_or(size);
                let delta = json!({"audio": {field.as_str(): text.take(size)}});
                over = text.is_over();
                format!("\"delta\":{delta}")
            }
            Some(Part::Text { field, text }) => {
                let size = shape.delta_size().unwrap_or_else(|| text.default_delta());
                let delta = json!({field.as_str(): text.take(size)});
                over = text.is_over();
                format!("\"delta\":{delta}")
            }
            Some(Part::Whole { message, finish_reason }) => {
                reason = Some(finish_reason.take());
                format!("\"message\":{message}")
            }
            Some(Part::Finish(finish_reason)) => {
                reason = Some(finish_reason.take());
                "\"delta\":{}".to_owned()
            }
            None => "\"delta\":{}".to_owned(),
        };
        if over {
            self.parts.pop_front();
        }
        let reason = match reason {
            Some(reason) => format!(",\"finish_reason\":{reason}"),
            None if shape.has(StreamQuirk::FinishReasonAbsent) => String::new(),
            None if shape.has(StreamQuirk::FinishReasonEmpty) => {
                ",\"finish_reason\":\"\"".to_owned()
            }
            None => ",\"finish_reason\":null".to_owned(),
        };
        let Self { index, parts, logprobs, fields } = self;
        let logprobs = logprobs.take();
        let mut choice = format!("{{\"index\":{index},{content},\"logprobs\":{logprobs}{reason}");
        if parts.is_empty() {
            choice.extend(fields.iter().map(|(name, value)| format!(",{}:{value}", json!(name))));
        }
        (choice + "}", closes)
    }
}

impl Text {
    pub(in super::super) fn given(text: impl Into<String>) -> Self {
        Self::Given { text: text.into(), at: 0 }
    }

    /// The next piece, of at most so many characters.
    pub(in super::super) fn take(&mut self, characters: usize) -> Cow<'_, str> {
        match self {
            Self::Filling(left) => {
                let length = usize::try_from(*left).unwrap_or(usize::MAX);
                let length = length.min(characters).min(MOST_FILLING);
                *left -= length as u64;
                Cow::Owned("x".repeat(length))
            }
            Self::Given { text, at } => {
                let rest = &text[*at..];
                let length = match characters {
                    usize::MAX => rest.len(),
                    _ => rest.char_indices().nth(characters).map_or(rest.len(), |(end, _)| end),
                };
                *at += length;
                Cow::Borrowed(&rest[..length])
            }
        }
    }

    /// What has been taken so far; nothing of a filling.
    pub(super) fn taken(&self) -> &str {
        match self {
            Self::Filling(_) => "",
            Self::Given { text, at } => &text[..*at],
        }
    }

    pub(in super::super) fn is_over(&self) -> bool {
        match self {
            Self::Filling(left) => *left == 0,
            Self::Given { text, at } => *at == text.len(),
        }
    }

    pub(in super::super) fn default_delta(&self) -> usize {
        match self {
            Self::Filling(_) => HUGE_DELTA,
            Self::Given { .. } => DEFAULT_DELTA,
        }
    }
}

/// What a message's deltas are, without the finish reason.
fn in_parts(
    message: &Map<String, Value>,
    filling: Option<u64>,
    shape: &Arc<StreamShape>,
) -> VecDeque<Part> {
    let mut first = Map::new();
    let (mut reasoning, mut texts, mut calls) = (Vec::new(), Vec::new(), None);
    let mut audio = Vec::new();
    for (name, value) in message {
        let part = |text| Part::Text { field: name.clone(), text };
        match (name.as_str(), value) {
            ("content", Value::String(text)) => {
                first.insert(name.clone(), "".into());
                texts.push(part(filling.map_or_else(|| Text::given(text), Text::Filling)));
            }
            ("refusal", Value::String(text)) => {
                first.insert(name.clone(), "".into());
                texts.push(part(Text::given(text)));
            }
            ("reasoning" | "reasoning_content", Value::String(text)) => {
                reasoning.push(part(Text::given(text)));
            }
            ("audio", Value::Object(fields)) => {
                let (begin, parts) = speech(fields);
                first.insert(name.clone(), begin);
                audio = parts;
            }
            ("annotations", Value::Array(list)) if list.is_empty() => {}
            ("tool_calls", value) => match Calls::read(value, shape) {
                Some(read) => calls = Some(Part::Calls(read)),
                None => drop(first.insert(name.clone(), value.clone())),
            },
            _ => drop(first.insert(name.clone(), value.clone())),
        }
    }
    let parts = [Part::Delta(first.into())].into_iter().chain(reasoning).chain(texts).chain(audio);
    parts.chain(calls).filter(|part| !part.is_empty()).collect()
}

/// What the first delta says of what is spoken, and what follows: the words, which run ahead, then the
/// bytes, and last until when they are known.
fn speech(fields: &Map<String, Value>) -> (Value, Vec<Part>) {
    let (mut begin, mut parts, mut end) = (Map::new(), Vec::new(), None);
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("transcript" | "data", Value::String(text)) => {
                parts.push(Part::Audio { field: name.clone(), text: Text::given(text) });
            }
            ("expires_at", value) => end = Some(json!({"audio": {name.as_str(): value}})),
            _ => drop(begin.insert(name.clone(), value.clone())),
        }
    }
    parts.sort_by_key(|part| matches!(part, Part::Audio { field, .. } if field == "data"));
    (begin.into(), parts.into_iter().chain(end.map(Part::Delta)).collect())
}

impl Part {
    fn is_empty(&self) -> bool {
        match self {
            Self::Calls(calls) => calls.are_over(),
            Self::Audio { text, .. } | Self::Text { text, .. } => text.is_over(),
            Self::Delta(_) | Self::Finish(_) | Self::Whole { .. } => false,
        }
    }
}

/// The fields of a document, without its end, up to the value of `choices`.
fn head(document: &Value) -> String {
    match document.as_object().filter(|fields| !fields.is_empty()) {
        Some(_) => {
            let text = document.to_string();
            format!("{},\"choices\":", text.strip_suffix('}').unwrap_or(&text))
        }
        None => "{\"choices\":".to_owned(),
    }
}

/// A usage that has counted one token for each chunk, as far as there are so many.
fn up_to(usage: &Value, chunks: u64) -> Value {
    let number = |name: &str| usage.get(name).and_then(Value::as_u64);
    let mut usage = usage.clone();
    if let (Some(prompt), Some(completion)) = (number("prompt_tokens"), number("completion_tokens"))
    {
        let completion = completion.min(chunks);
        usage["completion_tokens"] = completion.into();
        usage["total_tokens"] = prompt.saturating_add(completion).into();
    }
    usage
}

/// A tenth of a second of PCM, as base64; of a transcript it is all.
const AUDIO_DELTA: usize = 6_400;
const HUGE_DELTA: usize = 16_384;
const MOST_FILLING: usize = 65_536;
