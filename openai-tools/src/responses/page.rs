//! Lists as they come: a page at a time.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned, ser::SerializeMap,
};

use super::{
    Extra,
    object::{self, Fields, Misfit, Object, Writer},
};

/// A page of a list: of [`Item`](super::Item), or of the files that a server keeps.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is listed.
    pub data: Vec<T>,
    /// What kind of object it is; `list`.
    pub object: Option<String>,
    /// Whether there are more behind them.
    pub has_more: Option<bool>,
    /// The id of the first one.
    pub first_id: Option<String>,
    /// The id of the last one, behind which the next page begins.
    pub last_id: Option<String>,
    /// What came besides.
    pub extra: Extra,
}

impl<T> Page<T> {
    /// With what is listed; the other fields are not set.
    #[must_use]
    pub fn new(data: impl Into<Vec<T>>) -> Self {
        Self {
            data: data.into(),
            object: None,
            has_more: None,
            first_id: None,
            last_id: None,
            extra: Extra::default(),
        }
    }
}

impl<T: DeserializeOwned + Serialize> Fields for Page<T> {
    const TAG: Option<&'static str> = None;

    fn read(object: &mut Object, tag: Option<&str>) -> Result<Self, Misfit> {
        Ok(Self {
            data: object.required("data")?,
            object: object.optional("object"),
            has_more: object.optional("has_more"),
            first_id: object.optional("first_id"),
            last_id: object.optional("last_id"),
            extra: object.rest(tag),
        })
    }

    fn write<M: SerializeMap>(
        &self,
        to: &mut Writer<M>,
        tag: Option<&str>,
    ) -> Result<(), M::Error> {
        let Self { data, object, has_more, first_id, last_id, extra } = self;
        to.tag(tag, extra)?;
        to.field("data", data)?;
        for (name, value) in [("object", object), ("first_id", first_id), ("last_id", last_id)] {
            if let Some(value) = value {
                to.field(name, value)?;
            }
        }
        if let Some(has_more) = has_more {
            to.field("has_more", has_more)?;
        }
        to.extra(extra)
    }
}

impl<'de, T: DeserializeOwned + Serialize> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}

impl<T: DeserializeOwned + Serialize> Serialize for Page<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object::write(self, Self::TAG, serializer)
    }
}

/// Shows how many they are, and not what they hold.
impl<T> fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Page");
        shown.field("data", &self.data.len()).field("has_more", &self.has_more);
        if !self.extra.is_empty() {
            shown.field("extra", &self.extra);
        }
        shown.finish_non_exhaustive()
    }
}
