//! Whether an amount may be reserved: pure, over plain numbers.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::{
    limits::{Limit, RunLimits},
    prices::Money,
};
use crate::chat::Usage;

/// What a run uses, or used.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(default)]
pub struct Amounts {
    /// Responses.
    pub turns: u32,
    /// HTTP requests.
    pub attempts: u32,
    /// Tool calls that were run.
    pub tool_calls: u32,
    /// Turns that asked for a corrected answer.
    pub re_asks: u32,
    /// Tokens.
    pub usage: Usage,
    /// Money. Of an amount that is reserved or settled: what it costs beside its tokens, such as
    /// the fee of a tool; the tokens are priced by each budget's own prices.
    pub cost: Money,
    /// Bytes of the conversation's texts.
    pub transcript_bytes: u64,
}

impl Amounts {
    /// Nothing.
    pub(crate) const ZERO: Self = Self {
        turns: 0,
        attempts: 0,
        tool_calls: 0,
        re_asks: 0,
        usage: Usage {
            input_tokens: 0,
            output_tokens: 0,
            total_tokens: 0,
            cached_tokens: 0,
            reasoning_tokens: 0,
            audio_input_tokens: 0,
            audio_output_tokens: 0,
        },
        cost: Money::ZERO,
        transcript_bytes: 0,
    };

    /// Whether a response is asked for, which brings tokens. To send a request again is no further
    /// one: its tokens are set aside.
    fn is_request(&self) -> bool {
        self.turns > 0
    }

    fn starts_something(&self) -> bool {
        self.turns > 0 || self.attempts > 0 || self.tool_calls > 0 || self.re_asks > 0
    }

    #[must_use]
    pub(super) fn minus(mut self, other: &Self) -> Self {
        let usage = &mut self.usage;
        for (number, taken) in [
            (&mut usage.input_tokens, other.usage.input_tokens),
            (&mut usage.output_tokens, other.usage.output_tokens),
            (&mut usage.total_tokens, other.usage.total_tokens),
            (&mut usage.cached_tokens, other.usage.cached_tokens),
            (&mut usage.reasoning_tokens, other.usage.reasoning_tokens),
            (&mut usage.audio_input_tokens, other.usage.audio_input_tokens),
            (&mut usage.audio_output_tokens, other.usage.audio_output_tokens),
            (&mut self.transcript_bytes, other.transcript_bytes),
        ] {
            *number = number.saturating_sub(taken);
        }
        self.turns = self.turns.saturating_sub(other.turns);
        self.attempts = self.attempts.saturating_sub(other.attempts);
        self.tool_calls = self.tool_calls.saturating_sub(other.tool_calls);
        self.re_asks = self.re_asks.saturating_sub(other.re_asks);
        self.cost = self.cost.saturating_sub(other.cost);
        self
    }

    #[must_use]
    pub(crate) fn plus(mut self, other: &Self) -> Self {
        self.turns = self.turns.saturating_add(other.turns);
        self.attempts = self.attempts.saturating_add(other.attempts);
        self.tool_calls = self.tool_calls.saturating_add(other.tool_calls);
        self.re_asks = self.re_asks.saturating_add(other.re_asks);
        self.usage += other.usage;
        self.cost = self.cost.saturating_add(other.cost);
        self.transcript_bytes = self.transcript_bytes.saturating_add(other.transcript_bytes);
        self
    }
}

/// What is spent, and what is promised to those who are at it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Ledger {
    pub(super) spent: Amounts,
    pub(super) reserved: Amounts,
}

/// Whether `ask` may be reserved on top of what is spent and promised.
///
/// What is counted here (turns, attempts, calls, re-asks, bytes) never passes its limit. Tokens and
/// money are known only afterwards: a request is refused if its estimate does not fit, or if nothing
/// is left, so that what passes the limit is at most what the estimates of open requests fell short
/// by.
pub(super) fn may_reserve(
    limits: &RunLimits,
    ledger: &Ledger,
    ask: &Amounts,
    elapsed: Duration,
) -> Result<(), Limit> {
    let used = ledger.spent.plus(&ledger.reserved);
    let asked = used.plus(ask);
    let passed = |ask: u64, asked: u64, limit: u64| ask > 0 && asked > limit;
    let count = |ask: u32, asked: u32, limit: u32| passed(ask.into(), asked.into(), limit.into());
    let token = |of: fn(&Usage) -> u64, limit: Option<u64>| {
        let (ask_for, used, asked) = (of(&ask.usage), of(&used.usage), of(&asked.usage));
        let none_left = |limit| ask.is_request() && used >= limit;
        limit.is_some_and(|limit| passed(ask_for, asked, limit) || none_left(limit))
    };
    let no_money = |limit| {
        (ask.cost > Money::ZERO && asked.cost > limit) || (ask.is_request() && used.cost >= limit)
    };

    let reached = [
        (ask.starts_something() && elapsed >= limits.wall_time, Limit::WallTime(limits.wall_time)),
        (count(ask.turns, asked.turns, limits.turns), Limit::Turns(limits.turns)),
        (count(ask.attempts, asked.attempts, limits.attempts), Limit::Attempts(limits.attempts)),
        (count(ask.re_asks, asked.re_asks, limits.re_asks), Limit::ReAsks(limits.re_asks)),
        (
            count(ask.tool_calls, asked.tool_calls, limits.tool_calls),
            Limit::ToolCalls(limits.tool_calls),
        ),
        (
            token(|usage| usage.total_tokens, Some(limits.total_tokens)),
            Limit::TotalTokens(limits.total_tokens),
        ),
        (
            token(|usage| usage.input_tokens, limits.input_tokens),
            Limit::InputTokens(limits.input_tokens.unwrap_or_default()),
        ),
        (
            token(|usage| usage.output_tokens, limits.output_tokens),
            Limit::OutputTokens(limits.output_tokens.unwrap_or_default()),
        ),
        (limits.cost.is_some_and(no_money), Limit::Cost(limits.cost.unwrap_or_default())),
        (
            passed(ask.transcript_bytes, asked.transcript_bytes, limits.transcript_bytes),
            Limit::TranscriptBytes(limits.transcript_bytes),
        ),
    ];
    match reached.into_iter().find(|(is_reached, _)| *is_reached) {
        Some((_, limit)) => Err(limit),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::prices::Prices, *};

    const NOW: Duration = Duration::ZERO;

    fn tokens(input_tokens: u64, output_tokens: u64) -> Usage {
        let total_tokens = input_tokens + output_tokens;
        Usage { input_tokens, output_tokens, total_tokens, ..Usage::default() }
    }

    fn request(usage: Usage) -> Amounts {
        Amounts { turns: 1, attempts: 1, usage, ..Amounts::ZERO }
    }

    fn spent(spent: Amounts) -> Ledger {
        Ledger { spent, ..Ledger::default() }
    }

    #[test]
    fn each_count_is_refused_past_its_limit_and_not_at_it() {
        let limits = RunLimits::new()
            .with_turns(2)
            .with_attempts(2)
            .with_tool_calls(2)
            .with_re_asks(2)
            .with_transcript_bytes(2);
        let one = [
            (Amounts { turns: 1, ..Amounts::ZERO }, Limit::Turns(2)),
            (Amounts { attempts: 1, ..Amounts::ZERO }, Limit::Attempts(2)),
            (Amounts { tool_calls: 1, ..Amounts::ZERO }, Limit::ToolCalls(2)),
            (Amounts { re_asks: 1, ..Amounts::ZERO }, Limit::ReAsks(2)),
            (Amounts { transcript_bytes: 1, ..Amounts::ZERO }, Limit::TranscriptBytes(2)),
        ];
        for (one, limit) in one {
            let promised = Ledger { spent: Amounts::ZERO, reserved: one };
            assert_eq!(may_reserve(&limits, &promised, &one, NOW), Ok(()), "{limit}");
            let full = Ledger { spent: one, reserved: one };
            assert_eq!(may_reserve(&limits, &full, &one, NOW), Err(limit));
            assert_eq!(may_reserve(&limits, &full, &Amounts::ZERO, NOW), Ok(()), "nothing asked");
        }
    }

    #[test]
    fn a_full_count_does_not_hold_up_another() {
        let limits = RunLimits::new().with_turns(1);
        let full = spent(Amounts { turns: 1, ..Amounts::ZERO });
        let calls = Amounts { tool_calls: 3, ..Amounts::ZERO };
        assert_eq!(may_reserve(&limits, &full, &calls, NOW), Ok(()), "the last turn's calls run");
    }

    #[test]
    fn no_request_is_made_when_its_tokens_are_used_up_or_its_estimate_does_not_fit() {
        let cases = [
            (RunLimits::new().with_total_tokens(10), Limit::TotalTokens(10)),
            (RunLimits::new().with_input_tokens(10), Limit::InputTokens(10)),
            (RunLimits::new().with_output_tokens(10), Limit::OutputTokens(10)),
        ];
        for (limits, limit) in cases {
            let used = |n| spent(request(tokens(n, n)));
            assert_eq!(may_reserve(&limits, &used(4), &request(tokens(0, 0)), NOW), Ok(()));
            assert_eq!(may_reserve(&limits, &used(10), &request(tokens(0, 0)), NOW), Err(limit));
            assert_eq!(may_reserve(&limits, &used(4), &request(tokens(7, 7)), NOW), Err(limit));
            let calls = Amounts { tool_calls: 1, ..Amounts::ZERO };
            assert_eq!(may_reserve(&limits, &used(10), &calls, NOW), Ok(()), "calls are no tokens");
        }
    }

    #[test]
    fn money_ends_as_tokens_do() {
        let limit = Money::from_units(2);
        let limits = RunLimits::new().with_cost(limit, Prices::new());
        let cost = |units| Amounts { cost: Money::from_units(units), ..request(tokens(0, 0)) };
        assert_eq!(may_reserve(&limits, &spent(cost(1)), &cost(1), NOW), Ok(()));
        assert_eq!(may_reserve(&limits, &spent(cost(1)), &cost(2), NOW), Err(Limit::Cost(limit)));
        assert_eq!(may_reserve(&limits, &spent(cost(2)), &cost(0), NOW), Err(Limit::Cost(limit)));
    }

    #[test]
    fn nothing_starts_when_the_time_is_up() {
        let time = Duration::from_secs(1);
        let limits = RunLimits::new().with_wall_time(time);
        let ledger = Ledger::default();
        let ask = request(tokens(0, 0));
        assert_eq!(may_reserve(&limits, &ledger, &ask, time / 2), Ok(()));
        assert_eq!(may_reserve(&limits, &ledger, &ask, time), Err(Limit::WallTime(time)));
        let bytes = Amounts { transcript_bytes: 1, ..Amounts::ZERO };
        assert_eq!(may_reserve(&limits, &ledger, &bytes, time), Ok(()), "what is done is kept");
    }

    #[test]
    fn no_number_overflows() {
        let limits = RunLimits::new();
        let most = Amounts {
            turns: u32::MAX,
            tool_calls: u32::MAX,
            usage: Usage { total_tokens: u64::MAX, ..Usage::default() },
            cost: Money::MAX,
            ..Amounts::ZERO
        };
        let ledger = Ledger { spent: most, reserved: most };
        assert_eq!(may_reserve(&limits, &ledger, &most, NOW), Err(Limit::Turns(16)));
    }

    #[test]
    fn the_stored_form_is_fixed_and_what_is_missing_is_nothing() {
        let stored = r#"{"turns":1,"attempts":2,"tool_calls":3,"re_asks":4,"usage":{"input_tokens":5,"output_tokens":6,"total_tokens":11,"cached_tokens":0,"reasoning_tokens":0},"cost":"0.5","transcript_bytes":7}"#;
        let read: Amounts = serde_json::from_str(stored).expect("amounts");
        assert_eq!(serde_json::to_string(&read).expect("JSON"), stored);
        assert_eq!(serde_json::from_str::<Amounts>("{}").expect("amounts"), Amounts::ZERO);
    }
}
