//! Whether a text that is still coming can become JSON.

/// Looks at a text, piece by piece. It errs on one side only: what it calls broken can never become
/// one JSON value, whatever follows. Numbers, literals and escapes are not looked into.
#[derive(Clone, Debug, Default)]
pub(super) struct JsonPrefix {
    state: State,
    /// The open containers; true for an object.
    open: Vec<bool>,
    is_container: bool,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum State {
    AfterValue,
    Broken,
    Closed,
    Colon,
    /// A key; after `{` the end of the object, too.
    Key {
        first: bool,
    },
    Scalar,
    Text {
        key: bool,
        escaped: bool,
    },
    /// Nested too deeply to say anything.
    Unknown,
    #[default]
    Value,
    /// A value or the end of the list.
    ValueOrEnd,
}

impl JsonPrefix {
    pub(super) fn push(&mut self, text: &str) {
        for &byte in text.as_bytes() {
            self.state = self.step(byte);
            if matches!(self.state, State::Broken | State::Unknown) {
                return;
            }
        }
    }

    /// Whether it has begun as an object or a list.
    pub(super) fn is_container(&self) -> bool {
        self.is_container
    }

    /// Whether no continuation makes it JSON.
    pub(super) fn is_broken(&self) -> bool {
        self.state == State::Broken
    }

    /// Whether it is one whole object, list or text.
    pub(super) fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    fn step(&mut self, byte: u8) -> State {
        let blank = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        match self.state {
            State::Text { key, escaped: true } => State::Text { key, escaped: false },
            State::Text { key, .. } if byte == b'\\' => State::Text { key, escaped: true },
            State::Text { key: true, .. } if byte == b'"' => State::Colon,
            State::Text { .. } if byte == b'"' => self.after_value(),
            State::Scalar if byte.is_ascii_alphanumeric() || b"+-.".contains(&byte) => {
                State::Scalar
            }
            State::Scalar => {
                self.state = self.after_value();
                // At most one step deeper: what comes after a value is no scalar.
                self.step(byte)
            }
            state if blank => state,
            State::Value | State::ValueOrEnd => match byte {
                b']' if self.state == State::ValueOrEnd => self.close(),
                b'{' => self.nest(true, State::Key { first: true }),
                b'[' => self.nest(false, State::ValueOrEnd),
                b'"' => State::Text { key: false, escaped: false },
                b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => State::Scalar,
                _ => State::Broken,
            },
            State::Key { .. } if byte == b'"' => State::Text { key: true, escaped: false },
            State::Key { first: true } if byte == b'}' => self.close(),
            State::Colon if byte == b':' => State::Value,
            State::AfterValue => match (byte, self.open.last()) {
                (b',', Some(true)) => State::Key { first: false },
                (b',', Some(false)) => State::Value,
                (b'}', Some(true)) | (b']', Some(false)) => self.close(),
                _ => State::Broken,
            },
            State::Unknown => State::Unknown,
            State::Text { .. } => self.state,
            State::Broken | State::Closed | State::Colon | State::Key { .. } => State::Broken,
        }
    }

    fn nest(&mut self, object: bool, inside: State) -> State {
        if self.open.len() >= DEEPEST {
            return State::Unknown;
        }
        self.open.push(object);
        self.is_container = true;
        inside
    }

    fn close(&mut self) -> State {
        self.open.pop();
        self.after_value()
    }

    fn after_value(&self) -> State {
        if self.open.is_empty() { State::Closed } else { State::AfterValue }
    }
}

/// As deep as `serde_json` reads.
const DEEPEST: usize = 128;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn look(text: &str) -> JsonPrefix {
        let mut prefix = JsonPrefix::default();
        prefix.push(text);
        prefix
    }

    #[test]
    fn beginnings_of_json_are_not_broken() {
        let text = r#" {"a" : [1, -2.5e+3, true, null, {}, [], "x\"}\\"], "\u00e9": {"b": ""}} "#;
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert!(!look(&text[..end]).is_broken(), "{}", &text[..end]);
            assert_eq!(look(&text[..end]).is_closed(), end >= text.len() - 1);
        }
    }

    #[test]
    fn what_no_continuation_saves_is_broken() {
        for text in
            ["{{", "{}{", "[1,]", "{\"a\"{", "}", "{\"a\":}", "[}", "{]", "\"a\"b", "{1", "x"]
        {
            assert!(look(text).is_broken(), "{text}");
        }
        assert!(!look(&"[".repeat(1000)).is_broken(), "too deep to say");
    }

    proptest! {
        #[test]
        fn nothing_that_serde_json_reads_is_broken(text in r#"[\[\]{}",:\\ a1-]{0,12}"#) {
            let reads = serde_json::from_str::<Value>(&text).is_ok();
            for (end, _) in text.char_indices() {
                prop_assert!(!(reads && look(&text[..end]).is_broken()));
            }
            prop_assert!(!(reads && look(&text).is_broken()));
        }
    }
}
