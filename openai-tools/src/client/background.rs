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
    course::{Bounds, Content, Outgoing},
    endpoint::{NO_QUERY, Target},
    position::Position,
    time_limits::later,
};
use crate::{
    chat::{Api, Response},
    error::{AttemptRecord, Error, ErrorKind},
};

/// Asks for a response until it is whole. One deadline holds for the request and all that is asked
/// after it, and one log has it all.
pub(super) async fn send(
    client: &Arc<Inner>,
    outgoing: Outgoing,
    bounds: Bounds,
) -> Result<Response, Error> {
    let callers = bounds.deadline;
    let total = client.retry.time_left(Duration::ZERO).map(|total| later(Instant::now(), total));
    let bounds = Bounds { deadline: [callers, total].into_iter().flatten().min(), ..bounds };
    let read = |head: &Head, bytes| came(client, head, bytes);
    let (first, mut log) = client.exchange(outgoing, bounds.clone(), read).await?;
    let attempts = u32::try_from(log.len()).unwrap_or(u32::MAX);
    let mut pending = match first {
        Came::Pending(id) => Unfinished::new(client, id),
        Came::Whole(response) => return Ok(Response { attempts, attempt_log: log, ..*response }),
    };
    let end = client.time_limits.of_background(Instant::now(), bounds.deadline);
    let bounds = Bounds { deadline: Some(end.at), ..bounds };
    let mut wait = FIRST_WAIT;
    let error = loop {
        let next = Instant::now() + wait;
        if end.at < next {
            sleep_until(end.at).await;
            break end.error().with_retryable(true);
        }
        sleep_until(next).await;
        if let Some(last) = log.last_mut() {
            last.wait = Some(wait);
        }
        wait = (wait * 3 / 2).min(LONGEST_WAIT);
        if log.len() >= MOST_LOGGED {
            log.pop();
        }
        let target = Target::new(Method::GET, &client.responses, &[&pending.id], NO_QUERY)?;
        let asked = Outgoing::to(target, Content::Nothing);
        match client.exchange(asked, bounds.clone(), read).await {
            Ok((came, polled)) => {
                log.extend(polled.into_iter().map(as_poll));
                if let Came::Whole(response) = came {
                    pending.forget();
                    return Ok(Response { attempts, attempt_log: log, ..*response });
                }
            }
            Err(error) => {
                log.extend(error.attempt_log().iter().cloned().map(as_poll));
                break error;
            }
        }
    };
    let is_over = match error.kind() {
        // It has failed, or is gone. Of an overloaded server that says nothing, and it goes on.
        ErrorKind::Api => matches!(error.status(), Some(200 | 404)),
        // It is left to whoever set the limit; the caller's own deadline has nobody behind it.
        ErrorKind::TotalTimeout => callers.is_none_or(|callers| Instant::now() < callers),
        _ => false,
    };
    let error = error.with_attempt_log(log).with_response_id(pending.id.clone());
    if is_over {
        pending.forget();
    }
    Err(error)
}

fn as_poll(record: AttemptRecord) -> AttemptRecord {
    AttemptRecord { poll: true, ..record }
}

/// Nearly six hours of polls.
const MOST_LOGGED: usize = 4_096;
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
    cancels: bool,
}

impl Unfinished {
    pub(super) fn new(client: &Arc<Inner>, id: String) -> Self {
        Self { client: Arc::clone(client), id, cancels: true }
    }

    /// It has come to its end, or is left to somebody else.
    pub(super) fn forget(&mut self) {
        self.cancels = false;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let Ok(runtime) = Handle::try_current() else { return };
        if !self.cancels {
            return;
        }
        let segments = [self.id.as_str(), "cancel"];
        let target = Target::new(Method::POST, &self.client.responses, &segments, NO_QUERY);
        let Ok(target) = target else { return };
        let client = Arc::clone(&self.client);
        runtime.spawn(async move {
            let deadline = Some(Instant::now() + TIME_TO_CANCEL);
            let bounds = Bounds { deadline, leave: None };
            let asked = Outgoing::to(target, Content::Nothing);
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
    position: Position,
}

impl Resumption {
    pub(super) fn new() -> Self {
        Self { unfinished: None, position: Position::default() }
    }

    /// Notes an event; `false` if it was taken before.
    ///
    /// # Errors
    ///
    /// As [`Position::note`].
    pub(super) fn note(&mut self, client: &Arc<Inner>, data: &[u8]) -> Result<bool, Error> {
        #[derive(Deserialize)]
        struct Event<'a> {
            #[serde(borrow, rename = "type")]
            kind: Option<&'a RawValue>,
            #[serde(borrow)]
            sequence_number: Option<&'a RawValue>,
            #[serde(borrow)]
            response: Option<&'a RawValue>,
        }
        #[derive(Deserialize)]
        struct Named {
            id: String,
        }
        // Whatever a field holds, the others are read.
        let Ok(event) = serde_json::from_slice::<Event<'_>>(data) else {
            self.position.note(None)?;
            return Ok(true);
        };
        let number = event.sequence_number.and_then(|json| serde_json::from_str(json.get()).ok());
        if !self.position.note(number)? {
            return Ok(false);
        }
        if self.unfinished.is_none() {
            let named = event.response.and_then(|json| serde_json::from_str(json.get()).ok());
            self.unfinished = named.map(|Named { id }| Unfinished::new(client, id));
        }
        let kind =
            event.kind.and_then(|json| serde_json::from_str::<Cow<'_, str>>(json.get()).ok());
        if kind.is_some_and(|kind| ENDS.contains(&&*kind)) {
            self.forget();
        }
        Ok(true)
    }

    /// Whether any event has come.
    pub(super) fn has_begun(&self) -> bool {
        self.position.last().is_some()
    }

    /// Leaves the connection; whether it has brought what need not come again.
    pub(super) fn leave(&mut self) -> bool {
        self.position.leave()
    }

    /// The request that takes the stream up again; `None` if the server has not said what it is
    /// called, or where it stands.
    pub(super) fn request(&self, client: &Inner) -> Option<Outgoing> {
        let id = &self.unfinished.as_ref()?.id;
        let last = self.position.last().filter(|_| self.position.can_resume())?.to_string();
        let query = [("stream", "true"), ("starting_after", last.as_str())];
        let target = Target::new(Method::GET, &client.responses, &[id], &query).ok()?;
        Some(Outgoing::to(target, Content::Nothing))
    }

    /// The response has come to its end.
    pub(super) fn forget(&mut self) {
        if let Some(unfinished) = &mut self.unfinished {
            unfinished.forget();
        }
    }
}
