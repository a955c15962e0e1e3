use serde_json::{Value, json};

use super::{Level, Offer, lint, lint_offers, refused};
use crate::schema::Profile;

fn found(schema: &Value) -> Vec<(&'static str, String)> {
    refused(schema, &Profile::openai_strict()).into_iter().map(|v| (v.id, v.pointer)).collect()
}

fn object(properties: &Value) -> Value {
    let required: Vec<String> =
        properties.as_object().map(|p| p.keys().cloned().collect()).unwrap_or_default();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

#[test]
fn a_schema_of_the_subset_has_no_violations() {
    let mut schema = object(&json!({
        "text": {"type": "string", "format": "date", "pattern": "^2", "description": "A day."},
        "maybe": {"type": ["integer", "null"], "minimum": 1},
        "list": {"type": "array", "items": {"$ref": "#/$defs/Item"}, "maxItems": 3},
        "either": {"anyOf": [{"$ref": "#"}, {"type": "null"}, {"const": 1}, {"enum": ["a"]}]},
        "nothing": object(&json!({})),
    }));
    schema["$defs"] = json!({"Item": object(&json!({"n": {"type": "number"}}))});
    assert_eq!(found(&schema), []);
}

#[test]
fn each_violation_has_its_id_and_place() {
    for (property, id, place) in [
        (json!({"type": "object", "properties": {}, "required": []}), "open-object", ""),
        (json!({}), "free-value", ""),
        (json!(true), "free-value", ""),
        (json!(3), "not-a-schema", ""),
        (json!({"type": "text"}), "unknown-type", "/type"),
        (json!({"type": "null"}), "null-alone", ""),
        (json!({"type": "array"}), "array-without-items", ""),
        (json!({"type": "string", "minLength": 1}), "unsupported-keyword", "/minLength"),
        (json!({"type": "string", "default": ""}), "unsupported-keyword", "/default"),
        (json!({"type": "string", "format": "uri"}), "unsupported-format", "/format"),
        (json!({"type": "string", "pattern": "a(?!b)"}), "lookaround", "/pattern"),
        (json!({"$ref": "https://example.com"}), "remote-reference", "/$ref"),
        (json!({"$ref": "#/$defs/No"}), "unresolved-reference", "/$ref"),
        (json!({"$ref": "#", "description": "x"}), "reference-with-siblings", "/$ref"),
        (
            json!({"type": "object", "properties": {"q": {"type": "string"}}, "required": [], "additionalProperties": false}),
            "optional-property",
            "/properties/q",
        ),
        (
            json!({"type": "object", "properties": {}, "required": ["q"], "additionalProperties": false}),
            "required-unknown",
            "/required",
        ),
    ] {
        let schema = object(&json!({"p": property}));
        assert_eq!(found(&schema), [(id, format!("/properties/p{place}"))], "{schema}");
    }
    assert_eq!(found(&json!({"type": "string"})), [("root-not-object", String::new())]);
    assert_eq!(found(&json!({"anyOf": [object(&json!({}))]})), [("root-union", String::new())]);
}

#[test]
fn limits_are_counted_through_references() {
    let ids = |schema: &Value, profile: &Profile| {
        refused(schema, profile).into_iter().map(|v| v.id).collect::<Vec<_>>()
    };
    let mut schema = object(&json!({"a": {"$ref": "#/$defs/D0"}}));
    for n in 0..9 {
        let next = if n < 8 {
            json!({"$ref": format!("#/$defs/D{}", n + 1)})
        } else {
            json!({"$ref": "#"})
        };
        schema["$defs"][format!("D{n}")] = object(&json!({"next": next}));
    }
    assert!(ids(&schema, &Profile::openai_strict()).is_empty());
    assert_eq!(ids(&schema, &Profile::legacy_limits()), ["too-deep"]);

    let values: Vec<String> = (0..1_001).map(|n| n.to_string()).collect();
    let schema = object(&json!({"e": {"type": "string", "enum": values}}));
    assert_eq!(ids(&schema, &Profile::openai_strict()), ["too-many-enum-values"]);
    let values: Vec<String> = (0..251).map(|n| format!("{n:0>60}")).collect();
    let schema = object(&json!({"e": {"type": "string", "enum": values}}));
    assert_eq!(ids(&schema, &Profile::openai_strict()), ["enum-too-long"]);
    let schema = object(&json!({"x".repeat(120_001): {"type": "string"}}));
    assert_eq!(ids(&schema, &Profile::openai_strict()), ["too-many-characters"]);
    assert!(ids(&json!({"type": "text"}), &Profile::lenient()).is_empty());
}

#[test]
fn chains_of_references_do_not_overflow_the_stack() {
    let mut schema = object(&json!({"a": {"$ref": "#/$defs/D0"}}));
    let definitions: serde_json::Map<String, Value> = (0..4_000)
        .map(|n| (format!("D{n}"), json!({"$ref": format!("#/$defs/D{}", n + 1)})))
        .collect();
    schema["$defs"] = definitions.into();
    assert_eq!(lint(&schema, &Profile::openai_strict())[0].id, "unresolved-reference");
}

fn advised(schema: &Value) -> Vec<(&'static str, String)> {
    let found = lint(schema, &Profile::lenient());
    assert!(found.iter().all(|violation| violation.level == Level::Warning), "{found:?}");
    found.into_iter().map(|v| (v.id, v.pointer)).collect()
}

#[test]
fn what_makes_models_err_is_told_with_its_place() {
    let described = |schema: Value| {
        let mut schema = schema;
        schema["description"] = "Celsius or fahrenheit.".into();
        schema
    };
    let units = json!({"type": "string", "enum": ["celsius", "kelvin"]});
    for (schema, id, place) in [
        (object(&json!({"p": {"type": "string"}})), "undescribed-property", "/properties/p"),
        (
            object(&json!({"p": {"type": "string", "description": " "}})),
            "undescribed-property",
            "/properties/p",
        ),
        (described(units.clone()), "undocumented-enum", "/enum"),
        (
            json!({"type": "array", "items": {"anyOf": [units, {"type": "null"}]}}),
            "undocumented-enum",
            "/items/anyOf",
        ),
        (
            json!({"oneOf": [{"const": "a", "description": "First."}, {"const": "b"}]}),
            "undocumented-enum",
            "/oneOf",
        ),
        (
            json!({"type": "string", "description": "x".repeat(1_025)}),
            "long-description",
            "/description",
        ),
        (
            object(&json!({"id": described(json!({})), "ID": described(json!({}))})),
            "names-differ-only-in-case",
            "/properties/ID",
        ),
        (
            json!({"allOf": [{"properties": {"a/b": true}}]}),
            "undescribed-property",
            "/allOf/0/properties/a~1b",
        ),
    ] {
        assert_eq!(advised(&schema), [(id, place.to_owned())], "{schema}");
    }
}

#[test]
fn what_says_enough_is_not_told() {
    for schema in [
        json!({"type": "string", "enum": ["a", "b"], "description": "`a` is first, b second."}),
        json!({"anyOf": [{"const": "a", "description": "First."}, {"type": "null"}]}),
        json!({"type": "string", "enum": ["only"]}),
        json!({"type": "array", "description": "a, then b", "items": {"enum": ["a", "b"]}}),
        object(&json!({"kind": {"const": "circle"}})),
        json!({
            "$defs": {"Place": {"type": "object", "description": "A place."}},
            "properties": {"at": {"anyOf": [{"$ref": "#/$defs/Place"}, {"type": "null"}]}},
        }),
        json!({"description": "Search.", "properties": {"Search": {"type": "object"}}}),
    ] {
        assert_eq!(advised(&schema), [], "{schema}");
    }
}

#[test]
fn warnings_do_not_cost_the_square_of_the_document() {
    let values: Vec<String> = (0..100_000).map(|n| format!("v{n}")).collect();
    let branches: Vec<Value> = values.iter().map(|value| json!({"const": value})).collect();
    let name = "n".repeat(100_000);
    let described =
        json!({"description": "d".repeat(1_000_000), "enum": values, "oneOf": branches});
    let mut schema = json!({"properties": {name: described}});
    for _ in 0..150 {
        schema = json!({"properties": {"p": schema}});
    }
    assert!(!lint(&schema, &Profile::openai_strict()).is_empty());
}

#[test]
fn tools_are_looked_at_each_and_together() {
    let parameters = object(&json!({}));
    let offers = |names: &[&'static str]| -> Vec<Offer<'_>> {
        let offer = |(n, name): (usize, &&'static str)| Offer {
            at: format!("/{n}"),
            name,
            description: Some("What it does."),
            parameters: Some(("parameters", &parameters)),
            is_strict: true,
            is_rewritten: false,
        };
        names.iter().enumerate().map(offer).collect()
    };
    let found = |offers: &[Offer<'_>], profile: &Profile| -> Vec<(&'static str, String)> {
        lint_offers(offers, "/tools", profile).map(|(_, v)| (v.id, v.pointer)).collect()
    };
    let strict = Profile::openai_strict();
    let told = |id: &'static str, pointer: &str| (id, pointer.to_owned());

    assert_eq!(found(&offers(&["a", "b"]), &strict), []);
    assert_eq!(
        found(&offers(&["a", "b", "A", "a"]), &strict),
        [told("names-differ-only-in-case", "/2/name"), told("duplicate-tool-name", "/3/name")]
    );
    for name in ["", "a b", "größe", "a.b"] {
        assert_eq!(found(&offers(&[name]), &strict), [told("tool-name", "/0/name")], "{name}");
    }
    let long: &'static str = "x".repeat(65).leak();
    assert_eq!(found(&offers(&[long]), &strict), [told("tool-name", "/0/name")]);
    assert_eq!(found(&offers(&[long]), &Profile::openai_responses()), []);

    let mut silent = offers(&["a", "b"]);
    silent[0].description = None;
    let long = "x".repeat(1_025);
    silent[1].description = Some(&long);
    assert_eq!(
        found(&silent, &strict),
        [told("undescribed-tool", "/0"), told("long-description", "/1/description")]
    );

    let names: Vec<&'static str> = (0..129).map(|n| &*format!("t{n}").leak()).collect();
    assert_eq!(found(&offers(&names[..20]), &strict), []);
    assert_eq!(found(&offers(&names[..21]), &strict), [told("many-tools", "/tools")]);
    let too_many = [told("too-many-tools", "/tools"), told("many-tools", "/tools")];
    assert_eq!(found(&offers(&names), &strict), too_many);
    assert_eq!(found(&offers(&names), &Profile::lenient()), too_many[1..]);
}

#[test]
fn a_rule_of_the_subset_is_an_error_inside_of_a_tool() {
    let open = json!({"type": "object", "properties": {}});
    let offer = Offer {
        at: "/function".to_owned(),
        name: "a",
        description: Some("What it does."),
        parameters: Some(("parameters", &open)),
        is_strict: true,
        is_rewritten: false,
    };
    let (offers, profile) = ([offer], Profile::openai_strict());
    let (tool, violation) = lint_offers(&offers, "", &profile).next().expect("found");
    assert_eq!((tool, violation.id, violation.level), (Some(0), "open-object", Level::Error));
    assert_eq!(violation.pointer, "/function/parameters");
}

#[test]
fn a_union_that_leads_to_itself_is_told_once_where_it_is_defined() {
    let mut schema = object(&json!({"a": {"$ref": "#/$defs/A"}}));
    schema["$defs"] = json!({
        "A": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/B"}]},
        "B": {"anyOf": [{"type": "integer"}, {"$ref": "#/$defs/A"}]},
        // Leads to a circle, and is none.
        "C": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "array", "items": {"$ref": "#/$defs/C"}}]},
    });
    let told = |place: &str| ("endless-schema", place.to_owned());
    assert_eq!(found(&schema), [told("/$defs/A"), told("/$defs/B")]);
}

#[test]
fn a_reference_to_false_names_a_schema() {
    let mut schema = object(&json!({"a": {"anyOf": [{"$ref": "#/$defs/No"}, {"type": "null"}]}}));
    schema["$defs"] = json!({"No": false});
    assert_eq!(found(&schema), [("free-value", "/$defs/No".to_owned())]);
}

#[test]
fn long_names_do_not_multiply_what_is_told() {
    let properties: serde_json::Map<String, Value> =
        (0..500).map(|n| (format!("p{n}"), json!({"type": "text"}))).collect();
    let name = "n".repeat(500_000);
    let schema = json!({"type": "object", "properties": {name: {"properties": properties}}});
    let found = lint(&schema, &Profile::openai_strict());
    assert!(found.len() > 200);
    for violation in found {
        let size = violation.to_string().len();
        assert!(size < 1_500 && violation.pointer.chars().count() <= 1_025, "{size}");
    }
}

#[test]
fn misspelt_keywords_are_told_and_those_of_others_are_not() {
    let schema = json!({
        "type": "object",
        "properties": {
            "a": {"type": "string", "description": "d", "minlength": 1, "x-order": 1, "label": "A"},
        },
        "requierd": ["a"],
        "additionalProperties": false,
    });
    let found = lint(&schema, &Profile::lenient());
    let told: Vec<_> = found.iter().map(|v| (v.id, v.pointer.as_str())).collect();
    assert_eq!(
        told,
        [("misspelt-keyword", "/requierd"), ("misspelt-keyword", "/properties/a/minlength")]
    );
    assert!(found[0].help.contains("`required`"), "{}", found[0]);
}

#[test]
fn a_union_that_serde_reads_in_exponential_time_is_told() {
    #[derive(schemars::JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only its schema is of interest")]
    enum Expression {
        /// A sum.
        Sum {
            /// One.
            left: Box<Expression>,
            /// Other.
            right: Box<Expression>,
        },
        /// A negative.
        Negative {
            /// Of what.
            left: Box<Expression>,
        },
        /// A number.
        Number(f64),
    }
    let found = lint(&crate::schema::generate::<Expression>(), &Profile::lenient());
    let told: Vec<_> = found.iter().map(|v| (v.id, v.pointer.as_str())).collect();
    assert_eq!(told, [("exponential-union", "/anyOf")]);
}
