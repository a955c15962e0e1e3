use serde_json::{Map, Value, json};

use super::{
    conversion::{Conversion, Converted, Piece, Stop, only_reference},
    disjoint::type_of,
    document::{assertions, is_annotation},
    expand::Expanded,
    merge::type_names,
    words::describe,
};
use crate::schema::codec::{Node, Scalar};

impl Conversion<'_> {
    /// Converts one schema, wherever it stands.
    pub(super) fn convert(&mut self, schema: &Value, at: &str, depth: usize) -> Converted {
        let converted = self.convert_here(schema, at, depth);
        if matches!(converted, Err(Stop::Never)) {
            self.never_at.get_or_insert_with(|| at.to_owned());
        }
        converted
    }

    fn convert_here(&mut self, schema: &Value, at: &str, depth: usize) -> Converted {
        self.step(schema, at)?;
        if depth > DEEPEST {
            return Err(self.too_deep(at));
        }
        let map = match schema {
            Value::Bool(true) => return Ok(self.text(&Map::new(), false)),
            Value::Object(map) => map,
            _ => return Err(Stop::Never),
        };
        if map.get("not").is_some_and(takes_everything) {
            return Err(Stop::Never);
        }
        let mut keywords = assertions(map);
        let first = keywords.next().map(String::as_str);
        let single = keywords.next().is_none();
        match (first, single) {
            (None, _) => return Ok(self.text(map, false)),
            (Some("$ref"), true) => return self.reference(schema, map, at),
            (Some("allOf"), true) => {
                if let Some(only) = only_part(map) {
                    return self.convert(&only, at, depth + 1);
                }
            }
            _ => {}
        }
        let Expanded { plain, unions } = self.expand(map, at)?;
        let mut piece = match unions.split_first() {
            None => self.plain(&plain, at, depth)?,
            Some((first, others)) => self.union(&plain, first, others, at, depth)?,
        };
        Self::annotate(&mut piece, map);
        Ok(piece)
    }

    fn too_deep(&mut self, at: &str) -> Stop {
        // What is merged has places that the document does not have.
        if self.document.root().pointer(at).is_none() {
            return self.refuse(
                at,
                "merging a reference with what stands beside it does not come to an end",
                "let the schema refer to itself by a bare `$ref`",
            );
        }
        let most = self.profile.limits.depth;
        let reason = format!("the schema is nested deeper than {DEEPEST} levels");
        let help = format!("make it flatter: {} takes {most} levels", self.profile.name());
        self.refuse(at, &reason, &help)
    }

    /// Passes over a place that can have no value.
    pub(super) fn pass_over(&mut self) {
        self.never_at = None;
    }

    fn reference(&mut self, schema: &Value, map: &Map<String, Value>, at: &str) -> Converted {
        let reference = only_reference(schema).ok_or(Stop::Never)?;
        let target = self.document.resolve(reference, at);
        let (pointer, target) = target.map_err(|refusal| self.refuse_with(refusal))?;
        // The one who uses a type without values leaves it out, or is refused by its own name.
        if takes_nothing(self.document.settled(target)) {
            return Err(Stop::Never);
        }
        let mut piece = self.reference_to(&pointer);
        Self::annotate(&mut piece, map);
        Ok(piece)
    }

    /// Puts what a schema says of itself onto the piece made of it.
    fn annotate(piece: &mut Piece, map: &Map<String, Value>) {
        for keyword in ["title", "description"] {
            let Some(text) = map.get(keyword).filter(|text| text.is_string()) else { continue };
            // What the conversion added in words comes behind what the author wrote.
            let added = piece.sent.shift_remove(keyword);
            piece.beside_reference();
            let mut said = Map::from_iter([("description".to_owned(), text.clone())]);
            if let (Some(Value::String(added)), Value::String(text)) = (added, text) {
                match added.strip_prefix(text.trim_end()) {
                    Some(more) => describe(&mut said, more.trim_start_matches('.').trim_start()),
                    None => describe(&mut said, &added),
                }
            }
            let said = said.remove("description").unwrap_or_default();
            // Read before what it describes, as its author wrote it.
            let place = piece.sent.len().min(1);
            piece.sent.shift_insert(place, keyword.to_owned(), said);
        }
    }

    /// Free JSON, written as text; with `object`, an object of any properties.
    pub(super) fn text(&mut self, map: &Map<String, Value>, object: bool) -> Piece {
        let mut schema = Map::new();
        schema.insert("type".to_owned(), "string".into());
        let node = self.graph.push(Node::Text { object });
        let mut piece = Piece { sent: schema.clone(), accepted: schema, node };
        if let Some(text) = map.get("description").filter(|text| text.is_string()) {
            piece.sent.insert("description".to_owned(), text.clone());
        }
        let form = if object { "A JSON object" } else { "Any JSON value" };
        describe(&mut piece.sent, &format!("{form}, written as JSON text."));
        piece
    }

    /// A schema of plain keywords: one form for each of its types.
    fn plain(&mut self, map: &Map<String, Value>, at: &str, depth: usize) -> Converted {
        let types = types(map);
        if types.is_empty() {
            if assertions(map).any(|keyword| INFERRED.iter().any(|(known, _)| known == keyword)) {
                return Err(Stop::Never);
            }
            let mut piece = self.text(map, false);
            for keyword in assertions(map) {
                self.lose_deep(at, keyword, &mut piece, map);
            }
            return Ok(piece);
        }
        let nullable = types.contains(&"null") && of_type(map, "null", false).is_some();
        if nullable {
            for keyword in ["if", "not"].into_iter().filter(|keyword| map.contains_key(*keyword)) {
                self.lose_to_recheck(at, keyword);
            }
        }
        let mut others: Vec<&str> = types.into_iter().filter(|kind| *kind != "null").collect();
        if others.contains(&"number") {
            others.retain(|kind| *kind != "integer");
        }
        let many = others.len() > 1;
        let mut pieces = Vec::new();
        for kind in others {
            let map = of_type(map, kind, many);
            let converted = match (&map, kind) {
                (None, _) => continue,
                (Some(map), "array") => self.array(map, at, depth),
                (Some(map), "object") => self.object(map, at, depth),
                (Some(map), kind) => self.scalar_of_format(map, kind, at),
            };
            match converted {
                Ok(piece) => pieces.push(piece),
                Err(Stop::Never) => {}
                Err(Stop::Refused) => return Err(Stop::Refused),
            }
        }
        if nullable || !pieces.is_empty() {
            self.pass_over();
        }
        let mut pieces = self.told_apart(pieces);
        if !nullable {
            return self.union_of(pieces);
        }
        let null = self.null();
        if pieces.is_empty() {
            return Ok(null);
        }
        if pieces.len() == 1 {
            let piece = pieces.remove(0);
            return Ok(self.nullable(piece));
        }
        pieces.push(null);
        self.union_of(pieces)
    }

    fn null(&mut self) -> Piece {
        let node = self.graph.push(Node::Scalar { kind: Scalar::Null, values: None });
        let schema = Map::from_iter([("type".to_owned(), "null".into())]);
        Piece { sent: schema.clone(), accepted: schema, node }
    }

    /// The piece with `null` beside what it allows.
    pub(super) fn nullable(&mut self, mut piece: Piece) -> Piece {
        add_null(&mut piece.sent);
        add_null(&mut piece.accepted);
        piece.node = self.graph.push(Node::Nullable(piece.node));
        piece
    }
}

impl Piece {
    /// Makes room for a description: strict mode takes none beside a `$ref`.
    pub(super) fn beside_reference(&mut self) {
        if let Some(reference) = self.sent.shift_remove("$ref") {
            let branch = Map::from_iter([("$ref".to_owned(), reference)]);
            self.sent.insert("anyOf".to_owned(), vec![Value::Object(branch)].into());
        }
    }
}

fn add_null(schema: &mut Map<String, Value>) {
    let null = || json!({"type": "null"});
    if let Some(Value::Array(branches)) = schema.get_mut("anyOf") {
        if !branches.iter().any(|branch| branch.get("type").is_some_and(|kind| kind == "null")) {
            branches.push(null());
        }
        return;
    }
    let kind = schema.get("type").and_then(Value::as_str).map(str::to_owned);
    match kind.as_deref() {
        Some("null") => {}
        Some(kind) if kind != "object" => {
            schema.insert("type".to_owned(), json!([kind, "null"]));
            if let Some(value) = schema.shift_remove("const") {
                schema.insert("enum".to_owned(), json!([value, null]));
            } else if let Some(Value::Array(values)) = schema.get_mut("enum") {
                values.push(Value::Null);
            }
        }
        None if schema.contains_key("type") => {}
        _ => {
            let mut branch = std::mem::take(schema);
            let texts =
                ["title", "description"].map(|keyword| (keyword, branch.shift_remove(keyword)));
            schema.insert("anyOf".to_owned(), vec![Value::Object(branch), null()].into());
            for (keyword, text) in texts {
                schema.extend(text.map(|text| (keyword.to_owned(), text)));
            }
        }
    }
}

fn takes_nothing(schema: &Value) -> bool {
    *schema == false || schema.get("not").is_some_and(takes_everything)
}

fn takes_everything(schema: &Value) -> bool {
    match schema {
        Value::Bool(everything) => *everything,
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// The one part of an `allOf`, with what is said beside it.
fn only_part(map: &Map<String, Value>) -> Option<Value> {
    let [Value::Object(part)] = map.get("allOf")?.as_array()?.as_slice() else { return None };
    let mut part = part.clone();
    for keyword in ["title", "description"] {
        if let Some(text) = map.get(keyword) {
            part.insert(keyword.to_owned(), text.clone());
        }
    }
    Some(part.into())
}

/// The types that a schema allows, said or to be read from its other keywords.
fn types(map: &Map<String, Value>) -> Vec<&str> {
    if let Some(kind) = map.get("type") {
        return type_names(kind);
    }
    let listed = map.get("enum").and_then(Value::as_array);
    let values = map.get("const").into_iter().chain(listed.into_iter().flatten());
    let mut types: Vec<&str> = values.map(type_of).collect();
    if types.is_empty() {
        // Strictly, keywords of one type let values of other types pass; nobody means that.
        let inferred = INFERRED.iter().filter(|(keyword, _)| map.contains_key(*keyword));
        types.extend(inferred.map(|(_, kind)| *kind));
    }
    let mut seen = Vec::new();
    types.retain(|kind| {
        let new = !seen.contains(kind);
        seen.push(*kind);
        new
    });
    types
}

/// A schema as far as it is about one type; `None` where it has no value of it.
fn of_type(map: &Map<String, Value>, kind: &str, many: bool) -> Option<Map<String, Value>> {
    let fits = |value: &Value| {
        type_of(value) == kind
            || kind == "number" && value.is_number()
            || kind == "integer" && value.as_f64().is_some_and(|n| n.fract() == 0.0)
    };
    let mut map = map.clone();
    map.insert("type".to_owned(), kind.into());
    if map.get("const").is_some_and(|value| !fits(value)) {
        return None;
    }
    if let Some(Value::Array(values)) = map.get_mut("enum") {
        values.retain(fits);
        if values.is_empty() {
            return None;
        }
    }
    if let (Some(value), Some(Value::Array(values))) = (map.get("const"), map.get("enum")) {
        if !values.contains(value) {
            return None;
        }
        map.shift_remove("enum");
    }
    if many {
        // What is said of all is said once, at the union.
        map.retain(|keyword, _| {
            !is_annotation(keyword)
                && INFERRED.iter().all(|(known, about)| {
                    known != keyword || *about == kind || *about == "number" && kind == "integer"
                })
        });
    }
    Some(map)
}

/// Keywords that are about values of one type.
const INFERRED: &[(&str, &str)] = &[
    ("properties", "object"),
    ("required", "object"),
    ("additionalProperties", "object"),
    ("patternProperties", "object"),
    ("propertyNames", "object"),
    ("minProperties", "object"),
    ("maxProperties", "object"),
    ("dependentRequired", "object"),
    ("items", "array"),
    ("prefixItems", "array"),
    ("minItems", "array"),
    ("maxItems", "array"),
    ("uniqueItems", "array"),
    ("contains", "array"),
    ("pattern", "string"),
    ("format", "string"),
    ("minLength", "string"),
    ("maxLength", "string"),
    ("minimum", "number"),
    ("maximum", "number"),
    ("exclusiveMinimum", "number"),
    ("exclusiveMaximum", "number"),
    ("multipleOf", "number"),
];

/// Deeper than any schema that could be used: models are limited to 10 levels. A level takes up to
/// 21 kB of stack in an unoptimised build, and threads have 2 MiB.
const DEEPEST: usize = 48;
