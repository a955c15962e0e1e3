use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::{chain, error::Refusal};
use crate::{
    json::{percent_decoded, segments},
    schema::{
        problem::{escape, shorten, shorten_pointer},
        size,
    },
};

/// The original schema, in which references are looked up.
pub(super) struct Document<'a> {
    root: &'a Value,
    /// The root's own `$id`, by which references may name it.
    id: Option<&'a str>,
    anchors: HashMap<&'a str, String>,
    /// Where a `$id` inside makes references mean another document.
    bases: HashSet<String>,
}

impl<'a> Document<'a> {
    /// Takes a schema that is not larger than any server takes, nor nested so deeply that following
    /// it could overflow the stack.
    pub(super) fn new(root: &'a Value) -> Result<Self, Refusal> {
        if let Some(refusal) = size::refusal(root) {
            return Err(refusal);
        }
        let mut anchors = HashMap::new();
        let mut bases = HashSet::new();
        let mut walk = Walk { steps: Vec::new(), open: Vec::new() };
        walk.push(root, None, Segment::None);
        let mut left = MOST_NAMED;
        let mut references = Vec::new();
        while let Some((value, at)) = walk.open.pop() {
            let Step { depth, length, .. } = walk.steps[at];
            if depth > DEEPEST {
                return Err(Refusal::new(
                    shorten(&walk.pointer(at), 200),
                    format!("the schema is nested deeper than {DEEPEST} levels of JSON"),
                    "move parts of it to `$defs` and refer to them",
                ));
            }
            if length > LONGEST {
                return Err(Refusal::new(
                    shorten_pointer(&walk.pointer(at), 200),
                    format!("the names that lead here have over {LONGEST} bytes together"),
                    "give the properties shorter names",
                ));
            }
            match value {
                Value::Array(items) => {
                    for (n, value) in items.iter().enumerate() {
                        walk.push(value, Some(at), Segment::Item(n));
                    }
                }
                Value::Object(map) => {
                    references.extend(map.get("$ref").and_then(Value::as_str));
                    let anchor = map.get("$anchor").and_then(Value::as_str);
                    let id = map.get("$id").and_then(Value::as_str);
                    let is_base = depth > 0 && id.is_some_and(|id| !id.starts_with('#'));
                    if anchor.is_some() || is_base {
                        let pointer = walk.pointer(at);
                        left = left.checked_sub(pointer.len()).ok_or_else(|| {
                            let reason = "too many `$anchor`s and `$id`s below long names";
                            let help = "refer to definitions by `#/$defs/` and their names";
                            Refusal::new(&*pointer, reason, help)
                        })?;
                        anchors.extend(anchor.map(|anchor| (anchor, pointer.clone())));
                        if is_base {
                            bases.insert(pointer);
                        }
                    }
                    for (name, value) in map {
                        walk.push(value, Some(at), Segment::Name(name));
                    }
                }
                _ => {}
            }
        }
        if let Some(refusal) = chain::refusal(root, &references) {
            return Err(refusal);
        }
        let id = root.get("$id").and_then(Value::as_str).map(|id| id.trim_end_matches('#'));
        Ok(Self { root, id: id.filter(|id| !id.is_empty()), anchors, bases })
    }

    pub(super) fn root(&self) -> &'a Value {
        self.root
    }

    /// What a reference names, and where that is.
    pub(super) fn resolve(
        &self,
        reference: &str,
        place: &str,
    ) -> Result<(String, &'a Value), Refusal> {
        let at = || format!("{place}/$ref");
        let shown = shorten(reference, 100);
        if self.has_other_base(place) {
            return Err(Refusal::new(
                at(),
                format!("`{shown}` stands below a `$id` that makes it mean another document"),
                "remove the inner `$id`",
            ));
        }
        let fragment = match reference.split_once('#') {
            Some(("", fragment)) => fragment,
            Some((base, fragment)) if Some(base) == self.id => fragment,
            None if Some(reference) == self.id => "",
            _ => {
                return Err(Refusal::new(
                    at(),
                    format!("`{shown}` refers to another document, which is never fetched"),
                    "copy what it names into `$defs` and refer to that",
                ));
            }
        };
        // What is escaped wrongly can still be a name as it stands.
        let fragment = percent_decoded(fragment).unwrap_or(fragment.into());
        let pointer = if fragment.is_empty() || fragment.starts_with('/') {
            Some(canonical(&fragment))
        } else {
            self.anchors.get(&*fragment).cloned()
        };
        pointer
            .and_then(|pointer| self.root.pointer(&pointer).map(|target| (pointer, target)))
            .filter(|(_, target)| target.is_boolean() || target.is_object())
            .ok_or_else(|| {
                Refusal::new(
                    at(),
                    format!("`{shown}` names no schema in this document"),
                    "correct the reference, or add the schema under `$defs`",
                )
            })
    }

    fn has_other_base(&self, place: &str) -> bool {
        let mut place = Some(place).filter(|_| !self.bases.is_empty());
        while let Some(inner) = place {
            if self.bases.contains(inner) {
                return true;
            }
            place = inner.rfind('/').map(|end| &inner[..end]);
        }
        false
    }

    /// A schema behind the references that say nothing else; gives up on a circle.
    pub(super) fn settled(&self, mut schema: &'a Value) -> &'a Value {
        for _ in 0..LONGEST_CHAIN {
            let Some(map) = schema.as_object() else { return schema };
            let Some(reference) = map.get("$ref").and_then(Value::as_str) else { return schema };
            match self.resolve(reference, "") {
                Ok((_, target)) if map.keys().all(|k| k == "$ref" || is_annotation(k)) => {
                    schema = target;
                }
                _ => return schema,
            }
        }
        schema
    }

    /// Whether `null` is one of the values that a schema allows and that its strict form can say
    /// as `null`; free JSON says it as text.
    pub(super) fn takes_null(&self, schema: &Value) -> bool {
        self.takes_null_within(schema, &mut HashMap::new())
    }

    fn takes_null_within(&self, schema: &Value, known: &mut HashMap<String, bool>) -> bool {
        let Some(map) = schema.as_object() else { return false };
        let listed = |key: &str| map.get(key).and_then(Value::as_array);
        let mut allowed = Vec::new();
        if let Some(kind) = map.get("type") {
            let listed = kind.as_array().is_some_and(|kinds| kinds.iter().any(|k| k == "null"));
            allowed.push(listed || kind == "null");
        }
        allowed.extend(listed("enum").map(|values| values.contains(&Value::Null)));
        allowed.extend(map.get("const").map(Value::is_null));
        for union in ["anyOf", "oneOf"] {
            let Some(branches) = listed(union) else { continue };
            allowed.push(branches.iter().any(|branch| self.takes_null_within(branch, known)));
        }
        if let Some(parts) = listed("allOf") {
            allowed.push(parts.iter().all(|part| self.takes_null_within(part, known)));
        }
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            allowed.push(self.resolve(reference, "").is_ok_and(|(pointer, target)| {
                if let Some(&known) = known.get(&pointer) {
                    return known;
                }
                // A circle says nothing of its own.
                known.insert(pointer.clone(), false);
                let takes = self.takes_null_within(target, known);
                known.insert(pointer, takes);
                takes
            }));
        }
        !allowed.is_empty() && allowed.into_iter().all(|allowed| allowed)
    }
}

/// A walk over all lists and objects of a document. Pointers are made only where one is asked for:
/// made for every place, they would cost the square of the document.
struct Walk<'a> {
    steps: Vec<Step<'a>>,
    open: Vec<(&'a Value, usize)>,
}

#[derive(Clone, Copy)]
struct Step<'a> {
    from: Option<usize>,
    segment: Segment<'a>,
    depth: usize,
    /// Bytes of the names that lead here.
    length: usize,
}

#[derive(Clone, Copy)]
enum Segment<'a> {
    Item(usize),
    Name(&'a str),
    None,
}

impl<'a> Walk<'a> {
    fn push(&mut self, value: &'a Value, from: Option<usize>, segment: Segment<'a>) {
        if from.is_some() && !(value.is_array() || value.is_object()) {
            return;
        }
        let own = if let Segment::Name(name) = segment { name.len() + 1 } else { 0 };
        let (depth, length) = from.map_or((0, 0), |from| {
            let Step { depth, length, .. } = self.steps[from];
            (depth + 1, length + own)
        });
        self.open.push((value, self.steps.len()));
        self.steps.push(Step { from, segment, depth, length });
    }

    fn pointer(&self, at: usize) -> String {
        let mut segments = Vec::new();
        let mut next = Some(at);
        while let Some(step) = next.map(|at| &self.steps[at]) {
            match step.segment {
                Segment::Item(n) => segments.push(n.to_string().into()),
                Segment::Name(name) => segments.push(escape(name)),
                Segment::None => {}
            }
            next = step.from;
        }
        segments.iter().rev().flat_map(|segment| ["/", segment]).collect()
    }
}

/// Keywords that say nothing about which values are valid.
pub(crate) fn is_annotation(keyword: &str) -> bool {
    matches!(
        keyword,
        "$anchor"
            | "$comment"
            | "$defs"
            | "$dynamicAnchor"
            | "$id"
            | "$schema"
            | "$vocabulary"
            | "default"
            | "definitions"
            | "deprecated"
            | "description"
            | "discriminator"
            | "example"
            | "examples"
            | "readOnly"
            | "title"
            | "writeOnly"
    ) || keyword.starts_with("x-")
}

/// A schema without its annotations.
pub(super) fn assertions(map: &Map<String, Value>) -> impl Iterator<Item = &String> {
    map.keys().filter(|keyword| !is_annotation(keyword))
}

/// One spelling of a pointer, so that a place is known again.
fn canonical(pointer: &str) -> String {
    let mut text = String::with_capacity(pointer.len());
    for segment in segments(pointer) {
        text.push('/');
        text.push_str(&escape(&segment));
    }
    text
}

/// Levels of JSON, not of schemas, which take two of them. Far beyond what a model can follow, and
/// far below what overflows a stack of 2 MB in an unoptimised build.
const DEEPEST: usize = 200;
const LONGEST_CHAIN: usize = 64;
/// Bytes of the names on the way to a place, which every message and every step of the conversion
/// holds. Far beyond what any model is sent.
const LONGEST: usize = 8_192;
/// Bytes of the places of all anchors and bases.
const MOST_NAMED: usize = 1 << 24;
