use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind};

/// A tool that the server runs by itself, such as a web search: only the Responses API has these; on
/// chat completions a request with one is refused before it is sent.
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
    /// Unless told otherwise (`.with("require_approval", "never")`) each call waits for an approval,
    /// which has to be given by hand: a run ends with the request for it.
    pub fn mcp(server_label: impl Into<String>, server_url: impl Into<String>) -> Self {
        let tool = Self::of("mcp").with("server_label", server_label.into());
        tool.with("server_url", server_url.into())
    }

    /// Any other tool, in OpenAI's JSON.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition) if it is no object with a text as its `type`, or if
    /// the type is `function`: such a tool runs here and belongs into a [`Toolbox`](crate::Toolbox).
    pub fn from_json(json: Value) -> Result<Self, Error> {
        let refuse = |why: &str| Err(Error::new(ErrorKind::Definition, why));
        let Value::Object(fields) = json else {
            return refuse("a hosted tool is a JSON object");
        };
        match fields.get("type").and_then(Value::as_str) {
            Some("function") => refuse(
                "a function is no hosted tool: make a `ToolDefinition` and a `DynTool` of it",
            ),
            Some(_) => Ok(Self(fields)),
            None => refuse("a hosted tool has a text as its `type`"),
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

    fn of(kind: &str) -> Self {
        Self(Map::from_iter([("type".to_owned(), kind.into())]))
    }
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
        let tool = HostedTool::from_json(json!({"type": "new"})).expect("any other type");
        assert_eq!(tool.tool_type(), "new");
    }

    #[test]
    fn debug_shows_no_secret() {
        let tool = HostedTool::mcp("l", "https://example.com").with("authorization", "hush");
        assert_eq!(format!("{tool:?}"), "HostedTool(mcp)");
    }
}
