//! `/conversations` and what lies under it.

use std::{collections::BTreeMap, fmt, sync::Arc};

use http::Method;

use super::{
    Inner, ListItems,
    endpoint::{NOTHING, Target},
};
use crate::{
    error::Error,
    responses::{
        Conversation, CreateConversation, CreateItems, Deleted, Item, ItemList, UpdateConversation,
    },
};

/// The endpoints of conversations that the server keeps; made by
/// [`Client::conversations`](crate::Client::conversations). They are asked by the client's rules, as
/// [`Responses`](super::Responses) are.
///
/// What is made or added is made or added twice where the answer of an attempt is lost and the client
/// tries again.
///
/// ```
/// use openai_tools::{
///     Client,
///     chat::{Api, ConversationState},
///     responses::{CreateConversation, Item},
///     testing::{Reply, Server},
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::builder().script([Reply::text("You said Hanoi.")]).start().await?;
/// let client = Client::builder().base_url(server.base_url()).api(Api::Responses).build()?;
///
/// let mut begin = CreateConversation::default();
/// begin.items = Some(vec![Item::user("I live in Hanoi.")]);
/// let conversation = client.conversations().create(&begin).await?;
///
/// let state = ConversationState::Conversation(conversation.id.clone());
/// let run = client.run("gpt-5.2").state(state).user("Where do I live?").await?;
/// assert_eq!(run.text(), "You said Hanoi.");
///
/// let kept = client.conversations().items(&conversation.id).page().await?;
/// assert_eq!(kept.data.len(), 3);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Conversations(Arc<Inner>);

impl Conversations {
    pub(super) fn new(client: Arc<Inner>) -> Self {
        Self(client)
    }

    fn target(&self, method: Method, segments: &[&str]) -> Result<Target, Error> {
        Target::new(method, &self.0.conversations, segments, &[])
    }

    /// Makes a conversation.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](crate::Client::send).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may come too late.
    pub async fn create(&self, conversation: &CreateConversation) -> Result<Conversation, Error> {
        self.0.call(self.target(Method::POST, &[])?, Some(conversation)).await
    }

    /// A conversation, without its items.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](crate::Client::send).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future has no effect.
    pub async fn retrieve(&self, id: &str) -> Result<Conversation, Error> {
        self.0.call(self.target(Method::GET, &[id])?, NOTHING).await
    }

    /// Notes something else at a conversation; what was noted before is forgotten.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](crate::Client::send).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may come too late.
    pub async fn update(
        &self,
        id: &str,
        metadata: BTreeMap<String, String>,
    ) -> Result<Conversation, Error> {
        let update =
            UpdateConversation { metadata: Some(metadata), ..UpdateConversation::default() };
        self.0.call(self.target(Method::POST, &[id])?, Some(&update)).await
    }

    /// Deletes a conversation. Its items are not deleted with it.
    ///
    /// # Errors
    ///
    /// As [`Responses::delete`](super::Responses::delete).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may come too late.
    pub async fn delete(&self, id: &str) -> Result<Deleted, Error> {
        self.0.call(self.target(Method::DELETE, &[id])?, NOTHING).await
    }

    /// The items of a conversation, as a list that comes in pages.
    pub fn items(&self, id: &str) -> ListItems {
        ListItems::new(Arc::clone(&self.0), self.target(Method::GET, &[id, "items"]))
    }

    /// Adds items to a conversation, up to 20, and gives them as the server keeps them.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](crate::Client::send).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may come too late.
    pub async fn create_items(
        &self,
        id: &str,
        items: impl IntoIterator<Item = Item>,
    ) -> Result<ItemList, Error> {
        let items = CreateItems::new(items.into_iter().collect::<Vec<_>>());
        self.0.call(self.target(Method::POST, &[id, "items"])?, Some(&items)).await
    }

    /// One item of a conversation.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](crate::Client::send).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future has no effect.
    pub async fn item(&self, id: &str, item: &str) -> Result<Item, Error> {
        self.0.call(self.target(Method::GET, &[id, "items", item])?, NOTHING).await
    }

    /// Deletes one item of a conversation.
    ///
    /// # Errors
    ///
    /// As [`Responses::delete`](super::Responses::delete).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may come too late.
    pub async fn delete_item(&self, id: &str, item: &str) -> Result<Conversation, Error> {
        self.0.call(self.target(Method::DELETE, &[id, "items", item])?, NOTHING).await
    }
}

impl fmt::Debug for Conversations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversations").finish_non_exhaustive()
    }
}
