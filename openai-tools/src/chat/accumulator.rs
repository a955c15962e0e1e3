//! The accumulator of whichever API a stream comes through.

use super::{
    Api, AssistantMessage, Delta, FinishReason,
    completions::ChatAccumulator,
    responses::ResponsesAccumulator,
    wire::{Accumulated, Place},
};
use crate::error::Error;

pub(crate) enum Accumulator {
    Chat(Box<ChatAccumulator>),
    Responses(Box<ResponsesAccumulator>),
}

impl Accumulator {
    /// `snapshots`: whether every piece is the whole so far; `done_is_end`: whether `[DONE]` needs no
    /// finish reason before it. Only chat completions has such servers.
    pub(crate) fn new(api: Api, max_bytes: usize, snapshots: bool, done_is_end: bool) -> Self {
        match api {
            Api::ChatCompletions => {
                let chat = ChatAccumulator::new().with_max_bytes(max_bytes);
                let chat = chat.with_snapshots(snapshots).with_done_as_end(done_is_end);
                Self::Chat(Box::new(chat))
            }
            Api::Responses => {
                Self::Responses(Box::new(ResponsesAccumulator::new().with_max_bytes(max_bytes)))
            }
        }
    }

    pub(crate) fn api(&self) -> Api {
        match self {
            Self::Chat(_) => Api::ChatCompletions,
            Self::Responses(_) => Api::Responses,
        }
    }

    pub(crate) fn push(&mut self, data: &[u8], deltas: &mut Vec<Delta>) -> Result<(), Error> {
        match self {
            Self::Chat(chat) => chat.push(data, deltas),
            Self::Responses(responses) => responses.push(data, deltas),
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        match self {
            Self::Chat(chat) => chat.is_done(),
            Self::Responses(responses) => responses.is_done(),
        }
    }

    pub(crate) fn is_whole(&self) -> bool {
        match self {
            Self::Chat(chat) => chat.is_whole(),
            Self::Responses(responses) => responses.is_whole(),
        }
    }

    pub(crate) fn finish_reason(&self) -> Option<&FinishReason> {
        match self {
            Self::Chat(chat) => chat.finish_reason(),
            Self::Responses(responses) => responses.finish_reason(),
        }
    }

    pub(crate) fn message(&self) -> AssistantMessage {
        match self {
            Self::Chat(chat) => chat.message(),
            Self::Responses(responses) => responses.message(),
        }
    }

    pub(crate) fn into_accumulated(self) -> Result<Accumulated, Error> {
        match self {
            Self::Chat(chat) => chat.into_accumulated(),
            Self::Responses(responses) => responses.into_accumulated(),
        }
    }

    /// Where in the order of the response the call of a slot began.
    pub(crate) fn place(&self, slot: usize) -> Option<Place> {
        match self {
            Self::Chat(chat) => chat.place(slot),
            Self::Responses(responses) => responses.place(slot),
        }
    }
}
