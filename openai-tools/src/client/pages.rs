//! Lists that come in pages.

use std::{collections::VecDeque, fmt, sync::Arc};

use futures_util::{Stream, stream::unfold};

use super::{
    Inner,
    endpoint::{NOTHING, Target},
};
use crate::{
    error::{Error, ErrorKind},
    responses::{Include, Item, ItemList, Order},
};

/// A list of items that the server keeps: one page of it ([`page`](Self::page)), or all of it
/// ([`stream`](Self::stream)).
#[derive(Clone)]
#[must_use = "nothing is sent before `page` or `stream`"]
pub struct ListItems {
    client: Arc<Inner>,
    target: Result<Target, ErrorKind>,
    after: Option<String>,
    limit: Option<u32>,
    order: Option<Order>,
    include: Vec<Include>,
}

impl ListItems {
    pub(super) fn new(client: Arc<Inner>, target: Result<Target, Error>) -> Self {
        let target = target.map_err(|error| error.kind());
        Self { client, target, after: None, limit: None, order: None, include: Vec::new() }
    }

    /// Begins behind the item of this id. Default: at the beginning.
    pub fn after(mut self, id: impl Into<String>) -> Self {
        self.after = Some(id.into());
        self
    }

    /// The most items of a page, 1 to 100; the server's default is 20.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// From which end it is told; the server's default is the newest first.
    pub fn order(mut self, order: Order) -> Self {
        self.order = Some(order);
        self
    }

    /// What else the items are to hold. Default: nothing.
    pub fn include(mut self, include: impl IntoIterator<Item = Include>) -> Self {
        self.include.extend(include);
        self
    }

    /// One page.
    ///
    /// # Errors
    ///
    /// As [`Client::send`](crate::Client::send); kind
    /// [`InvalidRequest`](ErrorKind::InvalidRequest) if the id was none.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future has no effect.
    pub async fn page(&self) -> Result<ItemList, Error> {
        let base =
            self.target.as_ref().map_err(|kind| Error::new(*kind, "an id is empty, or not one"))?;
        let limit = self.limit.map(|limit| limit.to_string());
        let mut query = Vec::new();
        query.extend(self.after.as_deref().map(|after| ("after", after)));
        query.extend(limit.as_deref().map(|limit| ("limit", limit)));
        query.extend(self.order.as_ref().map(|order| ("order", order.as_str())));
        query.extend(self.include.iter().map(|word| ("include[]", word.as_str())));
        let target = Target::new(base.method.clone(), &base.uri, &[], &query)?;
        self.client.call(target, NOTHING).await
    }

    /// All items, page by page as they are read.
    #[must_use]
    pub fn stream(self) -> Items {
        Items { list: Some(self), ready: VecDeque::new() }
    }
}

impl fmt::Debug for ListItems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListItems")
            .field("limit", &self.limit)
            .field("order", &self.order)
            .field("include", &self.include)
            .finish_non_exhaustive()
    }
}

/// The items of a list; made by [`ListItems::stream`].
pub struct Items {
    /// What the next page is; `None` behind the last one.
    list: Option<ListItems>,
    ready: VecDeque<Item>,
}

impl Items {
    /// The next item; `None` behind the last one, and after an error.
    ///
    /// # Errors
    ///
    /// As [`ListItems::page`]; kind [`InvalidResponse`](ErrorKind::InvalidResponse) if the server
    /// says that there are more items, and not behind which one.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no item is lost. A page that was under way is asked for again.
    pub async fn next(&mut self) -> Option<Result<Item, Error>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(Ok(item));
            }
            let page = match self.list.as_ref()?.page().await {
                Ok(page) => page,
                Err(error) => {
                    self.list = None;
                    return Some(Err(error));
                }
            };
            let mut list = self.list.take()?;
            if page.has_more == Some(true) {
                let behind = page.last_id.or_else(|| page.data.last().and_then(Item::id));
                // Else it would go on for ever.
                if page.data.is_empty() || behind.is_none() || behind == list.after {
                    let why = "the list has more, and not behind its last item";
                    return Some(Err(Error::new(ErrorKind::InvalidResponse, why)));
                }
                list.after = behind;
                self.list = Some(list);
            }
            self.ready = page.data.into();
        }
    }

    /// The same as a [`Stream`].
    pub fn into_stream(self) -> impl Stream<Item = Result<Item, Error>> + Send {
        unfold(self, |mut rest| async { rest.next().await.map(|next| (next, rest)) })
    }
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("ready", &self.ready.len()).finish_non_exhaustive()
    }
}
