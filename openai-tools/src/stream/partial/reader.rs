use std::{fmt, marker::PhantomData};

use super::{Held, Inner, Partial};
use crate::{
    schema::Codec,
    stream::json::{JsonError, JsonLimits, Machine, Tree},
};

/// Reads the text of a typed value as it arrives, and gives the value so far after each piece.
pub struct PartialReader<T> {
    machine: Machine,
    pub(super) partial: Partial<T>,
}

impl<T> PartialReader<T> {
    /// A reader of what a contract asks for; limits are 128 levels and 64 MiB. JSON mode without a
    /// schema has `Codec::default()`, which rewrites nothing.
    #[must_use]
    pub fn new(codec: &Codec) -> Self {
        Self::with_limits(codec, JsonLimits::default())
    }

    /// A reader with other limits.
    #[must_use]
    pub fn with_limits(codec: &Codec, limits: JsonLimits) -> Self {
        let partial = Partial { held: Held::new(codec), of: PhantomData };
        Self { machine: Machine::new(limits), partial }
    }

    /// Takes the next piece of the text, of any length, and gives the value so far, if the piece
    /// has changed anything of it.
    ///
    /// The cost is linear in the piece, unless a clone of a [`Partial`] is kept: then what may change
    /// is copied first.
    ///
    /// # Errors
    ///
    /// The text is no beginning of JSON, holds a key twice in one object, or passes a limit. Every
    /// later call repeats the error; [`partial`](Self::partial) is what came before it.
    #[expect(clippy::inline_always, reason = "a call costs as much as most pieces")]
    #[inline(always)]
    pub fn push(&mut self, text: &str) -> Result<Option<&Partial<T>>, JsonError> {
        let Some(Inner { tree, .. }) = self.partial.held.own_mut() else {
            return self.push_to_shared(text);
        };
        tree.begin_piece();
        let changed = self.machine.push_plain(text, tree) || push(&mut self.machine, text, tree)?;
        Ok(if changed { Some(&self.partial) } else { None })
    }

    #[inline(never)]
    fn push_to_shared(&mut self, text: &str) -> Result<Option<&Partial<T>>, JsonError> {
        let Inner { tree, .. } = self.partial.held.inner_mut();
        tree.begin_piece();
        let changed = push(&mut self.machine, text, tree)?;
        Ok(if changed { Some(&self.partial) } else { None })
    }

    /// The value so far.
    #[must_use]
    pub fn partial(&self) -> &Partial<T> {
        &self.partial
    }

    /// Whether the root has closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.machine.is_closed()
    }

    /// Whether something other than white space came after the root.
    #[must_use]
    pub fn has_trailing(&self) -> bool {
        self.machine.has_trailing()
    }

    /// Says that no more text comes, and gives the complete value.
    ///
    /// # Errors
    ///
    /// The root has not closed, something came after it, or [`push`](Self::push) failed.
    pub fn finish(mut self) -> Result<Partial<T>, JsonError> {
        let Inner { tree, .. } = self.partial.held.inner_mut();
        tree.begin_piece();
        self.machine.finish(tree)?;
        Ok(self.partial)
    }
}

/// Takes a piece that is not plain; whether it changed anything that can be seen. Not inlined, so that
/// plain text is all that most pieces meet.
#[inline(never)]
fn push(machine: &mut Machine, text: &str, tree: &mut Tree) -> Result<bool, JsonError> {
    machine.push_rest(text, tree)?;
    Ok(tree.has_changed())
}

impl<T> fmt::Debug for PartialReader<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartialReader")
            .field("is_closed", &self.is_closed())
            .field("has_trailing", &self.has_trailing())
            .finish_non_exhaustive()
    }
}
