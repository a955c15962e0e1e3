use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{
    array::{closed_object, list_of},
    conversion::{Conversion, Converted, Piece, Stop},
    document::is_annotation,
    merge::both,
    scalar::is_about_other_types,
    words::describe,
};
use crate::schema::{
    codec::{KEY, Node, Property, VALUE},
    problem::{escape, excerpt},
};

/// Which properties an object may have beyond those that it names.
enum Rest {
    /// Any, with any value.
    Free,
    None,
    /// Values of one schema; `names` is what the schema says of the keys.
    Some {
        values: Value,
        names: Option<Value>,
        at: String,
    },
}

impl Conversion<'_> {
    pub(super) fn object(&mut self, map: &Map<String, Value>, at: &str, depth: usize) -> Converted {
        self.leave_to_recheck(map, at);
        if let Some(Value::Object(value)) = map.get("const") {
            let properties: Map<String, Value> =
                value.iter().map(|(name, v)| (name.clone(), json!({"const": v}))).collect();
            let names: Vec<&String> = value.keys().collect();
            let schema = json!({"type": "object", "required": names, "properties": properties});
            return self.convert(&schema, at, depth + 1);
        }
        if let Some(Value::Array(values)) = map.get("enum") {
            return self.constants(values, at, depth);
        }
        let properties = map.get("properties").and_then(Value::as_object);
        let named = properties.is_some_and(|properties| !properties.is_empty())
            || map.get("required").and_then(Value::as_array).is_some_and(|names| !names.is_empty());
        let mut piece = match self.rest(map, at) {
            Rest::Free if !named => {
                let mut piece = self.text(&Map::new(), true);
                self.object_bounds(map, &mut piece, at);
                piece
            }
            Rest::Some { values, names, at: place } if !named => {
                let mut piece = self.map(&values, names.as_ref(), &place, depth)?;
                let mut bounds = Map::new();
                for (from, to) in [("minProperties", "minItems"), ("maxProperties", "maxItems")] {
                    bounds.extend(map.get(from).map(|bound| (to.to_owned(), bound.clone())));
                }
                self.array_bounds(&bounds, &mut piece, at);
                piece
            }
            rest => {
                if has_patterns(map) {
                    // A property can fall under a pattern as well.
                    self.lose_to_recheck(at, "patternProperties");
                }
                let mut piece = self.properties(map, rest, at, depth)?;
                self.object_bounds(map, &mut piece, at);
                if map.contains_key("propertyNames") {
                    self.lose_deep(at, "propertyNames", &mut piece, map);
                }
                piece
            }
        };
        for keyword in map.keys().filter(|keyword| !is_annotation(keyword)) {
            match keyword.as_str() {
                "dependencies" | "dependentRequired" | "dependentSchemas" | "if" | "not" => {
                    self.lose_deep(at, keyword, &mut piece, map);
                }
                keyword if !is_about_other_types(keyword) => {
                    self.lose_note(at, keyword, &mut piece, map);
                }
                _ => {}
            }
        }
        if map.contains_key("examples") {
            self.lose_note(at, "examples", &mut piece, map);
        }
        Ok(piece)
    }

    fn object_bounds(&mut self, map: &Map<String, Value>, piece: &mut Piece, at: &str) {
        for keyword in ["minProperties", "maxProperties"] {
            if map.contains_key(keyword) {
                self.lose_deep(at, keyword, piece, map);
            }
        }
    }

    /// Absent means none: nobody who lists properties means "and any others".
    fn rest(&mut self, map: &Map<String, Value>, at: &str) -> Rest {
        let additional = map
            .get("additionalProperties")
            .or_else(|| map.get("unevaluatedProperties"))
            .filter(|rest| **rest != false);
        let patterns = map.get("patternProperties").and_then(Value::as_object);
        // No name is valid: what is left is an object without members.
        if map.get("propertyNames").is_some_and(|names| *names == false) {
            return Rest::None;
        }
        let names = map.get("propertyNames").filter(|names| names.is_object());
        match (patterns.filter(|patterns| !patterns.is_empty()), additional) {
            (None, None) => Rest::None,
            (None, Some(rest)) if is_free(rest) && names.is_none() => Rest::Free,
            (None, Some(values)) => Rest::Some {
                values: values.clone(),
                names: names.cloned(),
                at: format!("{at}/additionalProperties"),
            },
            (Some(patterns), additional) => {
                let at = format!("{at}/patternProperties");
                if let (1, Some((pattern, values)), None) =
                    (patterns.len(), patterns.iter().next(), additional)
                {
                    let key = json!({"type": "string", "pattern": pattern});
                    let names = names.map_or(key.clone(), |names| both(names, &key));
                    let at = format!("{at}/{}", escape(pattern));
                    return Rest::Some { values: values.clone(), names: Some(names), at };
                }
                // Which value goes with which key is left to the check afterwards.
                self.lose_to_recheck(&at, "patternProperties");
                let values: Vec<&Value> = patterns.values().chain(additional).collect();
                Rest::Some { values: json!({"anyOf": values}), names: names.cloned(), at }
            }
        }
    }

    fn map(&mut self, values: &Value, names: Option<&Value>, at: &str, depth: usize) -> Converted {
        let values = self.convert(values, at, depth + 1)?.standing();
        let key = match names {
            // A key is a string, whatever else is said of it.
            Some(names) => self.convert(&both(&json!({"type": "string"}), names), at, depth + 1)?,
            None => self.convert(&json!({"type": "string"}), at, depth + 1)?,
        };
        let node = self.graph.push(Node::Map(values.node));
        let entry = closed_object(vec![(KEY.to_owned(), key), (VALUE.to_owned(), values)], node);
        Ok(list_of(entry, node))
    }

    fn properties(
        &mut self,
        map: &Map<String, Value>,
        rest: Rest,
        at: &str,
        depth: usize,
    ) -> Converted {
        let required: HashSet<&str> = map
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut properties = Vec::new();
        let mut shapes = Vec::new();
        let declared = map.get("properties").and_then(Value::as_object);
        for (name, schema) in declared.into_iter().flatten() {
            let place = format!("{at}/properties/{}", escape(name));
            let is_required = required.contains(name.as_str());
            let piece = match self.convert(schema, &place, depth + 1) {
                Ok(piece) => piece.standing(),
                // A property that can have no value is one that is never there.
                Err(Stop::Never) if !is_required => {
                    self.pass_over();
                    if !matches!(rest, Rest::None) {
                        // Nor may it be there as one of the others.
                        self.lose_to_recheck(at, "properties");
                    }
                    continue;
                }
                Err(Stop::Never) => return Err(Stop::Never),
                // The siblings are converted still, so that all refusals are told at once.
                Err(Stop::Refused) => continue,
            };
            let (piece, shape) = self.property(name, schema, piece, is_required);
            properties.push((name.clone(), piece));
            shapes.push(shape);
        }
        self.undeclared(map, &rest, at, depth, &mut properties, &mut shapes)?;
        let extras = match rest {
            Rest::None => None,
            Rest::Free => Some((Value::Bool(true), None, format!("{at}/additionalProperties"))),
            Rest::Some { values, names, at } => Some((values, names, at)),
        };
        let extras = match extras {
            None => None,
            Some((values, names, place)) => {
                let mut piece = self.map(&values, names.as_ref(), &place, depth)?;
                describe(&mut piece.sent, "All other properties.");
                let mut name = "other_properties".to_owned();
                while properties.iter().any(|(known, _)| *known == name) {
                    name.push('_');
                }
                let node = piece.node;
                properties.push((name.clone(), piece));
                Some((name, node))
            }
        };
        let mut optional: Vec<String> =
            shapes.iter().filter(|p| !p.required).map(|p| p.name.clone()).collect();
        optional.extend(extras.iter().map(|(name, _)| name.clone()));
        let node = self.graph.push(Node::Object { properties: shapes, extras });
        let mut piece = closed_object(properties, node);
        if let Some(Value::Array(names)) = piece.accepted.get_mut("required") {
            let optional: HashSet<&str> = optional.iter().map(String::as_str).collect();
            names.retain(|name| name.as_str().is_some_and(|name| !optional.contains(name)));
        }
        Ok(piece)
    }

    /// What is required although nothing else is said of it.
    fn undeclared(
        &mut self,
        map: &Map<String, Value>,
        rest: &Rest,
        at: &str,
        depth: usize,
        properties: &mut Vec<(String, Piece)>,
        shapes: &mut Vec<Property>,
    ) -> Result<(), Stop> {
        let declared = map.get("properties").and_then(Value::as_object);
        let names = map.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in names.filter_map(Value::as_str) {
            if declared.is_some_and(|declared| declared.contains_key(name))
                || properties.iter().any(|(known, _)| known == name)
            {
                continue;
            }
            let schema = match rest {
                Rest::None if map.contains_key("additionalProperties") => return Err(Stop::Never),
                Rest::Free | Rest::None => Value::Bool(true),
                Rest::Some { values, .. } => values.clone(),
            };
            let piece = self.convert(&schema, &format!("{at}/required"), depth + 1)?.standing();
            let (piece, shape) = self.property(name, &schema, piece, true);
            properties.push((name.to_owned(), piece));
            shapes.push(shape);
        }
        Ok(())
    }

    fn property(
        &mut self,
        name: &str,
        schema: &Value,
        mut piece: Piece,
        required: bool,
    ) -> (Piece, Property) {
        let takes_null = self.document.takes_null(schema);
        if !required && !takes_null {
            piece = self.nullable(piece);
        }
        let default = schema.get("default").filter(|default| !default.is_null() && !required);
        if let Some(default) = default {
            piece.beside_reference();
            describe(&mut piece.sent, &format!("Null for the default: {}.", excerpt(default)));
        }
        let null_is_absent = !required && !takes_null;
        let property =
            Property { name: name.to_owned(), node: piece.node, required, null_is_absent };
        (piece, property)
    }
}

fn has_patterns(map: &Map<String, Value>) -> bool {
    map.get("patternProperties").and_then(Value::as_object).is_some_and(|all| !all.is_empty())
}

fn is_free(schema: &Value) -> bool {
    match schema {
        Value::Bool(free) => *free,
        Value::Object(map) => map.keys().all(|keyword| is_annotation(keyword)),
        _ => false,
    }
}
