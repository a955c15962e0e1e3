//! What has no faithful form is refused, with its place and a remedy.

use std::collections::BTreeMap;

use openai_tools::{
    Tool, ToolSet,
    schema::{Contract, Profile, deserialize, generate},
    tool,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::json;

/// A test of the text with which a type is refused.
macro_rules! refusals {
    ($($name:ident: $type:ty = $told:literal;)+) => { $(
        #[test]
        fn $name() {
            let profile = Profile::openai_strict();
            let refused = Contract::strict(&generate::<$type>(), &profile).expect_err("a refusal");
            assert_eq!(refused.to_string(), $told);
        }
    )+ };
}

/// Itself, boxed, without end.
#[derive(JsonSchema)]
#[schemars(transparent)]
#[expect(dead_code, reason = "no value of it can be made")]
struct Endless(Box<Endless>);

#[derive(JsonSchema)]
enum Nobody {}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is of interest")]
struct NeedsNobody {
    name: String,
    nobody: Nobody,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is of interest")]
struct BadPattern {
    #[schemars(regex(pattern = "[a-"))]
    code: String,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is of interest")]
struct Remote {
    #[schemars(schema_with = "elsewhere")]
    place: String,
}

fn elsewhere(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "$ref": "https://example.com/place.json" })
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is of interest")]
struct Contradiction {
    #[schemars(schema_with = "text_and_number")]
    both: String,
}

fn text_and_number(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "allOf": [{ "type": "string" }, { "type": "number" }] })
}

refusals! {
    endless_type: Endless = "the schema only refers to itself \
         (help: say which values are valid)";
    enum_without_variants: Nobody = "no value can be valid here \
         (help: remove the rules that contradict each other, or the whole property)";
    field_that_nobody_can_fill: NeedsNobody = "at /properties/nobody: no value can be valid here \
         (help: remove the rules that contradict each other, or the whole property)";
    pattern_that_is_none: BadPattern = "at /properties/code/pattern: the pattern \"[a-\" does not \
         compile (help: correct the regular expression, or write a shorter one: compiled, it may \
         take 1 MiB)";
    another_document: Remote = "at /properties/place/$ref: `https://example.com/place.json` refers to \
         another document, which is never fetched \
         (help: copy what it names into `$defs` and refer to that)";
    contradiction: Contradiction = "at /properties/both: no value can be valid here \
         (help: remove the rules that contradict each other, or the whole property)";
}

/// Reads the same place with the type, which refuses every value there.
macro_rules! unread {
    ($($name:ident: $type:ty = [$($place:literal),+], $value:tt;)+) => { $(
        #[test]
        fn $name() {
            let profile = Profile::openai_strict();
            let refused = Contract::of_type::<$type>(&profile).expect_err("a refusal");
            let places: Vec<_> = refused.refusals().iter().map(|r| r.pointer.as_str()).collect();
            assert_eq!(places, [$($place),+]);
            assert!(refused.to_string().contains("buffer"), "{refused}");
            deserialize::<$type>(json!($value)).expect_err("serde does not read it");
        }
    )+ };
}

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "no value of it can be read")]
struct Amount {
    cents: u128,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "kind")]
#[expect(dead_code, reason = "no value of it can be read")]
enum Payment {
    Card(Amount),
    Cash { counts: BTreeMap<u16, u32> },
    Nothing,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "no value of it can be read")]
enum Number {
    Wide(i128),
    Text(String),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "no value of it can be read")]
struct Line {
    number: u128,
    #[serde(flatten)]
    amount: Amount,
}

unread! {
    wide_integer_and_integer_keys_behind_a_tag: Payment =
        ["/$defs/Amount/properties/cents", "/oneOf/1/properties/counts"],
        {"kind": "Cash", "counts": {"1": 2}};
    wide_integer_in_an_untagged_enum: Vec<Number> = ["/$defs/Number/anyOf/0"], [1];
    wide_integer_that_is_flattened: Option<Line> =
        ["/$defs/Line/properties/cents"], {"number": 1, "cents": 2};
}

#[test]
fn what_the_type_never_reads_is_refused_wherever_a_tool_is_made_of_it() {
    /// Pay.
    #[tool]
    fn pay(amount: u128, #[serde(rename = "how")] payment: Payment) {
        let _ = (amount, payment);
    }
    #[tool]
    fn count(line: Line, amount: Amount) {
        let _ = (line, amount);
    }
    #[derive(Debug, Deserialize, JsonSchema, Tool)]
    #[expect(dead_code, reason = "no value of it can be read")]
    struct Book {
        payments: Vec<Payment>,
    }
    #[derive(Debug, Tool)]
    #[expect(dead_code, reason = "no value of it can be read")]
    enum Action {
        Book { line: Line },
    }
    let refused = [
        pay::definition().map(drop),
        count::definition().map(drop),
        Book::definition().map(drop),
        Action::definitions().map(drop),
    ];
    for (made, name) in refused.into_iter().zip(["pay", "count", "book", "book"]) {
        let told = made.expect_err("a refusal").to_string();
        assert!(told.contains(&format!(": tool `{name}`: at /")), "{told}");
        assert!(told.contains("serde reads these through a buffer"), "{told}");
    }
}
