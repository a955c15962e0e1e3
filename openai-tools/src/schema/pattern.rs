//! Regular expressions of a schema, with a bound on what all of them together take.

use std::collections::{HashMap, HashSet};

use jsonschema::{Draft, PatternOptions};
use serde_json::{Value, json};

use super::{
    compile::{backtracking, options},
    problem::excerpt,
    strict::{Refusal, SchemaError},
};

/// Compiles patterns, each once. A pattern that is no longer than this line can take a megabyte and
/// milliseconds, so that all of a schema share a budget.
pub(super) struct Patterns {
    known: HashMap<String, bool>,
    left: usize,
    is_told: bool,
}

/// Why a pattern cannot be used.
pub(super) enum Unusable {
    Bad,
    /// There is no room left; how it is by itself is not known.
    NoRoom,
}

impl Default for Patterns {
    fn default() -> Self {
        Self { known: HashMap::new(), left: MOST_BYTES, is_told: false }
    }
}

impl Patterns {
    /// Compiles a pattern which is at `place`. That there is no room left is told once: an error
    /// without a refusal has been told before.
    pub(super) fn check(&mut self, pattern: &str, place: &str) -> Result<(), Option<Refusal>> {
        match self.compile(pattern) {
            Ok(()) => Ok(()),
            Err(Unusable::Bad) => Err(Some(bad_pattern(pattern, place))),
            Err(Unusable::NoRoom) if self.is_told => Err(None),
            Err(Unusable::NoRoom) => {
                self.is_told = true;
                Err(Some(Refusal::new(place, too_large(), TOO_LARGE_HELP)))
            }
        }
    }

    fn compile(&mut self, pattern: &str) -> Result<(), Unusable> {
        if let Some(is_good) = self.known.get(pattern) {
            return if *is_good { Ok(()) } else { Err(Unusable::Bad) };
        }
        for bytes in SIZES {
            let left = self.left.checked_sub(bytes).ok_or(Unusable::NoRoom)?;
            if compiles(pattern, bytes) {
                self.left = left;
                self.known.insert(pattern.to_owned(), true);
                return Ok(());
            }
        }
        // Finding out took as much.
        self.left = self.left.saturating_sub(PATTERN_BYTES);
        self.known.insert(pattern.to_owned(), false);
        Err(Unusable::Bad)
    }
}

/// Refuses a schema whose patterns together take more than can be kept; whether each is good by
/// itself is left to the one who compiles the schema.
pub(super) fn check_all(schema: &Value) -> Result<(), SchemaError> {
    let found = patterns(schema);
    if found.len() <= UNCOUNTED {
        return Ok(());
    }
    let mut patterns = Patterns::default();
    for pattern in &found {
        if let Err(Unusable::NoRoom) = patterns.compile(pattern) {
            let reason = format!("{} patterns: {}", found.len(), too_large());
            return Err(SchemaError::one("", reason, TOO_LARGE_HELP));
        }
    }
    Ok(())
}

/// Whether the patterns of several schemas together take more than should be compiled for one file.
#[cfg(feature = "cli")]
pub(crate) fn are_too_many<'a>(schemas: impl Iterator<Item = &'a Value>) -> bool {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut left = MOST_BYTES;
    // Each schema is compiled by itself, so that a pattern counts in each.
    schemas.flat_map(patterns).any(|pattern| {
        let size = *known.entry(pattern).or_insert_with(|| {
            // Small in any case: a group or a class has to be repeated to become large.
            let is_plain = pattern.len() < 64 && !pattern.contains(['{', '\\', '(']);
            if is_plain {
                return SIZES[0];
            }
            let fits = |bytes: &usize| left >= *bytes && compiles(pattern, *bytes);
            SIZES.into_iter().find(fits).unwrap_or(PATTERN_BYTES)
        });
        match left.checked_sub(size) {
            Some(rest) => left = rest,
            None => return true,
        }
        false
    })
}

pub(super) fn bad_pattern(pattern: &str, place: &str) -> Refusal {
    Refusal::new(
        place,
        format!("the pattern {} does not compile", excerpt(&pattern.into())),
        "correct the regular expression, or write a shorter one: compiled, it may take 1 MiB",
    )
}

fn too_large() -> String {
    format!("compiled, the patterns take over {} MiB together", MOST_BYTES >> 20)
}

/// The patterns of a schema, each once, in the order of their text.
fn patterns(schema: &Value) -> Vec<&str> {
    let mut found = HashSet::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(map) => {
                found.extend(map.get("pattern").and_then(Value::as_str));
                let keys = map.get("patternProperties").and_then(Value::as_object);
                found.extend(keys.into_iter().flatten().map(|(pattern, _)| pattern.as_str()));
                open.extend(map.values());
            }
            _ => {}
        }
    }
    let mut found: Vec<&str> = found.into_iter().collect();
    found.sort_unstable();
    found
}

fn compiles(pattern: &str, bytes: usize) -> bool {
    let schema = json!({"pattern": pattern});
    let linear =
        options(Draft::Draft202012).with_pattern_options(PatternOptions::regex().size_limit(bytes));
    linear.build(&schema).is_ok() || backtracking(Draft::Draft202012, bytes).build(&schema).is_ok()
}

/// Bytes of one compiled pattern.
pub(super) const PATTERN_BYTES: usize = 1 << 20;
/// Bytes of all of a schema. Patterns that people write take less than 16 KiB each.
const MOST_BYTES: usize = 32 << 20;
/// How large a pattern is, is known by which of these it fits.
const SIZES: [usize; 3] = [1 << 14, 1 << 17, PATTERN_BYTES];
/// So many may each be as large as one can be.
const UNCOUNTED: usize = 16;
const TOO_LARGE_HELP: &str =
    "write fewer or shorter ones: nested repetitions such as `(a{1,900}){1,900}` are large";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Contract, Profile, StrictSchema};

    fn with_patterns(patterns: impl Iterator<Item = String>) -> Value {
        let property =
            |(n, pattern)| (format!("p{n}"), json!({"type": "string", "pattern": pattern}));
        let properties: serde_json::Map<_, _> = patterns.enumerate().map(property).collect();
        json!({"type": "object", "properties": properties})
    }

    #[test]
    fn patterns_that_cost_much_are_compiled_for_a_part_only() {
        let schema = with_patterns((0..2_000).map(|n| format!("(a{{1,900}}){{1,900}}{n}")));
        let mut patterns = Patterns::default();
        let compiled = |n: usize| format!("(a{{1,900}}){{1,900}}{n}");
        let tried = (0..2_000)
            .take_while(|n| !matches!(patterns.compile(&compiled(*n)), Err(Unusable::NoRoom)));
        assert_eq!(tried.count(), MOST_BYTES / PATTERN_BYTES);
        let error = StrictSchema::convert(&schema, &Profile::openai_strict()).expect_err("large");
        assert!(error.to_string().contains("32 MiB together"), "{error}");
        assert_eq!(error.refusals().len(), MOST_BYTES / PATTERN_BYTES + 1);
    }

    #[test]
    fn a_thousand_patterns_as_people_write_them_are_taken() {
        let schema =
            with_patterns((0..1_000).map(|n| format!("^[A-Z]{{2}}-[0-9]{{1,{}}}$", n % 60 + 1)));
        assert!(Contract::given(schema.clone(), false).is_ok());
        assert!(Contract::strict(&schema, &Profile::openai_strict()).is_ok());
    }
}
