//! Items: what goes into a response and comes out of one.

mod call;
mod computer;
mod context;
mod hosted;
mod mcp;
mod patch;
mod shell;

pub use self::{
    call::{
        Caller, CustomToolCall, CustomToolCallOutput, FunctionCall, FunctionCallOutput, Program,
        ProgramCaller, ProgramOutput,
    },
    computer::{
        Click, ComputerAction, ComputerCall, ComputerCallOutput, Coordinate, DoubleClick, Drag,
        KeyPress, MouseButton, MoveMouse, SafetyCheck, Scroll, TypeText,
    },
    context::{
        AdditionalTools, Compaction, ItemReference, Message, Reasoning, ToolSearchCall,
        ToolSearchOutput,
    },
    hosted::{
        CodeInterpreterCall, CodeInterpreterImage, CodeInterpreterLogs, CodeInterpreterOutput,
        FileSearchCall, FileSearchResult, ImageGenerationCall, WebSearch, WebSearchAction,
        WebSearchCall, WebSearchFind, WebSearchOpenPage, WebSearchSource,
    },
    mcp::{
        McpApprovalRequest, McpApprovalResponse, McpCall, McpCallError, McpError,
        McpExecutionError, McpListTools, McpListedTool,
    },
    patch::{ApplyPatchCall, ApplyPatchCallOutput, DeleteFile, PatchOperation, WriteFile},
    shell::{
        LocalShellAction, LocalShellCall, LocalShellCallOutput, ShellAction, ShellCall,
        ShellCallOutput, ShellEnvironment, ShellExit, ShellOutcome, ShellOutput,
    },
};
use super::{Content, Json, Plain, Role, macros::kinds, object::Object};

kinds! {
    /// One item of the input or the output of a response, or of a conversation: all that the document
    /// has (its schemas `InputItem`, `Item`, `OutputItem`, `ItemResource` and `ConversationItem`, of
    /// which each names nearly the same).
    ///
    /// Read and written again it is the same JSON, whatever it holds that this release does not know:
    /// fields in `extra`, words and kinds in `Other`. Of its letters only white space and the order
    /// of fields can change. `Debug` shows sizes, words and numbers, and no content.
    ///
    /// ```
    /// use openai_tools::responses::{Item, WebSearchAction};
    ///
    /// let json = r#"{"type": "web_search_call", "id": "ws_1", "status": "completed",
    ///     "action": {"type": "search", "queries": ["rain in Hanoi"]}, "cost": 0.10}"#;
    /// let item: Item = serde_json::from_str(json)?;
    /// let Item::WebSearchCall(call) = &item else { panic!("a web search") };
    /// let Some(WebSearchAction::Search(search)) = &call.action else { panic!("a search") };
    /// assert_eq!(search.queries.as_deref(), Some(&["rain in Hanoi".to_owned()][..]));
    /// assert_eq!(call.extra.get("cost").map(|cost| cost.as_str()), Some("0.10"));
    ///
    /// let written: serde_json::Value = serde_json::to_value(&item)?;
    /// assert_eq!(written, serde_json::from_str::<serde_json::Value>(json)?);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub enum Item untyped untyped {
        /// Tools that were added on the way.
        AdditionalTools(AdditionalTools) = "additional_tools",
        /// The model asks for a change of a file.
        ApplyPatchCall(ApplyPatchCall) = "apply_patch_call",
        /// What the change came to.
        ApplyPatchCallOutput(ApplyPatchCallOutput) = "apply_patch_call_output",
        /// The server ran code.
        CodeInterpreterCall(CodeInterpreterCall) = "code_interpreter_call",
        /// What an older part of the conversation was shortened to.
        Compaction(Compaction) = "compaction",
        /// Asks the server to shorten the conversation up to here.
        CompactionTrigger(Plain) = "compaction_trigger",
        /// The model asks for actions at a computer.
        ComputerCall(ComputerCall) = "computer_call",
        /// What the computer shows after them.
        ComputerCallOutput(ComputerCallOutput) = "computer_call_output",
        /// The model calls a tool whose input is free text.
        CustomToolCall(CustomToolCall) = "custom_tool_call",
        /// What that call came to.
        CustomToolCallOutput(CustomToolCallOutput) = "custom_tool_call_output",
        /// The server searched files.
        FileSearchCall(FileSearchCall) = "file_search_call",
        /// The model calls a function.
        FunctionCall(FunctionCall) = "function_call",
        /// What that call came to.
        FunctionCallOutput(FunctionCallOutput) = "function_call_output",
        /// The server made an image.
        ImageGenerationCall(ImageGenerationCall) = "image_generation_call",
        /// An item that the server knows, by its id.
        ItemReference(ItemReference) = "item_reference",
        /// The model asks for a command on this machine, by the older tool `local_shell`.
        LocalShellCall(LocalShellCall) = "local_shell_call",
        /// What that command printed.
        LocalShellCallOutput(LocalShellCallOutput) = "local_shell_call_output",
        /// The server asks whether it may call a tool of an MCP server.
        McpApprovalRequest(McpApprovalRequest) = "mcp_approval_request",
        /// Whether it may.
        McpApprovalResponse(McpApprovalResponse) = "mcp_approval_response",
        /// The server called a tool of an MCP server.
        McpCall(McpCall) = "mcp_call",
        /// The tools that an MCP server has.
        McpListTools(McpListTools) = "mcp_list_tools",
        /// A message, of whomever.
        Message(Message) = "message",
        /// A program of the model that calls tools.
        Program(Program) = "program",
        /// What that program came to.
        ProgramOutput(ProgramOutput) = "program_output",
        /// What the model thought.
        Reasoning(Reasoning) = "reasoning",
        /// The model asks for commands in a shell.
        ShellCall(ShellCall) = "shell_call",
        /// What those commands printed.
        ShellCallOutput(ShellCallOutput) = "shell_call_output",
        /// The model searches for tools.
        ToolSearchCall(ToolSearchCall) = "tool_search_call",
        /// The tools that were found.
        ToolSearchOutput(ToolSearchOutput) = "tool_search_output",
        /// The server searched the web.
        WebSearchCall(WebSearchCall) = "web_search_call",
    }
}

impl Item {
    /// A message of the user.
    pub fn user(content: impl Into<Content>) -> Self {
        Self::Message(Message::new(Role::User, content))
    }

    /// The id that the server gave it.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        let json = Json::of(self).ok()?;
        Object::of(&json)?.word("id")
    }
}

/// Messages and references may come without a type.
fn untyped(object: &Object) -> Option<&'static str> {
    match (object.has("type"), object.has("role"), object.has("id")) {
        (false, true, _) => Some("message"),
        (false, false, true) => Some("item_reference"),
        _ => None,
    }
}
