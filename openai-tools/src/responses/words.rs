//! Words that stand in several types.

use super::macros::words;

words! {
    /// Where a part of a response stands, an item or a call of a tool.
    pub enum ItemStatus {
        /// The server calls the tool now.
        Calling = "calling",
        /// It is whole.
        Completed = "completed",
        /// It came to nothing.
        Failed = "failed",
        /// The server makes the image now.
        Generating = "generating",
        /// It is not whole yet.
        InProgress = "in_progress",
        /// It was cut off.
        Incomplete = "incomplete",
        /// The server runs the code now.
        Interpreting = "interpreting",
        /// The server searches now.
        Searching = "searching",
    }

    /// Where a response stands.
    pub enum ResponseStatus {
        /// It was cancelled; only background responses are.
        Cancelled = "cancelled",
        /// It is whole.
        Completed = "completed",
        /// It came to nothing; the field `error` says why.
        Failed = "failed",
        /// The model works on it.
        InProgress = "in_progress",
        /// It was cut off; the field `incomplete_details` says why.
        Incomplete = "incomplete",
        /// A background response that waits for its turn.
        Queued = "queued",
    }

    /// Who speaks.
    pub enum Role {
        /// The model.
        Assistant = "assistant",
        /// A model that judges.
        Critic = "critic",
        /// The application, for models since o1.
        Developer = "developer",
        /// A model that tells answers apart.
        Discriminator = "discriminator",
        /// The application.
        System = "system",
        /// A tool.
        Tool = "tool",
        /// The server does not say it.
        Unknown = "unknown",
        /// The user.
        User = "user",
    }

    /// What a message of the model is for. It has to go back with the message.
    pub enum MessagePhase {
        /// Said on the way, such as before a call.
        Commentary = "commentary",
        /// The answer.
        FinalAnswer = "final_answer",
    }

    /// Who may call a tool.
    pub enum AllowedCaller {
        /// The model by itself.
        Direct = "direct",
        /// A program that the model wrote.
        Programmatic = "programmatic",
    }

    /// How closely the model looks at an image or a file.
    pub enum Detail {
        /// The server decides.
        Auto = "auto",
        /// Closely.
        High = "high",
        /// At a glance.
        Low = "low",
        /// In the size in which it was sent.
        Original = "original",
    }

    /// Where tools are searched for.
    pub enum SearchExecution {
        /// By the application.
        Client = "client",
        /// By the server.
        Server = "server",
    }

    /// What is left out where the input is too long for the model.
    pub enum Truncation {
        /// Items from the beginning of the conversation.
        Auto = "auto",
        /// Nothing: the request fails. The server's default.
        Disabled = "disabled",
    }

    /// What else a response is to hold.
    pub enum Include {
        /// What the code of the code interpreter printed and made.
        CodeInterpreterOutputs = "code_interpreter_call.outputs",
        /// The URLs of the screenshots.
        ComputerScreenshots = "computer_call_output.output.image_url",
        /// What a file search found.
        FileSearchResults = "file_search_call.results",
        /// The URLs of the images of the input.
        InputImages = "message.input_image.image_url",
        /// How probable each token of the text was.
        Logprobs = "message.output_text.logprobs",
        /// What was reasoned, so that it can go back where nothing is stored.
        ReasoningEncryptedContent = "reasoning.encrypted_content",
        /// What a web search found.
        WebSearchResults = "web_search_call.results",
        /// Where a web search found it.
        WebSearchSources = "web_search_call.action.sources",
    }

    /// From which end a list is told.
    pub enum Order {
        /// The oldest first.
        Ascending = "asc",
        /// The newest first; the server's default.
        Descending = "desc",
    }
}
