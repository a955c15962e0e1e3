//! What messages and outputs of tools are made of.

use super::{
    Detail, Number,
    macros::{forms, kinds, objects},
};

forms! {
    /// A text, or parts of several kinds: the content of a message, or the output of a tool.
    pub enum Content {
        /// A text.
        Text(String),
        /// Parts, in order.
        Parts(Vec<ContentPart>),
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

kinds! {
    /// A part of a message, of an output of a tool, or of what was reasoned.
    pub enum ContentPart {
        /// What the screen of a computer shows.
        ComputerScreenshot(ComputerScreenshot) = "computer_screenshot",
        /// A file for the model to read.
        InputFile(InputFile) = "input_file",
        /// An image for the model to look at.
        InputImage(InputImage) = "input_image",
        /// A text for the model to read.
        InputText(InputText) = "input_text",
        /// A text that the model said.
        OutputText(OutputText) = "output_text",
        /// A text that the model thought.
        ReasoningText(TextPart) = "reasoning_text",
        /// That the model does not want to answer.
        Refusal(Refusal) = "refusal",
        /// A summary of what the model thought.
        SummaryText(TextPart) = "summary_text",
        /// A text of a message that is stored.
        Text(TextPart) = "text",
    }

    /// What a part of a text points to.
    pub enum Annotation {
        /// A file that code has made.
        ContainerFileCitation(ContainerFileCitation) = "container_file_citation",
        /// A file that was found.
        FileCitation(FileCitation) = "file_citation",
        /// A file, by its id.
        FilePath(FilePath) = "file_path",
        /// A page of the web.
        UrlCitation(UrlCitation) = "url_citation",
    }
}

objects! {
    /// A text for the model to read.
    pub struct InputText = "input_text" {
        /// The text.
        text: String,
    } optional {
        /// Up to here the server is to cache the prompt.
        prompt_cache_breakpoint: PromptCacheBreakpoint,
    }

    /// An image for the model to look at, by its URL or its file.
    pub struct InputImage = "input_image" {} optional {
        /// Where it is, or what it is as a `data:` URL.
        image_url: String,
        /// The id of a file that was uploaded.
        file_id: String,
        /// How closely the model looks; the server's default is `auto`.
        detail: Detail,
        /// Up to here the server is to cache the prompt.
        prompt_cache_breakpoint: PromptCacheBreakpoint,
    }

    /// A file for the model to read, by its id, its URL or its bytes.
    pub struct InputFile = "input_file" {} optional {
        /// The id of a file that was uploaded.
        file_id: String,
        /// Its name.
        filename: String,
        /// Its bytes, as a `data:` URL or in base64.
        file_data: String,
        /// Where it is.
        file_url: String,
        /// How closely the model looks at the images in it.
        detail: Detail,
        /// Up to here the server is to cache the prompt.
        prompt_cache_breakpoint: PromptCacheBreakpoint,
    }

    /// Up to where a prompt is cached.
    pub struct PromptCacheBreakpoint {
        /// How; the document knows `explicit`.
        mode: String,
    }

    /// A text that the model said.
    pub struct OutputText = "output_text" {
        /// The text.
        text: String,
    } optional {
        /// What parts of it point to.
        annotations: Vec<Annotation>,
        /// How probable its tokens were, where the request asks for it.
        logprobs: Vec<LogProb>,
    }

    /// That the model does not want to answer.
    pub struct Refusal = "refusal" {
        /// Its words.
        refusal: String,
    }

    /// A text alone: of what the model thought (`reasoning_text`), of its summary (`summary_text`),
    /// or of a message that is stored (`text`).
    pub struct TextPart {
        /// The text.
        text: String,
    }

    /// What says nothing beside its type.
    pub struct Plain {}

    /// What the screen of a computer shows.
    pub struct ComputerScreenshot = "computer_screenshot" {} optional {
        /// Where it is, or what it is as a `data:` URL.
        image_url: String,
        /// The id of a file that was uploaded.
        file_id: String,
        /// How closely the model looks.
        detail: Detail,
        /// Up to here the server is to cache the prompt.
        prompt_cache_breakpoint: PromptCacheBreakpoint,
    }

    /// A file that was found, as the source of a text.
    pub struct FileCitation = "file_citation" {
        /// The id of the file.
        file_id: String,
        /// Its place in the list of files.
        index: u64,
        /// Its name.
        filename: String,
    }

    /// A page of the web, as the source of a part of a text.
    pub struct UrlCitation = "url_citation" {
        /// Where it is.
        url: String,
        /// The first character of the text that it is the source of.
        start_index: u64,
        /// The last one.
        end_index: u64,
        /// The title of the page.
        title: String,
    }

    /// A file that code has made, named in a part of a text.
    pub struct ContainerFileCitation = "container_file_citation" {
        /// The container that holds it.
        container_id: String,
        /// The id of the file.
        file_id: String,
        /// The first character of the text that names it.
        start_index: u64,
        /// The last one.
        end_index: u64,
        /// Its name.
        filename: String,
    }

    /// A file that belongs to a text.
    pub struct FilePath = "file_path" {
        /// The id of the file.
        file_id: String,
        /// Its place in the list of files.
        index: u64,
    }

    /// How probable a token of a text was.
    pub struct LogProb {
        /// The token.
        token: String,
        /// The natural logarithm of its probability.
        logprob: Number,
    } optional {
        /// Its bytes, where it is no whole character.
        bytes: Vec<u64>,
        /// What else could have stood there.
        top_logprobs: Vec<TopLogProb>,
    }

    /// A token that could have stood in the place of another.
    pub struct TopLogProb {} optional {
        /// The token.
        token: String,
        /// The natural logarithm of its probability.
        logprob: Number,
        /// Its bytes, where it is no whole character.
        bytes: Vec<u64>,
    }
}
