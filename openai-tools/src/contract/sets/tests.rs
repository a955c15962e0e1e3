use serde_json::{Value, json};

use super::*;

fn includes(one: &Value, other: &Value) -> bool {
    let documents = vec![Document::of(one), Document::of(other)];
    let mut sets = Sets::new(documents, 100_000);
    let node = |document, schema| Node { document, schema };
    sets.includes(node(0, one), node(1, other))
}

/// Which of two schemas holds the other: `<`, `>`, `=` or `?`.
fn relation(one: &Value, other: &Value) -> &'static str {
    match (includes(one, other), includes(other, one)) {
        (true, true) => "=",
        (true, false) => "<",
        (false, true) => ">",
        (false, false) => "?",
    }
}

#[test]
fn inclusion_is_found_where_it_is_plain() {
    let closed = |properties: Value, required: Value| {
        json!({"type": "object", "properties": properties, "required": required,
               "additionalProperties": false})
    };
    let text = json!({"type": "string"});
    let cases = [
        (json!(true), json!({}), "="),
        (json!(false), json!({"type": "null"}), "<"),
        (json!({"type": "integer"}), json!({"type": "number"}), "<"),
        (json!({"type": ["string", "null"]}), json!({"anyOf": [text, {"type": "null"}]}), "="),
        (json!({"enum": ["a", "b"]}), json!({"enum": ["b", "a", 1]}), "<"),
        (json!({"enum": ["a", "b"]}), json!({"anyOf": [{"const": "b"}, {"const": "a"}]}), "="),
        (json!({"enum": [1]}), json!({"const": 1.0}), "="),
        (json!({"enum": ["a", 1]}), text.clone(), "?"),
        (json!({"type": "integer", "minimum": 1, "maximum": 3}), json!({"enum": [1, 2, 3]}), "="),
        (json!({"type": "boolean"}), json!({"enum": [true, false]}), "="),
        (json!({"minimum": 1}), json!({"exclusiveMinimum": 1}), ">"),
        (json!({"type": "integer", "multipleOf": 6}), json!({"multipleOf": 3}), "<"),
        (json!({"type": "string", "pattern": "^a"}), text.clone(), "<"),
        (json!({"pattern": "^a"}), json!({"pattern": "^b"}), "?"),
        (json!({"enum": ["ab"]}), json!({"type": "string", "pattern": "^a"}), "<"),
        (json!({"type": "string", "format": "date"}), text.clone(), "<"),
        (json!({"type": "string", "format": "made-up"}), text.clone(), "="),
        (json!({"items": text}), json!({"items": {"type": ["string", "null"]}}), "<"),
        (json!({"prefixItems": [text], "items": false}), json!({"items": text}), "<"),
        (json!({"maxItems": 1}), json!({"uniqueItems": true}), "<"),
        (closed(json!({"a": text}), json!(["a"])), closed(json!({"a": text}), json!([])), "<"),
        (closed(json!({"a": text}), json!([])), closed(json!({"a": {}, "b": {}}), json!([])), "<"),
        (closed(json!({"a": text}), json!([])), json!({"type": "object"}), "<"),
        (json!({"patternProperties": {"^a": text}}), json!({"properties": {"ab": text}}), "<"),
        (closed(json!({"a": {}}), json!([])), json!({"maxProperties": 1}), "<"),
        (closed(json!({"a": {}}), json!([])), json!({"propertyNames": {"maxLength": 1}}), "<"),
        (json!({"allOf": [{"type": "string"}, {"minLength": 1}]}), text.clone(), "<"),
        (
            json!({"dependentRequired": {"a": ["b", "c"]}}),
            json!({"dependentRequired": {"a": ["b"]}}),
            "<",
        ),
        (
            json!({"type": "object", "required": ["b"]}),
            json!({"dependentRequired": {"a": ["b"]}}),
            "<",
        ),
        (json!({"not": {"type": "null"}}), json!({"not": {"type": "null"}}), "="),
        (json!({"type": "string", "not": {"const": "a"}}), text, "<"),
    ];
    for (one, other, expected) in cases {
        assert_eq!(relation(&one, &other), expected, "{one} {other}");
    }
}

#[test]
fn branches_with_a_tag_never_overlap() {
    let branch = |tag: &str| json!({"type": "object", "properties": {"kind": {"const": tag}}, "required": ["kind"]});
    let one = json!({"oneOf": [branch("a"), branch("b")]});
    let any = json!({"anyOf": [branch("b"), branch("a")]});
    assert_eq!(relation(&one, &any), "=");
    let more = json!({"oneOf": [branch("a"), branch("b"), branch("c")]});
    assert_eq!(relation(&one, &more), "<");
    // These overlap, so that one more branch can refuse what was allowed.
    let loose = json!({"oneOf": [{"type": "string"}, {"minLength": 3}]});
    assert_eq!(relation(&json!({"type": "string"}), &loose), "?");
    assert_eq!(relation(&loose, &loose.clone()), "=");
}

#[test]
fn recursion_is_followed_to_its_end() {
    let tree = |leaf: Value, name: &str| {
        json!({
            "$ref": format!("#/$defs/{name}"),
            "$defs": {name: {
                "type": "object",
                "properties": {
                    "leaf": leaf,
                    "next": {"anyOf": [{"$ref": format!("#/$defs/{name}")}, {"type": "null"}]},
                },
                "required": ["leaf", "next"],
                "additionalProperties": false,
            }},
        })
    };
    let (text, any) = (json!({"type": "string"}), json!({"type": ["string", "integer"]}));
    assert_eq!(relation(&tree(text.clone(), "A"), &tree(text.clone(), "B")), "=");
    assert_eq!(relation(&tree(text, "A"), &tree(any, "B")), "<");
    let endless = json!({"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}]}}});
    assert_eq!(relation(&endless, &json!({"type": "string"})), "?");
}

#[test]
fn a_refuted_assumption_takes_back_what_rested_on_it() {
    // `a` and `b` refer to each other; only one of the two is wider in the other document.
    let pair = |leaf: &str| {
        json!({
            "$ref": "#/$defs/a",
            "$defs": {
                "a": {"type": "object", "properties": {
                    "b": {"$ref": "#/$defs/b"}, "leaf": {"type": leaf}}},
                "b": {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}},
            },
        })
    };
    assert!(!includes(&pair("number"), &pair("integer")));
    assert!(includes(&pair("integer"), &pair("number")));
}

#[test]
fn what_a_draft_does_not_know_says_nothing_there() {
    let old = |mut schema: Value| {
        schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
        schema
    };
    let tuple = json!({"type": "array", "prefixItems": [{"type": "string"}]});
    assert_eq!(relation(&old(tuple), &json!({"type": "array"})), "=");
    let items = json!({"items": [{"type": "string"}], "additionalItems": false});
    let tuple = json!({"prefixItems": [{"type": "string"}], "items": false});
    assert_eq!(relation(&old(items), &tuple), "=");
    let sibling = json!({"$ref": "#/definitions/a", "minLength": 3,
                         "definitions": {"a": {"type": "string"}}});
    assert_eq!(relation(&old(sibling), &json!({"type": "string"})), "=");
}

#[test]
fn hostile_schemas_cost_no_more_than_their_budget() {
    let mut schema = json!({"type": "string"});
    for _ in 0..10 {
        schema = json!({"anyOf": [schema, {"items": schema}]});
    }
    assert!(!includes(&schema, &json!({"type": "string"})));
    let chain = |leaf: &str| {
        let mut definitions = serde_json::Map::new();
        for n in 0..2_000 {
            let next = json!({"type": "array", "items": {"$ref": format!("#/$defs/d{}", n + 1)}});
            definitions.insert(format!("d{n}"), next);
        }
        definitions.insert("d2000".to_owned(), json!({"type": leaf}));
        json!({"$ref": "#/$defs/d0", "$defs": definitions})
    };
    assert!(!includes(&chain("string"), &chain("integer")));
    assert!(!includes(&chain("integer"), &chain("number")), "too deep to tell");
}
