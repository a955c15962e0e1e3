//! Usage, whose parts have the same names below two names for the whole.

use serde::Deserialize;

use crate::chat::Usage;

#[derive(Default, Deserialize)]
pub(in crate::chat) struct InputDetails {
    audio_tokens: Option<u64>,
    cached_tokens: Option<u64>,
}

#[derive(Default, Deserialize)]
pub(in crate::chat) struct OutputDetails {
    audio_tokens: Option<u64>,
    reasoning_tokens: Option<u64>,
}

/// What a server told of a usage.
pub(in crate::chat) struct Tokens {
    pub(in crate::chat) input: Option<u64>,
    pub(in crate::chat) output: Option<u64>,
    pub(in crate::chat) total: Option<u64>,
    pub(in crate::chat) input_details: Option<InputDetails>,
    pub(in crate::chat) output_details: Option<OutputDetails>,
}

impl From<Tokens> for Usage {
    fn from(tokens: Tokens) -> Self {
        let (input_tokens, output_tokens) = (tokens.input.unwrap_or(0), tokens.output.unwrap_or(0));
        let input = tokens.input_details.unwrap_or_default();
        let output = tokens.output_details.unwrap_or_default();
        Self {
            input_tokens,
            output_tokens,
            total_tokens: tokens
                .total
                .unwrap_or_else(|| input_tokens.saturating_add(output_tokens)),
            cached_tokens: input.cached_tokens.unwrap_or(0),
            reasoning_tokens: output.reasoning_tokens.unwrap_or(0),
            audio_input_tokens: input.audio_tokens.unwrap_or(0),
            audio_output_tokens: output.audio_tokens.unwrap_or(0),
        }
    }
}
