//! The corpus of every fuzz target, replayed on the stable toolchain through the function that the
//! target itself calls.

use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

/// A target is a file in `fuzz/src/bin`, a folder in `fuzz/corpus`, and its name here.
macro_rules! targets {
    ($($name:ident: $file:literal),+ $(,)?) => {
        $(
            #[path = $file]
            mod $name;

            #[test]
            fn $name() {
                replay(stringify!($name), $name::run);
            }
        )+

        const TARGETS: &[&str] = &[$(stringify!($name)),+];
    };
}

targets! {
    chunk: "fuzz/src/bin/chunk.rs",
    codec: "fuzz/src/bin/codec.rs",
    convert: "fuzz/src/bin/convert.rs",
    foreign: "fuzz/src/bin/foreign.rs",
    incremental_json: "fuzz/src/bin/incremental_json.rs",
    read_response: "fuzz/src/bin/read_response.rs",
    response_event: "fuzz/src/bin/response_event.rs",
    sse: "fuzz/src/bin/sse.rs",
    validate: "fuzz/src/bin/validate.rs",
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

fn replay(target: &str, run: fn(&[u8])) {
    let mut seeds: Vec<PathBuf> = fs::read_dir(folder("corpus").join(target))
        .expect("a folder of seeds")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    seeds.sort();
    assert!(seeds.len() >= 20, "{} seeds are too few", seeds.len());
    let fails = |seed: &&PathBuf| {
        let data = fs::read(seed).expect("a seed");
        catch_unwind(AssertUnwindSafe(|| run(&data))).is_err()
    };
    let failed: Vec<&PathBuf> = seeds.iter().filter(fails).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_target_is_replayed() {
    let known: BTreeSet<String> = TARGETS.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(names_in(&folder("src/bin")), known);
    assert_eq!(names_in(&folder("corpus")), known);
    let manifest = fs::read_to_string(folder("Cargo.toml")).expect("a manifest");
    let listed: BTreeSet<String> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"src/bin/")?.strip_suffix(".rs\""))
        .map(str::to_owned)
        .collect();
    assert_eq!(listed, known, "cargo-fuzz knows what the manifest lists");
}
