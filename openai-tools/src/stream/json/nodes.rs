use std::{
    ops::{Index, IndexMut},
    sync::Arc,
};

use serde_json::Number;

use super::fields::Fields;

/// The number of a node, in the order in which values begin.
pub(super) type NodeId = u32;

/// One value of a tree.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The root is its own parent.
    pub(super) parent: NodeId,
    /// Which of the parent's children it is.
    pub(super) place: u32,
    /// None for what is no member of an object. Objects that are alike share their keys.
    pub(super) key: Option<Arc<str>>,
    pub(super) data: Data,
}

impl Node {
    /// Its key; empty for what is no member of an object.
    pub(super) fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }
}

#[derive(Clone, Debug)]
pub(super) enum Data {
    Array(Vec<NodeId>),
    Bool(bool),
    /// A value without children that may still grow. What has come of it is the tree's `text`.
    Growing(Kind),
    Null,
    Number(Number),
    Object(Fields),
    String(Box<str>),
}

/// A type of JSON.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "JSON has these six")]
pub enum Kind {
    /// A list.
    Array,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
    /// A number.
    Number,
    /// An object.
    Object,
    /// A text.
    String,
}

/// Nodes in pieces of one size: one allocation that grows would be copied over and over, would
/// stand twice in memory meanwhile, and could only be given back as a whole.
///
/// Pieces that are full are shared with clones, of which each copies only those that change later:
/// the last one, and those of what is open.
#[derive(Clone, Debug, Default)]
pub(super) struct Nodes {
    full: Vec<Arc<Vec<Node>>>,
    last: Vec<Node>,
}

impl Nodes {
    pub(super) fn len(&self) -> usize {
        self.full.len() * PIECE + self.last.len()
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.last.is_empty()
    }

    pub(super) fn push(&mut self, node: Node) {
        // The first piece grows: most texts are small.
        if self.last.len() == PIECE {
            let full = std::mem::replace(&mut self.last, Vec::with_capacity(PIECE));
            self.full.push(Arc::new(full));
        }
        self.last.push(node);
    }

    /// All nodes in order, each piece given back when it is used up.
    pub(super) fn into_nodes(self) -> impl Iterator<Item = Node> {
        self.full.into_iter().flat_map(Arc::unwrap_or_clone).chain(self.last)
    }

    /// How many pieces stand in memory once for both.
    #[cfg(test)]
    pub(super) fn shared_with(&self, other: &Self) -> usize {
        self.full.iter().zip(&other.full).filter(|(own, other)| Arc::ptr_eq(own, other)).count()
    }

    /// The bytes that are allocated for the nodes and what they hold.
    #[cfg(test)]
    pub(super) fn allocated(&self) -> usize {
        let pieces = || self.full.iter().map(|piece| &**piece).chain([&self.last]);
        let nodes = pieces().map(|piece| piece.capacity() * size_of::<Node>());
        let held = pieces().flatten().map(|node| {
            let data = match &node.data {
                Data::Array(items) => items.capacity() * size_of::<NodeId>(),
                Data::Object(fields) => fields.allocated(),
                Data::String(text) => text.len(),
                _ => 0,
            };
            // Each as if it were shared with no other.
            node.key.as_ref().map_or(0, |key| key.len() + 2 * size_of::<usize>()) + data
        });
        nodes.chain(held).sum()
    }
}

impl Index<NodeId> for Nodes {
    type Output = Node;

    #[inline]
    fn index(&self, id: NodeId) -> &Node {
        let (piece, place) = (id as usize / PIECE, id as usize % PIECE);
        match self.full.get(piece) {
            Some(full) => &full[place],
            None => &self.last[place],
        }
    }
}

impl IndexMut<NodeId> for Nodes {
    #[inline]
    fn index_mut(&mut self, id: NodeId) -> &mut Node {
        let (piece, place) = (id as usize / PIECE, id as usize % PIECE);
        match self.full.get_mut(piece) {
            Some(full) => &mut Arc::make_mut(full)[place],
            None => &mut self.last[place],
        }
    }
}

const PIECE: usize = 512;
