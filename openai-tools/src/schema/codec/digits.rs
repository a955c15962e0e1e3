//! Integers of up to 128 bits: for the model text of digits, for the type a number where a `Value`
//! can hold it, else text of digits again.

use std::fmt;

use serde_json::Value;

use crate::schema::problem::{Problem, excerpt};

/// An integer from `i128::MIN` to `u128::MAX`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Integer {
    Negative(i128),
    Natural(u128),
}

impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Negative(number) => number.fmt(f),
            Self::Natural(number) => number.fmt(f),
        }
    }
}

impl Integer {
    fn is_within(self, least: i128, most: u128) -> bool {
        match self {
            Self::Negative(number) => number >= least,
            // A negative bound holds for every natural number.
            Self::Natural(number) => number <= most && number >= u128::try_from(least).unwrap_or(0),
        }
    }
}

/// The integer that a value is, as a number or as text.
pub(super) fn of(value: &Value) -> Option<Integer> {
    let text = match value {
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        // Beyond 64 bits a number is exact only where a check of the text has said so.
        Value::Number(number) => format!("{:.0}", number.as_f64().filter(|n| n.fract() == 0.0)?),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let natural = text.parse().map(Integer::Natural).ok();
    natural.or_else(|| text.parse().map(Integer::Negative).ok())
}

pub(super) fn decode(value: &Value, least: i128, most: u128) -> Result<Value, Problem> {
    let integer = checked(value, least, most)?;
    let small = match integer {
        Integer::Negative(number) => i64::try_from(number).map(Value::from).ok(),
        Integer::Natural(number) => u64::try_from(number).map(Value::from).ok(),
    };
    Ok(small.unwrap_or_else(|| integer.to_string().into()))
}

pub(super) fn encode(value: &Value, least: i128, most: u128) -> Result<Value, Problem> {
    checked(value, least, most).map(|integer| integer.to_string().into())
}

fn checked(value: &Value, least: i128, most: u128) -> Result<Integer, Problem> {
    let allowed = || format!("an integer from {least} to {most}, written as text");
    let integer = of(value).ok_or_else(|| Problem::new("pattern", excerpt(value), allowed()))?;
    if integer.is_within(least, most) {
        return Ok(integer);
    }
    let rule = match integer {
        Integer::Natural(number) if number > most => "maximum",
        _ => "minimum",
    };
    Err(Problem::new(rule, excerpt(value), allowed()))
}
