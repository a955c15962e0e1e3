//! What is kept as it came: JSON that this crate does not look into, numbers, and unknown fields.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

use super::object::Sketch;
use crate::error::{Error, ErrorKind};

/// JSON as it came, letter by letter.
///
/// It is written by `serde_json` alone; other formats have no place for JSON text. `Debug` shows its
/// size.
#[derive(Clone)]
pub struct Json(Box<RawValue>);

impl Json {
    pub(super) fn new(raw: Box<RawValue>) -> Self {
        Self(raw)
    }

    /// A value as JSON.
    ///
    /// # Errors
    ///
    /// Kind [`InvalidRequest`](ErrorKind::InvalidRequest) if it cannot be written as JSON.
    pub fn of(value: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        serde_json::value::to_raw_value(value).map(Self).map_err(|error| {
            Error::new(ErrorKind::InvalidRequest, "a value cannot be written as JSON")
                .with_source(error)
        })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Reads it as a type of yours.
    ///
    /// # Errors
    ///
    /// Kind [`InvalidResponse`](ErrorKind::InvalidResponse) if it is no such value.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        // The error of serde_json quotes what it has read.
        serde_json::from_str(self.as_str())
            .map_err(|_| Error::new(ErrorKind::InvalidResponse, "it is no value of that type"))
    }
}

impl From<&RawValue> for Json {
    fn from(json: &RawValue) -> Self {
        Self(json.to_owned())
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        // Its `Display` writes JSON, always.
        let raw = RawValue::from_string(value.to_string());
        Self(raw.unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Json {}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sketch(f)
    }
}

impl Sketch for Json {
    fn sketch(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of JSON", self.as_str().len())
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Deserialize::deserialize(deserializer).map(Self)
    }
}

/// A number as it came, digit by digit: a logarithm or a time that was read and written as a float
/// could come back as its neighbour.
#[derive(Clone, Eq, PartialEq)]
pub struct Number(Json);

impl Number {
    /// The nearest float; `None` if it is beyond all of them.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        self.0.as_str().parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// The number, if it is a whole one that 64 bits hold. Servers also write those as `1.0`.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        let text = self.0.as_str();
        let whole = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|b| b == b'0'));
        whole.map_or(text, |(whole, _)| whole).parse().ok()
    }

    /// Its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self(Value::from(number).into())
    }
}

/// What is no number (`NaN`, infinite) becomes 0: JSON has no word for it.
impl From<f64> for Number {
    fn from(number: f64) -> Self {
        Self(Value::from(if number.is_finite() { number } else { 0.0 }).into())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sketch(f)
    }
}

impl Sketch for Number {
    fn sketch(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str().get(..40).unwrap_or(self.as_str()))
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        match json.as_str().as_bytes() {
            [b'-' | b'0'..=b'9', ..] => Ok(Self(json)),
            _ => Err(serde::de::Error::custom("not a number")),
        }
    }
}

/// The fields of an object that its type has no place for, as they came: those that are newer than
/// this release, those that came as null, and those whose value is of another type than the document
/// says.
///
/// They are written behind the known ones. A known field that is set stands in the place of one of
/// that name in here. `Debug` shows how many there are.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Extra {
    fields: Vec<(Box<str>, Json)>,
    /// Whether the object came without the `type` that says what it is.
    untyped: bool,
}

impl Extra {
    pub(super) fn push(&mut self, name: Box<str>, value: Json) {
        self.fields.push((name, value));
    }

    pub(super) fn set_untyped(&mut self) {
        self.untyped = true;
    }

    pub(super) fn is_untyped(&self) -> bool {
        self.untyped
    }

    /// The field of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        // Of a name that stands twice the last counts, as for most readers of JSON.
        self.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Sets a field, which is sent as it is.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Json>) {
        let name = name.into();
        self.fields.retain(|(known, _)| **known != *name);
        self.fields.push((name.into(), value.into()));
    }

    /// Takes a field out, and what stands under the same name before it.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let at = self.fields.iter().rposition(|(known, _)| &**known == name)?;
        let (_, value) = self.fields.remove(at);
        self.fields.retain(|(known, _)| &**known != name);
        Some(value)
    }

    /// All fields, in the order in which they came.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Json)> {
        self.fields.iter().map(|(name, value)| (&**name, value))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} fields", self.fields.len())
    }
}
