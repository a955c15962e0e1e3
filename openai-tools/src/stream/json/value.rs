use std::fmt;

use serde_json::{Number, Value};

use super::{
    nodes::{Data, Kind, NodeId},
    tree::Tree,
};
use crate::json::{escape, segments};

/// A value as far as it has come: a view into the value that a [`JsonStream`](super::JsonStream)
/// or a [`Partial`](crate::stream::Partial) holds. To go to another place costs nothing that grows
/// with the value.
///
/// What it is a prefix of is said in the docs of [the module](super).
#[derive(Clone, Copy)]
pub struct PartialValue<'a> {
    tree: &'a Tree,
    id: NodeId,
}

impl<'a> PartialValue<'a> {
    pub(super) fn new(tree: &'a Tree, id: NodeId) -> Self {
        Self { tree, id }
    }

    /// Whether it can change no more: its last byte has come. A number is complete when the byte
    /// behind it has come.
    #[must_use]
    pub fn is_complete(self) -> bool {
        self.tree.is_complete(self.id)
    }

    /// Its type, which the first byte tells.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self.data() {
            Data::Array(_) => Kind::Array,
            Data::Bool(_) => Kind::Bool,
            Data::Growing(kind) => *kind,
            Data::Null => Kind::Null,
            Data::Number(_) => Kind::Number,
            Data::Object(_) => Kind::Object,
            Data::String(_) => Kind::String,
        }
    }

    /// A string as far as it has come; an escape that is not complete is not part of it.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        match self.data() {
            Data::String(text) => Some(text),
            Data::Growing(Kind::String) => Some(&self.tree.text),
            _ => None,
        }
    }

    /// A number that is complete.
    #[must_use]
    pub fn as_number(self) -> Option<&'a Number> {
        match self.data() {
            Data::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The text of a number that may still grow, as far as it has come.
    #[must_use]
    pub fn growing_number(self) -> Option<&'a str> {
        match self.data() {
            Data::Growing(Kind::Number) => Some(&self.tree.text),
            _ => None,
        }
    }

    /// A `true` or `false` that is complete.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.data() {
            Data::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether it is a `null` that is complete.
    #[must_use]
    pub fn is_null(self) -> bool {
        matches!(self.data(), Data::Null)
    }

    /// How many items or members have begun; 0 for what has none.
    #[must_use]
    pub fn len(self) -> usize {
        self.children().len()
    }

    /// Whether no item and no member has begun.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.children().is_empty()
    }

    /// The member of an object, once its value has begun.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        Some(Self { id: self.tree.member(self.id, key)?, ..self })
    }

    /// The item of a list, counted from 0.
    #[must_use]
    pub fn item(self, index: usize) -> Option<Self> {
        match self.data() {
            Data::Array(items) => Some(Self { id: *items.get(index)?, ..self }),
            _ => None,
        }
    }

    /// The items of a list that have begun; all but the last one are complete.
    #[must_use]
    pub fn items(self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        let items = if self.kind() == Kind::Array { self.children() } else { &[] };
        items.iter().map(move |&id| Self { id, ..self })
    }

    /// The members of an object whose values have begun, in their order; all but the last one are
    /// complete.
    #[must_use]
    pub fn members(self) -> impl DoubleEndedIterator<Item = (&'a str, Self)> + ExactSizeIterator {
        let members = if self.kind() == Kind::Object { self.children() } else { &[] };
        members.iter().map(move |&id| (self.tree.nodes[id].key(), Self { id, ..self }))
    }

    /// The value at a JSON pointer below this one; this one for the empty pointer.
    #[must_use]
    pub fn pointer(self, pointer: &str) -> Option<Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        if !pointer.starts_with('/') {
            return None;
        }
        segments(pointer).try_fold(self, |value, segment| match value.kind() {
            Kind::Array => value.item(segment.parse().ok()?),
            _ => value.get(&segment),
        })
    }

    /// Where it stands, as a JSON pointer from the root.
    #[must_use]
    pub fn path(self) -> String {
        let mut steps: Vec<Self> =
            std::iter::successors(Some(self), |value| value.parent()).collect();
        steps.pop();
        let mut path = String::new();
        for step in steps.into_iter().rev() {
            path.push('/');
            match step.key() {
                Some(key) => path.push_str(&escape(key)),
                None => path.push_str(&step.index().to_string()),
            }
        }
        path
    }

    /// The list or object that holds it; none for the root.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        (self.id > 0).then(|| Self { id: self.tree.nodes[self.id].parent, ..self })
    }

    /// Its key, if it is a member of an object.
    #[must_use]
    pub fn key(self) -> Option<&'a str> {
        let parent = self.parent()?;
        (parent.kind() == Kind::Object).then(|| self.tree.nodes[self.id].key())
    }

    /// Which item or member of its parent it is, counted from 0; 0 for the root.
    #[must_use]
    pub fn index(self) -> usize {
        self.tree.nodes[self.id].place as usize
    }

    /// A copy as plain JSON: what is open is closed, a string is as far as it has come, and a
    /// number or literal that may still grow is left out. None if that is the value itself.
    ///
    /// It costs what the value is large: for one place at every piece take [`get`](Self::get).
    #[must_use]
    pub fn to_value(self) -> Option<Value> {
        self.tree.copy(self.id)
    }

    /// Whether both are the same place of the same value.
    pub(in crate::stream) fn is(self, other: Self) -> bool {
        self.id == other.id && std::ptr::eq(self.tree, other.tree)
    }

    fn data(self) -> &'a Data {
        &self.tree.nodes[self.id].data
    }

    fn children(self) -> &'a [NodeId] {
        self.tree.children(self.id)
    }
}

/// Shows the type and whether it is complete; the content is the model's words.
impl fmt::Debug for PartialValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartialValue")
            .field("kind", &self.kind())
            .field("is_complete", &self.is_complete())
            .finish_non_exhaustive()
    }
}
