//! Unions that take time exponential in the depth of a value.
//!
//! Of an enum with `untagged` serde tries each variant in turn. Where two of them read the same
//! member and that leads back to the enum, each level of a value is read twice as often as the one
//! around it.

use std::{collections::HashSet, ptr};

use serde_json::{Map, Value};

/// What leads from two branches of a union back to it.
#[derive(Debug, PartialEq)]
pub(super) enum Way<'a> {
    Items,
    Property(&'a str),
}

/// Finds such unions in one schema; keeps what it may still look at.
pub(super) struct Finder<'a> {
    root: &'a Value,
    left: usize,
}

impl<'a> Finder<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Self { root, left: MOST_STEPS }
    }

    /// The way on which two branches of the union in a schema lead back to it.
    pub(super) fn way(&mut self, schema: &'a Value) -> Option<Way<'a>> {
        let branches = schema.get("anyOf")?.as_array().filter(|_| self.left > 0)?;
        let branches: Vec<_> = branches
            .iter()
            .take(MOST_BRANCHES)
            .filter_map(|branch| self.resolved(branch).as_object())
            .collect();
        let mut ways: Vec<(&Map<String, Value>, Way<'a>)> = Vec::new();
        for branch in branches {
            for way in self.ways_back(branch, schema) {
                let meets = |(other, known): &(&Map<String, Value>, Way<'a>)| {
                    *known == way && !ptr::eq(*other, branch) && !are_told_apart(other, branch)
                };
                if ways.iter().any(meets) {
                    return Some(way);
                }
                ways.push((branch, way));
            }
        }
        None
    }

    fn ways_back(&mut self, branch: &'a Map<String, Value>, union: &'a Value) -> Vec<Way<'a>> {
        let mut ways = Vec::new();
        let properties = branch.get("properties").and_then(Value::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            if !self.may_look_at(1) {
                break;
            }
            if self.leads_to(vec![schema], union) {
                ways.push(Way::Property(name));
            }
        }
        let items: Vec<_> = below(branch, &["items", "prefixItems"]).collect();
        if self.leads_to(items, union) {
            ways.push(Way::Items);
        }
        ways
    }

    fn leads_to(&mut self, mut open: Vec<&'a Value>, target: &Value) -> bool {
        let mut seen = HashSet::new();
        while let Some(schema) = open.pop() {
            if ptr::eq(schema, target) {
                return true;
            }
            let Some(map) = schema.as_object().filter(|_| seen.insert(ptr::from_ref(schema)))
            else {
                continue;
            };
            let before = open.len();
            let properties = map.get("properties").and_then(Value::as_object);
            open.extend(properties.into_iter().flat_map(Map::values));
            open.extend(below(map, INSIDE));
            open.extend(self.target(schema));
            if !self.may_look_at(1 + open.len() - before) {
                return false;
            }
        }
        false
    }

    fn may_look_at(&mut self, count: usize) -> bool {
        self.left = self.left.saturating_sub(count);
        self.left > 0
    }

    fn resolved(&self, mut schema: &'a Value) -> &'a Value {
        for _ in 0..LONGEST_CHAIN {
            match self.target(schema) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    fn target(&self, schema: &Value) -> Option<&'a Value> {
        self.root.pointer(schema.get("$ref")?.as_str()?.strip_prefix('#')?)
    }
}

/// The schemas under keywords that hold one or a list of them.
fn below<'a>(
    map: &'a Map<String, Value>,
    keywords: &[&str],
) -> impl Iterator<Item = &'a Value> + use<'a> {
    let values: Vec<&Value> = keywords.iter().filter_map(|keyword| map.get(*keyword)).collect();
    values.into_iter().flat_map(|value| match value {
        Value::Array(schemas) => schemas.iter().collect(),
        schema => vec![schema],
    })
}

/// Whether a property has one value in one branch and another in the other.
fn are_told_apart(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let value = |map: &Map<String, Value>, name: &str| {
        map.get("properties")?.get(name)?.get("const").cloned()
    };
    let names = one.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    names.into_iter().any(|name| match (value(one, name), value(other, name)) {
        (Some(one), Some(other)) => one != other,
        _ => false,
    })
}

const INSIDE: &[&str] =
    &["additionalProperties", "allOf", "anyOf", "items", "oneOf", "prefixItems"];
const LONGEST_CHAIN: usize = 8;
const MOST_BRANCHES: usize = 64;
/// Of all unions of a schema together, so that none costs the square of its size.
const MOST_STEPS: usize = 100_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn branches_that_read_the_same_member_back_to_the_union_are_found() {
        let of = |branches: &Value| {
            let root = json!({"$defs": {"E": {"anyOf": branches}}, "$ref": "#/$defs/E"});
            let way = Finder::new(&root).way(&root["$defs"]["E"]).map(|way| format!("{way:?}"));
            way.unwrap_or_default()
        };
        let back = json!({"$ref": "#/$defs/E"});
        let object = |name: &str| json!({"type": "object", "properties": {name: back}});
        assert_eq!(of(&json!([object("left"), object("left")])), "Property(\"left\")");
        assert_eq!(of(&json!([object("and"), object("or"), {"type": "string"}])), "");
        let list = json!({"type": "array", "items": back});
        assert_eq!(of(&json!([list, {"type": "array", "prefixItems": [back, back]}])), "Items");
        assert_eq!(of(&json!([list, {"type": "array", "items": {"type": "string"}}])), "");
        let tagged = |tag: &str| json!({"type": "object", "properties": {"tag": {"const": tag}, "of": back}});
        assert_eq!(of(&json!([tagged("a"), tagged("b")])), "");
        assert_eq!(of(&json!([tagged("a"), tagged("a")])), "Property(\"of\")");
    }
}
