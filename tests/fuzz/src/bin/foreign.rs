//! Bytes as choices: a schema that makes some sense, and instances of it, held to what conversion
//! promises.
#![cfg_attr(fuzzing, no_main)]

use tests::foreign::{Schemas, hold};

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// One case.
pub(crate) fn run(data: &[u8]) {
    let (&form, data) = data.split_first().unwrap_or((&0, data));
    let (schema, instances) = data.split_at(data.len() * 2 / 3);
    let mut schemas =
        if form % 2 == 0 { Schemas::new(schema) } else { Schemas::garbled(schema) };
    let schema = schemas.document();
    let (one, other) = instances.split_at(instances.len() / 2);
    let values = [Schemas::new(one).json(0), Schemas::new(other).json(0)];
    hold(&schema, &[one, other], &values).unwrap_or_else(|broken| panic!("{broken}"));
}
