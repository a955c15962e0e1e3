//! Conversion over schemas that no Rust type wrote.
//!
//! The cases are the same in every run; with `FOREIGN_CASES=100000` there are as many, other ones
//! each time.

use std::{
    cell::Cell,
    env,
    hash::{BuildHasher, Hasher, RandomState},
};

use proptest::{
    collection::vec,
    prelude::any,
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use tests::foreign::{Schemas, Seen, hold};

#[derive(Default)]
struct Counts {
    converted: Cell<usize>,
    accepted: Cell<usize>,
    exact: Cell<usize>,
    back: Cell<usize>,
}

impl Counts {
    fn add(&self, seen: Seen) {
        self.converted.set(self.converted.get() + usize::from(seen.converted));
        self.accepted.set(self.accepted.get() + seen.accepted);
        self.exact.set(self.exact.get() + seen.exact);
        self.back.set(self.back.get() + seen.back);
    }
}

fn run<S: Strategy>(
    cases: u32,
    strategy: &S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let wanted = env::var("FOREIGN_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::with_cases(wanted.unwrap_or(cases))
    };
    let rng = match wanted {
        Some(_) => TestRng::from_seed(RngAlgorithm::ChaCha, &another_seed()),
        None => TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    };
    TestRunner::new_with_rng(config, rng)
        .run(strategy, test)
        .unwrap_or_else(|failure| panic!("{failure}"));
}

fn another_seed() -> [u8; 32] {
    let mut seed = [0; 32];
    let hash = RandomState::new().build_hasher().finish();
    seed[..8].copy_from_slice(&hash.to_le_bytes());
    seed
}

/// Bytes for a schema, for instances of its strict form, and for values.
fn choices() -> impl Strategy<Value = (Vec<u8>, Vec<Vec<u8>>, Vec<Vec<u8>>)> {
    (vec(any::<u8>(), 0..120), vec(vec(any::<u8>(), 0..40), 8), vec(vec(any::<u8>(), 0..20), 8))
}

#[test]
fn what_is_accepted_of_any_schema_is_valid_for_it_and_comes_back() {
    let counts = Counts::default();
    run(600, &choices(), |(schema, instances, values)| {
        let schema = Schemas::new(&schema).document();
        let instances: Vec<&[u8]> = instances.iter().map(Vec::as_slice).collect();
        let values: Vec<_> = values.iter().map(|bytes| Schemas::new(bytes).json(0)).collect();
        let seen = hold(&schema, &instances, &values).map_err(TestCaseError::fail)?;
        counts.add(seen);
        Ok(())
    });
    let [converted, accepted, exact, back] =
        [counts.converted, counts.accepted, counts.exact, counts.back].map(|count| count.get());
    assert!(converted > 200 && accepted > 1_000 && back > 100, "{converted}, {accepted}, {back}");
    // The exceptions stay exceptions.
    assert!(exact * 10 > accepted * 8, "only {exact} of {accepted} come back with no `null` more");
}

#[test]
fn senseless_schemas_are_refused_or_converted_and_nothing_else() {
    run(600, &choices(), |(schema, instances, values)| {
        let schema = Schemas::garbled(&schema).document();
        let instances: Vec<&[u8]> = instances.iter().map(Vec::as_slice).collect();
        let values: Vec<_> = values.iter().map(|bytes| Schemas::new(bytes).json(0)).collect();
        hold(&schema, &instances, &values).map_err(TestCaseError::fail)?;
        Ok(())
    });
}
