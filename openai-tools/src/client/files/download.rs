use std::{fmt, future::poll_fn, pin::Pin};

use bytes::{Bytes, BytesMut};
use tokio::{
    io::AsyncWrite,
    time::{Instant, timeout_at},
};

use super::super::{
    attempt::{Failed, Head},
    limiter::Permit,
    time_limits::TimeLimits,
    transport::Body,
};
use crate::error::{Error, ErrorKind};

/// What is in a file, as it arrives. Nothing is read ahead: whoever stops reading stops the server.
///
/// It may take as long as it likes, as long as something comes within
/// [`ClientBuilder::idle_timeout`](crate::client::ClientBuilder::idle_timeout). It is not begun anew
/// when it breaks off.
pub struct Download {
    body: Body,
    /// Held until the last byte.
    permit: Option<Permit>,
    time_limits: TimeLimits,
    length: Option<u64>,
    media_type: Option<String>,
    read: u64,
    ended: bool,
}

impl Download {
    pub(super) fn new(
        head: &Head,
        body: Body,
        permit: Option<Permit>,
        time_limits: TimeLimits,
    ) -> Self {
        let (length, media_type) = head.content();
        Self { body, permit, time_limits, length, media_type, read: 0, ended: false }
    }

    /// How many bytes it has, if the server says so.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// What the bytes are, such as `application/pdf`, if the server says so.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    /// The next bytes; `None` when all have come.
    ///
    /// # Errors
    ///
    /// Kind [`Connection`](ErrorKind::Connection) if it breaks off or ends early,
    /// [`IdleTimeout`](ErrorKind::IdleTimeout) if nothing comes for too long. Afterwards it is at
    /// its end.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no bytes are lost.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        if self.ended {
            return Ok(None);
        }
        let end = self.time_limits.of_stream(Instant::now(), None);
        let came = timeout_at(end.at, self.body.chunk()).await;
        let came = match came {
            Err(_elapsed) => Err(end.error()),
            Ok(Err(error)) => Err(Failed::of_transport(error, Some(&Bytes::new())).error),
            Ok(Ok(chunk)) => Ok(chunk),
        };
        match came {
            Ok(Some(chunk)) => {
                self.read = self.read.saturating_add(chunk.len() as u64);
                return Ok(Some(chunk));
            }
            Ok(None) | Err(_) => self.end(),
        }
        let early = self.length.filter(|length| *length != self.read);
        match (came, early) {
            (Ok(None), Some(length)) => {
                let detail = format!("{} of {length} bytes came", self.read);
                Err(Error::new(ErrorKind::Connection, detail))
            }
            (came, _) => came,
        }
    }

    /// All bytes, if they are no more than `most`.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk); kind [`ResponseTooLarge`](ErrorKind::ResponseTooLarge) for more.
    ///
    /// # Cancel safety
    ///
    /// What was read is lost.
    pub async fn into_bytes(mut self, most: usize) -> Result<Bytes, Error> {
        let too_large =
            || Error::new(ErrorKind::ResponseTooLarge, format!("it has more than {most} bytes"));
        if self.length.is_some_and(|length| length > most as u64) {
            return Err(too_large());
        }
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if chunk.len() > most - whole.len() {
                return Err(too_large());
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    /// Writes all bytes, flushes, and says how many they were.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk); kind [`Connection`](ErrorKind::Connection) with the writer's error
    /// as its source if that fails.
    ///
    /// # Cancel safety
    ///
    /// What was written is written.
    pub async fn copy_to(mut self, writer: impl AsyncWrite) -> Result<u64, Error> {
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Connection, "the file cannot be written").with_source(error)
        };
        let mut writer = std::pin::pin!(writer);
        while let Some(chunk) = self.chunk().await? {
            let mut rest = &chunk[..];
            while !rest.is_empty() {
                let write = poll_fn(|cx| writer.as_mut().poll_write(cx, rest));
                match write.await.map_err(failed)? {
                    0 => return Err(failed(std::io::ErrorKind::WriteZero.into())),
                    written => rest = &rest[written..],
                }
            }
        }
        poll_fn(|cx| Pin::new(&mut writer).as_mut().poll_flush(cx)).await.map_err(failed)?;
        Ok(self.read)
    }

    fn end(&mut self) {
        self.ended = true;
        self.permit = None;
        self.body = Body::full(Bytes::new());
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("length", &self.length)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}
