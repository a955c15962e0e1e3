//! Finds OpenAI's own document. Tests that need it are marked as ignored where it is absent.

use std::{env, path::PathBuf};

fn main() {
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
    println!("cargo::rerun-if-changed={}", document.display());
    if document.is_file() {
        println!("cargo::rustc-cfg=has_openapi");
        println!("cargo::rustc-env=OPENAPI_DOCUMENT={}", document.display());
    }
}
