//! The short form of `cargo bench -p tests --bench soak`.

use std::{
    alloc::System,
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

use cap::Cap;
use tests::soak::{Plan, soak};

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

#[both_apis::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_nothing_is_done_twice_or_lost() {
    let seed = RandomState::new().build_hasher().finish();
    eprintln!("seed {seed}");
    let deadline = Duration::from_secs(240);
    let allocated = || HEAP.allocated();
    let plan = Plan { seed, runs: 300, at_once: 32, warm_up: 100, allocated, deadline };
    let report = soak(plan).await;
    eprintln!("{report}");
    assert!(report.faults > 50 && report.effects > 100, "seed {seed}: {report}");
    assert!(report.ends.contains_key("completed"), "seed {seed}: {report}");
}
