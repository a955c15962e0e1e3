//! Texts and values for messages: no longer than what is shown, and no dearer.

use std::io::{self, ErrorKind, Write};

use serde_json::Value;

/// The first so many characters of a text.
pub(crate) fn first_characters(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// The first so many characters of a text, with a sign where something was cut.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    let first = first_characters(text, most);
    if first.len() == text.len() { text.to_owned() } else { format!("{first}…") }
}

/// A value as JSON, shortened in the same way. Costs no more than what is shown, however large the
/// value.
pub(crate) fn excerpt(value: &Value, most: usize) -> String {
    // A character has at most four bytes; one more shows that something is cut.
    let mut room = Room { text: Vec::new(), left: 4 * most + 4 };
    // It fails only when the room is full, which is when enough is written.
    let cut = serde_json::to_writer(&mut room, value).is_err();
    let text = String::from_utf8_lossy(&room.text);
    let first = first_characters(&text, most);
    if cut || first.len() < text.len() { format!("{first}…") } else { text.into_owned() }
}

struct Room {
    text: Vec<u8>,
    left: usize,
}

impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(ErrorKind::WriteZero.into());
        }
        let taken = self.left.min(bytes.len());
        self.text.extend_from_slice(&bytes[..taken]);
        self.left -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_and_says_so() {
        assert_eq!(shorten("üüü", 2), "üü…");
        assert_eq!(shorten("üü", 2), "üü");
        assert_eq!(first_characters("üüü", 2), "üü");
        assert_eq!(shorten("", 0), "");
    }

    #[test]
    fn a_value_is_shown_as_json_up_to_the_limit() {
        assert_eq!(excerpt(&json!({"a": [1, "é"]}), 60), "{\"a\":[1,\"é\"]}");
        for long in [json!("é".repeat(1_000)), json!(vec![1; 1_000]), json!("🦀".repeat(100))] {
            let shown = excerpt(&long, 60);
            assert_eq!(shown.chars().count(), 61, "{shown}");
            assert!(shown.ends_with('…'));
        }
        assert_eq!(excerpt(&json!("🦀🦀"), 4), "\"🦀🦀\"");
    }
}
