//! What no compiler checks: the order of the modules, the length of files, version pins.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A module uses only modules of lower ranks, and none beside it of its own rank.
const RANKS: &[&[&str]] = &[
    &["json"],
    &["error", "ids", "media", "observe"],
    &["provider", "responses", "schema"],
    &["tool"],
    &["chat", "contract", "dispatch"],
    &["ci", "data", "stream", "structured"],
    &["client"],
    &["run", "testing"],
    &["cli"],
];

/// What the root of the crate exports besides: macros may use all of it.
const UNRANKED: &[&str] = &["__private", "bin", "guide", "lib"];

const LONGEST_FILE: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All Rust files under a folder of the repository, by their path in that folder.
fn rust_files(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let base = root().join(folder);
    let mut paths = Vec::new();
    walk(&base, &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&base).expect("under the folder").to_string_lossy();
        (name.replace('\\', "/"), fs::read_to_string(&path).expect("a text"))
    };
    paths.into_iter().map(read).collect()
}

fn is_test_file(name: &str) -> bool {
    name.ends_with("tests.rs") || name.contains("tests/")
}

/// The source without what is only for its unit tests.
fn without_tests(source: &str) -> &str {
    const MARK: &str = "#[cfg(test)]\n";
    let begins_tests = |at: &usize| {
        let line = source[at + MARK.len()..].lines().next().unwrap_or_default();
        line.ends_with("mod tests {")
    };
    let at = source.match_indices(MARK).map(|(at, _)| at).find(begins_tests);
    &source[..at.unwrap_or(source.len())]
}

/// The source without comments, and without what is in texts.
fn code_of(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let raw = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'));
        let after_word = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
        } else if let Some(text) = raw.filter(|raw| !after_word && is_raw_text(raw)) {
            let hashes = text.len() - text.trim_start_matches('#').len();
            let end = format!("\"{}", "#".repeat(hashes));
            let inner = &text[hashes + 1..];
            rest = inner.find(&end).map_or("", |at| &inner[at + end.len()..]);
            code.push_str("\"\"");
        } else if first == '"' {
            rest = after_quote(&rest[1..], '"');
            code.push_str("\"\"");
        } else if first == '\'' && is_character(rest) {
            rest = after_quote(&rest[1..], '\'');
            code.push_str("' '");
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    code
}

fn is_raw_text(after_r: &str) -> bool {
    after_r.trim_start_matches('#').starts_with('"')
}

/// A character and no lifetime.
fn is_character(rest: &str) -> bool {
    let mut chars = rest.chars().skip(1);
    match chars.next() {
        Some('\\') => true,
        _ => chars.next() == Some('\''),
    }
}

/// What comes after the quote that ends a text.
fn after_quote(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

/// The names that stand at the root of the crate in paths: `crate::x`, `openai_tools::x`, as many
/// `super::` as it takes, and each first name of `crate::{…}`.
fn names_at_root(code: &str, depth: usize) -> Vec<String> {
    let escape = "super::".repeat(depth);
    let mut names = Vec::new();
    for prefix in ["crate::", "openai_tools::", &escape] {
        for (at, _) in code.match_indices(prefix) {
            let before = code[..at].trim_end_matches('$').chars().next_back();
            let part_of_a_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
            // `openai_tools::x::openai_tools::` does not occur; `super::super::` is counted whole.
            if part_of_a_word || code[..at].ends_with("super::") {
                continue;
            }
            let rest = &code[at + prefix.len()..];
            match rest.strip_prefix('{') {
                Some(list) => names.extend(first_names(list)),
                None => names.extend(first_name(rest)),
            }
        }
    }
    names
}

fn first_name(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    Some(text[..end].to_owned()).filter(|name| !name.is_empty())
}

/// The first names of the members of `{…}`, whose opening brace is gone already.
fn first_names(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' | ',' if depth == 0 => {
                names.extend(first_name(list[start..at].trim_start()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    names
}

fn rank(module: &str) -> Option<usize> {
    RANKS.iter().position(|rank| rank.contains(&module))
}

#[test]
fn a_module_uses_only_modules_of_lower_ranks() {
    let mut wrong = Vec::new();
    for (name, source) in rust_files("openai-tools/src") {
        let module = name.split(['/', '.']).next().expect("a name");
        if UNRANKED.contains(&module) || is_test_file(&name) {
            continue;
        }
        let Some(own) = rank(module) else {
            wrong.push(format!("{name}: the module `{module}` has no rank"));
            continue;
        };
        let segments = name.trim_end_matches(".rs").trim_end_matches("/mod").split('/').count();
        let mut used = names_at_root(&code_of(without_tests(&source)), segments);
        used.sort();
        used.dedup();
        for used in used.iter().filter(|used| *used != module && *used != "self") {
            match rank(used) {
                Some(rank) if rank < own => {}
                Some(rank) => {
                    wrong.push(format!("{name} (rank {own}) uses `{used}` (rank {rank})"));
                }
                None => wrong.push(format!("{name} uses `{used}` of the root; name its module")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_is_longer_than_600_lines_without_its_tests() {
    let mut wrong = Vec::new();
    for folder in ["openai-tools/src", "openai-tools-derive/src"] {
        for (name, source) in rust_files(folder) {
            let lines = without_tests(&source).lines().count();
            if lines > LONGEST_FILE && !is_test_file(&name) {
                wrong.push(format!("{folder}/{name} has {lines} lines"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unit_tests_stand_at_the_end_of_their_file() {
    for folder in ["openai-tools/src", "openai-tools-derive/src"] {
        for (name, source) in rust_files(folder) {
            let tests = &source[without_tests(&source).len()..];
            // The module's closing brace is the first one in the first column.
            let after = tests.find("\n}\n").map_or("", |at| &tests[at + 3..]);
            assert!(after.trim().is_empty(), "{folder}/{name} goes on after its tests");
        }
    }
}

#[test]
fn one_file_names_the_http_stack() {
    for (name, source) in rust_files("openai-tools/src") {
        let names_it = code_of(without_tests(&source)).contains("reqwest");
        assert!(!names_it || name == "client/http_stack.rs", "{name} names reqwest");
    }
}

/// DESIGN.md builds on it where it says why no model checker is needed.
#[test]
fn what_tasks_share_is_behind_locks() {
    for (name, source) in rust_files("openai-tools/src") {
        let code = code_of(without_tests(&source));
        let is_free = ["atomic::", "AtomicU", "AtomicB", "UnsafeCell"]
            .iter()
            .all(|word| !code.contains(word));
        assert!(is_free || is_test_file(&name), "{name} shares what no lock guards");
    }
}

#[test]
fn no_source_is_left_half_done() {
    for folder in ["openai-tools", "openai-tools-derive", "examples", "tests"] {
        for (name, source) in rust_files(folder) {
            let code = code_of(&source);
            for half_done in ["todo!", "unimplemented!", "dbg!"] {
                assert!(!code.contains(half_done), "{folder}/{name} holds {half_done}");
            }
        }
    }
}

/// The value of `key = "…"` in the first line that begins with the key.
fn value_of<'a>(manifest: &'a str, key: &str) -> &'a str {
    let line = manifest.lines().find(|line| line.starts_with(key)).expect("the key is there");
    line[key.len()..].split('"').nth(1).expect("a text")
}

fn version() -> String {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace");
    value_of(&manifest, "version = ").to_owned()
}

#[test]
fn the_crates_of_the_workspace_are_pinned_to_one_version() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace");
    let version = version();
    for name in ["openai-tools = ", "openai-tools-derive = "] {
        let line = manifest.lines().find(|line| line.starts_with(name)).expect("a dependency");
        assert!(line.contains(&format!("version = \"={version}\"")), "{line}");
    }
    let of_tests = ["tests/both-apis", "tests/hygiene/bare", "tests/hygiene/renamed"];
    for member in
        ["openai-tools", "openai-tools-derive", "examples", "tests"].iter().chain(&of_tests)
    {
        let path = root().join(member).join("Cargo.toml");
        let manifest = fs::read_to_string(path).expect("a member");
        assert!(manifest.contains("version.workspace = true"), "{member}");
    }
}

#[test]
fn the_changelog_has_a_heading_for_the_version() {
    let changelog = fs::read_to_string(root().join("CHANGELOG.md")).expect("a changelog");
    let version = version();
    let is_heading = |line: &&str| {
        line.strip_prefix("## ")
            .is_some_and(|heading| heading.trim_start_matches('[').starts_with(version.as_str()))
    };
    assert!(changelog.lines().any(|line| is_heading(&line)), "no heading for {version}");
}

#[test]
fn code_is_told_from_comments_and_texts() {
    let source = r##"
        /// crate::doc
        use crate::{error::{Error, ErrorKind}, ids::ToolName, schema}; // crate::comment
        let a = "crate::text \" crate::text"; let b = r#"crate::raw " "#; let c = '"';
        fn f<'a>(x: &'a crate::tool::ToolCall) -> super::super::chat::Message {}
        my_crate::x; $crate::dispatch
    "##;
    let mut names = names_at_root(&code_of(source), 2);
    names.sort();
    assert_eq!(names, ["chat", "dispatch", "error", "ids", "schema", "tool"]);
}
