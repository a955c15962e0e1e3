use std::collections::HashSet;

use super::{
    Codec, DEEPEST,
    graph::{Graph, Node, NodeId},
};
use crate::schema::problem::{escape, shorten};

/// One place whose value a [`Codec`] rewrites, for people to read.
///
/// What `form` can be, the type's form first, the model's second:
///
/// - `absent-as-null`: a property that is left out is written as `null`;
/// - `integer-as-text`: an integer of 128 bits is written as text of its digits;
/// - `json-as-text`: any JSON is written as text that holds it;
/// - `map-as-list`: a map is written as a list of `{key, value}`;
/// - `other-entries-as-list`: what an object holds besides its properties is written so too, under
///   a property of its own;
/// - `tuple-as-object`: an array of fixed items is written as an object of `item_0`, `item_1`, …;
/// - `null-as-object`: a root that is always `null` is written as an object without properties;
/// - `wrapped`: a root that is no object is written under the property `value` of one.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Rewrite {
    /// Where in the type's form, as a JSON pointer with `*` for every item of a list and every
    /// entry of a map; empty for the whole value. Names are cut at 60 characters.
    pub pointer: String,
    /// How it is rewritten, in kebab-case.
    pub form: &'static str,
}

impl Codec {
    /// The places that are rewritten, each definition of the schema once, at the first place that
    /// refers to it; at most 5,000. None where both forms are the same.
    ///
    /// ```
    /// use openai_tools::schema::{Profile, StrictSchema};
    /// use serde_json::json;
    ///
    /// let ages = json!({"type": "object", "additionalProperties": {"type": "integer"}});
    /// let strict = StrictSchema::convert(&ages, &Profile::openai_strict())?;
    /// let forms: Vec<_> = strict.codec().rewrites().into_iter().map(|r| r.form).collect();
    /// assert_eq!(forms, ["wrapped", "map-as-list"]);
    /// # Ok::<(), openai_tools::schema::SchemaError>(())
    /// ```
    #[must_use]
    pub fn rewrites(&self) -> Vec<Rewrite> {
        self.graph.as_ref().map(|graph| Tour::of(graph)).unwrap_or_default()
    }
}

/// A walk over a graph in the order of the schema.
struct Tour<'a> {
    graph: &'a Graph,
    steps: Vec<Step<'a>>,
    open: Vec<usize>,
    found: Vec<Rewrite>,
}

/// A node and how it was reached. Pointers are made from this only where one is told: made at
/// every node, they would cost the square of the schema.
struct Step<'a> {
    node: NodeId,
    from: Option<usize>,
    segment: Option<Segment<'a>>,
    depth: usize,
}

enum Segment<'a> {
    Every,
    Item(usize),
    Name(&'a str),
}

impl<'a> Tour<'a> {
    fn of(graph: &'a Graph) -> Vec<Rewrite> {
        let root = Step { node: graph.root(), from: None, segment: None, depth: 0 };
        let mut tour = Self { graph, steps: vec![root], open: vec![0], found: Vec::new() };
        let mut seen = HashSet::new();
        while let Some(at) = tour.open.pop() {
            let Step { node, depth, .. } = tour.steps[at];
            let leads_on = graph.rewrites_at(node) && depth < DEEPEST && tour.found.len() < MOST;
            if leads_on && seen.insert(node) {
                let first = tour.open.len();
                tour.visit(at, graph.node(node));
                tour.open[first..].reverse();
            }
        }
        let mut told = HashSet::new();
        tour.found.retain(|rewrite| told.insert(rewrite.clone()));
        tour.found.truncate(MOST);
        tour.found
    }

    fn visit(&mut self, at: usize, node: &'a Node) {
        match node {
            Node::AnyOf(branches) => {
                for &branch in branches {
                    self.follow(at, None, branch);
                }
            }
            Node::Array(items) => self.follow(at, Some(Segment::Every), *items),
            Node::Map(values) => {
                self.tell(at, None, "map-as-list");
                self.follow(at, Some(Segment::Every), *values);
            }
            Node::Nullable(inner) | Node::Same(inner) => self.follow(at, None, *inner),
            Node::Object { properties, extras } => {
                for property in properties {
                    if property.null_is_absent {
                        self.tell(at, Some(&property.name), "absent-as-null");
                    }
                    self.follow(at, Some(Segment::Name(&property.name)), property.node);
                }
                if let Some((_, entries)) = extras {
                    self.tell(at, None, "other-entries-as-list");
                    // The entries are a map that stands nowhere by itself.
                    if let Node::Map(values) = self.graph.node(*entries) {
                        self.follow(at, Some(Segment::Every), *values);
                    }
                }
            }
            Node::Digits { .. } => self.tell(at, None, "integer-as-text"),
            Node::Scalar { .. } => {}
            Node::Text { .. } => self.tell(at, None, "json-as-text"),
            Node::Tuple { items, rest } => {
                self.tell(at, None, "tuple-as-object");
                for (n, &node) in items.iter().enumerate() {
                    self.follow(at, Some(Segment::Item(n)), node);
                }
                if let Some(node) = rest {
                    self.follow(at, Some(Segment::Every), *node);
                }
            }
            Node::Unit => self.tell(at, None, "null-as-object"),
            Node::Wrapped(_, inner) => {
                self.tell(at, None, "wrapped");
                self.follow(at, None, *inner);
            }
        }
    }

    fn follow(&mut self, from: usize, segment: Option<Segment<'a>>, node: NodeId) {
        let depth = self.steps[from].depth + 1;
        self.open.push(self.steps.len());
        self.steps.push(Step { node, from: Some(from), segment, depth });
    }

    fn tell(&mut self, at: usize, property: Option<&str>, form: &'static str) {
        if self.found.len() >= MOST {
            return;
        }
        let named = |name: &str| escape(&shorten(name, SHOWN)).into_owned();
        let mut segments: Vec<String> = property.map(named).into_iter().collect();
        let mut next = Some(at);
        while let Some(step) = next.map(|n| &self.steps[n]) {
            segments.extend(step.segment.as_ref().map(|segment| match segment {
                Segment::Every => "*".to_owned(),
                Segment::Item(n) => n.to_string(),
                Segment::Name(name) => named(name),
            }));
            next = step.from;
        }
        let pointer = segments.iter().rev().flat_map(|segment| ["/", segment]).collect();
        self.found.push(Rewrite { pointer, form });
    }
}

const MOST: usize = 5_000;
const SHOWN: usize = 60;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::schema::{Profile, StrictSchema};

    fn rewrites(schema: &Value) -> Vec<(String, &'static str)> {
        let strict = StrictSchema::convert(schema, &Profile::openai_strict()).expect("convertible");
        strict.codec().rewrites().into_iter().map(|r| (r.pointer, r.form)).collect()
    }

    fn told(places: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
        places.iter().map(|(pointer, form)| ((*pointer).to_owned(), *form)).collect()
    }

    #[test]
    fn every_form_is_told_with_its_place() {
        let schema = json!({
            "type": "object",
            "properties": {
                "n/a": {"type": "string"},
                "ages": {"type": "object", "additionalProperties": {"type": "integer"}},
                "points": {"type": "array", "items": {
                    "type": "array",
                    "prefixItems": [{"type": "integer"}, true],
                    "items": false, "minItems": 2,
                }},
            },
            "required": ["ages", "points"],
            "additionalProperties": false,
        });
        assert_eq!(
            rewrites(&schema),
            told(&[
                ("/n~1a", "absent-as-null"),
                ("/ages", "map-as-list"),
                ("/points/*", "tuple-as-object"),
                ("/points/*/1", "json-as-text"),
            ])
        );
    }

    #[test]
    fn a_schema_that_refers_to_itself_is_told_once() {
        let schema = json!({
            "$defs": {"Node": {
                "type": "object",
                "properties": {"next": {"$ref": "#/$defs/Node"}},
                "additionalProperties": false,
            }},
            "type": "object",
            "properties": {"first": {"$ref": "#/$defs/Node"}},
            "required": ["first"],
            "additionalProperties": false,
        });
        assert_eq!(rewrites(&schema), told(&[("/first/next", "absent-as-null")]));
    }

    #[test]
    fn an_identity_has_none() {
        let schema = json!({"type": "object", "additionalProperties": false});
        assert!(rewrites(&schema).is_empty());
    }

    #[test]
    fn entries_besides_properties_are_told_at_the_object() {
        let schema = json!({
            "type": "object",
            "properties": {"id": {"type": "integer"}},
            "required": ["id"],
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
        });
        assert_eq!(
            rewrites(&schema),
            told(&[("", "other-entries-as-list"), ("/*", "map-as-list")])
        );
    }
}
