//! Any JSON Schema in, a schema inside the strict subset out.

mod array;
mod chain;
mod conversion;
mod convert;
mod disjoint;
mod document;
mod draft;
mod error;
mod expand;
mod faults;
mod format;
mod merge;
mod object;
mod root;
mod scalar;
mod union;
mod words;

use jsonschema::Draft;
use serde_json::Value;

#[cfg(feature = "cli")]
pub(crate) use self::document::is_annotation;
pub use self::error::{Loss, Refusal, SchemaError};
pub(super) use self::faults::with as all_faults;
use super::{codec::Codec, compile, lint::refused, profile::Profile};

/// A schema inside the strict subset of a profile, with what is accepted back, how that is
/// decoded, and what was lost. There is no other way to make one than [`convert`](Self::convert).
///
/// ```
/// use openai_tools::schema::{Profile, StrictSchema};
/// use serde_json::json;
///
/// let raw = json!({
///     "type": "object",
///     "properties": {"name": {"type": "string", "maxLength": 20}},
///     "required": ["name"],
/// });
/// let strict = StrictSchema::convert(&raw, &Profile::openai_strict())?;
/// assert_eq!(
///     strict.sent()["properties"]["name"],
///     json!({"type": "string", "description": "At most 20 characters."})
/// );
/// assert_eq!(strict.losses()[0].keyword, "maxLength");
/// assert!(strict.losses()[0].enforced, "by the check of what comes back");
/// # Ok::<(), openai_tools::schema::SchemaError>(())
/// ```
#[derive(Clone, Debug)]
pub struct StrictSchema {
    sent: Value,
    accepted: Value,
    codec: Codec,
    losses: Vec<Loss>,
    original: Option<Value>,
}

impl StrictSchema {
    /// Brings a schema into the strict subset: objects closed and all properties required,
    /// optional ones nullable, unions as `anyOf`, parts merged, what strict mode cannot say
    /// rewritten by the codec, or dropped, told in words and enforced on what comes back.
    ///
    /// For a profile without strict mode the schema stays as it is.
    ///
    /// # Errors
    ///
    /// Every place that has no faithful form, with its remedy: a reference to another document or
    /// to nothing, a schema that no value or every circle satisfies, a limit of the profile, or
    /// what is no JSON Schema at all.
    pub fn convert(schema: &Value, profile: &Profile) -> Result<Self, SchemaError> {
        check_extent(schema)?;
        match compile::known_draft(schema) {
            Ok(draft) => Self::convert_known(schema, draft, profile),
            Err(error) => Err(faults::all(schema, profile, error)),
        }
    }

    /// As [`convert`](Self::convert), for what is a schema of that draft.
    fn convert_known(schema: &Value, draft: Draft, profile: &Profile) -> Result<Self, SchemaError> {
        let document = document::Document::new(schema).map_err(|e| SchemaError::new(vec![e]))?;
        if !profile.strict {
            return Ok(Self {
                sent: schema.clone(),
                accepted: schema.clone(),
                codec: Codec::default(),
                losses: Vec::new(),
                original: None,
            });
        }
        let converted = root::convert(&document, profile, draft)?;
        let violations = refused(&converted.sent, profile);
        if !violations.is_empty() {
            let refusals =
                violations.into_iter().map(|v| Refusal::new(v.pointer, v.message, v.help));
            return Err(SchemaError::new(refusals.collect()));
        }
        Ok(Self {
            sent: converted.sent,
            accepted: converted.accepted,
            codec: converted.codec,
            losses: converted.losses,
            original: converted.recheck.then(|| with_wide_integers(schema)),
        })
    }

    /// The schema for the request.
    #[must_use]
    pub fn sent(&self) -> &Value {
        &self.sent
    }

    /// The schema of what is accepted back: as [`sent`](Self::sent), but what was optional may
    /// also be left out, as servers without strict mode do, and dropped bounds stand again.
    #[must_use]
    pub fn accepted(&self) -> &Value {
        &self.accepted
    }

    /// How what comes back is rewritten for the user's type.
    #[must_use]
    pub fn codec(&self) -> &Codec {
        &self.codec
    }

    /// What [`sent`](Self::sent) does not say.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// The original schema, where it has rules that only the decoded value can be held to.
    pub(super) fn original(&self) -> Option<&Value> {
        self.original.as_ref()
    }
}

/// The schema of decoded values: an integer beyond 64 bits is text there.
fn with_wide_integers(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let mut open = vec![&mut schema];
    while let Some(value) = open.pop() {
        let is_wide = value.get("format").is_some_and(|f| f == "int128" || f == "uint128");
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(map) => {
                if let Some(kind) = map.get_mut("type").filter(|_| is_wide) {
                    let mut kinds = match kind.take() {
                        Value::Array(kinds) => kinds,
                        kind => vec![kind],
                    };
                    if !kinds.iter().any(|kind| kind == "string") {
                        kinds.push("string".into());
                    }
                    *kind = kinds.into();
                }
                open.extend(map.values_mut());
            }
            _ => {}
        }
    }
    schema
}

/// Refuses a schema that is larger than any server takes, or nested so deeply that following it
/// could overflow the stack.
pub(super) fn check_extent(schema: &Value) -> Result<(), SchemaError> {
    document::Document::new(schema).map(drop).map_err(|refusal| SchemaError::new(vec![refusal]))
}

#[cfg(test)]
mod foreign_tests;
#[cfg(test)]
mod format_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) use self::tests::any_json;
