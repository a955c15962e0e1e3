//! What MCP servers were asked and said.

use super::super::{
    ItemStatus, Json,
    macros::{kinds, objects},
};

kinds! {
    /// Why the call of an MCP server came to nothing.
    pub enum McpCallError {
        /// The HTTP request failed.
        Http(McpError) = "http_error",
        /// The server broke the protocol, or said so of us.
        Protocol(McpError) = "mcp_protocol_error",
        /// The tool failed.
        ToolExecution(McpExecutionError) = "mcp_tool_execution_error",
    }
}

objects! {
    /// The server called a tool of an MCP server.
    pub struct McpCall = "mcp_call" {
        /// The MCP server, as the tool of the request calls it.
        server_label: String,
        /// The tool.
        name: String,
        /// JSON, if the model did well.
        arguments: String,
    } optional {
        /// The id of the item.
        id: String,
        /// What the tool gave.
        output: String,
        /// Why it gave nothing.
        error: McpCallError,
        /// How far it is.
        status: ItemStatus,
        /// The request for the approval that it had needed.
        approval_request_id: String,
    }

    /// An error by a number and a text.
    pub struct McpError {
        /// The number: of HTTP, or of the protocol.
        code: i64,
        /// For people to read.
        message: String,
    }

    /// A tool of an MCP server failed.
    pub struct McpExecutionError = "mcp_tool_execution_error" {
        /// What it gave instead, as the MCP server said it.
        content: Json,
    }

    /// The tools that an MCP server has.
    pub struct McpListTools = "mcp_list_tools" {
        /// The MCP server, as the tool of the request calls it.
        server_label: String,
        /// Its tools.
        tools: Vec<McpListedTool>,
    } optional {
        /// The id of the item.
        id: String,
        /// Why they are not known.
        error: String,
    }

    /// A tool that an MCP server has.
    pub struct McpListedTool {
        /// Its name.
        name: String,
    } optional {
        /// What it does.
        description: String,
        /// The JSON Schema of its parameters.
        input_schema: Json,
        /// What else the MCP server says of it.
        annotations: Json,
    }

    /// The server asks whether it may call a tool of an MCP server.
    pub struct McpApprovalRequest = "mcp_approval_request" {
        /// What the answer names.
        id: String,
        /// The MCP server, as the tool of the request calls it.
        server_label: String,
        /// The tool.
        name: String,
        /// JSON, if the model did well.
        arguments: String,
    }

    /// Whether the server may call the tool.
    pub struct McpApprovalResponse = "mcp_approval_response" {
        /// The request.
        approval_request_id: String,
        /// Whether it may.
        approve: bool,
    } optional {
        /// The id of the item.
        id: String,
        /// Why, for the model to read.
        reason: String,
    }
}
