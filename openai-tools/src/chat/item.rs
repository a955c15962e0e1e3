use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::value::RawValue;

use crate::responses::{Item, Json};

/// One item of the output of a response of the Responses API, as the server sent it: a message, a
/// call, what the model reasoned, or a kind that this crate does not know.
///
/// It goes back to the server unchanged with the conversation; [`read`](Self::read) makes a typed value
/// of it. Serialised, it is a text that holds
/// its JSON. `Debug` shows its type and size, and no content.
#[derive(Clone)]
pub struct OutputItem(Arc<Box<RawValue>>);

impl OutputItem {
    pub(crate) fn new(json: &RawValue) -> Self {
        // `Arc<RawValue>` would be copied once more, and a long item would stand in memory twice.
        Self(Arc::new(json.to_owned()))
    }

    /// The item as the server wrote it: a JSON object.
    #[must_use]
    pub fn as_json(&self) -> &str {
        self.0.get()
    }

    /// Its `type`, such as `message`, `function_call` or `reasoning`; `None` if it has none.
    #[must_use]
    pub fn item_type(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Typed {
            r#type: String,
        }
        serde_json::from_str(self.as_json()).ok().map(|Typed { r#type }| r#type)
    }

    /// The item as a typed value. What fits no type is kept in [`Item::Other`], so that this always
    /// succeeds, and what is written of it is the same JSON.
    #[must_use]
    pub fn read(&self) -> Item {
        Item::from(Json::from(self.as_raw()))
    }

    /// Whether a message holds nothing of it but the item itself.
    #[cfg(any(feature = "client", test))]
    pub(crate) fn is_only_kept(&self) -> bool {
        super::responses::is_only_kept(self.as_json())
    }

    pub(crate) fn as_raw(&self) -> &RawValue {
        &self.0
    }
}

impl PartialEq for OutputItem {
    fn eq(&self, other: &Self) -> bool {
        self.as_json() == other.as_json()
    }
}

impl Eq for OutputItem {}

impl fmt::Debug for OutputItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutputItem({:?}, {} bytes)", self.item_type(), self.as_json().len())
    }
}

// A text and not the object itself: every format can hold it, and keys that stand twice, numbers of
// any length and any depth come back as they were.
impl Serialize for OutputItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for OutputItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = RawValue::from_string(String::deserialize(deserializer)?);
        match json {
            Ok(json) if json.get().starts_with('{') => Ok(Self(Arc::new(json))),
            _ => Err(D::Error::custom("an output item holds no JSON object")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(json: &str) -> OutputItem {
        OutputItem::new(&RawValue::from_string(json.to_owned()).expect("JSON"))
    }

    #[test]
    fn an_item_is_stored_letter_by_letter() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
        for json in [r#"{"type": "x", "n": 1.50, "n": 123456789012345678901234567890}"#, &deep] {
            let stored = serde_json::to_value(item(json)).expect("a text");
            let read: OutputItem = serde_json::from_value(stored).expect("an item");
            assert_eq!(read.as_json(), json);
        }
    }

    #[test]
    fn what_is_no_object_is_no_item() {
        for json in ["", "[]", "1", "{", "{} {}", "null"] {
            let stored = serde_json::Value::from(json);
            assert!(serde_json::from_value::<OutputItem>(stored).is_err(), "{json}");
        }
    }

    #[test]
    fn debug_shows_the_type_and_no_content() {
        let shown = format!("{:?}", item(r#"{"type":"message","content":"hush"}"#));
        assert!(shown.contains("message") && !shown.contains("hush"), "{shown}");
    }
}
