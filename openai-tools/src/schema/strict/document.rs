use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::error::Refusal;
use crate::schema::problem::{escape, shorten, unescape};

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
    /// Takes a schema that is not nested so deeply that following it could overflow the stack.
    pub(super) fn new(root: &'a Value) -> Result<Self, Refusal> {
        let mut anchors = HashMap::new();
        let mut bases = HashSet::new();
        let mut open = vec![(root, String::new(), 0)];
        while let Some((value, pointer, depth)) = open.pop() {
            if depth > DEEPEST {
                return Err(Refusal::new(
                    shorten(&pointer, 200),
                    format!("the schema is nested deeper than {DEEPEST} levels of JSON"),
                    "move parts of it to `$defs` and refer to them",
                ));
            }
            match value {
                Value::Array(items) => {
                    let items = items.iter().enumerate();
                    let items = items.filter(|(_, v)| v.is_array() || v.is_object());
                    open.extend(items.map(|(n, v)| (v, format!("{pointer}/{n}"), depth + 1)));
                }
                Value::Object(map) => {
                    if let Some(anchor) = map.get("$anchor").and_then(Value::as_str) {
                        anchors.insert(anchor, pointer.clone());
                    }
                    let id = map.get("$id").and_then(Value::as_str);
                    if depth > 0 && id.is_some_and(|id| !id.starts_with('#')) {
                        bases.insert(pointer.clone());
                    }
                    open.extend(
                        map.iter()
                            .filter(|(_, v)| v.is_array() || v.is_object())
                            .map(|(k, v)| (v, format!("{pointer}/{}", escape(k)), depth + 1)),
                    );
                }
                _ => {}
            }
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
        let fragment = percent_decoded(fragment);
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

/// Keywords that say nothing about which values are valid.
pub(super) fn is_annotation(keyword: &str) -> bool {
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
    for segment in pointer.split('/').skip(1) {
        text.push('/');
        text.push_str(&escape(&unescape(segment)));
    }
    text
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |b: &u8| char::from(*b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        (rest, ()) = match (first, tail) {
            (b'%', [high, low, after @ ..]) if hex(high).is_some() && hex(low).is_some() => {
                let byte = hex(high).unwrap_or(0) * 16 + hex(low).unwrap_or(0);
                (after, bytes.push(byte))
            }
            _ => (tail, bytes.push(*first)),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Levels of JSON, not of schemas, which take two of them. Far beyond what a model can follow, and
/// far below what overflows a stack of 2 MB in an unoptimised build.
const DEEPEST: usize = 200;
const LONGEST_CHAIN: usize = 64;
