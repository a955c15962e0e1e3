mod branch;
mod find;
mod held;
mod reader;
mod translate;

use std::{fmt, marker::PhantomData};

use serde::de::DeserializeOwned;
use serde_json::Value;

use self::held::{Held, Inner};
pub use self::reader::PartialReader;
use super::json::PartialValue;
use crate::schema::{KEY_NAME, Problem, VALUE_NAME, deserialize};

/// A value of a type as far as it has come: what is complete is typed, what grows can be seen.
///
/// Places are named by JSON pointers into the type's own JSON, whatever form the model was asked
/// to write: a map is asked for as `/ages/Ann` though it is written as a list. A place inside a
/// union is known once what has come leaves one form of the union; until then it is as if it had
/// not come.
///
/// Cloning is cheap. The reader goes on in the same memory once the last clone is dropped. A clone
/// that is kept is a snapshot: it shares with the reader what is complete, and the next piece costs a
/// copy of the string that grows, of about a thousand values, and of 4 bytes for each item of the lists
/// that are open: 10 to 50 µs for a list of records, whatever its length.
///
/// What is typed here is not checked against the schema: bounds, patterns and the rest of the value
/// are held to it at the end.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use openai_tools::{
///     schema::{Contract, Profile, generate},
///     stream::PartialReader,
/// };
///
/// #[derive(serde::Deserialize, schemars::JsonSchema)]
/// struct Report {
///     title: String,
///     ages: BTreeMap<String, u8>,
///     summary: String,
/// }
///
/// let contract = Contract::strict(&generate::<Report>(), &Profile::openai_strict())?;
/// let mut reader = PartialReader::<Report>::new(contract.codec());
/// let text = r#"{"title": "Team", "ages": [{"key": "Ann", "value": 7}], "summary": "One pers"#;
/// let partial = reader.push(text)?.unwrap();
/// assert_eq!(partial.get::<String>("/title").unwrap()?, "Team");
/// assert_eq!(partial.get::<u8>("/ages/Ann").unwrap()?, 7);
/// assert!(partial.get::<String>("/summary").is_none(), "it still grows");
/// assert_eq!(partial.at("/summary").unwrap().as_str(), Some("One pers"));
/// let places: Vec<_> = partial.completed().map(|(place, _)| place).collect();
/// assert_eq!(places, ["/title", "/ages/Ann", "/ages"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Partial<T> {
    held: Held,
    of: PhantomData<fn() -> T>,
}

impl<T> Partial<T> {
    /// The value as the model writes it; only the wrapping of a root that is no object is taken
    /// off. None until its first byte has come.
    #[must_use]
    pub fn value(&self) -> Option<PartialValue<'_>> {
        let Inner { tree, codec } = self.inner();
        let root = tree.root()?;
        match codec.wraps_root() {
            Some(name) => root.get(name),
            None => Some(root),
        }
    }

    /// What the model writes at a place of the type's own JSON, as far as it has come.
    ///
    /// None if nothing has come there, and for what is inside of free JSON, which is written as
    /// text. An entry of a map is looked for from its first one on; all other steps cost nothing
    /// that grows with the value.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<PartialValue<'_>> {
        let found = self.find(pointer)?;
        found.rest.is_empty().then_some(found.value)
    }

    /// The typed value at a place of the type's own JSON; none until it is complete.
    ///
    /// # Errors
    ///
    /// What was written there cannot be decoded or is refused by `U`; the pointer of the problem
    /// begins at the place.
    #[must_use]
    pub fn get<U: DeserializeOwned>(&self, pointer: &str) -> Option<Result<U, Problem>> {
        let found = self.find(pointer)?;
        if !found.is_settled || !found.value.is_complete() {
            return None;
        }
        let written = found.value.to_value()?;
        let decoded = match found.shape {
            Some(shape) => match shape.decode(written) {
                Ok(value) => value,
                Err(problem) => return Some(Err(problem)),
            },
            None => written,
        };
        let own = found.rest.iter().try_fold(decoded, |value, segment| match value {
            Value::Array(mut items) => {
                let index: usize = segment.parse().ok()?;
                (index < items.len()).then(|| items.swap_remove(index))
            }
            Value::Object(mut members) => members.swap_remove(segment),
            _ => None,
        })?;
        let typed = deserialize::<U>(own);
        // A property that the model has left out is `None` where `U` can be that.
        if found.is_absent && typed.is_err() { None } else { Some(typed) }
    }

    /// Whether the whole value is complete.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.inner().tree.root().is_some_and(PartialValue::is_complete)
    }

    /// The whole typed value; none until it is complete.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    #[must_use]
    pub fn complete(&self) -> Option<Result<T, Problem>>
    where
        T: DeserializeOwned,
    {
        if self.is_complete() { self.get("") } else { None }
    }

    /// The places that the last piece completed, as pointers into the type's own JSON, with what
    /// the model wrote there. What is inside comes before what it is in, and each place comes once.
    ///
    /// Inside of a union whose form cannot be told by tags and names of properties, only the union
    /// itself is told.
    pub fn completed(&self) -> impl Iterator<Item = (String, PartialValue<'_>)> {
        let Inner { tree, codec } = self.inner();
        let shape = codec.shape();
        tree.completed().filter_map(move |value| match shape {
            Some(shape) => translate::translate(shape, value),
            None => Some((value.path(), value)),
        })
    }

    fn find(&self, pointer: &str) -> Option<find::Found<'_>> {
        let Inner { tree, codec } = self.inner();
        find::find(codec.shape(), tree.root()?, pointer)
    }

    fn inner(&self) -> &Inner {
        self.held.inner()
    }
}

impl<T> Clone for Partial<T> {
    fn clone(&self) -> Self {
        Self { held: self.held.clone(), of: PhantomData }
    }
}

/// Shows whether it is complete; the content is the model's words.
impl<T> fmt::Debug for Partial<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Partial").field("is_complete", &self.is_complete()).finish_non_exhaustive()
    }
}

/// The value of an entry of a map, and its key if that is complete.
fn entry(entry: PartialValue<'_>) -> Option<(&str, PartialValue<'_>)> {
    let key = entry.get(KEY_NAME).filter(|key| key.is_complete())?;
    Some((key.as_str()?, entry.get(VALUE_NAME)?))
}

#[cfg(test)]
mod tests;
