use serde_json::{Map, Value, json};

use super::{
    array::count_of,
    conversion::{Conversion, Converted, Piece, Stop},
    document::{assertions, is_annotation},
    format::Format,
    words::describe,
};
use crate::schema::{
    codec::{Node, Scalar},
    compile::is_checked_format,
    lint::has_lookaround,
};

impl Conversion<'_> {
    /// A string, a number, an integer or a boolean.
    pub(super) fn scalar(&mut self, map: &Map<String, Value>, kind: &str, at: &str) -> Converted {
        if let Some(bounds) = wide_bounds(map, kind) {
            return Ok(self.digits(map, bounds, at));
        }
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
            if let Err(refusal) = self.patterns.check(pattern, &format!("{at}/pattern")) {
                return Err(refusal.map_or(Stop::Refused, |refusal| self.refuse_with(refusal)));
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

    /// An integer that needs more than 64 bits, which most readers of JSON would round.
    fn digits(&mut self, map: &Map<String, Value>, (least, most): (i128, u128), at: &str) -> Piece {
        let node = self.graph.push(Node::Digits { least, most });
        let pattern = if least < 0 { "^(0|-?[1-9][0-9]*)$" } else { "^(0|[1-9][0-9]*)$" };
        let mut sent = Map::from_iter([("type".to_owned(), "string".into())]);
        let mut accepted = sent.clone();
        accepted.insert("pattern".to_owned(), pattern.into());
        if self.profile.knows("pattern") {
            sent.insert("pattern".to_owned(), pattern.into());
        }
        describe(&mut sent, "A whole number, written as text.");
        let mut piece = Piece { sent, accepted, node };
        let bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
        for keyword in bounds.into_iter().filter(|keyword| map.contains_key(*keyword)) {
            // The pattern says it.
            if keyword != "minimum" || map[keyword].as_u64() != Some(0) {
                self.lose(at, keyword, &mut piece, map);
            }
        }
        for keyword in assertions(map).filter(|k| *k == "multipleOf" || *k == "not" || *k == "if") {
            self.lose_deep(at, keyword, &mut piece, map);
        }
        piece
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
                if let Some(Format { pattern, .. }) = Format::of(keyword, text) {
                    self.formatted(pattern, piece, map, at);
                } else if known {
                    piece.sent.insert(keyword.to_owned(), value.clone());
                } else if keyword == "format" && !is_checked_format(text) {
                    self.lose_note(at, keyword, piece, map);
                } else {
                    self.lose(at, keyword, piece, map);
                }
            }
            "minLength" | "maxLength" if string => {
                if keyword == "minLength" && count_of(value) == Some(0) {
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
            "contentEncoding" | "contentMediaType" if string && self.holds_to_content() => {
                self.lose_deep(at, keyword, piece, map);
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

/// The bounds of an integer that needs more than 64 bits, which its format says; `None` where 64
/// are enough, and where the values are listed.
fn wide_bounds(map: &Map<String, Value>, kind: &str) -> Option<(i128, u128)> {
    let format = map.get("format").and_then(Value::as_str);
    let (mut least, mut most) = match format.filter(|_| kind == "integer")? {
        "int128" => (i128::MIN, i128::MAX.unsigned_abs()),
        "uint128" => (0, u128::MAX),
        _ => return None,
    };
    if map.contains_key("const") || map.contains_key("enum") {
        return None;
    }
    for (keyword, by) in [("minimum", 0), ("exclusiveMinimum", 1)] {
        let bound = map.get(keyword).and_then(|bound| whole(bound, f64::ceil));
        least = bound.map_or(least, |bound| least.max(bound.saturating_add(by)));
    }
    for (keyword, by) in [("maximum", 0), ("exclusiveMaximum", 1)] {
        let bound = map.get(keyword).and_then(|bound| whole(bound, f64::floor));
        let bound = bound.map(|bound| bound.saturating_sub(by));
        // A bound below zero leaves no natural number; the check of the original says so.
        most = bound.map_or(most, |bound| most.min(u128::try_from(bound).unwrap_or(0)));
    }
    let is_small = least >= i64::MIN.into() && most <= u64::MAX.into();
    (!is_small).then_some((least, most))
}

/// A bound as an integer.
fn whole(bound: &Value, round: fn(f64) -> f64) -> Option<i128> {
    #[expect(clippy::cast_possible_truncation, reason = "a float becomes the nearest integer")]
    let rounded = || bound.as_f64().map(|bound| round(bound) as i128);
    bound.as_i64().map(i128::from).or_else(|| bound.as_u64().map(i128::from)).or_else(rounded)
}

/// The bounds that Rust's integers have and that schemars leaves to the format.
fn real_bounds(map: &Map<String, Value>, piece: &mut Piece, knows_bounds: bool) {
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
    let is_sent = knows_bounds && !format.contains("64") && !matches!(format, "int" | "uint");
    for (keyword, exclusive, bound) in
        [("minimum", "exclusiveMinimum", low), ("maximum", "exclusiveMaximum", high)]
    {
        if map.contains_key(keyword) || map.contains_key(exclusive) {
            continue;
        }
        if is_sent || knows_bounds && bound == 0 {
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
