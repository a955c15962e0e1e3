//! Two lines of JSON, a schema and a value: rewriting the value in either direction ends in a value
//! or a problem, and what is accepted is valid for the schema and goes back.
#![cfg_attr(fuzzing, no_main)]

use openai_tools::schema::{Profile, StrictSchema};
use serde_json::Value;
use tests::foreign::hold;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// One case.
pub(crate) fn run(data: &[u8]) {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let mut next = || serde_json::from_slice::<Value>(lines.next()?).ok();
    let (Some(schema), Some(value)) = (next(), next()) else { return };
    if let Ok(strict) = StrictSchema::convert(&schema, &Profile::openai_strict()) {
        let _ = strict.codec().decode(value.clone());
        let _ = strict.codec().encode(value.clone());
        assert!(strict.codec().rewrites().len() < 100_000);
    }
    hold(&schema, &[], &[value]).unwrap_or_else(|broken| panic!("{broken}"));
}
