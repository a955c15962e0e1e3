//! Texts of the wire.

use std::{borrow::Cow, fmt, ops::Deref};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use super::LONGEST_NAME;
use crate::json::Untrusted;

/// A text, borrowed where no escape stands in it.
#[derive(Clone, Default)]
pub(in crate::chat) struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    /// The text where it stands in the bytes, if no escape stands in it.
    pub(in crate::chat) fn as_borrowed(&self) -> Option<&'a str> {
        match self.0 {
            Cow::Borrowed(text) => Some(text),
            Cow::Owned(_) => None,
        }
    }

    /// Of a name that no honest server sends the rest is cut off.
    pub(in crate::chat) fn cut_to_name(self) -> Self {
        self.cut(LONGEST_NAME)
    }

    pub(super) fn cut(mut self, longest: usize) -> Self {
        if self.len() > longest {
            let end = (0..=longest).rev().find(|end| self.is_char_boundary(*end)).unwrap_or(0);
            match &mut self.0 {
                Cow::Borrowed(text) => *text = &text[..end],
                Cow::Owned(text) => {
                    text.truncate(end);
                    text.shrink_to_fit();
                }
            }
        }
        self
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl From<Text<'_>> for String {
    fn from(text: Text<'_>) -> Self {
        text.0.into_owned()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text)))
    }
}

/// JSON text; some servers send the object itself.
#[derive(Default)]
pub(in crate::chat) struct Arguments<'a>(pub(in crate::chat) Text<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Arguments<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ArgumentsVisitor;

        impl<'de> Visitor<'de> for ArgumentsVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON text or an object")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E>(self) -> Result<Text<'de>, E> {
                Ok(Text::default())
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text<'de>, A::Error> {
                let Untrusted(value) = Untrusted::deserialize(MapAccessDeserializer::new(map))?;
                let text = serde_json::to_string(&value).map_err(A::Error::custom)?;
                Ok(Text(Cow::Owned(text)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Text<'de>, A::Error> {
                // Not arguments, but the model shall hear it as such.
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Text(Cow::Borrowed("[]")))
            }
        }

        deserializer.deserialize_any(ArgumentsVisitor).map(Self)
    }
}
