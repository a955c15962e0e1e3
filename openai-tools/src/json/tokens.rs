use std::ops::Range;

/// One piece of a JSON text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Token {
    /// An object or an array ends behind this byte.
    Close(usize),
    /// A key with its quotes.
    Key(Range<usize>),
    /// An object or an array starts at this byte.
    Open { at: usize, is_object: bool },
    /// A text with its quotes, a number or a word.
    Scalar(Range<usize>),
}

/// Walks over a JSON text, one token at a time. Of a text that is no JSON the tokens mean nothing.
pub(super) struct Tokens<'t> {
    bytes: &'t [u8],
    at: usize,
    /// The open objects (true) and arrays.
    open: Vec<bool>,
    is_key_next: bool,
}

impl<'t> Tokens<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, open: Vec::new(), is_key_next: false }
    }

    /// Moves to the first byte from here that is no part of a string, and gives where it ends.
    fn string(&mut self) -> Range<usize> {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += match byte {
                b'"' => {
                    self.at += 1;
                    break;
                }
                b'\\' => 2,
                _ => 1,
            };
        }
        self.at = self.at.min(self.bytes.len());
        start..self.at
    }

    fn after_value(&mut self) {
        self.is_key_next = self.open.last().copied().unwrap_or(false);
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let separator = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':');
        while self.bytes.get(self.at).is_some_and(separator) {
            self.at += 1;
        }
        let start = self.at;
        Some(match self.bytes.get(start)? {
            byte @ (b'{' | b'[') => {
                let is_object = *byte == b'{';
                self.at += 1;
                self.open.push(is_object);
                self.is_key_next = is_object;
                Token::Open { at: start, is_object }
            }
            b'}' | b']' => {
                self.at += 1;
                self.open.pop();
                self.after_value();
                Token::Close(self.at)
            }
            b'"' if self.is_key_next => {
                self.is_key_next = false;
                Token::Key(self.string())
            }
            b'"' => {
                let text = self.string();
                self.after_value();
                Token::Scalar(text)
            }
            _ => {
                let ends = |byte: &u8| separator(byte) || matches!(byte, b'{' | b'[' | b'}' | b']');
                let rest = &self.bytes[start..];
                let length = rest.iter().position(ends).unwrap_or(rest.len());
                // A quote inside is no JSON; it must not stop the walk either.
                self.at += length.max(1);
                self.after_value();
                Token::Scalar(start..self.at)
            }
        })
    }
}
