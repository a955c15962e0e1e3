//! Events: a response while it arrives.

mod part;
mod text;

pub use self::{
    part::{
        AnnotationAdded, ContentPartEvent, ErrorEvent, ItemEvent, OutputItemEvent, PartialImage,
        ResponseEvent, SummaryPartEvent,
    },
    text::{
        ArgumentsDone, CodeDone, CommandDelta, CommandEvent, InputDone, ItemDelta, RefusalDone,
        ShellDelta, ShellOutputDelta, ShellOutputDone, SoundDelta, SoundDone, SummaryDelta,
        SummaryDone, TextDelta, TextDone,
    },
};
use super::{macros::kinds, object::Object};

kinds! {
    /// One event of a stream of the Responses API: all that the document has (its schema
    /// `ResponseStreamEvent`). What is unknown survives as in an [`Item`](super::Item).
    ///
    /// What they say in the end is put together by
    /// [`ResponsesAccumulator`](crate::stream::ResponsesAccumulator); they are for those who want to
    /// see the server's own steps, such as a search under way.
    pub enum StreamEvent {
        /// More of the sound of an answer.
        AudioDelta(SoundDelta) = "response.audio.delta",
        /// The sound is whole.
        AudioDone(SoundDone) = "response.audio.done",
        /// More of what the sound says.
        AudioTranscriptDelta(SoundDelta) = "response.audio.transcript.delta",
        /// What the sound says is whole.
        AudioTranscriptDone(SoundDone) = "response.audio.transcript.done",
        /// More of the code.
        CodeInterpreterCodeDelta(ItemDelta) = "response.code_interpreter_call_code.delta",
        /// The code is whole.
        CodeInterpreterCodeDone(CodeDone) = "response.code_interpreter_call_code.done",
        /// The code has run.
        CodeInterpreterCompleted(ItemEvent) = "response.code_interpreter_call.completed",
        /// The model writes code.
        CodeInterpreterInProgress(ItemEvent) = "response.code_interpreter_call.in_progress",
        /// The code runs.
        CodeInterpreterInterpreting(ItemEvent) = "response.code_interpreter_call.interpreting",
        /// The response is whole.
        Completed(ResponseEvent) = "response.completed",
        /// A part of a message has begun.
        ContentPartAdded(ContentPartEvent) = "response.content_part.added",
        /// A part of a message is whole.
        ContentPartDone(ContentPartEvent) = "response.content_part.done",
        /// The response has begun.
        Created(ResponseEvent) = "response.created",
        /// More of the input of a custom tool.
        CustomToolInputDelta(ItemDelta) = "response.custom_tool_call_input.delta",
        /// The input of a custom tool is whole.
        CustomToolInputDone(InputDone) = "response.custom_tool_call_input.done",
        /// The stream came to an error.
        Error(ErrorEvent) = "error",
        /// The response came to nothing.
        Failed(ResponseEvent) = "response.failed",
        /// A search of files is over.
        FileSearchCompleted(ItemEvent) = "response.file_search_call.completed",
        /// A search of files has begun.
        FileSearchInProgress(ItemEvent) = "response.file_search_call.in_progress",
        /// Files are searched.
        FileSearchSearching(ItemEvent) = "response.file_search_call.searching",
        /// More of the arguments of a function.
        FunctionArgumentsDelta(ItemDelta) = "response.function_call_arguments.delta",
        /// The arguments of a function are whole.
        FunctionArgumentsDone(ArgumentsDone) = "response.function_call_arguments.done",
        /// An image is made.
        ImageGenerationCompleted(ItemEvent) = "response.image_generation_call.completed",
        /// An image is being made.
        ImageGenerationGenerating(ItemEvent) = "response.image_generation_call.generating",
        /// The making of an image has begun.
        ImageGenerationInProgress(ItemEvent) = "response.image_generation_call.in_progress",
        /// A part of an image.
        ImageGenerationPartialImage(PartialImage) = "response.image_generation_call.partial_image",
        /// The model works on the response.
        InProgress(ResponseEvent) = "response.in_progress",
        /// The response was cut off.
        Incomplete(ResponseEvent) = "response.incomplete",
        /// More of the arguments of a tool of an MCP server.
        McpArgumentsDelta(ItemDelta) = "response.mcp_call_arguments.delta",
        /// The arguments of a tool of an MCP server are whole.
        McpArgumentsDone(ArgumentsDone) = "response.mcp_call_arguments.done",
        /// A tool of an MCP server has answered.
        McpCompleted(ItemEvent) = "response.mcp_call.completed",
        /// A tool of an MCP server came to nothing.
        McpFailed(ItemEvent) = "response.mcp_call.failed",
        /// A tool of an MCP server is called.
        McpInProgress(ItemEvent) = "response.mcp_call.in_progress",
        /// The tools of an MCP server are known.
        McpListToolsCompleted(ItemEvent) = "response.mcp_list_tools.completed",
        /// The tools of an MCP server cannot be had.
        McpListToolsFailed(ItemEvent) = "response.mcp_list_tools.failed",
        /// An MCP server is asked for its tools.
        McpListToolsInProgress(ItemEvent) = "response.mcp_list_tools.in_progress",
        /// An item has begun.
        OutputItemAdded(OutputItemEvent) = "response.output_item.added",
        /// An item is whole.
        OutputItemDone(OutputItemEvent) = "response.output_item.done",
        /// A part of a text points to something.
        OutputTextAnnotationAdded(AnnotationAdded) = "response.output_text.annotation.added",
        /// More of a text.
        OutputTextDelta(TextDelta) = "response.output_text.delta",
        /// A text is whole.
        OutputTextDone(TextDone) = "response.output_text.done",
        /// A background response waits for its turn.
        Queued(ResponseEvent) = "response.queued",
        /// A paragraph of a summary has begun.
        ReasoningSummaryPartAdded(SummaryPartEvent) = "response.reasoning_summary_part.added",
        /// A paragraph of a summary is whole.
        ReasoningSummaryPartDone(SummaryPartEvent) = "response.reasoning_summary_part.done",
        /// More of a paragraph of a summary.
        ReasoningSummaryTextDelta(SummaryDelta) = "response.reasoning_summary_text.delta",
        /// The text of a paragraph of a summary is whole.
        ReasoningSummaryTextDone(SummaryDone) = "response.reasoning_summary_text.done",
        /// More of what the model thinks.
        ReasoningTextDelta(TextDelta) = "response.reasoning_text.delta",
        /// What the model thought is whole.
        ReasoningTextDone(TextDone) = "response.reasoning_text.done",
        /// More of a refusal.
        RefusalDelta(TextDelta) = "response.refusal.delta",
        /// A refusal is whole.
        RefusalDone(RefusalDone) = "response.refusal.done",
        /// A command for a shell has begun.
        ShellCommandAdded(CommandEvent) = "response.shell_call_command.added",
        /// More of a command for a shell.
        ShellCommandDelta(CommandDelta) = "response.shell_call_command.delta",
        /// A command for a shell is whole.
        ShellCommandDone(CommandEvent) = "response.shell_call_command.done",
        /// A command has printed more.
        ShellOutputDelta(ShellOutputDelta) = "response.shell_call_output_content.delta",
        /// A command is over.
        ShellOutputDone(ShellOutputDone) = "response.shell_call_output_content.done",
        /// A search of the web is over.
        WebSearchCompleted(ItemEvent) = "response.web_search_call.completed",
        /// A search of the web has begun.
        WebSearchInProgress(ItemEvent) = "response.web_search_call.in_progress",
        /// The web is searched.
        WebSearchSearching(ItemEvent) = "response.web_search_call.searching",
    }
}

impl StreamEvent {
    /// Where in the stream it stands, from 0; `None` if the server does not say it. A stream that was
    /// cut can be taken up again behind it.
    #[must_use]
    pub fn sequence_number(&self) -> Option<u64> {
        match self {
            Self::AudioDelta(event) | Self::AudioTranscriptDelta(event) => {
                Some(event.sequence_number)
            }
            Self::AudioDone(event) | Self::AudioTranscriptDone(event) => {
                Some(event.sequence_number)
            }
            Self::CodeInterpreterCodeDelta(event)
            | Self::CustomToolInputDelta(event)
            | Self::FunctionArgumentsDelta(event)
            | Self::McpArgumentsDelta(event) => Some(event.sequence_number),
            Self::CodeInterpreterCodeDone(event) => Some(event.sequence_number),
            Self::CodeInterpreterCompleted(event)
            | Self::CodeInterpreterInProgress(event)
            | Self::CodeInterpreterInterpreting(event)
            | Self::FileSearchCompleted(event)
            | Self::FileSearchInProgress(event)
            | Self::FileSearchSearching(event)
            | Self::ImageGenerationCompleted(event)
            | Self::ImageGenerationGenerating(event)
            | Self::ImageGenerationInProgress(event)
            | Self::McpCompleted(event)
            | Self::McpFailed(event)
            | Self::McpInProgress(event)
            | Self::McpListToolsCompleted(event)
            | Self::McpListToolsFailed(event)
            | Self::McpListToolsInProgress(event)
            | Self::WebSearchCompleted(event)
            | Self::WebSearchInProgress(event)
            | Self::WebSearchSearching(event) => Some(event.sequence_number),
            Self::Completed(event)
            | Self::Created(event)
            | Self::Failed(event)
            | Self::InProgress(event)
            | Self::Incomplete(event)
            | Self::Queued(event) => Some(event.sequence_number),
            Self::ContentPartAdded(event) | Self::ContentPartDone(event) => {
                Some(event.sequence_number)
            }
            Self::CustomToolInputDone(event) => Some(event.sequence_number),
            Self::Error(event) => event.sequence_number,
            Self::FunctionArgumentsDone(event) | Self::McpArgumentsDone(event) => {
                Some(event.sequence_number)
            }
            Self::ImageGenerationPartialImage(event) => Some(event.sequence_number),
            Self::OutputItemAdded(event) | Self::OutputItemDone(event) => {
                Some(event.sequence_number)
            }
            Self::OutputTextAnnotationAdded(event) => Some(event.sequence_number),
            Self::OutputTextDelta(event)
            | Self::ReasoningTextDelta(event)
            | Self::RefusalDelta(event) => Some(event.sequence_number),
            Self::OutputTextDone(event) | Self::ReasoningTextDone(event) => {
                Some(event.sequence_number)
            }
            Self::ReasoningSummaryPartAdded(event) | Self::ReasoningSummaryPartDone(event) => {
                Some(event.sequence_number)
            }
            Self::ReasoningSummaryTextDelta(event) => Some(event.sequence_number),
            Self::ReasoningSummaryTextDone(event) => Some(event.sequence_number),
            Self::RefusalDone(event) => Some(event.sequence_number),
            Self::ShellCommandAdded(event) | Self::ShellCommandDone(event) => {
                Some(event.sequence_number)
            }
            Self::ShellCommandDelta(event) => Some(event.sequence_number),
            Self::ShellOutputDelta(event) => Some(event.sequence_number),
            Self::ShellOutputDone(event) => Some(event.sequence_number),
            Self::Other(json) => Object::of(json)?.optional("sequence_number"),
        }
    }
}
