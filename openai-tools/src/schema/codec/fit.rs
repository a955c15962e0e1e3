use std::{collections::HashMap, ptr};

use serde_json::{Map, Value};

use super::{
    DEEPEST, KEY, REST, VALUE, digits,
    graph::{Graph, Node, NodeId},
    item,
};

/// Which of the two forms a value has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// As the model writes it.
    Sent,
    /// As the type reads it.
    Own,
}

/// Decides which branch of a union a value takes, by its types, tags and properties. Bounds and
/// patterns are not looked at: branches that only these tell apart are rewritten alike.
pub(super) struct Fit<'a> {
    graph: &'a Graph,
    form: Form,
    /// Answers for values with an inside: without them, branches that hold unions again would be
    /// asked exponentially often.
    known: HashMap<(NodeId, *const Value), bool>,
}

impl Graph {
    /// The first branch that a value fits.
    pub(super) fn branch(&self, branches: &[NodeId], value: &Value, form: Form) -> Option<NodeId> {
        let mut fit = Fit { graph: self, form, known: HashMap::new() };
        branches.iter().copied().find(|&branch| fit.is(branch, value, 0))
    }
}

impl Fit<'_> {
    fn is(&mut self, id: NodeId, value: &Value, depth: usize) -> bool {
        if depth > DEEPEST {
            return false;
        }
        let node = self.graph.node(id);
        match (node, self.form) {
            (Node::AnyOf(branches), _) => self.any(id, branches, value, depth),
            (Node::Nullable(inner), _) => value.is_null() || self.is(*inner, value, depth),
            (Node::Same(inner), _) | (Node::Wrapped(_, inner), Form::Own) => {
                self.is(*inner, value, depth)
            }
            (Node::Scalar { kind, values }, _) => {
                kind.holds(value)
                    && values.as_ref().is_none_or(|values| values.iter().any(|v| same(v, value)))
            }
            (Node::Digits { .. }, _) => digits::of(value).is_some(),
            (Node::Array(items), _) => value
                .as_array()
                .is_some_and(|array| array.iter().all(|v| self.is(*items, v, depth + 1))),
            (Node::Object { .. }, _) => {
                value.as_object().is_some_and(|object| self.object(node, object, depth))
            }
            (Node::Map(values), Form::Sent) => value.as_array().is_some_and(|entries| {
                entries.iter().all(|entry| {
                    entry.get(KEY).is_some_and(Value::is_string)
                        && entry.get(VALUE).is_some_and(|v| self.is(*values, v, depth + 1))
                })
            }),
            (Node::Map(values), Form::Own) => value
                .as_object()
                .is_some_and(|object| object.values().all(|v| self.is(*values, v, depth + 1))),
            (Node::Text { .. }, Form::Sent) => value.is_string(),
            (Node::Text { object }, Form::Own) => !object || value.is_object(),
            (Node::Tuple { items, rest }, Form::Sent) => value.as_object().is_some_and(|object| {
                object.len() == items.len() + usize::from(rest.is_some())
                    && items.iter().enumerate().all(|(n, node)| {
                        object.get(&item(n)).is_some_and(|v| self.is(*node, v, depth + 1))
                    })
                    && rest.is_none_or(|rest| {
                        object
                            .get(REST)
                            .and_then(Value::as_array)
                            .is_some_and(|array| array.iter().all(|v| self.is(rest, v, depth + 1)))
                    })
            }),
            (Node::Tuple { items, rest }, Form::Own) => value.as_array().is_some_and(|array| {
                (array.len() == items.len() || array.len() > items.len() && rest.is_some())
                    && array.iter().enumerate().all(|(n, v)| {
                        items
                            .get(n)
                            .copied()
                            .or(*rest)
                            .is_some_and(|node| self.is(node, v, depth + 1))
                    })
            }),
            (Node::Unit, Form::Sent) => value.as_object().is_some_and(Map::is_empty),
            (Node::Unit, Form::Own) => value.is_null(),
            (Node::Wrapped(name, inner), Form::Sent) => {
                value.as_object().is_some_and(|object| object.len() == 1)
                    && value.get(name).is_some_and(|v| self.is(*inner, v, depth + 1))
            }
        }
    }

    fn any(&mut self, id: NodeId, branches: &[NodeId], value: &Value, depth: usize) -> bool {
        let key = (id, ptr::from_ref(value));
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let fits = branches.iter().any(|&branch| self.is(branch, value, depth));
        if value.is_array() || value.is_object() {
            self.known.insert(key, fits);
        }
        fits
    }

    fn object(&mut self, node: &Node, object: &Map<String, Value>, depth: usize) -> bool {
        let Node::Object { properties, extras } = node else { return false };
        let missing = |name: &str| !object.contains_key(name);
        if properties.iter().any(|property| property.required && missing(&property.name)) {
            return false;
        }
        let own = properties.iter().filter(|property| !missing(&property.name)).count();
        let others = object.len() - own;
        let others_fit = match (extras, self.form) {
            (None, _) => others == 0,
            (Some((name, _)), Form::Sent) => others == usize::from(!missing(name)),
            (Some(_), Form::Own) => true,
        };
        if !others_fit {
            return false;
        }
        // Tags first: they settle most unions before anything is followed down.
        for tags in [true, false] {
            for property in properties {
                let is_tag = matches!(self.graph.node(property.node), Node::Scalar { .. });
                let Some(value) = object.get(&property.name).filter(|_| is_tag == tags) else {
                    continue;
                };
                let left_out =
                    self.form == Form::Sent && property.null_is_absent && value.is_null();
                let node = match self.form {
                    Form::Sent => property.node,
                    Form::Own => self.graph.own_node(property, value),
                };
                if !left_out && !self.is(node, value, depth + 1) {
                    return false;
                }
            }
        }
        let Some((name, values)) = extras else { return true };
        match self.form {
            Form::Sent => object.get(name).is_none_or(|v| self.is(*values, v, depth + 1)),
            Form::Own => {
                let Node::Map(values) = self.graph.node(*values) else { return false };
                object
                    .iter()
                    .filter(|(key, _)| !properties.iter().any(|property| property.name == **key))
                    .all(|(_, value)| self.is(*values, value, depth + 1))
            }
        }
    }
}

/// Equality of JSON Schema, where 1 and 1.0 are one number.
pub(in crate::schema) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, a)| b.get(k).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
