use std::ops::{Index, IndexMut};

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
    pub(super) is_complete: bool,
    /// Empty for what is no member of an object.
    pub(super) key: Box<str>,
    pub(super) data: Data,
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
#[derive(Clone, Debug, Default)]
pub(super) struct Nodes {
    pieces: Vec<Vec<Node>>,
}

impl Nodes {
    pub(super) fn len(&self) -> usize {
        let last = self.pieces.last().map_or(0, Vec::len);
        self.pieces.len().saturating_sub(1) * PIECE + last
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub(super) fn push(&mut self, node: Node) {
        match self.pieces.last_mut() {
            Some(piece) if piece.len() < PIECE => piece.push(node),
            // The first piece grows: most texts are small.
            Some(_) => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(node);
                self.pieces.push(piece);
            }
            None => self.pieces.push(vec![node]),
        }
    }

    /// All nodes in order, each piece given back when it is used up.
    pub(super) fn into_nodes(self) -> impl Iterator<Item = Node> {
        self.pieces.into_iter().flatten()
    }

    /// The bytes that are allocated for the nodes and what they hold.
    #[cfg(test)]
    pub(super) fn allocated(&self) -> usize {
        let nodes = self.pieces.iter().map(|piece| piece.capacity() * size_of::<Node>());
        let held = self.pieces.iter().flatten().map(|node| {
            let data = match &node.data {
                Data::Array(items) => items.capacity() * size_of::<NodeId>(),
                Data::Object(fields) => fields.allocated(),
                Data::String(text) => text.len(),
                _ => 0,
            };
            node.key.len() + data
        });
        nodes.chain(held).sum()
    }
}

impl Index<NodeId> for Nodes {
    type Output = Node;

    fn index(&self, id: NodeId) -> &Node {
        let id = id as usize;
        &self.pieces[id / PIECE][id % PIECE]
    }
}

impl IndexMut<NodeId> for Nodes {
    fn index_mut(&mut self, id: NodeId) -> &mut Node {
        let id = id as usize;
        &mut self.pieces[id / PIECE][id % PIECE]
    }
}

const PIECE: usize = 512;
