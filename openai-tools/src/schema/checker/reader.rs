//! Reads a value into a type and knows the place of what the type refuses.
//!
//! What a derive of serde writes is compiled anew for each deserializer that it meets, and that is
//! most of what a tool costs at compile time. So this is the only one that types of arguments and
//! answers meet; it behaves as the one of `serde_json` for a `Value` does.

use std::{fmt, slice};

use serde::{
    Deserialize, Deserializer,
    de::{
        self, DeserializeSeed, EnumAccess, Error as _, Expected, MapAccess, SeqAccess, Unexpected,
        VariantAccess, Visitor,
        value::{BorrowedStrDeserializer, MapDeserializer},
    },
};
use serde_json::{Map, Value, map};

use super::{key::Key, watch::Mode};
use crate::schema::problem::{Problem, escape, shorten};

/// A value to read from.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    value: &'a Value,
    mode: Mode<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(value: &'a Value, mode: Mode<'a>) -> Self {
        Self { value, mode }
    }

    fn invalid_type(self, expected: &dyn Expected) -> Failure {
        let unexpected = match self.value {
            Value::Array(_) => Unexpected::Seq,
            Value::Bool(value) => Unexpected::Bool(*value),
            Value::Null => Unexpected::Unit,
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => Unexpected::Unsigned(number),
                (_, Some(number), _) => Unexpected::Signed(number),
                (.., Some(number)) => Unexpected::Float(number),
                _ => Unexpected::Other("number"),
            },
            Value::Object(_) => Unexpected::Map,
            Value::String(text) => Unexpected::Str(text),
        };
        Failure::invalid_type(unexpected, expected)
    }

    fn digits(self) -> Option<&'a str> {
        self.value.as_str().filter(|_| self.mode.wide)
    }

    fn visit_items<V: Visitor<'a>>(self, items: &'a [Value], visitor: V) -> Read<V::Value> {
        let mut items = Items { rest: items.iter(), length: items.len(), mode: self.mode };
        let read = visitor.visit_seq(&mut items)?;
        items.end()?;
        Ok(read)
    }

    fn visit_members<V: Visitor<'a>>(
        self,
        members: &'a Map<String, Value>,
        visitor: V,
    ) -> Read<V::Value> {
        let length = members.len();
        let mut members = Members { rest: members.iter(), length, open: None, mode: self.mode };
        let read = visitor.visit_map(&mut members)?;
        members.end()?;
        Ok(read)
    }
}

type Read<T> = Result<T, Failure>;

macro_rules! read_numbers {
    ($($method:ident)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
                match self.value {
                    Value::Number(number) => number.$method(visitor).map_err(Failure::of),
                    _ => Err(self.invalid_type(&visitor)),
                }
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.mode.note_anything(self.value);
        match self.value {
            Value::Array(items) => self.visit_items(items, visitor),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Null => visitor.visit_unit(),
            Value::Number(number) => number.deserialize_any(visitor).map_err(Failure::of),
            Value::Object(members) => self.visit_members(members, visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
        }
    }

    read_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.mode.note_number(self.value);
        match (self.digits(), self.value) {
            (Some(digits), _) => visitor.visit_i128(digits.parse().map_err(Failure::of)?),
            (_, Value::Number(number)) => number.deserialize_i128(visitor).map_err(Failure::of),
            _ => Err(self.invalid_type(&visitor)),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.mode.note_number(self.value);
        match (self.digits(), self.value) {
            (Some(digits), _) => visitor.visit_u128(digits.parse().map_err(Failure::of)?),
            (_, Value::Number(number)) => number.deserialize_u128(visitor).map_err(Failure::of),
            _ => Err(self.invalid_type(&visitor)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.value {
            Value::Bool(value) => visitor.visit_bool(*value),
            _ => Err(self.invalid_type(&visitor)),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.value {
            Value::String(text) => visitor.visit_borrowed_str(text),
            _ => Err(self.invalid_type(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.value {
            Value::Array(items) => self.visit_items(items, visitor),
            _ => self.deserialize_str(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            _ => Err(self.invalid_type(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Read<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Read<V::Value> {
        if name == RAW_VALUE {
            let text = [(RAW_VALUE, self.value.to_string())];
            return visitor.visit_map(MapDeserializer::new(text.into_iter()));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.value {
            Value::Array(items) => self.visit_items(items, visitor),
            _ => Err(self.invalid_type(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Read<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.value {
            Value::Object(members) => self.visit_members(members, visitor),
            _ => Err(self.invalid_type(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        match self.value {
            Value::Array(items) => self.visit_items(items, visitor),
            _ => self.deserialize_map(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        let mode = self.mode;
        match self.value {
            Value::Object(members) => {
                let mut members = members.iter();
                match (members.next(), members.next()) {
                    (Some((variant, value)), None) => {
                        let content = Some(Reader { value, mode });
                        visitor.visit_enum(Variant { variant, content })
                    }
                    _ => Err(Failure::invalid_value(Unexpected::Map, &"map with a single key")),
                }
            }
            Value::String(variant) => visitor.visit_enum(Variant { variant, content: None }),
            _ => Err(self.invalid_type(&"string or map")),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_unit()
    }
}

struct Items<'a> {
    rest: slice::Iter<'a, Value>,
    length: usize,
    mode: Mode<'a>,
}

impl Items<'_> {
    fn end(&self) -> Read<()> {
        match self.rest.len() {
            0 => Ok(()),
            _ => Err(Failure::invalid_length(self.length, &"fewer elements in array")),
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        let Some(value) = self.rest.next() else { return Ok(None) };
        match seed.deserialize(Reader { value, mode: self.mode }) {
            Ok(read) => Ok(Some(read)),
            Err(failure) => Err(failure.inside_item(self.length - self.rest.len() - 1)),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Members<'a> {
    rest: map::Iter<'a>,
    length: usize,
    /// The member whose key has been read and whose value has not.
    open: Option<(&'a str, &'a Value)>,
    mode: Mode<'a>,
}

impl Members<'_> {
    fn end(&self) -> Read<()> {
        match self.rest.len() {
            0 => Ok(()),
            _ => Err(Failure::invalid_length(self.length, &"fewer elements in map")),
        }
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Failure;

    fn next_key_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.open = Some((key, value));
        let read = seed.deserialize(Key { text: key, watch: self.mode.of_key(value) });
        read.map(Some).map_err(|failure| failure.of_key(key))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<T::Value> {
        let Some((key, value)) = self.open.take() else {
            return Err(Failure::custom("value is missing"));
        };
        match seed.deserialize(Reader { value, mode: self.mode }) {
            Ok(read) => Ok(read),
            Err(failure) => Err(failure.inside(key)),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Variant<'a> {
    variant: &'a str,
    content: Option<Reader<'a>>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Failure;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<(T::Value, Self)> {
        let variant = BorrowedStrDeserializer::new(self.variant);
        Ok((seed.deserialize(variant)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Failure;

    fn unit_variant(self) -> Read<()> {
        let Some(content) = self.content else { return Ok(()) };
        <()>::deserialize(content).map_err(|failure| failure.inside(self.variant))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        let content = self.content.ok_or_else(|| without_content(&"newtype variant"))?;
        seed.deserialize(content).map_err(|failure| failure.inside(self.variant))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        let content = self.content.ok_or_else(|| without_content(&"tuple variant"))?;
        let read = match content.value {
            Value::Array(items) if items.is_empty() => visitor.visit_unit(),
            Value::Array(items) => content.visit_items(items, visitor),
            _ => Err(content.invalid_type(&"tuple variant")),
        };
        read.map_err(|failure| failure.inside(self.variant))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        let content = self.content.ok_or_else(|| without_content(&"struct variant"))?;
        let read = match content.value {
            Value::Object(members) => content.visit_members(members, visitor),
            _ => Err(content.invalid_type(&"struct variant")),
        };
        read.map_err(|failure| failure.inside(self.variant))
    }
}

fn without_content(expected: &dyn Expected) -> Failure {
    Failure::invalid_type(Unexpected::UnitVariant, expected)
}

/// What a type says of a value that it refuses, and where that is.
#[derive(Debug)]
pub(super) struct Failure(Box<Refused>);

#[derive(Debug)]
struct Refused {
    said: String,
    /// Segments of a pointer, the innermost first.
    place: Vec<String>,
}

impl Failure {
    pub(super) fn text(&self) -> &str {
        &self.0.said
    }

    /// What another deserializer says.
    pub(super) fn of(error: impl fmt::Display) -> Self {
        Self::said(error.to_string())
    }

    fn said(said: String) -> Self {
        Self(Box::new(Refused { said, place: Vec::new() }))
    }

    /// What a type says of a key: some, such as dates, do not say of which.
    fn of_key(mut self, key: &str) -> Self {
        if !self.0.said.contains(key) {
            self.0.said = format!("the key {:?}: {}", shorten(key, 60), self.0.said);
        }
        self
    }

    pub(super) fn inside(mut self, key: &str) -> Self {
        self.0.place.push(escape(key).into_owned());
        self
    }

    fn inside_item(mut self, index: usize) -> Self {
        self.0.place.push(index.to_string());
        self
    }

    pub(super) fn into_problem(self) -> Problem {
        let Refused { said, place } = *self.0;
        let said = shorten(&said, 200);
        let mut pointer = String::new();
        for segment in place.iter().rev() {
            pointer.push('/');
            pointer.push_str(segment);
        }
        Problem::new("type", format!("one that it refuses ({said})"), "a value of the type")
            .at(pointer)
    }
}

impl de::Error for Failure {
    fn custom<T: fmt::Display>(said: T) -> Self {
        Self::of(said)
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        match unexpected {
            // In JSON there is no unit.
            Unexpected::Unit => Self::said(format!("invalid type: null, expected {expected}")),
            _ => Self::said(format!("invalid type: {unexpected}, expected {expected}")),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.said)
    }
}

impl std::error::Error for Failure {}

/// The name by which `serde_json::value::RawValue` asks for the text.
const RAW_VALUE: &str = "$serde_json::private::RawValue";
