use serde_json::{Map, Value, json};

use super::{
    conversion::{Conversion, Converted, Piece, Stop},
    document::is_annotation,
};
use crate::schema::{
    codec::{Node, Scalar},
    compile::{is_checked_format, pattern_refusal},
    lint::has_lookaround,
};

impl Conversion<'_> {
    /// A string, a number, an integer or a boolean.
    pub(super) fn scalar(&mut self, map: &Map<String, Value>, kind: &str, at: &str) -> Converted {
        let values = match (map.get("const"), map.get("enum")) {
            (Some(value), _) => Some(vec![value.clone()]),
            (None, Some(Value::Array(values))) => Some(values.clone()),
            _ => None,
        };
        let scalar = match kind {
            "boolean" => Scalar::Boolean,
            "integer" => Scalar::Integer,
            "number" => Scalar::Number,
            "string" => Scalar::String,
            _ => return Err(Stop::Never),
        };
        let node = self.graph.push(Node::Scalar { kind: scalar, values });
        let schema = Map::from_iter([("type".to_owned(), kind.into())]);
        let mut piece = Piece { sent: schema.clone(), accepted: schema, node };
        if let Some(Value::String(pattern)) = map.get("pattern").filter(|_| kind == "string") {
            if let Some(refusal) = pattern_refusal(pattern, &format!("{at}/pattern")) {
                return Err(self.refuse_with(refusal));
            }
        }
        for (keyword, value) in map.iter().filter(|(keyword, _)| !is_annotation(keyword)) {
            self.scalar_keyword(keyword, value, map, kind, at, &mut piece);
        }
        if kind == "integer" {
            real_bounds(map, &mut piece, self.profile.knows("minimum"));
        }
        if map.contains_key("examples") {
            self.lose_note(at, "examples", &mut piece, map);
        }
        Ok(piece)
    }

    fn scalar_keyword(
        &mut self,
        keyword: &str,
        value: &Value,
        map: &Map<String, Value>,
        kind: &str,
        at: &str,
        piece: &mut Piece,
    ) {
        let string = kind == "string";
        let number = kind == "integer" || kind == "number";
        match keyword {
            "const" | "enum" => piece.set(keyword, value),
            // The names that schemars gives to Rust's numbers say no more than their bounds.
            "format" if !string => {}
            "format" | "pattern" if string => {
                piece.accepted.insert(keyword.to_owned(), value.clone());
                let text = value.as_str().unwrap_or_default();
                let known = match keyword {
                    "format" => self.profile.formats.contains(&text),
                    _ => self.profile.knows("pattern") && !has_lookaround(text),
                };
                if known {
                    piece.sent.insert(keyword.to_owned(), value.clone());
                } else if keyword == "format" && !is_checked_format(text) {
                    self.lose_note(at, keyword, piece, map);
                } else {
                    self.lose(at, keyword, piece, map);
                }
            }
            "minLength" | "maxLength" if string => {
                if keyword == "minLength" && value.as_u64() == Some(0) {
                    return;
                }
                piece.accepted.insert(keyword.to_owned(), value.clone());
                self.lose(at, keyword, piece, map);
            }
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf"
                if number =>
            {
                piece.accepted.insert(keyword.to_owned(), value.clone());
                if self.profile.knows(keyword) {
                    piece.sent.insert(keyword.to_owned(), value.clone());
                } else {
                    self.lose(at, keyword, piece, map);
                }
            }
            "contentEncoding" | "contentMediaType" | "contentSchema" => {
                self.lose_note(at, keyword, piece, map);
            }
            "not" | "if" => self.lose_deep(at, keyword, piece, map),
            keyword if !is_about_other_types(keyword) => self.lose_note(at, keyword, piece, map),
            _ => {}
        }
    }
}

/// The bounds that Rust's integers have and that schemars leaves to the format.
fn real_bounds(map: &Map<String, Value>, piece: &mut Piece, is_sent: bool) {
    let format = map.get("format").and_then(Value::as_str).unwrap_or_default();
    let (low, high) = match format {
        "int8" => (json!(i8::MIN), json!(i8::MAX)),
        "int16" => (json!(i16::MIN), json!(i16::MAX)),
        "int32" => (json!(i32::MIN), json!(i32::MAX)),
        "int64" | "int" => (json!(i64::MIN), json!(i64::MAX)),
        "uint8" => (json!(u8::MIN), json!(u8::MAX)),
        "uint16" => (json!(u16::MIN), json!(u16::MAX)),
        "uint32" => (json!(u32::MIN), json!(u32::MAX)),
        "uint64" | "uint" => (json!(u64::MIN), json!(u64::MAX)),
        _ => return,
    };
    // A model does not come near the bounds of 64 bits, and many servers cannot read them.
    let is_sent = is_sent && !format.contains("64") && !matches!(format, "int" | "uint");
    for (keyword, exclusive, bound) in
        [("minimum", "exclusiveMinimum", low), ("maximum", "exclusiveMaximum", high)]
    {
        if map.contains_key(keyword) || map.contains_key(exclusive) {
            continue;
        }
        if is_sent {
            piece.sent.insert(keyword.to_owned(), bound.clone());
        }
        piece.accepted.insert(keyword.to_owned(), bound);
    }
}

/// Keywords that say nothing about this type, and those that are dealt with elsewhere.
pub(super) fn is_about_other_types(keyword: &str) -> bool {
    matches!(
        keyword,
        "additionalItems"
            | "additionalProperties"
            | "contains"
            | "dependencies"
            | "dependentRequired"
            | "dependentSchemas"
            | "else"
            | "exclusiveMaximum"
            | "exclusiveMinimum"
            | "format"
            | "items"
            | "maxContains"
            | "maxItems"
            | "maxLength"
            | "maxProperties"
            | "maximum"
            | "minContains"
            | "minItems"
            | "minLength"
            | "minProperties"
            | "minimum"
            | "multipleOf"
            | "nullable"
            | "pattern"
            | "patternProperties"
            | "prefixItems"
            | "properties"
            | "propertyNames"
            | "required"
            | "then"
            | "type"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "uniqueItems"
    )
}
