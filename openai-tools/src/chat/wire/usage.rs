//! Usage, whose parts have the same names below two names for the whole.

use serde::Deserialize;

use crate::chat::Usage;

#[derive(Deserialize)]
pub(in crate::chat) struct InputDetails {
    cached_tokens: Option<u64>,
}

#[derive(Deserialize)]
pub(in crate::chat) struct OutputDetails {
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
        let cached = tokens.input_details.and_then(|details| details.cached_tokens);
        let reasoned = tokens.output_details.and_then(|details| details.reasoning_tokens);
        Self {
            input_tokens,
            output_tokens,
            total_tokens: tokens
                .total
                .unwrap_or_else(|| input_tokens.saturating_add(output_tokens)),
            cached_tokens: cached.unwrap_or(0),
            reasoning_tokens: reasoned.unwrap_or(0),
        }
    }
}
