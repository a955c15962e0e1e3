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
