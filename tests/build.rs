//! Finds out what the tests cannot do here, so that they are marked as ignored and not as passed.

use std::{env, path::PathBuf, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Set by cargo-fuzz, for the targets whose corpus is replayed here.
    println!("cargo::rustc-check-cfg=cfg(fuzzing)");
    find_document();
    compare_compiler();
    find_rustfmt();
}

/// OpenAI's own document: where `OPENAI_TOOLS_OPENAPI` says, or beside the checkout.
fn find_document() {
    const VARIABLE: &str = "OPENAI_TOOLS_OPENAPI";
    println!("cargo::rustc-check-cfg=cfg(has_openapi)");
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    let document = env::var_os(VARIABLE).map_or_else(
        || {
            let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
            package.join("../../shared/openapi/openai-subset.json")
        },
        PathBuf::from,
    );
    if document.is_file() {
        // A file that is not there would make cargo build this anew each time.
        println!("cargo::rerun-if-changed={}", document.display());
        println!("cargo::rustc-cfg=has_openapi");
        println!("cargo::rustc-env=OPENAPI_DOCUMENT={}", document.display());
    }
}

/// The expected output of the compile-fail tests holds words of one release of rustc.
fn compare_compiler() {
    println!("cargo::rustc-check-cfg=cfg(same_rustc)");
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output();
    if version.is_ok_and(|version| version.stdout.starts_with(b"rustc 1.95.")) {
        println!("cargo::rustc-cfg=same_rustc");
    }
}

/// Generated types are laid out as rustfmt does it, which not every toolchain has.
fn find_rustfmt() {
    println!("cargo::rustc-check-cfg=cfg(has_rustfmt)");
    let version = Command::new("rustfmt").arg("--version").output();
    if version.is_ok_and(|version| version.status.success()) {
        println!("cargo::rustc-cfg=has_rustfmt");
    }
}
