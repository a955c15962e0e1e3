//! The schema that schemars makes of types that are not compiled yet.
//!
//! A test compiles generated types and holds schemars to it.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::model::{
    Body, Bounds, Field, Fields, Id, Kept, Notes, Number, Presence, Slot, Type, Types, Variant,
};

/// The schema of a type, as `schema::generate` would give it.
pub(super) fn predict(types: &Types, root: Id) -> Value {
    let mut predictor = Predictor { types, root, known: HashSet::new(), open: Vec::new() };
    let mut schema = predictor.item(root);
    let mut definitions = Map::new();
    while let Some(id) = predictor.open.pop() {
        let definition = predictor.item(id);
        definitions.insert(types.item(id).name.clone(), definition);
    }
    if let Value::Object(map) = &mut schema {
        // No title: `generate` takes it away.
        map.shift_remove("title");
        if !definitions.is_empty() {
            map.insert("$defs".to_owned(), definitions.into());
        }
    }
    schema
}

struct Predictor<'a> {
    types: &'a Types,
    root: Id,
    known: HashSet<usize>,
    open: Vec<Id>,
}

impl Predictor<'_> {
    fn item(&mut self, id: Id) -> Value {
        let item = self.types.item(id);
        let mut schema = match &item.body {
            Body::Newtype(slot) => self.slot(slot),
            Body::Open => Value::Bool(true),
            Body::Struct(fields) => self.fields(fields, fields.is_closed),
            Body::Tagged { tag, variants } => {
                let is_closed = variants.iter().any(|variant| variant.holds.is_closed);
                let branch = |variant: &Variant<Fields>| {
                    let mut branch = self.fields(&variant.holds, is_closed);
                    with_tag(&mut branch, tag, &variant.value);
                    note(&mut branch, &variant.notes);
                    branch
                };
                let branches: Vec<Value> = variants.iter().map(branch).collect();
                json!({"oneOf": branches})
            }
            Body::Texts(variants) => {
                let (plain, noted): (Vec<_>, Vec<_>) =
                    variants.iter().partition(|variant| variant.notes.is_empty());
                let values: Vec<&str> = plain.iter().map(|variant| &*variant.value).collect();
                let plain = json!({"type": "string", "enum": values});
                if noted.is_empty() {
                    plain
                } else {
                    let mut branches = Vec::new();
                    branches.extend((!values.is_empty()).then_some(plain));
                    branches.extend(noted.iter().map(|variant| {
                        let mut branch = json!({"type": "string", "const": variant.value});
                        note(&mut branch, &variant.notes);
                        branch
                    }));
                    json!({"oneOf": branches})
                }
            }
            Body::Untagged(variants) => {
                let branch = |variant: &Variant<Slot>| {
                    let mut branch = self.slot(&variant.holds);
                    note(&mut branch, &variant.notes);
                    branch
                };
                let branches: Vec<Value> = variants.iter().map(branch).collect();
                json!({"anyOf": branches})
            }
        };
        note(&mut schema, &item.notes);
        schema
    }

    fn fields(&mut self, fields: &Fields, is_closed: bool) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for field in &fields.list {
            properties.insert(field.name.clone(), self.field(field));
            let may_lack = match &field.presence {
                Presence::Default(_) | Presence::Optional => true,
                Presence::OfType => {
                    field.slot.kept.is_none() && matches!(field.slot.ty, Type::Optional(_))
                }
            };
            if !may_lack {
                required.push(field.name.as_str());
            }
        }
        let mut schema = json!({"type": "object"});
        if is_closed {
            schema["additionalProperties"] = false.into();
        }
        if !properties.is_empty() {
            schema["properties"] = properties.into();
        }
        if !required.is_empty() {
            schema["required"] = required.into();
        }
        if let Some(rest) = &fields.rest {
            schema["additionalProperties"] = self.ty(&rest.values);
        }
        schema
    }

    fn field(&mut self, field: &Field) -> Value {
        let mut schema = self.slot(&field.slot);
        let default = match &field.presence {
            Presence::Default(value) => value.clone(),
            Presence::Optional => Value::Null,
            Presence::OfType => return schema,
        };
        if !field.slot.notes.extend.iter().any(|(keyword, _)| keyword == "default") {
            insert(&mut schema, "default", default);
        }
        schema
    }

    fn slot(&mut self, slot: &Slot) -> Value {
        let mut schema = match &slot.kept {
            Some(kept) => self.kept(kept),
            None => self.ty(&slot.ty),
        };
        bound(&mut schema, &slot.bounds);
        note(&mut schema, &slot.notes);
        schema
    }

    fn kept(&mut self, kept: &Kept) -> Value {
        match kept {
            Kept::Json(value) => value.clone(),
            Kept::List(list) => list.iter().map(|kept| self.kept(kept)).collect(),
            Kept::Object(map) => {
                map.iter().map(|(key, kept)| (key.clone(), self.kept(kept))).collect()
            }
            Kept::Reference(id) => self.named(*id),
        }
    }

    fn ty(&mut self, ty: &Type) -> Value {
        match ty {
            Type::Boolean => json!({"type": "boolean"}),
            Type::Free => Value::Bool(true),
            Type::FreeObject => json!({"type": "object", "additionalProperties": true}),
            Type::Known(known) => json!({"type": "string", "format": known.format}),
            Type::List(items) => json!({"type": "array", "items": self.ty(items)}),
            Type::Map(values) => json!({"type": "object", "additionalProperties": self.ty(values)}),
            Type::Named(id) => self.named(*id),
            Type::Null => json!({"type": "null"}),
            Type::Number(number) => of_number(*number),
            Type::Optional(inner) => or_null(self.ty(inner)),
            Type::Text => json!({"type": "string"}),
            Type::Tuple(items) => {
                let count = items.len();
                let items: Vec<Value> = items.iter().map(|item| self.ty(item)).collect();
                json!({"type": "array", "prefixItems": items, "minItems": count, "maxItems": count})
            }
        }
    }

    fn named(&mut self, id: Id) -> Value {
        let item = self.types.item(id);
        if item.is_inline {
            return self.item(id);
        }
        if id == self.root {
            return json!({"$ref": "#"});
        }
        if self.known.insert(id.0) {
            self.open.push(id);
        }
        json!({"$ref": format!("#/$defs/{}", item.name)})
    }
}

fn of_number(number: Number) -> Value {
    let mut schema = json!({"type": number.kind, "format": number.format});
    for (keyword, bound) in [("minimum", number.minimum), ("maximum", number.maximum)] {
        if let Some(bound) = bound {
            schema[keyword] = bound.into();
        }
    }
    schema
}

/// As `Option` does it.
fn or_null(mut schema: Value) -> Value {
    let Value::Object(map) = &mut schema else { return schema };
    let is_null = |branch: &Value| branch.get("type").is_some_and(|kind| kind == "null");
    let branches = map.get("anyOf").and_then(Value::as_array);
    if map.len() == 1 && branches.is_some_and(|branches| branches.iter().any(is_null)) {
        return schema;
    }
    if ["if", "allOf", "anyOf", "oneOf", "$ref"].iter().any(|keyword| map.contains_key(*keyword)) {
        return json!({"anyOf": [schema, {"type": "null"}]});
    }
    match map.get_mut("type") {
        Some(Value::Array(kinds)) if !kinds.iter().any(|kind| kind == "null") => {
            kinds.push("null".into());
        }
        Some(kind @ Value::String(_)) if *kind != "null" => {
            *kind = json!([kind.take(), "null"]);
        }
        _ => {}
    }
    if let Some(value) = map.shift_remove("const") {
        if !value.is_null() {
            map.insert("enum".to_owned(), json!([value, null]));
        }
    } else if let Some(Value::Array(values)) = map.get_mut("enum") {
        if !values.contains(&Value::Null) {
            values.push(Value::Null);
        }
    }
    schema
}

fn with_tag(branch: &mut Value, tag: &str, value: &str) {
    let mut properties =
        Map::from_iter([(tag.to_owned(), json!({"type": "string", "const": value}))]);
    let mut required = vec![Value::from(tag)];
    if let Some(Value::Object(others)) = branch.get_mut("properties").map(Value::take) {
        properties.extend(others);
    }
    if let Some(Value::Array(others)) = branch.get_mut("required").map(Value::take) {
        required.extend(others);
    }
    branch["properties"] = properties.into();
    branch["required"] = required.into();
}

fn bound(schema: &mut Value, bounds: &Bounds) {
    let has = |schema: &Value, kind: &str| match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|known| known == kind),
        Some(known) => known == kind,
        None => false,
    };
    let words: &[(&str, &str, &str)] = if bounds.is_length {
        &[("string", "minLength", "maxLength"), ("array", "minItems", "maxItems")]
    } else {
        &[("number", "minimum", "maximum"), ("integer", "minimum", "maximum")]
    };
    for (kind, least, most) in words {
        for (keyword, bound) in [(least, &bounds.least), (most, &bounds.most)] {
            if let Some(bound) = bound.as_ref().filter(|_| has(schema, kind)) {
                insert(schema, keyword, bound.clone());
            }
        }
    }
    if let Some(pattern) = bounds.pattern.as_ref().filter(|_| has(schema, "string")) {
        insert(schema, "pattern", pattern.as_str().into());
    }
    if let (Some(inner), Some(items)) = (&bounds.inner, schema.get_mut("items")) {
        bound(items, inner);
    }
}

fn note(schema: &mut Value, notes: &Notes) {
    for (keyword, text) in [("title", &notes.title), ("description", &notes.description)] {
        if let Some(text) = text.as_ref().filter(|text| !text.is_empty()) {
            insert(schema, keyword, text.as_str().into());
        }
    }
    for (keyword, value) in &notes.extend {
        insert(schema, keyword, value.clone());
    }
}

fn insert(schema: &mut Value, keyword: &str, value: Value) {
    if !schema.is_object() {
        let is_all = *schema != false;
        *schema = Value::Object(Map::new());
        if !is_all {
            schema["not"] = json!({});
        }
    }
    schema[keyword] = value;
}
