use serde_json::{Map, Value};

use super::{
    completions,
    hosted::HostedTool,
    message::Message,
    request::{ConversationState, Request},
    response::Response,
    responses,
    wire::Delivery,
};
use crate::{
    error::{Error, ErrorKind},
    provider::{Provider, Quirks},
    tool::Tools,
};

/// The body of a request.
pub(crate) struct Written {
    pub(crate) body: Vec<u8>,
    /// The same with all of the conversation, where the first leaves to the server what it keeps.
    pub(crate) all: Option<Vec<u8>>,
}

/// Which API of OpenAI a request goes through. What is above it is the same for both: definitions,
/// tools, runs, streams, typed answers, outcomes. The guide has each ability with its place in the
/// request of each (`guide::abilities`).
///
/// | | chat completions | responses |
/// |---|---|---|
/// | spoken by | OpenAI and every compatible server | OpenAI and some servers |
/// | what a reasoning model thought | is lost with each response | goes back with its calls ([`AssistantMessage::items`](super::AssistantMessage::items)) |
/// | the conversation | is sent with every request | or kept by the server ([`ConversationState`]), which chat completions refuse before the request |
/// | background responses ([`Settings::background`](super::Settings::background)) | refused before the request | sent, and asked for until they are whole |
/// | `temperature`, `top_p`, `top_logprobs`, `parallel_tool_calls`, `metadata`, `service_tier`, `safety_identifier`, `store`, `prompt_cache_key`, `prompt_cache`, `prompt_cache_retention` | sent | sent |
/// | `max_tokens` | sent as `max_completion_tokens` | sent as `max_output_tokens` |
/// | `reasoning_effort` | sent | sent as `reasoning.effort` |
/// | `verbosity` | sent | sent as `text.verbosity` |
/// | `seed`; `stop`, `n`, `logit_bias`, penalties as extra fields | sent | refused before the request ([`InvalidRequest`](crate::ErrorKind::InvalidRequest)) |
/// | `reasoning_summary`, `truncation`, `compact_threshold`, `max_tool_calls` | refused before the request | sent |
/// | custom tools, with or without a grammar ([`ToolDefinition::custom`](crate::ToolDefinition::custom)) | sent | sent |
/// | `allowed_tools` ([`ToolChoice::Allowed`](super::ToolChoice::Allowed)) | sent; refused before the request with hosted tools, MCP servers or tools of namespaces among them | sent |
/// | the schema of a tool's outputs | not sent | sent as `output_schema` |
/// | namespaces, `defer_loading`, `allowed_callers` ([`ToolForm`](crate::tool::ToolForm)) | refused before the request | sent; a call that comes without its namespace is taken for that of the only tool with its name |
/// | hosted tools ([`HostedTool`](super::HostedTool)), and a choice of one | refused before the request | sent |
/// | approvals of MCP calls | do not come up | calls of kind [`McpApproval`](crate::tool::CallKind::McpApproval), which wait like all that need approval |
/// | shells, patches and computers that the application runs | refused before the request | calls like those of other tools |
/// | images, files, audio | see [`Part`](super::Part) | see [`Part`](super::Part) |
/// | spoken answers ([`AudioOutput`](super::AudioOutput)) | yes | refused before the request |
/// | a call in a stream is whole | when its arguments are; of a custom tool with the response | when the server says so |
///
/// ```
/// use openai_tools::{Client, chat::Api, testing::{Reply, Server}};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::builder().script([Reply::text("Hello!")]).start().await?;
/// let client = Client::builder().base_url(server.base_url()).build()?;
///
/// let run = client.run("gpt-5.2").api(Api::Responses).user("Hi").await?;
/// assert_eq!(run.text(), "Hello!");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Api {
    /// `POST /chat/completions`; the default.
    #[default]
    ChatCompletions,
    /// `POST /responses`.
    Responses,
}

impl Api {
    /// The API as a stable word in `snake_case`, for logs and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChatCompletions => "chat_completions",
            Self::Responses => "responses",
        }
    }

    /// The path under the base URL.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::ChatCompletions => completions::PATH,
            Self::Responses => responses::PATH,
        }
    }

    /// Writes the body of a request, as the server takes it.
    pub(crate) fn write(
        self,
        request: &Request,
        delivery: Delivery,
        provider: &Provider,
    ) -> Result<Written, Error> {
        let refuse = |why: String| {
            let why = format!("the server ({}): {why}", provider.name);
            Error::new(ErrorKind::InvalidRequest, why)
        };
        if self == Self::Responses && !provider.quirks.responses {
            let why = "it has no Responses API; use chat completions (`Api::ChatCompletions`)";
            return Err(refuse(why.to_owned()));
        }
        let is_kept = request.state != ConversationState::Resend || request.settings.background;
        if self == Self::Responses && is_kept && !provider.quirks.keeps_responses {
            let why = "it keeps no responses; resend the conversation \
                       (`ConversationState::Resend`), and wait for each response";
            return Err(refuse(why.to_owned()));
        }
        let Written { body, all } = self.write_plain(request, delivery)?;
        if provider.quirks.changes_nothing() {
            return Ok(Written { body, all });
        }
        let adapt = |body: Vec<u8>| adapted(&body, request, &provider.quirks).map_err(refuse);
        Ok(Written { body: adapt(body)?, all: all.map(adapt).transpose()? })
    }

    /// Writes the body of a request as OpenAI takes it.
    fn write_plain(self, request: &Request, delivery: Delivery) -> Result<Written, Error> {
        let all = match self {
            Self::ChatCompletions => {
                refuse_on_chat(request)?;
                completions::write_request(request, delivery)?
            }
            Self::Responses => {
                let stored = !request.settings.is_unstored();
                let kept = match (&request.state, request.settings.background) {
                    (ConversationState::Server, _) => Some("the conversation"),
                    (_, true) => Some("a background response"),
                    _ => None,
                };
                if let Some(kept) = kept.filter(|_| !stored) {
                    let why = format!("the server is to keep {kept}, and `store` forbids it");
                    return Err(Error::new(ErrorKind::InvalidRequest, why));
                }
                if matches!(&request.state, ConversationState::Conversation(id) if id.is_empty()) {
                    let why = "the id of the conversation is empty";
                    return Err(Error::new(ErrorKind::InvalidRequest, why));
                }
                responses::write_request(request, delivery, None)?
            }
        };
        let after = match &request.state {
            // The server keeps a conversation as a whole: there is nothing to go back to.
            ConversationState::Conversation(_) | ConversationState::Resend => None,
            ConversationState::Server => responses::last_response(&request.messages),
        };
        Ok(match after {
            None => Written { body: all, all: None },
            Some(after) => {
                let body = responses::write_request(request, delivery, Some(after))?;
                Written { body, all: Some(all) }
            }
        })
    }

    /// Reads the body of a response that came with a good status.
    pub(crate) fn read(self, body: &bytes::Bytes) -> Result<Response, Error> {
        match self {
            Self::ChatCompletions => completions::read_response(body),
            Self::Responses => responses::read_response(body),
        }
    }
}

/// The body as a server with quirks takes it.
fn adapted(body: &[u8], request: &Request, quirks: &Quirks) -> Result<Vec<u8>, String> {
    let unwritten = |_| "an extra field is nested too deeply".to_owned();
    let mut body: Map<String, Value> = serde_json::from_slice(body).map_err(unwritten)?;
    let said = request.messages.iter().filter_map(|message| match message {
        Message::Assistant(said) => Some(said.reasoning.as_deref()),
        _ => None,
    });
    quirks.adapt(&mut body, &said.collect::<Vec<_>>())?;
    serde_json::to_vec(&body).map_err(unwritten)
}

/// Finds what only the Responses API has.
fn refuse_on_chat(request: &Request) -> Result<(), Error> {
    let refuse = |why: String| Err(Error::new(ErrorKind::InvalidRequest, why));
    if request.settings.background {
        return refuse(
            "chat completions have no background responses; use `Api::Responses`".to_owned(),
        );
    }
    if request.state != ConversationState::Resend {
        return refuse(
            "chat completions keep no conversation; resend it (`ConversationState::Resend`), or use \
             `Api::Responses`"
                .to_owned(),
        );
    }
    if let Some(part) = completions::foreign_part(&request.messages) {
        return refuse(format!("chat completions take no {part}; use `Api::Responses`"));
    }
    let settings = &request.settings;
    let lacking = [
        ("compact_threshold", settings.compact_threshold.is_some()),
        ("max_tool_calls", settings.max_tool_calls.is_some()),
        ("reasoning_summary", settings.reasoning_summary.is_some()),
        ("truncation", settings.truncation.is_some()),
    ];
    if let Some((name, _)) = lacking.iter().find(|(_, is_set)| *is_set) {
        return refuse(format!(
            "chat completions have no `{name}`; leave it out, or use `Api::Responses`"
        ));
    }
    if let Some(what) = request.foreign_choice() {
        return refuse(format!(
            "chat completions have no {what}; use `Api::Responses`, or another tool choice"
        ));
    }
    let hosted = settings.hosted_tools.iter().map(HostedTool::tool_type);
    let definitions = || request.tools.iter().flat_map(Tools::definitions);
    let local = definitions().filter_map(|tool| Some(tool.as_builtin()?.kind.as_str()));
    if let Some(kind) = hosted.chain(local).next() {
        return refuse(format!(
            "chat completions have no hosted tools such as `{kind}`; use `Api::Responses`"
        ));
    }
    for definition in definitions() {
        let form = definition.form();
        let (what, remedy) = if form.namespace().is_some() {
            ("is in a namespace", "give it a prefix in its place")
        } else if form.defer_loading() {
            ("is loaded when it is looked for", "tell it at once")
        } else if !form.allowed_callers().is_empty() {
            ("says who may call it", "leave that out")
        } else {
            continue;
        };
        return refuse(format!(
            "the tool `{}` {what}, and chat completions have no such thing; {remedy}, or use \
             `Api::Responses`",
            definition.full_name()
        ));
    }
    Ok(())
}
