//! Durations such as `10s`.

use std::time::Duration;

use syn::{Lit, Result};

use crate::diag::error_at;

const UNITS: [(&str, u128); 4] =
    [("ms", 1_000_000), ("s", NANOS), ("m", 60 * NANOS), ("h", 3_600 * NANOS)];
const NANOS: u128 = 1_000_000_000;
const FORM: &str = "write a number with a unit, such as \"500ms\", \"10s\", \"1.5m\" or \"1h\"";

/// Reads `"500ms"`, `"10s"`, `"1.5m"`, `"1h"`.
pub(crate) fn parse(lit: &Lit) -> Result<Duration> {
    let (text, span) = match lit {
        Lit::Str(lit) => (lit.value(), lit.span()),
        Lit::Int(_) | Lit::Float(_) => (lit_text(lit), lit.span()),
        _ => return Err(error_at(lit.span(), "`timeout` is not a duration", FORM)),
    };
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        let help = format!("write `timeout = \"{text}s\"` for seconds, or use `ms`, `m` or `h`");
        return Err(error_at(span, "the timeout has no unit", help));
    }
    match read(&text) {
        Some(0) => Err(error_at(
            span,
            "a timeout of zero stops every call before it starts",
            "write a longer one; without the key the dispatcher's default of 60 s holds",
        )),
        // A year: longer ones are slips, and far from the limits of timers.
        Some(nanos) if nanos > 366 * 24 * 3_600 * NANOS => {
            Err(error_at(span, "the timeout is longer than a year", "write a shorter one"))
        }
        Some(nanos) => {
            let seconds = u64::try_from(nanos / NANOS).expect("a year has fewer seconds");
            let rest = u32::try_from(nanos % NANOS).expect("a remainder is below a billion");
            Ok(Duration::new(seconds, rest))
        }
        None => Err(error_at(span, format!("{text:?} is not a duration"), FORM)),
    }
}

fn read(text: &str) -> Option<u128> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(end);
    let (_, nanos) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    // 12 digits of each keep the product far inside of 128 bits.
    if [whole, fraction].iter().any(|digits| digits.is_empty() || digits.len() > 12) {
        return None;
    }
    let scale = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    let scaled = whole.parse::<u128>().ok()? * scale + fraction.parse::<u128>().ok()?;
    Some(scaled * nanos / scale)
}

fn lit_text(lit: &Lit) -> String {
    match lit {
        Lit::Int(lit) => lit.base10_digits().to_owned() + lit.suffix(),
        Lit::Float(lit) => lit.base10_digits().to_owned() + lit.suffix(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use syn::LitStr;

    use super::*;

    fn parsed(text: &str) -> Result<Duration> {
        parse(&Lit::Str(LitStr::new(text, Span::call_site())))
    }

    #[test]
    fn numbers_with_a_unit_are_durations() {
        for (text, millis) in
            [("500ms", 500), ("10s", 10_000), ("2m", 120_000), ("1.5s", 1_500), ("0.25h", 900_000)]
        {
            assert_eq!(parsed(text).expect(text), Duration::from_millis(millis));
        }
    }

    #[test]
    fn all_else_is_refused_with_a_remedy() {
        for (text, what) in [
            ("10", "the timeout has no unit\nhelp: write `timeout = \"10s\"`"),
            ("10 s", "\"10 s\" is not a duration"),
            ("s", "\"s\" is not"),
            ("", "\"\" is not"),
            ("1.2.3s", "\"1.2.3s\" is not"),
            (".5s", "\".5s\" is not"),
            ("1e3s", "\"1e3s\" is not"),
            ("-1s", "\"-1s\" is not"),
            ("0ms", "a timeout of zero"),
            ("9999999999999999999999h", "is not a duration"),
            ("99999999999h", "longer than a year"),
        ] {
            let said = parsed(text).expect_err(text).to_string();
            assert!(said.contains(what), "{text}: {said}");
        }
    }
}
