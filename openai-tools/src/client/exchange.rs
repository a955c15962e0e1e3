//! The loop of attempts: one request until its response is there. Everything that is asked of a server
//! goes through it, whatever it carries and however its response is read.

use bytes::Bytes;

use super::{
    Inner,
    attempt::{Failed, Head},
    course::{Bounds, Course, Outgoing, Timing},
    limiter::Permit,
    transport::Body,
};
use crate::{
    error::{AttemptRecord, Error},
    observe::{Observe, Span},
};

/// How the body of a good response is taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// As it comes.
    Bytes,
    /// As events, as they come.
    Events,
    /// When all of it is there.
    Whole,
}

/// A good response that has begun.
pub(super) struct Begun {
    pub(super) head: Head,
    pub(super) body: Body,
    /// Held until the body is read.
    pub(super) permit: Option<Permit>,
    pub(super) timing: Timing,
    pub(super) span: Span,
}

impl Inner {
    /// Sends a request until `read` makes something of its response, by the retry policy. The log has
    /// an entry for each attempt.
    pub(super) async fn exchange<T>(
        &self,
        mut outgoing: Outgoing,
        bounds: Bounds,
        read: impl Fn(&Head, Bytes) -> Result<T, Failed>,
    ) -> Result<(T, Vec<AttemptRecord>), Error> {
        let mut course = Course::new(self, bounds);
        loop {
            let begun = self.open(&mut outgoing, &mut course, Form::Whole).await?;
            let Begun { head, mut body, permit, timing, span } = begun;
            let whole = self.whole(&head, &mut body, timing).observed(&span).await;
            // Nothing is held while the next attempt is waited for.
            drop((body, permit));
            match whole.and_then(|bytes| read(&head, bytes)) {
                Ok(came) => {
                    span.number("http.response.status_code", head.status.into());
                    let record = timing.record(head.status, head.request_id);
                    return Ok((came, course.into_log(record)));
                }
                Err(failed) => {
                    self.again(&mut outgoing, &mut course, failed, timing, &span).await?;
                }
            }
        }
    }

    /// Sends a request until the head of a good response is there, by the retry policy.
    pub(super) async fn open(
        &self,
        outgoing: &mut Outgoing,
        course: &mut Course,
        form: Form,
    ) -> Result<Begun, Error> {
        loop {
            let (timing, permit) = course.admit(self, outgoing).await?;
            let span = Span::attempt(course.number());
            let begun = self.begin(outgoing, form, timing, permit.as_ref()).observed(&span).await;
            match begun {
                Ok((head, body)) => return Ok(Begun { head, body, permit, timing, span }),
                Err(failed) => {
                    drop(permit);
                    self.again(outgoing, course, failed, timing, &span).await?;
                }
            }
        }
    }

    /// Writes down an attempt that failed, and waits until there may be another one.
    async fn again(
        &self,
        outgoing: &mut Outgoing,
        course: &mut Course,
        failed: Failed,
        timing: Timing,
        span: &Span,
    ) -> Result<(), Error> {
        match course.wait_after(self, failed, timing, span, outgoing.is_consumed()) {
            Ok(wait) => tokio::time::sleep(wait).await,
            Err(error) => outgoing.resend_after(error)?,
        }
        Ok(())
    }
}
