//! The schema of an answer, compiled once per type and process.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    error::{Error, ErrorKind},
    ids::ToolName,
    schema::{self, Checker, Contract, Fault, Profile, SchemaError, check_type},
};

/// How an answer is asked for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Mode {
    /// JSON mode: the schema is told in words, and checked here.
    JsonObject,
    /// A schema as it stands, not strict.
    Lenient,
    /// A strict schema.
    Strict,
}

/// What is sent to describe an answer, and the check of what comes back.
#[derive(Debug)]
pub(super) struct AnswerSchema {
    pub(super) name: ToolName,
    pub(super) contract: Contract,
    /// Whether any JSON object will do, so that there is nothing to describe.
    pub(super) any_object: bool,
    checker: Checker,
}

impl AnswerSchema {
    /// The schema of a type.
    pub(super) fn of_type<T: DeserializeOwned + JsonSchema + 'static>(
        mode: Mode,
        profile: &Profile,
    ) -> Result<Arc<Self>, Error> {
        // There is one profile of each name.
        type Key = (TypeId, Mode, &'static str);
        static CACHE: LazyLock<RwLock<HashMap<Key, Arc<AnswerSchema>>>> =
            LazyLock::new(RwLock::default);

        let key = (TypeId::of::<T>(), mode, profile.name());
        // What is in the map is whole, whatever a panicking thread was doing.
        if let Some(known) = CACHE.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(known));
        }
        let (name, schema) = (T::schema_name(), schema::generate::<T>());
        check_type::<T>(&schema).map_err(|error| refused(&name, error))?;
        let compiled = Self::new(&name, schema, mode, profile)?;
        let compiled = Arc::new(compiled);
        CACHE.write().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&compiled));
        Ok(compiled)
    }

    /// A schema that is known only at run time.
    pub(super) fn new(
        name: &str,
        schema: Value,
        mode: Mode,
        profile: &Profile,
    ) -> Result<Self, Error> {
        let refuse = |error| refused(name, error);
        let any_object = mode == Mode::JsonObject && is_anything(&schema);
        let contract = match mode {
            Mode::JsonObject if any_object => Contract::given(json!({"type": "object"}), false),
            // Only an object can be asked for; all else is wrapped into one.
            Mode::JsonObject if schema.get("type").is_none_or(|kind| kind != "object") => {
                Contract::strict(&schema, &Profile::openai_strict())
            }
            Mode::JsonObject | Mode::Lenient => Contract::given(schema, false),
            Mode::Strict => Contract::strict(&schema, profile),
        }
        .map_err(refuse)?;
        let checker = contract.checker().map_err(refuse)?;
        Ok(Self { name: legal_name(name), contract, any_object, checker })
    }

    pub(super) fn check(&self, text: &str) -> Result<Value, Fault> {
        self.checker.check(text)
    }
}

/// A schema that cannot be asked for; the first reason is told at once, all of them by the source.
fn refused(name: &str, error: SchemaError) -> Error {
    let told = format!("the answer `{name}`: {}", error.first());
    Error::new(ErrorKind::Definition, told).with_source(error)
}

fn is_anything(schema: &Value) -> bool {
    match schema {
        Value::Bool(true) => true,
        Value::Object(fields) => {
            fields.keys().all(|key| matches!(key.as_str(), "$schema" | "description" | "title"))
        }
        _ => false,
    }
}

/// Type names hold `<`, `::` and letters of any script; the name of a format may not.
fn legal_name(name: &str) -> ToolName {
    const FALLBACK: &str = "answer";
    let legal: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' })
        .take(ToolName::MAX_LEN)
        .collect();
    ToolName::parse(&legal)
        .or_else(|_| ToolName::parse(FALLBACK))
        .expect("the fallback is a legal name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_name_becomes_a_legal_format_name() {
        assert_eq!(legal_name("Array_of_Tür").as_str(), "Array_of_T_r");
        assert_eq!(legal_name("").as_str(), "answer");
        assert_eq!(legal_name(&"x".repeat(100)).as_str().len(), 64);
    }

    #[test]
    fn a_type_is_compiled_once_per_mode_and_profile() {
        let profile = Profile::openai_strict();
        let first = AnswerSchema::of_type::<Vec<u8>>(Mode::Strict, &profile).expect("fits");
        let again = AnswerSchema::of_type::<Vec<u8>>(Mode::Strict, &profile).expect("fits");
        assert!(Arc::ptr_eq(&first, &again));
        let other = AnswerSchema::of_type::<Vec<u8>>(Mode::JsonObject, &profile).expect("fits");
        assert!(!Arc::ptr_eq(&first, &other));
        let fewer = Profile::legacy_limits();
        let other = AnswerSchema::of_type::<Vec<u8>>(Mode::Strict, &fewer).expect("fits");
        assert!(!Arc::ptr_eq(&first, &other));
    }
}
