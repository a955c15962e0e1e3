//! Lists that come in pages.

use std::{collections::VecDeque, fmt, future::Future, marker::PhantomData, pin::Pin, sync::Arc};

use futures_util::{Stream, stream::unfold};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    FilePurpose, Inner, StoredFile,
    course::Content,
    endpoint::{Target, including},
};
use crate::{
    error::{Error, ErrorKind},
    responses::{Include, Item, Order, Page},
};

/// A list that the server keeps: one page of it ([`page`](Self::page)), or all of it
/// ([`stream`](Self::stream)). Made by [`Responses::input_items`](super::Responses::input_items),
/// [`Conversations::items`](super::Conversations::items) and [`Files::list`](super::Files::list).
#[must_use = "nothing is sent before `page` or `stream`"]
pub struct List<T> {
    client: Arc<Inner>,
    target: Result<Target, ErrorKind>,
    after: Option<String>,
    limit: Option<u32>,
    order: Option<Order>,
    /// What else stands in the query.
    filters: Vec<(&'static str, String)>,
    of: PhantomData<fn() -> T>,
}

impl<T: Listed> List<T> {
    pub(super) fn new(client: Arc<Inner>, target: Result<Target, Error>) -> Self {
        Self {
            client,
            target: target.map_err(|error| error.kind()),
            after: None,
            limit: None,
            order: None,
            filters: Vec::new(),
            of: PhantomData,
        }
    }

    /// Begins behind what has this id. Default: at the beginning.
    pub fn after(mut self, id: impl Into<String>) -> Self {
        self.after = Some(id.into());
        self
    }

    /// The most of a page. Of items 1 to 100, the server's default is 20; of files 1 to 10,000, which
    /// is the server's default too.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// From which end it is told; the server's default is the newest first.
    pub fn order(mut self, order: Order) -> Self {
        self.order = Some(order);
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
    pub async fn page(&self) -> Result<Page<T>, Error> {
        self.client.call(self.target_of_page()?, Content::Nothing).await
    }

    /// All of it, page by page as it is read.
    #[must_use]
    pub fn stream(self) -> ListStream<T> {
        ListStream {
            rest: Some(self),
            asking: None,
            ready: VecDeque::new(),
            fault: None,
            last_id: None,
            cursors: Cursors::default(),
        }
    }

    fn target_of_page(&self) -> Result<Target, Error> {
        let base =
            self.target.as_ref().map_err(|kind| Error::new(*kind, "an id is empty, or not one"))?;
        let mut query = Vec::new();
        query.extend(self.after.clone().map(|after| ("after", after)));
        query.extend(self.limit.map(|limit| ("limit", limit.to_string())));
        query.extend(self.order.as_ref().map(|order| ("order", order.as_str().to_owned())));
        query.extend(self.filters.iter().cloned());
        Target::new(base.method.clone(), &base.uri, &[], &query)
    }
}

impl List<Item> {
    /// What else the items are to hold. Default: nothing.
    pub fn include(mut self, include: impl IntoIterator<Item = Include>) -> Self {
        self.filters.extend(including(include));
        self
    }
}

impl List<StoredFile> {
    /// Only the files for this. Default: all of them.
    pub fn purpose(mut self, purpose: &FilePurpose) -> Self {
        self.filters = vec![("purpose", purpose.as_str().to_owned())];
        self
    }
}

// Derived, it would ask for `T: Clone`.
impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        let Self { client, target, after, limit, order, filters, of } = self;
        Self {
            client: Arc::clone(client),
            target: target.clone(),
            after: after.clone(),
            limit: *limit,
            order: order.clone(),
            filters: filters.clone(),
            of: *of,
        }
    }
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("limit", &self.limit)
            .field("order", &self.order)
            .finish_non_exhaustive()
    }
}

/// What a [`List`] is of: [`Item`] or [`StoredFile`]. Sealed.
pub trait Listed: sealed::Sealed + DeserializeOwned + Serialize + Send + 'static {}

impl Listed for Item {}
impl Listed for StoredFile {}

mod sealed {
    #[expect(unnameable_types, reason = "that is how a trait is sealed")]
    pub trait Sealed {
        /// By which the rest of the list is asked for.
        fn cursor(&self) -> Option<String>;
    }
    impl Sealed for super::Item {
        fn cursor(&self) -> Option<String> {
            self.id()
        }
    }
    impl Sealed for super::StoredFile {
        fn cursor(&self) -> Option<String> {
            Some(self.id.clone())
        }
    }
}

/// All of a list; made by [`List::stream`].
pub struct ListStream<T> {
    /// What the next page is; `None` behind the last one.
    rest: Option<List<T>>,
    asking: Option<Asking<T>>,
    ready: VecDeque<T>,
    /// Told when what came before it has been given out.
    fault: Option<Error>,
    last_id: Option<String>,
    cursors: Cursors,
}

type Asking<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;

impl<T: Listed> ListStream<T> {
    /// The next one; `None` behind the last one, and after an error.
    ///
    /// # Errors
    ///
    /// As [`List::page`]; kind [`InvalidResponse`](ErrorKind::InvalidResponse) if the server says that
    /// there are more, and not behind which one, or leads around in a circle. That is noticed within
    /// three times as many pages as there are different ones; what they hold is given out again until
    /// then. What came before an error is given out before it, and [`last_id`](Self::last_id) tells
    /// where to go on.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is lost, and a page that is under way is waited for by the next call.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        loop {
            if let Some(one) = self.ready.pop_front() {
                self.last_id = one.cursor().or_else(|| self.last_id.take());
                return Some(Ok(one));
            }
            if let Some(fault) = self.fault.take() {
                self.rest = None;
                return Some(Err(fault));
            }
            let rest = self.rest.as_ref()?;
            let asking = self.asking.get_or_insert_with(|| {
                let rest = rest.clone();
                Box::pin(async move { rest.page().await })
            });
            let page = asking.await;
            self.asking = None;
            match page {
                Ok(page) => self.take(page),
                Err(error) => self.fault = Some(error),
            }
        }
    }

    /// The same as a [`Stream`].
    pub fn into_stream(self) -> impl Stream<Item = Result<T, Error>> + Send {
        unfold(self, |mut rest| async { rest.next().await.map(|next| (next, rest)) })
    }

    fn take(&mut self, page: Page<T>) {
        let Some(mut list) = self.rest.take() else { return };
        if page.has_more == Some(true) {
            let behind = page.last_id.or_else(|| page.data.last().and_then(T::cursor));
            let behind = behind.filter(|behind| !page.data.is_empty() && !behind.is_empty());
            let why = match &behind {
                None => Some("the list has more, and not behind its last one"),
                Some(behind) if list.after.as_ref() == Some(behind) || self.cursors.has(behind) => {
                    // All of this was given out before.
                    self.fault = Some(invalid("the pages of the list lead around in a circle"));
                    return;
                }
                Some(_) => None,
            };
            self.fault = why.map(invalid);
            list.after = behind;
            self.rest = Some(list);
        }
        self.ready = page.data.into();
    }
}

impl<T> ListStream<T> {
    /// The id of the last one that was given out, behind which another list can begin
    /// ([`List::after`]); `None` if none was.
    #[must_use]
    pub fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }
}

impl<T> fmt::Debug for ListStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListStream").field("ready", &self.ready.len()).finish_non_exhaustive()
    }
}

fn invalid(why: &str) -> Error {
    Error::new(ErrorKind::InvalidResponse, why)
}

/// Notices cursors that come again (Brent's algorithm): one of them is held, however long the list,
/// and another one after twice as many pages each time.
#[derive(Debug, Default)]
struct Cursors {
    held: Option<String>,
    since: u64,
    held_for: u64,
}

impl Cursors {
    /// Whether a cursor is known. Of those that go round in a circle one is, at last.
    fn has(&mut self, cursor: &str) -> bool {
        if self.held.as_deref() == Some(cursor) {
            return true;
        }
        self.since += 1;
        if self.since >= self.held_for {
            self.held = Some(cursor.to_owned());
            self.since = 0;
            self.held_for = (self.held_for * 2).max(1);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_circle_of_cursors_is_noticed_soon_and_no_list_is_one() {
        for before in 0..40 {
            for length in 1..40 {
                let mut cursors = Cursors::default();
                let at = |n| if n < before { n } else { before + (n - before) % length };
                let noticed = (0..1_000).position(|n| cursors.has(&at(n).to_string()));
                let noticed = noticed.expect("it is a circle");
                assert!(noticed >= before + length, "{before}, {length}: {noticed}");
                assert!(noticed <= 3 * (before + length), "{before}, {length}: {noticed}");
            }
        }
        let mut cursors = Cursors::default();
        assert!((0..10_000).all(|n| !cursors.has(&n.to_string())));
    }
}
