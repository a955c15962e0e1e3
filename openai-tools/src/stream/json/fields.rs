use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasher, RandomState},
};

use super::nodes::NodeId;

/// The members of an object, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    members: Vec<NodeId>,
    /// Present from [`MANY`] members on: fewer are compared one by one.
    index: Option<Box<Index>>,
}

/// Members by the hash of their key, so that no key stands in memory twice.
#[derive(Clone, Debug, Default)]
struct Index {
    by_hash: HashMap<u64, NodeId>,
    /// Members whose hash another key has; the hash has a random seed, so there are none to speak
    /// of, whatever keys are sent.
    others: Vec<NodeId>,
    hasher: RandomState,
}

impl Fields {
    pub(super) fn members(&self) -> &[NodeId] {
        &self.members
    }

    /// Adds a member whose key is not there yet.
    pub(super) fn push<'a>(&mut self, member: NodeId, key_of: impl Fn(NodeId) -> &'a str) {
        self.members.push(member);
        match &mut self.index {
            Some(index) => index.insert(member, key_of(member)),
            None if self.members.len() > MANY => {
                let mut index = Box::<Index>::default();
                for &member in &self.members {
                    index.insert(member, key_of(member));
                }
                self.index = Some(index);
            }
            None => {}
        }
    }

    pub(super) fn find<'a>(&self, key: &str, key_of: impl Fn(NodeId) -> &'a str) -> Option<NodeId> {
        let is_it = |member: &NodeId| key_of(*member) == key;
        match &self.index {
            Some(index) => {
                let first = index.by_hash.get(&index.hasher.hash_one(key));
                first
                    .filter(|member| is_it(member))
                    .or_else(|| index.others.iter().find(|member| is_it(member)))
            }
            None => self.members.iter().find(|member| is_it(member)),
        }
        .copied()
    }

    #[cfg(test)]
    pub(super) fn allocated(&self) -> usize {
        // What `HashMap` allocates: a slot and a byte for each, at most 7 of 8 used.
        let index = self.index.as_ref().map_or(0, |index| index.by_hash.capacity() * 17 * 8 / 7);
        self.members.capacity() * size_of::<NodeId>() + index
    }
}

impl Index {
    fn insert(&mut self, member: NodeId, key: &str) {
        match self.by_hash.entry(self.hasher.hash_one(key)) {
            Entry::Vacant(place) => {
                place.insert(member);
            }
            Entry::Occupied(_) => self.others.push(member),
        }
    }
}

const MANY: usize = 16;
