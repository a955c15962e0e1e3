use std::collections::HashMap;

use serde_json::Value;

use super::{
    held::Held,
    notes::{At, Notes},
};
use crate::{
    ids::ToolName,
    schema::{SchemaError, nearest, shorten},
};

/// The tools that calls are held to.
#[derive(Debug, Default)]
pub(crate) struct Offer {
    tools: HashMap<String, Offered>,
    /// Whether there may be tools that are not listed, such as those of a remote server.
    pub(super) is_open: bool,
}

/// One tool.
#[derive(Debug)]
pub(super) struct Offered {
    /// `None` for a tool that takes free text, or whose schema cannot be used.
    pub(super) held: Option<Held>,
}

impl Offer {
    /// Adds a tool, with the schema of its arguments; one without takes free text.
    ///
    /// # Errors
    ///
    /// The schema cannot be used. The tool is offered all the same, and takes anything.
    pub(crate) fn add_tool(
        &mut self,
        name: &str,
        schema: Option<&Value>,
    ) -> Result<(), SchemaError> {
        let (held, error) = match schema.map(Held::of).transpose() {
            Ok(held) => (held, None),
            Err(error) => (None, Some(error)),
        };
        self.tools.insert(name.to_owned(), Offered { held });
        error.map_or(Ok(()), Err)
    }

    /// The tool of a name, in a namespace if the call tells one. Servers may leave it out where only one
    /// has such a tool.
    pub(super) fn tool(&self, namespace: Option<&str>, name: &str) -> Option<&Offered> {
        if let Some(namespace) = namespace {
            return self.tools.get(&format!("{namespace}.{name}"));
        }
        self.tools.get(name).or_else(|| {
            let in_one = |full: &str| full.rsplit_once('.').is_some_and(|(_, own)| own == name);
            let mut found = self.tools.iter().filter(|(full, _)| in_one(full));
            found.next().filter(|_| found.next().is_none()).map(|(_, tool)| tool)
        })
    }

    /// That a name is not offered, with what is near to it.
    pub(super) fn unknown(&self, name: &str) -> String {
        let mut known: Vec<&str> = self.tools.keys().map(String::as_str).collect();
        known.sort_unstable();
        let shown = shorten(name, SHOWN);
        let near = nearest(name, known.iter().copied());
        match near {
            Some(near) => format!("no tool is called `{shown}`; did you mean `{near}`?"),
            None if known.is_empty() => format!("no tool is called `{shown}`: none is offered"),
            None => {
                let more = if known.len() > FEW { ", …" } else { "" };
                let known = known.iter().take(FEW).map(|name| shorten(name, SHOWN));
                let known = known.collect::<Vec<_>>().join(", ");
                format!("no tool is called `{shown}`; known: {known}{more}")
            }
        }
    }

    /// The tools that a record defines itself, in the forms of both APIs; what is wrong with the
    /// definitions is noted.
    pub(super) fn read(list: &At<'_>, notes: &mut Notes) -> Self {
        let mut offer = Self::default();
        if !list.value.is_array() {
            notes.error(&list.pointer, "shape", "expected an array of tools");
            return offer;
        }
        let count = list.items().count();
        if count > MOST_TOOLS {
            let message = format!("{count} tools; servers take at most {MOST_TOOLS}");
            notes.error(&list.pointer, "too-many-tools", message);
        }
        for tool in list.items() {
            offer.add(&tool, "", notes);
        }
        offer
    }

    /// `namespace` is the one that it stands in, with a dot behind it.
    fn add(&mut self, tool: &At<'_>, namespace: &str, notes: &mut Notes) {
        let kind = tool.text_at("type");
        let definition = match kind {
            Some("namespace") if namespace.is_empty() => {
                let namespace = format!("{}.", tool.text_at("name").unwrap_or_default());
                for member in tool.key("tools").iter().flat_map(At::items) {
                    self.add(&member, &namespace, notes);
                }
                return;
            }
            Some("function") | None => tool.key("function").unwrap_or_else(|| tool.clone()),
            Some("custom") => tool.key("custom").unwrap_or_else(|| tool.clone()),
            Some(kind) => {
                self.is_open |= OPEN.contains(&kind);
                return;
            }
        };
        let Some(name) = definition.text_at("name") else {
            let message = "expected a tool with a `name`";
            return notes.error(&definition.pointer, "shape", message);
        };
        if let Err(error) = ToolName::parse(name) {
            notes.error(definition.place_of("name"), "tool-name", error.to_string());
        }
        let parameters = definition.key("parameters").filter(|_| kind != Some("custom"));
        let held = match parameters.as_ref().map(|parameters| Held::of(parameters.value)) {
            // A tool without parameters.
            None if kind != Some("custom") => Held::of(&no_parameters()).ok(),
            None => None,
            Some(Ok(held)) => Some(held),
            Some(Err(error)) => {
                let at = definition.place_of("parameters");
                for refusal in error.refusals().iter().take(10) {
                    let message = format!("{} (help: {})", refusal.reason, refusal.help);
                    let at = format!("{at}{}", refusal.pointer);
                    notes.of_tool(at, "invalid-schema", message, &shorten(name, SHOWN));
                }
                None
            }
        };
        if self.tools.insert(format!("{namespace}{name}"), Offered { held }).is_some() {
            let message = format!("two tools are called `{}`", shorten(name, SHOWN));
            notes.error(definition.place_of("name"), "duplicate-tool", message);
        }
    }
}

/// Servers let the model write anything for a tool without parameters; an object is what is read.
fn no_parameters() -> Value {
    serde_json::json!({"type": "object"})
}

/// Types of tools that bring others which are not listed.
const OPEN: &[&str] = &["mcp", "tool_search"];
const MOST_TOOLS: usize = 128;
const SHOWN: usize = 64;
const FEW: usize = 8;
