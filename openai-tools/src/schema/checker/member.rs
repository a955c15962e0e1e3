//! Reads one member of an object, by the rules that a derive of serde has for the fields of a
//! struct.

use serde::{
    Deserializer,
    de::{Error as _, Visitor},
    forward_to_deserialize_any,
};
use serde_json::Value;

use super::{read, reader::Failure};
use crate::schema::{bounds::FromJson, problem::Problem};

/// Reads the member `name` of a checked value.
pub(in crate::schema) fn read_member<T: FromJson>(
    object: &Value,
    name: &'static str,
) -> Result<T, Problem> {
    match object.get(name) {
        Some(value) => read(value).map_err(|failure| failure.inside(name).into_problem()),
        None => T::read_from(Missing(name)).map_err(Failure::into_problem),
    }
}

/// Whether a member of this type may be left out, as an `Option` may.
pub(in crate::schema) fn reads_nothing<T: FromJson>() -> bool {
    T::read_from(Missing("")).is_ok()
}

/// The member of this name is not there. Only an `Option` can be made of that.
struct Missing(&'static str);

impl<'de> Deserializer<'de> for Missing {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Failure> {
        Err(Failure::missing_field(self.0))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
