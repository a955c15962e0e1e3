//! The fields of a response or of a chunk of one, borrowed from the bytes. Both are read by the
//! same types, so that both are read as liberally: the one has a `message` where the other has a
//! `delta`.

use std::{borrow::Cow, fmt, ops::Deref};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use crate::{chat::Usage, json::Untrusted};

// What is rare is boxed: while a chunk is read, its parts are moved often, and these would be most of
// what is moved.
#[derive(Deserialize)]
pub(super) struct WireResponse<'a> {
    #[serde(borrow, default, deserialize_with = "choice_that_counts", rename = "choices")]
    pub(super) choice: Option<WireChoice<'a>>,
    #[serde(borrow)]
    pub(super) id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) model: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) object: Loose<'a>,
    pub(super) usage: Option<Box<WireUsage>>,
    pub(super) error: Option<IgnoredAny>,
}

#[derive(Default, Deserialize)]
pub(super) struct WireChoice<'a> {
    #[serde(default)]
    index: Index,
    #[serde(borrow)]
    pub(super) message: Option<Box<WireMessage<'a>>>,
    #[serde(borrow)]
    pub(super) delta: Option<WireMessage<'a>>,
    #[serde(borrow)]
    pub(super) finish_reason: Option<Text<'a>>,
}

impl<'a> WireChoice<'a> {
    /// A choice that brings this and is the only one.
    pub(super) fn of_delta(delta: WireMessage<'a>) -> Self {
        Self { delta: Some(delta), ..Self::default() }
    }

    pub(super) fn counts(&self) -> bool {
        self.index.0.unwrap_or(0) == 0
    }
}

#[derive(Default, Deserialize)]
pub(super) struct WireMessage<'a> {
    #[serde(borrow, default, deserialize_with = "text_or_parts")]
    pub(super) content: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) refusal: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) reasoning_content: Loose<'a>,
    #[serde(borrow, default)]
    pub(super) reasoning: Loose<'a>,
    #[serde(borrow, default)]
    pub(super) tool_calls: WireCalls<'a>,
}

impl<'a> WireMessage<'a> {
    /// Two names are in use; servers that send both send the same text under both.
    pub(super) fn reasoning(&self) -> Option<Text<'a>> {
        let told = [&self.reasoning_content.0, &self.reasoning.0];
        let mut told = told.into_iter().flatten();
        told.find(|text| !text.is_empty()).cloned()
    }
}

#[derive(Deserialize)]
pub(super) struct WireCall<'a> {
    #[serde(default)]
    pub(super) index: Index,
    #[serde(borrow, default)]
    id: CallId<'a>,
    #[serde(borrow)]
    function: Option<WireFunction<'a>>,
    #[serde(borrow)]
    custom: Option<Box<WireCustom<'a>>>,
}

impl<'a> WireCall<'a> {
    /// More of the arguments of a call that has begun.
    pub(super) fn piece(index: Index, arguments: Text<'a>) -> Self {
        let function = WireFunction { name: None, arguments: Arguments(arguments) };
        Self { index, id: CallId::default(), function: Some(function), custom: None }
    }

    /// The arguments, if it says nothing else but which call it is.
    pub(super) fn only_piece(&self) -> Option<&Text<'a>> {
        let says = |text: &Option<Text<'_>>| text.as_ref().is_some_and(|text| !text.is_empty());
        let function = self.function.as_ref().filter(|function| !says(&function.name))?;
        (!says(&self.id.0) && self.custom.is_none()).then_some(&function.arguments.0)
    }

    /// Whether it is a call of a custom tool, whose input is any text.
    pub(super) fn is_custom(&self) -> bool {
        self.function.is_none() && self.custom.is_some()
    }

    /// Id, name and arguments. Of an id and of a name that no honest server sends the rest is cut
    /// off: both are copied often, and the id still fits the answer.
    pub(super) fn into_parts(self) -> (Text<'a>, Text<'a>, Text<'a>) {
        let (name, arguments) = match (self.function, self.custom) {
            (Some(function), _) => (function.name, function.arguments.0),
            (None, Some(custom)) => {
                let WireCustom { name, input } = *custom;
                (name, input)
            }
            (None, None) => (None, Text::default()),
        };
        (self.id.into_text(), name.unwrap_or_default().cut(LONGEST_NAME), arguments)
    }
}

#[derive(Deserialize)]
struct WireFunction<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow, default)]
    arguments: Arguments<'a>,
}

#[derive(Deserialize)]
struct WireCustom<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "null_is_default")]
    input: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireUsage {
    #[serde(deserialize_with = "null_is_default")]
    prompt_tokens: u64,
    #[serde(deserialize_with = "null_is_default")]
    completion_tokens: u64,
    total_tokens: Option<u64>,
    prompt_tokens_details: Option<InputDetails>,
    completion_tokens_details: Option<OutputDetails>,
}

#[derive(Default, Deserialize)]
struct InputDetails {
    cached_tokens: Option<u64>,
}

#[derive(Default, Deserialize)]
struct OutputDetails {
    reasoning_tokens: Option<u64>,
}

impl WireUsage {
    pub(super) fn into_usage(self) -> Usage {
        let sum = self.prompt_tokens.saturating_add(self.completion_tokens);
        Usage {
            input_tokens: self.prompt_tokens,
            output_tokens: self.completion_tokens,
            total_tokens: self.total_tokens.unwrap_or(sum),
            cached_tokens: self
                .prompt_tokens_details
                .and_then(|details| details.cached_tokens)
                .unwrap_or(0),
            reasoning_tokens: self
                .completion_tokens_details
                .and_then(|details| details.reasoning_tokens)
                .unwrap_or(0),
        }
    }
}

/// A text, borrowed where no escape stands in it.
#[derive(Clone, Default)]
pub(in crate::chat) struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    /// The text where it stands in the bytes, if no escape stands in it.
    pub(super) fn as_borrowed(&self) -> Option<&'a str> {
        match self.0 {
            Cow::Borrowed(text) => Some(text),
            Cow::Owned(_) => None,
        }
    }

    /// Of a name that no honest server sends the rest is cut off.
    pub(in crate::chat) fn cut_to_name(self) -> Self {
        self.cut(LONGEST_NAME)
    }

    fn cut(mut self, longest: usize) -> Self {
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

/// A text; null and absence are none; a list of parts, as some servers send it, is their texts
/// joined.
fn text_or_parts<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Text<'de>>, D::Error> {
    struct PartsVisitor;

    impl<'de> Visitor<'de> for PartsVisitor {
        type Value = Option<Text<'de>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text, null or a list of parts")
        }

        fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
            Ok(Some(Text(Cow::Borrowed(text))))
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(Text(Cow::Owned(text.to_owned()))))
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            #[derive(Deserialize)]
            struct Part<'a> {
                #[serde(borrow)]
                text: Option<Text<'a>>,
            }
            let mut joined = String::new();
            while let Some(part) = seq.next_element::<Part<'_>>()? {
                joined.push_str(part.text.as_deref().unwrap_or_default());
            }
            Ok(Some(Text(Cow::Owned(joined))))
        }
    }

    deserializer.deserialize_any(PartsVisitor)
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
pub(in crate::chat) struct CallId<'a>(Option<Text<'a>>);

impl<'a> CallId<'a> {
    /// Of an id that no honest server sends the rest is cut off.
    pub(in crate::chat) fn into_text(self) -> Text<'a> {
        self.0.unwrap_or_default().cut(LONGEST_ID)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for CallId<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor).map(|loose| match loose {
            LooseValue::Text(text) => Self(Some(text)),
            LooseValue::Number(number) => Self(Some(Text(Cow::Owned(number.to_string())))),
            LooseValue::Nothing => Self(None),
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
        Ok(LooseValue::Text(Text(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(LooseValue::Text(Text(Cow::Owned(text.to_owned()))))
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

/// The choice with the index 0, or the first one if none has it. The others are not kept: there can
/// be millions of them in a body of legal size.
fn choice_that_counts<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<WireChoice<'de>>, D::Error> {
    struct ChoicesVisitor;

    impl<'de> Visitor<'de> for ChoicesVisitor {
        type Value = Option<WireChoice<'de>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list or null")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut kept: Option<WireChoice<'de>> = None;
            while !kept.as_ref().is_some_and(WireChoice::counts) {
                match seq.next_element::<WireChoice<'de>>()? {
                    Some(next) if kept.is_none() || next.counts() => kept = Some(next),
                    Some(_) => {}
                    None => return Ok(kept),
                }
            }
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok(kept)
        }
    }

    deserializer.deserialize_any(ChoicesVisitor)
}

/// A list of calls, which mostly has one member, which then costs no allocation. Null is an empty
/// one.
#[derive(Default)]
pub(super) struct WireCalls<'a> {
    first: Option<WireCall<'a>>,
    rest: Vec<WireCall<'a>>,
    /// Whether there were more than [`MOST_CALLS`], which are not kept.
    pub(super) too_many: bool,
}

impl<'a> WireCalls<'a> {
    pub(super) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    pub(super) fn only(&self) -> Option<&WireCall<'a>> {
        self.first.as_ref().filter(|_| self.rest.is_empty() && !self.too_many)
    }
}

impl<'a> From<WireCall<'a>> for WireCalls<'a> {
    fn from(call: WireCall<'a>) -> Self {
        Self { first: Some(call), ..Self::default() }
    }
}

impl<'a> IntoIterator for WireCalls<'a> {
    type Item = WireCall<'a>;
    type IntoIter =
        std::iter::Chain<std::option::IntoIter<WireCall<'a>>, std::vec::IntoIter<WireCall<'a>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.first.into_iter().chain(self.rest)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for WireCalls<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CallsVisitor;

        impl<'de> Visitor<'de> for CallsVisitor {
            type Value = WireCalls<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list or null")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(WireCalls::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut calls = WireCalls { first: seq.next_element()?, ..WireCalls::default() };
                while calls.len() < MOST_CALLS {
                    match seq.next_element()? {
                        Some(next) => calls.rest.push(next),
                        None => return Ok(calls),
                    }
                }
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    calls.too_many = true;
                }
                Ok(calls)
            }
        }

        deserializer.deserialize_any(CallsVisitor)
    }
}

/// The most calls of one response.
pub(in crate::chat) const MOST_CALLS: usize = 16_384;

/// What goes beyond so many bytes of an id is cut off.
const LONGEST_ID: usize = 1024;

/// What goes beyond so many bytes of a tool's name is cut off; OpenAI's have 128 at most.
pub(super) const LONGEST_NAME: usize = 256;

fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
