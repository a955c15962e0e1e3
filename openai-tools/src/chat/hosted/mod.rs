//! Tools that the server runs by itself.

mod container;
mod image;
mod mcp;
mod search;

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

pub use self::{
    container::{CodeInterpreter, Container, HostedShell, MemoryLimit},
    image::{ImageBackground, ImageFormat, ImageGeneration, ImageQuality},
    mcp::{Mcp, McpApproval},
    search::{FileFilter, FileSearch, Location, Ranking, SearchContextSize, WebSearch},
};
use crate::error::{Error, ErrorKind};

/// What each of the typed tools has.
macro_rules! setter {
    () => {
        /// Sets a field that has no method of its own.
        #[must_use]
        pub fn with(
            mut self,
            field: impl Into<String>,
            value: impl Into<serde_json::Value>,
        ) -> Self {
            self.0 = self.0.with(field, value);
            self
        }

        pub(super) fn into_hosted(self) -> HostedTool {
            self.0
        }
    };
}
use setter;

/// A tool that the server runs by itself, such as a web search: only the Responses API has these; on
/// chat completions a request with one is refused before it is sent.
///
/// What has more to say has a type of its own, which can be given to a run as well: [`WebSearch`],
/// [`FileSearch`], [`CodeInterpreter`], [`ImageGeneration`], [`Mcp`], [`HostedShell`]. Tools that
/// the application runs are no hosted ones: see
/// [`RunBuilder::shell`](crate::run::RunBuilder::shell).
///
/// What such a tool did stands in [`AssistantMessage::items`](super::AssistantMessage::items) and
/// goes back with the conversation; [`OutputItem::read`](super::OutputItem::read) makes a typed
/// [`Item`](crate::responses::Item) of each. It needs no answer: the response goes on by itself. `Debug`
/// shows its type alone, since others of its fields can be secrets.
///
/// ```
/// use openai_tools::{Client, chat::{Api, HostedTool}, testing::{Reply, Server}};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::builder().script([Reply::text("It rains.")]).start().await?;
/// let client = Client::builder().base_url(server.base_url()).api(Api::Responses).build()?;
///
/// let search = HostedTool::web_search().with("search_context_size", "low");
/// let run = client.run("gpt-5.2").hosted_tool(search).user("Does it rain in Hanoi?").await?;
/// assert_eq!(run.text(), "It rains.");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Serialize)]
pub struct HostedTool(Map<String, Value>);

impl HostedTool {
    /// Searches the web.
    #[must_use]
    pub fn web_search() -> Self {
        Self::of("web_search")
    }

    /// Searches files in vector stores, by their ids.
    #[must_use]
    pub fn file_search<I>(vector_store_ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let ids: Vec<String> = vector_store_ids.into_iter().map(Into::into).collect();
        Self::of("file_search").with("vector_store_ids", ids)
    }

    /// Runs Python in a container that the server makes by itself; `.with("container", …)` names
    /// another one.
    #[must_use]
    pub fn code_interpreter() -> Self {
        Self::of("code_interpreter").with("container", json!({"type": "auto"}))
    }

    /// Makes images.
    #[must_use]
    pub fn image_generation() -> Self {
        Self::of("image_generation")
    }

    /// The tools of an MCP server, which is called by OpenAI's server and not from here.
    ///
    /// Unless told otherwise (`.with("require_approval", "never")`, or [`Mcp::with_approval`]) each
    /// call waits for an approval, which a run asks for as for those of its own tools.
    pub fn mcp(server_label: impl Into<String>, server_url: impl Into<String>) -> Self {
        let tool = Self::of("mcp").with("server_label", server_label.into());
        tool.with("server_url", server_url.into())
    }

    /// Lets the model look for tools that are
    /// [loaded when they are looked for](crate::tool::ToolForm::with_defer_loading).
    #[must_use]
    pub fn tool_search() -> Self {
        Self::of("tool_search")
    }

    /// Lets the model write programs that call tools which
    /// [allow it](crate::tool::ToolForm::with_allowed_callers).
    #[must_use]
    pub fn programmatic_tool_calling() -> Self {
        Self::of("programmatic_tool_calling")
    }

    /// Any other tool, in OpenAI's JSON.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition) if it is no object with a text as its `type`, or if
    /// a tool of the type runs here: a function, a custom tool or a namespace of them belongs into a
    /// [`Toolbox`](crate::Toolbox), a local shell, a patch, a computer, or a search of the
    /// application's own into the run ([`RunBuilder::shell`](crate::run::RunBuilder::shell) and its
    /// neighbours).
    pub fn from_json(json: Value) -> Result<Self, Error> {
        let refuse = |why: &str| Err(Error::new(ErrorKind::Definition, why));
        let Value::Object(fields) = json else {
            return refuse("a hosted tool is a JSON object");
        };
        let Some(kind) = fields.get("type").and_then(Value::as_str) else {
            return refuse("a hosted tool has a text as its `type`");
        };
        match runs_here(kind, &fields) {
            Some(remedy) => refuse(remedy),
            None => Ok(Self(fields)),
        }
    }

    /// Sets a field.
    #[must_use]
    pub fn with(mut self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.insert(field.into(), value.into());
        self
    }

    /// Its type, such as `web_search`.
    #[must_use]
    pub fn tool_type(&self) -> &str {
        self.0.get("type").and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    fn of(kind: &str) -> Self {
        Self(Map::from_iter([("type".to_owned(), kind.into())]))
    }
}

/// What to do with a tool that the server does not run by itself.
fn runs_here(kind: &str, fields: &Map<String, Value>) -> Option<&'static str> {
    Some(match kind {
        "function" => "a function is no hosted tool: make a `ToolDefinition` and a `DynTool` of it",
        "custom" => {
            "a custom tool is no hosted tool: make a `ToolDefinition` and a `DynTool::custom` of it"
        }
        "namespace" => {
            "a namespace is no hosted tool: put its tools into a toolbox, each with its namespace \
             (`DynTool::in_namespace`)"
        }
        "apply_patch" => "patches are applied here: give the run a tool with `.apply_patch(…)`",
        "computer" | "computer_use" | "computer_use_preview" => {
            "the computer is the application's: give the run one with `.computer(…)`"
        }
        "local_shell" => "a local shell runs here: give the run one with `.local_shell(…)`",
        "shell" => {
            // Without an environment it is the application's.
            let environment = fields.get("environment").and_then(|of| of.get("type"));
            if environment.is_some_and(|of| of != "local") {
                return None;
            }
            "a shell without a container runs here: give the run one with `.shell(…)`, or name a \
             container (`HostedShell`)"
        }
        "tool_search" if fields.get("execution").is_some_and(|by| by == "client") => {
            "the application makes this search: give the run one with `.tool_search(…)`"
        }
        _ => return None,
    })
}

macro_rules! into_hosted {
    ($($tool:ident)*) => {
        $(
            impl From<$tool> for HostedTool {
                fn from(tool: $tool) -> Self {
                    tool.into_hosted()
                }
            }
        )*
    };
}

into_hosted! { CodeInterpreter FileSearch HostedShell ImageGeneration Mcp WebSearch }

/// The word of a setting.
fn word(word: impl Serialize) -> Value {
    // Words and texts always serialise.
    serde_json::to_value(word).unwrap_or_default()
}

fn words<T: Serialize>(words: impl IntoIterator<Item = T>) -> Value {
    words.into_iter().map(word).collect()
}

impl fmt::Debug for HostedTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostedTool({})", self.tool_type())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_hosted_tool_is_refused() {
        for json in [json!([]), json!({}), json!({"type": 7}), json!({"type": "function"})] {
            let error = HostedTool::from_json(json.clone()).expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Definition, "{json}");
        }
        for (json, remedy) in [
            (json!({"type": "custom", "name": "c"}), "DynTool::custom"),
            (json!({"type": "namespace", "name": "n", "tools": []}), "toolbox"),
            (json!({"type": "apply_patch"}), ".apply_patch(…)"),
            (json!({"type": "computer"}), ".computer(…)"),
            (json!({"type": "computer_use_preview"}), ".computer(…)"),
            (json!({"type": "local_shell"}), ".local_shell(…)"),
            (json!({"type": "shell"}), ".shell(…)"),
            (json!({"type": "shell", "environment": null}), ".shell(…)"),
            (json!({"type": "shell", "environment": {"type": "local"}}), ".shell(…)"),
            (json!({"type": "tool_search", "execution": "client"}), ".tool_search(…)"),
        ] {
            let error = HostedTool::from_json(json.clone()).expect_err("it runs here");
            assert_eq!(error.kind(), ErrorKind::Definition, "{json}");
            assert!(error.to_string().contains(remedy), "{json}: {error}");
        }
        for json in [
            json!({"type": "shell", "environment": {"type": "container_auto"}}),
            json!({"type": "tool_search"}),
        ] {
            assert!(HostedTool::from_json(json.clone()).is_ok(), "{json}");
        }
        let tool = HostedTool::from_json(json!({"type": "new"})).expect("any other type");
        assert_eq!(tool.tool_type(), "new");
    }

    #[test]
    fn debug_shows_no_secret() {
        let tool = HostedTool::mcp("l", "https://example.com").with("authorization", "hush");
        assert_eq!(format!("{tool:?}"), "HostedTool(mcp)");
        let tool = Mcp::url("l", "u").with_authorization("hush").with_header("key", "hush");
        assert!(!format!("{tool:?}").contains("hush"));
    }

    #[test]
    fn filters_of_one_word_are_one_list() {
        let filter = |n: u32| FileFilter::eq("n", n);
        let search = FileSearch::new(["v"]).with_filter(filter(1).or(filter(2)).or(filter(3)));
        let json = serde_json::to_value(HostedTool::from(search)).expect("JSON");
        assert_eq!(json["filters"]["filters"].as_array().map(Vec::len), Some(3));
        let mixed = filter(1).or(filter(2)).and(filter(3));
        let json =
            serde_json::to_value(HostedTool::from(FileSearch::new(["v"]).with_filter(mixed)));
        assert_eq!(json.expect("JSON")["filters"]["type"], "and");
    }
}
