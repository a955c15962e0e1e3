//! The calls of one message as deltas.

use std::{collections::VecDeque, sync::Arc};

use serde_json::{Map, Value, json};

use super::{
    chunks::{Piece, Text},
    shape::{StreamQuirk, StreamShape},
};

/// The calls of one choice, as far as they have not been sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Calls {
    calls: VecDeque<Call>,
    shape: Arc<StreamShape>,
}

/// One call. Its parts are read from the answer's document, in which a script may have put
/// anything: what is no call is sent whole, as it stands.
#[derive(Clone, Debug, PartialEq)]
struct Call {
    slot: usize,
    source: Source,
}

#[derive(Clone, Debug, PartialEq)]
enum Source {
    Function(Function),
    Whole(Map<String, Value>),
}

#[derive(Clone, Debug, PartialEq)]
struct Function {
    id: Option<Value>,
    kind: Kind,
    name: String,
    arguments: Text,
    begun: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Custom,
    Function,
}

impl Calls {
    /// `None` if the value is no list of objects.
    pub(super) fn read(calls: &Value, shape: &Arc<StreamShape>) -> Option<Self> {
        let calls = calls.as_array()?.iter().enumerate();
        let calls: Option<VecDeque<Call>> = calls
            .map(|(slot, call)| Some(Call { slot, source: Source::read(call.as_object()?, shape) }))
            .collect();
        Some(Self { calls: calls?, shape: Arc::clone(shape) })
    }

    /// The next delta of a message: an object with `tool_calls`. `None` when all are through.
    pub(super) fn next(&mut self) -> Option<Piece> {
        let mut call = self.calls.pop_front()?;
        let (piece, is_over) = call.next(&self.shape);
        if is_over {
            return Some(piece);
        }
        if self.shape.is_interleaved() {
            self.calls.push_back(call);
        } else {
            self.calls.push_front(call);
        }
        Some(piece)
    }

    pub(super) fn are_over(&self) -> bool {
        self.calls.is_empty()
    }
}

impl Call {
    /// The next delta, and whether it is the last one.
    fn next(&mut self, shape: &StreamShape) -> (Piece, bool) {
        let mut delta = Map::new();
        if let Some(index) = index(self.slot, shape) {
            delta.insert("index".to_owned(), index.into());
        }
        let (mut closes, mut is_over) = (None, true);
        match &mut self.source {
            Source::Function(function) => {
                is_over = function.next(&mut delta, shape);
                let id = function.id.as_ref().and_then(Value::as_str);
                closes = id.filter(|_| is_over).map(Arc::from);
            }
            Source::Whole(call) => delta.append(call),
        }
        (Piece { delta: json!({"tool_calls": [delta]}).to_string(), closes }, is_over)
    }
}

impl Source {
    fn read(call: &Map<String, Value>, shape: &StreamShape) -> Self {
        let read = |kind: Kind| {
            let object = call.get(kind.as_str())?.as_object()?;
            let arguments = object.get(kind.arguments())?.as_str()?;
            let arguments = if shape.has(StreamQuirk::ConcatenatedObjects) {
                arguments.repeat(2)
            } else {
                arguments.to_owned()
            };
            Some(Self::Function(Function {
                id: call.get("id").cloned(),
                kind,
                name: object.get("name")?.as_str()?.to_owned(),
                arguments: Text::given(arguments),
                begun: false,
            }))
        };
        read(Kind::Function)
            .or_else(|| read(Kind::Custom))
            .unwrap_or_else(|| Self::Whole(call.clone()))
    }
}

impl Function {
    /// Writes the next delta, and tells whether it is the last one.
    fn next(&mut self, delta: &mut Map<String, Value>, shape: &StreamShape) -> bool {
        let is_first = !std::mem::replace(&mut self.begun, true);
        let mut object = Map::new();
        if is_first || shape.has(StreamQuirk::IdAndNameRepeated) {
            if !shape.has(StreamQuirk::IdMissing) {
                let id = if shape.has(StreamQuirk::IdEmpty) {
                    Some(Value::from(""))
                } else {
                    self.id.clone()
                };
                delta.extend(id.map(|id| ("id".to_owned(), id)));
            }
            delta.insert("type".to_owned(), self.kind.as_str().into());
            object.insert("name".to_owned(), self.name.as_str().into());
        }
        let arguments = if is_first && shape.has(StreamQuirk::PlaceholderFirst) {
            // Also where the arguments are empty: the placeholder is then all that comes.
            Value::from("{}")
        } else {
            self.arguments(is_first, shape)
        };
        object.insert(self.kind.arguments().to_owned(), arguments);
        delta.insert(self.kind.as_str().to_owned(), object.into());
        self.arguments.is_over()
    }

    fn arguments(&mut self, is_first: bool, shape: &StreamShape) -> Value {
        if shape.has(StreamQuirk::ArgumentsAsObject) {
            let text = self.arguments.take(usize::MAX);
            let object: Option<Map<String, Value>> = serde_json::from_str(&text).ok();
            return object.map_or_else(|| text.as_ref().into(), Value::from);
        }
        if shape.has(StreamQuirk::WholeCalls) {
            return self.arguments.take(usize::MAX).as_ref().into();
        }
        if is_first {
            return "".into();
        }
        let size = shape.delta_size().unwrap_or(DEFAULT_DELTA);
        let piece = self.arguments.take(size).as_ref().into();
        if shape.has(StreamQuirk::Snapshots) { self.arguments.taken().into() } else { piece }
    }
}

impl Kind {
    /// The document's schema of chunks knows `function` only (an omission that its repository has
    /// an issue for); servers send custom calls in the form of an unstreamed answer.
    fn as_str(self) -> &'static str {
        match self {
            Self::Custom => "custom",
            Self::Function => "function",
        }
    }

    fn arguments(self) -> &'static str {
        match self {
            Self::Custom => "input",
            Self::Function => "arguments",
        }
    }
}

fn index(slot: usize, shape: &StreamShape) -> Option<u64> {
    let slot = slot as u64;
    if shape.has(StreamQuirk::IndexMissing) {
        None
    } else if shape.has(StreamQuirk::IndexZero) {
        Some(0)
    } else if shape.has(StreamQuirk::IndexSparse) {
        Some(slot * 10 + 3)
    } else if shape.has(StreamQuirk::IndexHuge) {
        Some(HUGE_INDEX + slot)
    } else {
        Some(slot)
    }
}

/// Characters in one piece.
pub(super) const DEFAULT_DELTA: usize = 4;
/// Below 2^53, up to where every JSON parser keeps integers exactly.
const HUGE_INDEX: u64 = 9_007_199_254_000_000;
