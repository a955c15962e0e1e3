use std::{borrow::Cow, sync::Arc};

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use super::kind::CallKind;
use crate::{
    error::{Error, ErrorKind},
    ids::ToolName,
};

/// The form in which a tool is offered to the model, beside its name, description and parameters.
///
/// ```
/// use openai_tools::tool::{Caller, CustomFormat, ToolForm};
///
/// let digits = ToolForm::new().with_custom(CustomFormat::Regex("[0-9]+".into()));
/// let rare = ToolForm::new().with_defer_loading(true).with_allowed_callers([Caller::Programmatic]);
/// # let _ = (digits, rare);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolForm {
    pub(super) custom: Option<CustomFormat>,
    pub(super) builtin: Option<Builtin>,
    pub(super) namespace: Option<Arc<Namespace>>,
    pub(super) defer_loading: bool,
    pub(super) allowed_callers: Vec<Caller>,
}

impl ToolForm {
    /// A function in no namespace, told at once, for everybody to call.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes it a custom tool: the model writes a text in place of JSON. The tool has one parameter,
    /// which is a string. Default: a function.
    #[must_use]
    pub fn with_custom(mut self, format: CustomFormat) -> Self {
        self.custom = Some(format);
        self
    }

    /// Puts the tool into a namespace. Only the Responses API has these. Default: none.
    #[must_use]
    pub fn with_namespace(mut self, namespace: impl Into<Arc<Namespace>>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Whether the model is told of the tool only when it looks for it, with
    /// [`HostedTool::tool_search`](crate::chat::HostedTool::tool_search). Only the Responses API has
    /// that. Default: false.
    #[must_use]
    pub fn with_defer_loading(mut self, defer_loading: bool) -> Self {
        self.defer_loading = defer_loading;
        self
    }

    /// Says who may call the tool: the model, programs that it writes, or both. Only the Responses
    /// API has that. Default: not sent, which is the model.
    #[must_use]
    pub fn with_allowed_callers(mut self, callers: impl IntoIterator<Item = Caller>) -> Self {
        self.allowed_callers = callers.into_iter().collect();
        self
    }

    /// The format of the text, if it is a custom tool.
    #[must_use]
    pub fn custom(&self) -> Option<&CustomFormat> {
        self.custom.as_ref()
    }

    /// The namespace, if it is in one.
    #[must_use]
    pub fn namespace(&self) -> Option<&Namespace> {
        self.namespace.as_deref()
    }

    /// Whether the model has to look for the tool.
    #[must_use]
    pub fn defer_loading(&self) -> bool {
        self.defer_loading
    }

    /// Who may call it; empty where nothing is said.
    #[must_use]
    pub fn allowed_callers(&self) -> &[Caller] {
        &self.allowed_callers
    }
}

/// What a custom tool takes: any text, or what a grammar allows.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CustomFormat {
    /// A grammar in the syntax of Lark. The server holds the model to it; it is not checked here.
    Lark(Cow<'static, str>),
    /// A regular expression for the whole of the text, in the syntax of Rust's `regex`. What does
    /// not match is refused here as well, unless the expression is one that cannot be read here.
    Regex(Cow<'static, str>),
    /// Any text.
    Text,
}

impl CustomFormat {
    /// Syntax and definition of the grammar.
    pub(crate) fn grammar(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Lark(definition) => Some(("lark", definition)),
            Self::Regex(definition) => Some(("regex", definition)),
            Self::Text => None,
        }
    }

    /// Reads the JSON of either API; `None` if it is neither.
    pub(super) fn from_json(format: Option<&Value>) -> Option<Self> {
        let Some(format) = format.filter(|format| !format.is_null()) else {
            return Some(Self::Text);
        };
        let text = |value: &Value, field: &str| value.get(field)?.as_str().map(str::to_owned);
        match text(format, "type")?.as_str() {
            "text" => Some(Self::Text),
            "grammar" => {
                let grammar = format.get("grammar").unwrap_or(format);
                let definition = Cow::Owned(text(grammar, "definition")?);
                match text(grammar, "syntax")?.as_str() {
                    "lark" => Some(Self::Lark(definition)),
                    "regex" => Some(Self::Regex(definition)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// The flat form, which the Responses API has.
impl Serialize for CustomFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.grammar() {
            None => map.serialize_entry("type", "text")?,
            Some((syntax, definition)) => {
                map.serialize_entry("type", "grammar")?;
                map.serialize_entry("syntax", syntax)?;
                map.serialize_entry("definition", definition)?;
            }
        }
        map.end()
    }
}

/// Who calls a tool.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// The model itself.
    Direct,
    /// A program that the model wrote.
    Programmatic,
}

/// A name that tools of one subject share, and what the model is told of the subject.
///
/// ```
/// use openai_tools::{ToolDefinition, tool::Namespace};
/// use serde_json::json;
///
/// let definition = ToolDefinition::new("find", json!({"type": "object", "properties": {}}));
/// let definition = definition.with_namespace(Namespace::new("crm", "Customers.")?).build()?;
/// assert_eq!(definition.full_name(), "crm.find");
/// # Ok::<(), openai_tools::Error>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Namespace {
    name: ToolName,
    description: String,
}

impl Namespace {
    /// A namespace. The name is one as tools have it.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition): an illegal name, or an empty description, which
    /// the API does not take.
    pub fn new(name: &str, description: impl Into<String>) -> Result<Self, Error> {
        let name = ToolName::parse(name).map_err(|e| {
            Error::new(ErrorKind::Definition, "the namespace's name").with_source(e)
        })?;
        let description = description.into();
        if description.trim().is_empty() {
            let why = format!("the namespace `{name}` has no description; say what it is for");
            return Err(Error::new(ErrorKind::Definition, why));
        }
        Ok(Self { name, description })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &ToolName {
        &self.name
    }

    /// What the model is told of it.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }
}

/// A tool that the API knows and the application runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Builtin {
    pub(crate) kind: CallKind,
    /// What stands in `tools`; nothing for one that is not offered by itself.
    pub(crate) wire: Option<Value>,
}
