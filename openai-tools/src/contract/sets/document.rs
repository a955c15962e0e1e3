//! A schema and the document in which its references are looked up.

use jsonschema::Draft;
use serde_json::{Map, Value};

use crate::{json::percent_decoded, schema::known_draft};

/// A document of schemas.
#[derive(Debug)]
pub(in crate::contract) struct Document<'a> {
    pub(in crate::contract) root: &'a Value,
    pub(in crate::contract) dialect: Dialect,
}

/// How far the words of a document are understood.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::contract) enum Dialect {
    /// Draft 2020-12.
    New,
    /// Drafts 6 and 7.
    Old,
    /// Another draft, no schema at all, or one whose references have several bases: nothing can be
    /// said of it.
    Unknown,
}

/// A schema of one of the documents. Two are the same if they stand at the same address.
#[derive(Clone, Copy, Debug)]
pub(in crate::contract) struct Node<'a> {
    pub(in crate::contract) document: usize,
    pub(in crate::contract) schema: &'a Value,
}

impl Node<'_> {
    pub(super) fn address(self) -> usize {
        std::ptr::from_ref(self.schema).addr()
    }
}

impl<'a> Document<'a> {
    pub(in crate::contract) fn of(root: &'a Value) -> Self {
        let dialect = match known_draft(root) {
            _ if has_inner_base(root) => Dialect::Unknown,
            Ok(Draft::Draft202012) => Dialect::New,
            Ok(Draft::Draft6 | Draft::Draft7) => Dialect::Old,
            _ => Dialect::Unknown,
        };
        Self { root, dialect }
    }

    /// What a reference into this document names, and its pointer.
    pub(in crate::contract) fn resolve(&self, reference: &str) -> Option<(String, &'a Value)> {
        let fragment = reference.strip_prefix('#')?;
        if !fragment.is_empty() && !fragment.starts_with('/') {
            return None;
        }
        let pointer = percent_decoded(fragment)?.into_owned();
        let target = self.root.pointer(&pointer)?;
        (target.is_object() || target.is_boolean()).then_some((pointer, target))
    }
}

/// Whether references somewhere inside could mean another document.
fn has_inner_base(root: &Value) -> bool {
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(map) => {
                let is_base =
                    ["$id", "id"].iter().any(|key| map.get(*key).is_some_and(Value::is_string));
                if is_base && !std::ptr::eq(value, root) {
                    return true;
                }
                open.extend(map.values());
            }
            _ => {}
        }
    }
    false
}

/// The reference of a schema that says nothing else, or where its draft passes over all else.
pub(in crate::contract) fn only_reference(
    map: &Map<String, Value>,
    dialect: Dialect,
) -> Option<&str> {
    let reference = map.get("$ref")?.as_str()?;
    let alone = || map.keys().all(|key| key == "$ref" || is_annotation(key, dialect));
    (dialect == Dialect::Old || alone()).then_some(reference)
}

/// Whether a keyword says nothing of which values are valid.
pub(in crate::contract) fn is_annotation(key: &str, dialect: Dialect) -> bool {
    if dialect == Dialect::Old && NEWER_THAN_7.contains(&key) {
        return true;
    }
    let is_content = dialect == Dialect::Old && CONTENT.contains(&key);
    !is_content && !ASSERTIONS.contains(&key)
}

/// Whether an annotation is for machines: no model reads a meaning in it.
pub(in crate::contract) fn is_plumbing(key: &str) -> bool {
    matches!(
        key,
        "$defs"
            | "definitions"
            | "$schema"
            | "$id"
            | "id"
            | "$anchor"
            | "$comment"
            | "$dynamicAnchor"
            | "$vocabulary"
    )
}

/// Every keyword of any draft that a validator may hold values to.
const ASSERTIONS: &[&str] = &[
    "$dynamicRef",
    "$recursiveRef",
    "$ref",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "disallow",
    "divisibleBy",
    "else",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "extends",
    "format",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "required",
    "then",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
];
const CONTENT: &[&str] = &["contentEncoding", "contentMediaType"];
const NEWER_THAN_7: &[&str] = &[
    "$dynamicRef",
    "$recursiveRef",
    "dependentRequired",
    "dependentSchemas",
    "maxContains",
    "minContains",
    "prefixItems",
    "unevaluatedItems",
    "unevaluatedProperties",
];
