//! Fields that servers fill as they like.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{LONGEST_ID, Text};

/// A number that says which of several; what is no such number counts as missing.
#[derive(Clone, Copy, Default)]
pub(in crate::chat) struct Index(pub(in crate::chat) Option<u64>);

impl<'de> Deserialize<'de> for Index {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor).map(|loose| match loose {
            LooseValue::Number(number) => Self(Some(number)),
            LooseValue::Nothing | LooseValue::Text(_) => Self(None),
        })
    }
}

/// A text under a name that servers use as they like; what is no text counts as missing.
#[derive(Default)]
pub(in crate::chat) struct Loose<'a>(pub(in crate::chat) Option<Text<'a>>);

impl Loose<'_> {
    pub(in crate::chat) fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Loose<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor).map(|loose| match loose {
            LooseValue::Text(text) => Self(Some(text)),
            LooseValue::Nothing | LooseValue::Number(_) => Self(None),
        })
    }
}

/// The id of a call. A whole number is its digits, since some servers number their calls; what is
/// neither counts as missing.
#[derive(Default)]
pub(in crate::chat) struct CallId<'a> {
    text: Option<Text<'a>>,
    is_number: bool,
}

impl<'a> CallId<'a> {
    /// Whether there is one.
    pub(in crate::chat) fn is_told(&self) -> bool {
        self.text.as_ref().is_some_and(|id| !id.is_empty())
    }

    /// Whether it is taken as it stands in the JSON.
    pub(in crate::chat) fn is_as_told(&self) -> bool {
        let fits = |id: &Text<'_>| (1..=LONGEST_ID).contains(&id.len());
        self.text.as_ref().is_some_and(fits) && !self.is_number
    }

    /// Of an id that no honest server sends the rest is cut off.
    pub(in crate::chat) fn into_text(self) -> Text<'a> {
        self.text.unwrap_or_default().cut(LONGEST_ID)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for CallId<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor).map(|loose| match loose {
            LooseValue::Text(text) => Self { text: Some(text), is_number: false },
            LooseValue::Number(number) => {
                Self { text: Some(Text::from(number.to_string())), is_number: true }
            }
            LooseValue::Nothing => Self::default(),
        })
    }
}

enum LooseValue<'a> {
    Nothing,
    Number(u64),
    Text(Text<'a>),
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = LooseValue<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(LooseValue::Text(Text::from(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(LooseValue::Text(Text::from(text.to_owned())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(LooseValue::Number(number))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(LooseValue::Nothing)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(LooseValue::Nothing)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(LooseValue::Nothing)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(LooseValue::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(LooseValue::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut number = None;
        while let Some(key) = map.next_key::<Text<'_>>()? {
            let Loose(value) = map.next_value()?;
            // With `arbitrary_precision` in the build this is how a number arrives.
            if &*key == "$serde_json::private::Number" {
                number = value.and_then(|text| text.parse().ok());
            }
        }
        Ok(number.map_or(LooseValue::Nothing, LooseValue::Number))
    }
}
