//! The grammar, one byte after the other. What is made of it is the business of a [`Sink`].

use super::{
    error::{JsonError, Place},
    escape::resolved,
    limits::JsonLimits,
    number::NumberState,
    plain::{Ends, FEW, has_no_end, plain_len},
};

/// What a text holds, told as it comes.
///
/// Every value is a `begin` and an `end` of the same token, with a `Key` before it inside an
/// object. Both may refuse, with the phrase of what was expected instead.
pub(crate) trait Sink {
    /// A value or a key begins.
    fn begin(&mut self, token: Token) -> Result<(), &'static str>;
    /// The next piece of the string, key or number that has begun; escapes are resolved.
    fn text(&mut self, run: &str);
    /// The same for a string that is no key.
    #[inline]
    fn text_of_value(&mut self, run: &str) {
        self.text(run);
    }
    /// The same for one character.
    fn character(&mut self, character: char) {
        self.text(character.encode_utf8(&mut [0; 4]));
    }
    /// The innermost value or key that has begun is complete.
    fn end(&mut self, token: Token) -> Result<(), &'static str>;
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Token {
    Array,
    Key,
    Literal(Literal),
    Number,
    Object,
    String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Literal {
    False,
    Null,
    True,
}

impl Literal {
    fn text(self) -> &'static str {
        match self {
            Self::False => "false",
            Self::Null => "null",
            Self::True => "true",
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Self::False => "`false`",
            Self::Null => "`null`",
            Self::True => "`true`",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Machine {
    state: State,
    open: Vec<Container>,
    /// Whether the string that is being read is a key.
    in_key: bool,
    /// Whether the root is an object or a list.
    is_container: bool,
    is_empty_object: bool,
    limits: JsonLimits,
    /// The length of what was pushed before.
    offset: usize,
    /// Up to which length plain text may come without a look at anything else; 0 where it may not.
    plain_until: usize,
    line: usize,
    line_start: usize,
    /// Where something came after the root.
    trailing: Option<Place>,
    failed: Option<JsonError>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// A comma, or the end of the container.
    After,
    Closed,
    Colon,
    Escape,
    FirstItem,
    FirstKey,
    Hex(Hex),
    Key,
    Literal(Literal, usize),
    /// After the first half of a surrogate pair: the backslash of the second.
    LowBackslash(u16),
    /// The same, after the backslash.
    LowU(u16),
    Number(NumberState),
    String,
    /// After the root: nothing is looked at any more.
    Trailing,
    Value,
}

#[derive(Clone, Copy, Debug)]
struct Hex {
    high: Option<u16>,
    code: u16,
    digits: u8,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Container {
    Array,
    Object,
}

/// A fault at a byte of the piece that is being read.
struct Stop {
    at: usize,
    expected: Expected,
}

enum Expected {
    Text(&'static str),
    /// Less of it.
    Within(String),
}

fn stop(at: usize, expected: &'static str) -> Stop {
    Stop { at, expected: Expected::Text(expected) }
}

impl Machine {
    pub(crate) fn new(limits: JsonLimits) -> Self {
        Self {
            state: State::Value,
            open: Vec::new(),
            in_key: false,
            is_container: false,
            is_empty_object: false,
            limits,
            offset: 0,
            plain_until: 0,
            line: 1,
            line_start: 0,
            trailing: None,
            failed: None,
        }
    }

    #[expect(clippy::inline_always, reason = "a call costs as much as most pieces")]
    #[inline(always)]
    pub(crate) fn push(&mut self, text: &str, sink: &mut impl Sink) -> Result<(), JsonError> {
        if self.push_plain(text, sink) {
            return Ok(());
        }
        if self.is_few_of_string(text) {
            return self.push_to_string(text, sink);
        }
        self.push_next(text, sink)
    }

    /// Takes a small piece of a long string if it is nothing but text, as most are.
    #[expect(clippy::inline_always, reason = "a call costs as much as most pieces")]
    #[inline(always)]
    pub(crate) fn push_plain(&mut self, text: &str, sink: &mut impl Sink) -> bool {
        let is_plain = self.is_few_of_string(text) && has_no_end(text.as_bytes());
        if is_plain {
            self.offset += text.len();
            sink.text_of_value(text);
        }
        is_plain
    }

    /// Takes a piece that is not plain.
    #[inline]
    pub(crate) fn push_rest(&mut self, text: &str, sink: &mut impl Sink) -> Result<(), JsonError> {
        let mut rest = text;
        // Most are text and an escape.
        if self.is_few_of_string(text) {
            rest = self.push_few(text, 0, sink);
            if rest.is_empty() {
                return Ok(());
            }
        }
        self.push_next(rest, sink)
    }

    #[inline]
    fn is_few_of_string(&self, text: &str) -> bool {
        self.offset + text.len() <= self.plain_until && text.len().wrapping_sub(1) < FEW
    }

    // What follows is not inlined, so that what is above is all that most pieces meet.

    #[inline(never)]
    fn push_to_string(&mut self, text: &str, sink: &mut impl Sink) -> Result<(), JsonError> {
        self.push_rest(text, sink)
    }

    #[inline(never)]
    fn push_next(&mut self, text: &str, sink: &mut impl Sink) -> Result<(), JsonError> {
        let mut rest = text;
        let few = text.len() <= FEW.min(self.limits.bytes - self.offset);
        if let (State::Escape, true, None) = (self.state, few, &self.failed) {
            if let Some(character) = text.bytes().next().and_then(resolved) {
                sink.character(character);
                self.state = State::String;
                rest = self.push_few(text, 1, sink);
            }
        }
        let pushed = if rest.is_empty() { Ok(()) } else { self.push_any(rest, sink) };
        let in_value = matches!(self.state, State::String) && !self.in_key && pushed.is_ok();
        self.plain_until = if in_value { self.limits.bytes } else { 0 };
        pushed
    }

    /// Takes a few bytes of the string that is being read, of which so many are taken already, and
    /// gives the rest, which begins with what is rarer than text and escapes of one letter.
    #[inline]
    fn push_few<'t>(&mut self, text: &'t str, taken: usize, sink: &mut impl Sink) -> &'t str {
        let bytes = text.as_bytes();
        let ends = Ends::of(bytes);
        let mut at = taken;
        loop {
            let end = ends.next(at).unwrap_or(bytes.len());
            if end > at {
                sink.text(&text[at..end]);
            }
            at = end;
            match bytes[at..] {
                [b'\\'] => {
                    self.state = State::Escape;
                    self.plain_until = 0;
                    at += 1;
                    break;
                }
                [b'\\', letter, ..] => {
                    let Some(character) = resolved(letter) else { break };
                    sink.character(character);
                    at += 2;
                }
                _ => break,
            }
        }
        self.offset += at;
        &text[at..]
    }

    fn push_any(&mut self, text: &str, sink: &mut impl Sink) -> Result<(), JsonError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let room = self.limits.bytes - self.offset;
        let read = if text.len() <= room {
            self.read(text, sink)
        } else {
            self.read_up_to(room, text, sink)
        };
        match read {
            Ok(()) => {
                // Only what is trailing is let pass beyond the limit.
                self.offset = self.limits.bytes.min(self.offset + text.len());
                Ok(())
            }
            Err(Stop { at, expected }) => {
                let error = match expected {
                    Expected::Text(expected) => JsonError::new(self.place(at), expected),
                    Expected::Within(limit) => JsonError::limit(self.place(at), limit),
                };
                self.failed = Some(error.clone());
                Err(error)
            }
        }
    }

    pub(crate) fn finish(&mut self, sink: &mut impl Sink) -> Result<(), JsonError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        if let (State::Number(number), []) = (self.state, self.open.as_slice()) {
            if number.is_whole() {
                sink.end(Token::Number).map_err(|e| JsonError::new(self.place(0), e))?;
                self.end_value();
            }
        }
        match (self.state, self.trailing) {
            (_, Some(place)) => Err(JsonError::new(place, "the end of the text")),
            (State::Closed, None) => Ok(()),
            _ => Err(self.ends_early()),
        }
    }

    /// That the text ends where more is needed.
    pub(crate) fn ends_early(&self) -> JsonError {
        JsonError::end(self.place(0), self.expected())
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed | State::Trailing)
    }

    pub(crate) fn has_trailing(&self) -> bool {
        self.trailing.is_some()
    }

    pub(crate) fn is_container(&self) -> bool {
        self.is_container
    }

    pub(crate) fn is_empty_object(&self) -> bool {
        self.is_empty_object
    }

    fn place(&self, at: usize) -> Place {
        let offset = self.offset + at;
        Place { offset, line: self.line, column: offset - self.line_start + 1 }
    }

    fn read_up_to(&mut self, room: usize, text: &str, sink: &mut impl Sink) -> Result<(), Stop> {
        let end = (0..=room).rev().find(|&n| text.is_char_boundary(n)).unwrap_or(0);
        self.read(&text[..end], sink)?;
        if matches!(self.state, State::Trailing) {
            return Ok(());
        }
        let expected = format!("at most {} bytes", self.limits.bytes);
        Err(Stop { at: end, expected: Expected::Within(expected) })
    }

    fn read(&mut self, text: &str, sink: &mut impl Sink) -> Result<(), Stop> {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at = match self.state {
                State::String => self.string(text, at, sink)?,
                State::Number(number) => self.number(number, text, at, sink)?,
                State::Literal(literal, known) => self.literal(literal, known, byte, at, sink)?,
                State::Escape => self.escape(byte, at, sink)?,
                State::Hex(hex) => self.hex(hex, byte, at, sink)?,
                State::LowBackslash(high) if byte == b'\\' => {
                    self.state = State::LowU(high);
                    at + 1
                }
                State::LowU(high) if byte == b'u' => {
                    self.state = State::Hex(Hex { high: Some(high), code: 0, digits: 0 });
                    at + 1
                }
                State::LowBackslash(_) | State::LowU(_) => return Err(stop(at, LOW_SURROGATE)),
                State::Trailing => return Ok(()),
                _ => match byte {
                    b' ' | b'\t' | b'\r' => at + 1,
                    b'\n' => {
                        self.line += 1;
                        self.line_start = self.offset + at + 1;
                        at + 1
                    }
                    _ => self.structure(byte, at, sink)?,
                },
            };
        }
        Ok(())
    }

    fn string(&mut self, text: &str, mut at: usize, sink: &mut impl Sink) -> Result<usize, Stop> {
        let bytes = text.as_bytes();
        let end = loop {
            let end = at + plain_len(&bytes[at..]);
            if end > at {
                sink.text(&text[at..end]);
            }
            // An escape that is whole takes no state.
            let escaped = match bytes[end..] {
                [b'\\', byte, ..] => resolved(byte),
                _ => None,
            };
            let Some(character) = escaped else { break end };
            sink.character(character);
            at = end + 2;
        };
        match bytes.get(end) {
            None => Ok(end),
            Some(b'"') => {
                let token = if self.in_key { Token::Key } else { Token::String };
                sink.end(token).map_err(|e| stop(end, e))?;
                if self.in_key {
                    self.state = State::Colon;
                } else {
                    self.end_value();
                }
                Ok(end + 1)
            }
            Some(b'\\') => {
                self.state = State::Escape;
                Ok(end + 1)
            }
            Some(_) => Err(stop(end, "control characters to be written as escapes")),
        }
    }

    fn escape(&mut self, byte: u8, at: usize, sink: &mut impl Sink) -> Result<usize, Stop> {
        if byte == b'u' {
            self.state = State::Hex(Hex { high: None, code: 0, digits: 0 });
            return Ok(at + 1);
        }
        sink.character(resolved(byte).ok_or_else(|| stop(at, ESCAPE))?);
        self.state = State::String;
        Ok(at + 1)
    }

    fn hex(&mut self, hex: Hex, byte: u8, at: usize, sink: &mut impl Sink) -> Result<usize, Stop> {
        let Some(digit) = (byte as char).to_digit(16) else { return Err(stop(at, HEX)) };
        // Four digits fill the 16 bits.
        let code = (u32::from(hex.code) << 4) | digit;
        let hex = Hex { code: (code & 0xffff) as u16, digits: hex.digits + 1, ..hex };
        if hex.digits < 4 {
            self.state = State::Hex(hex);
            return Ok(at + 1);
        }
        let resolved = match (hex.high, hex.code) {
            (None, 0xd800..=0xdbff) => {
                self.state = State::LowBackslash(hex.code);
                return Ok(at + 1);
            }
            (None, code) => char::from_u32(u32::from(code)),
            (Some(high), code) => char::decode_utf16([high, code]).next().and_then(Result::ok),
        };
        let missing = if hex.high.is_some() { LOW_SURROGATE } else { HIGH_SURROGATE };
        let resolved = resolved.ok_or_else(|| stop(at, missing))?;
        sink.character(resolved);
        self.state = State::String;
        Ok(at + 1)
    }

    fn number(
        &mut self,
        mut number: NumberState,
        text: &str,
        at: usize,
        sink: &mut impl Sink,
    ) -> Result<usize, Stop> {
        let bytes = text.as_bytes();
        let mut end = at;
        while let Some(&byte) = bytes.get(end) {
            let Some(next) = number.next(byte) else {
                sink.text(&text[at..end]);
                if !number.may_end_before(byte) {
                    return Err(stop(end, number.expected()));
                }
                sink.end(Token::Number).map_err(|e| stop(end, e))?;
                self.end_value();
                return Ok(end);
            };
            number = next;
            end += 1;
        }
        sink.text(&text[at..end]);
        self.state = State::Number(number);
        Ok(end)
    }

    fn literal(
        &mut self,
        literal: Literal,
        known: usize,
        byte: u8,
        at: usize,
        sink: &mut impl Sink,
    ) -> Result<usize, Stop> {
        let letters = literal.text().as_bytes();
        if letters.get(known) != Some(&byte) {
            return Err(stop(at, literal.expected()));
        }
        if known + 1 < letters.len() {
            self.state = State::Literal(literal, known + 1);
        } else {
            sink.end(Token::Literal(literal)).map_err(|e| stop(at, e))?;
            self.end_value();
        }
        Ok(at + 1)
    }

    /// A byte between values that is not white space.
    fn structure(&mut self, byte: u8, at: usize, sink: &mut impl Sink) -> Result<usize, Stop> {
        match (self.state, byte) {
            (State::FirstItem, b']') | (State::FirstKey, b'}') => {
                self.is_empty_object = byte == b'}' && self.open.len() == 1;
                self.close(at, sink)?;
            }
            (State::Value | State::FirstItem, _) => return self.value(byte, at, sink),
            (State::Key | State::FirstKey, b'"') => {
                sink.begin(Token::Key).map_err(|e| stop(at, e))?;
                self.in_key = true;
                self.state = State::String;
            }
            (State::Colon, b':') => self.state = State::Value,
            (State::After, b',') => {
                self.state = match self.open.last() {
                    Some(Container::Object) => State::Key,
                    _ => State::Value,
                };
            }
            (State::After, b']') if self.open.last() == Some(&Container::Array) => {
                self.close(at, sink)?;
            }
            (State::After, b'}') if self.open.last() == Some(&Container::Object) => {
                self.close(at, sink)?;
            }
            (State::Closed, _) => {
                self.trailing = Some(self.place(at));
                self.state = State::Trailing;
            }
            _ => return Err(stop(at, self.expected())),
        }
        Ok(at + 1)
    }

    fn value(&mut self, byte: u8, at: usize, sink: &mut impl Sink) -> Result<usize, Stop> {
        let literal = |literal| (Token::Literal(literal), State::Literal(literal, 0), at);
        let (token, state, next) = match byte {
            b'"' => (Token::String, State::String, at + 1),
            b'[' => (Token::Array, State::FirstItem, at + 1),
            b'{' => (Token::Object, State::FirstKey, at + 1),
            b'-' | b'0'..=b'9' => (Token::Number, State::Number(NumberState::Start), at),
            b'f' => literal(Literal::False),
            b'n' => literal(Literal::Null),
            b't' => literal(Literal::True),
            _ => return Err(stop(at, self.expected())),
        };
        let container = match token {
            Token::Array => Some(Container::Array),
            Token::Object => Some(Container::Object),
            _ => None,
        };
        if let Some(container) = container {
            if self.open.len() + 1 >= self.limits.depth {
                let expected = format!("fewer than {} levels of nesting", self.limits.depth);
                return Err(Stop { at, expected: Expected::Within(expected) });
            }
            self.is_container = true;
            self.open.push(container);
        }
        sink.begin(token).map_err(|e| stop(at, e))?;
        self.in_key = false;
        self.state = state;
        Ok(next)
    }

    fn close(&mut self, at: usize, sink: &mut impl Sink) -> Result<(), Stop> {
        let token = match self.open.pop() {
            Some(Container::Object) => Token::Object,
            _ => Token::Array,
        };
        self.end_value();
        sink.end(token).map_err(|e| stop(at, e))
    }

    fn end_value(&mut self) {
        self.state = if self.open.is_empty() { State::Closed } else { State::After };
    }

    fn expected(&self) -> &'static str {
        match self.state {
            State::After if self.open.last() == Some(&Container::Object) => {
                "a comma or the end of the object"
            }
            State::After => "a comma or the end of the list",
            State::Closed | State::Trailing => "the end of the text",
            State::Colon => "a colon",
            State::Escape => ESCAPE,
            State::FirstItem => "a value or the end of the list",
            State::FirstKey => "a key in quotes or the end of the object",
            State::Hex(_) => HEX,
            State::Key => "a key in quotes",
            State::Literal(literal, _) => literal.expected(),
            State::LowBackslash(_) | State::LowU(_) => LOW_SURROGATE,
            State::Number(number) => number.expected(),
            State::String => "a closing quote",
            State::Value => "a value",
        }
    }
}

impl Default for Machine {
    fn default() -> Self {
        Self::new(JsonLimits::default())
    }
}

const ESCAPE: &str = "an escape that JSON knows";
const HEX: &str = "four hexadecimal digits";
const HIGH_SURROGATE: &str = "the first half of a surrogate pair before its second";
const LOW_SURROGATE: &str = "the second half of a surrogate pair";
