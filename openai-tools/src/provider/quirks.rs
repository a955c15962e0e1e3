use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answers::AnswerQuirks;

/// In what a server differs from OpenAI's own, as data: what is to be sent otherwise, what its silence
/// means, and how it answers. [`Quirks::new`] is a server without any.
///
/// What a server cannot be told is refused before the request (kind
/// [`InvalidRequest`](crate::ErrorKind::InvalidRequest)), unless the same can be said in another way:
/// a named tool is demanded by offering no other, a developer message becomes a system message, a
/// typed answer goes down its ladder ([schema, tool, JSON mode, words](crate::structured::AnswerStep)).
///
/// How servers [answer](Self::answers) otherwise is read from every server, whatever its quirks say;
/// the built-in server plays it.
///
/// ```
/// use openai_tools::{Client, provider::{FieldRule, Quirks}};
///
/// let quirks = Quirks::new()
///     .with_field("max_completion_tokens", FieldRule::Renamed("max_tokens".to_owned()))
///     .with_developer_role(false);
/// let client = Client::builder().base_url("http://localhost:8000/v1").quirks(quirks).build()?;
/// # let _ = client;
/// # Ok::<(), openai_tools::Error>(())
/// ```
#[expect(clippy::struct_excessive_bools, reason = "each is a quirk of its own")]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// Fields of the request that have another name there, or none, by their name at OpenAI; what
    /// stands in another field has its name behind it, as in `text.verbosity`. Default: none.
    pub fields: BTreeMap<String, FieldRule>,
    /// Whether `strict` may stand in definitions of tools and in the schema of an answer. Default:
    /// true.
    pub strict: bool,
    /// Which tool choices it knows. Default: all.
    pub tool_choice: ToolChoiceWords,
    /// Whether there are messages of the role `developer`; else they are sent as `system`. Default:
    /// true.
    pub developer_role: bool,
    /// Whether an answer can have a schema; else a typed answer is asked for as the call of a tool, or
    /// in JSON mode where no call can be demanded. Default: true.
    pub json_schema: bool,
    /// Whether there is a JSON mode (`json_object`); else it is asked for in words alone. Default:
    /// true.
    pub json_object: bool,
    /// Whether the arguments of earlier calls are sent as the object, and not as its text. Default:
    /// false.
    pub arguments_as_object: bool,
    /// The field under which what the model thought goes back with its messages; once one message has
    /// it, all have. Default: it does not go back.
    pub reasoning_field: Option<String>,
    /// Whether it takes images. Default: true.
    pub images: bool,
    /// Whether it fetches images by URL or id; else only images by bytes are sent. Default: true.
    pub image_urls: bool,
    /// Whether it takes files as parts of messages. Default: true.
    pub files: bool,
    /// Whether it takes audio as parts of messages. Default: true.
    pub audio_input: bool,
    /// Whether it knows [custom tools](crate::ToolDefinition::custom), which take a text. Default:
    /// true.
    pub custom_tools: bool,
    /// Whether it knows of tools what OpenAI's Responses API adds: tools that the server runs,
    /// namespaces, tools that are loaded later, callers. Else requests with them are refused, and the
    /// schemas of outputs are left out. Default: true.
    pub hosted_tools: bool,
    /// Whether the end of a stream (`[DONE]`) says that the answer is whole where no finish reason,
    /// or an empty one, has come. Default: false, and such a stream is cut.
    pub done_is_end: bool,
    /// Whether it has the Responses API; else requests over it are refused. Default: true.
    pub responses: bool,
    /// Whether it keeps responses of the Responses API; else requests that rely on it (conversations
    /// that the server keeps, background responses) are refused. Default: true.
    pub keeps_responses: bool,
    /// Whether what a model reasoned comes and goes back as items of the Responses API; else these
    /// are left out. Default: true.
    pub reasoning_items: bool,
    /// How it answers.
    pub answers: AnswerQuirks,
}

/// What becomes of a field of a request.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum FieldRule {
    /// It is not sent: the server does the same without it.
    LeftOut,
    /// The request is refused: without it the server would do something else.
    Refused,
    /// It has another name.
    Renamed(String),
}

/// Which tool choices a server knows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(default, deny_unknown_fields)]
pub struct ToolChoiceWords {
    /// Whether it knows `allowed_tools`; else only these tools are offered. Default: true.
    pub allowed: bool,
    /// Whether a tool can be named; else only that one is offered, and a call is demanded. Default:
    /// true.
    pub named: bool,
    /// Whether it knows `none`; else no tools are offered. Default: true.
    pub none: bool,
    /// The word that demands a call; `None` if there is no such word, and then demanding one is
    /// refused. Default: `required`.
    pub required: Option<String>,
}

impl ToolChoiceWords {
    /// Of a server that decides by itself.
    #[must_use]
    pub fn nothing() -> Self {
        Self { allowed: false, named: false, none: false, required: None }
    }

    /// Of a server that knows `auto`, `none` and `required`, and no tool's name.
    #[must_use]
    pub fn words_only() -> Self {
        Self { allowed: false, named: false, ..Self::default() }
    }
}

impl Default for ToolChoiceWords {
    fn default() -> Self {
        Self { allowed: true, named: true, none: true, required: Some("required".to_owned()) }
    }
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            fields: BTreeMap::new(),
            strict: true,
            tool_choice: ToolChoiceWords::default(),
            developer_role: true,
            json_schema: true,
            json_object: true,
            arguments_as_object: false,
            reasoning_field: None,
            images: true,
            image_urls: true,
            files: true,
            audio_input: true,
            custom_tools: true,
            hosted_tools: true,
            done_is_end: false,
            responses: true,
            keeps_responses: true,
            reasoning_items: true,
            answers: AnswerQuirks::default(),
        }
    }
}

impl Quirks {
    /// No quirks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what becomes of one [field](Self::fields).
    #[must_use]
    pub fn with_field(mut self, name: impl Into<String>, rule: FieldRule) -> Self {
        self.fields.insert(name.into(), rule);
        self
    }

    /// Sets [`strict`](Self::strict).
    #[must_use]
    pub fn with_strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Sets [`tool_choice`](Self::tool_choice).
    #[must_use]
    pub fn with_tool_choice(mut self, words: ToolChoiceWords) -> Self {
        self.tool_choice = words;
        self
    }

    /// Sets [`developer_role`](Self::developer_role).
    #[must_use]
    pub fn with_developer_role(mut self, developer_role: bool) -> Self {
        self.developer_role = developer_role;
        self
    }

    /// Sets [`json_schema`](Self::json_schema).
    #[must_use]
    pub fn with_json_schema(mut self, json_schema: bool) -> Self {
        self.json_schema = json_schema;
        self
    }

    /// Sets [`json_object`](Self::json_object).
    #[must_use]
    pub fn with_json_object(mut self, json_object: bool) -> Self {
        self.json_object = json_object;
        self
    }

    /// Sets [`arguments_as_object`](Self::arguments_as_object).
    #[must_use]
    pub fn with_arguments_as_object(mut self, as_object: bool) -> Self {
        self.arguments_as_object = as_object;
        self
    }

    /// Sets [`reasoning_field`](Self::reasoning_field).
    #[must_use]
    pub fn with_reasoning_field(mut self, field: impl Into<String>) -> Self {
        self.reasoning_field = Some(field.into());
        self
    }

    /// Sets [`image_urls`](Self::image_urls).
    #[must_use]
    pub fn with_image_urls(mut self, image_urls: bool) -> Self {
        self.image_urls = image_urls;
        self
    }

    /// Sets [`done_is_end`](Self::done_is_end).
    #[must_use]
    pub fn with_done_as_end(mut self, done_is_end: bool) -> Self {
        self.done_is_end = done_is_end;
        self
    }

    /// Sets [`responses`](Self::responses).
    #[must_use]
    pub fn with_responses(mut self, responses: bool) -> Self {
        self.responses = responses;
        self
    }

    /// Sets [`images`](Self::images).
    #[must_use]
    pub fn with_images(mut self, images: bool) -> Self {
        self.images = images;
        self
    }

    /// Sets [`files`](Self::files).
    #[must_use]
    pub fn with_files(mut self, files: bool) -> Self {
        self.files = files;
        self
    }

    /// Sets [`audio_input`](Self::audio_input).
    #[must_use]
    pub fn with_audio_input(mut self, audio_input: bool) -> Self {
        self.audio_input = audio_input;
        self
    }

    /// Sets [`custom_tools`](Self::custom_tools).
    #[must_use]
    pub fn with_custom_tools(mut self, custom_tools: bool) -> Self {
        self.custom_tools = custom_tools;
        self
    }

    /// Sets [`hosted_tools`](Self::hosted_tools).
    #[must_use]
    pub fn with_hosted_tools(mut self, hosted_tools: bool) -> Self {
        self.hosted_tools = hosted_tools;
        self
    }

    /// Sets [`keeps_responses`](Self::keeps_responses).
    #[must_use]
    pub fn with_keeps_responses(mut self, keeps_responses: bool) -> Self {
        self.keeps_responses = keeps_responses;
        self
    }

    /// Sets [`reasoning_items`](Self::reasoning_items).
    #[must_use]
    pub fn with_reasoning_items(mut self, reasoning_items: bool) -> Self {
        self.reasoning_items = reasoning_items;
        self
    }

    /// Sets [`answers`](Self::answers).
    #[must_use]
    pub fn with_answers(mut self, answers: AnswerQuirks) -> Self {
        self.answers = answers;
        self
    }
}
