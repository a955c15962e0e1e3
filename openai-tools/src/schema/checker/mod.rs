mod exact;
mod key;
mod member;
mod probe;
mod reader;
mod watch;

use std::{fmt, sync::Arc};

use jsonschema::Validator;
use serde::Serialize;
use serde_json::{Map, Value};

use self::{
    reader::{Failure, Reader},
    watch::Mode,
};
use super::{
    bounds::FromJson,
    codec::Codec,
    compile::validator,
    explain::Explainer,
    problem::{Fault, Problem, shorten},
    strict::SchemaError,
};
use crate::json::{Untrusted, wide_as_text};

/// Holds what a model wrote against a contract; compiled once, used from any thread. Cloning is
/// cheap.
///
/// ```
/// use openai_tools::schema::{Contract, Profile};
/// use serde_json::json;
///
/// let schema = json!({
///     "type": "object",
///     "properties": {"unit": {"enum": ["celsius", "fahrenheit"]}},
///     "required": ["unit"],
/// });
/// let checker = Contract::strict(&schema, &Profile::openai_strict())?.checker()?;
/// assert_eq!(checker.check(r#"{"unit": "celsius"}"#).unwrap(), json!({"unit": "celsius"}));
/// assert_eq!(
///     checker.check(r#"{"unit": "kelvin"}"#).unwrap_err().for_model(),
///     r#"- at /unit: expected one of "celsius", "fahrenheit", found "kelvin""#
/// );
/// # Ok::<(), openai_tools::schema::SchemaError>(())
/// ```
#[derive(Clone)]
pub struct Checker {
    inner: Arc<Inner>,
}

struct Inner {
    accepted: Rules,
    codec: Codec,
    /// Rules that only the decoded value can be held to.
    original: Option<Rules>,
    /// Whether no text at all can be read as `{}`.
    takes_nothing: bool,
}

struct Rules {
    validator: Validator,
    explainer: Explainer,
    schema: Arc<Value>,
}

impl Rules {
    fn compile(schema: &Value) -> Result<Self, SchemaError> {
        let (validator, draft) = validator(schema)?;
        let schema = Arc::new(schema.clone());
        let explainer = Explainer::new(Arc::clone(&schema), draft);
        Ok(Self { validator, explainer, schema })
    }

    fn problems(&self, value: &Value) -> Vec<Problem> {
        if self.validator.is_valid(value) { Vec::new() } else { self.explainer.problems(value) }
    }
}

impl Checker {
    pub(super) fn compile(
        accepted: &Value,
        codec: Codec,
        original: Option<&Value>,
    ) -> Result<Self, SchemaError> {
        let accepted = Rules::compile(accepted)?;
        let original = original.map(Rules::compile).transpose()?;
        let takes_nothing = accepted.validator.is_valid(&Value::Object(Map::new()));
        Ok(Self { inner: Arc::new(Inner { accepted, codec, original, takes_nothing }) })
    }

    /// Reads a model's text into a value for the user's type.
    ///
    /// No text, or only white space, counts as `{}` where `{}` is valid: servers send that for a
    /// tool without parameters.
    ///
    /// Integers are exact up to 64 bits, whatever a double could hold. One beyond that is refused
    /// where it would be rounded, unless the schema says `number` there, which may be.
    ///
    /// # Errors
    ///
    /// The text is not JSON (or is nested deeper than 127 levels), or the value breaks the schema;
    /// up to 20 problems are told.
    pub fn check(&self, text: &str) -> Result<Value, Fault> {
        let value = if self.inner.takes_nothing && text.trim_ascii().is_empty() {
            Value::Object(Map::new())
        } else {
            let Untrusted(value) =
                serde_json::from_str(text).map_err(|error| Fault::NotJson(error.into()))?;
            let problems = exact::problems(text, &self.inner.accepted.schema);
            if !problems.is_empty() {
                return Err(Fault::Invalid(problems));
            }
            value
        };
        self.check_value(value)
    }

    /// Checks and decodes a value that was parsed already.
    ///
    /// # Errors
    ///
    /// The value breaks the schema; up to 20 problems are told.
    pub fn check_value(&self, value: Value) -> Result<Value, Fault> {
        let Inner { accepted, codec, original, .. } = &*self.inner;
        let problems = accepted.problems(&value);
        if !problems.is_empty() {
            return Err(Fault::Invalid(problems));
        }
        let decode = |value| codec.decode(value).map_err(|problem| Fault::Invalid(vec![problem]));
        let Some(original) = original else { return decode(value) };
        let decoded = decode(value.clone())?;
        let problems = original.problems(&decoded);
        if problems.is_empty() {
            return Ok(decoded);
        }
        let at_the_model = |problem: Problem| {
            let place = codec.locate(&value, problem.pointer());
            problem.at(place)
        };
        Err(Fault::Invalid(problems.into_iter().map(at_the_model).collect()))
    }
}

impl fmt::Debug for Checker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checker").field("codec", &self.inner.codec).finish_non_exhaustive()
    }
}

/// Reads a checked value into a type.
///
/// # Errors
///
/// The place and the reason of the first thing that the type refuses; rule `type`. What was found
/// is not repeated: it is gone by then.
#[expect(clippy::needless_pass_by_value, reason = "it is given away by all who read it")]
pub fn deserialize<T: FromJson>(value: Value) -> Result<T, Problem> {
    deserialize_ref(&value)
}

/// As [`deserialize`], of a value that stays.
pub(crate) fn deserialize_ref<T: FromJson>(value: &Value) -> Result<T, Problem> {
    read(value).map_err(Failure::into_problem)
}

fn read<T: FromJson>(value: &Value) -> Result<T, Failure> {
    let failure = match T::read_from(Reader::new(value, Mode::default())) {
        Ok(read) => return Ok(read),
        Err(failure) => failure,
    };
    if holds_digits(value) {
        if let Ok(read) = T::read_from(Reader::new(value, Mode { wide: true, ..Mode::default() })) {
            return Ok(read);
        }
    }
    Err(failure)
}

/// Writes a value of a type in the form that [`deserialize`] reads and [`Codec::encode`] takes: an
/// integer beyond 64 bits, which a [`Value`] cannot hold, is text of its digits.
///
/// ```
/// use openai_tools::schema::{deserialize, serialize};
/// use serde_json::json;
///
/// let written = serialize(&[1, u128::MAX])?;
/// assert_eq!(written, json!([1, "340282366920938463463374607431768211455"]));
/// assert_eq!(deserialize::<[u128; 2]>(written)?, [1, u128::MAX]);
/// # Ok::<(), openai_tools::schema::Problem>(())
/// ```
///
/// # Errors
///
/// The value has no form in JSON; rule `type`.
pub fn serialize<T: Serialize + ?Sized>(value: &T) -> Result<Value, Problem> {
    if let Ok(value) = serde_json::to_value(value) {
        return Ok(value);
    }
    let written = serde_json::to_string(value).and_then(|text| {
        let Untrusted(value) = serde_json::from_str(&wide_as_text(&text, |_| true))?;
        Ok(value)
    });
    written.map_err(|error| {
        Problem::new("type", shorten(&error.to_string(), 200), "a value that has a form in JSON")
    })
}

/// Whether a text could be an integer of more than 64 bits, as [`Codec::decode`] leaves it.
fn holds_digits(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_digits),
        Value::Object(fields) => fields.values().any(holds_digits),
        Value::String(text) => text.len() >= 19 && text.parse::<f64>().is_ok(),
        _ => false,
    }
}

#[cfg(feature = "cli")]
pub(crate) use self::exact::read_own;
pub(super) use self::{
    exact::problem as lossy_integer,
    member::{read_member, reads_nothing},
    probe::{Reading, unreadable},
};

#[cfg(test)]
mod tests;
