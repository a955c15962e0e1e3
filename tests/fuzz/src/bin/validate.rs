//! A line that holds a schema, and the arguments that a model wrote: they are accepted, or refused
//! in words that are there, and short.
#![cfg_attr(fuzzing, no_main)]

use openai_tools::schema::{Contract, Fault, Profile};
use serde_json::Value;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// One case.
pub(crate) fn run(data: &[u8]) {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let Ok(schema) = serde_json::from_slice::<Value>(first) else { return };
    let arguments = String::from_utf8_lossy(lines.next().unwrap_or_default());
    let contracts =
        [Contract::strict(&schema, &Profile::openai_strict()), Contract::given(schema, false)];
    for contract in contracts.into_iter().flatten() {
        let Ok(checker) = contract.checker() else { continue };
        let Err(fault) = checker.check(&arguments) else { continue };
        let told = fault.for_model();
        assert!(!told.is_empty() && !fault.to_string().is_empty());
        assert!(told.len() < 100_000, "{} bytes for the model", told.len());
        if let Fault::Invalid(problems) = fault {
            assert!((1..=20).contains(&problems.len()), "{} problems", problems.len());
        }
    }
}
