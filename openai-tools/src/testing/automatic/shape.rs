//! A schema as a plan of what to fill in: references followed, alternatives chosen, recursion
//! ended.

use std::{cell::OnceCell, collections::HashSet, ops::RangeInclusive};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::{
    keywords::{example, length, names_null, text_kind, type_name},
    words,
};

/// A schema, and the single values that an instance of it needs.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) root: Node,
    pub(super) leaves: Vec<Leaf>,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) form: Form,
    pub(super) nullable: bool,
}

#[derive(Debug)]
pub(super) enum Form {
    Array {
        /// What [`Leaf::row`] of the values inside refers to.
        id: usize,
        /// The first items, each with a schema of its own; all are written.
        prefix: Vec<Node>,
        /// What follows; `None` where an item would go on without an end, or none is allowed.
        items: Option<Box<Node>>,
        minimum: usize,
        maximum: usize,
    },
    /// The index of a leaf.
    Leaf(usize),
    Null,
    Object(Vec<Field>),
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) node: Node,
}

/// One single value.
#[derive(Debug)]
pub(super) struct Leaf {
    /// The name of the property, as written.
    pub(super) name: String,
    pub(super) kind: LeafKind,
    /// Whether it has to have a value: required, and not nullable, all the way up.
    pub(super) wanted: bool,
    /// It is the item of a list: all its values go into one instance.
    pub(super) list: bool,
    /// The outermost list of objects that it lies in.
    pub(super) row: Option<usize>,
    /// A value that the schema itself shows.
    pub(super) example: Option<Value>,
    /// How many characters a text has.
    pub(super) length: RangeInclusive<usize>,
    pub(super) schema: Value,
    validator: OnceCell<Option<Validator>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum LeafKind {
    Bool,
    Choice(Vec<Value>),
    /// A text that holds JSON; with `object`, a JSON object.
    Json {
        object: bool,
    },
    Number,
    Text,
}

impl Shape {
    /// Reads a schema. `said` are the stems of the prompt, by which alternatives are chosen.
    /// `None` if every instance would be endless or too large.
    pub(super) fn read(schema: &Value, said: &HashSet<String>) -> Option<Self> {
        let mut reader =
            Reader { root: schema, said, leaves: Vec::new(), open: vec!["#"], nodes: 0, arrays: 0 };
        let place = Place { name: "", wanted: true, list: false, row: None };
        let root = reader.node(schema, &place, 0)?;
        Some(Self { root, leaves: reader.leaves })
    }
}

impl Leaf {
    /// Whether the value is valid here.
    pub(super) fn accepts(&self, value: &Value) -> bool {
        if let (LeafKind::Text, Value::String(text)) = (&self.kind, value) {
            if !self.length.contains(&text.chars().count()) {
                return false;
            }
        }
        let validator = self.validator.get_or_init(|| validator(&self.schema));
        validator.as_ref().is_none_or(|validator| validator.is_valid(value))
    }

    pub(super) fn keyword(&self, name: &str) -> Option<&Value> {
        self.schema.get(name)
    }
}

/// A validator that checks formats too; `None` for a schema that is none.
pub(super) fn validator(schema: &Value) -> Option<Validator> {
    jsonschema::options().should_validate_formats(true).build(schema).ok()
}

/// Where in the schema a node stands.
#[derive(Clone, Copy)]
struct Place<'n> {
    name: &'n str,
    wanted: bool,
    list: bool,
    row: Option<usize>,
}

struct Reader<'s> {
    root: &'s Value,
    said: &'s HashSet<String>,
    leaves: Vec<Leaf>,
    /// The references that lead to where the reader is: none is followed into itself.
    open: Vec<&'s str>,
    nodes: usize,
    arrays: usize,
}

impl<'s> Reader<'s> {
    fn node(&mut self, schema: &'s Value, place: &Place<'_>, depth: usize) -> Option<Node> {
        self.nodes += 1;
        if self.nodes > MAX_NODES || depth > MAX_DEPTH {
            return None;
        }
        let Value::Object(fields) = schema else {
            // `true` allows anything.
            return Some(self.leaf(schema, LeafKind::Text, place));
        };
        if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
            return self.reference(reference, place, depth);
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(branches) = fields.get(keyword).and_then(Value::as_array) {
                return self.alternatives(branches, place, depth);
            }
        }
        let nullable = names_null(fields);
        let place = Place { wanted: place.wanted && !nullable, ..*place };
        let form = self.form(schema, fields, &place, depth)?;
        Some(Node { form, nullable })
    }

    fn reference(&mut self, to: &'s str, place: &Place<'_>, depth: usize) -> Option<Node> {
        if self.open.contains(&to) {
            return None;
        }
        let target = match to.strip_prefix('#') {
            Some("") => self.root,
            Some(pointer) => self.root.pointer(pointer)?,
            None => return None,
        };
        self.open.push(to);
        let node = self.node(target, place, depth + 1);
        self.open.pop();
        node
    }

    fn alternatives(
        &mut self,
        branches: &'s [Value],
        place: &Place<'_>,
        depth: usize,
    ) -> Option<Node> {
        let is_null = |branch: &&Value| branch.get("type").is_some_and(|kind| kind == "null");
        let nullable = branches.iter().any(|branch| is_null(&branch));
        let place = Place { wanted: place.wanted && !nullable, ..*place };
        let mut order: Vec<&'s Value> = branches.iter().filter(|branch| !is_null(branch)).collect();
        // Stable: of equals the first one stays the first.
        order.sort_by_key(|branch| std::cmp::Reverse(self.named(branch, 0)));
        for branch in order {
            let leaves = self.leaves.len();
            if let Some(node) = self.node(branch, &place, depth + 1) {
                return Some(Node { nullable: node.nullable || nullable, ..node });
            }
            self.leaves.truncate(leaves);
        }
        nullable.then_some(Node { form: Form::Null, nullable: true })
    }

    /// How many of the words that tell a branch apart are in the prompt.
    fn named(&self, branch: &'s Value, depth: usize) -> usize {
        let target = branch
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|to| self.root.pointer(to.strip_prefix('#')?).filter(|_| depth < MAX_DEPTH));
        if let Some(target) = target {
            return self.named(target, depth + 1);
        }
        let constants = branch.get("properties").and_then(Value::as_object).into_iter().flatten();
        let constants = constants.flat_map(|(name, property)| {
            let constant = property.get("const").or_else(|| property.pointer("/enum/0"));
            [Some(name.as_str()), constant.and_then(Value::as_str)]
        });
        let own = branch.get("const").and_then(Value::as_str);
        constants
            .chain([own])
            .flatten()
            .flat_map(words::stems)
            .filter(|word| self.said.contains(word))
            .count()
    }

    fn form(
        &mut self,
        schema: &'s Value,
        fields: &'s Map<String, Value>,
        place: &Place<'_>,
        depth: usize,
    ) -> Option<Form> {
        if let Some(value) = fields.get("const") {
            return Some(self.leaf(schema, LeafKind::Choice(vec![value.clone()]), place).form);
        }
        if let Some(Value::Array(values)) = fields.get("enum") {
            let values = values.iter().filter(|value| !value.is_null()).cloned().collect();
            return Some(self.leaf(schema, LeafKind::Choice(values), place).form);
        }
        match type_name(fields) {
            "null" => Some(Form::Null),
            "object" => self.object(fields, place, depth),
            "array" => self.array(fields, place, depth),
            "boolean" => Some(self.leaf(schema, LeafKind::Bool, place).form),
            "integer" | "number" => Some(self.leaf(schema, LeafKind::Number, place).form),
            _ => Some(self.leaf(schema, text_kind(fields), place).form),
        }
    }

    fn object(
        &mut self,
        fields: &'s Map<String, Value>,
        place: &Place<'_>,
        depth: usize,
    ) -> Option<Form> {
        let mut found: Vec<Field> = Vec::new();
        // Schemas outside of the strict subset split objects over `allOf`.
        let parts = fields.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let parts = parts.map(|part| self.target(part)).filter_map(Value::as_object);
        for part in parts.chain([fields]).collect::<Vec<_>>() {
            let required: HashSet<&str> = part
                .get("required")
                .and_then(Value::as_array)
                .map(|names| names.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default();
            let properties = part.get("properties").and_then(Value::as_object);
            for (name, schema) in properties.into_iter().flatten() {
                let required = required.contains(name.as_str());
                let wanted = place.wanted && required;
                let place = Place { name, wanted, list: false, ..*place };
                match self.node(schema, &place, depth + 1) {
                    Some(node) => found.push(Field { name: name.clone(), required, node }),
                    None if required => return None,
                    None => {}
                }
            }
        }
        Some(Form::Object(found))
    }

    fn array(
        &mut self,
        fields: &'s Map<String, Value>,
        place: &Place<'_>,
        depth: usize,
    ) -> Option<Form> {
        let bound = |name: &str| fields.get(name).and_then(Value::as_u64);
        let minimum = bound("minItems").unwrap_or(0);
        if minimum > MAX_ITEMS {
            return None;
        }
        let minimum = usize::try_from(minimum).ok()?;
        let maximum = bound("maxItems").unwrap_or(MAX_ITEMS).min(MAX_ITEMS);
        let mut maximum = usize::try_from(maximum).ok()?;
        let prefix = self.prefix(fields, maximum, place, depth);
        let schemas = fields.get("prefixItems").and_then(Value::as_array);
        if schemas.is_some_and(|schemas| prefix.len() < schemas.len()) {
            // Nothing may stand in the place of the one that is not made.
            maximum = prefix.len();
        }
        let has_rest = match fields.get("items") {
            Some(Value::Bool(false)) => false,
            Some(_) => true,
            // Anything may follow, but nothing has to.
            None => prefix.is_empty() || prefix.len() < minimum,
        };
        let id = self.arrays;
        self.arrays += 1;
        let leaves = self.leaves.len();
        let inside = Place { list: true, row: place.row.or(Some(id)), ..*place };
        let items = match fields.get("items") {
            _ if !has_rest || prefix.len() >= maximum => None,
            Some(items) => self.node(items, &inside, depth + 1),
            None => Some(self.leaf(&Value::Bool(true), LeafKind::Text, &inside)),
        };
        match &items {
            None if minimum > prefix.len() => return None,
            None => self.leaves.truncate(leaves),
            // A list of single values is one list; rows are made of objects.
            Some(Node { form: Form::Leaf(leaf), .. }) => self.leaves[*leaf].row = place.row,
            Some(_) => {}
        }
        Some(Form::Array { id, prefix, items: items.map(Box::new), minimum, maximum })
    }

    /// The first items, as far as they can be made; at most `maximum`.
    fn prefix(
        &mut self,
        fields: &'s Map<String, Value>,
        maximum: usize,
        place: &Place<'_>,
        depth: usize,
    ) -> Vec<Node> {
        let schemas = fields.get("prefixItems").and_then(Value::as_array).into_iter().flatten();
        let place = Place { list: false, ..*place };
        let mut nodes = Vec::new();
        for schema in schemas.take(maximum) {
            let leaves = self.leaves.len();
            let Some(node) = self.node(schema, &place, depth + 1) else {
                self.leaves.truncate(leaves);
                break;
            };
            nodes.push(node);
        }
        nodes
    }

    fn target(&self, schema: &'s Value) -> &'s Value {
        let to = schema.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
        to.and_then(|pointer| self.root.pointer(pointer)).unwrap_or(schema)
    }

    fn leaf(&mut self, schema: &Value, kind: LeafKind, place: &Place<'_>) -> Node {
        self.leaves.push(Leaf {
            name: place.name.to_owned(),
            kind,
            wanted: place.wanted,
            list: place.list,
            row: place.row,
            example: example(schema),
            length: schema.as_object().map_or(0..=usize::MAX, length),
            schema: if schema.is_object() { schema.clone() } else { json!({}) },
            validator: OnceCell::new(),
        });
        Node { form: Form::Leaf(self.leaves.len() - 1), nullable: false }
    }
}

const MAX_NODES: usize = 20_000;
const MAX_DEPTH: usize = 64;
const MAX_ITEMS: u64 = 1_000;

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
