use serde_json::{Map, Value, json};

use super::{
    conversion::{Conversion, Converted, Piece, Stop},
    document::{assertions, is_annotation},
    scalar::is_about_other_types,
};
use crate::schema::codec::{Node, REST, item};

impl Conversion<'_> {
    pub(super) fn array(&mut self, map: &Map<String, Value>, at: &str, depth: usize) -> Converted {
        self.leave_to_recheck(map, at);
        if let Some(value) = map.get("const") {
            let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let items: Vec<Value> = items.iter().map(|value| json!({"const": value})).collect();
            return self.tuple(map, &items, None, at, depth);
        }
        if let Some(Value::Array(values)) = map.get("enum") {
            return self.constants(values, at, depth);
        }
        // Draft 7 writes a tuple as a list under `items` and the rest under `additionalItems`.
        let (fixed, rest) = match (map.get("prefixItems"), map.get("items")) {
            (Some(Value::Array(fixed)), rest) => (fixed.as_slice(), rest),
            (_, Some(Value::Array(fixed))) => (fixed.as_slice(), map.get("additionalItems")),
            (_, rest) => (&[][..], rest),
        };
        let mut piece = if fixed.is_empty() {
            self.list(map, rest, at, depth)?
        } else {
            let rest = rest.filter(|rest| **rest != false);
            self.tuple(map, fixed, rest, at, depth)?
        };
        for keyword in map.keys().filter(|keyword| !is_annotation(keyword)) {
            match keyword.as_str() {
                "contains" | "not" | "if" | "minContains" | "maxContains" => {
                    self.lose_deep(at, keyword, &mut piece, map);
                }
                "unevaluatedItems" if map[keyword] != false => {
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

    /// Where values with an inside are listed, what else is said of them is checked afterwards.
    pub(super) fn leave_to_recheck(&mut self, map: &Map<String, Value>, at: &str) {
        if !map.contains_key("const") && !map.contains_key("enum") {
            return;
        }
        for keyword in assertions(map).filter(|k| !matches!(k.as_str(), "const" | "enum" | "type"))
        {
            self.lose_to_recheck(at, keyword);
        }
    }

    /// One form for each of some values that are arrays or objects.
    pub(super) fn constants(&mut self, values: &[Value], at: &str, depth: usize) -> Converted {
        let mut pieces = Vec::new();
        for value in values {
            pieces.push(self.convert(&json!({"const": value}), at, depth + 1)?);
        }
        self.union_of(pieces)
    }

    fn list(
        &mut self,
        map: &Map<String, Value>,
        items: Option<&Value>,
        at: &str,
        depth: usize,
    ) -> Converted {
        let free = Value::Bool(true);
        let items = self.convert(items.unwrap_or(&free), &format!("{at}/items"), depth + 1)?;
        let items = items.standing();
        let node = self.graph.push(Node::Array(items.node));
        let mut piece = list_of(items, node);
        self.array_bounds(map, &mut piece, at);
        if map.get("uniqueItems").is_some_and(|unique| *unique == true) {
            let plain = map.get("items").and_then(|i| i.get("type")).and_then(Value::as_str);
            if plain.is_some_and(|kind| kind != "array" && kind != "object") {
                piece.accepted.insert("uniqueItems".to_owned(), true.into());
                self.lose(at, "uniqueItems", &mut piece, map);
            } else {
                // Two ways to write one item would pass for two items.
                self.lose_deep(at, "uniqueItems", &mut piece, map);
            }
        }
        Ok(piece)
    }

    /// Sets or drops the bounds of an array.
    pub(super) fn array_bounds(&mut self, map: &Map<String, Value>, piece: &mut Piece, at: &str) {
        for keyword in ["minItems", "maxItems"] {
            let Some(bound) = map.get(keyword) else { continue };
            if keyword == "minItems" && count_of(bound) == Some(0) {
                continue;
            }
            piece.accepted.insert(keyword.to_owned(), bound.clone());
            if self.profile.knows(keyword) {
                piece.sent.insert(keyword.to_owned(), bound.clone());
            } else {
                self.lose(at, keyword, piece, map);
            }
        }
    }

    fn tuple(
        &mut self,
        map: &Map<String, Value>,
        fixed: &[Value],
        rest: Option<&Value>,
        at: &str,
        depth: usize,
    ) -> Converted {
        let bound = |keyword: &str| map.get(keyword).and_then(count_of);
        let most = bound("maxItems").and_then(|most| usize::try_from(most).ok());
        let fixed = &fixed[..most.unwrap_or(usize::MAX).min(fixed.len())];
        let rest = rest.filter(|_| most.is_none_or(|most| most > fixed.len()));
        let count = fixed.len() as u64;
        if rest.is_none() && bound("minItems").is_some_and(|least| least > count) {
            return Err(Stop::Never);
        }
        let within = if map.contains_key("prefixItems") { "prefixItems" } else { "items" };
        let mut properties = Vec::new();
        let mut nodes = Vec::new();
        for (n, schema) in fixed.iter().enumerate() {
            let piece = self.convert(schema, &format!("{at}/{within}/{n}"), depth + 1)?.standing();
            nodes.push(piece.node);
            properties.push((item(n), piece));
        }
        let mut rest_node = None;
        if let Some(schema) = rest {
            let items = self.convert(schema, &format!("{at}/items"), depth + 1)?.standing();
            rest_node = Some(items.node);
            let node = items.node;
            let mut list = list_of(items, node);
            let mut bounds = Map::new();
            for (keyword, bound) in
                [("minItems", bound("minItems")), ("maxItems", bound("maxItems"))]
            {
                let left = bound.map(|bound| bound.saturating_sub(count));
                bounds.extend(left.map(|left| (keyword.to_owned(), left.into())));
            }
            self.array_bounds(&bounds, &mut list, at);
            properties.push((REST.to_owned(), list));
        }
        let node = self.graph.push(Node::Tuple { items: nodes, rest: rest_node });
        let mut piece = closed_object(properties, node);
        if map.get("uniqueItems").is_some_and(|unique| *unique == true) {
            self.lose_deep(at, "uniqueItems", &mut piece, map);
        }
        Ok(piece)
    }
}

/// A bound that counts something: 2, which may also be written 2.0.
pub(super) fn count_of(bound: &Value) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let whole = |bound: f64| (bound >= 0.0 && bound.fract() == 0.0).then_some(bound as u64);
    bound.as_u64().or_else(|| bound.as_f64().and_then(whole))
}

/// An array of a piece.
pub(super) fn list_of(items: Piece, node: crate::schema::codec::NodeId) -> Piece {
    let list = |items: Map<String, Value>| {
        let mut list = Map::new();
        list.insert("type".to_owned(), "array".into());
        list.insert("items".to_owned(), items.into());
        list
    };
    Piece { sent: list(items.sent), accepted: list(items.accepted), node }
}

/// An object of some properties, all of them required.
pub(super) fn closed_object(
    properties: Vec<(String, Piece)>,
    node: crate::schema::codec::NodeId,
) -> Piece {
    let required: Vec<Value> = properties.iter().map(|(name, _)| name.as_str().into()).collect();
    let (sent, accepted): (Map<_, _>, Map<_, _>) = properties
        .into_iter()
        .map(|(name, piece)| ((name.clone(), piece.sent.into()), (name, piece.accepted.into())))
        .unzip();
    let object = |properties: Map<String, Value>| {
        let mut object = Map::new();
        object.insert("type".to_owned(), "object".into());
        object.insert("properties".to_owned(), properties.into());
        object.insert("required".to_owned(), required.clone().into());
        object.insert("additionalProperties".to_owned(), false.into());
        object
    };
    Piece { sent: object(sent), accepted: object(accepted), node }
}
