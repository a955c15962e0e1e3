//! Events packed into the pieces in which the body is sent.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};

use super::{
    events::{Event, Events, Part},
    shape::Packing,
};
use crate::testing::line::Manner;

/// The body of one stream, step by step.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Frames {
    events: Events,
    /// What has not been sent yet.
    buffer: BytesMut,
    /// How many bytes have been sent.
    sent: u64,
    /// Where in the stream the events end that are in the buffer, and which calls with them.
    ends: VecDeque<(u64, Option<Arc<str>>)>,
    /// How the stream ends, once that is known.
    ending: Option<Part>,
    /// Whether the pace has to be kept before the next event.
    paced: bool,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Cut,
    End,
    Frame(Frame),
    Reset,
    Stall,
    /// Wait for the time between two events.
    Wait,
}

/// One chunk of the body.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Frame {
    pub(super) bytes: Bytes,
    /// How many events end in it.
    pub(super) events: usize,
    /// The ids of the calls whose arguments end in it.
    pub(super) closed: Vec<Arc<str>>,
}

impl Frames {
    pub(in super::super) fn new(events: Events) -> Self {
        Self {
            events,
            buffer: BytesMut::new(),
            sent: 0,
            ends: VecDeque::new(),
            ending: None,
            paced: false,
        }
    }

    pub(in super::super) fn break_in_half(&mut self, manner: Manner) {
        self.events.break_in_half(manner);
    }

    pub(super) fn pace(&self) -> Duration {
        self.events.shape().pace()
    }

    /// Whether everything has been sent and a good end is all that is left.
    pub(super) fn are_over(&self) -> bool {
        self.buffer.is_empty() && self.events.are_over()
    }

    pub(super) fn next(&mut self) -> Step {
        loop {
            if let Some(length) = self.ready() {
                return Step::Frame(self.send(length));
            }
            match &self.ending {
                Some(Part::Cut) => return Step::Cut,
                Some(Part::Reset) => return Step::Reset,
                Some(Part::Stall) => return Step::Stall,
                Some(_) => return Step::End,
                None => {}
            }
            if std::mem::take(&mut self.paced) {
                return Step::Wait;
            }
            match self.events.next() {
                Part::Event(Event { bytes, ends, closes }) => {
                    self.buffer.extend_from_slice(&bytes);
                    if ends {
                        self.ends.push_back((self.sent + self.buffer.len() as u64, closes));
                        self.paced = !self.pace().is_zero();
                    }
                }
                ending => self.ending = Some(ending),
            }
        }
    }

    /// How many bytes are to be sent now.
    fn ready(&self) -> Option<usize> {
        let length = self.buffer.len();
        let ready = match self.events.shape().packing() {
            Packing::Events => length,
            Packing::Gathered(enough) if length >= enough => length,
            Packing::Split(each) if length >= each => each.max(1),
            Packing::Gathered(_) | Packing::Split(_) if self.ending.is_some() => length,
            Packing::Gathered(_) | Packing::Split(_) => 0,
        };
        Some(ready.min(length)).filter(|ready| *ready > 0)
    }

    fn send(&mut self, length: usize) -> Frame {
        let mut frame = Frame { bytes: self.buffer.split_to(length).freeze(), ..Frame::default() };
        self.sent += length as u64;
        while self.ends.front().is_some_and(|(end, _)| *end <= self.sent) {
            let (_, closes) = self.ends.pop_front().unwrap_or_default();
            frame.events += 1;
            frame.closed.extend(closes);
        }
        frame
    }
}
