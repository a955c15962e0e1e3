//! What has no faithful form is refused, with its place and a remedy.

use openai_tools::schema::{Contract, Profile, generate};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// A test of the text with which a type is refused.
macro_rules! refusals {
    ($($name:ident: $type:ty = $told:literal;)+) => { $(
        #[test]
        fn $name() {
            let refused = Contract::strict(&generate::<$type>(), &Profile::openai_strict())
                .expect_err("a refusal");
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
