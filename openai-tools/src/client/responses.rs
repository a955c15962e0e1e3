//! `/responses/{id}` and what lies under it.

use std::{fmt, sync::Arc};

use http::Method;
use serde_json::{Map, Value};

use super::{
    EventStream, Inner, List,
    course::Content,
    endpoint::{NO_QUERY, Target, including},
};
use crate::{
    chat::{Api, Request, wire::Delivery},
    error::{Error, ErrorKind},
    responses::{Deleted, Include, InputTokens, Item, Response},
};

/// The endpoints of responses that the server keeps; made by
/// [`Client::responses`](crate::Client::responses).
///
/// They are asked by the client's rules: its retries, limits on time and requests in flight, and
/// errors. Of those, kind [`Api`](ErrorKind::Api) with status 404 says that the server knows no such
/// response.
///
/// ```
/// use openai_tools::{Client, Message, chat::{Api, Request}, testing::{Reply, Server}};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::builder().script([Reply::text("Hello")]).start().await?;
/// let client = Client::builder().base_url(server.base_url()).api(Api::Responses).build()?;
/// let mut request = Request::new("gpt-5.2");
/// request.messages.push(Message::user("Say hello."));
/// let id = client.send(&request).await?.id.expect("the server gives one");
///
/// let kept = client.responses().retrieve(&id).await?;
/// assert_eq!(kept.id, id);
/// let mut sent = client.responses().input_items(&id).stream();
/// while let Some(item) = sent.next().await {
///     println!("{:?}", item?.kind());
/// }
/// assert_eq!(client.responses().delete(&id).await?.deleted, Some(true));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Responses(Arc<Inner>);

impl Responses {
    pub(super) fn new(client: Arc<Inner>) -> Self {
        Self(client)
    }

    fn target(&self, method: Method, segments: &[&str]) -> Result<Target, Error> {
        Target::new(method, &self.0.responses, segments, NO_QUERY)
    }

    /// A response, as far as it is: a background response may have no output yet.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](crate::Client::send); a response that failed is none.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future has no effect on the response.
    pub async fn retrieve(&self, id: &str) -> Result<Response, Error> {
        self.retrieve_with(id, []).await
    }

    /// As [`retrieve`](Self::retrieve), with more of it.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future has no effect on the response.
    pub async fn retrieve_with(
        &self,
        id: &str,
        include: impl IntoIterator<Item = Include>,
    ) -> Result<Response, Error> {
        let query = including(include);
        let target = Target::new(Method::GET, &self.0.responses, &[id], &query)?;
        self.0.call(target, Content::Nothing).await
    }

    /// The events of a background response: all of them, or those
    /// [behind one of them](EventStream::starting_after). It was asked for with `stream: true`. Where
    /// the connection is lost it is taken up again.
    pub fn retrieve_stream(&self, id: &str) -> EventStream {
        EventStream::new(Arc::clone(&self.0), id)
    }

    /// Cancels a background response; other ones are not. Once is as good as twice.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may come too late.
    pub async fn cancel(&self, id: &str) -> Result<Response, Error> {
        self.0.call(self.target(Method::POST, &[id, "cancel"])?, Content::Nothing).await
    }

    /// Deletes a response.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve). Kind [`InvalidResponse`](ErrorKind::InvalidResponse) if the
    /// server says that it did not. Where an attempt was answered and the answer lost, the next one
    /// finds nothing to delete: status 404.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may come too late.
    pub async fn delete(&self, id: &str) -> Result<Deleted, Error> {
        self.0.delete(self.target(Method::DELETE, &[id])?).await
    }

    /// What was sent for a response, as a list that comes in pages.
    pub fn input_items(&self, id: &str) -> List<Item> {
        List::new(Arc::clone(&self.0), self.target(Method::GET, &[id, "input_items"]))
    }

    /// How many tokens the input of a request would have, tools and all, before it is sent. Nothing is
    /// generated.
    ///
    /// ```
    /// # use openai_tools::{Client, Message, chat::Request, testing::Server};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = Server::start().await?;
    /// # let client = Client::builder().base_url(server.base_url()).build()?;
    /// let mut request = Request::new("gpt-5.2");
    /// request.messages.push(Message::user("Tell me all about Hanoi."));
    /// assert!(client.responses().input_tokens(&request).await?.input_tokens > 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve), and what the Responses API has no place for
    /// ([`InvalidRequest`](ErrorKind::InvalidRequest)).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future has no effect.
    pub async fn input_tokens(&self, request: &Request) -> Result<InputTokens, Error> {
        request.check()?;
        let written = Api::Responses.write(request, Delivery::Whole, &self.0.provider)?.body;
        let fields: Map<String, Value> = serde_json::from_slice(&written).map_err(|error| {
            Error::new(ErrorKind::InvalidRequest, "it is no object").with_source(error)
        })?;
        let counted: Map<_, _> =
            fields.into_iter().filter(|(name, _)| COUNTED.contains(&name.as_str())).collect();
        let target = self.target(Method::POST, &["input_tokens"])?;
        self.0.call(target, Content::json(&counted)?).await
    }
}

/// What of a request the count of its tokens takes (schema `TokenCountsBody`).
const COUNTED: [&str; 12] = [
    "conversation",
    "input",
    "instructions",
    "model",
    "parallel_tool_calls",
    "personality",
    "previous_response_id",
    "reasoning",
    "text",
    "tool_choice",
    "tools",
    "truncation",
];

impl fmt::Debug for Responses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responses").finish_non_exhaustive()
    }
}
