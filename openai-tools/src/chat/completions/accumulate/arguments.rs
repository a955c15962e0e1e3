//! The arguments of one call as they come: pieces to append, or snapshots of what there is so far.

use crate::json::grammar::{JsonLimits, Scanner};

#[derive(Debug, Default)]
pub(super) struct Arguments {
    text: String,
    pieces: Pieces,
    scan: Scan,
}

/// Whether the text can become JSON. It is asked for rarely, and then looks at what is new.
#[derive(Clone, Debug)]
struct Scan {
    scanner: Scanner,
    /// How much of the text it has seen.
    seen: usize,
    /// No continuation makes it one JSON value.
    is_broken: bool,
}

/// How the server cuts the arguments.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Pieces {
    /// Into pieces to append.
    Deltas,
    /// Every piece is the whole so far.
    Snapshots,
    /// It can be either: every piece began with the one before, the last of which begins at `last`.
    Undecided { last: usize },
}

impl Scan {
    fn push(&mut self, text: &str) {
        self.seen += text.len();
        if let Err(error) = self.scanner.push(text) {
            // Of what is too deep or too long nothing can be said.
            self.is_broken = !error.is_limit();
        }
    }

    fn is_broken(&self) -> bool {
        self.is_broken || self.scanner.has_trailing()
    }
}

impl Default for Scan {
    fn default() -> Self {
        let limits = JsonLimits::default().with_depth(JsonLimits::DEEPEST).with_bytes(usize::MAX);
        Self { scanner: Scanner::with_limits(limits), seen: 0, is_broken: false }
    }
}

impl Default for Pieces {
    fn default() -> Self {
        Self::Undecided { last: 0 }
    }
}

/// What a piece does to the text.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Change<'a> {
    Append(&'a str),
    Nothing,
    Replace,
}

impl Arguments {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Takes a piece. `any_text` says that the whole need not be JSON: then nothing is a snapshot.
    pub(super) fn push<'a>(&mut self, piece: &'a str, any_text: bool) -> Change<'a> {
        if piece.is_empty() {
            return Change::Nothing;
        }
        if any_text || self.text.is_empty() {
            return self.append(piece);
        }
        match self.pieces {
            Pieces::Deltas => self.append(piece),
            Pieces::Snapshots => self.take_snapshot(piece),
            Pieces::Undecided { .. } if self.is_placeholder() && opens_object(piece) => {
                self.replace(piece)
            }
            Pieces::Undecided { last } if piece.starts_with(&self.text[last..]) => {
                if self.refuses(piece) {
                    self.pieces = Pieces::Snapshots;
                    self.take_snapshot(piece)
                } else {
                    self.pieces = Pieces::Undecided { last: self.text.len() };
                    self.append(piece)
                }
            }
            Pieces::Undecided { .. } => {
                self.pieces = Pieces::Deltas;
                self.append(piece)
            }
        }
    }

    /// Takes a text that the server says is the whole.
    pub(super) fn push_whole<'a>(&mut self, whole: &'a str, any_text: bool) -> Change<'a> {
        match whole.strip_prefix(self.text.as_str()) {
            Some("") => Change::Nothing,
            Some(more) => self.append(more),
            None => self.push(whole, any_text),
        }
    }

    /// Takes a text that is known to be the whole so far.
    pub(super) fn push_snapshot<'a>(&mut self, snapshot: &'a str) -> Change<'a> {
        match snapshot.strip_prefix(self.text.as_str()) {
            Some("") => Change::Nothing,
            Some(more) => self.append(more),
            None if snapshot.is_empty() => Change::Nothing,
            None => self.replace(snapshot),
        }
    }

    /// Whether the piece belongs to another call: this one is whole, and with the piece it could
    /// not be JSON; nor is the piece a newer snapshot of it.
    pub(super) fn is_closed_to(&mut self, piece: &str) -> bool {
        opens_object(piece)
            && !piece.starts_with(&self.text)
            && !(matches!(self.pieces, Pieces::Undecided { .. }) && self.is_placeholder())
            && {
                let scan = self.scan();
                scan.scanner.is_closed() && !scan.is_broken()
            }
    }

    /// Whether the text is the beginning of an object or a list, and with the piece appended is none.
    fn refuses(&mut self, piece: &str) -> bool {
        let scan = self.scan();
        if scan.is_broken() || !scan.scanner.is_container() {
            return false;
        }
        let mut with = scan.clone();
        with.push(piece);
        with.is_broken()
    }

    fn scan(&mut self) -> &Scan {
        self.scan.push(&self.text[self.scan.seen..]);
        &self.scan
    }

    /// Some servers begin every call with an empty object and replace it.
    fn is_placeholder(&self) -> bool {
        self.text.len() <= 8 && self.text.trim() == "{}"
    }

    fn append<'a>(&mut self, piece: &'a str) -> Change<'a> {
        self.text.push_str(piece);
        Change::Append(piece)
    }

    fn replace<'a>(&mut self, piece: &str) -> Change<'a> {
        if self.text == piece {
            return Change::Nothing;
        }
        if let Pieces::Undecided { last } = &mut self.pieces {
            *last = 0;
        }
        self.text.clear();
        self.text.push_str(piece);
        self.scan = Scan::default();
        Change::Replace
    }

    fn take_snapshot<'a>(&mut self, piece: &'a str) -> Change<'a> {
        match piece.strip_prefix(self.text.as_str()) {
            Some("") => Change::Nothing,
            Some(more) => self.append(more),
            None if self.text.starts_with(piece) => Change::Nothing,
            None if self.refuses(piece) => self.replace(piece),
            // What looked like a snapshot was a piece sent twice.
            None => {
                self.pieces = Pieces::Deltas;
                self.append(piece)
            }
        }
    }
}

fn opens_object(piece: &str) -> bool {
    piece.trim_start().starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text after the pieces, and how often it began anew.
    fn text(pieces: &[&str]) -> (String, usize) {
        let mut arguments = Arguments::default();
        let changes = pieces.iter().map(|piece| arguments.push(piece, false));
        let resets = changes.filter(|change| *change == Change::Replace).count();
        (arguments.into_text(), resets)
    }

    #[test]
    fn pieces_are_appended_where_that_can_be_json() {
        for pieces in [
            &["{\"a\":", "{\"a\":", "1}}"][..],
            &["[", "[", "[", "]]]"],
            &["{", "\"a\"", ":1", "}"],
            &["\"", "\""],
            &["1", "1", "11"],
            &["{}", " ", "\n"],
            &["not", "not JSON", "not JSON at all"],
        ] {
            assert_eq!(text(pieces), (pieces.concat(), 0), "{pieces:?}");
        }
    }

    #[test]
    fn growing_snapshots_are_told_from_pieces() {
        assert_eq!(text(&["{", "{\"a\"", "{\"a\":1", "{\"a\":12}"]), ("{\"a\":12}".into(), 0));
        assert_eq!(text(&["{\"a\":1}", "{\"a\":1}", "{\"a\":1}"]), ("{\"a\":1}".into(), 0));
        // The second could be a piece; the third shows that it was none.
        assert_eq!(text(&["[", "[1", "[1,", "[1,2]"]), ("[1,2]".into(), 1));
    }

    #[test]
    fn a_piece_sent_twice_does_not_turn_pieces_into_snapshots() {
        assert_eq!(text(&["{\"a", "{\"a", "\":", "1}"]), ("{\"a\":1}".into(), 0));
    }

    #[test]
    fn a_placeholder_is_replaced() {
        assert_eq!(text(&["{}", "{\"a\":", "1}"]), ("{\"a\":1}".into(), 1));
        assert_eq!(text(&["{}", "{}", "{", "\"a\":1}"]), ("{\"a\":1}".into(), 1));
        assert_eq!(text(&["{}"]), ("{}".into(), 0));
    }

    #[test]
    fn two_objects_in_one_call_stay_what_they_are() {
        assert_eq!(text(&["{\"a\":1}", "{\"a\":2}"]), ("{\"a\":1}{\"a\":2}".into(), 0));
        assert_eq!(text(&["{", "}", "{", "\"a\":2}"]), ("{}{\"a\":2}".into(), 0));
    }

    #[test]
    fn any_text_is_appended_where_it_need_not_be_json() {
        let mut arguments = Arguments::default();
        for _ in 0..3 {
            arguments.push("{}", true);
        }
        assert_eq!(arguments.text(), "{}{}{}");
    }

    #[test]
    fn a_scan_says_of_no_beginning_of_json_that_it_is_broken() {
        let text = r#" {"a" : [1, -2.5e+3, true, null, {}, [], "x\"}\\"], "\u00e9": {"b": ""}} "#;
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let mut scan = Scan::default();
            scan.push(&text[..end]);
            assert!(!scan.is_broken(), "{}", &text[..end]);
        }
        for text in ["{{", "{}{", "[1,]", "{\"a\"{", "}", "[}", "\"a\"b", "{1", "x", "[nul{"] {
            let mut scan = Scan::default();
            scan.push(text);
            assert!(scan.is_broken(), "{text}");
        }
    }

    #[test]
    fn what_is_too_deep_to_be_followed_is_not_called_broken() {
        let mut scan = Scan::default();
        scan.push(&"[".repeat(1_000));
        scan.push("}");
        assert!(!scan.is_broken());
    }
}
