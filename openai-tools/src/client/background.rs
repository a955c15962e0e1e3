//! Responses that are made without a connection that waits for them.

use std::{borrow::Cow, sync::Arc, time::Duration};

use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::{
    runtime::Handle,
    time::{Instant, sleep_until},
};

use super::{
    Inner,
    attempt::{Failed, Head},
    course::{Bounds, Outgoing},
    endpoint::Target,
    time_limits::End,
};
use crate::{
    chat::{Api, Response},
    error::{Error, ErrorKind},
};

/// Asks for a response until it is whole.
pub(super) async fn send(
    client: &Arc<Inner>,
    outgoing: Outgoing,
    bounds: Bounds,
) -> Result<Response, Error> {
    let read = |head: &Head, bytes| came(client, head, bytes);
    let (first, attempt_log) = client.exchange(outgoing, bounds.clone(), read).await?;
    let attempts = u32::try_from(attempt_log.len()).unwrap_or(u32::MAX);
    let mut pending = match first {
        Came::Pending(id) => Unfinished::new(client, id),
        Came::Whole(response) => return Ok(Response { attempts, attempt_log, ..*response }),
    };
    let mut wait = FIRST_WAIT;
    loop {
        let next = Instant::now() + wait;
        if let Some(deadline) = bounds.deadline.filter(|deadline| *deadline < next) {
            sleep_until(deadline).await;
            let error = End::of_deadline(deadline).error();
            return Err(error.with_retryable(true).with_attempt_log(attempt_log));
        }
        sleep_until(next).await;
        wait = (wait * 3 / 2).min(LONGEST_WAIT);
        let target = Target::new(Method::GET, &client.responses, &[&pending.id], &[])?;
        let asked = Outgoing::to(target, Bytes::new());
        match client.exchange(asked, bounds.clone(), read).await {
            Ok((Came::Pending(_), _)) => {}
            Ok((Came::Whole(response), _)) => {
                pending.forget();
                return Ok(Response { attempts, attempt_log, ..*response });
            }
            Err(error) => {
                // It has failed, or is gone. Of an overloaded server that says nothing, and it goes on.
                if matches!(error.status(), Some(200 | 404)) && error.kind() == ErrorKind::Api {
                    pending.forget();
                }
                return Err(error);
            }
        }
    }
}

const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

enum Came {
    /// The id of a response that is not whole.
    Pending(String),
    Whole(Box<Response>),
}

fn came(client: &Inner, head: &Head, bytes: Bytes) -> Result<Came, Failed> {
    #[derive(Deserialize)]
    struct Told<'a> {
        #[serde(borrow)]
        id: Option<Cow<'a, str>>,
        #[serde(borrow)]
        status: Option<Cow<'a, str>>,
    }
    if let Ok(Told { id: Some(id), status: Some(status) }) = serde_json::from_slice(&bytes) {
        if ["in_progress", "queued"].contains(&&*status) {
            return Ok(Came::Pending(id.into_owned()));
        }
    }
    let whole = client.response(Api::Responses, head, bytes);
    whole.map(|whole| Came::Whole(Box::new(whole))).map_err(|mut failed| {
        // It has come to its end: to ask again brings the same.
        failed.failure.retryable &= failed.error.kind() != ErrorKind::Api;
        failed
    })
}

/// A background response that is cancelled at the server when nobody waits for it any more.
pub(super) struct Unfinished {
    client: Arc<Inner>,
    id: String,
    waited_for: bool,
}

impl Unfinished {
    pub(super) fn new(client: &Arc<Inner>, id: String) -> Self {
        Self { client: Arc::clone(client), id, waited_for: true }
    }

    /// It has come to its end.
    pub(super) fn forget(&mut self) {
        self.waited_for = false;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let Ok(runtime) = Handle::try_current() else { return };
        if !self.waited_for {
            return;
        }
        let target = Target::new(Method::POST, &self.client.responses, &[&self.id, "cancel"], &[]);
        let Ok(target) = target else { return };
        let client = Arc::clone(&self.client);
        runtime.spawn(async move {
            let deadline = Some(Instant::now() + TIME_TO_CANCEL);
            let bounds = Bounds { deadline, leave: None };
            let asked = Outgoing::to(target, Bytes::new());
            // Nobody is left to be told what comes of it.
            client.exchange(asked, bounds, |_, _| Ok(())).await.ok();
        });
    }
}

const TIME_TO_CANCEL: Duration = Duration::from_secs(10);

/// The events behind which a response does not go on.
pub(super) const ENDS: [&str; 4] =
    ["response.cancelled", "response.completed", "response.failed", "response.incomplete"];

/// The stream of a background response: where it is taken up again when its connection is lost.
pub(super) struct Resumption {
    unfinished: Option<Unfinished>,
    /// The number of the last event that was taken.
    last: Option<u64>,
    /// Whether an event has come since it was taken up.
    pub(super) moved: bool,
}

impl Resumption {
    pub(super) fn new() -> Self {
        Self { unfinished: None, last: None, moved: false }
    }

    /// Notes an event; `false` if it was taken before.
    pub(super) fn note(&mut self, client: &Arc<Inner>, data: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Event<'a> {
            #[serde(borrow, rename = "type")]
            kind: Option<Cow<'a, str>>,
            sequence_number: Option<u64>,
            #[serde(borrow)]
            response: Option<&'a RawValue>,
        }
        #[derive(Deserialize)]
        struct Named {
            id: String,
        }
        let Ok(event) = serde_json::from_slice::<Event<'_>>(data) else { return true };
        if event.sequence_number.is_some() && event.sequence_number <= self.last {
            return false;
        }
        self.last = event.sequence_number.or(self.last);
        self.moved = true;
        if self.unfinished.is_none() {
            let named = event.response.and_then(|json| serde_json::from_str(json.get()).ok());
            self.unfinished = named.map(|Named { id }| Unfinished::new(client, id));
        }
        if event.kind.is_some_and(|kind| ENDS.contains(&&*kind)) {
            self.forget();
        }
        true
    }

    /// Whether any event has come.
    pub(super) fn has_begun(&self) -> bool {
        self.last.is_some()
    }

    /// The request that takes the stream up again; `None` if the server has not said what it is
    /// called, or where it stands.
    pub(super) fn request(&self, client: &Inner) -> Option<Outgoing> {
        let (id, last) = (&self.unfinished.as_ref()?.id, self.last?.to_string());
        let query = [("stream", "true"), ("starting_after", last.as_str())];
        let target = Target::new(Method::GET, &client.responses, &[id], &query).ok()?;
        Some(Outgoing::to(target, Bytes::new()))
    }

    /// The response has come to its end.
    pub(super) fn forget(&mut self) {
        if let Some(unfinished) = &mut self.unfinished {
            unfinished.forget();
        }
    }
}
