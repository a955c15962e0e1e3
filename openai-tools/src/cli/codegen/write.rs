//! Types as the text of a Rust file.

use std::{collections::HashSet, fmt::Write};

use serde_json::Value;

use super::{
    boxes::Boxes,
    kept,
    lines::{self, Key},
    model::{Body, Field, Fields, Id, Item, Notes, Presence, Slot, Tool, Type, Types, Variant},
    names::{Names, snake},
    text::{fits_docs, keeps_lines, literal},
};

/// The file of all types that some types lead to.
pub(super) fn write(types: &Types, roots: &[Id], derives: &[String]) -> String {
    let mut writer = Writer {
        types,
        boxes: Boxes::of(types),
        derives,
        functions: Names::default(),
        seen: HashSet::new(),
        out: HEAD.to_owned(),
        after: String::new(),
    };
    for root in roots {
        let mut open = vec![*root];
        while let Some(id) = open.pop() {
            if writer.seen.insert(id.0) {
                let first = open.len();
                mentioned(&types.item(id).body, &mut open);
                open[first..].reverse();
                writer.item(id);
            }
        }
    }
    writer.out
}

struct Writer<'a> {
    types: &'a Types,
    boxes: Boxes,
    derives: &'a [String],
    functions: Names,
    seen: HashSet<usize>,
    out: String,
    /// Functions that belong to the item that is being written.
    after: String,
}

impl Writer<'_> {
    fn line(&mut self, depth: usize, line: &str) {
        let indent = if line.is_empty() { 0 } else { 4 * depth };
        // Writing to a text cannot fail.
        let _ = writeln!(self.out, "{:indent$}{line}", "");
    }

    fn lines(&mut self, depth: usize, lines: &[String]) {
        for line in lines {
            self.line(depth, line);
        }
    }

    /// The variants of an enum that have fields, each from a place of the text to another, in one
    /// line each if all are short: rustfmt does so.
    fn join_short(&mut self, variants: &[(usize, usize)]) {
        let joined: Option<Vec<String>> =
            variants.iter().map(|(start, end)| lines::joined(&self.out[*start..*end])).collect();
        let Some(joined) = joined else { return };
        // From behind, so that the places before stay where they are.
        for ((start, end), line) in variants.iter().zip(&joined).rev() {
            self.out.replace_range(*start..*end, line);
        }
    }

    fn item(&mut self, id: Id) {
        let item = self.types.item(id);
        self.line(0, "");
        self.head(item);
        match &item.body {
            Body::Newtype(slot) => {
                let attributes = self.attributes(slot, &item.name, &[], true, 1);
                let ty = format!("pub {}", self.ty(Some(id), &slot.ty));
                let head = format!("pub struct {}", item.name);
                self.lines(0, &lines::tuple(0, &head, &attributes, &ty, ";"));
            }
            Body::Open => {}
            Body::Struct(fields) if fields.list.is_empty() && fields.rest.is_none() => {
                self.line(0, &format!("pub struct {} {{}}", item.name));
            }
            Body::Struct(fields) => {
                self.line(0, &format!("pub struct {} {{", item.name));
                self.fields(id, fields, &item.name, 1);
                self.line(0, "}");
            }
            Body::Tagged { variants, .. } => {
                self.line(0, &format!("pub enum {} {{", item.name));
                self.tagged(id, &item.name, variants);
                self.line(0, "}");
            }
            Body::Texts(variants) => {
                self.line(0, &format!("pub enum {} {{", item.name));
                let is_renamed = lines::variants_rule(variants).is_some();
                for variant in variants {
                    self.variant(variant, is_renamed);
                    self.line(1, &format!("{},", variant.ident));
                }
                self.line(0, "}");
            }
            Body::Untagged(variants) => {
                self.line(0, &format!("pub enum {} {{", item.name));
                for variant in variants {
                    self.notes(&variant.notes, 1);
                    let name = format!("{}{}", item.name, variant.ident);
                    let slot = &variant.holds;
                    let attributes = self.attributes(slot, &name, &[], true, 2);
                    let ty = self.ty(Some(id), &slot.ty);
                    self.lines(1, &lines::tuple(1, &variant.ident, &attributes, &ty, ","));
                }
                self.line(0, "}");
            }
        }
        let after = std::mem::take(&mut self.after);
        self.out.push_str(&after);
    }

    fn tagged(&mut self, id: Id, name: &str, variants: &[Variant<Fields>]) {
        let is_renamed = lines::variants_rule(variants).is_some();
        let mut with_fields = Vec::new();
        for variant in variants {
            self.variant(variant, is_renamed);
            let Variant { ident, holds: fields, .. } = variant;
            if fields.list.is_empty() {
                self.line(1, &format!("{ident},"));
                continue;
            }
            let start = self.out.len();
            self.line(1, &format!("{ident} {{"));
            self.fields(id, fields, &format!("{name}{ident}"), 2);
            self.line(1, "},");
            with_fields.push((start, self.out.len()));
        }
        self.join_short(&with_fields);
    }

    /// Everything before the item's own line.
    fn head(&mut self, item: &Item) {
        let (tool, is_described) = match &item.tool {
            Some(tool) => self.told(tool, &item.notes),
            None => (Vec::new(), self.docs(item.notes.description.as_deref(), 0)),
        };
        let mut derives = DERIVES.to_owned();
        for derive in self.derives {
            let _ = write!(derives, ", {derive}");
        }
        if item.tool.is_some() {
            derives.push_str(", openai_tools::Tool");
        }
        let derive = format!("#[derive({derives})]");
        if lines::width(&derive) <= lines::WIDEST {
            self.line(0, &derive);
        } else {
            self.line(0, &format!("#[derive(\n    {},\n)]", derives.replace(", ", ",\n    ")));
        }
        let serde = lines::of_container(&item.body);
        if !serde.is_empty() {
            self.lines(0, &lines::attribute(0, "serde", &serde));
        }
        if item.is_inline {
            self.line(0, "#[schemars(inline)]");
        }
        self.lines(0, &lines::of_notes(&item.notes, !is_described, 0));
        self.lines(0, &tool);
    }

    /// Writes the docs of a tool; what `#[tool]` says, and whether the docs say what the schema does.
    /// The macro tells docs to the model, and leaves them out of the schema.
    fn told(&mut self, tool: &Tool, notes: &Notes) -> (Vec<String>, bool) {
        let told = tool.description.as_deref();
        let (docs, is_described) = match (told, notes.description.as_deref()) {
            (Some(told), None) => (Some(told), true),
            (Some(_), Some(own)) => (Some(own), fits_docs(own)),
            // Docs would become the description of the tool.
            (None, own) => (None, own.is_none()),
        };
        let docs = docs.filter(|docs| fits_docs(docs));
        self.docs(docs, 0);
        let told = told.filter(|told| docs != Some(*told) || !keeps_lines(told));
        let mut keys = vec![Key::text("name", &tool.name)];
        keys.extend(told.map(|told| Key::text("description", told)));
        (lines::attribute(0, "tool", &keys), is_described)
    }

    /// Writes docs; whether they could be written so.
    fn docs(&mut self, text: Option<&str>, depth: usize) -> bool {
        let Some(text) = text.filter(|text| fits_docs(text)) else { return text.is_none() };
        for line in text.split('\n') {
            let space = if line.is_empty() { "" } else { " " };
            self.line(depth, &format!("///{space}{line}"));
        }
        true
    }

    fn notes(&mut self, notes: &Notes, depth: usize) {
        let is_described = self.docs(notes.description.as_deref(), depth);
        self.lines(depth, &lines::of_notes(notes, !is_described, depth));
    }

    fn variant<T>(&mut self, variant: &Variant<T>, is_renamed: bool) {
        self.notes(&variant.notes, 1);
        if !is_renamed && variant.ident != variant.value {
            let keys = [Key::text("rename", &variant.value)];
            self.lines(1, &lines::attribute(1, "serde", &keys));
        }
    }

    fn fields(&mut self, id: Id, fields: &Fields, owner: &str, depth: usize) {
        // Only a struct has its fields renamed as a whole.
        let is_renamed = depth == 1 && lines::fields_rule(fields).is_some();
        let public = if depth == 1 { "pub " } else { "" };
        for Field { name, ident, slot, presence } in &fields.list {
            let mut serde = Vec::new();
            if !is_renamed && lines::unraw(ident) != name {
                serde.push(Key::text("rename", name));
            }
            let owner = format!("{}_{}", snake(owner), lines::unraw(ident));
            match presence {
                Presence::Default(value) => serde.push(self.default(value, &slot.ty, &owner)),
                Presence::Optional => serde.push(Key::Plain("default".to_owned())),
                Presence::OfType => {}
            }
            let ty = match presence {
                Presence::Optional => "Option<serde_json::Value>".to_owned(),
                _ => self.ty(Some(id), &slot.ty),
            };
            let is_described = self.docs(slot.notes.description.as_deref(), depth);
            let attributes = self.attributes(slot, &owner, &serde, !is_described, depth);
            self.lines(depth, &attributes);
            self.lines(depth, &lines::field(depth, &format!("{public}{ident}"), &ty));
        }
        if let Some(rest) = &fields.rest {
            let values = self.ty(Some(id), &rest.values);
            self.line(depth, "#[serde(flatten)]");
            let name = format!("{public}{}", rest.ident);
            self.lines(depth, &lines::field(depth, &name, &lines::map_of(&values)));
        }
    }

    fn default(&mut self, value: &Value, ty: &Type, owner: &str) -> Key {
        let is_usual = match value {
            Value::Bool(value) => !value,
            Value::String(text) => text.is_empty(),
            other => other.as_f64() == Some(0.0),
        };
        if is_usual {
            return Key::Plain("default".to_owned());
        }
        let written = match (value, ty) {
            (Value::String(text), _) => format!("{}.to_owned()", literal(text)),
            (Value::Number(number), Type::Number(kind)) if kind.kind == "number" => {
                format!("{:?}", number.as_f64().unwrap_or_default())
            }
            (other, _) => other.to_string(),
        };
        let name = self.functions.give(&format!("{owner}_default"));
        let ty = lines::plain(ty);
        let _ = write!(self.after, "\nfn {name}() -> {ty} {{\n    {written}\n}}\n");
        Key::text("default", &name)
    }

    /// The attributes of what holds a slot, a line each.
    fn attributes(
        &mut self,
        slot: &Slot,
        owner: &str,
        serde: &[Key],
        with_description: bool,
        depth: usize,
    ) -> Vec<String> {
        let mut lines = Vec::new();
        if !serde.is_empty() {
            lines.extend(lines::attribute(depth, "serde", serde));
        }
        if let Some(kept) = &slot.kept {
            let name = self.functions.give(&format!("{}_schema", snake(owner)));
            let keys = [Key::text("schema_with", &name)];
            lines.extend(lines::attribute(depth, "schemars", &keys));
            self.after.push_str(&kept::function(&name, kept, self.types));
        }
        let bounds = lines::of_bounds(&slot.bounds).into_iter();
        lines.extend(bounds.flat_map(|key| lines::attribute(depth, "schemars", &[key])));
        lines.extend(lines::of_notes(&slot.notes, with_description, depth));
        lines
    }

    /// The type as it is written in `holder`; `None` where it is elsewhere in memory anyway.
    fn ty(&self, holder: Option<Id>, ty: &Type) -> String {
        match ty {
            Type::List(items) => format!("Vec<{}>", self.ty(None, items)),
            Type::Map(values) => lines::map_of(&self.ty(None, values)),
            Type::Named(id) => {
                let name = &self.types.item(*id).name;
                match holder {
                    Some(holder) if self.boxes.is_needed(holder, *id) => format!("Box<{name}>"),
                    _ => name.clone(),
                }
            }
            Type::Optional(inner) => format!("Option<{}>", self.ty(holder, inner)),
            Type::Tuple(items) => {
                let comma = if items.len() == 1 { "," } else { "" };
                let items: Vec<String> = items.iter().map(|item| self.ty(holder, item)).collect();
                format!("({}{comma})", items.join(", "))
            }
            other => lines::plain(other).to_owned(),
        }
    }
}

/// The types that a body names, in order.
fn mentioned(body: &Body, found: &mut Vec<Id>) {
    let mut slot = |slot: &Slot| match &slot.kept {
        Some(kept) => kept::references(kept, found),
        None => of_type(&slot.ty, found),
    };
    match body {
        Body::Newtype(held) => slot(held),
        Body::Open | Body::Texts(_) => {}
        Body::Struct(fields) => {
            fields.list.iter().for_each(|field| slot(&field.slot));
            fields.rest.iter().for_each(|rest| of_type(&rest.values, found));
        }
        Body::Tagged { variants, .. } => {
            variants.iter().flat_map(|v| &v.holds.list).for_each(|field| slot(&field.slot));
        }
        Body::Untagged(variants) => variants.iter().for_each(|v| slot(&v.holds)),
    }
}

fn of_type(ty: &Type, found: &mut Vec<Id>) {
    match ty {
        Type::List(inner) | Type::Map(inner) | Type::Optional(inner) => of_type(inner, found),
        Type::Named(id) => found.push(*id),
        Type::Tuple(items) => items.iter().for_each(|item| of_type(item, found)),
        _ => {}
    }
}

const DERIVES: &str = "Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema";

/// The first lines of every file; by the first one it is known again.
pub(super) const HEAD: &str = "\
// Written by `openai-tools codegen`. The contract is these types from now on: change them as you
// like, and let `openai_tools::ci::check` tell what a change means.
";
