//! The fields of a response or of a chunk of one, borrowed from the bytes. Both are read by the
//! same types, so that both are read as liberally: the one has a `message` where the other has a
//! `delta`.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};

use crate::chat::{
    Usage,
    wire::{
        Arguments, CallId, Index, InputDetails, Loose, MOST_CALLS, OutputDetails, Text, Tokens,
        null_is_default,
    },
};

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
    #[serde(borrow)]
    pub(super) audio: Option<Box<WireAudio<'a>>>,
    #[serde(borrow, default)]
    pub(super) reasoning_content: Loose<'a>,
    #[serde(borrow, default)]
    pub(super) reasoning: Loose<'a>,
    #[serde(borrow, default)]
    pub(super) tool_calls: WireCalls<'a>,
}

/// What was spoken, or a piece of it.
#[derive(Deserialize)]
pub(super) struct WireAudio<'a> {
    #[serde(borrow, default)]
    pub(super) id: Loose<'a>,
    #[serde(borrow, default)]
    pub(super) data: Loose<'a>,
    #[serde(borrow, default)]
    pub(super) transcript: Loose<'a>,
    #[serde(default)]
    pub(super) expires_at: Index,
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
        (!self.id.is_told() && self.custom.is_none()).then_some(&function.arguments.0)
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
        (self.id.into_text(), name.unwrap_or_default().cut_to_name(), arguments)
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
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    total_tokens: Option<u64>,
    prompt_tokens_details: Option<InputDetails>,
    completion_tokens_details: Option<OutputDetails>,
}

impl WireUsage {
    pub(super) fn into_usage(self) -> Usage {
        Usage::from(Tokens {
            input: self.prompt_tokens,
            output: self.completion_tokens,
            total: self.total_tokens,
            input_details: self.prompt_tokens_details,
            output_details: self.completion_tokens_details,
        })
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
            Ok(Some(Text::from(text)))
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(Text::from(text.to_owned())))
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
            Ok(Some(Text::from(joined)))
        }
    }

    deserializer.deserialize_any(PartsVisitor)
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
