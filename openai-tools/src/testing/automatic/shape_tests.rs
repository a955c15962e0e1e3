use super::*;

fn read(schema: &Value) -> Option<Shape> {
    Shape::read(schema, &words::stems("a circle").into_iter().collect())
}

#[test]
fn what_is_nullable_or_optional_is_not_wanted() {
    let shape = read(&json!({
        "type": "object",
        "properties": {
            "a": {"type": "string"},
            "b": {"type": ["integer", "null"]},
            "c": {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
            "d": {"type": "number"},
        },
        "required": ["a", "b", "c"],
    }))
    .expect("finite");
    let wanted: Vec<bool> = shape.leaves.iter().map(|leaf| leaf.wanted).collect();
    assert_eq!(wanted, [true, false, false, false]);
}

#[test]
fn recursion_ends_at_null_and_at_the_empty_list() {
    let list = json!({
        "type": "object",
        "properties": {
            "value": {"type": "integer"},
            "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
            "all": {"type": "array", "items": {"$ref": "#"}},
        },
        "required": ["value", "next", "all"],
    });
    let shape = read(&list).expect("finite");
    assert_eq!(shape.leaves.len(), 1);
    let endless = json!({
        "type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"],
    });
    assert!(read(&endless).is_none());
    assert!(read(&json!({"$ref": "#"})).is_none());
    assert!(read(&json!({"$ref": "https://x.org/a"})).is_none());
}

#[test]
fn schemas_that_double_at_each_level_are_given_up() {
    let mut defs = Map::new();
    for level in 0..40 {
        let next = json!({"$ref": format!("#/$defs/l{}", level + 1)});
        let level_schema = json!({"type": "object", "properties": {"a": next, "b": next},
                                  "required": ["a", "b"]});
        defs.insert(format!("l{level}"), level_schema);
    }
    defs.insert("l40".to_owned(), json!({"type": "string"}));
    assert!(read(&json!({"$ref": "#/$defs/l0", "$defs": defs})).is_none());
}

#[test]
fn the_branch_that_the_prompt_names_is_chosen() {
    let branch = |kind: &str| json!({"type": "object", "properties": {"type": {"const": kind}}, "required": ["type"]});
    let schema = json!({"anyOf": [branch("square"), branch("circle")]});
    let shape = read(&schema).expect("finite");
    assert_eq!(shape.leaves[0].kind, LeafKind::Choice(vec![json!("circle")]));
}

#[test]
fn lists_of_values_and_rows_of_objects_are_told_apart() {
    let row = json!({"type": "object", "properties": {"n": {"type": "number"}}});
    let shape = read(&json!({
        "type": "object",
        "properties": {
            "tags": {"type": "array", "items": {"type": "string"}},
            "rows": {"type": "array", "items": row},
        },
    }))
    .expect("finite");
    let lists: Vec<_> = shape.leaves.iter().map(|leaf| (leaf.list, leaf.row)).collect();
    assert_eq!(lists, [(true, None), (false, Some(1))]);
}

#[test]
fn formats_and_patterns_are_held_against_values() {
    let shape = read(&json!({"type": "string", "format": "email"})).expect("finite");
    assert!(shape.leaves[0].accepts(&json!("a@b.org")));
    assert!(!shape.leaves[0].accepts(&json!("a")));
}
