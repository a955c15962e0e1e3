//! What a response comes to: a pure function of it.

use super::outcome::{IncompleteReason, Outcome};
use crate::{
    chat::{FinishReason, Response},
    structured::InvalidAnswer,
    tool::CallFailure,
};

/// What is to be done after a response.
#[derive(Debug, PartialEq)]
pub(super) enum Next<T> {
    /// Run its calls, if the budget has room for them, and give their outputs back.
    Dispatch,
    /// Do not run its calls: answer each with this, then end.
    Decline {
        failure: CallFailure,
        text: String,
        outcome: Outcome<T>,
    },
    End(Outcome<T>),
    /// Ask again for this reason, if that is allowed once more.
    Invalid(InvalidAnswer),
}

/// Decides what a response comes to. `read` makes the answer's value from its text.
pub(super) fn after_response<T>(
    response: &Response,
    read: impl FnOnce(&str) -> Result<T, InvalidAnswer>,
) -> Next<T> {
    let message = &response.message;
    let cut = (!response.is_whole()).then(|| match &response.finish_reason {
        FinishReason::ContentFilter => IncompleteReason::ContentFilter,
        FinishReason::Length => IncompleteReason::Length,
        reason => IncompleteReason::Other(reason.as_str().to_owned()),
    });
    let asks = !message.tool_calls.is_empty();
    match cut {
        Some(reason) if asks => {
            return Next::Decline {
                failure: CallFailure::ResponseIncomplete,
                text: format!("not run: the response that asked for it was cut off ({reason})"),
                outcome: Outcome::Incomplete(reason),
            };
        }
        Some(reason) => return Next::End(Outcome::Incomplete(reason)),
        None => {}
    }
    if asks {
        return Next::Dispatch;
    }
    if let Some(refusal) = &message.refusal {
        return Next::End(Outcome::Refusal(refusal.clone()));
    }
    match read(message.said()) {
        Ok(value) => Next::End(Outcome::Completed(value)),
        Err(invalid) => Next::Invalid(invalid),
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

    fn next(message: &serde_json::Value, finish_reason: &str) -> Next<String> {
        after_response(&response(message, finish_reason), |text| match text {
            "bad" => Err(InvalidAnswer::new(InvalidReason::Check("bad".to_owned()))),
            text => Ok(text.to_owned()),
        })
    }

    #[test]
    fn calls_run_only_after_a_good_end() {
        for good in ["stop", "tool_calls", ""] {
            assert_eq!(next(&calls(2), good), Next::Dispatch, "{good}");
        }
        for bad in ["length", "content_filter", "newer"] {
            let next = next(&calls(2), bad);
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
    fn each_end_without_calls_is_its_own_outcome() {
        let end = |message, reason| match next(&message, reason) {
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
    fn an_answer_that_is_not_good_says_why() {
        assert!(matches!(next(&json!({"content": "bad"}), "stop"), Next::Invalid(_)));
    }
}
