//! Types as the text of a Rust file.

use std::{collections::HashSet, fmt::Write};

use serde_json::Value;

use super::{
    boxes::Boxes,
    kept, lines,
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

    fn item(&mut self, id: Id) {
        let item = self.types.item(id);
        self.line(0, "");
        self.head(item);
        match &item.body {
            Body::Newtype(slot) => {
                let attributes = self.attributes(slot, &item.name, &[], true);
                let ty = self.ty(Some(id), &slot.ty);
                if attributes.is_empty() {
                    self.line(0, &format!("pub struct {}(pub {ty});", item.name));
                } else {
                    self.line(0, &format!("pub struct {}(", item.name));
                    attributes.iter().for_each(|line| self.line(1, line));
                    self.line(1, &format!("pub {ty},"));
                    self.line(0, ");");
                }
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
                for variant in variants {
                    self.variant(variant, lines::variants_rule(variants).is_some());
                    let fields = &variant.holds;
                    if fields.list.is_empty() {
                        self.line(1, &format!("{},", variant.ident));
                        continue;
                    }
                    self.line(1, &format!("{} {{", variant.ident));
                    self.fields(id, fields, &format!("{}{}", item.name, variant.ident), 2);
                    self.line(1, "},");
                }
                self.line(0, "}");
            }
            Body::Texts(variants) => {
                self.line(0, &format!("pub enum {} {{", item.name));
                for variant in variants {
                    self.variant(variant, lines::variants_rule(variants).is_some());
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
                    let attributes = self.attributes(slot, &name, &[], true);
                    let ty = self.ty(Some(id), &slot.ty);
                    if attributes.is_empty() {
                        self.line(1, &format!("{}({ty}),", variant.ident));
                    } else {
                        self.line(1, &format!("{}(", variant.ident));
                        attributes.iter().for_each(|line| self.line(2, line));
                        self.line(2, &format!("{ty},"));
                        self.line(1, "),");
                    }
                }
                self.line(0, "}");
            }
        }
        let after = std::mem::take(&mut self.after);
        self.out.push_str(&after);
    }

    /// Everything before the item's own line.
    fn head(&mut self, item: &Item) {
        let (tool, is_described) = match &item.tool {
            Some(tool) => {
                let (line, is_described) = self.told(tool, &item.notes);
                (Some(line), is_described)
            }
            None => (None, self.docs(item.notes.description.as_deref(), 0)),
        };
        let mut derives = DERIVES.to_owned();
        for derive in self.derives {
            let _ = write!(derives, ", {derive}");
        }
        if item.tool.is_some() {
            derives.push_str(", openai_tools::Tool");
        }
        self.line(0, &format!("#[derive({derives})]"));
        let serde = lines::of_container(&item.body);
        if !serde.is_empty() {
            self.line(0, &format!("#[serde({})]", serde.join(", ")));
        }
        if item.is_inline {
            self.line(0, "#[schemars(inline)]");
        }
        for line in lines::of_notes(&item.notes, !is_described).into_iter().chain(tool) {
            self.line(0, &line);
        }
    }

    /// Writes the docs of a tool; what `#[tool]` says, and whether the docs say what the schema does.
    /// The macro tells docs to the model, and leaves them out of the schema.
    fn told(&mut self, tool: &Tool, notes: &Notes) -> (String, bool) {
        let told = tool.description.as_deref();
        let (docs, is_described) = match (told, notes.description.as_deref()) {
            (Some(told), None) => (Some(told), true),
            (Some(_), Some(own)) => (Some(own), fits_docs(own)),
            // Docs would become the description of the tool.
            (None, own) => (None, own.is_none()),
        };
        let docs = docs.filter(|docs| fits_docs(docs));
        self.docs(docs, 0);
        let mut keys = format!("name = {}", literal(&tool.name));
        if let Some(told) = told.filter(|told| docs != Some(*told) || !keeps_lines(told)) {
            let _ = write!(keys, ", description = {}", literal(told));
        }
        (format!("#[tool({keys})]"), is_described)
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
        for line in lines::of_notes(notes, !is_described) {
            self.line(depth, &line);
        }
    }

    fn variant<T>(&mut self, variant: &Variant<T>, is_renamed: bool) {
        self.notes(&variant.notes, 1);
        if !is_renamed && variant.ident != variant.value {
            self.line(1, &format!("#[serde(rename = {})]", literal(&variant.value)));
        }
    }

    fn fields(&mut self, id: Id, fields: &Fields, owner: &str, depth: usize) {
        // Only a struct has its fields renamed as a whole.
        let is_renamed = depth == 1 && lines::fields_rule(fields).is_some();
        let public = if depth == 1 { "pub " } else { "" };
        for Field { name, ident, slot, presence } in &fields.list {
            let mut serde = Vec::new();
            if !is_renamed && lines::unraw(ident) != name {
                serde.push(format!("rename = {}", literal(name)));
            }
            let owner = format!("{}_{}", snake(owner), lines::unraw(ident));
            match presence {
                Presence::Default(value) => serde.push(self.default(value, &slot.ty, &owner)),
                Presence::Optional => serde.push("default".to_owned()),
                Presence::OfType => {}
            }
            let ty = match presence {
                Presence::Optional => "Option<serde_json::Value>".to_owned(),
                _ => self.ty(Some(id), &slot.ty),
            };
            let is_described = self.docs(slot.notes.description.as_deref(), depth);
            let lines = self.attributes(slot, &owner, &serde, !is_described);
            lines.iter().for_each(|line| self.line(depth, line));
            self.line(depth, &format!("{public}{ident}: {ty},"));
        }
        if let Some(rest) = &fields.rest {
            let values = self.ty(Some(id), &rest.values);
            self.line(depth, "#[serde(flatten)]");
            self.line(depth, &format!("{public}{}: {},", rest.ident, lines::map_of(&values)));
        }
    }

    fn default(&mut self, value: &Value, ty: &Type, owner: &str) -> String {
        let is_usual = match value {
            Value::Bool(value) => !value,
            Value::String(text) => text.is_empty(),
            other => other.as_f64() == Some(0.0),
        };
        if is_usual {
            return "default".to_owned();
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
        format!("default = {}", literal(&name))
    }

    /// The attributes of what holds a slot, a line each.
    fn attributes(
        &mut self,
        slot: &Slot,
        owner: &str,
        serde: &[String],
        with_description: bool,
    ) -> Vec<String> {
        let mut lines = Vec::new();
        if !serde.is_empty() {
            lines.push(format!("#[serde({})]", serde.join(", ")));
        }
        if let Some(kept) = &slot.kept {
            let name = self.functions.give(&format!("{}_schema", snake(owner)));
            lines.push(format!("#[schemars(schema_with = {})]", literal(&name)));
            self.after.push_str(&kept::function(&name, kept, self.types));
        }
        let bounds = lines::of_bounds(&slot.bounds).into_iter();
        lines.extend(bounds.map(|bounds| format!("#[schemars({bounds})]")));
        lines.extend(lines::of_notes(&slot.notes, with_description));
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

const HEAD: &str = "\
// Written by `openai-tools codegen`. The contract is these types from now on: change them as you
// like, and let `openai-tools lock` tell what a change means.
";
