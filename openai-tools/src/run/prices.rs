use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::chat::Usage;

/// An amount of money, exact to 10⁻¹², in whatever currency the prices are in.
///
/// An integer inside, so that sums neither drift nor depend on their order. Written and read as a
/// decimal: `0.015`, `12`. What does not fit (over 10²⁶) stays at the most that does.
#[derive(Clone, Copy, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Money(u128);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// More than anybody has.
    pub const MAX: Self = Self(u128::MAX);

    /// Whole units, such as dollars.
    #[must_use]
    pub const fn from_units(units: u64) -> Self {
        Self(units as u128 * UNIT)
    }

    /// Millionths of a unit.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros as u128 * (UNIT / MILLION))
    }

    /// Reads a decimal such as `1.25`: digits, and at most 12 of them after a point.
    ///
    /// # Errors
    ///
    /// [`InvalidMoney`] for anything else, a sign or an exponent too.
    pub fn parse(text: &str) -> Result<Self, InvalidMoney> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || fraction.len() > PLACES {
            return Err(InvalidMoney);
        }
        let whole: u128 = whole.parse().map_err(|_| InvalidMoney)?;
        let fraction: u128 = format!("{fraction:0<PLACES$}").parse().map_err(|_| InvalidMoney)?;
        let whole = whole.checked_mul(UNIT).ok_or(InvalidMoney)?;
        whole.checked_add(fraction).map(Self).ok_or(InvalidMoney)
    }

    /// The sum; at most [`Money::MAX`].
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference; at least nothing.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({self})")
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:0PLACES$}", self.0 % UNIT);
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{}", self.0 / UNIT),
            fraction => write!(f, "{}.{fraction}", self.0 / UNIT),
        }
    }
}

impl FromStr for Money {
    type Err = InvalidMoney;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // As a text: JSON's numbers are floats in many a reader.
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A text that is no [`Money`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct InvalidMoney;

impl fmt::Display for InvalidMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no amount of money; write it like `1.25`, with at most 12 decimals")
    }
}

impl std::error::Error for InvalidMoney {}

/// What a model costs, per million tokens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Price {
    input: Money,
    cached_input: Money,
    output: Money,
    audio_input: Option<Money>,
    audio_output: Option<Money>,
}

impl Price {
    /// A price per million tokens of input and of output. Input that the server had cached costs
    /// the same until [`with_cached_input`](Self::with_cached_input) says less.
    #[must_use]
    pub const fn per_million(input: Money, output: Money) -> Self {
        Self { input, cached_input: input, output, audio_input: None, audio_output: None }
    }

    /// What a million tokens of cached input cost. Default: as much as any input.
    #[must_use]
    pub const fn with_cached_input(mut self, cached_input: Money) -> Self {
        self.cached_input = cached_input;
        self
    }

    /// What a million tokens cost that were heard, and that were spoken. Default: as much as any
    /// input and any output.
    #[must_use]
    pub const fn with_audio(mut self, input: Money, output: Money) -> Self {
        self.audio_input = Some(input);
        self.audio_output = Some(output);
        self
    }

    /// What so many tokens cost: exact for prices of up to six decimals, else rounded up to 10⁻¹².
    #[must_use]
    pub fn of(&self, usage: &Usage) -> Money {
        // No server says how much of what was heard was cached: what may be both is paid as heard.
        let heard = usage.audio_input_tokens.min(usage.input_tokens);
        let cached = usage.cached_tokens.min(usage.input_tokens - heard);
        let spoken = usage.audio_output_tokens.min(usage.output_tokens);
        let parts = [
            (usage.input_tokens - heard - cached, self.input),
            (heard, self.audio_input.unwrap_or(self.input)),
            (cached, self.cached_input),
            (usage.output_tokens - spoken, self.output),
            (spoken, self.audio_output.unwrap_or(self.output)),
        ];
        let millionths = parts.into_iter().fold(0_u128, |sum, (tokens, price)| {
            sum.saturating_add(u128::from(tokens).saturating_mul(price.0))
        });
        Money(millionths.div_ceil(MILLION))
    }
}

/// The prices of models, given by the application: this crate knows none, since they change.
///
/// The model is the one that is asked for, whatever dated name the server answers with. A run has one
/// service tier, and so one table: one that asks for `flex` or `priority` is given the prices of that.
/// What hosted tools cost by the call, and not by the token, is in none.
///
/// ```
/// use openai_tools::run::{Money, Price, Prices};
///
/// let price = Price::per_million("1.25".parse()?, "10".parse()?)
///     .with_cached_input("0.125".parse()?);
/// let prices = Prices::new().with_prefix("gpt-5.2", price);
///
/// # let usage = openai_tools::chat::Usage::default();
/// // With the `usage()` of a run:
/// let cost = prices.of("gpt-5.2-2026-01-01").map(|price| price.of(&usage));
/// assert_eq!(cost, Some(Money::ZERO));
/// # Ok::<(), openai_tools::run::InvalidMoney>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Prices {
    exact: Vec<(String, Price)>,
    prefixes: Vec<(String, Price)>,
}

impl Prices {
    /// No prices.
    #[must_use]
    pub const fn new() -> Self {
        Self { exact: Vec::new(), prefixes: Vec::new() }
    }

    /// The price of one model, by its whole name. A name given again replaces the price.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<String>, price: Price) -> Self {
        put(&mut self.exact, model.into(), price);
        self
    }

    /// The price of all models whose names begin like this, such as the dated versions of one. The
    /// whole name goes before a prefix, and a longer prefix before a shorter one; the empty prefix
    /// is every model.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<String>, price: Price) -> Self {
        put(&mut self.prefixes, prefix.into(), price);
        self
    }

    /// The price of a model; `None` if nothing here names it.
    #[must_use]
    pub fn of(&self, model: &str) -> Option<Price> {
        let exact = self.exact.iter().find(|(name, _)| name == model);
        let begins = self.prefixes.iter().filter(|(prefix, _)| model.starts_with(prefix.as_str()));
        let found = exact.or_else(|| begins.max_by_key(|(prefix, _)| prefix.len()));
        found.map(|(_, price)| *price)
    }
}

fn put(list: &mut Vec<(String, Price)>, name: String, price: Price) {
    match list.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => *known = price,
        None => list.push((name, price)),
    }
}

/// Digits after the point.
const PLACES: usize = 12;
const UNIT: u128 = 1_000_000_000_000;
const MILLION: u128 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        Money::parse(text).expect("money")
    }

    fn usage(input_tokens: u64, cached_tokens: u64, output_tokens: u64) -> Usage {
        Usage { input_tokens, output_tokens, cached_tokens, ..Usage::default() }
    }

    #[test]
    fn money_is_written_as_it_is_read() {
        for text in ["0", "1", "1.25", "0.000000000001", "340282366.920938463463"] {
            assert_eq!(money(text).to_string(), text);
            let json = serde_json::to_string(&money(text)).expect("JSON");
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Money>(&json).expect("money"), money(text));
        }
        assert_eq!(money("01.50"), Money::from_micros(1_500_000));
        assert_eq!(money("3"), Money::from_units(3));
    }

    #[test]
    fn what_is_no_money_is_refused() {
        let long = "9".repeat(1000);
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "1.0000000000001", "NaN", &long]
        {
            assert_eq!(Money::parse(text), Err(InvalidMoney), "{text}");
        }
    }

    #[test]
    fn a_cost_is_exact_and_cached_input_has_its_own_price() {
        let price = Price::per_million(money("1.25"), money("10"));
        assert_eq!(price.of(&usage(1, 0, 0)), money("0.00000125"));
        assert_eq!(price.of(&usage(1_000_000, 400_000, 100_000)), money("2.25"));
        let price = price.with_cached_input(money("0.125"));
        assert_eq!(price.of(&usage(1_000_000, 400_000, 100_000)), money("1.8"));
        let mut sum = Money::ZERO;
        for _ in 0..1_000_000 {
            sum = sum.saturating_add(price.of(&usage(1, 0, 0)));
        }
        assert_eq!(sum, money("1.25"), "a million small sums are the large one");
    }

    #[test]
    fn audio_has_its_own_price_where_one_is_given() {
        let heard = Usage {
            audio_input_tokens: 300_000,
            audio_output_tokens: 50_000,
            ..usage(1_000_000, 500_000, 100_000)
        };
        let price = Price::per_million(money("2"), money("10")).with_cached_input(money("1"));
        // 700,000 of text, of which 500,000 cached; what was heard is never taken for cached.
        assert_eq!(price.of(&heard), money("2.5"));
        let price = price.with_audio(money("40"), money("80"));
        assert_eq!(price.of(&heard), money("17.4"));
        let wild = Usage { audio_input_tokens: u64::MAX, ..usage(1, 1, 0) };
        assert_eq!(price.of(&wild), money("0.00004"), "no more heard than sent");
    }

    #[test]
    fn no_number_of_a_server_overflows() {
        let price = Price::per_million(Money::MAX, Money::MAX);
        assert!(price.of(&usage(u64::MAX, u64::MAX, u64::MAX)) > Money::from_units(1));
        let price = Price::per_million(money("1"), money("1"));
        assert_eq!(price.of(&usage(1, u64::MAX, 0)), money("0.000001"), "no more cached than sent");
    }

    #[test]
    fn the_whole_name_goes_before_the_longest_prefix() {
        let price = |units| Price::per_million(Money::from_units(units), Money::ZERO);
        let prices = Prices::new()
            .with_prefix("gpt-5", price(1))
            .with_prefix("gpt-5.2-mini", price(2))
            .with_model("gpt-5.2", price(9))
            .with_model("gpt-5.2", price(3));
        assert_eq!(prices.of("gpt-5.2"), Some(price(3)));
        assert_eq!(prices.of("gpt-5.2-2026-01-01"), Some(price(1)));
        assert_eq!(prices.of("gpt-5.2-mini-2026"), Some(price(2)));
        assert_eq!(prices.of("o4"), None);
    }
}
