use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{JsonError, JsonLimits, JsonStream, Kind, PartialValue, Scanner};
use crate::json::Untrusted;

/// What the docs of the module call a prefix.
fn is_prefix(part: PartialValue<'_>, whole: &Value) -> bool {
    if part.is_complete() {
        return part.to_value().as_ref() == Some(whole);
    }
    match (part.kind(), whole) {
        (Kind::Array, Value::Array(items)) => {
            let last = part.len().saturating_sub(1);
            part.len() <= items.len()
                && part.items().zip(items).all(|(part, whole)| is_prefix(part, whole))
                && part.items().take(last).all(PartialValue::is_complete)
        }
        (Kind::Object, Value::Object(members)) => {
            let last = part.len().saturating_sub(1);
            part.len() <= members.len()
                && part.members().zip(members).all(|((key, part), (whole_key, whole))| {
                    key == whole_key && is_prefix(part, whole)
                })
                && part.members().take(last).all(|(_, part)| part.is_complete())
        }
        (Kind::String, Value::String(text)) => {
            part.as_str().is_some_and(|part| text.starts_with(part))
        }
        (Kind::Number, Value::Number(number)) => {
            let text = part.growing_number().expect("it grows");
            part.as_number().is_none() && number.to_string().starts_with(text)
        }
        (Kind::Bool, Value::Bool(_)) => part.as_bool().is_none(),
        (Kind::Null, Value::Null) => !part.is_null(),
        _ => false,
    }
}

/// Pushes a text in pieces and checks all that can be seen on the way.
fn watched(pieces: &[&str], whole: &Value) {
    let mut stream = JsonStream::new();
    let mut scanner = Scanner::new();
    let mut completed = Vec::new();
    for piece in pieces {
        stream.push(piece).expect("JSON so far");
        scanner.push(piece).expect("JSON so far");
        assert_eq!(stream.is_closed(), scanner.is_closed());
        let value = stream.value();
        assert!(value.is_none_or(|value| is_prefix(value, whole)), "{value:?} of {whole}");
        for value in stream.completed() {
            assert!(value.is_complete());
            let path = value.path();
            assert_eq!(whole.pointer(&path), value.to_value().as_ref(), "{path}");
            completed.push(path);
        }
    }
    // A number at the root is completed by the end only.
    if !whole.is_number() {
        let mut expected = Vec::new();
        all_paths(whole, String::new(), &mut expected);
        assert_eq!(completed, expected, "each once, what is inside first");
    }
    scanner.finish().expect("JSON");
    assert_eq!(&stream.finish().expect("JSON"), whole);
}

fn all_paths(value: &Value, path: String, paths: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                all_paths(item, format!("{path}/{n}"), paths);
            }
        }
        Value::Object(members) => {
            for (key, value) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                all_paths(value, format!("{path}/{key}"), paths);
            }
        }
        _ => {}
    }
    paths.push(path);
}

fn single_characters(text: &str) -> Vec<&str> {
    text.split("").filter(|piece| !piece.is_empty()).collect()
}

fn cut<'a>(text: &'a str, cuts: &[prop::sample::Index]) -> Vec<&'a str> {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut ends: Vec<usize> = cuts.iter().map(|cut| *cut.get(&places)).collect();
    ends.push(text.len());
    ends.sort_unstable();
    let mut start = 0;
    let pieces = ends.into_iter().map(|end| {
        let piece = &text[start..end];
        start = end;
        piece
    });
    pieces.collect()
}

/// Each character of the strings as an escape, white space between all tokens.
fn elaborate(value: &Value) -> String {
    let quoted = |text: &str| {
        let escapes: String = text
            .encode_utf16()
            .flat_map(|unit| format!("\\u{unit:04X}").into_bytes())
            .map(char::from)
            .collect();
        format!("\"{escapes}\"")
    };
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(elaborate).collect();
            format!("[ {} ]", items.join("\n,\t"))
        }
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| {
                format!("{} :\r\n{}", quoted(key), elaborate(value))
            };
            let members: Vec<_> = members.iter().map(member).collect();
            format!(" {{\n{} }} ", members.join(" , "))
        }
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        // serde_json may read the last bit of a number otherwise than it wrote it.
        any::<f64>().prop_filter_map("read as written", |number| {
            let number = json!(number);
            (serde_json::from_str::<Value>(&number.to_string()).ok()? == number).then_some(number)
        }),
        any::<String>().prop_map(Value::from),
        "[a-z\"\\\\\u{0}-\u{1f}é\u{1f600}]{0,30}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 24, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..24).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner.clone()), 0..24)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
            prop::collection::vec(("[a-c~/\"]{0,3}", inner), 0..24)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The pieces of a text are pushed as they stand; true if it is JSON.
fn verdict(pieces: &[&str], limits: JsonLimits) -> Result<Value, JsonError> {
    let mut stream = JsonStream::with_limits(limits);
    pieces.iter().try_for_each(|piece| stream.push(piece))?;
    stream.finish()
}

fn read(text: &str) -> Result<Value, JsonError> {
    verdict(&[text], JsonLimits::default())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_value_so_far_is_a_prefix_whatever_the_pieces(
        value in any_json(),
        cuts: Vec<prop::sample::Index>,
    ) {
        for text in [value.to_string(), format!("{value:#}"), elaborate(&value)] {
            watched(&[&text], &value);
            watched(&cut(&text, &cuts), &value);
            watched(&single_characters(&text), &value);
        }
    }

    #[test]
    fn what_is_almost_json_is_judged_as_serde_json_judges_it(
        value in any_json(),
        cuts: Vec<prop::sample::Index>,
        place: prop::sample::Index,
        byte in "[\\[\\]{},:\"\\\\0-9eE.+tfnu \n-]",
    ) {
        let text = value.to_string();
        let pieces = cut(&text, &[place]);
        let text = format!("{}{byte}{}", pieces[0], pieces[1]);
        let expected = serde_json::from_str::<Untrusted>(&text).ok().map(|value| value.0);
        prop_assert_eq!(read(&text).ok(), expected.clone());
        prop_assert_eq!(verdict(&cut(&text, &cuts), JsonLimits::default()).ok(), expected.clone());
        let single = single_characters(&text);
        prop_assert_eq!(verdict(&single, JsonLimits::default()).ok(), expected);
    }

    #[test]
    fn an_error_does_not_depend_on_the_pieces(
        text in "[\\[\\]{},:\"\\\\0-9eE.+a-fln-u \n-]{0,40}",
        cuts: Vec<prop::sample::Index>,
    ) {
        let whole = read(&text);
        prop_assert_eq!(&verdict(&cut(&text, &cuts), JsonLimits::default()), &whole);
        prop_assert_eq!(&verdict(&single_characters(&text), JsonLimits::default()), &whole);
    }
}

#[test]
fn an_escape_may_be_cut_anywhere() {
    let mut stream = JsonStream::new();
    let mut seen = Vec::new();
    for piece in ["\"a\\", "u00", "e9", "\\ud8", "3d\\", "u", "de00", "z"] {
        stream.push(piece).expect("JSON so far");
        seen.push(stream.value().and_then(PartialValue::as_str).expect("a string").to_owned());
    }
    assert_eq!(seen, ["a", "a", "aé", "aé", "aé", "aé", "aé\u{1f600}", "aé\u{1f600}z"]);
}

#[test]
fn what_may_still_grow_has_no_value() {
    let mut stream = JsonStream::new();
    stream.push("[tru").expect("JSON so far");
    let item = |stream: &JsonStream, n| {
        let item = stream.value().and_then(|list| list.item(n)).expect("an item");
        (item.kind(), item.is_complete(), item.to_value())
    };
    assert_eq!(item(&stream, 0), (Kind::Bool, false, None));
    stream.push("e,-1").expect("JSON so far");
    assert_eq!(item(&stream, 0), (Kind::Bool, true, Some(json!(true))));
    assert_eq!(item(&stream, 1), (Kind::Number, false, None));
    assert_eq!(stream.value().and_then(PartialValue::to_value), Some(json!([true])));
    stream.push("2,\"x").expect("JSON so far");
    assert_eq!(item(&stream, 1), (Kind::Number, true, Some(json!(-12))));
    assert_eq!(item(&stream, 2), (Kind::String, false, Some(json!("x"))));
}

#[test]
fn a_number_at_the_root_is_complete_by_white_space_or_the_end() {
    let mut stream = JsonStream::new();
    stream.push("12").expect("JSON so far");
    assert!(!stream.is_closed());
    assert_eq!(stream.clone().finish(), Ok(json!(12)));
    stream.push(" ").expect("JSON so far");
    assert!(stream.is_closed());
    assert_eq!(stream.completed().count(), 1);
}

#[test]
fn the_root_closes_with_its_last_byte_and_what_trails_is_told() {
    for (text, trailing) in [("{}", false), ("{} \n", false), ("{}{", true), ("{} x", true)] {
        let mut stream = JsonStream::new();
        let mut scanner = Scanner::new();
        for piece in single_characters(text) {
            stream.push(piece).expect("what trails is not looked at");
            scanner.push(piece).expect("what trails is not looked at");
        }
        assert!(stream.is_closed() && scanner.is_closed() && scanner.is_empty_object());
        assert_eq!((stream.has_trailing(), scanner.has_trailing()), (trailing, trailing), "{text}");
        assert_eq!(stream.finish().is_err(), trailing);
        assert_eq!(scanner.finish().is_err(), trailing);
    }
    for text in [r#"{"a":{}}"#, "[{}]", "{", "{}"] {
        let mut scanner = Scanner::new();
        scanner.push(text).expect("JSON so far");
        assert_eq!(scanner.is_empty_object(), text == "{}", "{text}");
    }
}

#[test]
fn errors_name_place_and_expectation_and_quote_nothing() {
    let told = |text: &str| read(text).expect_err("no JSON").to_string();
    assert_eq!(
        told("[1,\n 2 secret]"),
        "expected a comma or the end of the list at line 2 column 4"
    );
    assert_eq!(told(r#"{"a":1,"a":2}"#), "expected each key once at line 1 column 10");
    assert_eq!(told("[1e999]"), "expected a number in the range of an f64 at line 1 column 7");
    assert_eq!(
        told(r#""\ud800x""#),
        "expected the second half of a surrogate pair at line 1 column 8"
    );
    assert_eq!(told("{\"a\": tr"), "expected `true`, found the end at line 1 column 9");
    assert_eq!(told("[1] 2"), "expected the end of the text at line 1 column 5");
    let error = read("[\n01]").expect_err("no JSON");
    assert_eq!((error.offset(), error.line(), error.column(), error.is_end()), (3, 2, 2, false));
    assert!(read("[").expect_err("no JSON").is_end());
}

#[test]
fn an_error_stays_and_so_does_the_value_before_it() {
    let mut stream = JsonStream::new();
    let error = stream.push(r#"{"a": 1, "b": x"#).expect_err("no JSON");
    assert_eq!(stream.push("2}"), Err(error.clone()));
    assert_eq!(stream.value().and_then(PartialValue::to_value), Some(json!({"a": 1})));
    assert_eq!(stream.finish(), Err(error));
}

#[test]
fn limits_hold_at_the_byte() {
    let limits = JsonLimits::default().with_bytes(4);
    assert_eq!(verdict(&["[1", "]"], limits), Ok(json!([1])));
    assert_eq!(verdict(&["[12]"], limits), Ok(json!([12])));
    let error = verdict(&["[1", "23]"], limits).expect_err("too long");
    assert_eq!((error.offset(), error.expected()), (4, "at most 4 bytes"));
    assert!(verdict(&["\"aé\"\""], limits).is_err());
    let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    let limits = JsonLimits::default().with_depth(3);
    assert!(verdict(&[&deep(2)], limits).is_ok());
    assert!(verdict(&[&deep(3)], limits).is_err());
    let deepest = JsonLimits::default().with_depth(usize::MAX);
    assert!(verdict(&[&deep(511)], deepest).is_ok());
    assert!(verdict(&[&deep(512)], deepest).is_err());
    for levels in [127, 128] {
        let text = deep(levels);
        assert_eq!(read(&text).is_ok(), serde_json::from_str::<Value>(&text).is_ok(), "{levels}");
    }
}

#[test]
fn attacks_cost_what_their_length_says() {
    let error = read(&"[".repeat(100_000)).expect_err("too deep");
    assert_eq!(error.offset(), 127);
    let mut scanner = Scanner::new();
    assert!(scanner.push(&r#"{"a":"#.repeat(100_000)).is_err());

    let key = "k".repeat(1 << 20);
    let text = json!({ key: 1 }).to_string();
    let pieces: Vec<&str> = single_characters(&text);
    let mut stream = JsonStream::new();
    pieces.iter().try_for_each(|piece| stream.push(piece)).expect("JSON");
    assert_eq!(stream.finish().expect("JSON").to_string(), text);

    let text = format!("[{}\"\"]", "\"\",".repeat(999_999));
    assert_eq!(read(&text).expect("JSON").as_array().map(Vec::len), Some(1_000_000));

    for digits in ["1".repeat(1_000_000), format!("0.{}", "1".repeat(1_000_000))] {
        let expected = serde_json::from_str::<Value>(&digits).ok();
        assert_eq!(read(&digits).ok(), expected);
        let pieces = single_characters(&digits);
        assert_eq!(verdict(&pieces, JsonLimits::default()).ok(), expected);
    }
    for large in ["1e999999", "-1e999999", "1e99999999999999999999", "[1E400]"] {
        assert!(read(large).is_err());
    }
    for small in ["1e-999999", "0e999999", "-0.0e99999999999999999999"] {
        assert_eq!(read(small).ok(), serde_json::from_str(small).ok(), "{small}");
    }
}

#[test]
fn many_keys_are_told_apart_and_found() {
    let members: Vec<String> = (0..50_000).map(|n| format!("\"key{n}\":{n}")).collect();
    let text = format!("{{{}}}", members.join(","));
    let mut stream = JsonStream::new();
    stream.push(&text).expect("JSON");
    let value = stream.value().expect("a value");
    for n in [0, 15, 16, 17, 49_999] {
        let member = value.get(&format!("key{n}")).expect("a member");
        assert_eq!(member.to_value(), Some(json!(n)));
        assert_eq!(member.path(), format!("/key{n}"));
    }
    assert!(value.get("key50000").is_none());
    for twice in [0, 16, 40_000] {
        let text = text.replace('}', &format!(",\"key{twice}\":0}}"));
        assert_eq!(read(&text).expect_err("twice").expected(), "each key once");
    }
}

#[test]
fn private_keys_of_serde_json_are_keys_like_any_other() {
    let text = r#"{"$serde_json::private::RawValue":"{}","$serde_json::private::Number":"1"}"#;
    assert_eq!(read(text).expect("JSON").as_object().map(serde_json::Map::len), Some(2));
}

#[test]
fn a_clone_shares_what_is_complete_and_stays_as_it_was() {
    let mut stream = JsonStream::new();
    stream.push(&("[".to_owned() + &"[1],".repeat(2_000))).expect("JSON");
    let kept = stream.clone();
    stream.push(&"[2],".repeat(2_000)).expect("JSON");
    // Of seven full pieces the first holds the list that is open.
    assert_eq!(kept.tree.nodes.shared_with(&stream.tree.nodes), 6);
    let len = |stream: &JsonStream| stream.value().map(PartialValue::len);
    assert_eq!((len(&kept), len(&stream)), (Some(2_000), Some(4_000)));
    stream.push("3]").expect("JSON");
    assert_eq!(stream.finish().expect("JSON")[3_999], json!([2]));
    assert_eq!(kept.value().and_then(|value| value.item(1_999)?.to_value()), Some(json!([1])));
}

#[test]
fn objects_that_are_alike_share_their_keys() {
    let mut stream = JsonStream::new();
    let record = r#"{"id":1,"at":{"x":1,"y":[{"z":1}]}},"#;
    let other = r#"{"id":1,"on":{"x":1}},"#;
    stream.push(&("[".to_owned() + &record.repeat(1_000) + other)).expect("JSON");
    let nodes = &stream.tree.nodes;
    let ids = 0..u32::try_from(nodes.len()).expect("few");
    let keys: HashSet<_> =
        ids.filter_map(|id| nodes[id].key.as_ref().map(|key| key.as_ptr())).collect();
    // The object under `on` is like the one under `at`.
    assert_eq!(keys.len(), 6);
    stream.push("0]").expect("JSON");
    let text = "[".to_owned() + &record.repeat(1_000) + other + "0]";
    assert_eq!(stream.finish().expect("JSON"), serde_json::from_str::<Value>(&text).expect("JSON"));
}

/// The bytes that a value has allocated, from its capacities.
fn allocated(value: &Value) -> usize {
    match value {
        Value::Array(items) => {
            items.capacity() * size_of::<Value>() + items.iter().map(allocated).sum::<usize>()
        }
        // A bucket: hash, key and value; beside it a place in the table and its control byte.
        Value::Object(members) => {
            let bucket = 8 + size_of::<String>() + size_of::<Value>() + 9;
            let held = members.iter().map(|(key, value)| key.len() + allocated(value));
            members.len() * bucket + held.sum::<usize>()
        }
        Value::String(text) => text.capacity(),
        _ => 0,
    }
}

#[test]
fn the_value_so_far_needs_at_most_twice_the_memory_of_the_final_one() {
    let small = json!({"id": 1, "name": "abc", "tags": ["x", "y"], "at": {"x": 1.5, "y": null}});
    let many: serde_json::Map<_, _> = (0..20_000).map(|n| (format!("k{n}"), json!(n))).collect();
    for value in [
        json!(vec![small; 5_000]),
        json!(vec![1; 100_000]),
        json!(vec![""; 100_000]),
        json!(vec![json!([]); 100_000]),
        json!("x".repeat(1 << 20)),
        json!({"text": "y".repeat((1 << 20) + 1)}),
        Value::Object(many),
    ] {
        let text = value.to_string();
        let mut stream = JsonStream::new();
        let mut most = 0;
        for (n, piece) in single_characters(&text).into_iter().enumerate() {
            stream.push(piece).expect("JSON");
            if n % (text.len() / 10) == 0 {
                most = most.max(stream.tree.allocated());
            }
        }
        most = most.max(stream.tree.allocated());
        let whole = allocated(&stream.finish().expect("JSON"));
        assert!(most <= 2 * whole + 65_536, "{most} for {whole}: {}", &text[..40]);
    }
}
