//! JSON from outside, read as what it says.
//!
//! `serde_json::Value` gives a meaning to keys that start with `$serde_json::private::` where some
//! crate of the build switches on `raw_value` or `arbitrary_precision`: the text under such a key is
//! parsed again, with a recursion limit of its own. Here they are keys like any other. A key that
//! stands twice is an error, since which of the two holds is anybody's guess.

mod brief;
#[cfg(feature = "cli")]
mod count;
#[cfg(feature = "wire")]
pub(crate) mod grammar;
mod integers;
#[cfg(feature = "cli")]
mod place;
mod pointer;
mod tokens;

use std::{borrow::Cow, fmt, ops::Range};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value, map::Entry};

pub(crate) use self::{
    brief::{excerpt, first_characters, shorten},
    integers::{WideInteger, lossy_integers, wide_as_text},
    pointer::{escape, percent_decoded, segments, unescape},
};
#[cfg(feature = "cli")]
pub(crate) use self::{
    count::count_values,
    place::{Lines, Place, places, repeated_key},
};

/// A value of untrusted JSON. The deserializer's own limit bounds its depth (`serde_json`: 128).
pub(crate) struct Untrusted(pub(crate) Value);

impl<'de> Deserialize<'de> for Untrusted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UntrustedVisitor).map(Self)
    }
}

struct UntrustedVisitor;

impl<'de> Visitor<'de> for UntrustedVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Untrusted(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let Untrusted(value) = map.next_value()?;
            // With `arbitrary_precision` in the build this is how a number arrives.
            if key == "$serde_json::private::Number" {
                if let Some(number) = value.as_str().and_then(|text| text.parse::<Number>().ok()) {
                    return Ok(number.into());
                }
            }
            match fields.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                Entry::Occupied(taken) => {
                    let shown: String = taken.key().chars().take(64).collect();
                    return Err(A::Error::custom(format_args!("the key `{shown}` stands twice")));
                }
            }
        }
        Ok(fields.into())
    }
}

/// A key of a JSON text, which is there with its quotes, as what it says.
fn unquoted<'t>(text: &'t str, key: &Range<usize>) -> Cow<'t, str> {
    let quoted = text.get(key.clone()).unwrap_or_default();
    let inside = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    match inside {
        Some(plain) if !plain.contains('\\') => plain.into(),
        _ => serde_json::from_str::<String>(quoted).unwrap_or_default().into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<Value, serde_json::Error> {
        serde_json::from_str::<Untrusted>(text).map(|Untrusted(value)| value)
    }

    #[test]
    fn plain_json_is_what_serde_json_reads() {
        let text =
            r#"{"a":[1,-2,3.5,1e3,null,true,"\u00e9"],"b":{"":{}},"n":18446744073709551615}"#;
        let expected: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(read(text).expect("JSON"), expected);
    }

    #[test]
    fn a_private_key_of_serde_json_is_a_key_like_any_other() {
        let text = r#"{"$serde_json::private::RawValue":"{\"a\":1}"}"#;
        let value = read(text).expect("JSON");
        let fields = value.as_object().expect("an object");
        assert_eq!(fields["$serde_json::private::RawValue"], json!(r#"{"a":1}"#));
    }

    #[test]
    fn no_nesting_gets_around_the_limit() {
        let mut text = "1".to_owned();
        for _ in 0..20 {
            let quoted = serde_json::to_string(&text).expect("text");
            text = format!(
                r#"{}{{"$serde_json::private::RawValue":{quoted}}}{}"#,
                "[".repeat(60),
                "]".repeat(60)
            );
            if text.len() > 1 << 20 {
                break;
            }
        }
        assert!(read(&text).is_ok(), "what looks nested is one text");
        assert!(read(&"[".repeat(200)).is_err());
    }

    #[test]
    fn a_key_that_stands_twice_is_named() {
        let error = read(r#"{"a":{"b":1,"b":1}}"#).expect_err("twice");
        assert!(error.to_string().starts_with("the key `b` stands twice"), "{error}");
    }
}
