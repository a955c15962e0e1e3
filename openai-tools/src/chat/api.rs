use super::{
    completions::{self, Delivery},
    request::Request,
    response::Response,
    responses,
};
use crate::error::Error;

/// Which API of OpenAI a request goes through. What is above it is the same for both: definitions,
/// tools, runs, streams, typed answers, outcomes.
///
/// | | chat completions | responses |
/// |---|---|---|
/// | spoken by | OpenAI and every compatible server | OpenAI and some servers |
/// | what a reasoning model thought | is lost with each response | goes back with its calls ([`AssistantMessage::items`](super::AssistantMessage::items)) |
/// | `seed`, `stop`, `n`, `logit_bias`, penalties | sent | refused before the request ([`InvalidRequest`](crate::ErrorKind::InvalidRequest)) |
/// | `verbosity` as an extra field | sent | sent as `text.verbosity` |
/// | a call in a stream is whole | when its arguments are | when the server says so |
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

    /// Writes the body of a request.
    pub(crate) fn write(self, request: &Request, delivery: Delivery) -> Result<Vec<u8>, Error> {
        match self {
            Self::ChatCompletions => completions::write_request(request, delivery),
            Self::Responses => responses::write_request(request, delivery),
        }
    }

    /// Reads the body of a response that came with a good status.
    pub(crate) fn read(self, body: &bytes::Bytes) -> Result<Response, Error> {
        match self {
            Self::ChatCompletions => completions::read_response(body),
            Self::Responses => responses::read_response(body),
        }
    }
}
