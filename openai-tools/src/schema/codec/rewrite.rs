use serde_json::{Map, Value};

use super::{
    DEEPEST, KEY, REST, VALUE, digits,
    fit::Form,
    graph::{Graph, Node, NodeId, Property},
    item,
};
use crate::{
    json::{Untrusted, lossy_integers},
    schema::{
        checker::lossy_integer,
        problem::{Problem, excerpt, shorten},
    },
};

type Rewritten = Result<Value, Problem>;

/// One direction of rewriting, so that what both share is written once.
type Step = fn(&Graph, NodeId, Value, usize) -> Rewritten;

impl Graph {
    pub(super) fn decode(&self, id: NodeId, value: Value, depth: usize) -> Rewritten {
        if !self.rewrites_at(id) {
            return Ok(value);
        }
        let depth = deeper(depth)?;
        match (self.node(id), value) {
            (Node::Object { properties, extras }, Value::Object(object)) => {
                self.decode_object(properties, extras.as_ref(), object, depth)
            }
            (Node::Map(values), Value::Array(entries)) => {
                self.decode_entries(*values, entries, Map::new(), depth).map(Value::Object)
            }
            (Node::Digits { least, most }, value) => digits::decode(&value, *least, *most),
            (Node::Text { object }, Value::String(text)) => decode_text(&text, *object),
            (Node::Tuple { items, rest }, Value::Object(object)) => {
                self.decode_tuple(items, *rest, object, depth)
            }
            (Node::Unit, Value::Object(object)) if object.is_empty() => Ok(Value::Null),
            (Node::Wrapped(name, inner), Value::Object(mut object)) => {
                let value = object.shift_remove(*name).ok_or_else(|| missing(name))?;
                self.decode(*inner, value, depth).map_err(|e| e.under(name))
            }
            (_, value) => self.through(id, value, depth, Form::Sent, Self::decode),
        }
    }

    pub(super) fn encode(&self, id: NodeId, value: Value, depth: usize) -> Rewritten {
        if !self.rewrites_at(id) {
            return Ok(value);
        }
        let depth = deeper(depth)?;
        match (self.node(id), value) {
            (Node::Object { properties, extras }, Value::Object(object)) => {
                self.encode_object(properties, extras.as_ref(), object, depth)
            }
            (Node::Map(values), Value::Object(object)) => {
                self.encode_entries(*values, object, depth)
            }
            (Node::Text { object: true }, value) if !value.is_object() => {
                Err(Problem::new("type", excerpt(&value), "an object"))
            }
            (Node::Digits { least, most }, value) => digits::encode(&value, *least, *most),
            (Node::Text { .. }, value) => Ok(value.to_string().into()),
            (Node::Tuple { items, rest }, Value::Array(array)) => {
                self.encode_tuple(items, *rest, array, depth)
            }
            (Node::Unit, Value::Null) => Ok(Map::new().into()),
            (Node::Wrapped(name, inner), value) => {
                let value = self.encode(*inner, value, depth)?;
                Ok(Value::Object(Map::from_iter([((*name).to_owned(), value)])))
            }
            (_, value) => self.through(id, value, depth, Form::Own, Self::encode),
        }
    }

    /// What is alike in both directions.
    fn through(&self, id: NodeId, value: Value, depth: usize, form: Form, step: Step) -> Rewritten {
        match (self.node(id), value) {
            (Node::AnyOf(branches), value) => match self.branch(branches, &value, form) {
                Some(branch) => step(self, branch, value, depth),
                None => Err(Problem::new("anyOf", excerpt(&value), "a value of one of the forms")),
            },
            (Node::Array(items), Value::Array(array)) => array
                .into_iter()
                .enumerate()
                .map(|(n, value)| step(self, *items, value, depth).map_err(|e| e.under(n)))
                .collect(),
            (Node::Nullable(_), Value::Null) => Ok(Value::Null),
            (Node::Nullable(inner) | Node::Same(inner), value) => step(self, *inner, value, depth),
            (_, value) => Err(Problem::new("type", excerpt(&value), "a value of another type")),
        }
    }

    fn decode_object(
        &self,
        properties: &[Property],
        extras: Option<&(String, NodeId)>,
        mut object: Map<String, Value>,
        depth: usize,
    ) -> Rewritten {
        let entries =
            extras.and_then(|(name, node)| Some((name, *node, object.shift_remove(name)?)));
        for property in properties {
            let Some(value) = object.get_mut(&property.name) else { continue };
            if value.is_null() && property.null_is_absent {
                object.shift_remove(&property.name);
            } else if self.rewrites_at(property.node) {
                *value = self
                    .decode(property.node, value.take(), depth)
                    .map_err(|e| e.under(&property.name))?;
            }
        }
        let Some((name, node, entries)) = entries else { return Ok(object.into()) };
        let (Node::Map(values), Value::Array(entries)) = (self.node(node), entries) else {
            return Ok(object.into());
        };
        // An entry must not come in the place of a property that the model has left out.
        let is_property = |entry: &Value| {
            properties.iter().find(|p| entry.get(KEY).is_some_and(|key| *key == p.name))
        };
        if let Some((n, property)) =
            entries.iter().enumerate().find_map(|(n, entry)| Some((n, is_property(entry)?)))
        {
            return Err(repeated(&property.name).under(KEY).under(n).under(name));
        }
        let object =
            self.decode_entries(*values, entries, object, depth).map_err(|e| e.under(name))?;
        Ok(object.into())
    }

    fn encode_object(
        &self,
        properties: &[Property],
        extras: Option<&(String, NodeId)>,
        mut object: Map<String, Value>,
        depth: usize,
    ) -> Rewritten {
        let mut sent = Map::new();
        for property in properties {
            let value = match object.shift_remove(&property.name) {
                Some(value) => {
                    let node = self.own_node(property, &value);
                    match self.encode(node, value, depth) {
                        // It would be read back as a property that was left out.
                        Ok(Value::Null) if property.null_is_absent => Err(null_that_is_there()),
                        encoded => encoded,
                    }
                    .map_err(|e| e.under(&property.name))?
                }
                None if property.required => return Err(missing(&property.name)),
                None => Value::Null,
            };
            sent.insert(property.name.clone(), value);
        }
        match (extras, object.iter().next()) {
            (Some((name, node)), _) => {
                sent.insert(name.clone(), self.encode(*node, object.into(), depth)?);
            }
            (None, Some((unknown, value))) => {
                let problem =
                    Problem::new("additionalProperties", excerpt(value), "no such property");
                return Err(problem.under(unknown));
            }
            (None, None) => {}
        }
        Ok(sent.into())
    }

    fn decode_entries(
        &self,
        values: NodeId,
        entries: Vec<Value>,
        mut object: Map<String, Value>,
        depth: usize,
    ) -> Result<Map<String, Value>, Problem> {
        for (n, mut entry) in entries.into_iter().enumerate() {
            let (Some(Value::String(key)), Some(value)) =
                (entry.get_mut(KEY).map(Value::take), entry.get_mut(VALUE).map(Value::take))
            else {
                return Err(
                    Problem::new("type", "something else", "an entry of key and value").under(n)
                );
            };
            let value = self.decode(values, value, depth).map_err(|e| e.under(VALUE).under(n))?;
            if object.contains_key(&key) {
                return Err(repeated(&key).under(KEY).under(n));
            }
            object.insert(key, value);
        }
        Ok(object)
    }

    fn encode_entries(
        &self,
        values: NodeId,
        object: Map<String, Value>,
        depth: usize,
    ) -> Rewritten {
        object
            .into_iter()
            .map(|(key, value)| {
                let value = self.encode(values, value, depth).map_err(|e| e.under(&key))?;
                let entry = [(KEY.to_owned(), key.into()), (VALUE.to_owned(), value)];
                Ok(Value::Object(Map::from_iter(entry)))
            })
            .collect()
    }

    fn decode_tuple(
        &self,
        items: &[NodeId],
        rest: Option<NodeId>,
        mut object: Map<String, Value>,
        depth: usize,
    ) -> Rewritten {
        let mut array = Vec::with_capacity(items.len());
        for (n, node) in items.iter().enumerate() {
            let name = item(n);
            let value = object.get_mut(&name).map(Value::take).ok_or_else(|| missing(&name))?;
            array.push(self.decode(*node, value, depth).map_err(|e| e.under(name))?);
        }
        if let (Some(node), Some(Value::Array(values))) = (rest, object.shift_remove(REST)) {
            for (n, value) in values.into_iter().enumerate() {
                let value = self.decode(node, value, depth);
                array.push(value.map_err(|e| e.under(n).under(REST))?);
            }
        }
        Ok(array.into())
    }

    fn encode_tuple(
        &self,
        items: &[NodeId],
        rest: Option<NodeId>,
        array: Vec<Value>,
        depth: usize,
    ) -> Rewritten {
        if array.len() < items.len() || array.len() > items.len() && rest.is_none() {
            let found = format!("{} items", array.len());
            return Err(Problem::new("minItems", found, format!("{} items", items.len())));
        }
        let mut sent = Map::new();
        let mut others = Vec::new();
        for (n, value) in array.into_iter().enumerate() {
            let Some(node) = items.get(n).copied().or(rest) else { continue };
            let value = self.encode(node, value, depth).map_err(|e| e.under(n))?;
            if n < items.len() {
                sent.insert(item(n), value);
            } else {
                others.push(value);
            }
        }
        if rest.is_some() {
            sent.insert(REST.to_owned(), others.into());
        }
        Ok(sent.into())
    }
}

fn decode_text(text: &str, object: bool) -> Rewritten {
    let found = || format!("the text {}", excerpt(&shorten(text, 80).into()));
    if let Some(lossy) = lossy_integers(text).next() {
        return Err(lossy_integer(&lossy));
    }
    match serde_json::from_str(text).map(|Untrusted(value)| value) {
        Ok(value) if object && !value.is_object() => {
            Err(Problem::new("contentMediaType", found(), "text that holds a JSON object"))
        }
        Ok(value) => Ok(value),
        Err(error) => {
            let allowed = format!("text that holds JSON ({})", shorten(&error.to_string(), 100));
            Err(Problem::new("contentMediaType", found(), allowed))
        }
    }
}

fn missing(name: &str) -> Problem {
    Problem::new("required", "none", format!("the required property `{}`", shorten(name, 80)))
}

fn null_that_is_there() -> Problem {
    Problem::new("type", "null", "a value of another type, or the property left out")
}

fn repeated(key: &str) -> Problem {
    Problem::new("uniqueItems", format!("{} again", excerpt(&key.into())), "each key once")
}

fn deeper(depth: usize) -> Result<usize, Problem> {
    if depth < DEEPEST {
        return Ok(depth + 1);
    }
    Err(Problem::new("depth", "more", format!("at most {DEEPEST} levels of nesting")))
}
