//! Objects read field by field, so that nothing of them is lost.

use std::{borrow::Cow, collections::BTreeMap, fmt, mem};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error as _, MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::value::RawValue;

use super::json::{Extra, Json};

/// An object of the wire: its known fields, and what else came.
pub(super) trait Fields: Sized {
    /// What stands in its field `type`, if it has one that is always the same.
    const TAG: Option<&'static str>;

    /// Takes the fields out of an object. `tag` is left out: whoever writes the object knows it.
    fn read(object: &mut Object, tag: Option<&str>) -> Result<Self, Misfit>;

    /// Writes the fields, the tag first.
    fn write<M: SerializeMap>(&self, to: &mut Writer<M>, tag: Option<&str>)
    -> Result<(), M::Error>;
}

/// A required field that is not there, or of another type.
pub(super) struct Misfit(&'static str);

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the field `{}` is missing or of another type", self.0)
    }
}

/// The fields of an object that nobody has taken yet.
pub(super) struct Object(Vec<(Box<str>, Option<Box<RawValue>>)>);

impl Object {
    pub(super) fn of(json: &Json) -> Option<Self> {
        serde_json::from_str(json.as_str()).ok()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| &**known == name)
    }

    /// What a field holds, if it is a text.
    pub(super) fn word(&self, name: &str) -> Option<String> {
        let (_, value) = self.0.iter().rfind(|(known, _)| &**known == name)?;
        serde_json::from_str(value.as_ref()?.get()).ok()
    }

    pub(super) fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let (_, slot) = self.0.iter_mut().rfind(|(known, _)| &**known == name)?;
        let text = slot.as_ref()?.get();
        // Null is kept apart from a field that is not there; so it stays where it is.
        let value = if text == "null" { None } else { serde_json::from_str(text).ok() };
        if value.is_some() {
            *slot = None;
        }
        value
    }

    pub(super) fn required<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
    ) -> Result<T, Misfit> {
        self.optional(name).ok_or(Misfit(name))
    }

    /// What is left, without a `type` that is known.
    pub(super) fn rest(&mut self, tag: Option<&str>) -> Extra {
        let is_tag = |name: &str, value: &RawValue| {
            name == "type"
                && tag.is_some()
                && serde_json::from_str::<String>(value.get()).ok().as_deref() == tag
        };
        let mut extra = Extra::default();
        if tag.is_some() && !self.has("type") {
            extra.set_untyped();
        }
        for (name, value) in mem::take(&mut self.0) {
            if let Some(value) = value.filter(|value| !is_tag(&name, value)) {
                extra.push(name, Json::new(value));
            }
        }
        extra
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;

        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut fields = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    fields.push((name.into(), Some(map.next_value()?)));
                }
                Ok(Object(fields))
            }
        }

        deserializer.deserialize_map(ObjectVisitor)
    }
}

/// Reads an object whose type is known.
pub(super) fn read<'de, T: Fields, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut object = Object::deserialize(deserializer)?;
    T::read(&mut object, T::TAG).map_err(D::Error::custom)
}

/// Writes an object, with `tag` as its `type`.
pub(super) fn write<S: Serializer>(
    object: &impl Fields,
    tag: Option<&str>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let map = serializer.serialize_map(None)?;
    let mut writer = Writer { map, written: Vec::new(), tagged: false };
    object.write(&mut writer, tag)?;
    writer.map.end()
}

/// The `type` of an object that is not looked into.
pub(super) fn kind_of(json: &Json) -> Option<Cow<'static, str>> {
    Object::of(json)?.word("type").map(Cow::Owned)
}

/// Writes the fields of an object, none twice.
pub(super) struct Writer<M> {
    map: M,
    written: Vec<&'static str>,
    tagged: bool,
}

impl<M: SerializeMap> Writer<M> {
    /// Writes the field `type`, unless another one came, or none.
    pub(super) fn tag(&mut self, tag: Option<&str>, extra: &Extra) -> Result<(), M::Error> {
        match tag {
            Some(tag) if !extra.is_untyped() && extra.get("type").is_none() => {
                self.tagged = true;
                self.map.serialize_entry("type", tag)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn field(
        &mut self,
        name: &'static str,
        value: &impl Serialize,
    ) -> Result<(), M::Error> {
        self.written.push(name);
        self.map.serialize_entry(name, value)
    }

    pub(super) fn extra(&mut self, extra: &Extra) -> Result<(), M::Error> {
        for (name, value) in extra.iter() {
            let stands = self.written.contains(&name) || self.tagged && name == "type";
            if !stands {
                self.map.serialize_entry(name, value)?;
            }
        }
        Ok(())
    }
}

/// What `Debug` shows of a value: sizes, words and numbers, and no content.
pub(super) trait Sketch {
    fn sketch(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// Shows a value by its sketch.
pub(super) struct Sketched<'a, T: ?Sized>(pub(super) &'a T);

impl<T: Sketch + ?Sized> fmt::Debug for Sketched<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.sketch(f)
    }
}

impl Sketch for String {
    fn sketch(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

impl<T: Sketch> Sketch for Vec<T> {
    fn sketch(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Sketched)).finish()
    }
}

impl<T: Sketch> Sketch for Box<T> {
    fn sketch(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).sketch(f)
    }
}

impl<T> Sketch for BTreeMap<String, T> {
    fn sketch(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} fields", self.len())
    }
}

macro_rules! sketch_of_plain {
    ($($plain:ty),*) => {$(
        impl Sketch for $plain {
            fn sketch(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

sketch_of_plain!(bool, i64, u64);
