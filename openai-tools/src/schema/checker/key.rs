use serde::{
    Deserializer,
    de::{Error as _, Unexpected, Visitor, value::BorrowedStrDeserializer},
    forward_to_deserialize_any,
};
use serde_json::Number;

use super::{
    reader::Failure,
    watch::{self, Watch},
};

/// The key of a member. In JSON it is a text, which a type may ask for as a number or a bool.
pub(super) struct Key<'a> {
    pub(super) text: &'a str,
    pub(super) watch: Option<&'a Watch<'a>>,
}

impl Key<'_> {
    fn number(&self) -> Result<Number, Failure> {
        watch::note_number(self.watch);
        let is_bare = self.text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
            && self.text.ends_with(|c: char| c.is_ascii_digit());
        let number = if is_bare { serde_json::from_str(self.text).ok() } else { None };
        number.ok_or_else(not_a_number)
    }
}

fn not_a_number() -> Failure {
    Failure::custom("invalid value: expected key to be a number in quotes")
}

macro_rules! read_numbers {
    ($($method:ident)*) => {
        $(
            fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
                self.number()?.$method(visitor).map_err(Failure::of)
            }
        )*
    };
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        watch::note_anything(self.watch);
        visitor.visit_borrowed_str(self.text)
    }

    read_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        watch::note_number(self.watch);
        visitor.visit_i128(self.text.parse().map_err(|_| not_a_number())?)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        watch::note_number(self.watch);
        visitor.visit_u128(self.text.parse().map_err(|_| not_a_number())?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.text {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            other => Err(Failure::invalid_type(Unexpected::Str(other), &visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_enum(BorrowedStrDeserializer::new(self.text))
    }

    forward_to_deserialize_any! {
        bytes byte_buf char identifier ignored_any map seq str string struct tuple tuple_struct
        unit unit_struct
    }
}
