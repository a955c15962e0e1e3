use serde_json::Value;

use crate::schema::{
    Checker, Contract, Fault, NotJson, Problem, SchemaError, Sieve, Verdict, deepest,
};

/// A schema that text is held to.
#[derive(Debug)]
pub(crate) struct Held {
    checker: Checker,
    /// Lets most of what is valid pass without building it.
    sieve: Option<Sieve>,
    takes_arrays: bool,
    /// How deeply an instance may be nested for the validator, which has no bound of its own.
    deepest: usize,
}

impl Held {
    /// Compiles a schema, as it stands.
    ///
    /// # Errors
    ///
    /// Every place at which it is no schema that can be used.
    pub(crate) fn of(schema: &Value) -> Result<Self, SchemaError> {
        let Some(deepest) = deepest(schema) else {
            return Err(SchemaError::of_file(
                String::new(),
                "its parts lead to each other in more ways than can be looked at".to_owned(),
                "refer to a definition once in a place, and not in several branches that hold at once",
            ));
        };
        let checker = Contract::given(schema.clone(), false)?.checker()?;
        let sieve = Sieve::compile(schema);
        let takes_arrays = match schema.get("type") {
            Some(Value::String(kind)) => kind == "array",
            Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "array"),
            _ => true,
        };
        Ok(Self { checker, sieve, takes_arrays, deepest })
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
        let levels = levels(text);
        if levels > self.deepest {
            let allowed = format!(
                "a depth of {} at most, since each level multiplies what this schema asks; not looked into",
                self.deepest
            );
            return Ok(vec![Problem::new("too-costly", format!("a depth of {levels}"), allowed)]);
        }
        match self.checker.check(text) {
            Ok(_) => Ok(Vec::new()),
            Err(Fault::Invalid(problems)) => Ok(problems),
            Err(Fault::NotJson(error)) => Err(error),
        }
    }

    /// As [`problems`](Self::problems), of a value that was read already.
    pub(crate) fn problems_of(&self, value: &Value) -> Vec<Problem> {
        self.explained(&value.to_string()).unwrap_or_default()
    }
}

/// How deeply a text of JSON is nested, up to what is read at all.
fn levels(text: &str) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => {
                now += 1;
                most = most.max(now);
            }
            b']' | b'}' => now = now.saturating_sub(1),
            b'"' => {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    // Deeper ones are refused by whoever reads them.
    if most > 127 { 0 } else { most }
}
