use serde_json::{Map, Value, json};

use super::{HostedTool, setter, word};
use crate::tool::Caller;

/// Python that the server runs; see [`HostedTool::code_interpreter`].
///
/// ```
/// use openai_tools::chat::{CodeInterpreter, Container, MemoryLimit};
///
/// let container = Container::new().with_files(["file_1"]).with_memory(MemoryLimit::Gb4);
/// let python = CodeInterpreter::in_new(container);
/// let same_as_before = CodeInterpreter::in_existing("cntr_1");
/// # let _ = (python, same_as_before);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CodeInterpreter(HostedTool);

impl CodeInterpreter {
    /// In a container that the server makes.
    #[must_use]
    pub fn in_new(container: Container) -> Self {
        Self(HostedTool::of("code_interpreter").with("container", container.of_type("auto")))
    }

    /// In the container with this id.
    pub fn in_existing(id: impl Into<String>) -> Self {
        Self(HostedTool::of("code_interpreter").with("container", id.into()))
    }

    /// Who may call it. Default: not sent, which is the model.
    #[must_use]
    pub fn with_allowed_callers(self, callers: impl IntoIterator<Item = Caller>) -> Self {
        self.with("allowed_callers", super::words(callers))
    }

    setter!();
}

/// Commands that the server runs in a container. Those that the application runs are a
/// [`Shell`](crate::tool::Shell).
#[derive(Clone, Debug, PartialEq)]
pub struct HostedShell(HostedTool);

impl HostedShell {
    /// In a container that the server makes.
    #[must_use]
    pub fn in_new(container: Container) -> Self {
        let environment = container.of_type("container_auto");
        Self(HostedTool::of("shell").with("environment", environment))
    }

    /// In the container with this id.
    pub fn in_existing(id: impl Into<String>) -> Self {
        let environment = json!({"type": "container_reference", "container_id": id.into()});
        Self(HostedTool::of("shell").with("environment", environment))
    }

    /// Who may call it. Default: not sent, which is the model.
    #[must_use]
    pub fn with_allowed_callers(self, callers: impl IntoIterator<Item = Caller>) -> Self {
        self.with("allowed_callers", super::words(callers))
    }

    setter!();
}

/// A container that the server makes for a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Container(Map<String, Value>);

impl Container {
    /// An empty one, without a network.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With these uploaded files in it, by their ids, 50 at most. Default: none.
    #[must_use]
    pub fn with_files<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let ids: Vec<String> = ids.into_iter().map(Into::into).collect();
        self.0.insert("file_ids".to_owned(), ids.into());
        self
    }

    /// With so much memory. Default: not sent (1 GB).
    #[must_use]
    pub fn with_memory(mut self, limit: MemoryLimit) -> Self {
        self.0.insert("memory_limit".to_owned(), word(limit));
        self
    }

    /// Lets it reach these domains, and no others. Default: not sent (none).
    #[must_use]
    pub fn with_network<I>(mut self, allowed_domains: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let domains: Vec<String> = allowed_domains.into_iter().map(Into::into).collect();
        let policy = if domains.is_empty() {
            json!({"type": "disabled"})
        } else {
            json!({"type": "allowlist", "allowed_domains": domains})
        };
        self.0.insert("network_policy".to_owned(), policy);
        self
    }

    fn of_type(self, kind: &str) -> Value {
        let mut fields = Map::from_iter([("type".to_owned(), Value::from(kind))]);
        fields.extend(self.0);
        fields.into()
    }
}

/// How much memory a container has.
#[derive(Clone, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
#[non_exhaustive]
pub enum MemoryLimit {
    /// 1 GB.
    #[serde(rename = "1g")]
    Gb1,
    /// 4 GB.
    #[serde(rename = "4g")]
    Gb4,
    /// 16 GB.
    #[serde(rename = "16g")]
    Gb16,
    /// 64 GB.
    #[serde(rename = "64g")]
    Gb64,
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
}
