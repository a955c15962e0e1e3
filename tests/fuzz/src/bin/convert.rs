//! Text as a schema: it is no JSON, or it is refused with words, or it has a strict form that lies
//! inside the subset and is no larger than a small multiple of the text.
#![cfg_attr(fuzzing, no_main)]

use openai_tools::schema::{Profile, StrictSchema};
use serde_json::Value;
use tests::foreign::{hold, refused_by_servers};

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// One case.
pub(crate) fn run(data: &[u8]) {
    let Ok(schema) = serde_json::from_slice::<Value>(data) else { return };
    for profile in [Profile::openai_fine_tuned(), Profile::legacy_limits(), Profile::lenient()] {
        if let Ok(strict) = StrictSchema::convert(&schema, &profile) {
            assert_eq!(refused_by_servers(strict.sent(), &profile), []);
        }
    }
    let instances: [&[u8]; 2] = [&[], data];
    hold(&schema, &instances, &[]).unwrap_or_else(|broken| panic!("{broken}"));
}
