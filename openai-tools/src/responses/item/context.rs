//! Items that make the conversation: messages, what was reasoned, what was shortened.

use super::super::{
    Content, ContentPart, ItemStatus, Json, MessagePhase, Role, SearchExecution, Tool,
    macros::objects,
};

objects! {
    /// A message, of whomever.
    pub struct Message = "message" {
        /// Who speaks.
        role: Role,
        /// What is said.
        content: Content,
    } optional {
        /// The id of the item.
        id: String,
        /// Whether it is whole.
        status: ItemStatus,
        /// What a message of the model is for.
        phase: MessagePhase,
    }

    /// What the model thought. It has to go back with the calls that it led to.
    pub struct Reasoning = "reasoning" {
        /// Summaries of it, each a paragraph.
        summary: Vec<ContentPart>,
    } optional {
        /// The id of the item.
        id: String,
        /// What was thought, where the server tells it.
        content: Vec<ContentPart>,
        /// What was thought, for the server alone to read; comes where the request asks for
        /// [`Include::ReasoningEncryptedContent`](crate::responses::Include).
        encrypted_content: String,
        /// Whether it is whole.
        status: ItemStatus,
    }

    /// What an older part of the conversation was shortened to, for the server alone to read.
    pub struct Compaction = "compaction" {
        /// The part.
        encrypted_content: String,
    } optional {
        /// The id of the item.
        id: String,
        /// Who made the item.
        created_by: String,
    }

    /// An item that the server knows.
    pub struct ItemReference = "item_reference" {
        /// Its id.
        id: String,
    }

    /// Tools that were added on the way.
    pub struct AdditionalTools = "additional_tools" {
        /// Who added them.
        role: Role,
        /// The tools.
        tools: Vec<Tool>,
    } optional {
        /// The id of the item.
        id: String,
    }

    /// The model searches for tools.
    pub struct ToolSearchCall = "tool_search_call" {
        /// What for: of a search by the server its own, of one by the application what its
        /// parameters say.
        arguments: Json,
    } optional {
        /// The id of the item.
        id: String,
        /// What its output names; null where the server searches.
        call_id: String,
        /// Who searches.
        execution: SearchExecution,
        /// Whether it is whole.
        status: ItemStatus,
        /// Who made the item.
        created_by: String,
    }

    /// The tools that were found.
    pub struct ToolSearchOutput = "tool_search_output" {
        /// The tools.
        tools: Vec<Tool>,
    } optional {
        /// The id of the item.
        id: String,
        /// The call; null where the server searched.
        call_id: String,
        /// Who searched.
        execution: SearchExecution,
        /// Whether it is whole.
        status: ItemStatus,
        /// Who made the item.
        created_by: String,
    }
}
