//! Whether a type reads one place of a value itself, or leaves it to a buffer.

use std::{cell::Cell, ptr};

use serde_json::Value;

/// A place of a value, and who has asked for it.
#[derive(Debug)]
pub(in crate::schema) struct Watch<'a> {
    /// The value at the place, or the value under the key that is watched.
    pub(super) target: &'a Value,
    pub(super) is_key: bool,
    as_number: Cell<bool>,
    as_anything: Cell<bool>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(target: &'a Value, is_key: bool) -> Self {
        let (as_number, as_anything) = (Cell::new(false), Cell::new(false));
        Self { target, is_key, as_number, as_anything }
    }

    /// Whether the place was read, and never as the number that it is.
    pub(super) fn is_buffered(&self) -> bool {
        self.as_anything.get() && !self.as_number.get()
    }
}

/// How a value is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mode<'a> {
    /// Whether a type that asks for an integer of 128 bits also reads a text of digits: a `Value`
    /// holds those so that are beyond 64.
    pub(super) wide: bool,
    pub(super) watch: Option<&'a Watch<'a>>,
}

impl<'a> Mode<'a> {
    pub(super) fn note_number(self, value: &Value) {
        if let Some(watch) = self.watch.filter(|w| !w.is_key && ptr::eq(w.target, value)) {
            watch.as_number.set(true);
        }
    }

    pub(super) fn note_anything(self, value: &Value) {
        if let Some(watch) = self.watch.filter(|w| !w.is_key && ptr::eq(w.target, value)) {
            watch.as_anything.set(true);
        }
    }

    /// What is watched of the key above this value.
    pub(super) fn of_key(self, value: &Value) -> Option<&'a Watch<'a>> {
        self.watch.filter(|watch| watch.is_key && ptr::eq(watch.target, value))
    }
}

/// A key is read as a number.
pub(super) fn note_number(watch: Option<&Watch<'_>>) {
    if let Some(watch) = watch {
        watch.as_number.set(true);
    }
}

/// A key is read as what it is.
pub(super) fn note_anything(watch: Option<&Watch<'_>>) {
    if let Some(watch) = watch {
        watch.as_anything.set(true);
    }
}
