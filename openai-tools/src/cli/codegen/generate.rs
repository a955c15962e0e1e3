//! Types whose contract is that of the schema they were made of.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    model::{Id, Known, Tool, Types},
    names::Names,
    predict::predict,
    read::{Read, Reader},
    same::difference,
};
use crate::schema::{Contract, Profile, SchemaError};

/// All types of a file, one contract after the other.
pub(super) struct Generator {
    pub(super) types: Types,
    names: Names,
    known: Vec<Known>,
    profile: Profile,
}

impl Generator {
    /// Makes no types yet; texts of some formats get types of other crates.
    pub(super) fn new(known: Vec<Known>) -> Self {
        let (types, names) = (Types::default(), Names::default());
        Self { types, names, known, profile: Profile::openai_strict() }
    }

    /// Adds the types of one schema.
    ///
    /// What no type says is kept as it stands. That the types give the same contract is checked
    /// before they are written, so a wrong one is refused, never written.
    pub(super) fn add(&mut self, schema: &Value, name: &str, tool: Option<Tool>) -> Read<Id> {
        let told = tool.as_ref().and_then(|tool| tool.description.as_deref());
        let mut schema = schema.clone();
        if let Value::Object(map) = &mut schema {
            // The types have it by their name.
            map.shift_remove("title");
            let own = map.get("description").and_then(Value::as_str);
            // As the library does with docs that say what the tool's description says.
            if own.zip(told).is_some_and(|(own, told)| is_repeated(own, told)) {
                map.shift_remove("description");
            }
        }
        let contract = Contract::strict(&schema, &self.profile)?;
        let (mut kept, mut tried) = (HashSet::new(), HashSet::new());
        let mut before: Option<(Vec<String>, String)> = None;
        for _ in 0..MOST_TRIES {
            let first = self.types.items.len();
            let (types, names) = (&mut self.types, &mut self.names);
            let id = Reader::new(&schema, types, names, &self.known, &kept).root(name)?;
            let made = predict(&self.types, id);
            let differs = match Contract::strict(&made, &self.profile) {
                Ok(made) => difference(&contract, &made).map(|place| place.in_original(&schema)),
                Err(_) => Some(vec![String::new()]),
            };
            let Some(places) = differs else {
                self.types.items[id.0].tool = tool;
                return Ok(id);
            };
            for item in self.types.items.drain(first..) {
                self.names.take_back(&item.name);
            }
            // The innermost place that was not tried yet.
            let next = places.iter().rev().find(|place| !tried.contains(*place)).cloned();
            let Some(place) = next else { break };
            if let Some((_, inside)) = before.filter(|(known, _)| *known == places) {
                // To keep the place inside of this one did not help.
                kept.remove(&inside);
            }
            tried.insert(place.clone());
            kept.insert(place.clone());
            before = Some((places, place));
        }
        let reason = "no Rust type gives this contract again".to_owned();
        let help = "write the schema in the words of draft 2020-12, without `$schema`, `allOf` and \
                    conditions, or define the tool at run time with `ToolDefinition::from_json`";
        Err(SchemaError::of_file(String::new(), reason, help))
    }
}

fn is_repeated(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

/// Places that are kept one by one before giving up.
const MOST_TRIES: usize = 64;
