//! Conversations that the server keeps, and what endpoints say when something is done.

use std::collections::BTreeMap;

use super::{Item, Json, Number, macros::objects};

objects! {
    /// A conversation that the server keeps.
    pub struct Conversation {
        /// The id.
        id: String,
    } optional {
        /// What kind of object it is; `conversation`.
        object: String,
        /// When it was made, in seconds since 1970.
        created_at: Number,
        /// What the application has noted at it.
        metadata: BTreeMap<String, String>,
    }

    /// A request for a new conversation.
    pub struct CreateConversation {} optional {
        /// What the conversation begins with: up to 20 items.
        items: Vec<Item>,
        /// What the application notes at it: up to 16 pairs.
        metadata: BTreeMap<String, String>,
    }

    /// A request to note something else at a conversation.
    pub struct UpdateConversation {} optional {
        /// All that is noted from now on: up to 16 pairs.
        metadata: BTreeMap<String, String>,
    }

    /// A request to add items to a conversation.
    pub struct CreateItems {
        /// The items, up to 20.
        items: Vec<Item>,
    }

    /// How many tokens a request would have.
    pub struct InputTokens {
        /// So many.
        input_tokens: u64,
    } optional {
        /// What kind of object it is; `response.input_tokens`.
        object: String,
    }

    /// Something was deleted.
    pub struct Deleted {
        /// Its id.
        id: String,
    } optional {
        /// What kind of object it was.
        object: String,
        /// Whether it is gone.
        deleted: bool,
        /// What else the server says of it.
        metadata: Json,
    }
}
