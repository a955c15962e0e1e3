use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::schema::{Contract, Profile, generate};

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is looked at")]
enum Colour {
    /// One.
    Red,
    /// Two.
    Green,
    /// Three.
    Blue,
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is looked at")]
enum Half {
    /// One.
    Red,
    Green,
    Blue,
}

#[derive(JsonSchema)]
#[serde(tag = "kind")]
#[expect(dead_code, reason = "only its schema is looked at")]
enum Tagged {
    Circle { radius: u8 },
    Square { side: u8 },
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is looked at")]
enum External {
    A(u8),
    Boxed { side: u8 },
    C,
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is looked at")]
enum Untagged {
    Number(u8),
    Object { value: u8 },
}

#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is looked at")]
enum ColourOr<T> {
    Colour(Colour),
    Other(T),
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is looked at")]
struct Holder<T> {
    value: T,
}

/// What the model is told of a value, by the schema that was sent and by the original.
fn told<T: JsonSchema>(value: &Value) -> String {
    let schema = generate::<Holder<T>>();
    let value = json!({"value": value});
    let strict = Contract::strict(&schema, &Profile::openai_strict()).expect("it converts");
    let given = Contract::given(schema, false).expect("a schema");
    let [strict, given] = [strict, given].map(|contract| {
        let checker = contract.checker().expect("it compiles");
        checker.check_value(value.clone()).expect_err("a fault").for_model()
    });
    // Only the strict one knows that there is nothing else.
    assert!(strict.starts_with(&given), "{strict} / {given}");
    strict
}

#[test]
fn documented_variants_are_told_together() {
    for said in [told::<Colour>(&json!("purple")), told::<Half>(&json!("purple"))] {
        assert!(said.starts_with("- at /value: expected one of \""), "{said}");
        assert!(["\"red\"", "\"green\"", "\"blue\""].iter().all(|v| said.contains(v)), "{said}");
        assert!(said.ends_with(", found \"purple\"") && said.lines().count() == 1, "{said}");
    }
    assert_eq!(
        told::<Colour>(&json!("gren")),
        "- at /value: expected one of \"red\", \"green\", \"blue\" (did you mean \"green\"?), found \"gren\""
    );
    assert_eq!(
        told::<Vec<Colour>>(&json!(["red", "purple"])),
        "- at /value/1: expected one of \"red\", \"green\", \"blue\", found \"purple\""
    );
    assert_eq!(
        told::<Colour>(&json!(3)),
        "- at /value: expected one of \"red\", \"green\", \"blue\", found 3"
    );
}

#[test]
fn null_and_nested_unions_are_told_with_the_values() {
    for value in [json!("purple"), json!(3), json!({"a": 1})] {
        assert_eq!(
            told::<Option<Colour>>(&value),
            format!(
                "- at /value: expected one of \"red\", \"green\", \"blue\", null, found {value}"
            )
        );
    }
    assert_eq!(
        told::<ColourOr<Half>>(&json!("purple")).matches("\"green\"").count(),
        1,
        "no value is told twice"
    );
    assert_eq!(
        told::<ColourOr<Option<u8>>>(&json!("blu")),
        "- at /value: expected one of \"red\", \"green\", \"blue\", an integer or null \
         (did you mean \"blue\"?), found \"blu\""
    );
    assert!(
        !told::<Vec<ColourOr<bool>>>(&json!(["red", true, 1.5])).contains("another form"),
        "a nested union has a form"
    );
}

#[test]
fn an_optional_tagged_union_is_told_by_its_objects() {
    assert_eq!(
        told::<Option<Tagged>>(&json!("purple")),
        "- at /value: expected one of an object with `kind`, `radius`, \
         an object with `kind`, `side`, null, found \"purple\""
    );
    assert_eq!(
        told::<Option<Tagged>>(&json!({"kind": "Sqare", "side": 1})),
        "- at /value/kind: expected one of \"Circle\", \"Square\" (did you mean \"Square\"?), \
         found \"Sqare\""
    );
    assert!(
        told::<Tagged>(&json!({"side": 1})).contains("the required property `kind`"),
        "what all have is missed"
    );
}

#[test]
fn an_object_that_is_no_variant_is_told_all_of_them() {
    for value in [json!({"D": 1}), json!({}), json!("D"), json!(1)] {
        assert_eq!(
            told::<External>(&value),
            format!(
                "- at /value: expected one of \"C\", an object with `A`, an object with `Boxed`, \
                 found {value}"
            )
        );
    }
    assert_eq!(
        told::<External>(&json!({"Boxed": {"side": "x"}})),
        "- at /value/Boxed/side: expected an integer, found the string \"x\""
    );
    assert!(
        told::<External>(&json!({"boxd": {"side": 1}}))
            .starts_with("- at /value: expected the required property `Boxed`, found `boxd`"),
        "a misspelt variant is the one that is meant"
    );
}

#[test]
fn an_untagged_union_is_told_both_forms_where_none_fits_better() {
    assert_eq!(
        told::<Untagged>(&json!({"q": 1})),
        "- at /value: expected an integer or an object with `value`, found {\"q\":1}"
    );
    assert_eq!(
        told::<Untagged>(&json!({"value": "x"})),
        "- at /value/value: expected an integer, found the string \"x\""
    );
    assert!(
        told::<Untagged>(&json!({"valeu": 1}))
            .starts_with("- at /value: expected the required property `value`, found `valeu`")
    );
}

#[test]
fn a_form_that_is_reached_on_many_ways_is_told_once() {
    let mut definitions = serde_json::Map::new();
    for n in 0..12 {
        let next = json!({"$ref": format!("#/$defs/d{}", n + 1)});
        let own = json!({"type": "string", "const": format!("v{n}")});
        definitions.insert(format!("d{n}"), json!({"anyOf": [own, next, next, {"type": "null"}]}));
    }
    definitions.insert("d12".to_owned(), json!({"type": "string", "enum": ["last"]}));
    let schema = json!({"$ref": "#/$defs/d0", "$defs": definitions});
    let checker = Contract::given(schema, false).expect("a schema").checker().expect("it compiles");
    let said = checker.check("\"purple\"").expect_err("a fault").for_model();
    assert!(said.contains("\"v0\", \"v1\",") && said.contains("and 4 more"), "{said}");
}
