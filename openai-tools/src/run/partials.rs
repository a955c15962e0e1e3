use std::hint::black_box;

use super::{
    answer_text::{AnswerText, Piece},
    event::Event,
};
use crate::{
    schema::Contract,
    stream::{Partial, PartialReader},
    structured::Typed,
};

/// Makes partial values on the reader's side, so that they cost nothing where nobody reads.
pub(super) struct Partials<T> {
    state: State<T>,
    answer: AnswerText,
    /// The bytes of text that were read of the response.
    bytes: usize,
    /// Told after the text that it comes from.
    next: Option<Partial<T>>,
}

enum State<T> {
    /// The answer is text.
    None,
    /// At the beginning of a response.
    Fresh(Contract),
    Reading(Box<PartialReader<T>>, Contract),
    /// The value is whole, or what came is no beginning of one: nothing more comes of this response.
    Over(Contract),
}

impl<T> Partials<T> {
    /// Of answers to this contract; none for answers in text.
    pub(super) fn new(typed: Option<Typed>) -> Self {
        let (state, tool) = match typed {
            None => (State::None, None),
            Some(Typed { contract, tool }) => (State::Fresh(contract), tool),
        };
        Self { state, answer: AnswerText::new(tool), bytes: 0, next: None }
    }

    /// The event that follows the one noted last, if it made one.
    pub(super) fn take(&mut self) -> Option<Event<T>> {
        let next = self.next.take();
        if let (None, State::Reading(reader, contract)) = (&next, &self.state) {
            // Its last state was told: while the answer is checked it need not stand in memory.
            if reader.is_closed() {
                self.state = State::Over(contract.clone());
                if self.bytes >= LONG {
                    give_back();
                }
            }
        }
        next.map(Event::Partial)
    }

    /// Looks at an event that is about to be told.
    pub(super) fn note(&mut self, event: &Event<T>) {
        match self.answer.piece(event) {
            Some(Piece::More(text)) => self.next = self.push(text),
            Some(Piece::Anew) => self.renew(),
            None if matches!(event, Event::Turn(_)) => self.renew(),
            None => {}
        }
    }

    fn push(&mut self, text: &str) -> Option<Partial<T>> {
        if let State::Fresh(contract) = &self.state {
            let reader = Box::new(PartialReader::new(contract.codec()));
            self.state = State::Reading(reader, contract.clone());
        }
        let State::Reading(reader, contract) = &mut self.state else { return None };
        self.bytes += text.len();
        if let Ok(partial) = reader.push(text) {
            return partial.cloned();
        }
        // A word beside tool calls, or an answer that will be asked for again.
        self.state = State::Over(contract.clone());
        None
    }

    /// A new response begins.
    fn renew(&mut self) {
        self.bytes = 0;
        if let State::Reading(_, contract) | State::Over(contract) = &self.state {
            self.state = State::Fresh(contract.clone());
        }
    }
}

/// Makes the allocator give back what was freed in small pieces, before the answer is checked: that is
/// done by another thread, for which glibc takes nothing of what this one has freed. It joins small
/// pieces, and gives them back to the system, when a large one is freed.
fn give_back() {
    drop(black_box(Vec::<u8>::with_capacity(LARGE)));
}

/// Of a text that is shorter, the value takes so little that it may stay, in bytes.
const LONG: usize = 256 * 1024;

/// From 64 KiB on it is large for glibc, and up to 128 KiB it is not mapped by itself.
const LARGE: usize = 96 * 1024;
