//! From a schema to nodes.

use std::collections::HashMap;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value};

use super::node::{
    Allowed, ArrayRule, Kinds, MOST_PROPERTIES, Node, NumberRule, ObjectRule, Part, Property, Seen,
    TextRule,
};
use crate::schema::compile::{is_checked_format, known_draft, validator};

pub(super) struct Compiler<'a> {
    root: &'a Value,
    draft: &'static str,
    nodes: Vec<Node>,
    /// The nodes of what is referred to.
    targets: HashMap<&'a str, usize>,
    /// Targets whose nodes are still to be filled. Definitions can refer to each other in a chain
    /// that is longer than any stack.
    waiting: Vec<(&'a Value, usize)>,
}

/// Why there is no node for a schema.
enum Gap {
    /// Nothing can be said of the whole document.
    Document,
    /// The schema is beyond a node; a validator of its own may decide.
    Schema,
}

impl<'a> Compiler<'a> {
    pub(super) fn compile(schema: &'a Value) -> Option<(Vec<Node>, usize)> {
        let draft = match known_draft(schema).ok()? {
            Draft::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
            Draft::Draft7 => DRAFT_7,
            _ => return None,
        };
        let mut compiler = Self {
            root: schema,
            draft,
            nodes: vec![Node::of(Kinds::ALL)],
            targets: HashMap::from([("", ROOT)]),
            waiting: vec![(schema, ROOT)],
        };
        while let Some((schema, place)) = compiler.waiting.pop() {
            let node = compiler.node(schema)?;
            compiler.nodes[place] = node;
        }
        // A root that says nothing else is the validator over again, with more to do.
        let root = &compiler.nodes[ROOT];
        root.opaque.is_none().then_some((compiler.nodes, ROOT))
    }

    /// The place of a schema's node.
    fn place(&mut self, schema: &'a Value) -> Result<usize, Gap> {
        if let Some(reference) = self.sole_reference(schema) {
            return self.target(reference);
        }
        let node = self.node(schema).ok_or(Gap::Document)?;
        self.nodes.push(node);
        if self.nodes.len() > MOST_NODES {
            return Err(Gap::Document);
        }
        Ok(self.nodes.len() - 1)
    }

    /// The reference of a schema that says nothing beside it.
    fn sole_reference(&self, schema: &'a Value) -> Option<&'a str> {
        let map = schema.as_object()?;
        let reference = map.get("$ref")?.as_str()?;
        // Draft 7 passes over what stands beside a reference.
        let is_sole = self.draft == DRAFT_7
            || map.keys().all(|key| key == "$ref" || ANNOTATIONS.contains(&key.as_str()));
        is_sole.then_some(reference)
    }

    fn target(&mut self, reference: &'a str) -> Result<usize, Gap> {
        let pointer = reference.strip_prefix('#').filter(|pointer| !pointer.contains('%'));
        let pointer = pointer.ok_or(Gap::Document)?;
        if let Some(place) = self.targets.get(pointer) {
            return Ok(*place);
        }
        let schema = self.root.pointer(pointer).ok_or(Gap::Document)?;
        let place = self.nodes.len();
        self.nodes.push(Node::of(Kinds::ALL));
        self.targets.insert(pointer, place);
        self.waiting.push((schema, place));
        Ok(place)
    }

    /// `None` where nothing can be said of the document.
    fn node(&mut self, schema: &'a Value) -> Option<Node> {
        let map = match schema {
            Value::Bool(true) => return Some(Node::of(Kinds::ALL)),
            Value::Bool(false) => return Some(Node::of(0)),
            Value::Object(map) => map,
            _ => return None,
        };
        match self.of_map(map) {
            Ok(node) => Some(node),
            Err(Gap::Document) => None,
            Err(Gap::Schema) => {
                // A copy knows none of the definitions.
                if refers(schema) {
                    return None;
                }
                let mut node = Node::of(Kinds::ALL);
                node.opaque = Some(Box::new(self.validator(map.clone())?));
                Some(node)
            }
        }
    }

    fn validator(&self, mut schema: Map<String, Value>) -> Option<Validator> {
        schema.insert("$schema".to_owned(), self.draft.into());
        validator(&schema.into()).ok().map(|(validator, _)| validator)
    }

    fn of_map(&mut self, map: &'a Map<String, Value>) -> Result<Node, Gap> {
        if let Some(reference) = map.get("$ref").filter(|_| self.draft == DRAFT_7) {
            let target = self.target(reference.as_str().ok_or(Gap::Document)?)?;
            let mut node = Node::of(Kinds::ALL);
            node.parts.push(Part::All(target));
            return Ok(node);
        }
        let is_root = std::ptr::eq(map, self.root.as_object().ok_or(Gap::Document)?);
        for keyword in map.keys().map(String::as_str) {
            let moves = matches!(keyword, "$id" | "$schema");
            if IDENTITIES.contains(&keyword) || (moves && !is_root) {
                return Err(Gap::Document);
            }
            if BEYOND.contains(&keyword) {
                return Err(Gap::Schema);
            }
        }
        let mut node = Node::of(kinds(map.get("type"))?);
        node.allowed = allowed(map)?;
        if node.kinds & Kinds::STRING != 0 {
            node.text = self.text(map)?;
        }
        if node.kinds & Kinds::NUMBER != 0 {
            node.number = self.number(map)?;
        }
        node.array = self.array(map)?;
        node.object = self.object(map)?;
        if let Some(reference) = map.get("$ref") {
            let target = self.target(reference.as_str().ok_or(Gap::Document)?)?;
            node.parts.push(Part::All(target));
        }
        for (keyword, part) in [("anyOf", Part::Any as fn(_) -> _), ("oneOf", Part::One)] {
            if let Some(branches) = self.places(map.get(keyword))? {
                node.parts.push(part(branches));
            }
        }
        let all = self.places(map.get("allOf"))?;
        node.parts.extend(all.into_iter().flatten().map(Part::All));
        Ok(node)
    }

    fn places(&mut self, list: Option<&'a Value>) -> Result<Option<Vec<usize>>, Gap> {
        let Some(list) = list else { return Ok(None) };
        let list = list.as_array().ok_or(Gap::Document)?;
        list.iter().map(|schema| self.place(schema)).collect::<Result<_, _>>().map(Some)
    }

    fn text(&self, map: &Map<String, Value>) -> Result<Option<Box<TextRule>>, Gap> {
        let rest = self.rest(map, &["format", "pattern"])?;
        let (least, most) = (count(map, "minLength")?, count(map, "maxLength")?);
        let says = least.is_some() || most.is_some() || rest.is_some();
        Ok(says.then(|| Box::new(TextRule { least, most, rest })))
    }

    fn number(&self, map: &Map<String, Value>) -> Result<Option<Box<NumberRule>>, Gap> {
        let rest = self.rest(map, &["multipleOf"])?;
        let rule = NumberRule {
            minimum: bound(map, "minimum")?,
            maximum: bound(map, "maximum")?,
            above: bound(map, "exclusiveMinimum")?,
            below: bound(map, "exclusiveMaximum")?,
            rest,
        };
        let NumberRule { minimum, maximum, above, below, rest } = &rule;
        let bounds = [minimum, maximum, above, below];
        let says = bounds.iter().any(|bound| bound.is_some()) || rest.is_some();
        Ok(says.then(|| Box::new(rule)))
    }

    /// A validator for some keywords of a schema; `None` where it has none of them.
    fn rest(&self, map: &Map<String, Value>, keywords: &[&str]) -> Result<Option<Validator>, Gap> {
        let says = |(keyword, value): &(&String, &Value)| {
            *keyword != "format" || value.as_str().is_some_and(is_checked_format)
        };
        let found = keywords.iter().filter_map(|keyword| map.get_key_value(*keyword)).filter(says);
        let rest: Map<_, _> = found.map(|(key, value)| (key.clone(), value.clone())).collect();
        if rest.is_empty() {
            return Ok(None);
        }
        self.validator(rest).map(Some).ok_or(Gap::Document)
    }

    fn array(&mut self, map: &'a Map<String, Value>) -> Result<Option<Box<ArrayRule>>, Gap> {
        let (least, most) = (count(map, "minItems")?, count(map, "maxItems")?);
        let first = match map.get("prefixItems").filter(|_| self.draft != DRAFT_7) {
            Some(first) => self.places(Some(first))?.unwrap_or_default(),
            None => Vec::new(),
        };
        let rest = match map.get("items") {
            None => None,
            // A tuple in draft 7.
            Some(Value::Array(_)) => return Err(Gap::Schema),
            Some(items) => Some(self.place(items)?),
        };
        let says = least.is_some() || most.is_some() || !first.is_empty() || rest.is_some();
        Ok(says.then(|| Box::new(ArrayRule { least, most, first, rest })))
    }

    fn object(&mut self, map: &'a Map<String, Value>) -> Result<Option<Box<ObjectRule>>, Gap> {
        let (least, most) = (count(map, "minProperties")?, count(map, "maxProperties")?);
        let rest = match map.get("additionalProperties") {
            None | Some(Value::Bool(true)) => None,
            Some(rest) => Some(self.place(rest)?),
        };
        let mut properties = Vec::new();
        for (name, schema) in map.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            properties.push(Property { name: name.as_bytes().into(), node: self.place(schema)? });
        }
        let mut required = Seen::default();
        for name in map.get("required").and_then(Value::as_array).into_iter().flatten() {
            let name = name.as_str().ok_or(Gap::Document)?.as_bytes();
            let known = properties.iter().position(|property| *property.name == *name);
            let place = known.unwrap_or(properties.len());
            if known.is_none() {
                let node = rest.unwrap_or_else(|| {
                    self.nodes.push(Node::of(Kinds::ALL));
                    self.nodes.len() - 1
                });
                properties.push(Property { name: name.into(), node });
            }
            if place >= MOST_PROPERTIES {
                return Err(Gap::Schema);
            }
            required.insert(place);
        }
        if properties.len() > MOST_PROPERTIES {
            return Err(Gap::Schema);
        }
        let says = least.is_some() || most.is_some() || !properties.is_empty() || rest.is_some();
        if !says {
            return Ok(None);
        }
        let by_name = (properties.len() > FEW).then(|| {
            let names = properties.iter().map(|property| property.name.clone());
            names.enumerate().map(|(place, name)| (name, place)).collect()
        });
        Ok(Some(Box::new(ObjectRule { properties, by_name, rest, required, least, most })))
    }
}

fn kinds(kind: Option<&Value>) -> Result<u8, Gap> {
    let one = |kind: &Value| {
        Ok(match kind.as_str().ok_or(Gap::Document)? {
            "null" => Kinds::NULL,
            "boolean" => Kinds::BOOLEAN,
            "integer" => Kinds::INTEGER,
            "number" => Kinds::NUMBER,
            "string" => Kinds::STRING,
            "array" => Kinds::ARRAY,
            "object" => Kinds::OBJECT,
            _ => return Err(Gap::Document),
        })
    };
    match kind {
        None => Ok(Kinds::ALL),
        Some(Value::Array(list)) => {
            list.iter().map(one).try_fold(0, |sum, kind| kind.map(|kind| sum | kind))
        }
        Some(kind) => one(kind),
    }
}

fn allowed(map: &Map<String, Value>) -> Result<Option<Box<Allowed>>, Gap> {
    let values = match (map.get("enum"), map.get("const")) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return Err(Gap::Schema),
        (Some(list), None) => list.as_array().ok_or(Gap::Document)?.as_slice(),
        (None, Some(one)) => std::slice::from_ref(one),
    };
    let mut allowed = Allowed::default();
    for value in values {
        match value {
            Value::String(text) => allowed.texts.push(text.as_str().into()),
            Value::Null => allowed.null = true,
            Value::Bool(true) => allowed.truth = true,
            Value::Bool(false) => allowed.falsehood = true,
            // Equal numbers are written in many ways.
            _ => return Err(Gap::Schema),
        }
    }
    Ok(Some(Box::new(allowed)))
}

fn count(map: &Map<String, Value>, keyword: &str) -> Result<Option<u64>, Gap> {
    map.get(keyword).map(|count| count.as_u64().ok_or(Gap::Schema)).transpose()
}

/// A bound that a double holds exactly.
fn bound(map: &Map<String, Value>, keyword: &str) -> Result<Option<f64>, Gap> {
    let Some(bound) = map.get(keyword) else { return Ok(None) };
    let double = bound.as_f64().ok_or(Gap::Schema)?;
    if (bound.is_i64() || bound.is_u64()) && double.abs() > LARGEST_EXACT {
        return Err(Gap::Schema);
    }
    Ok(Some(double))
}

/// Whether something in a schema may lead out of it.
fn refers(schema: &Value) -> bool {
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(map) => {
                let leads = |key: &String| {
                    matches!(key.as_str(), "$ref" | "$id") || IDENTITIES.contains(&key.as_str())
                };
                if map.keys().any(leads) {
                    return true;
                }
                open.extend(map.values());
            }
            _ => {}
        }
    }
    false
}

const DRAFT_7: &str = "http://json-schema.org/draft-07/schema#";
const ROOT: usize = 0;
const MOST_NODES: usize = 100_000;
/// Up to so many names a look at each is faster than a hash.
const FEW: usize = 24;
/// 2^53
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
/// Keywords that assert nothing.
const ANNOTATIONS: &[&str] = &[
    "$comment",
    "$defs",
    "default",
    "definitions",
    "deprecated",
    "description",
    "examples",
    "readOnly",
    "title",
    "writeOnly",
];
/// Keywords by which a reference can mean what no pointer says.
const IDENTITIES: &[&str] = &[
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$recursiveAnchor",
    "$recursiveRef",
    "$vocabulary",
];
/// Keywords that only a validator knows.
const BEYOND: &[&str] = &[
    "additionalItems",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "not",
    "patternProperties",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
];
