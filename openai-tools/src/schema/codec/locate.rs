use serde_json::Value;

use super::{
    KEY, REST, VALUE,
    fit::Form,
    graph::{Graph, Node, NodeId},
    item,
};
use crate::schema::problem::{escape, unescape};

impl Graph {
    pub(super) fn locate(&self, sent: &Value, pointer: &str) -> String {
        let segments: Vec<_> = pointer.split('/').skip(1).map(unescape).collect();
        let mut place = Place { graph: self, at: String::new(), value: Some(sent) };
        let mut node = self.root();
        for segment in &segments {
            match place.step(node, segment) {
                Some(next) => node = next,
                None => return place.at,
            }
        }
        // A wrapped root is told at what it holds.
        place.settle(node);
        place.at
    }
}

#[cfg(feature = "cli")]
impl Graph {
    /// The place in the type's form of a place in the model's form: the nearest around it where the
    /// type's form has no such place.
    pub(super) fn locate_own(&self, sent: &Value, pointer: &str) -> String {
        let mut place = Place { graph: self, at: String::new(), value: Some(sent) };
        let mut own = String::new();
        let mut segments = pointer.split('/').skip(1).map(unescape);
        let mut node = self.root();
        // Where the entries of a map are, there is a list for the model.
        let mut is_entry = false;
        while let Some(segment) = segments.next() {
            let Some(settled) = place.settle_sent(node) else { break };
            place.descend(&segment);
            let step = match self.node(settled) {
                Node::Array(items) => Some((Some(segment.into_owned()), *items)),
                Node::Map(values) if is_entry => Some((None, *values)),
                Node::Map(_) => {
                    let key = place.value.and_then(|entry| entry.get(KEY)?.as_str());
                    key.map(|key| (Some(key.to_owned()), settled))
                }
                Node::Object { properties, extras } => {
                    let property = properties.iter().find(|p| p.name == segment);
                    let entries = || extras.as_ref().map(|(_, node)| (None, *node));
                    property.map_or_else(entries, |p| Some((Some(p.name.clone()), p.node)))
                }
                Node::Tuple { items, .. } if segment != REST => items
                    .iter()
                    .enumerate()
                    .find(|(n, _)| segment == item(*n))
                    .map(|(n, node)| (Some(n.to_string()), *node)),
                Node::Tuple { items, rest } => segments.next().and_then(|segment| {
                    place.descend(&segment);
                    let index = items.len().checked_add(segment.parse().ok()?)?;
                    Some((Some(index.to_string()), (*rest)?))
                }),
                Node::Wrapped(_, inner) => Some((None, *inner)),
                _ => None,
            };
            let Some((segment, next)) = step else { break };
            is_entry = matches!(self.node(settled), Node::Map(_)) && !is_entry;
            if let Some(segment) = segment {
                own.push('/');
                own.push_str(&escape(&segment));
            }
            node = next;
        }
        own
    }
}

struct Place<'a> {
    graph: &'a Graph,
    at: String,
    value: Option<&'a Value>,
}

impl Place<'_> {
    /// Follows one segment of the type's form; `None` where the model's form has no such place.
    fn step(&mut self, node: NodeId, segment: &str) -> Option<NodeId> {
        let node = self.settle(node)?;
        match self.graph.node(node) {
            Node::Array(items) => {
                self.descend(segment);
                Some(*items)
            }
            Node::Map(values) => {
                self.entry(segment)?;
                Some(*values)
            }
            Node::Object { properties, extras } => {
                if let Some(property) = properties.iter().find(|p| p.name == segment) {
                    self.descend(segment);
                    return Some(property.node);
                }
                let (name, node) = extras.as_ref()?;
                self.descend(name);
                self.entry(segment)?;
                match self.graph.node(*node) {
                    Node::Map(values) => Some(*values),
                    _ => None,
                }
            }
            Node::Tuple { items, rest } => {
                let index: usize = segment.parse().ok()?;
                if let Some(node) = items.get(index) {
                    self.descend(&item(index));
                    return Some(*node);
                }
                self.descend(REST);
                self.descend(&(index - items.len()).to_string());
                *rest
            }
            _ => None,
        }
    }

    /// Passes what has no segment of its own in the type's form.
    fn settle(&mut self, mut node: NodeId) -> Option<NodeId> {
        loop {
            node = match self.graph.node(node) {
                Node::AnyOf(branches) => self.graph.branch(branches, self.value?, Form::Sent)?,
                Node::Nullable(inner) | Node::Same(inner) => *inner,
                Node::Wrapped(name, inner) => {
                    self.descend(name);
                    *inner
                }
                _ => return Some(node),
            }
        }
    }

    /// As [`settle`](Self::settle), where each object that holds a root has a segment.
    #[cfg(feature = "cli")]
    fn settle_sent(&self, mut node: NodeId) -> Option<NodeId> {
        loop {
            node = match self.graph.node(node) {
                Node::AnyOf(branches) => self.graph.branch(branches, self.value?, Form::Sent)?,
                Node::Nullable(inner) | Node::Same(inner) => *inner,
                _ => return Some(node),
            }
        }
    }

    fn entry(&mut self, key: &str) -> Option<()> {
        let entries = self.value?.as_array()?;
        let index = entries.iter().position(|e| e.get(KEY).is_some_and(|k| k == key))?;
        self.descend(&index.to_string());
        self.descend(VALUE);
        Some(())
    }

    fn descend(&mut self, segment: &str) {
        self.at.push('/');
        self.at.push_str(&escape(segment));
        self.value = self.value.and_then(|value| match value {
            Value::Array(array) => array.get(segment.parse::<usize>().ok()?),
            Value::Object(object) => object.get(segment),
            _ => None,
        });
    }
}
