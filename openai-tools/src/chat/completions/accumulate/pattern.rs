//! Chunks that are like one before but for the piece that they bring.

use crate::chat::{
    completions::wire::{WireCall, WireChoice, WireMessage, WireResponse},
    wire::{Frame, Index},
};

/// A chunk that was read, without its piece.
pub(super) struct Pattern {
    frame: Frame,
    field: Field,
}

/// What a piece is a piece of.
#[derive(Clone, Copy)]
enum Field {
    Arguments(Index),
    Content,
    Reasoning,
    Refusal,
}

impl Pattern {
    /// The pattern of a chunk that brings a piece and, but for what every chunk says, nothing else.
    pub(super) fn of(data: &[u8], chunk: &WireResponse<'_>) -> Option<Self> {
        let choice = chunk.choice.as_ref().filter(|choice| choice.counts())?;
        let ends = choice.finish_reason.as_ref().is_some_and(|word| !word.is_empty());
        if chunk.error.is_some() || chunk.usage.is_some() || choice.message.is_some() || ends {
            return None;
        }
        let (field, piece) = only_piece(choice.delta.as_ref()?)?;
        Some(Self { frame: Frame::around(data, piece)?, field })
    }

    /// What a chunk says, if it has this pattern.
    pub(super) fn read<'a>(&self, data: &'a [u8]) -> Option<WireChoice<'a>> {
        let piece = self.frame.piece_of(data)?;
        let mut message = WireMessage::default();
        match self.field {
            Field::Arguments(index) => message.tool_calls = WireCall::piece(index, piece).into(),
            Field::Content => message.content = Some(piece),
            Field::Reasoning => message.reasoning_content.0 = Some(piece),
            Field::Refusal => message.refusal = Some(piece),
        }
        Some(WireChoice::of_delta(message))
    }
}

/// The piece of a message that has no other, where it stands in the chunk as it is.
fn only_piece<'a>(message: &WireMessage<'a>) -> Option<(Field, &'a str)> {
    let WireMessage { content, refusal, audio, reasoning_content, reasoning, tool_calls } = message;
    if reasoning.0.is_some() || audio.is_some() {
        return None;
    }
    let (field, piece) = match (content, refusal, &reasoning_content.0, tool_calls.only()) {
        (Some(text), None, None, None) if tool_calls.len() == 0 => (Field::Content, text),
        (None, Some(text), None, None) if tool_calls.len() == 0 => (Field::Refusal, text),
        (None, None, Some(text), None) if tool_calls.len() == 0 => (Field::Reasoning, text),
        (None, None, None, Some(call)) => (Field::Arguments(call.index), call.only_piece()?),
        _ => return None,
    };
    Some((field, piece.as_borrowed()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::ChatAccumulator;
    use super::*;

    fn pattern(chunk: &str) -> Option<Pattern> {
        let chunk: &[u8] = chunk.as_bytes();
        Pattern::of(chunk, &serde_json::from_slice(chunk).expect("a chunk"))
    }

    fn with_delta(delta: &str) -> String {
        format!(r#"{{"id":"c1","choices":[{{"index":0,"delta":{delta},"finish_reason":null}}]}}"#)
    }

    #[test]
    fn a_chunk_that_differs_by_its_piece_only_is_read_without_parsing_the_rest() {
        for delta in [
            r#"{"content":"*"}"#,
            r#"{"content":"*","refusal":null}"#,
            r#"{"content":null,"reasoning_content":"*"}"#,
            r#"{"refusal":"*"}"#,
            r#"{"tool_calls":[{"index":3,"function":{"arguments":"*"}}]}"#,
            r#"{"tool_calls":[{"index":3,"id":"","function":{"name":null,"arguments":"*"}}]}"#,
        ] {
            let chunk = with_delta(delta);
            let found = pattern(&chunk).expect("a pattern");
            for piece in ["", "a", "more words", r"\n", r#"\"\u00e9\ud83d\ude00"#, "é"] {
                assert!(
                    found.read(chunk.replace('*', piece).as_bytes()).is_some(),
                    "{delta} {piece}"
                );
            }
            for piece in ["\"", "\\", "\n", "\\x", "\\ud83d", "\",\"x\":\""] {
                assert!(
                    found.read(chunk.replace('*', piece).as_bytes()).is_none(),
                    "{delta} {piece}"
                );
            }
            assert!(found.read(chunk.replace("c1", "c2").as_bytes()).is_none());
            assert!(found.read(chunk.replace('*', "\u{1}").as_bytes()).is_none());
        }
    }

    #[test]
    fn a_chunk_that_says_more_has_no_pattern() {
        for delta in [
            "{}",
            r#"{"content":null}"#,
            r#"{"content":"a\n"}"#,
            r#"{"content":"a","reasoning_content":"b"}"#,
            r#"{"content":[{"text":"a"}]}"#,
            r#"{"tool_calls":[{"index":0,"id":"c","function":{"arguments":"a"}}]}"#,
            r#"{"tool_calls":[{"index":0,"function":{"name":"n","arguments":"a"}}]}"#,
            r#"{"tool_calls":[{"index":0,"function":{"name":"n"}}]}"#,
            r#"{"tool_calls":[{"function":{"arguments":"a"}},{"function":{"arguments":"b"}}]}"#,
            r#"{"content":"a","tool_calls":[{"function":{"arguments":"b"}}]}"#,
        ] {
            assert!(pattern(&with_delta(delta)).is_none(), "{delta}");
        }
        let ended = with_delta(r#"{"content":"a"}"#).replace("null", "\"stop\"");
        assert!(pattern(&ended).is_none());
        let used = r#"{"usage":{},"choices":[{"delta":{"content":"a"}}]}"#;
        assert!(pattern(used).is_none());
    }

    #[test]
    fn padding_of_any_length_belongs_to_the_pattern() {
        let chunk = |piece: &str, padding: &str| {
            format!(
                r#"{{"choices":[{{"delta":{{"content":"{piece}"}}}}],"obfuscation":"{padding}"}}"#
            )
        };
        let found = pattern(&chunk("a", "x1")).expect("a pattern");
        for padding in ["", "y", "Zz0123456789"] {
            let next = chunk("b", padding);
            let read = found.read(next.as_bytes()).expect("it has the pattern");
            let text = read.delta.expect("a delta").content.expect("a text");
            assert_eq!(&*text, "b");
        }
        for padding in ["\"", "\\", "a\",\"usage\":\"", "\\\""] {
            assert!(found.read(chunk("b", padding).as_bytes()).is_none(), "{padding}");
        }
    }

    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            r#"[a-c"\\{}\n:,é]{0,6}"#,
            Just(r#"{"a":1}"#.to_owned()),
            Just("{}".to_owned()),
            Just(r#"","obfuscation":"x"#.to_owned()),
        ]
    }

    fn chunk() -> impl Strategy<Value = String> {
        let delta = (0..8, piece(), 0..3).prop_map(|(form, piece, index)| match form {
            0 | 1 => json!({"content": piece}),
            2 => json!({"reasoning_content": piece}),
            3 => json!({"refusal": piece}),
            4 => json!({"tool_calls": [{"index": index, "id": format!("c{index}"),
                "function": {"name": "n", "arguments": piece}}]}),
            5 => json!({"content": piece, "refusal": null}),
            _ => json!({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}),
        });
        let whole = |(delta, padding, end): (Value, Option<String>, u8)| {
            let ends = json!(if end == 0 { Some("stop") } else { None });
            let choice = json!({"index": 0, "delta": delta, "finish_reason": ends});
            let mut chunk = json!({"id": "c1", "model": "m", "choices": [choice]});
            if let Some(padding) = padding {
                chunk["obfuscation"] = padding.into();
            }
            chunk.to_string()
        };
        let padding = proptest::option::of("[a-z]{0,3}");
        (delta, padding, 0_u8..20).prop_map(whole)
    }

    proptest! {
        #[test]
        fn what_is_read_by_a_pattern_is_what_parsing_reads(
            chunks in proptest::collection::vec(chunk(), 0..24),
        ) {
            let (mut quick, mut deltas) = (ChatAccumulator::new(), Vec::new());
            let (mut plain, mut plain_deltas) = (ChatAccumulator::new(), Vec::new());
            for chunk in &chunks {
                quick.push(chunk.as_bytes(), &mut deltas).expect("a chunk");
                plain.pattern = None;
                plain.push(chunk.as_bytes(), &mut plain_deltas).expect("a chunk");
            }
            prop_assert!(deltas == plain_deltas);
            prop_assert!(quick.message() == plain.message());
            prop_assert_eq!(quick.is_whole(), plain.is_whole());
        }
    }
}
