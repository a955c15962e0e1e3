//! One request and its response: sent as a whole, or streamed while tools start.

use std::{
    future::poll_fn,
    task::{Context, Poll},
};

use tokio::task::{coop::consume_budget, yield_now};

use super::{
    drive::Active,
    early::{Act, Early, Step},
    event::Event,
};
use crate::{
    chat::{Delta, Response, wire::Place},
    client::{Bounds, Patience, ResponseStream},
    dispatch::{CallRecord, Happened, Round},
    error::Error,
};

/// A response, and what its calls have come to already.
pub(super) struct Exchanged {
    pub(super) response: Response,
    pub(super) early: EarlyCalls,
}

/// The calls that started while a response arrived.
#[derive(Default)]
pub(super) struct EarlyCalls {
    /// `None` if no call may start early, or none was asked for.
    pub(super) round: Option<Round>,
    /// For each call of the response its slot.
    pub(super) slots: Vec<usize>,
}

/// What the loop around a stream is woken for.
enum Woken {
    /// Something has arrived.
    Arrived,
    Happened(Happened),
    /// Nothing has arrived, and the reader has not been told of the last.
    Quiet,
    Stopped,
    Whole,
}

impl<T> Active<T> {
    /// Asks the model; `None` if the run is stopped before the response is whole.
    pub(super) async fn ask(&mut self, bounds: Bounds) -> Result<Option<Exchanged>, Error> {
        if !self.outlet.is_silent() {
            // Boxed, since runs that are not streamed are moved with room for it.
            return Box::pin(self.ask_streaming(bounds)).await;
        }
        // No timer of the run's own: the client ends at the same deadline, and each timer that is
        // set wakes the runtime's clock.
        let response = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Ok(None),
            response = self.client.send_within(&self.request, bounds) => response,
        };
        match response {
            Ok(response) => Ok(Some(Exchanged { response, early: EarlyCalls::default() })),
            // Whatever the client says of it: the time of the run is up.
            Err(_) if self.clock.limit().is_some() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn ask_streaming(&mut self, bounds: Bounds) -> Result<Option<Exchanged>, Error> {
        let mut stream = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Ok(None),
            () = self.clock.ring() => return Ok(None),
            stream = self.client.stream_within(&self.request, bounds) => stream?,
        };
        let early_start = self.early_start && !stream.tells_snapshots();
        let room = if early_start { self.calls_left() } else { 0 };
        let mut early = Early::new(self.dispatcher.tools().clone(), room);
        if stream.tells_complete_calls() {
            early = early.waiting_for_ends();
        }
        let mut round = None;
        let read = self.read(&mut stream, &mut early, &mut round).await;
        let ended = match read {
            Ok(true) => stream.into_accumulated().map(Some),
            broken => {
                self.record.arrived = Some(stream.arrived());
                broken.map(|_| None)
            }
        };
        let Ok(Some(whole)) = ended else {
            self.drop_early(EarlyCalls { round, slots: Vec::new() });
            return ended.map(|_| None);
        };
        let at = self.clock.elapsed();
        for slot in early.incomplete() {
            self.outlet.tell(|| Event::ArgumentsComplete { slot, at });
        }
        let early = EarlyCalls { round, slots: whole.slots };
        Ok(Some(Exchanged { response: whole.response, early }))
    }

    /// Reads a stream to its good end, or until the run is stopped, which gives false.
    ///
    /// The stream waits for its reader, for no tool: tools start and end meanwhile.
    async fn read(
        &mut self,
        stream: &mut ResponseStream,
        early: &mut Early,
        round: &mut Option<Round>,
    ) -> Result<bool, Error> {
        let stopped = self.stop.clone().cancelled_owned();
        tokio::pin!(stopped);
        let mut deltas = Vec::new();
        let mut begun = false;
        let mut patience = Patience::default();
        loop {
            let woken = poll_fn(|cx| {
                if stopped.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(Ok(Woken::Stopped));
                }
                if self.clock.poll_up(cx).is_ready() {
                    // Only its usage or `[DONE]` can be missing.
                    let whole = stream.end_if_whole(cx);
                    return Poll::Ready(Ok(if whole { Woken::Whole } else { Woken::Stopped }));
                }
                if let Some(happened) = round.as_mut().and_then(|round| poll_now(round, cx)) {
                    return Poll::Ready(Ok(Woken::Happened(happened)));
                }
                if self.outlet.poll_room(cx).is_ready() {
                    match stream.poll_deltas(cx, &mut deltas) {
                        Poll::Ready(Ok(true)) => return Poll::Ready(Ok(Woken::Arrived)),
                        Poll::Ready(Ok(false)) => return Poll::Ready(Ok(Woken::Whole)),
                        Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                        Poll::Pending => {}
                    }
                }
                if self.outlet.has_unsent() {
                    return Poll::Ready(Ok(Woken::Quiet));
                }
                Poll::Pending
            });
            match woken.await? {
                Woken::Arrived => {
                    if !begun {
                        begun = true;
                        self.tell_attempts(stream.attempts());
                    }
                    for delta in deltas.drain(..) {
                        let place = match &delta {
                            Delta::CallBegan { slot, .. } => stream.place(*slot),
                            _ => Place::InOrder,
                        };
                        self.take_delta(delta, place, early, round);
                    }
                    patience = Patience::default();
                    consume_budget().await;
                }
                Woken::Happened(happened) => {
                    if let Some(round) = round {
                        self.tell_happened(round, happened);
                    }
                    // The tool's task is new: it may wait for this thread.
                    if matches!(happened, Happened::Started(_)) {
                        yield_now().await;
                    }
                }
                Woken::Quiet if patience.wait().await => {}
                Woken::Quiet => self.outlet.send(),
                Woken::Stopped => return Ok(false),
                Woken::Whole => return Ok(true),
            }
        }
    }

    /// Tells that the request was sent more than once.
    fn tell_attempts(&mut self, attempts: u32) {
        if attempts > 1 {
            self.outlet.tell(|| Event::Retried { attempts });
        }
    }

    fn take_delta(
        &mut self,
        delta: Delta,
        place: Place,
        early: &mut Early,
        round: &mut Option<Round>,
    ) {
        let Step { complete, act } = early.take(&delta, place);
        let slot = match &delta {
            Delta::Arguments { slot, .. } | Delta::ArgumentsComplete { slot } => *slot,
            _ => 0,
        };
        if let Some(event) = event_of(delta) {
            self.outlet.tell(|| event);
        }
        if complete {
            let at = self.clock.elapsed();
            self.outlet.tell(|| Event::ArgumentsComplete { slot, at });
        }
        let Some(act) = act else { return };
        let round = round.get_or_insert_with(|| self.dispatcher.round(self.clock.start()));
        let dropped = match act {
            Act::Hold { call } => {
                round.hold(&call);
                return;
            }
            Act::Rename { slot, call } => return round.rename(slot, &call),
            Act::Start { slot, call } => {
                let tools = self.dispatcher.tools();
                let planned = self.hooks.plan(&call, &call.arguments, tools);
                // Arguments that the application changed can make another call of it.
                if planned.may_start_early(tools) {
                    round.start_early(slot, call, Some(planned));
                }
                return;
            }
            Act::TakeBack { slot } => round.take_back(slot).into_iter().collect(),
            Act::TakeAllBack => round.take_all_back(),
        };
        self.note_dropped(dropped);
    }

    /// Tells what happened to a call.
    pub(super) fn tell_happened(&mut self, round: &mut Round, happened: Happened) {
        match happened {
            Happened::Started(slot) => {
                if let Some(call) = round.call(slot) {
                    self.outlet.tell(|| Event::ToolStarted(call.clone()));
                }
            }
            Happened::Ended(slot) => {
                if let Some(record) = round.record_mut(slot) {
                    self.hooks.see_output(record);
                    self.outlet.tell(|| Event::ToolFinished(Box::new(record.clone())));
                }
            }
        }
    }

    /// Stops the early calls, and keeps what came of them as dropped.
    pub(super) fn drop_early(&mut self, early: EarlyCalls) {
        if let Some(mut round) = early.round {
            let dropped = round.take_all_back();
            self.note_dropped(dropped);
        }
    }

    pub(super) fn note_dropped(&mut self, dropped: Vec<CallRecord>) {
        for record in &dropped {
            self.outlet.tell(|| Event::EarlyOutputDropped(Box::new(record.clone())));
        }
        self.record.dropped.extend(dropped);
    }

    /// How many calls may still run.
    fn calls_left(&self) -> usize {
        usize::try_from(self.budget.tool_calls_left()).unwrap_or(usize::MAX)
    }
}

/// What happens in a round, if something does.
fn poll_now(round: &mut Round, cx: &mut Context<'_>) -> Option<Happened> {
    match round.poll_happened(cx) {
        Poll::Ready(happened) => happened,
        Poll::Pending => None,
    }
}

/// What is told of a delta; that the arguments of a call are whole is told with its time.
fn event_of<T>(delta: Delta) -> Option<Event<T>> {
    Some(match delta {
        Delta::Arguments { slot, text } => Event::Arguments { slot, text },
        Delta::ArgumentsComplete { .. } => return None,
        Delta::ArgumentsReset { slot } => Event::ArgumentsReset { slot },
        Delta::Audio(audio) => Event::Audio(audio),
        Delta::CallBegan { slot, id, kind, namespace, name } => {
            Event::CallBegan { slot, id, kind, namespace, name }
        }
        Delta::CallRenamed { slot, id, name } => Event::CallRenamed { slot, id, name },
        Delta::Item(item) => Event::Item(item),
        Delta::Reasoning(text) => Event::Reasoning(text),
        Delta::Refusal(text) => Event::Refusal(text),
        Delta::Text(text) => Event::Text(text),
        Delta::Transcript(text) => Event::Transcript(text),
    })
}
