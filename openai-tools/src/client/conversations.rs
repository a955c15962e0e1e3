//! `/conversations` and what lies under it.

use std::{collections::BTreeMap, fmt, sync::Arc};

use http::Method;

use super::{
    Inner, List,
    course::Content,
    endpoint::{NO_QUERY, Target, including},
};
use crate::{
    error::Error,
    responses::{
        Conversation, CreateConversation, CreateItems, Deleted, Include, Item, Page,
        UpdateConversation,
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
        Target::new(method, &self.0.conversations, segments, NO_QUERY)
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
        self.0.call(self.target(Method::POST, &[])?, Content::json(conversation)?).await
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
        self.0.call(self.target(Method::GET, &[id])?, Content::Nothing).await
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
        self.0.call(self.target(Method::POST, &[id])?, Content::json(&update)?).await
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
        self.0.delete(self.target(Method::DELETE, &[id])?).await
    }

    /// The items of a conversation, as a list that comes in pages.
    pub fn items(&self, id: &str) -> List<Item> {
        List::new(Arc::clone(&self.0), self.target(Method::GET, &[id, "items"]))
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
    ) -> Result<Page<Item>, Error> {
        self.create_items_with(id, items, []).await
    }

    /// As [`create_items`](Self::create_items), with more of them in the answer.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](crate::Client::send).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may come too late.
    pub async fn create_items_with(
        &self,
        id: &str,
        items: impl IntoIterator<Item = Item>,
        include: impl IntoIterator<Item = Include>,
    ) -> Result<Page<Item>, Error> {
        let items = CreateItems::new(items.into_iter().collect::<Vec<_>>());
        let query = including(include);
        let target = Target::new(Method::POST, &self.0.conversations, &[id, "items"], &query)?;
        self.0.call(target, Content::json(&items)?).await
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
        self.item_with(id, item, []).await
    }

    /// As [`item`](Self::item), with more of it.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](crate::Client::send).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future has no effect.
    pub async fn item_with(
        &self,
        id: &str,
        item: &str,
        include: impl IntoIterator<Item = Include>,
    ) -> Result<Item, Error> {
        let query = including(include);
        let target = Target::new(Method::GET, &self.0.conversations, &[id, "items", item], &query)?;
        self.0.call(target, Content::Nothing).await
    }

    /// Deletes one item of a conversation, and gives the conversation.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](crate::Client::send). Where an attempt was answered and the answer lost,
    /// the next one finds nothing to delete: status 404.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may come too late.
    pub async fn delete_item(&self, id: &str, item: &str) -> Result<Conversation, Error> {
        self.0.call(self.target(Method::DELETE, &[id, "items", item])?, Content::Nothing).await
    }
}

impl fmt::Debug for Conversations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversations").finish_non_exhaustive()
    }
}
