//! What is set aside for one request: an estimate before, what it took after.

use std::sync::{Arc, Mutex, PoisonError};

use super::{
    budget::{Amounts, Budget, Reservation},
    journal::{said_bytes, text_bytes},
};
use crate::{
    chat::{AssistantMessage, Message, Part, Request, ResponseFormat, Usage, completions},
    client::Leave,
};

/// What the last request came to: how many messages it had, and the tokens of them that the server
/// told.
#[derive(Clone, Copy)]
pub(super) struct LastRequest {
    pub(super) messages: usize,
    pub(super) input_tokens: u64,
}

/// About how many tokens a request takes, as far as that can be known before it is sent.
///
/// Input is what the last request had by the server's own count, and a token for four bytes of what
/// was said since; without a last request, of everything that is sent, but for images. Output is the
/// most that the request allows, and 0 where it says nothing.
pub(super) fn estimate(request: &Request, last: Option<LastRequest>) -> Usage {
    let text = |messages: &[Message]| messages.iter().map(written).fold(0, u64::saturating_add);
    let last = last.filter(|last| last.input_tokens > 0);
    let input_tokens = if let Some(LastRequest { messages, input_tokens }) = last {
        let since = request.messages.get(messages..).unwrap_or_default();
        input_tokens.saturating_add(text(since) / BYTES_OF_A_TOKEN)
    } else {
        let tools = request.tools.as_ref().filter(|tools| !tools.is_empty());
        let tools = tools.map_or(0, |tools| length(completions::tools_text(tools)));
        let format = match &request.format {
            ResponseFormat::JsonSchema { contract, .. } | ResponseFormat::Tool { contract, .. } => {
                length(&contract.sent().to_string())
            }
            _ => 0,
        };
        text(&request.messages).saturating_add(tools + format) / BYTES_OF_A_TOKEN
    };
    let output_tokens = most_output(request);
    let total_tokens = input_tokens.saturating_add(output_tokens);
    Usage { input_tokens, output_tokens, total_tokens, ..Usage::default() }
}

const BYTES_OF_A_TOKEN: u64 = 4;

fn length(text: &str) -> u64 {
    text.len() as u64
}

/// The bytes of a message that are text: an image costs what no length tells.
fn written(message: &Message) -> u64 {
    let texts = |parts: &[Part]| {
        let texts = parts.iter().map(|part| match part {
            Part::Text(text) => length(text),
            _ => 0,
        });
        texts.fold(0, u64::saturating_add)
    };
    match message {
        Message::User(parts) => texts(parts),
        Message::Tool(output) => length(&output.text).saturating_add(texts(&output.parts)),
        // What was reasoned is not sent again as a text.
        Message::Assistant(said) => said_bytes(said),
        message => text_bytes(message),
    }
}

/// The most tokens of the response; 0 if the request does not say.
fn most_output(request: &Request) -> u64 {
    let settings = &request.settings;
    let older = || settings.extra.get("max_tokens").and_then(serde_json::Value::as_u64);
    settings.max_tokens.or_else(older).unwrap_or(0)
}

/// A request that is paid for: its estimate, and an attempt more for each time it is sent again.
#[must_use = "what is set aside and dropped counts as used"]
pub(super) struct Funds {
    first: Reservation,
    estimate: Usage,
    retries: Arc<Mutex<Vec<Reservation>>>,
}

impl Funds {
    pub(super) fn new(first: Reservation, estimate: Usage) -> Self {
        Self { first, estimate, retries: Arc::default() }
    }

    /// Sets another attempt aside whenever the client is about to make one.
    pub(super) fn leave(&self, budget: &Budget, model: &str) -> Leave {
        let (budget, model) = (budget.clone(), Box::<str>::from(model));
        let retries = Arc::clone(&self.retries);
        let another = Amounts { attempts: 1, ..Amounts::ZERO };
        Leave::new(move || {
            let reserved = budget.reserve(&another, &model);
            reserved.is_ok_and(|reserved| {
                retries.lock().unwrap_or_else(PoisonError::into_inner).push(reserved);
                true
            })
        })
    }

    /// Nothing was sent.
    pub(super) fn release(self) {
        self.first.release();
    }

    /// It came to a response.
    pub(super) fn settle(self, attempts: u32, told: Option<Usage>, said: &AssistantMessage) {
        let usage = told.unwrap_or_else(|| {
            // A budget that counts nothing would never end.
            self.guess(said_bytes(said) / BYTES_OF_A_TOKEN)
        });
        self.end(&Amounts { turns: 1, attempts, usage, ..Amounts::ZERO });
    }

    /// It came to no response; `begun`: though one had begun to arrive.
    pub(super) fn fail(self, attempts: u32, begun: bool) {
        let usage = if begun { self.guess(0) } else { Usage::default() };
        self.end(&Amounts { attempts, usage, ..Amounts::ZERO });
    }

    /// It was given up while it was under way: it may have been answered, and paid for, all the same.
    pub(super) fn give_up(self) {
        let usage = self.guess(0);
        let retries = self.retries.lock().unwrap_or_else(PoisonError::into_inner).len();
        let attempts = u32::try_from(retries).unwrap_or(u32::MAX).saturating_add(1);
        self.end(&Amounts { turns: 1, attempts, usage, ..Amounts::ZERO });
    }

    fn guess(&self, output_tokens: u64) -> Usage {
        let input_tokens = self.estimate.input_tokens;
        let total_tokens = input_tokens.saturating_add(output_tokens);
        Usage { input_tokens, output_tokens, total_tokens, ..Usage::default() }
    }

    fn end(self, used: &Amounts) {
        let Self { first, retries, .. } = self;
        // First what was used, then what was not: others never see more left than there is.
        first.settle(used);
        let retries = std::mem::take(&mut *retries.lock().unwrap_or_else(PoisonError::into_inner));
        retries.into_iter().for_each(Reservation::release);
    }
}
