//! Schemas that no type has, as functions that give them to schemars.

use std::fmt::Write;

use serde_json::Value;

use super::{
    lines::{WIDEST, width},
    model::{Id, Kept, Types},
    text::{MOST_VALUES, json, literal, size},
};

/// A function that makes the schema.
pub(super) fn function(name: &str, kept: &Kept, types: &Types) -> String {
    let mut references = Vec::new();
    self::references(kept, &mut references);
    let generator = if references.is_empty() { "_" } else { "generator" };
    let body = match kept {
        Kept::Reference(id) => reference(*id, types),
        kept => {
            let mut places = Vec::new();
            let value = without_references(kept, "schema".to_owned(), &mut places);
            if size(&value) <= MOST_VALUES {
                format!("schemars::json_schema!({})", tokens(kept, types, 1))
            } else {
                let text = literal(&value.to_string());
                let is_changed = if places.is_empty() { "" } else { "mut " };
                let mut body = format!(
                    "let {is_changed}schema: serde_json::Value =\n        \
                     serde_json::from_str({text}).expect(\"JSON\");\n"
                );
                for (place, id) in places {
                    let made = reference(id, types);
                    let _ = writeln!(body, "    {place} = {made}.to_value();");
                }
                body.push_str("    schema.try_into().expect(\"a schema\")");
                body
            }
        }
    };
    let arguments = format!("{generator}: &mut schemars::SchemaGenerator");
    let head = format!("fn {name}({arguments}) -> schemars::Schema {{");
    let head = if width(&head) <= WIDEST {
        head
    } else {
        format!("fn {name}(\n    {arguments},\n) -> schemars::Schema {{")
    };
    format!("\n{head}\n    {body}\n}}\n")
}

/// The types that a schema names.
pub(super) fn references(kept: &Kept, found: &mut Vec<Id>) {
    match kept {
        Kept::Json(_) => {}
        Kept::List(list) => list.iter().for_each(|kept| references(kept, found)),
        Kept::Object(map) => map.iter().for_each(|(_, kept)| references(kept, found)),
        Kept::Reference(id) => found.push(*id),
    }
}

fn reference(id: Id, types: &Types) -> String {
    format!("generator.subschema_for::<{}>()", types.item(id).name)
}

/// The schema as `json_schema!` reads it, a line for each member where it is long.
fn tokens(kept: &Kept, types: &Types, depth: usize) -> String {
    let flat = flat(kept, types);
    if width(&flat) + 4 * depth <= WIDEST_JSON {
        return flat;
    }
    let lines = |open: &str, members: Vec<String>, close: &str| {
        let (inner, outer) = ("    ".repeat(depth + 1), "    ".repeat(depth));
        let lines: Vec<String> =
            members.into_iter().map(|member| format!("{inner}{member},\n")).collect();
        format!("{open}\n{}{outer}{close}", lines.concat())
    };
    match kept {
        Kept::Json(_) | Kept::Reference(_) => flat,
        Kept::List(list) => {
            lines("[", list.iter().map(|kept| tokens(kept, types, depth + 1)).collect(), "]")
        }
        Kept::Object(map) => {
            let member = |(key, kept): &(String, Kept)| {
                format!("{}: {}", literal(key), tokens(kept, types, depth + 1))
            };
            lines("{", map.iter().map(member).collect(), "}")
        }
    }
}

fn flat(kept: &Kept, types: &Types) -> String {
    match kept {
        Kept::Json(value) => json(value),
        Kept::List(list) => {
            let items: Vec<String> = list.iter().map(|kept| flat(kept, types)).collect();
            format!("[{}]", items.join(", "))
        }
        Kept::Object(map) => {
            let members: Vec<String> = map
                .iter()
                .map(|(key, kept)| format!("{}: {}", literal(key), flat(kept, types)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Kept::Reference(id) => reference(*id, types),
    }
}

/// The schema with `null` for each reference, and where these are, as expressions of Rust.
fn without_references(kept: &Kept, at: String, places: &mut Vec<(String, Id)>) -> Value {
    match kept {
        Kept::Json(value) => value.clone(),
        Kept::List(list) => list
            .iter()
            .enumerate()
            .map(|(n, kept)| without_references(kept, format!("{at}[{n}]"), places))
            .collect(),
        Kept::Object(map) => map
            .iter()
            .map(|(key, kept)| {
                let at = format!("{at}[{}]", literal(key));
                (key.clone(), without_references(kept, at, places))
            })
            .collect(),
        Kept::Reference(id) => {
            places.push((at, *id));
            Value::Null
        }
    }
}

const WIDEST_JSON: usize = 80;
