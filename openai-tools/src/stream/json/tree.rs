use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    fields::Fields,
    nodes::{Data, Kind, Node, NodeId, Nodes},
    value::PartialValue,
};
use crate::json::grammar::{Literal, Sink, Token};

/// The value so far. It grows at its end only: values are numbered in the order in which they
/// begin, so a value and all below it are neighbours, and nothing is ever looked for.
#[derive(Clone, Debug, Default)]
pub(in crate::stream) struct Tree {
    pub(super) nodes: Nodes,
    /// What has begun and not ended, outermost first.
    open: Vec<Open>,
    /// What has come of the key, string or number that is being read.
    pub(super) text: String,
    in_key: bool,
    /// The key that waits for its value.
    key: Option<Arc<str>>,
    /// What ended since [`begin_piece`](Self::begin_piece), in order.
    completed: Vec<NodeId>,
    has_changed: bool,
}

/// A value that has begun and not ended.
#[derive(Clone, Copy, Debug)]
struct Open {
    id: NodeId,
    /// An earlier container that stands at the same place of its own parent's neighbour, as the
    /// records of a list do: their keys are mostly the same.
    like: Option<NodeId>,
}

impl Tree {
    /// Forgets what was completed and whether anything changed.
    #[inline]
    pub(in crate::stream) fn begin_piece(&mut self) {
        self.completed.clear();
        self.has_changed = false;
    }

    /// Whether anything that can be seen has changed since the piece began.
    #[inline]
    pub(in crate::stream) fn has_changed(&self) -> bool {
        self.has_changed
    }

    #[inline]
    pub(in crate::stream) fn root(&self) -> Option<PartialValue<'_>> {
        (!self.nodes.is_empty()).then(|| PartialValue::new(self, 0))
    }

    pub(in crate::stream) fn completed(&self) -> impl DoubleEndedIterator<Item = PartialValue<'_>> {
        self.completed.iter().map(|&id| PartialValue::new(self, id))
    }

    /// Whether it can change no more.
    pub(super) fn is_complete(&self, id: NodeId) -> bool {
        self.open.binary_search_by_key(&id, |open| open.id).is_err()
    }

    pub(super) fn children(&self, id: NodeId) -> &[NodeId] {
        match &self.nodes[id].data {
            Data::Array(items) => items,
            Data::Object(fields) => fields.members(),
            _ => &[],
        }
    }

    pub(super) fn member(&self, id: NodeId, key: &str) -> Option<NodeId> {
        let Data::Object(fields) = &self.nodes[id].data else { return None };
        fields.find(key, |id| self.nodes[id].key())
    }

    /// The value below a node as far as it has come, without numbers and literals that may grow.
    pub(super) fn copy(&self, id: NodeId) -> Option<Value> {
        let parts = (id..self.end_of(id)).map(|id| {
            let node = &self.nodes[id];
            let part = match &node.data {
                Data::Array(items) => Part::Array(items.len()),
                Data::Bool(value) => Part::Leaf(Some((*value).into())),
                Data::Growing(Kind::String) => Part::Leaf(Some(self.text.as_str().into())),
                Data::Growing(_) => Part::Leaf(None),
                Data::Null => Part::Leaf(Some(Value::Null)),
                Data::Number(number) => Part::Leaf(Some(number.clone().into())),
                Data::Object(fields) => Part::Object(fields.members().len()),
                Data::String(text) => Part::Leaf(Some((**text).into())),
            };
            (node.key.clone(), part)
        });
        assemble(parts)
    }

    /// The whole value, which must be complete.
    pub(in crate::stream) fn into_value(self) -> Option<Value> {
        let parts = self.nodes.into_nodes().map(|node| {
            let part = match node.data {
                Data::Array(items) => Part::Array(items.len()),
                Data::Bool(value) => Part::Leaf(Some(value.into())),
                Data::Growing(_) => Part::Leaf(None),
                Data::Null => Part::Leaf(Some(Value::Null)),
                Data::Number(number) => Part::Leaf(Some(number.into())),
                Data::Object(fields) => Part::Object(fields.members().len()),
                Data::String(text) => Part::Leaf(Some(text.into_string().into())),
            };
            (node.key, part)
        });
        assemble(parts)
    }

    /// The number behind the last node below this one.
    fn end_of(&self, mut id: NodeId) -> NodeId {
        while id > 0 {
            let Node { parent, place, .. } = self.nodes[id];
            if let Some(&next) = self.children(parent).get(place as usize + 1) {
                return next;
            }
            id = parent;
        }
        NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX)
    }

    fn begin_value(&mut self, data: Data) -> Result<(), &'static str> {
        // Holds as long as the limit on bytes fits 32 bits, too.
        let id = NodeId::try_from(self.nodes.len()).map_err(|_| "fewer values")?;
        let parent = self.open.last().copied();
        let place = parent.map_or(0, |parent| self.children(parent.id).len());
        let like = match data {
            Data::Array(_) | Data::Object(_) => parent.and_then(|parent| self.like(parent, place)),
            _ => None,
        };
        let place = u32::try_from(place).map_err(|_| "fewer values")?;
        let key = self.key.take();
        let parent_id = parent.map_or(id, |parent| parent.id);
        self.nodes.push(Node { parent: parent_id, place, key, data });
        if let Some(parent) = parent {
            self.adopt(parent.id, id);
        }
        self.open.push(Open { id, like });
        self.has_changed = true;
        Ok(())
    }

    /// What a container that begins at a place of its parent may be like.
    fn like(&self, parent: Open, place: usize) -> Option<NodeId> {
        if let (Data::Array(items), 1..) = (&self.nodes[parent.id].data, place) {
            return items.get(place - 1).copied();
        }
        self.children(parent.like?).get(place).copied()
    }

    fn adopt(&mut self, parent: NodeId, child: NodeId) {
        match &mut self.nodes[parent].data {
            Data::Array(items) => items.push(child),
            Data::Object(fields) => {
                // Its keys are read from the other nodes meanwhile.
                let mut fields = std::mem::take(fields);
                fields.push(child, |id| self.nodes[id].key());
                self.nodes[parent].data = Data::Object(fields);
            }
            _ => {}
        }
    }

    fn end_key(&mut self) -> Result<(), &'static str> {
        self.in_key = false;
        let Some(&Open { id, like }) = self.open.last() else { return Ok(()) };
        if self.member(id, &self.text).is_some() {
            return Err("each key once");
        }
        let known = like.and_then(|like| {
            let member = *self.children(like).get(self.children(id).len())?;
            self.nodes[member].key.as_ref().filter(|key| ***key == *self.text)
        });
        self.key = Some(match known {
            Some(key) => Arc::clone(key),
            None => self.text.as_str().into(),
        });
        self.clear_text();
        Ok(())
    }

    /// A long text is moved: copied, it would stand in memory twice.
    fn take_text(&mut self) -> Box<str> {
        if self.text.capacity() > KEPT {
            return std::mem::take(&mut self.text).into_boxed_str();
        }
        let text = self.text.as_str().into();
        self.text.clear();
        text
    }

    fn take_number(&mut self) -> Result<Data, &'static str> {
        let number = self.text.parse().map_err(|_| "a number in the range of an f64")?;
        self.clear_text();
        Ok(Data::Number(number))
    }

    fn clear_text(&mut self) {
        if self.text.capacity() > KEPT {
            self.text = String::new();
        }
        self.text.clear();
    }

    #[cfg(test)]
    pub(super) fn allocated(&self) -> usize {
        self.nodes.allocated() + self.text.capacity()
    }
}

impl Sink for Tree {
    fn begin(&mut self, token: Token) -> Result<(), &'static str> {
        let data = match token {
            Token::Key => {
                self.in_key = true;
                return Ok(());
            }
            Token::Array => Data::Array(Vec::new()),
            Token::Literal(Literal::Null) => Data::Growing(Kind::Null),
            Token::Literal(_) => Data::Growing(Kind::Bool),
            Token::Number => Data::Growing(Kind::Number),
            Token::Object => Data::Object(Fields::default()),
            Token::String => Data::Growing(Kind::String),
        };
        self.begin_value(data)
    }

    #[inline]
    fn text(&mut self, run: &str) {
        append(&mut self.text, run);
        self.has_changed |= !self.in_key;
    }

    #[expect(clippy::inline_always, reason = "a call costs as much as most pieces")]
    #[inline(always)]
    fn text_of_value(&mut self, run: &str) {
        append(&mut self.text, run);
        self.has_changed = true;
    }

    #[inline]
    fn character(&mut self, character: char) {
        self.text.push(character);
        self.has_changed |= !self.in_key;
    }

    fn end(&mut self, token: Token) -> Result<(), &'static str> {
        let data = match token {
            Token::Key => return self.end_key(),
            Token::Array | Token::Object => None,
            Token::Literal(Literal::Null) => Some(Data::Null),
            Token::Literal(literal) => Some(Data::Bool(literal == Literal::True)),
            Token::Number => Some(self.take_number()?),
            Token::String => Some(Data::String(self.take_text())),
        };
        let Some(Open { id, .. }) = self.open.pop() else { return Ok(()) };
        if let Some(data) = data {
            self.nodes[id].data = data;
        }
        self.completed.push(id);
        self.has_changed = true;
        Ok(())
    }
}

/// Appends a run, most of which are short: a copy whose length is known is a move, any other a call.
#[expect(clippy::inline_always, reason = "a call costs as much as most pieces")]
#[inline(always)]
fn append(text: &mut String, run: &str) {
    match run.len() {
        1 => text.push_str(&run[..1]),
        2 => text.push_str(&run[..2]),
        3 => text.push_str(&run[..3]),
        4 => text.push_str(&run[..4]),
        5 => text.push_str(&run[..5]),
        6 => text.push_str(&run[..6]),
        7 => text.push_str(&run[..7]),
        8 => text.push_str(&run[..8]),
        _ => text.push_str(run),
    }
}

/// A value without what is below it.
enum Part {
    Array(usize),
    /// None is left out.
    Leaf(Option<Value>),
    Object(usize),
}

/// A container that is not full yet.
struct Frame {
    key: Option<Arc<str>>,
    value: Value,
    left: usize,
}

impl Frame {
    fn put(&mut self, key: Option<&str>, child: Option<Value>) {
        self.left -= 1;
        match (&mut self.value, child) {
            (Value::Array(items), Some(child)) => items.push(child),
            (Value::Object(object), Some(child)) => {
                object.insert(key.unwrap_or_default().to_owned(), child);
            }
            _ => {}
        }
    }
}

/// Makes one value of its parts, each before what is below it.
fn assemble(parts: impl Iterator<Item = (Option<Arc<str>>, Part)>) -> Option<Value> {
    let mut frames: Vec<Frame> = Vec::new();
    for (mut key, part) in parts {
        let (empty, left) = match part {
            Part::Array(len) => (Some(Value::Array(Vec::with_capacity(len))), len),
            Part::Object(len) => (Some(Value::Object(Map::with_capacity(len))), len),
            Part::Leaf(value) => (value, 0),
        };
        let mut done = match empty {
            Some(value) if left > 0 => {
                frames.push(Frame { key, value, left });
                continue;
            }
            done => done,
        };
        loop {
            let Some(frame) = frames.last_mut() else { return done };
            frame.put(key.as_deref(), done);
            if frame.left > 0 {
                break;
            }
            let full = frames.pop()?;
            key = full.key;
            done = Some(full.value);
        }
    }
    None
}

/// A buffer larger than this is not kept for the next text, in bytes.
const KEPT: usize = 4096;
