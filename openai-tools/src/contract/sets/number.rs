//! Numbers as JSON Schema compares them: by value, whatever their notation.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// A number; whole ones are exact as far as 128 bits reach.
#[derive(Clone, Copy, Debug)]
pub(super) enum Num {
    Whole(i128),
    /// With a fraction, or beyond 128 bits.
    Float(f64),
}

impl Num {
    pub(super) fn of(number: &Number) -> Option<Self> {
        if let Some(whole) = number.as_i64() {
            return Some(Self::Whole(whole.into()));
        }
        if let Some(whole) = number.as_u64() {
            return Some(Self::Whole(whole.into()));
        }
        let float = number.as_f64().filter(|float| float.is_finite())?;
        if float.fract() == 0.0 && float.abs() < WHOLE_FLOATS {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it is whole and within 128 bits"
            )]
            return Some(Self::Whole(float as i128));
        }
        Some(Self::Float(float))
    }

    pub(super) fn of_value(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Self::of(number),
            _ => None,
        }
    }

    pub(super) fn is_whole(self) -> bool {
        match self {
            Self::Whole(_) => true,
            Self::Float(float) => float.fract() == 0.0,
        }
    }

    /// Whether each multiple of `self` is one of `other`, as far as that can be told exactly.
    pub(super) fn is_multiple_of(self, other: Self) -> bool {
        match (self, other) {
            (Self::Whole(own), Self::Whole(other)) => other != 0 && own % other == 0,
            (own, other) => own.compare(other) == Ordering::Equal,
        }
    }

    pub(super) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one.cmp(&other),
            // Neither is NaN.
            (Self::Float(one), Self::Float(other)) => {
                one.partial_cmp(&other).unwrap_or(Ordering::Equal)
            }
            (Self::Whole(one), Self::Float(other)) => against(one, other),
            (Self::Float(one), Self::Whole(other)) => against(other, one).reverse(),
        }
    }
}

/// A whole number against one that is not whole, or is beyond 128 bits.
fn against(whole: i128, float: f64) -> Ordering {
    if float.abs() >= WHOLE_FLOATS {
        return if float > 0.0 { Ordering::Less } else { Ordering::Greater };
    }
    #[expect(clippy::cast_possible_truncation, reason = "the floor is whole and within 128 bits")]
    let floor = float.floor() as i128;
    if whole <= floor { Ordering::Less } else { Ordering::Greater }
}

/// A bound of numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) at: Num,
    pub(super) is_exclusive: bool,
}

impl Bound {
    /// The tighter of two lower bounds, or with `Ordering::Less` of two upper ones.
    pub(super) fn tighter(
        one: Option<Self>,
        other: Option<Self>,
        inward: Ordering,
    ) -> Option<Self> {
        let (Some(a), Some(b)) = (one, other) else { return one.or(other) };
        let order = a.at.compare(b.at);
        let takes_first = order == inward || (order == Ordering::Equal && a.is_exclusive);
        Some(if takes_first { a } else { b })
    }

    /// Whether a bound holds all that another holds; both lower, or with `Ordering::Less` upper.
    pub(super) fn implies(one: Option<Self>, other: Option<Self>, inward: Ordering) -> bool {
        let Some(other) = other else { return true };
        let Some(one) = one else { return false };
        let order = one.at.compare(other.at);
        order == inward || (order == Ordering::Equal && (one.is_exclusive || !other.is_exclusive))
    }

    /// Whether a number is on the right side of the bound.
    pub(super) fn admits(self, number: Num, inward: Ordering) -> bool {
        let order = number.compare(self.at);
        order == inward || (order == Ordering::Equal && !self.is_exclusive)
    }
}

/// Whether two values are the same JSON: numbers by value, objects without regard to order.
pub(in crate::contract) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => match (Num::of(a), Num::of(b)) {
            (Some(a), Some(b)) => a.compare(b) == Ordering::Equal,
            _ => a == b,
        },
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => one == other,
    }
}

/// Beneath this every whole double is one of 128 bits.
const WHOLE_FLOATS: f64 = 1e38;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn num(value: &Value) -> Num {
        Num::of_value(value).expect("a number")
    }

    #[test]
    fn numbers_are_compared_by_value() {
        assert!(same(&json!({"a": [1]}), &json!({"a": [1.0]})));
        assert!(!same(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992_u64)));
        let order = |a: Value, b: Value| num(&a).compare(num(&b));
        assert_eq!(order(json!(-1), json!(-0.5)), Ordering::Less);
        assert_eq!(order(json!(1.5), json!(1)), Ordering::Greater);
        assert_eq!(order(json!(u64::MAX), json!(1e300)), Ordering::Less);
        assert_eq!(order(json!(-1e300), json!(i64::MIN)), Ordering::Less);
    }

    #[test]
    fn an_exclusive_bound_is_tighter_at_the_same_number() {
        let bound = |at: i128, is_exclusive| Some(Bound { at: Num::Whole(at), is_exclusive });
        let low = Ordering::Greater;
        assert!(Bound::implies(bound(1, true), bound(1, false), low));
        assert!(!Bound::implies(bound(1, false), bound(1, true), low));
        assert!(Bound::implies(bound(2, false), bound(1, true), low));
        assert!(Bound::implies(bound(1, false), None, low));
        assert!(!Bound::implies(None, bound(1, false), low));
    }
}
