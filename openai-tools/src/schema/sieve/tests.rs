use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::{json::Untrusted, schema::compile::validator};

/// Schemas and values from bytes, so that a case that fails shrinks with them.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn below(&mut self, end: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % end
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn number(&mut self) -> Value {
        // One of them is beyond every double.
        serde_json::from_str(self.pick(NUMBERS)).unwrap_or_default()
    }

    fn list(&mut self, depth: usize) -> Value {
        (0..=self.below(2)).map(|_| self.schema(depth + 1)).collect()
    }

    fn schema(&mut self, depth: usize) -> Value {
        if depth > 4 {
            return json!(true);
        }
        let mut schema = Map::new();
        for _ in 0..=self.below(3) {
            let (keyword, value) = self.keyword(depth);
            schema.insert(keyword.to_owned(), value);
        }
        schema.into()
    }

    fn keyword(&mut self, depth: usize) -> (&'static str, Value) {
        let keyword = self.pick(KEYWORDS);
        let value = match keyword {
            "type" => match self.below(4) {
                0 => json!([self.pick(TYPES), "null"]),
                _ => self.pick(TYPES).into(),
            },
            "enum" => (0..=self.below(3)).map(|_| self.scalar()).collect(),
            "const" => self.scalar(),
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
                Some(self.number()).filter(Value::is_number).unwrap_or(json!(1))
            }
            "multipleOf" => json!(self.pick(&[1.0, 0.5, 3.0])),
            "pattern" => self.pick(&["^a", "é$", "^.{0,2}$"]).into(),
            "format" => self.pick(&["date", "ipv4", "unheard-of"]).into(),
            "properties" => {
                let count = self.below(4);
                (0..count).map(|_| (self.pick(NAMES).to_owned(), self.schema(depth + 1))).collect()
            }
            "required" => {
                let mut names: Vec<_> = (0..self.below(3)).map(|_| self.pick(NAMES)).collect();
                names.sort_unstable();
                names.dedup();
                json!(names)
            }
            "additionalProperties" | "items" | "not" | "propertyNames" => match self.below(3) {
                0 => (self.below(2) == 0).into(),
                _ => self.schema(depth + 1),
            },
            "anyOf" | "oneOf" | "allOf" | "prefixItems" => self.list(depth),
            "uniqueItems" => true.into(),
            "$ref" => self.pick(&["#/$defs/A", "#/$defs/B", "#"]).into(),
            _ => self.below(4).into(),
        };
        (keyword, value)
    }

    fn document(&mut self) -> Value {
        let mut document = self.schema(0);
        if self.below(4) == 0 {
            document["$schema"] = "http://json-schema.org/draft-07/schema#".into();
        }
        document["$defs"] = json!({"A": self.schema(2), "B": self.schema(2)});
        document
    }

    fn scalar(&mut self) -> Value {
        match self.below(6) {
            0 => Value::Null,
            1 => (self.below(2) == 0).into(),
            2 => self.number(),
            _ => self.pick(NAMES).into(),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        let kinds = if depth > 3 { 4 } else { 8 };
        match self.below(kinds) {
            0 => self.pick(&["null", "true", "false"]).to_owned(),
            1 => self.pick(NUMBERS).to_owned(),
            2 | 3 => self.pick(TEXTS).to_owned(),
            4 | 5 => {
                let items: Vec<_> = (0..self.below(4)).map(|_| self.text(depth + 1)).collect();
                format!("[{}]", items.join(self.pick(&[",", " , ", ",\n"])))
            }
            _ => {
                let count = self.below(5);
                let members: Vec<_> = (0..count)
                    .map(|_| format!("\"{}\": {}", self.pick(NAMES), self.text(depth + 1)))
                    .collect();
                format!("{{{}}}", members.join(","))
            }
        }
    }
}

const KEYWORDS: &[&str] = &[
    "type",
    "type",
    "type",
    "enum",
    "const",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "properties",
    "properties",
    "properties",
    "required",
    "required",
    "additionalProperties",
    "minProperties",
    "maxProperties",
    "items",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "uniqueItems",
    "anyOf",
    "oneOf",
    "allOf",
    "$ref",
    "not",
    "propertyNames",
];
const TYPES: &[&str] = &["null", "boolean", "integer", "number", "string", "array", "object"];
const NAMES: &[&str] = &["a", "b", "é", "long name", ""];
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2.0",
    "2.5",
    "-0",
    "-0.0",
    "1e2",
    "1E-2",
    "3",
    "9007199254740993",
    "18446744073709551616",
    "0.1",
    "123456789012345678",
    "0.30000000000000004",
    "1e400",
];
const TEXTS: &[&str] = &[
    "\"a\"",
    "\"ab\"",
    "\"\"",
    "\"é\"",
    "\"\\u00e9\"",
    "\"\\n\"",
    "\"2024-02-29\"",
    "\"\\ud83d\\ude00\"",
    "\"127.0.0.1\"",
    "\"\\ud83d\"",
    "\"long name\"",
];

fn agrees(schema: &Value, text: &str) -> Option<Verdict> {
    let (validator, _) = validator(schema).ok()?;
    let sieve = Sieve::compile(schema)?;
    let verdict = sieve.verdict(text);
    match (verdict, serde_json::from_str::<Untrusted>(text)) {
        (Verdict::Unknown, _) => {}
        (_, Ok(Untrusted(value))) => {
            assert_eq!(validator.is_valid(&value), verdict == Verdict::Valid, "{schema}\n{text}");
        }
        // What comes first in the text may break the schema already.
        (_, Err(_)) => assert_eq!(verdict, Verdict::Invalid, "{schema}\n{text}"),
    }
    Some(verdict)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn a_sieve_says_what_the_validator_says(
        bytes in proptest::collection::vec(any::<u8>(), 0..80),
        texts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 8),
        cut in any::<u8>(),
    ) {
        let schema = Choices(&bytes).document();
        for bytes in &texts {
            let text = Choices(bytes).text(0);
            agrees(&schema, &text);
            // What is cut off or has a byte too many is no JSON.
            let end = text.floor_char(usize::from(cut) % (text.len() + 1));
            agrees(&schema, &text[..end]);
            agrees(&schema, &format!("{}{text}", &text[end..]));
        }
    }
}

trait FloorChar {
    fn floor_char(&self, at: usize) -> usize;
}

impl FloorChar for str {
    fn floor_char(&self, at: usize) -> usize {
        (0..=at).rev().find(|at| self.is_char_boundary(*at)).unwrap_or(0)
    }
}

#[test]
fn most_texts_are_decided() {
    let mut decided = 0;
    let mut all = 0;
    for seed in 0..500_u32 {
        let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()[1]
        })
        .take(120)
        .collect();
        let schema = Choices(&bytes[..80]).document();
        if let Some(verdict) = agrees(&schema, &Choices(&bytes[80..]).text(0)) {
            all += 1;
            decided += usize::from(verdict != Verdict::Unknown);
        }
    }
    assert!(all > 200 && decided * 10 > all * 7, "{decided} of {all}");
}

#[test]
fn recursion_and_unions_are_decided() {
    let schema = json!({
        "$defs": {"Tree": {
            "type": "object",
            "properties": {
                "kind": {"const": "tree"},
                "left": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}]},
                "tags": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}},
            },
            "required": ["kind", "left"],
            "additionalProperties": false,
        }},
        "$ref": "#/$defs/Tree",
    });
    let verdict = |text: &str| agrees(&schema, text).expect("a sieve");
    assert_eq!(verdict(r#"{"kind":"tree","left":null}"#), Verdict::Valid);
    let nested = r#"{"left":{"kind":"tree","left":null,"tags":["a"]},"kind":"tree"}"#;
    assert_eq!(verdict(nested), Verdict::Valid);
    assert_eq!(verdict(&nested.replace("\"a\"", "\"A\"")), Verdict::Invalid);
    assert_eq!(verdict(r#"{"kind":"tree","left":null,"kind":"tree"}"#), Verdict::Unknown);
    assert_eq!(verdict(r#"{"kind":"tree","left":null} x"#), Verdict::Unknown);
}

#[test]
fn what_would_take_for_ever_is_left_open() {
    let branch = json!({"$ref": "#/$defs/A"});
    let schema = json!({
        "$defs": {"A": {"anyOf": [
            {"type": "array", "items": branch, "maxItems": 1},
            {"type": "array", "items": branch, "maxItems": 1},
            {"type": "array", "items": branch, "maxItems": 1},
        ]}},
        "$ref": "#/$defs/A",
    });
    let sieve = Sieve::compile(&schema).expect("a sieve");
    let text = format!("{}1{}", "[".repeat(90), "]".repeat(90));
    assert_eq!(sieve.verdict(&text), Verdict::Unknown);
    let endless = json!({"$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}},
        "$ref": "#/$defs/A"});
    if let Some(sieve) = Sieve::compile(&endless) {
        assert_eq!(sieve.verdict("1"), Verdict::Unknown);
    }
}
