//! Instances of schemas of the strict subset, as a model could write them.

use proptest::{
    strategy::{Strategy, ValueTree},
    string::string_regex,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};

/// Writes what a model could write by a schema of the strict subset.
///
/// Every choice is read from bytes, so that a failing case shrinks by shrinking them; when they are
/// used up, the simplest is chosen and recursion comes to its end.
#[derive(Debug)]
pub struct Instances<'a> {
    root: &'a Value,
    choices: &'a [u8],
}

impl<'a> Instances<'a> {
    /// Reads its choices from bytes; none is the simplest instance.
    #[must_use]
    pub fn new(root: &'a Value, choices: &'a [u8]) -> Self {
        Self { root, choices }
    }

    /// The instance.
    ///
    /// It can break what no generator keeps in mind: bounds that contradict each other or a
    /// pattern with a length, and recursion without an end.
    #[must_use]
    pub fn next(mut self) -> Value {
        self.instance(self.root, 0)
    }

    fn instance(&mut self, schema: &'a Value, depth: usize) -> Value {
        if depth > FAR_TOO_DEEP {
            return Value::Null;
        }
        if let Some(reference) = schema["$ref"].as_str() {
            return self.instance(self.target(reference), depth + 1);
        }
        if let Some(branches) = schema["anyOf"].as_array() {
            let simplest = simplest(self.root, branches);
            let n = if depth > DEEPEST { 0 } else { self.below(branches.len()) };
            return self.instance(&branches[(simplest + n) % branches.len()], depth + 1);
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(values) = schema["enum"].as_array() {
            return values[self.below(values.len())].clone();
        }
        let kind = match &schema["type"] {
            // `null` comes last there, and is the simplest.
            Value::Array(kinds) => {
                let n = self.below(kinds.len());
                &kinds[kinds.len() - 1 - n]
            }
            kind => kind,
        };
        match kind.as_str().unwrap_or_default() {
            "null" => Value::Null,
            "boolean" => json!(self.below(2) == 1),
            "integer" => json!(self.integer(schema)),
            "number" => self.number(schema),
            "string" => self.string(schema).into(),
            "array" => {
                let least = size(&schema["minItems"]).unwrap_or(0);
                let least = least.min(MOST_ITEMS);
                let most = size(&schema["maxItems"]).unwrap_or(least + 3).clamp(least, least + 3);
                let more = if depth > DEEPEST { 0 } else { self.below(most - least + 1) };
                (0..least + more).map(|_| self.instance(&schema["items"], depth + 1)).collect()
            }
            "object" => {
                let properties = schema["properties"].as_object();
                let filled = properties
                    .into_iter()
                    .flatten()
                    .map(|(name, schema)| (name.clone(), self.instance(schema, depth + 1)));
                Value::Object(filled.collect::<Map<_, _>>())
            }
            other => panic!("a type outside the strict subset: {other:?}"),
        }
    }

    fn integer(&mut self, schema: &Value) -> i64 {
        let bound = |inclusive: &str, exclusive: &str, inward: i64| {
            let exclusive = whole(&schema[exclusive]).map(|bound| bound.saturating_add(inward));
            let inclusive = whole(&schema[inclusive]);
            let tighter = if inward > 0 { i64::max } else { i64::min };
            inclusive.map(|i| exclusive.map_or(i, |e| tighter(i, e))).or(exclusive)
        };
        // So far from the bounds of 64 bits that no sum overflows.
        let low = bound("minimum", "exclusiveMinimum", 1).map(|low| low.clamp(-FARTHEST, FARTHEST));
        let high =
            bound("maximum", "exclusiveMaximum", -1).map(|high| high.clamp(-FARTHEST, FARTHEST));
        let (low, high) = match (low, high) {
            (Some(low), Some(high)) => (low, high),
            (Some(low), None) => (low, low + 1_000_000),
            (None, Some(high)) => (high - 1_000_000, high),
            (None, None) => (-1_000_000, 1_000_000),
        };
        let step = schema["multipleOf"].as_i64().unwrap_or(1).clamp(1, FARTHEST);
        let simple = if low <= 0 && 0 <= high { 0 } else { low };
        let value = match self.below(4) {
            0 => simple,
            1 => low,
            2 => high,
            _ => {
                let bytes = [(); 4].map(|()| i64::try_from(self.below(256)).unwrap_or_default());
                let number = bytes.iter().fold(0, |sum, byte| sum * 256 + byte);
                low + number.rem_euclid((high - low).max(0) + 1)
            }
        };
        let stepped = value - value.rem_euclid(step);
        if stepped < low { stepped + step } else { stepped }
    }

    /// Quarters, which are the same in every notation.
    fn number(&mut self, schema: &Value) -> Value {
        let bound = |inclusive: &str, exclusive: &str, inward: f64| {
            let exclusive = schema[exclusive].as_f64().map(|bound| bound + inward);
            schema[inclusive].as_f64().or(exclusive)
        };
        let low = bound("minimum", "exclusiveMinimum", 0.25);
        let high = bound("maximum", "exclusiveMaximum", -0.25);
        let quarters = f64::from(u16::try_from(self.below(256) * 5).unwrap_or_default()) / 4.0;
        let value = match (low, high) {
            (Some(low), Some(high)) => (low + quarters).min(high),
            (Some(low), None) => low + quarters,
            (None, Some(high)) => high - quarters,
            (None, None) => quarters - 200.0,
        };
        json!(value)
    }

    fn string(&mut self, schema: &Value) -> String {
        if let Some(pattern) = schema["pattern"].as_str() {
            return self.matching(pattern);
        }
        let samples: &[&str] = match schema["format"].as_str() {
            Some("date") => &["2024-02-29", "1999-12-31"],
            Some("date-time") => &["2024-02-29T23:59:59Z", "1999-12-31T08:00:00.25+07:00"],
            Some("duration") => &["P1D", "PT5M"],
            Some("email") => &["ann@example.com", "b.c@example.org"],
            Some("ip") => &["127.0.0.1", "::1"],
            Some("partial-date-time") => &["2024-02-29T23:59:59", "1999-12-31T08:00:00.25"],
            Some("partial-time") => &["08:30:00", "23:59:59.5"],
            Some("uri") => &["https://example.com/a?b=c", "urn:isbn:0451450523"],
            Some("hostname") => &["example.com", "localhost"],
            Some("ipv4") => &["127.0.0.1", "10.20.30.40"],
            Some("ipv6") => &["::1", "2001:db8::ff00:42:8329"],
            Some("time") => &["08:30:00Z", "23:59:59+02:00"],
            Some("uuid") => &["67e55044-10b1-426f-9247-bb680e5fe0c8"],
            _ => TEXTS,
        };
        let sample = samples[self.below(samples.len())];
        let least = size(&schema["minLength"]).unwrap_or(0);
        let most = size(&schema["maxLength"]).unwrap_or(usize::MAX);
        let least = least.min(MOST_ITEMS);
        let length = sample.chars().count().max(least).min(most);
        sample.chars().chain(std::iter::repeat('x')).take(length).collect()
    }

    fn matching(&mut self, pattern: &str) -> String {
        let seed = [(); 32].map(|()| u8::try_from(self.below(256)).unwrap_or_default());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        // Digits of other scripts match `\d` as well, but no Rust number is written with them.
        let ascii = pattern.replace(r"\d", "[0-9]").replace("]+", "]{1,3}");
        let bare = ascii.trim_start_matches('^').trim_end_matches('$');
        let tree = string_regex(bare).ok().and_then(|texts| texts.new_tree(&mut runner).ok());
        // Not every pattern can be generated: lookaround, for one.
        tree.map_or_else(|| TEXTS[self.below(TEXTS.len())].to_owned(), |tree| tree.current())
    }

    fn target(&self, reference: &str) -> &'a Value {
        target(self.root, reference)
    }

    fn below(&mut self, end: usize) -> usize {
        let Some((first, rest)) = self.choices.split_first() else { return 0 };
        self.choices = rest;
        usize::from(*first) % end
    }
}

fn target<'a>(root: &'a Value, reference: &str) -> &'a Value {
    let pointer = reference.strip_prefix('#').expect("a reference into the schema");
    root.pointer(pointer).expect("a reference that leads somewhere")
}

/// The branch that comes to its end in the fewest levels.
fn simplest(root: &Value, branches: &[Value]) -> usize {
    (0..DEEPEST)
        .find_map(|levels| branches.iter().position(|branch| ends(root, branch, levels)))
        .unwrap_or(0)
}

fn ends(root: &Value, schema: &Value, levels: usize) -> bool {
    let below = |schema: &Value| levels > 0 && ends(root, schema, levels - 1);
    if let Some(reference) = schema["$ref"].as_str() {
        return below(target(root, reference));
    }
    if let Some(branches) = schema["anyOf"].as_array() {
        return branches.iter().any(below);
    }
    match schema["type"].as_str() {
        Some("array") => size(&schema["minItems"]).unwrap_or(0) == 0 || below(&schema["items"]),
        Some("object") => {
            schema["properties"].as_object().is_none_or(|map| map.values().all(below))
        }
        _ => true,
    }
}

fn whole(bound: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "saturates, which is as far as it matters")]
    bound.as_i64().or_else(|| bound.as_f64().map(|bound| bound as i64))
}

fn size(bound: &Value) -> Option<usize> {
    bound.as_u64().and_then(|bound| usize::try_from(bound).ok())
}

/// Among them what tempts a codec: JSON, numbers, names of its own properties.
const TEXTS: &[&str] = &[
    "a",
    "{\"key\": [1, null]}",
    "",
    "7",
    "null",
    "key",
    "value",
    "Grüße, 世界 🌍",
    "\"quoted\"",
    "two\nlines",
    "{",
    "{}",
    "é",
    "https://example.com/a?b=c",
];

const DEEPEST: usize = 12;
/// Where recursion that does not end is given up.
const FAR_TOO_DEEP: usize = 48;
const MOST_ITEMS: usize = 40;
const FARTHEST: i64 = 1 << 50;
