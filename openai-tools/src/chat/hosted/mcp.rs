use serde_json::{Map, Value, json};

use super::{HostedTool, setter};
use crate::tool::Caller;

/// The tools of an MCP server, which OpenAI's server calls; see [`HostedTool::mcp`].
///
/// A call that has to be approved is one of the run: it waits like the call of a tool that
/// [needs approval](crate::ToolSettings::with_needs_approval), with the kind
/// [`McpApproval`](crate::tool::CallKind::McpApproval), and what is decided about it goes back.
/// `Debug` shows no fields, since some are secrets.
///
/// ```
/// use openai_tools::chat::{Mcp, McpApproval};
///
/// let wiki = Mcp::url("wiki", "https://example.com/mcp")
///     .with_header("x-team", "docs")
///     .with_allowed_tools(["search", "edit"])
///     .with_approval(McpApproval::never_for(["search"]));
/// let mail = Mcp::connector("mail", "connector_gmail").with_authorization("an OAuth token");
/// # let _ = (wiki, mail);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Mcp(HostedTool);

impl Mcp {
    /// A server at this address. By the label calls tell which server is meant.
    pub fn url(label: impl Into<String>, url: impl Into<String>) -> Self {
        Self::at(label.into(), "server_url", url.into())
    }

    /// A connector of OpenAI's, such as `connector_gmail`.
    pub fn connector(label: impl Into<String>, id: impl Into<String>) -> Self {
        Self::at(label.into(), "connector_id", id.into())
    }

    /// A server behind a tunnel, by the tunnel's id.
    pub fn tunnel(label: impl Into<String>, id: impl Into<String>) -> Self {
        Self::at(label.into(), "tunnel_id", id.into())
    }

    fn at(label: String, field: &str, place: String) -> Self {
        Self(HostedTool::of("mcp").with("server_label", label).with(field, place))
    }

    /// An OAuth token for the server, which OpenAI does not store. Default: none.
    #[must_use]
    pub fn with_authorization(self, token: impl Into<String>) -> Self {
        self.with("authorization", token.into())
    }

    /// Adds a header to what the server is sent. Default: none.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let headers = self.0.0.entry("headers").or_insert_with(|| Map::new().into());
        if let Value::Object(headers) = headers {
            headers.insert(name.into(), value.into().into());
        }
        self
    }

    /// Tells the model what the server is for. Default: not sent.
    #[must_use]
    pub fn with_description(self, description: impl Into<String>) -> Self {
        self.with("server_description", description.into())
    }

    /// Tells the model only of these tools. Default: of all.
    #[must_use]
    pub fn with_allowed_tools<I>(self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        self.with("allowed_tools", names)
    }

    /// Tells the model only of tools that say of themselves that they change nothing. Default: of
    /// all.
    #[must_use]
    pub fn with_read_only_tools(self) -> Self {
        self.with("allowed_tools", json!({"read_only": true}))
    }

    /// Which calls have to be approved. Default: not sent (all).
    #[must_use]
    pub fn with_approval(self, approval: McpApproval) -> Self {
        self.with("require_approval", approval.0)
    }

    /// Whether the model has to look for the tools, with [`HostedTool::tool_search`]. Default: not
    /// sent (false).
    #[must_use]
    pub fn with_defer_loading(self, defer_loading: bool) -> Self {
        self.with("defer_loading", defer_loading)
    }

    /// Who may call the tools. Default: not sent, which is the model.
    #[must_use]
    pub fn with_allowed_callers(self, callers: impl IntoIterator<Item = Caller>) -> Self {
        self.with("allowed_callers", super::words(callers))
    }

    setter!();
}

/// Which calls of an MCP server's tools have to be approved.
#[derive(Clone, Debug, PartialEq)]
pub struct McpApproval(Value);

impl McpApproval {
    /// All.
    #[must_use]
    pub fn always() -> Self {
        Self("always".into())
    }

    /// None.
    #[must_use]
    pub fn never() -> Self {
        Self("never".into())
    }

    /// Those of these tools. Of the others the server decides.
    pub fn always_for<I>(names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        Self(json!({})).and("always", names)
    }

    /// All but those of these tools.
    pub fn never_for<I>(names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        Self(json!({})).and("never", names)
    }

    /// All but those of tools that say of themselves that they change nothing.
    #[must_use]
    pub fn never_for_read_only() -> Self {
        Self(json!({"never": {"read_only": true}}))
    }

    fn and<I>(mut self, word: &str, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        self.0[word] = json!({"tool_names": names});
        self
    }
}
