//! What a model says, before any wire: the same for every API and for streams.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::{Map, Value};

/// One answer of the model.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Answer {
    pub(super) text: Option<String>,
    pub(super) refusal: Option<String>,
    pub(super) calls: Vec<Call>,
    pub(super) spoken: Option<Spoken>,
    /// `None` for the natural one: `tool_calls` if there are calls, else `stop`.
    pub(super) finish_reason: Option<String>,
    /// `None` for an estimate.
    pub(super) usage: Option<Usage>,
    /// Put over the fields of the document.
    pub(super) fields: Map<String, Value>,
    /// Put over the fields of the message.
    pub(super) message_fields: Map<String, Value>,
}

/// A call as the model writes it: the arguments are text and may be anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Call {
    /// `None` for an id made from the request.
    pub(super) id: Option<String>,
    pub(super) name: String,
    pub(super) arguments: String,
    /// Whether the tool takes free text instead of JSON.
    pub(super) custom: bool,
    /// What only the Responses API has: the namespace of its tool.
    pub(super) namespace: Option<String>,
    /// The program that made it.
    pub(super) program: Option<String>,
    /// All of it but its ids, where it is no call of a tool by name.
    pub(super) item: Option<Value>,
}

/// What the model speaks in the place of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spoken {
    pub(super) transcript: String,
    pub(super) data: Bytes,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Usage {
    pub(super) prompt: u64,
    pub(super) completion: u64,
}

impl Answer {
    pub(super) fn of_text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    pub(super) fn of_refusal(text: impl Into<String>) -> Self {
        Self { refusal: Some(text.into()), ..Self::default() }
    }

    pub(super) fn of_calls(calls: Vec<Call>) -> Self {
        Self { calls, ..Self::default() }
    }

    pub(super) fn of_speech(transcript: impl Into<String>, data: impl Into<Bytes>) -> Self {
        let spoken = Spoken { transcript: transcript.into(), data: data.into() };
        Self { spoken: Some(spoken), ..Self::default() }
    }

    /// The same for an API that does not speak.
    pub(super) fn in_writing(&self) -> Cow<'_, Self> {
        let Some(spoken) = &self.spoken else { return Cow::Borrowed(self) };
        let text = Some(spoken.transcript.clone());
        Cow::Owned(Self { text, spoken: None, ..self.clone() })
    }

    pub(super) fn finish_reason(&self) -> &str {
        match &self.finish_reason {
            Some(reason) => reason,
            None if self.calls.is_empty() => "stop",
            None => "tool_calls",
        }
    }

    /// How many tokens the answer is estimated at.
    pub(super) fn tokens(&self) -> u64 {
        let said = self.text.iter().chain(&self.refusal).map(|text| tokens(text)).sum::<u64>();
        let spoken = self.spoken.iter().map(|spoken| tokens(&spoken.transcript) + spoken.tokens());
        said + spoken.sum::<u64>() + self.calls.iter().map(call_tokens).sum::<u64>()
    }

    /// Stops the answer where a limit of tokens is reached, as a server does: in the middle.
    pub(super) fn cut(mut self, limit: u64) -> Self {
        if self.tokens() <= limit {
            return self;
        }
        self.finish_reason = Some("length".to_owned());
        let mut left = limit;
        for text in self.text.iter_mut().chain(&mut self.refusal) {
            cut_text(text, &mut left);
        }
        self.calls.retain_mut(|call| {
            if left <= CALL_OVERHEAD {
                left = 0;
                return false;
            }
            left -= CALL_OVERHEAD;
            left = left.saturating_sub(tokens(&call.name));
            cut_text(&mut call.arguments, &mut left);
            true
        });
        self
    }
}

impl Spoken {
    /// How many tokens of audio it is estimated at: twenty a second, as if it were PCM.
    pub(super) fn tokens(&self) -> u64 {
        (self.data.len() as u64).div_ceil(BYTES_PER_AUDIO_TOKEN)
    }
}

/// A rough count: four bytes a token, at least one for any text.
pub(super) fn tokens(text: &str) -> u64 {
    (text.len() as u64).div_ceil(BYTES_PER_TOKEN)
}

/// A stable hash (FNV-1a): ids must not change with the compiler, as the standard one may.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn call_tokens(call: &Call) -> u64 {
    CALL_OVERHEAD + tokens(&call.name) + tokens(&call.arguments)
}

fn cut_text(text: &mut String, left: &mut u64) {
    let used = tokens(text).min(*left);
    let mut end =
        usize::try_from(*left * BYTES_PER_TOKEN).map_or(text.len(), |e| e.min(text.len()));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    *left -= used;
}

const BYTES_PER_TOKEN: u64 = 4;
const CALL_OVERHEAD: u64 = 4;
/// A twentieth of a second: 24,000 samples of two bytes each.
const BYTES_PER_AUDIO_TOKEN: u64 = 2_400;

#[cfg(test)]
mod tests {
    use super::*;

    fn call(arguments: &str) -> Call {
        Call { id: None, name: "f".to_owned(), arguments: arguments.to_owned(), ..Call::default() }
    }

    #[test]
    fn the_natural_finish_reason_follows_from_the_content() {
        assert_eq!(Answer::of_text("x").finish_reason(), "stop");
        assert_eq!(Answer::of_calls(vec![call("{}")]).finish_reason(), "tool_calls");
    }

    #[test]
    fn an_answer_within_the_limit_is_left_alone() {
        let answer = Answer::of_text("12345678");
        assert_eq!(answer.tokens(), 2);
        assert_eq!(answer.clone().cut(2), answer);
    }

    #[test]
    fn a_text_over_the_limit_is_cut_between_characters() {
        let answer = Answer::of_text("abcü€ and more").cut(1);
        assert_eq!(answer.text.as_deref(), Some("abc"));
        assert_eq!(answer.finish_reason(), "length");
    }

    #[test]
    fn calls_over_the_limit_end_in_half_a_call() {
        let calls = vec![call("{\"a\":1}"), call("{\"b\":\"long enough to be cut\"}"), call("{}")];
        let answer = Answer::of_calls(calls).cut(14);
        let arguments: Vec<&str> = answer.calls.iter().map(|c| c.arguments.as_str()).collect();
        assert_eq!(arguments, ["{\"a\":1}", "{\"b\":\"lo"]);
        assert_eq!(answer.finish_reason(), "length");
    }

    #[test]
    fn huge_limits_do_not_overflow() {
        assert_eq!(Answer::of_text("x").cut(u64::MAX).text.as_deref(), Some("x"));
    }
}
