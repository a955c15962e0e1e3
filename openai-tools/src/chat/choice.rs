//! The choice among tools, and whether a request offers what it names.

use serde::Serialize;
use serde_json::Value;

use super::{hosted::HostedTool, request::Request};
use crate::{
    error::{Error, ErrorKind},
    ids::ToolName,
    tool::{ToolDefinition, Tools},
};

/// Which tools the model may or must call.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ToolChoice {
    /// The model may call only these, while all stay in the request (which keeps the prompt cache).
    Allowed {
        /// Whether it must call one of them.
        mode: AllowedMode,
        /// The tools; names of our own become one by `into()`.
        tools: Vec<AllowedTool>,
    },
    /// The model decides.
    Auto,
    /// It must use this tool of the server, by its [type](HostedTool::tool_type), such as
    /// `image_generation`, or this one that the API knows by its kind and the application runs:
    /// `shell`, `apply_patch`, `computer`. Only the Responses API has that.
    Hosted(String),
    /// It must call a tool of this MCP server. Only the Responses API has that.
    Mcp {
        /// The label of the server.
        server_label: String,
        /// The tool; any of the server's if `None`.
        name: Option<String>,
    },
    /// It must call this tool, a function or a custom one.
    Named(ToolName),
    /// It must not call any.
    None,
    /// It must call at least one.
    Required,
}

impl ToolChoice {
    /// What is left of the choice after a run's first response: a call that was demanded was made
    /// then, and demanding more would keep the model from ever answering.
    pub(crate) fn after_first(self) -> Option<Self> {
        match self {
            Self::Hosted(_) | Self::Mcp { .. } | Self::Named(_) | Self::Required => None,
            Self::Allowed { tools, .. } => Some(Self::Allowed { mode: AllowedMode::Auto, tools }),
            Self::Auto | Self::None => Some(self),
        }
    }
}

/// What [`ToolChoice::Allowed`] demands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum AllowedMode {
    /// The model decides.
    Auto,
    /// It must call one.
    Required,
}

/// A tool that [`ToolChoice::Allowed`] allows.
///
/// ```
/// use openai_tools::{ToolChoice, ToolName, chat::{AllowedMode, AllowedTool, HostedTool}};
///
/// let docs = HostedTool::mcp("docs", "https://example.com/mcp");
/// let tools = vec![
///     ToolName::parse("get_weather")?.into(),
///     AllowedTool::from(&HostedTool::image_generation()),
///     AllowedTool::from(&docs),
/// ];
/// assert_eq!(tools[2], AllowedTool::Mcp("docs".to_owned()));
/// let choice = ToolChoice::Allowed { mode: AllowedMode::Auto, tools };
/// # let _ = choice;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum AllowedTool {
    /// One of this [type](HostedTool::tool_type) that the server runs, such as `image_generation`, or
    /// that the API knows by its kind. Only the Responses API has that.
    Hosted(String),
    /// The tools of the MCP server with this label. Only the Responses API has that.
    Mcp(String),
    /// A function or a custom tool; one in a namespace if no other tool has its name.
    Named(ToolName),
    /// A tool in a namespace. Only the Responses API has that.
    Namespaced {
        /// The namespace.
        namespace: ToolName,
        /// The name in it.
        name: ToolName,
    },
}

impl AllowedTool {
    /// The name of one of our own that stands in no namespace.
    pub(super) fn as_name(&self) -> Option<&ToolName> {
        match self {
            Self::Named(name) => Some(name),
            _ => None,
        }
    }
}

impl From<ToolName> for AllowedTool {
    fn from(name: ToolName) -> Self {
        Self::Named(name)
    }
}

/// By its type; of an MCP server by its label.
impl From<&HostedTool> for AllowedTool {
    fn from(tool: &HostedTool) -> Self {
        match (tool.tool_type(), tool.field("server_label").and_then(Value::as_str)) {
            ("mcp", Some(label)) => Self::Mcp(label.to_owned()),
            (kind, _) => Self::Hosted(kind.to_owned()),
        }
    }
}

impl Request {
    /// Holds the tool choice against what is offered.
    pub(super) fn check_choice(&self) -> Result<(), Error> {
        let has_tools = self.tools.as_ref().is_some_and(|tools| !tools.is_empty())
            || !self.settings.hosted_tools.is_empty();
        let refused = match &self.settings.tool_choice {
            Some(ToolChoice::Allowed { tools, .. }) => tools.iter().find_map(|tool| {
                self.missing(tool).map(|what| format!("the tool choice allows {what}"))
            }),
            Some(ToolChoice::Hosted(kind)) => self
                .missing(&AllowedTool::Hosted(kind.clone()))
                .map(|what| format!("the tool choice names {what}")),
            Some(ToolChoice::Mcp { server_label, .. }) => self
                .missing(&AllowedTool::Mcp(server_label.clone()))
                .map(|what| format!("the tool choice names {what}")),
            Some(ToolChoice::Named(name)) => self
                .missing(&AllowedTool::Named(name.clone()))
                .map(|what| format!("the tool choice names {what}")),
            Some(ToolChoice::Required) if !has_tools => {
                Some("the tool choice demands a call, and there are no tools".to_owned())
            }
            _ => None,
        };
        refused.map_or(Ok(()), |why| Err(Error::new(ErrorKind::InvalidRequest, why)))
    }

    /// What is not among the tools, and what there is to do; `None` if it is there.
    fn missing(&self, tool: &AllowedTool) -> Option<String> {
        let mut own = self.tools.iter().flat_map(Tools::definitions);
        let mut hosted = self.settings.hosted_tools.iter();
        let by_name = |tool: &ToolDefinition| tool.as_builtin().is_none();
        match tool {
            // Its type alone does not say which server it is.
            AllowedTool::Hosted(kind) if kind == "mcp" => Some(
                "`mcp` without the label of its server; use `ToolChoice::Mcp` or \
                 `AllowedTool::Mcp`"
                    .to_owned(),
            ),
            AllowedTool::Hosted(kind) => {
                let local = |tool: &ToolDefinition| {
                    tool.as_builtin().is_some_and(|builtin| builtin.kind.as_str() == kind)
                };
                let there = own.any(local) || hosted.any(|tool| tool.tool_type() == kind);
                (!there).then(|| "a tool of the server that is not in the tools".to_owned())
            }
            AllowedTool::Mcp(_) => {
                let there = hosted.any(|hosted| AllowedTool::from(hosted) == *tool);
                (!there).then(|| "an MCP server that is not in the tools".to_owned())
            }
            AllowedTool::Named(name) => {
                let there = own.any(|tool| by_name(tool) && tool.name() == name);
                (!there).then(|| format!("`{name}`, which is not in the tools"))
            }
            AllowedTool::Namespaced { namespace, name } => {
                let full = format!("{namespace}.{name}");
                let there = own.any(|tool| by_name(tool) && tool.full_name() == full);
                (!there).then(|| format!("`{full}`, which is not in the tools"))
            }
        }
    }

    /// What the tool choice names that only the Responses API has.
    pub(super) fn foreign_choice(&self) -> Option<&'static str> {
        match self.settings.tool_choice.as_ref()? {
            ToolChoice::Hosted(_) => Some("hosted tools to choose"),
            ToolChoice::Mcp { .. } => Some("MCP servers to choose"),
            ToolChoice::Allowed { tools, .. } => tools.iter().find_map(|tool| match tool {
                AllowedTool::Hosted(_) => Some("hosted tools to allow"),
                AllowedTool::Mcp(_) => Some("MCP servers to allow"),
                AllowedTool::Named(_) => None,
                AllowedTool::Namespaced { .. } => Some("namespaces of tools to allow"),
            }),
            _ => None,
        }
    }
}
