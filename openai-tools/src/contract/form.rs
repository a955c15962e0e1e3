//! What a lock says of a tool beside its parameters: what kind it is, who may call it, what it gives
//! back.

use serde_json::{Map, Value, json};

use super::{
    Change, Class, LockedTool,
    walk::{Effect, Found, Verdict, differences},
};
use crate::tool::{CallKind, CustomFormat, ToolDefinition};

/// What is promised of a tool beside its parameters; nothing of a plain function.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct LockedForm {
    /// What its calls ask for; `None` for a function.
    pub(super) kind: Option<String>,
    /// The grammar of a custom tool's text, as it is sent; `None` for any text.
    pub(super) format: Option<Value>,
    /// What the model is told of the namespace.
    pub(super) namespace_description: Option<String>,
    pub(super) defer_loading: bool,
    /// Who may call it; empty for the model.
    pub(super) allowed_callers: Vec<String>,
    pub(super) output_schema: Option<Value>,
}

impl LockedForm {
    /// Enters what there is into the object of the tool.
    pub(super) fn write(&self, tool: &mut Map<String, Value>) {
        let mut set = |key: &str, value: Option<Value>| {
            tool.extend(value.map(|value| (key.to_owned(), value)));
        };
        let text = |text: &Option<String>| text.as_deref().map(Value::from);
        set("kind", text(&self.kind));
        set("format", self.format.clone());
        set("namespace_description", text(&self.namespace_description));
        set("defer_loading", self.defer_loading.then_some(true.into()));
        let callers = &self.allowed_callers;
        set("allowed_callers", (!callers.is_empty()).then(|| json!(callers)));
        set("output_schema", self.output_schema.clone());
    }

    fn is_custom(&self) -> bool {
        self.kind.as_deref() == Some(CallKind::Custom.as_str())
    }

    /// Whether the model calls it, and whether programs do.
    fn callers(&self) -> [bool; 2] {
        let has = |caller: &str| self.allowed_callers.iter().any(|known| known == caller);
        [self.allowed_callers.is_empty() || has("direct"), has("programmatic")]
    }

    fn kind(&self) -> &str {
        self.kind.as_deref().unwrap_or(CallKind::Function.as_str())
    }
}

#[cfg(feature = "cli")]
impl LockedTool {
    /// Says what the JSON of a definition says beside the parameters.
    pub(crate) fn with_form_of(mut self, json: &Value) -> Self {
        let schema = json.get("output_schema").or_else(|| json.get("outputSchema"));
        let callers = json.get("allowed_callers").and_then(Value::as_array);
        let callers = callers.into_iter().flatten();
        self.form.defer_loading = json.get("defer_loading").is_some_and(|defer| *defer == true);
        self.form.allowed_callers =
            callers.filter_map(|word| word.as_str().map(str::to_owned)).collect();
        self.form.output_schema = schema.filter(|schema| schema.is_object()).cloned();
        self
    }
}

impl From<&ToolDefinition> for LockedForm {
    fn from(definition: &ToolDefinition) -> Self {
        let form = definition.form();
        let kind = definition.kind();
        let grammar = form.custom().filter(|format| **format != CustomFormat::Text);
        // Words and texts always serialise.
        let json = |value: serde_json::Result<Value>| value.unwrap_or_default();
        let callers =
            form.allowed_callers().iter().map(|caller| json(serde_json::to_value(caller)));
        Self {
            kind: (kind != CallKind::Function).then(|| kind.as_str().to_owned()),
            format: grammar.map(|format| json(serde_json::to_value(format))),
            namespace_description: form.namespace().map(|of| of.description().to_owned()),
            defer_loading: form.defer_loading(),
            allowed_callers: callers.filter_map(|word| word.as_str().map(str::to_owned)).collect(),
            output_schema: definition.output_schema().cloned(),
        }
    }
}

/// What changed in the form of a tool.
pub(super) fn of_form(old: &LockedTool, new: &LockedTool) -> Vec<Change> {
    let (was, is) = (&old.form, &new.form);
    let mut changes = Vec::new();
    let mut tell = |pointer: &str, reason: &str, model: Class, stored: Option<Class>, values| {
        let (before, after): (Option<Value>, Option<Value>) = values;
        let change = Change::new(&new.name, pointer, reason);
        changes.push(change.with_classes(model, stored).with_values(before, after));
    };
    if was.kind() != is.kind() {
        let values = (Some(was.kind().into()), Some(is.kind().into()));
        let reason = "the tool is of another kind";
        tell("/kind", reason, Class::Breaking, Some(Class::Breaking), values);
    } else if was.is_custom() && was.format != is.format && !is_in_schema(old, new) {
        let (reason, class) = match (&was.format, &is.format) {
            (None, _) => ("the text follows a grammar now", Class::Narrowing),
            (_, None) => ("the text follows no grammar any more", Class::Widening),
            _ => ("the text follows another grammar", Class::Undecided),
        };
        // Texts that are stored are held to their schema alone, which is compared as such.
        tell("/format", reason, class, None, (was.format.clone(), is.format.clone()));
    }
    // Whether there is a namespace is a part of the name.
    if was.namespace_description != is.namespace_description {
        let text = |text: &Option<String>| text.as_deref().map(Value::from);
        let reason = "the description of the namespace says something else";
        let values = (text(&was.namespace_description), text(&is.namespace_description));
        tell("/namespace_description", reason, Class::Wording, None, values);
    }
    if was.defer_loading != is.defer_loading {
        let (reason, class) = if is.defer_loading {
            ("the model has to look for the tool now", Class::Narrowing)
        } else {
            ("the model need not look for the tool any more", Class::Widening)
        };
        let values = (Some(was.defer_loading.into()), Some(is.defer_loading.into()));
        tell("/defer_loading", reason, class, None, values);
    }
    let (before, after) = (was.callers(), is.callers());
    if before != after {
        let gone = before.iter().zip(after).any(|(before, after)| *before && !after);
        let added = before.iter().zip(after).any(|(before, after)| !*before && after);
        let (reason, class) = match (gone, added) {
            (true, true) => ("others may call the tool, and who could may not", Class::Breaking),
            (true, false) => ("not all may call the tool who could", Class::Narrowing),
            (false, _) => ("more may call the tool", Class::Widening),
        };
        let list = |form: &LockedForm| Some(json!(form.allowed_callers));
        tell("/allowed_callers", reason, class, None, (list(was), list(is)));
    }
    changes.extend(of_outputs(&new.name, was.output_schema.as_ref(), is.output_schema.as_ref()));
    changes
}

/// Whether both grammars are expressions that stand in the schema as well, which is compared.
fn is_in_schema(old: &LockedTool, new: &LockedTool) -> bool {
    let is_regex = |tool: &LockedTool| {
        let syntax = tool.form.format.as_ref().and_then(|format| format.get("syntax"));
        let properties = tool.parameters.get("properties").and_then(Value::as_object);
        let mut texts = properties.into_iter().flat_map(Map::values);
        syntax.is_some_and(|syntax| syntax == "regex")
            && texts.any(|text| text.get("pattern").is_some())
    };
    is_regex(old) && is_regex(new)
}

/// Outputs are read, not written: what was promised of them is kept where the new ones are some of
/// those that could come.
fn of_outputs(tool: &str, old: Option<&Value>, new: Option<&Value>) -> Vec<Change> {
    let whole = |reason, class| {
        let change = Change::new(tool, "/output_schema", reason).with_classes(class, None);
        vec![change.with_values(old.cloned(), new.cloned())]
    };
    match (old, new) {
        (None, None) => Vec::new(),
        (None, Some(_)) => whole("the outputs have a schema now", Class::Narrowing),
        (Some(_), None) => whole("the outputs have no schema any more", Class::Breaking),
        (Some(old), Some(new)) => {
            differences(old, new).into_iter().map(|found| of_output(tool, found)).collect()
        }
    }
}

fn of_output(tool: &str, found: Found) -> Change {
    let class = match &found.effect {
        Effect::Order => Class::Reordering,
        Effect::Wording => Class::Wording,
        Effect::Meaning { forth, back } => match (forth, back) {
            (Verdict::Holds, Verdict::Holds) => Class::Wording,
            (_, Verdict::Holds) => Class::Narrowing,
            (_, Verdict::Broken(_)) => Class::Breaking,
            (_, Verdict::Unknown) => Class::Undecided,
        },
    };
    let reason = format!("{} (of the outputs)", found.reason);
    let mut change = Change::new(tool, format!("/output_schema{}", found.pointer), reason)
        .with_classes(class, None)
        .with_values(found.before, found.after);
    change.hint = found.hint;
    change
}
