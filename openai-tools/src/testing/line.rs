//! The connection itself: where it breaks in a head, which HTTP libraries do not let one do.

use std::{
    fmt, io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::Instant,
};

use super::recorded::Recorded;

/// Where a connection breaks while an answer is sent; see
/// [`Reply::reset_at`](super::Reply::reset_at).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BreakPoint {
    /// Status and headers are sent whole, and nothing of the body.
    AfterHead,
    /// Nothing is sent.
    BeforeHead,
    /// Half of the body is sent; of a stream, half of its events.
    InBody,
    /// Half of status and headers is sent.
    InHead,
}

/// How a connection breaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Manner {
    Close,
    Reset,
    Stall,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Breach {
    pub(super) manner: Manner,
    pub(super) point: BreakPoint,
}

/// What a connection does with the bytes that it is given; shared with whoever answers on it.
#[derive(Clone, Default)]
pub(super) struct Orders(Arc<Mutex<Order>>);

#[derive(Default)]
enum Order {
    /// Sends half of the head, then breaks.
    BreakHead {
        manner: Manner,
        /// How many bytes are still sent; known once the head is there.
        left: Option<usize>,
        recorded: Recorded,
    },
    #[default]
    Pass,
    /// Is reset when it is closed.
    Reset,
    /// Sends these bytes instead, and closes.
    Say(Bytes, Recorded),
}

impl Orders {
    /// An answer begins that is sent as it is.
    pub(super) fn pass(&self) {
        *self.lock() = Order::Pass;
    }

    /// An answer begins whose head is not to come whole.
    pub(super) fn break_head(&self, manner: Manner, recorded: Recorded) {
        *self.lock() = Order::BreakHead { manner, left: None, recorded };
    }

    /// When the connection is closed, it is reset.
    pub(super) fn reset_on_close(&self) {
        *self.lock() = Order::Reset;
    }

    /// An answer begins in place of which these bytes are sent.
    pub(super) fn say(&self, bytes: Bytes, recorded: Recorded) {
        *self.lock() = Order::Say(bytes, recorded);
    }

    fn lock(&self) -> MutexGuard<'_, Order> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Orders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Orders")
    }
}

/// A socket that follows orders.
pub(super) struct Line {
    socket: TcpStream,
    orders: Orders,
}

impl Line {
    pub(super) fn new(socket: TcpStream, orders: Orders) -> Self {
        Self { socket, orders }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Self { socket, orders } = &mut *self;
        let mut order = orders.lock();
        match &mut *order {
            Order::Pass | Order::Reset => Pin::new(socket).poll_write(context, bytes),
            Order::BreakHead { manner, left, recorded } => {
                let left = left.get_or_insert_with(|| half_of_head(bytes));
                if *left > 0 {
                    let most = bytes.len().min(*left);
                    let sent = ready!(Pin::new(socket).poll_write(context, &bytes[..most]))?;
                    *left -= sent;
                    return Poll::Ready(Ok(sent));
                }
                // Whoever reads from the connection notices when the client leaves.
                if *manner == Manner::Stall {
                    return Poll::Pending;
                }
                recorded.set_answered(Instant::now().into_std());
                let is_reset = *manner == Manner::Reset;
                *order = if is_reset { Order::Reset } else { Order::Pass };
                Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
            }
            Order::Say(said, recorded) => {
                while said.has_remaining() {
                    let sent = ready!(Pin::new(&mut *socket).poll_write(context, said))?;
                    said.advance(sent);
                }
                recorded.set_answered(Instant::now().into_std());
                Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A connection that is to be reset must not end well before.
        if matches!(*self.orders.lock(), Order::Reset) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if matches!(*self.orders.lock(), Order::Reset) {
            // Where it cannot be set, the connection is closed without a reset.
            let _ = self.socket.set_zero_linger();
        }
    }
}

/// Half of the bytes of the head with which this begins.
fn half_of_head(bytes: &[u8]) -> usize {
    const END: &[u8] = b"\r\n\r\n";
    let end = bytes.windows(END.len()).position(|window| window == END);
    end.map_or(bytes.len(), |end| end + END.len()) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_with_a_blank_line() {
        assert_eq!(half_of_head(b"HTTP/1.1 200 OK\r\na: b\r\n\r\nbody"), 12);
        assert_eq!(half_of_head(b"HTTP/1.1 200 OK\r\n"), 8);
    }
}
