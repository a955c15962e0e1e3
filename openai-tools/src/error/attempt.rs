use std::time::Duration;

use super::ErrorKind;

/// One attempt of a request: what it came to, and how long was waited before and after it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AttemptRecord {
    /// Whether it did not send the request, but asked how far the background response is that an
    /// earlier attempt had begun. Of more than 4,096 attempts the first are kept, and the last.
    pub poll: bool,
    /// The HTTP status, if the server had answered.
    pub status: Option<u16>,
    /// What failed; `None` for an attempt that brought the response, or its beginning.
    pub error: Option<ErrorKind>,
    /// The server's id of the request (header `x-request-id`).
    pub request_id: Option<String>,
    /// How long the client's own limits held it back before it was sent.
    pub held_back: Duration,
    /// How long it took, from its sending to the end of its response or to its failure.
    pub duration: Duration,
    /// How long was waited after it before the next one; `None` if there was no next one.
    pub wait: Option<Duration>,
}
