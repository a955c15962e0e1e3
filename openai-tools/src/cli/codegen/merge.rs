//! The parts of an `allOf` as one schema.

use serde_json::{Map, Value};

use super::read::{Read, Reader};
use crate::schema::is_annotation;

impl Reader<'_> {
    /// The parts of an `allOf` as one object, where all of them only name properties.
    pub(super) fn merged(
        &mut self,
        map: &Map<String, Value>,
        place: &str,
    ) -> Read<Option<Map<String, Value>>> {
        if !map.contains_key("allOf") {
            return Ok(None);
        }
        let mut merged = Map::new();
        let mut open = vec![(Value::Object(map.clone()), 0)];
        let mut left = MOST_PARTS;
        while let Some((part, depth)) = open.pop() {
            let Value::Object(mut part) = part else { return Ok(None) };
            left -= 1;
            if left == 0 || depth > DEEPEST_PART {
                return Ok(None);
            }
            if let Some(Value::String(reference)) = part.shift_remove("$ref") {
                let (_, target) = self.resolve(&reference, place)?;
                let mut target = target.clone();
                if let Value::Object(target) = &mut target {
                    target.retain(|keyword, _| !is_annotation(keyword));
                }
                open.push((target, depth + 1));
            }
            if let Some(Value::Array(parts)) = part.shift_remove("allOf") {
                open.extend(parts.into_iter().rev().map(|part| (part, depth + 1)));
            }
            for (keyword, value) in part {
                match (keyword.as_str(), value, merged.get_mut(&keyword)) {
                    ("type", value, _) if value != "object" => return Ok(None),
                    ("properties" | "required" | "type", value, None) => {
                        merged.insert(keyword, value);
                    }
                    ("properties", Value::Object(more), Some(Value::Object(known))) => {
                        for (name, schema) in more {
                            if known.get(&name).is_some_and(|known| *known != schema) {
                                return Ok(None);
                            }
                            known.entry(name).or_insert(schema);
                        }
                    }
                    ("required", Value::Array(more), Some(Value::Array(known))) => {
                        known.extend(more);
                    }
                    ("type", ..) => {}
                    (word, value, _) if is_annotation(word) => {
                        if depth == 0 {
                            merged.insert(keyword, value);
                        }
                    }
                    _ => return Ok(None),
                }
            }
        }
        Ok(merged.contains_key("properties").then_some(merged))
    }
}

const MOST_PARTS: usize = 200;
const DEEPEST_PART: usize = 32;
