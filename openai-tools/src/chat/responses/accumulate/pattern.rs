//! Events that are like one before but for the piece that they bring.

use super::Part;
use crate::chat::{
    responses::wire::WireEvent,
    wire::{Frame, Index, Text},
};

/// An event that was read, without its piece.
pub(super) struct Pattern {
    frame: Frame,
    pub(super) index: Index,
    pub(super) field: Field,
}

/// What a piece is a piece of.
#[derive(Clone, Copy)]
pub(super) enum Field {
    Arguments,
    Reasoning(Part),
    Refusal,
    /// Of the part with this index.
    Text(u64),
}

impl Field {
    /// What the piece of an event is of, if it brings one.
    pub(super) fn of(event: &WireEvent<'_>) -> Option<Self> {
        let content = event.content_index.0.unwrap_or(0);
        Some(match event.kind.as_str() {
            "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta" => {
                Self::Arguments
            }
            "response.output_text.delta" => Self::Text(content),
            "response.reasoning_summary_text.delta" => {
                Self::Reasoning(Part::Summary(event.summary_index.0.unwrap_or(0)))
            }
            "response.reasoning_text.delta" => Self::Reasoning(Part::Content(content)),
            "response.refusal.delta" => Self::Refusal,
            _ => return None,
        })
    }
}

impl Pattern {
    /// The pattern of an event that brings a piece.
    pub(super) fn of(data: &[u8], event: &WireEvent<'_>, field: Field) -> Option<Self> {
        let piece = event.delta.0.as_ref()?.as_borrowed()?;
        Some(Self { frame: Frame::around(data, piece)?, index: event.output_index, field })
    }

    /// The piece of an event, if it has this pattern.
    pub(super) fn read<'a>(&self, data: &'a [u8]) -> Option<Text<'a>> {
        self.frame.piece_of(data)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::ResponsesAccumulator;
    use super::*;

    fn pattern(event: &str) -> Option<Pattern> {
        let data = event.as_bytes();
        let event: WireEvent<'_> = serde_json::from_slice(data).expect("an event");
        Pattern::of(data, &event, Field::of(&event)?)
    }

    #[test]
    fn an_event_that_differs_by_its_piece_number_and_padding_only_is_read_without_parsing() {
        for event in [
            r#"{"type":"response.output_text.delta","sequence_number":9,"output_index":1,"delta":"*","logprobs":[],"obfuscation":"x"}"#,
            r#"{"type":"response.refusal.delta","delta":"*","sequence_number":9}"#,
            r#"{"sequence_number":9,"type":"response.reasoning_text.delta","delta":"*","obfuscation":""}"#,
            r#"{"delta":"*","obfuscated":"no","type":"response.function_call_arguments.delta","sequence_number":9,"output_index":0}"#,
        ] {
            let found = pattern(event).expect("a pattern");
            let read = |from: &str, to: &str| {
                let event = event.replace(from, to);
                found.read(event.as_bytes()).map(|text| text.to_string())
            };
            for (piece, told) in [("a", "a"), ("", ""), (r#"\"\n"#, "\"\n"), ("\\u00e9", "é")] {
                assert_eq!(read("*", piece).as_deref(), Some(told), "{event}");
            }
            for number in ["0", "10", "123456789012345678901234567890"] {
                assert!(read(":9", &format!(":{number}")).is_some(), "{event} {number}");
            }
            for number in ["", "-1", "09", "1.5", "1e3", "null", "\"9\""] {
                assert!(read(":9", &format!(":{number}")).is_none(), "{event} {number}");
            }
            for piece in ["\"", "\\", "\n", "\",\"type\":\"x", "a\",\"delta\":\"b"] {
                assert!(read("*", piece).is_none(), "{event} {piece}");
            }
            assert!(read("response.", "other.").is_none());
        }
    }

    #[test]
    fn a_number_in_a_text_is_none_that_counts() {
        let event = r#"{"item_id":"a,\"sequence_number\":1","type":"response.output_text.delta","delta":"*"}"#;
        let found = pattern(event).expect("a pattern");
        assert!(found.read(event.as_bytes()).is_some());
        assert!(found.read(event.replace(":1", ":2").as_bytes()).is_none());
    }

    fn event() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            r#"[a-c"\\{}\n:,é]{0,6}"#,
            Just("\",\"sequence_number\":1,\"x\":\"".to_owned()),
        ];
        let padding = proptest::option::of("[a-z]{0,3}");
        let parts = (0..7_usize, 0..3_u64, 0..3_u64, piece, 0..30_u64, padding);
        parts.prop_map(|(kind, index, part, piece, number, padding)| {
            let kinds = [
                "output_text",
                "output_text",
                "refusal",
                "reasoning_text",
                "reasoning_summary_text",
                "function_call_arguments",
                "function_call_arguments",
            ];
            let kind = format!("response.{}.delta", kinds[kind]);
            let mut event = json!({
                "type": kind, "sequence_number": number, "output_index": index,
                "content_index": part, "summary_index": part, "delta": piece,
            });
            if let Some(padding) = padding {
                event["obfuscation"] = Value::from(padding);
            }
            event.to_string()
        })
    }

    proptest! {
        #[test]
        fn what_is_read_by_a_pattern_is_what_parsing_reads(
            events in proptest::collection::vec(event(), 0..24),
        ) {
            let (mut quick, mut deltas) = (ResponsesAccumulator::new(), Vec::new());
            let (mut plain, mut plain_deltas) = (ResponsesAccumulator::new(), Vec::new());
            for event in &events {
                quick.push(event.as_bytes(), &mut deltas).expect("an event");
                plain.pattern = None;
                plain.push(event.as_bytes(), &mut plain_deltas).expect("an event");
            }
            prop_assert!(deltas == plain_deltas);
            prop_assert!(quick.message() == plain.message());
        }
    }
}
