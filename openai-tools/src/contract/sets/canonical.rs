//! What a schema says, as text that is the same wherever it says the same.

use std::{fmt::Write, rc::Rc};

use serde_json::{Map, Value};

use super::{DEEPEST, Dialect, Held, Node, Sets, document::is_annotation, held, only_reference};

impl<'a> Sets<'a> {
    /// A schema without what only annotates, its keys in order, its references followed; a circle
    /// is said by how far it leads back. `None` where that is too long.
    pub(super) fn canonical(&mut self, node: Node<'a>) -> Option<Rc<str>> {
        let address = node.address();
        if let Some(known) = self.canonical.get(&address) {
            return known.clone();
        }
        let mut text = String::new();
        let said = self.write(node, &mut Vec::new(), &mut text).map(|()| Rc::from(text));
        self.canonical.insert(address, said.clone());
        said
    }

    /// Some keywords of a schema alone.
    pub(super) fn said(&mut self, node: Node<'a>, keys: &[&str]) -> Option<String> {
        let Value::Object(map) = node.schema else { return None };
        let mut text = String::new();
        self.write_keys(node, map, keys.iter().copied(), &mut Vec::new(), &mut text)?;
        Some(text)
    }

    fn write(&mut self, node: Node<'a>, open: &mut Vec<usize>, text: &mut String) -> Option<()> {
        let node = self.settled(node);
        self.spend(1)?;
        let map = match node.schema {
            Value::Object(map) => map,
            Value::Bool(truth) => return write!(text, "{truth}").ok(),
            _ => return None,
        };
        if let Some(at) = open.iter().rposition(|address| *address == node.address()) {
            return write!(text, "^{}", open.len() - at).ok();
        }
        let dialect = self.dialect(node);
        // Where references may have several bases, nobody knows what they name.
        let is_unclear = dialect == Dialect::Unknown && map.contains_key("$ref");
        if open.len() > DEEPEST || is_unclear || only_reference(map, dialect).is_some() {
            return None;
        }
        open.push(node.address());
        let mut keys: Vec<&str> =
            map.keys().map(String::as_str).filter(|key| !is_annotation(key, dialect)).collect();
        keys.sort_unstable();
        self.write_keys(node, map, keys.into_iter(), open, text)?;
        open.pop();
        Some(())
    }

    fn write_keys<'k>(
        &mut self,
        node: Node<'a>,
        map: &'a Map<String, Value>,
        keys: impl Iterator<Item = &'k str>,
        open: &mut Vec<usize>,
        text: &mut String,
    ) -> Option<()> {
        let inner = |schema| Node { document: node.document, schema };
        text.push('{');
        for key in keys {
            let Some(value) = map.get(key) else { continue };
            write!(text, "{key}:").ok()?;
            match (key, value, held(key, value)) {
                ("$ref", Value::String(reference), _) => {
                    let target = self.target(node, reference)?;
                    self.write(target, open, text)?;
                }
                (_, _, Some(Held::Named(schemas))) => {
                    let mut names: Vec<&String> = schemas.keys().collect();
                    names.sort_unstable();
                    for name in names {
                        write!(text, "{}:", Value::from(name.as_str())).ok()?;
                        self.write(inner(&schemas[name.as_str()]), open, text)?;
                    }
                }
                (_, _, Some(Held::Listed(schemas))) => {
                    for schema in schemas {
                        text.push(',');
                        self.write(inner(schema), open, text)?;
                    }
                }
                (_, _, Some(Held::One(schema))) => self.write(inner(schema), open, text)?,
                ("required" | "enum" | "type", Value::Array(values), None) => {
                    let mut values: Vec<String> = values.iter().map(plain).collect();
                    values.sort_unstable();
                    self.spend(values.len())?;
                    text.push_str(&values.join(","));
                }
                (_, value, None) => text.push_str(&plain(value)),
            }
            text.push(';');
            self.spend(1)?;
            if text.len() > LONGEST {
                return None;
            }
        }
        text.push('}');
        Some(())
    }
}

/// A value with its keys in order.
fn plain(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(map) => {
            let mut fields: Vec<(&String, &Value)> = map.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            let fields: Vec<String> = fields
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), plain(value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Number(number) => match super::number::Num::of(number) {
            Some(super::number::Num::Whole(whole)) => whole.to_string(),
            _ => number.to_string(),
        },
        scalar => scalar.to_string(),
    }
}

const LONGEST: usize = 200_000;
