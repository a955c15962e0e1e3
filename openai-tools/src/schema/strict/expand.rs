use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{
    conversion::{Conversion, Stop},
    merge::narrow,
};

/// A schema without references and `allOf`: plain keywords, and unions that stand beside them.
pub(super) struct Expanded {
    pub(super) plain: Map<String, Value>,
    pub(super) unions: Vec<Union>,
}

pub(super) struct Union {
    pub(super) keyword: &'static str,
    pub(super) branches: Vec<Value>,
    pub(super) at: String,
}

impl Conversion<'_> {
    /// Brings together what a schema says itself, in its `allOf` and by its `$ref`.
    pub(super) fn expand(&mut self, map: &Map<String, Value>, at: &str) -> Result<Expanded, Stop> {
        let mut expanded = Expanded { plain: Map::new(), unions: Vec::new() };
        let mut followed = HashSet::new();
        // A stack, so what comes later in the schema is pushed first.
        let mut open = vec![(Value::Object(map.clone()), at.to_owned())];
        while let Some((part, place)) = open.pop() {
            self.step(&part, at)?;
            let mut part = match part {
                Value::Bool(true) => continue,
                Value::Object(part) => part,
                _ => return Err(Stop::Never),
            };
            self.modernize(&mut part, &place);
            if let Some(Value::String(reference)) = part.shift_remove("$ref") {
                let target = self.document.resolve(&reference, &place);
                let (pointer, target) = target.map_err(|refusal| self.refuse_with(refusal))?;
                // Saying a thing twice says no more; this also ends circles.
                if followed.insert(pointer.clone()) {
                    open.push((without_annotations(target), pointer));
                }
            }
            if let Some(Value::Array(parts)) = part.shift_remove("allOf") {
                let parts = parts.into_iter().enumerate().rev();
                open.extend(parts.map(|(n, part)| (part, format!("{place}/allOf/{n}"))));
            }
            for keyword in ["anyOf", "oneOf"] {
                if let Some(Value::Array(branches)) = part.shift_remove(keyword) {
                    let at = format!("{place}/{keyword}");
                    expanded.unions.push(Union { keyword, branches, at });
                }
            }
            for keyword in narrow(&mut expanded.plain, &part).map_err(|_| Stop::Never)? {
                self.lose_to_recheck(&place, &keyword);
            }
        }
        Ok(expanded)
    }
}

/// The docs of a type are not the docs of the field that has it.
fn without_annotations(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Value::Object(map) = &mut schema {
        for keyword in ["default", "description", "examples", "title", "$defs", "definitions"] {
            map.shift_remove(keyword);
        }
    }
    schema
}
