use std::collections::HashSet;

use serde_json::Value;

/// An index into a [`Graph`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(in crate::schema) struct NodeId(usize);

/// What is done with a value at one place of a schema; a graph, since schemas refer to themselves.
#[derive(Debug)]
pub(in crate::schema) struct Graph {
    nodes: Vec<Node>,
    /// Per node: whether it or anything below it rewrites.
    rewrites: Vec<bool>,
    root: NodeId,
}

#[derive(Debug)]
pub(in crate::schema) enum Node {
    AnyOf(Vec<NodeId>),
    Array(NodeId),
    /// An integer of up to 128 bits ↔ text of its digits.
    Digits {
        least: i128,
        most: u128,
    },
    /// An object ↔ a list of `{key, value}`.
    Map(NodeId),
    Nullable(NodeId),
    Object {
        properties: Vec<Property>,
        /// The property that holds the entries which have no property of their own, as a map.
        extras: Option<(String, NodeId)>,
    },
    /// A definition, or a place that is filled in later.
    Same(NodeId),
    Scalar {
        kind: Scalar,
        values: Option<Vec<Value>>,
    },
    /// JSON ↔ text that holds it.
    Text {
        object: bool,
    },
    /// An array ↔ an object of `item_0`, `item_1`, … and `rest`.
    Tuple {
        items: Vec<NodeId>,
        rest: Option<NodeId>,
    },
    /// `null` ↔ an object without properties.
    Unit,
    /// A value ↔ an object that holds it under one name.
    Wrapped(&'static str, NodeId),
}

#[derive(Debug)]
pub(in crate::schema) struct Property {
    pub(in crate::schema) name: String,
    pub(in crate::schema) node: NodeId,
    pub(in crate::schema) required: bool,
    /// Whether the model's `null` means that the property is left out.
    pub(in crate::schema) null_is_absent: bool,
}

/// As what values are written, among that which could be mistaken for each other.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for itself")]
pub(in crate::schema) struct Forms {
    /// An array that is one for the type.
    pub(in crate::schema) array: bool,
    /// An array that is a map for the type.
    pub(in crate::schema) map: bool,
    /// An object without properties that is an array without items for the type.
    pub(in crate::schema) no_items: bool,
    /// An object that is one for the type …
    pub(in crate::schema) object: bool,
    /// … and has the properties of an array with items, `item_0` among them.
    pub(in crate::schema) object_of_items: bool,
    /// An object that is an array with items for the type.
    pub(in crate::schema) items: bool,
    /// A string that is one for the type.
    pub(in crate::schema) string: bool,
    /// A string that holds JSON …
    pub(in crate::schema) text: bool,
    /// … which is an object.
    pub(in crate::schema) text_of_object: bool,
}

/// A type of JSON that has no inside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::schema) enum Scalar {
    Boolean,
    Integer,
    Null,
    Number,
    String,
}

impl Scalar {
    pub(in crate::schema) fn holds(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Boolean, Value::Bool(_))
            | (Self::Null, Value::Null)
            | (Self::Number, Value::Number(_))
            | (Self::String, Value::String(_)) => true,
            (Self::Integer, Value::Number(number)) => {
                number.is_i64()
                    || number.is_u64()
                    || number.as_f64().is_some_and(|n| n.fract() == 0.0)
            }
            _ => false,
        }
    }
}

impl Graph {
    pub(in crate::schema) fn new() -> Self {
        Self { nodes: Vec::new(), rewrites: Vec::new(), root: NodeId(0) }
    }

    pub(in crate::schema) fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    /// A node for a definition that is not converted yet.
    pub(in crate::schema) fn reserve(&mut self) -> NodeId {
        let id = NodeId(self.nodes.len());
        self.nodes.push(Node::Same(id));
        id
    }

    pub(in crate::schema) fn fill(&mut self, reserved: NodeId, node: NodeId) {
        self.nodes[reserved.0] = Node::Same(node);
    }

    /// Finds out what rewrites; the graph is complete by now.
    pub(in crate::schema) fn finish(mut self, root: NodeId) -> Self {
        self.root = root;
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (user, node) in self.nodes.iter().enumerate() {
            for child in node.children() {
                users[child.0].push(user);
            }
        }
        let mut rewrites: Vec<bool> = self.nodes.iter().map(Node::rewrites_itself).collect();
        let mut open: Vec<usize> = (0..rewrites.len()).filter(|&n| rewrites[n]).collect();
        while let Some(node) = open.pop() {
            for &user in &users[node] {
                if !std::mem::replace(&mut rewrites[user], true) {
                    open.push(user);
                }
            }
        }
        self.rewrites = rewrites;
        self
    }

    pub(super) fn root(&self) -> NodeId {
        self.root
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// The node by which the value of a property is written: a `null` that is there is not the one
    /// that means that nothing is there.
    pub(super) fn own_node(&self, property: &Property, value: &Value) -> NodeId {
        match self.node(property.node) {
            Node::Nullable(inner) if property.null_is_absent && value.is_null() => *inner,
            _ => property.node,
        }
    }

    pub(super) fn rewrites_at(&self, id: NodeId) -> bool {
        self.rewrites[id.0]
    }

    pub(super) fn rewrites(&self) -> bool {
        self.rewrites_at(self.root)
    }

    /// Adds to `written` how the values of a node are written; true where a definition is met that
    /// is not converted yet.
    pub(in crate::schema) fn written(&self, id: NodeId, written: &mut Forms) -> bool {
        let mut seen = HashSet::from([id]);
        let mut open = vec![id];
        let mut unknown = false;
        while let Some(id) = open.pop() {
            match self.node(id) {
                Node::Array(_) => written.array = true,
                Node::Map(_) => written.map = true,
                // Digits are JSON text, too.
                Node::Digits { .. } => written.text = true,
                Node::Scalar { kind: Scalar::String, .. } => written.string = true,
                Node::Text { object } => {
                    written.text = true;
                    written.text_of_object |= object;
                }
                Node::Same(same) if *same == id => unknown = true,
                node @ (Node::AnyOf(_) | Node::Nullable(_) | Node::Same(_)) => {
                    open.extend(node.children().into_iter().filter(|child| seen.insert(*child)));
                }
                Node::Object { properties, .. } => {
                    let first = super::item(0);
                    written.object = true;
                    written.object_of_items |= properties.iter().any(|own| own.name == first);
                }
                Node::Tuple { items, rest: None } if items.is_empty() => written.no_items = true,
                Node::Tuple { .. } => written.items = true,
                Node::Scalar { .. } | Node::Unit | Node::Wrapped(..) => {}
            }
        }
        unknown
    }

    /// Whether a value could be asked about for ever: a node that leads to itself with neither an
    /// object nor an array in between.
    pub(in crate::schema) fn is_endless(&self, start: NodeId) -> bool {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = vec![start];
        while let Some(id) = open.pop() {
            let (Node::AnyOf(_) | Node::Nullable(_) | Node::Same(_)) = self.node(id) else {
                continue;
            };
            for child in self.node(id).children() {
                if child == start {
                    return true;
                }
                if !std::mem::replace(&mut seen[child.0], true) {
                    open.push(child);
                }
            }
        }
        false
    }
}

impl Node {
    fn children(&self) -> Vec<NodeId> {
        match self {
            Self::AnyOf(branches) => branches.clone(),
            Self::Array(child)
            | Self::Map(child)
            | Self::Nullable(child)
            | Self::Same(child)
            | Self::Wrapped(_, child) => vec![*child],
            Self::Object { properties, extras } => {
                let extras = extras.iter().map(|(_, node)| *node);
                properties.iter().map(|property| property.node).chain(extras).collect()
            }
            Self::Digits { .. } | Self::Scalar { .. } | Self::Text { .. } | Self::Unit => {
                Vec::new()
            }
            Self::Tuple { items, rest } => items.iter().copied().chain(*rest).collect(),
        }
    }

    fn rewrites_itself(&self) -> bool {
        match self {
            Self::Digits { .. }
            | Self::Map(_)
            | Self::Text { .. }
            | Self::Tuple { .. }
            | Self::Unit
            | Self::Wrapped(..) => true,
            Self::Object { properties, extras } => {
                extras.is_some() || properties.iter().any(|property| property.null_is_absent)
            }
            Self::AnyOf(_)
            | Self::Array(_)
            | Self::Nullable(_)
            | Self::Same(_)
            | Self::Scalar { .. } => false,
        }
    }
}
