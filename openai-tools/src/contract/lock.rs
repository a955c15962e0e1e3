use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{form::LockedForm, patch, pretty::pretty};
use crate::{schema::Loss, tool::ToolDefinition};

/// What tools promise a model, as a file that is committed: `tools.lock.json`.
///
/// Its bytes are the same on every run and in every build: tools stand by name (their order is no
/// part of the contract), and everything inside in the order in which it is declared, which is
/// meaning for a model.
///
/// | key | what |
/// |---|---|
/// | `lock`, `version` | that it is such a file, and its form: 1 |
/// | `profile` | the [profile](crate::schema::Profile) that the tools were checked against |
/// | `tools[].name`, `description`, `strict`, `parameters` | what is sent |
/// | `tools[].accepted` | how the schema of what is accepted back differs from `parameters`, as a JSON merge patch; left out where it does not |
/// | `tools[].codec` | the places that are [rewritten](crate::schema::Rewrite) for the Rust type |
/// | `tools[].losses` | what the server does not hold the model to |
/// | `tools[].rechecked` | rules that only a decoded value can be held to |
/// | `tools[].kind` | what its [calls ask for](crate::tool::CallKind), such as `custom`; left out of a function |
/// | `tools[].format` | the grammar of a custom tool; left out where any text will do |
/// | `tools[].namespace_description` | what the model is told of the tool's namespace, whose name is a part of `name` |
/// | `tools[].defer_loading`, `allowed_callers` | as in [`ToolForm`](crate::tool::ToolForm); left out where nothing is said |
/// | `tools[].output_schema` | the schema of its outputs, if there is one |
///
/// There is no digest: the file holds all that one would stand for.
///
/// ```
/// use openai_tools::{ToolDefinition, contract::Lock};
/// use serde_json::json;
///
/// let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
/// let weather = ToolDefinition::new("get_weather", schema).build()?;
/// let lock = Lock::of_definitions([&weather]);
///
/// let text = lock.to_text();
/// assert!(text.contains("\"name\": \"get_weather\""));
/// assert_eq!(Lock::parse(&text)?, lock);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Lock {
    pub(super) profile: Option<String>,
    pub(super) tools: BTreeMap<String, LockedTool>,
}

/// What one tool promises.
#[derive(Clone, Debug, PartialEq)]
pub struct LockedTool {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) strict: bool,
    pub(super) parameters: Value,
    pub(super) accepted: Option<Value>,
    pub(super) codec: Vec<(String, String)>,
    pub(super) losses: Vec<LockedLoss>,
    pub(super) rechecked: Option<Value>,
    pub(super) form: LockedForm,
}

/// A keyword that the server does not hold the model to.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LockedLoss {
    /// The schema that holds it, as a JSON pointer into the original.
    pub pointer: String,
    /// The keyword, such as `minLength`.
    pub keyword: String,
    /// Whether it is checked on what comes back.
    pub enforced: bool,
    /// Whether the description that is sent says it in words.
    pub described: bool,
}

impl Lock {
    /// A lock of tools; of two with one name the later one stands.
    #[must_use]
    pub fn of(tools: impl IntoIterator<Item = LockedTool>) -> Self {
        let tools = tools.into_iter().map(|tool| (tool.name.clone(), tool)).collect();
        Self { profile: None, tools }
    }

    /// A lock of definitions.
    #[must_use]
    pub fn of_definitions<'a>(definitions: impl IntoIterator<Item = &'a ToolDefinition>) -> Self {
        Self::of(definitions.into_iter().map(LockedTool::from))
    }

    /// Notes the name of the profile that the tools were checked against.
    #[must_use]
    pub fn with_profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// The name of the profile that the tools were checked against.
    #[must_use]
    pub fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// The tools, by name.
    #[must_use]
    pub fn tools(&self) -> impl ExactSizeIterator<Item = &LockedTool> {
        self.tools.values()
    }

    /// The tool of a name.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&LockedTool> {
        self.tools.get(name)
    }

    /// The file's text: JSON in lines of about 100 columns, each property on one of its own.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut lock = Map::new();
        lock.insert("lock".to_owned(), MARK.into());
        lock.insert("version".to_owned(), VERSION.into());
        if let Some(profile) = &self.profile {
            lock.insert("profile".to_owned(), profile.as_str().into());
        }
        lock.insert("tools".to_owned(), self.tools.values().map(LockedTool::to_json).collect());
        pretty(&Value::Object(lock))
    }
}

/// Locks are equal if their files are.
impl PartialEq for Lock {
    fn eq(&self, other: &Self) -> bool {
        self.to_text() == other.to_text()
    }
}

impl LockedTool {
    /// A tool whose parameters are sent as they stand, and what comes back is held to them.
    #[must_use]
    pub fn new(name: impl Into<String>, parameters: Value) -> Self {
        Self {
            name: name.into(),
            description: None,
            strict: false,
            parameters,
            accepted: None,
            codec: Vec::new(),
            losses: Vec::new(),
            rechecked: None,
            form: LockedForm::default(),
        }
    }

    /// Says what the model is told the tool does.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Says whether the server is told to hold the model to the parameters. Default: no.
    #[must_use]
    pub fn with_strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// The name by which the model calls the tool.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the model is told the tool does.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Whether the server is told to hold the model to the parameters.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.strict
    }

    /// The schema that is sent.
    #[must_use]
    pub fn parameters(&self) -> &Value {
        &self.parameters
    }

    /// The schema of what is accepted back.
    #[must_use]
    pub fn accepted(&self) -> &Value {
        self.accepted.as_ref().unwrap_or(&self.parameters)
    }

    /// What the server does not hold the model to.
    #[must_use]
    pub fn losses(&self) -> &[LockedLoss] {
        &self.losses
    }

    fn to_json(&self) -> Value {
        let mut tool = Map::new();
        let mut set = |key: &str, value: Value| tool.insert(key.to_owned(), value);
        set("name", self.name.as_str().into());
        if let Some(description) = &self.description {
            set("description", description.as_str().into());
        }
        set("strict", self.strict.into());
        set("parameters", self.parameters.clone());
        if let Some(accepted) = &self.accepted {
            match patch::between(&self.parameters, accepted) {
                Some(patch) => set("accepted", patch),
                None => set("accepted_schema", accepted.clone()),
            };
        }
        if !self.codec.is_empty() {
            let rewrite =
                |(pointer, form): &(String, String)| json!({"pointer": pointer, "form": form});
            set("codec", self.codec.iter().map(rewrite).collect());
        }
        if !self.losses.is_empty() {
            let loss = |loss: &LockedLoss| {
                json!({
                    "pointer": loss.pointer,
                    "keyword": loss.keyword,
                    "enforced": loss.enforced,
                    "described": loss.described,
                })
            };
            set("losses", self.losses.iter().map(loss).collect());
        }
        if let Some(rechecked) = &self.rechecked {
            set("rechecked", rechecked.clone());
        }
        self.form.write(&mut tool);
        tool.into()
    }
}

impl From<&ToolDefinition> for LockedTool {
    fn from(definition: &ToolDefinition) -> Self {
        let contract = definition.contract();
        let (sent, accepted) = (contract.sent(), contract.accepted());
        // Descriptions alone are no difference.
        let differs = patch::between(sent, accepted)
            .is_none_or(|patch| patch.as_object().is_none_or(|patch| !patch.is_empty()));
        let rewrites = contract.codec().rewrites().into_iter();
        Self {
            name: definition.full_name().into_owned(),
            description: definition.description().map(str::to_owned),
            strict: definition.is_strict(),
            parameters: sent.clone(),
            accepted: (differs && sent != accepted).then(|| accepted.clone()),
            codec: rewrites.map(|one| (one.pointer, one.form.to_owned())).collect(),
            losses: contract.losses().iter().map(LockedLoss::from).collect(),
            rechecked: contract.rechecked().cloned(),
            form: LockedForm::from(definition),
        }
    }
}

impl From<&Loss> for LockedLoss {
    fn from(loss: &Loss) -> Self {
        let Loss { pointer, keyword, enforced, described, .. } = loss.clone();
        Self { pointer, keyword, enforced, described }
    }
}

pub(super) const MARK: &str = "openai-tools";
pub(super) const VERSION: u64 = 1;
