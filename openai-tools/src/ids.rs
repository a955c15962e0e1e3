//! Names and identifiers, checked once when they are made.

use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::shorten;

/// A tool name that both OpenAI APIs accept: 1 to 64 of `A-Z a-z 0-9 _ -`.
///
/// Chat completions says 64 characters (`FunctionObject.name`), responses allows 128
/// (`FunctionToolParam.name`); what is legal here is legal in both. The same alphabet and length
/// hold for the name of a response format. Cloning is cheap.
///
/// ```
/// use openai_tools::ToolName;
///
/// assert_eq!(ToolName::parse("get_weather")?.as_str(), "get_weather");
/// let error = ToolName::parse("get weather").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "tool name `get weather` holds ' ' at byte 3; use only A-Z, a-z, 0-9, `_` and `-`"
/// );
/// # Ok::<(), openai_tools::InvalidToolName>(())
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ToolName(Arc<str>);

impl ToolName {
    /// The longest name, in characters.
    pub const MAX_LEN: usize = 64;

    /// Checks and keeps a name.
    ///
    /// # Errors
    ///
    /// [`InvalidToolName`] says which character or length is wrong.
    pub fn parse(name: &str) -> Result<Self, InvalidToolName> {
        match name_fault(name) {
            None => Ok(Self(name.into())),
            Some(fault) => Err(InvalidToolName { name: shorten(name, SHOWN), fault }),
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ToolName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for ToolName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ToolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl fmt::Display for ToolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl PartialEq<str> for ToolName {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}

impl PartialEq<&str> for ToolName {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == **other
    }
}

impl TryFrom<&str> for ToolName {
    type Error = InvalidToolName;

    fn try_from(name: &str) -> Result<Self, Self::Error> {
        Self::parse(name)
    }
}

impl Serialize for ToolName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ToolName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).map_err(serde::de::Error::custom)
    }
}

/// Why a text is not a [`ToolName`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidToolName {
    name: String,
    fault: NameFault,
}

impl fmt::Display for InvalidToolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match self.fault {
            NameFault::Empty => write!(f, "a tool name is empty; use 1 to 64 characters"),
            NameFault::TooLong(len) => {
                write!(f, "tool name `{name}` has {len} bytes; use at most {}", ToolName::MAX_LEN)
            }
            NameFault::Character { at, character } => write!(
                f,
                "tool name `{name}` holds {character:?} at byte {at}; \
                 use only A-Z, a-z, 0-9, `_` and `-`"
            ),
        }
    }
}

impl std::error::Error for InvalidToolName {}

/// The id of one tool call, chosen by the server and echoed in the output that answers it.
///
/// On chat completions it is `tool_calls[].id` and `tool_call_id`, on responses `call_id`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ToolCallId(Arc<str>);

impl ToolCallId {
    /// Keeps an id; any text is one.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ToolCallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for ToolCallId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ToolCallId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl From<String> for ToolCallId {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}

impl From<&str> for ToolCallId {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl PartialEq<&str> for ToolCallId {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == **other
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum NameFault {
    Character { at: usize, character: char },
    Empty,
    TooLong(usize),
}

fn name_fault(name: &str) -> Option<NameFault> {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() {
        return Some(NameFault::Empty);
    }
    if let Some((at, character)) = name.char_indices().find(|(_, c)| !legal(*c)) {
        return Some(NameFault::Character { at, character });
    }
    (name.len() > ToolName::MAX_LEN).then_some(NameFault::TooLong(name.len()))
}

/// Names come from models and servers too: what is quoted in an error stays short.
const SHOWN: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_1_to_64_legal_characters_are_accepted() {
        for name in ["a", "get_weather", "A-Z_0-9", &"x".repeat(64)] {
            assert_eq!(ToolName::parse(name).expect("legal").as_str(), name);
        }
    }

    #[test]
    fn each_illegal_name_says_what_is_wrong() {
        let said = |name: &str| ToolName::parse(name).expect_err("illegal").to_string();
        assert_eq!(said(""), "a tool name is empty; use 1 to 64 characters");
        assert!(said(&"x".repeat(65)).ends_with("has 65 bytes; use at most 64"));
        assert!(said("wetter.früh").contains("holds '.' at byte 6"));
        assert!(said(&"é".repeat(100_000)).len() < 400, "a long name is not quoted whole");
    }

    #[test]
    fn a_name_in_json_is_checked_when_it_is_read() {
        assert!(serde_json::from_str::<ToolName>("\"ok\"").is_ok());
        assert!(serde_json::from_str::<ToolName>("\"not ok\"").is_err());
    }
}
