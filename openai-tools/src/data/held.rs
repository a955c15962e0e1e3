use serde_json::Value;

use crate::schema::{Checker, Contract, Fault, NotJson, Problem, SchemaError, Sieve, Verdict};

/// A schema that text is held to.
#[derive(Debug)]
pub(crate) struct Held {
    checker: Checker,
    /// Lets most of what is valid pass without building it.
    sieve: Option<Sieve>,
    takes_arrays: bool,
}

impl Held {
    /// Compiles a schema, as it stands.
    ///
    /// # Errors
    ///
    /// Every place at which it is no schema that can be used.
    pub(crate) fn of(schema: &Value) -> Result<Self, SchemaError> {
        let checker = Contract::given(schema.clone(), false)?.checker()?;
        let sieve = Sieve::compile(schema);
        let takes_arrays = match schema.get("type") {
            Some(Value::String(kind)) => kind == "array",
            Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "array"),
            _ => true,
        };
        Ok(Self { checker, sieve, takes_arrays })
    }

    /// Whether an array can be an instance; where it says no, an array is a list of instances.
    pub(crate) fn takes_arrays(&self) -> bool {
        self.takes_arrays
    }

    /// Whether a text is surely valid. False says nothing.
    pub(crate) fn lets_pass(&self, text: &str) -> bool {
        self.sieve.as_ref().is_some_and(|sieve| sieve.verdict(text) == Verdict::Valid)
    }

    /// What is wrong with a text of JSON; nothing for one that is valid.
    ///
    /// # Errors
    ///
    /// It is not JSON.
    pub(crate) fn problems(&self, text: &str) -> Result<Vec<Problem>, NotJson> {
        if self.lets_pass(text) { Ok(Vec::new()) } else { self.explained(text) }
    }

    /// As [`problems`](Self::problems), of a text that did not pass.
    pub(crate) fn explained(&self, text: &str) -> Result<Vec<Problem>, NotJson> {
        match self.checker.check(text) {
            Ok(_) => Ok(Vec::new()),
            Err(Fault::Invalid(problems)) => Ok(problems),
            Err(Fault::NotJson(error)) => Err(error),
        }
    }

    /// As [`problems`](Self::problems), of a value that was read already.
    pub(crate) fn problems_of(&self, value: &Value) -> Vec<Problem> {
        match self.checker.check_value(value.clone()) {
            Err(Fault::Invalid(problems)) => problems,
            Ok(_) | Err(Fault::NotJson(_)) => Vec::new(),
        }
    }
}
