use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_util::Stream;

use super::{
    builder::RunBuilder,
    drive::drive,
    event::Event,
    open::{Opened, open},
    outcome::{Run, RunError},
    outlet::{Inlet, Outlet},
    partials::Partials,
    record::RunRecord,
    task::RunTask,
};
use crate::{
    chat::{Request, ToolChoice},
    error::{Error, ErrorKind},
    structured::{Answer, Typed},
};

/// The events of a run; made by [`RunBuilder::stream`].
///
/// **Begin.** The run begins when the stream is first read, in a task of its own; until then nothing
/// is checked or sent. What cannot be asked for is the error of the first read.
///
/// **Tools.** The call of a [read-only](crate::ToolSettings::with_read_only) tool starts as soon as
/// its arguments are whole and valid, before its response has ended (unless
/// [`early_start`](RunBuilder::early_start) says no); all others wait for the response's good end.
/// If the response is cut off, or asks for something else in the end, an early call is stopped and
/// its output does not count: [`Event::EarlyOutputDropped`], [`Run::dropped_calls`](RunRecord::dropped_calls).
///
/// **What is void.** [`Event::ReAsk`] voids all text and partial values of its turn,
/// [`Event::ArgumentsReset`] the arguments of a call so far. Text beside calls is no answer; which
/// it is, [`Event::Turn`] tells.
///
/// **Retries.** A request is sent again, as the client's
/// [`RetryPolicy`](crate::client::RetryPolicy) says, until a response begins: [`Event::Retried`].
/// After its first piece it is not, since what was told cannot be taken back.
///
/// **End.** What the model does, and limits and cancellation, are outcomes: the last event is
/// [`Event::Ended`] with the run. What keeps a run from going on is an error, and the last item
/// likewise. Of the stream itself: [`StreamCut`](ErrorKind::StreamCut),
/// [`IdleTimeout`](ErrorKind::IdleTimeout), [`Timeout`](ErrorKind::Timeout),
/// [`InvalidChunk`](ErrorKind::InvalidChunk), [`ResponseTooLarge`](ErrorKind::ResponseTooLarge), and
/// [`Api`](ErrorKind::Api) where the server sends an error. Before it come the kinds of every
/// request, such as [`Connection`](ErrorKind::Connection), after it
/// [`FatalTool`](ErrorKind::FatalTool). What had come of a response that broke off is kept in
/// [`RunError::arrived`](RunRecord::arrived), or in [`Run::arrived`](RunRecord::arrived) if the run was stopped.
///
/// **Slow readers.** They slow the server down: from 512 events or 256 KiB of text that wait to be
/// read on, no more of the response is taken (what arrived with them is kept, and the reader may
/// hold as many again). Tools go on all the same, and so does the
/// [wall time](super::RunLimits::with_wall_time): a reader that pauses for long can bring the run to
/// its limit.
///
/// # Cancel safety
///
/// Dropping the stream closes the connection and stops the tools: async ones at their next await,
/// sync ones when they look at their [cancellation](crate::ToolContext::cancellation). To stop a
/// run and keep its transcript, use [`cancellation`](RunBuilder::cancellation) and read on to the
/// end.
#[must_use = "a stream does nothing until it is read"]
pub struct RunStream<T = String> {
    state: State<T>,
    partials: Partials<T>,
    re_asks: bool,
    may_call: bool,
}

enum State<T> {
    Ready(Box<Begin<T>>),
    Going(Going<T>),
    Ended,
}

/// Begins a run; told whether an invalid answer is asked for again.
type Begin<T> = dyn FnOnce(bool) -> Result<Going<T>, RunError> + Send;

struct Going<T> {
    events: Inlet<T>,
    task: RunTask<Result<Run<T>, RunError>>,
    typed: Option<Typed>,
}

impl<T> RunStream<T> {
    pub(super) fn new<A: Answer<Value = T>>(builder: RunBuilder<A>) -> Self
    where
        T: Send + 'static,
    {
        let Request { tools, settings, .. } = &builder.request;
        let may_call = tools.as_ref().is_some_and(|tools| !tools.is_empty())
            && settings.tool_choice != Some(ToolChoice::None);
        let begin = move |re_asks: bool| {
            let mut opened: Opened<T> = open(builder)?;
            if !re_asks {
                opened.max_re_asks = 0;
            }
            let typed = opened.typed.clone();
            let (outlet, events) = Outlet::new();
            Ok(Going { events, task: RunTask::spawn(drive(opened, outlet)), typed })
        };
        Self {
            state: State::Ready(Box::new(begin)),
            partials: Partials::new(None),
            re_asks: true,
            may_call,
        }
    }

    /// The next event; `None` after the last.
    ///
    /// # Errors
    ///
    /// What ended the run; see [`RunError`]. Nothing follows.
    ///
    /// # Panics
    ///
    /// At the first event: outside of a tokio runtime with its timer enabled. Later: if a check of
    /// the answer panics.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no event is lost when the future is dropped, and the run goes on.
    pub async fn next(&mut self) -> Option<Result<Event<T>, RunError>> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// Reads on to the end of the run and gives it back; events are dropped.
    ///
    /// # Errors
    ///
    /// What ended the run; see [`RunError`]. Kind [`NoValue`](ErrorKind::NoValue) if
    /// [`next`](Self::next) has given the end already.
    ///
    /// # Panics
    ///
    /// As for [`next`](Self::next).
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: dropping the future drops the stream, and that stops the run.
    pub async fn finish(mut self) -> Result<Run<T>, RunError> {
        loop {
            match poll_fn(|cx| self.poll_raw(cx)).await {
                Some(Ok(Event::Ended(run))) => return Ok(*run),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                None => {
                    let error = Error::new(ErrorKind::NoValue, "its end was read before");
                    return Err(RunError::new(error, RunRecord::default()));
                }
            }
        }
    }

    /// Asks for nothing again; of a run that has not begun.
    pub(super) fn without_re_asks(mut self) -> Self {
        self.re_asks = false;
        self
    }

    /// Whether nothing of it was read, so that the run has not begun.
    pub(super) fn is_fresh(&self) -> bool {
        matches!(self.state, State::Ready(_))
    }

    /// Whether the run has tools that the model may call.
    pub(super) fn may_call(&self) -> bool {
        self.may_call
    }

    /// What the answer is, if it is to be a value and the run has begun.
    pub(super) fn typed(&self) -> Option<&Typed> {
        match &self.state {
            State::Going(going) => going.typed.as_ref(),
            _ => None,
        }
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Event<T>, RunError>>> {
        if let Some(partial) = self.partials.take() {
            return Poll::Ready(Some(Ok(partial)));
        }
        let event = ready!(self.poll_raw(cx));
        if let Some(Ok(event)) = &event {
            self.partials.note(event);
        }
        Poll::Ready(event)
    }

    /// The events of the task.
    pub(super) fn poll_raw(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Event<T>, RunError>>> {
        if let State::Ready(_) = self.state {
            if let State::Ready(begin) = std::mem::replace(&mut self.state, State::Ended) {
                match begin(self.re_asks) {
                    Ok(going) => {
                        self.partials = Partials::new(going.typed.clone());
                        self.state = State::Going(going);
                    }
                    Err(error) => return Poll::Ready(Some(Err(error))),
                }
            }
        }
        let State::Going(going) = &mut self.state else { return Poll::Ready(None) };
        if let Some(event) = ready!(going.events.poll_next(cx)) {
            return Poll::Ready(Some(Ok(event)));
        }
        let end = ready!(Pin::new(&mut going.task).poll(cx));
        self.state = State::Ended;
        Poll::Ready(Some(end.map(|run| Event::Ended(Box::new(run)))))
    }
}

/// Nothing in it is pinned, whatever the answer is.
impl<T> Unpin for RunStream<T> {}

impl<T> Stream for RunStream<T> {
    type Item = Result<Event<T>, RunError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_event(cx)
    }
}

impl<T> fmt::Debug for RunStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Ready(_) => "ready",
            State::Going(_) => "going",
            State::Ended => "ended",
        };
        f.debug_struct("RunStream").field("state", &state).finish_non_exhaustive()
    }
}
