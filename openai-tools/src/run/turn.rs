//! What a response comes to: a pure function of it and of what was used so far.

use super::{
    limits::{Limit, RunLimits},
    outcome::{IncompleteReason, Outcome},
};
use crate::{
    chat::{FinishReason, Response},
    structured::InvalidAnswer,
    tool::CallFailure,
};

/// What a run has used.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Used {
    pub(super) turns: u32,
    pub(super) tool_calls: u32,
    pub(super) total_tokens: u64,
    pub(super) re_asks: u32,
}

/// What is to be done after a response.
#[derive(Debug, PartialEq)]
pub(super) enum Next<T> {
    /// Run its calls, and give their outputs back.
    Dispatch,
    /// Do not run its calls: answer each with this, then end.
    Decline {
        failure: CallFailure,
        text: String,
        outcome: Outcome<T>,
    },
    /// Ask again, for this reason.
    ReAsk(InvalidAnswer),
    End(Outcome<T>),
}

/// Whether a further response may be asked for.
pub(super) fn may_ask(used: Used, limits: &RunLimits) -> Result<(), Limit> {
    if used.turns >= limits.turns {
        return Err(Limit::Turns(limits.turns));
    }
    if used.total_tokens >= limits.total_tokens {
        return Err(Limit::TotalTokens(limits.total_tokens));
    }
    Ok(())
}

/// Decides what a response comes to. `read` makes the answer's value from its text.
pub(super) fn after_response<T>(
    response: &Response,
    used: Used,
    limits: &RunLimits,
    max_re_asks: u32,
    read: impl FnOnce(&str) -> Result<T, InvalidAnswer>,
) -> Next<T> {
    let message = &response.message;
    let cut = match &response.finish_reason {
        FinishReason::Stop => None,
        FinishReason::ToolCalls if !message.tool_calls.is_empty() => None,
        // Some servers say so beside a text; without one there is nothing to go on with.
        FinishReason::ToolCalls if message.text.as_deref().is_some_and(|t| !t.is_empty()) => None,
        FinishReason::ContentFilter => Some(IncompleteReason::ContentFilter),
        FinishReason::Length => Some(IncompleteReason::Length),
        reason => Some(IncompleteReason::Other(reason.as_str().to_owned())),
    };
    let asked = u32::try_from(message.tool_calls.len()).unwrap_or(u32::MAX);
    match cut {
        Some(reason) if asked > 0 => {
            return Next::Decline {
                failure: CallFailure::ResponseIncomplete,
                text: format!("not run: the response that asked for it was cut off ({reason})"),
                outcome: Outcome::Incomplete(reason),
            };
        }
        Some(reason) => return Next::End(Outcome::Incomplete(reason)),
        None => {}
    }
    if asked > limits.tool_calls.saturating_sub(used.tool_calls) {
        let limit = Limit::ToolCalls(limits.tool_calls);
        return Next::Decline {
            failure: CallFailure::LimitReached,
            text: format!("not run: the limit of {limit} is reached"),
            outcome: Outcome::Limit(limit),
        };
    }
    if asked > 0 {
        return Next::Dispatch;
    }
    if let Some(refusal) = &message.refusal {
        return Next::End(Outcome::Refusal(refusal.clone()));
    }
    match read(message.text.as_deref().unwrap_or_default()) {
        Ok(value) => Next::End(Outcome::Completed(value)),
        Err(invalid) if used.re_asks < max_re_asks && may_ask(used, limits).is_ok() => {
            Next::ReAsk(invalid)
        }
        Err(invalid) => Next::End(Outcome::Invalid(invalid)),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::{chat::completions::read_response, structured::InvalidReason};

    fn response(message: &serde_json::Value, finish_reason: &str) -> Response {
        let body = json!({"choices": [{"message": message, "finish_reason": finish_reason}]});
        read_response(&Bytes::from(body.to_string())).expect("readable")
    }

    fn calls(count: usize) -> serde_json::Value {
        let calls: Vec<_> = (0..count)
            .map(|n| json!({"id": n.to_string(), "function": {"name": "f", "arguments": "{}"}}))
            .collect();
        json!({"content": null, "tool_calls": calls})
    }

    fn next(message: &serde_json::Value, finish_reason: &str, used: Used) -> Next<String> {
        let limits = RunLimits::new().with_tool_calls(3).with_turns(5);
        after_response(&response(message, finish_reason), used, &limits, 1, |text| match text {
            "bad" => Err(InvalidAnswer::new(InvalidReason::Check("bad".to_owned()))),
            text => Ok(text.to_owned()),
        })
    }

    #[test]
    fn calls_run_only_after_a_good_end() {
        for good in ["stop", "tool_calls", ""] {
            assert_eq!(next(&calls(2), good, Used::default()), Next::Dispatch, "{good}");
        }
        for bad in ["length", "content_filter", "newer"] {
            let next = next(&calls(2), bad, Used::default());
            assert!(
                matches!(
                    &next,
                    Next::Decline {
                        failure: CallFailure::ResponseIncomplete,
                        outcome: Outcome::Incomplete(_),
                        ..
                    }
                ),
                "{bad}: {next:?}"
            );
        }
    }

    #[test]
    fn a_response_with_more_calls_than_are_left_runs_none() {
        let used = Used { tool_calls: 2, ..Used::default() };
        assert_eq!(next(&calls(1), "tool_calls", used), Next::Dispatch);
        assert!(matches!(
            next(&calls(2), "tool_calls", used),
            Next::Decline {
                failure: CallFailure::LimitReached,
                outcome: Outcome::Limit(Limit::ToolCalls(3)),
                ..
            }
        ));
    }

    #[test]
    fn each_end_without_calls_is_its_own_outcome() {
        let end = |message, reason| match next(&message, reason, Used::default()) {
            Next::End(outcome) => outcome,
            other => panic!("{other:?}"),
        };
        let text = json!({"content": "hi"});
        assert_eq!(end(text.clone(), "stop"), Outcome::Completed("hi".to_owned()));
        assert_eq!(end(text.clone(), "length"), Outcome::Incomplete(IncompleteReason::Length));
        assert_eq!(
            end(text, "content_filter"),
            Outcome::Incomplete(IncompleteReason::ContentFilter)
        );
        assert_eq!(
            end(json!({"content": null}), "tool_calls"),
            Outcome::Incomplete(IncompleteReason::Other("tool_calls".to_owned()))
        );
        assert_eq!(
            end(json!({"content": null, "refusal": "no"}), "stop"),
            Outcome::Refusal("no".to_owned())
        );
    }

    #[test]
    fn an_invalid_answer_is_asked_again_until_the_re_asks_or_the_turns_are_used_up() {
        let bad = json!({"content": "bad"});
        assert!(matches!(next(&bad, "stop", Used::default()), Next::ReAsk(_)));
        for used in [Used { re_asks: 1, ..Used::default() }, Used { turns: 5, ..Used::default() }] {
            assert!(matches!(next(&bad, "stop", used), Next::End(Outcome::Invalid(_))));
        }
    }

    #[test]
    fn no_response_is_asked_for_past_a_limit() {
        let limits = RunLimits::new().with_turns(2).with_total_tokens(10);
        let used = |turns, total_tokens| Used { turns, total_tokens, ..Used::default() };
        assert_eq!(may_ask(used(1, 9), &limits), Ok(()));
        assert_eq!(may_ask(used(2, 9), &limits), Err(Limit::Turns(2)));
        assert_eq!(may_ask(used(1, 10), &limits), Err(Limit::TotalTokens(10)));
    }
}
