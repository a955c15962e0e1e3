//! `/responses/{id}` and what lies under it.

use std::{fmt, sync::Arc};

use http::Method;
use serde_json::{Map, Value};

use super::{
    EventStream, Inner, ListItems,
    endpoint::{NOTHING, Target},
};
use crate::{
    chat::{Api, Request, wire::Delivery},
    error::{Error, ErrorKind},
    responses::{Deleted, Include, InputTokens, Response},
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
        let include: Vec<Include> = include.into_iter().collect();
        let query: Vec<_> = include.iter().map(|word| ("include[]", word.as_str())).collect();
        let target = Target::new(Method::GET, &self.0.responses, &[id], &query)?;
        self.0.call(target, NOTHING).await
    }

    /// The events of a background response: all of them, or those behind the event whose
    /// [`sequence_number`](crate::responses::StreamEvent::sequence_number) is `starting_after`. It was
    /// asked for with `stream: true`. Where the connection is lost it is taken up again.
    ///
    /// Nothing is sent before the first [`next`](EventStream::next).
    ///
    /// # Errors
    ///
    /// Kind [`InvalidRequest`](ErrorKind::InvalidRequest) if the id is none.
    pub fn retrieve_stream(
        &self,
        id: &str,
        starting_after: Option<u64>,
    ) -> Result<EventStream, Error> {
        EventStream::new(Arc::clone(&self.0), id, starting_after)
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
        let target = Target::new(Method::POST, &self.0.responses, &[id, "cancel"], &[])?;
        self.0.call(target, NOTHING).await
    }

    /// Deletes a response.
    ///
    /// # Errors
    ///
    /// As [`retrieve`](Self::retrieve). Where an attempt was answered and the answer lost, the next
    /// one finds nothing to delete: status 404.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may come too late.
    pub async fn delete(&self, id: &str) -> Result<Deleted, Error> {
        let target = Target::new(Method::DELETE, &self.0.responses, &[id], &[])?;
        self.0.call(target, NOTHING).await
    }

    /// What was sent for a response, as a list that comes in pages.
    pub fn input_items(&self, id: &str) -> ListItems {
        let target = Target::new(Method::GET, &self.0.responses, &[id, "input_items"], &[]);
        ListItems::new(Arc::clone(&self.0), target)
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
        let target = Target::new(Method::POST, &self.0.responses, &["input_tokens"], &[])?;
        self.0.call(target, Some(&counted)).await
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
