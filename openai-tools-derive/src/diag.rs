//! Mistakes: collected, all reported at once, each with its remedy.

use std::fmt::Display;

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Error, Result};

/// All mistakes of one item, in the order of the source.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Takes the value; a mistake is put down for later.
    pub(crate) fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// The value, if there was no mistake.
    pub(crate) fn finish_with<T>(self, value: Option<T>) -> Result<T> {
        match (self.0, value) {
            (None, Some(value)) => Ok(value),
            (Some(error), _) => Err(error),
            // A missing value without a mistake would be silent otherwise.
            (None, None) => Err(Error::new(
                Span::call_site(),
                "the macro could not read this item\nhelp: please report it as a bug",
            )),
        }
    }

    pub(crate) fn into_error(self) -> Option<Error> {
        self.0
    }
}

/// A mistake at one token. Stable macros cannot attach notes, so the remedy is the last line.
pub(crate) fn error_at(span: Span, what: impl Display, help: impl Display) -> Error {
    Error::new(span, message(what, help))
}

/// A mistake that several tokens make up.
pub(crate) fn error_on(tokens: impl ToTokens, what: impl Display, help: impl Display) -> Error {
    Error::new_spanned(tokens, message(what, help))
}

/// The known word that was probably meant: at most a third of it is wrong.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|candidate| (distance(word, candidate), *candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .map(|(_, candidate)| candidate)
}

/// Words as a list for reading: `a`, `b` and `c`.
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn message(what: impl Display, help: impl Display) -> String {
    format!("{what}\nhelp: {help}")
}

/// How many letters have to be changed (Levenshtein). Keys are short: a longer word is none.
fn distance(word: &str, known: &str) -> usize {
    if word.len() > 2 * known.len() {
        return word.len();
    }
    let mut row: Vec<usize> = (0..=known.len()).collect();
    for (i, a) in word.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, b) in known.bytes().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[known.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_finds_its_neighbour() {
        let known = ["name", "description", "strict", "timeout", "read_only", "crate"];
        assert_eq!(nearest("descripton", &known), Some("description"));
        assert_eq!(nearest("readonly", &known), Some("read_only"));
        assert_eq!(nearest("time_out", &known), Some("timeout"));
        assert_eq!(nearest("needs_approval", &known), None);
        assert_eq!(nearest(&"x".repeat(100_000), &known), None);
    }

    #[test]
    fn lists_read_like_prose() {
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
    }

    #[test]
    fn all_mistakes_are_kept_in_order() {
        let mut errors = Errors::new();
        assert_eq!(errors.keep(Ok(1)), Some(1));
        for what in ["first", "second"] {
            errors.push(error_at(Span::call_site(), what, "none"));
        }
        let said: Vec<_> = errors
            .finish_with(Some(()))
            .expect_err("two")
            .into_iter()
            .map(|e| e.to_string())
            .collect();
        assert_eq!(said, ["first\nhelp: none", "second\nhelp: none"]);
    }
}
