//! What the chunks or events of a stream come to.

#[cfg(feature = "client")]
use crate::chat::Delta;
use crate::chat::Response;

/// A whole response, and which slot of the deltas each of its calls was.
#[derive(Debug)]
pub(crate) struct Accumulated {
    pub(crate) response: Response,
    /// For each call of the response, in its order, its slot.
    #[cfg_attr(
        not(any(feature = "client", test)),
        expect(dead_code, reason = "runs follow calls by slot")
    )]
    pub(crate) slots: Vec<usize>,
}

#[cfg(feature = "client")]
impl Accumulated {
    /// A response that came whole, and the deltas that it would have come in.
    pub(crate) fn of_whole(response: Response, deltas: &mut Vec<Delta>) -> Self {
        let message = &response.message;
        let told = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        deltas.extend(told(&message.reasoning).map(Delta::Reasoning));
        deltas.extend(told(&message.text).map(Delta::Text));
        if let Some(audio) = &message.audio {
            deltas.extend(told(&audio.transcript).map(Delta::Transcript));
            let heard = Some(audio.data.clone()).filter(|heard| !heard.is_empty());
            deltas.extend(heard.map(Delta::Audio));
        }
        deltas.extend(told(&message.refusal).map(Delta::Refusal));
        for (slot, call) in message.tool_calls.iter().enumerate() {
            deltas.push(Delta::CallBegan {
                slot,
                id: call.id.clone(),
                kind: call.kind().clone(),
                namespace: call.namespace().map(str::to_owned),
                name: call.name.clone(),
            });
            if !call.arguments.is_empty() {
                deltas.push(Delta::Arguments { slot, text: call.arguments.clone() });
            }
        }
        let kept = message.items.iter().filter(|item| item.is_only_kept());
        deltas.extend(kept.cloned().map(Delta::Item));
        let slots = (0..message.tool_calls.len()).collect();
        Self { response, slots }
    }
}

/// Where in the order of the response a call began.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// Before one that began earlier.
    Before,
    /// Indexes are missing before it: others may come in between.
    BehindGap,
    /// Behind all others, and none is missing before it.
    InOrder,
}
