//! How a value is written, one level at a time: for readers of values that are not complete yet.

use serde_json::Value;

use super::{
    Codec, KEY, REST, VALUE,
    graph::{Graph, Node, NodeId},
};
use crate::schema::problem::Problem;

impl Codec {
    /// How the root is written; none where both forms are the same.
    pub(crate) fn shape(&self) -> Option<Shape<'_>> {
        let graph = self.graph.as_deref()?;
        Some(Shape { graph, node: graph.root() })
    }

    /// The name under which a root that is no object is written.
    pub(crate) fn wraps_root(&self) -> Option<&'static str> {
        match self.shape()?.written() {
            Written::Wrapped(name, _) => Some(name),
            _ => None,
        }
    }

    /// Puts a value that stands alone where the root is looked for, if that is wrapped.
    pub(crate) fn wrap_root(&self, value: Value) -> Value {
        match self.wraps_root() {
            Some(name) => Value::Object([(name.to_owned(), value)].into_iter().collect()),
            None => value,
        }
    }
}

/// One place of a schema.
#[derive(Clone, Copy)]
pub(crate) struct Shape<'a> {
    graph: &'a Graph,
    node: NodeId,
}

/// How the model writes a value of one shape.
pub(crate) enum Written<'a> {
    AnyOf(Vec<Shape<'a>>),
    Array(Shape<'a>),
    /// A list of entries, each with `key` and `value`.
    Map(Shape<'a>),
    Object(Members<'a>),
    Scalar,
    Text,
    /// An object of `item_0`, `item_1`, … and, maybe, `rest`.
    Tuple {
        items: Vec<Shape<'a>>,
        rest: Option<Shape<'a>>,
    },
    Wrapped(&'static str, Shape<'a>),
}

/// The members that an object may have.
#[derive(Clone, Copy)]
pub(crate) struct Members<'a> {
    shape: Shape<'a>,
}

pub(crate) const KEY_NAME: &str = KEY;
pub(crate) const REST_NAME: &str = REST;
pub(crate) const VALUE_NAME: &str = VALUE;

impl<'a> Shape<'a> {
    /// Whether both are written alike because they come to the same definition.
    pub(crate) fn is(self, other: Self) -> bool {
        self.core() == other.core() && self.is_nullable() == other.is_nullable()
    }

    fn core(self) -> NodeId {
        match self.graph.node(self.node) {
            Node::Nullable(inner) | Node::Same(inner) => Shape { node: *inner, ..self }.core(),
            _ => self.node,
        }
    }

    /// Whether anything here is written otherwise than the type reads it.
    pub(crate) fn rewrites(self) -> bool {
        self.graph.rewrites_at(self.node)
    }

    /// From the model's form of a value of this shape to the type's form.
    pub(crate) fn decode(self, value: Value) -> Result<Value, Problem> {
        self.graph.decode(self.node, value, 0)
    }

    pub(crate) fn written(self) -> Written<'a> {
        let at = |node: &NodeId| Shape { node: *node, ..self };
        match self.graph.node(self.node) {
            Node::AnyOf(branches) => Written::AnyOf(branches.iter().map(at).collect()),
            Node::Array(items) => Written::Array(at(items)),
            Node::Map(values) => Written::Map(at(values)),
            // What is null has no inside.
            Node::Nullable(inner) | Node::Same(inner) => at(inner).written(),
            Node::Object { .. } => Written::Object(Members { shape: self }),
            // The empty object that stands for a root of `null` has no inside either.
            Node::Scalar { .. } | Node::Unit => Written::Scalar,
            Node::Digits { .. } | Node::Text { .. } => Written::Text,
            Node::Tuple { items, rest } => Written::Tuple {
                items: items.iter().map(at).collect(),
                rest: rest.as_ref().map(at),
            },
            Node::Wrapped(name, inner) => Written::Wrapped(name, at(inner)),
        }
    }

    /// Whether `null` is a value of this shape.
    pub(crate) fn is_nullable(self) -> bool {
        match self.graph.node(self.node) {
            Node::Nullable(_) => true,
            Node::Same(inner) => Shape { node: *inner, ..self }.is_nullable(),
            _ => false,
        }
    }

    /// Whether a value without an inside has this shape.
    pub(crate) fn holds(self, value: &Value) -> bool {
        self.graph.branch(&[self.node], value, super::fit::Form::Sent).is_some()
    }
}

impl<'a> Members<'a> {
    /// A property: its shape, and whether `null` means that it is left out.
    pub(crate) fn property(self, name: &str) -> Option<(Shape<'a>, bool)> {
        let Node::Object { properties, .. } = self.node() else { return None };
        let property = properties.iter().find(|property| property.name == name)?;
        Some((Shape { node: property.node, ..self.shape }, property.null_is_absent))
    }

    /// The names that every complete object has.
    pub(crate) fn required(self) -> impl Iterator<Item = &'a str> {
        let properties = match self.node() {
            Node::Object { properties, .. } => properties.as_slice(),
            _ => &[],
        };
        properties.iter().filter(|property| property.required).map(|property| &*property.name)
    }

    /// The property that holds all other entries as a map, and the shape of their values.
    pub(crate) fn extras(self) -> Option<(&'a str, Shape<'a>)> {
        let Node::Object { extras: Some((name, map)), .. } = self.node() else { return None };
        match (Shape { node: *map, ..self.shape }).written() {
            Written::Map(values) => Some((name, values)),
            _ => None,
        }
    }

    fn node(self) -> &'a Node {
        self.shape.graph.node(self.shape.node)
    }
}
