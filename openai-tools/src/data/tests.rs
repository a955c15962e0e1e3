use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn weather() -> Value {
    json!({
        "type": "object",
        "properties": {"city": {"type": "string"}, "unit": {"enum": ["celsius", "kelvin"]}},
        "required": ["city"],
        "additionalProperties": false,
    })
}

fn rules() -> Rules {
    let schema = weather();
    let mut offer = Offer::default();
    offer.add_tool("get_weather", Some(&schema)).expect("sound");
    Rules { offer: Some(Arc::new(offer)), ..Rules::default() }
}

/// The rules that a record breaks, with the pointers.
fn found(rules: &Rules, record: &Value) -> Vec<(String, String)> {
    let checked = rules.check(&record.to_string(), &mut Cache::default());
    let pair = |finding: Finding| (finding.rule.into_owned(), finding.pointer);
    checked.findings.into_iter().map(pair).collect()
}

fn expect(record: &Value, expected: &[(&str, &str)]) {
    let found = found(&rules(), record);
    let found: Vec<_> = found.iter().map(|(rule, at)| (rule.as_str(), at.as_str())).collect();
    assert_eq!(found, expected, "{record}");
}

fn call(id: &str, name: &str, arguments: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}})
}

fn asked(calls: &[Value], rest: &[Value]) -> Value {
    let mut messages = vec![
        json!({"role": "user", "content": "Is it warm?"}),
        json!({"role": "assistant", "content": null, "tool_calls": calls}),
    ];
    messages.extend_from_slice(rest);
    json!({"model": "m", "messages": messages})
}

fn output(id: &str) -> Value {
    json!({"role": "tool", "tool_call_id": id, "content": "warm"})
}

#[test]
fn a_sound_request_has_no_findings() {
    let record = asked(&[call("a", "get_weather", r#"{"city":"Hanoi"}"#)], &[output("a")]);
    expect(&record, &[]);
}

#[test]
fn a_call_is_held_to_its_tool() {
    let base = "/messages/1/tool_calls/0/function";
    let arguments = format!("{base}/arguments");
    let one = |name: &str, arguments: &str| asked(&[call("a", name, arguments)], &[output("a")]);
    expect(&one("get_wether", "{}"), &[("unknown-tool", &format!("{base}/name"))]);
    expect(&one("get_weather", "{}"), &[("required", &arguments)]);
    expect(&one("get_weather", ""), &[("arguments", &arguments)]);
    expect(&one("get_weather", "{\"city\": "), &[("arguments", &arguments)]);
    expect(
        &one("get_weather", r#"{"city": "Hanoi", "unit": "f"}"#),
        &[("enum", &format!("{arguments}/unit"))],
    );
    let mut record = one("get_weather", "");
    record["messages"][1]["tool_calls"][0]["function"]["arguments"] = json!({"city": 7});
    expect(&record, &[("arguments", &arguments), ("type", &format!("{arguments}/city"))]);
}

#[test]
fn a_place_in_arguments_is_a_place_of_the_record() {
    let record = asked(&[call("a", "get_weather", "{\n\"city\": 7}")], &[output("a")]);
    let text = record.to_string();
    let checked = rules().check(&text, &mut Cache::default());
    let at = checked.findings[0].at;
    assert!(text[at..].starts_with("\\\"city\\\": 7"), "{}", &text[at..]);
    assert_eq!(checked.findings[0].tool.as_deref(), Some("get_weather"));
}

#[test]
fn every_call_is_answered_once_and_at_once() {
    let sound = || call("a", "get_weather", r#"{"city":"Hanoi"}"#);
    let user = json!({"role": "user", "content": "And?"});
    let id = "/messages/1/tool_calls/0/id";
    let at = |n: usize| format!("/messages/{n}/tool_call_id");
    expect(&asked(&[sound()], &[]), &[("unanswered-call", id)]);
    expect(
        &asked(&[sound()], &[user.clone(), output("a")]),
        &[("unanswered-call", id), ("late-output", &at(3))],
    );
    expect(&asked(&[sound()], &[output("a"), output("a")]), &[("answered-twice", &at(3))]);
    expect(&asked(&[sound()], &[output("b"), output("a")]), &[("unknown-call", &at(2))]);
    expect(
        &asked(&[sound(), sound()], &[output("a")]),
        &[("duplicate-call-id", "/messages/1/tool_calls/1/id")],
    );
}

#[test]
fn roles_are_known_and_in_order() {
    let record = |roles: &[&str]| {
        let message = |role: &&str| json!({"role": role, "content": "x"});
        json!({"model": "m", "messages": roles.iter().map(message).collect::<Vec<_>>()})
    };
    expect(&record(&["system", "user", "assistant"]), &[]);
    expect(&record(&["usr"]), &[("role", "/messages/0/role")]);
    expect(&record(&["user", "system"]), &[("role-order", "/messages/1/role")]);
    expect(&record(&["assistant", "user"]), &[("role-order", "/messages/0/role")]);
    expect(&json!({"model": "m", "messages": []}), &[("shape", "/messages")]);
    expect(
        &json!({"model": "m", "messages": [7, {}]}),
        &[("shape", "/messages/0"), ("shape", "/messages/1")],
    );
}

#[test]
fn items_of_responses_are_paired() {
    let call = |id: &str| {
        json!({"type": "function_call", "call_id": id, "name": "get_weather",
            "arguments": "{\"city\":\"Hanoi\"}"})
    };
    let output = |id: &str| json!({"type": "function_call_output", "call_id": id, "output": "w"});
    let record = |items: Value| json!({"model": "m", "input": items});
    expect(&record(json!([call("a"), call("b"), output("b"), output("a")])), &[]);
    expect(&record(json!([call("a")])), &[("unanswered-call", "/input/0/call_id")]);
    expect(&record(json!([output("a")])), &[("unknown-call", "/input/0/call_id")]);
    let mut continued = record(json!([output("a"), output("a")]));
    continued["previous_response_id"] = "r".into();
    expect(&continued, &[("answered-twice", "/input/1/call_id")]);
    let response = json!({"object": "response", "status": "completed", "output": [
        call("a"), {"type": "function_call", "call_id": "b", "name": "x", "arguments": "{}"},
    ]});
    expect(&response, &[("unknown-tool", "/output/1/name")]);
}

#[test]
fn tools_of_the_record_are_taken_where_none_are_given() {
    let mut record = asked(&[call("a", "get_weather", "{}")], &[output("a")]);
    record["tools"] = json!([
        {"type": "function", "function": {"name": "get_weather", "parameters": weather()}},
        {"type": "function", "function": {"name": "bad name", "parameters": {"type": "strong"}}},
    ]);
    record["tool_choice"] = json!({"type": "function", "function": {"name": "other"}});
    let found = found(&Rules::default(), &record);
    let rules: Vec<_> = found.iter().map(|(rule, _)| rule.as_str()).collect();
    assert_eq!(rules, ["required", "tool-name", "invalid-schema", "unknown-tool"]);
    assert_eq!(found[2].1, "/tools/1/function/parameters/type");
}

#[test]
fn answers_are_held_to_their_format() {
    let schema = json!({"type": "json_schema", "json_schema": {"name": "w", "schema": weather()}});
    let record = |format: &Value, answer: &str| {
        json!({
            "request": {"model": "m", "messages": [{"role": "user", "content": "as JSON"}],
                "response_format": format},
            "response": {"choices": [{"finish_reason": "stop",
                "message": {"role": "assistant", "content": answer}}]},
        })
    };
    let content = "/response/choices/0/message/content";
    expect(&record(&schema, r#"{"city":"Hanoi"}"#), &[]);
    expect(&record(&schema, "{}"), &[("required", content)]);
    expect(&record(&schema, "Hanoi"), &[("answer", content)]);
    let json_mode = json!({"type": "json_object"});
    expect(&record(&json_mode, "{}"), &[]);
    expect(&record(&json_mode, "no"), &[("answer", content)]);
    let mut cut = record(&json_mode, "{\"a");
    cut["response"]["choices"][0]["finish_reason"] = "length".into();
    expect(&cut, &[("cut-off", "/response/choices/0/finish_reason")]);
    let mut wordless = record(&json_mode, "{}");
    wordless["request"]["messages"][0]["content"] = "please".into();
    expect(&wordless, &[("json-mode-word", "/request/messages")]);
}

#[test]
fn examples_for_fine_tuning_have_rules_of_their_own() {
    let user = json!({"role": "user", "content": "Hi"});
    let says = |weight: Value| json!({"role": "assistant", "content": "Hi", "weight": weight});
    let waits = json!({"role": "assistant",
        "tool_calls": [call("a", "get_weather", r#"{"city":"Hanoi"}"#)]});
    expect(&json!({"messages": [user, says(json!(1))]}), &[]);
    expect(&json!({"messages": [user, waits]}), &[]);
    expect(&json!({"messages": [user]}), &[("training-end", "/messages/0")]);
    expect(
        &json!({"messages": [user, says(json!(2))]}),
        &[("training-weight", "/messages/1/weight")],
    );
    expect(&json!({"messages": [user, says(json!(0))]}), &[("training-weight", "/messages")]);
    let rules = Rules { kind: Some(Kind::FineTuning), ..rules() };
    let record = json!({"message": [], "messages": [user, {"role": "assistant", "contnt": ""}]});
    let found = found(&rules, &record);
    let places: Vec<_> = found.iter().map(|(rule, at)| (rule.as_str(), at.as_str())).collect();
    assert_eq!(
        places,
        [
            ("training-key", "/message"),
            ("empty-message", "/messages/1"),
            ("training-key", "/messages/1/contnt"),
        ]
    );
}

#[test]
fn pairs_of_preference_hold_two_answers() {
    let record = |preferred: Value| {
        json!({
            "input": {"messages": [{"role": "user", "content": "Hi"}]},
            "preferred_output": preferred,
            "non_preferred_output": [{"role": "assistant", "content": "What?"}],
        })
    };
    expect(&record(json!([{"role": "assistant", "content": "Hello"}])), &[]);
    expect(&record(json!([])), &[("shape", "/preferred_output")]);
    expect(
        &record(json!([{"role": "user", "content": "x"}])),
        &[("training-end", "/preferred_output/0")],
    );
}

#[test]
fn lines_of_batches_hold_requests_and_responses() {
    let body = asked(&[call("a", "get_weather", "{}")], &[output("a")]);
    let line =
        json!({"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": body});
    let checked = rules().check(&line.to_string(), &mut Cache::default());
    assert_eq!(checked.findings.len(), 1);
    assert!(checked.findings[0].pointer.starts_with("/body/messages/1"));
    let batch = checked.batch.expect("a line of a batch");
    assert_eq!((batch.model.as_deref(), batch.is_input), (Some("m"), true));
    expect(
        &json!({"custom_id": "", "method": "GET", "url": "/v1/chat", "body": {"model": "m"}}),
        &[("batch-id", "/custom_id"), ("shape", "/method"), ("batch-endpoint", "/url")],
    );
    expect(
        &json!({"custom_id": "1", "response": {"status_code": 500, "body": {}}, "error": null}),
        &[("failed-request", "/response/status_code")],
    );
}

#[test]
fn what_is_no_json_is_told_at_its_place() {
    for (text, rule, at) in [
        ("{\"a\": x}", "json", 6),
        ("{\"a\": 1, \"a\": 2}", "duplicate-key", 9),
        ("{\"a\": 1", "json", 7),
        ("\u{feff}{}", "json", 0),
        ("{\"a\u{0}\": 1}", "json", 3),
    ] {
        let checked = rules().check(text, &mut Cache::default());
        let [finding] = &*checked.findings else { panic!("{text}: {checked:?}") };
        assert_eq!((&*finding.rule, finding.at), (rule, at), "{text}: {}", finding.message);
    }
    let deep = rules().check(&"[".repeat(100_000), &mut Cache::default());
    assert_eq!(deep.findings[0].rule, "too-deep");
    let many = format!("[{}0]", "0,".repeat(1_100_000));
    assert_eq!(rules().check(&many, &mut Cache::default()).findings[0].rule, "too-many-values");
}

#[test]
fn an_instance_is_held_to_the_schema() {
    let rules =
        Rules { schema: Some(Arc::new(Held::of(&weather()).expect("sound"))), ..Rules::default() };
    assert_eq!(found(&rules, &json!({"city": "Hanoi"})), []);
    assert_eq!(found(&rules, &json!({"city": 7})), [("type".to_owned(), "/city".to_owned())]);
}

#[test]
fn findings_of_one_record_are_bounded() {
    let messages = vec![json!({"role": "nobody"}); 5_000];
    let record = json!({"model": "m", "messages": messages});
    let checked = rules().check(&record.to_string(), &mut Cache::default());
    assert_eq!((checked.findings.len(), checked.more), (1_000, 4_000));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn no_record_is_too_broken_to_be_looked_at(
        which in 0..5_usize,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..12_usize), 1..6),
    ) {
        let mut text = samples()[which].to_string();
        for (place, kind) in edits {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            if places.is_empty() {
                break;
            }
            let at = places[place.index(places.len())];
            match kind {
                0..3 => drop(text.remove(at)),
                3 => text.truncate(at),
                4 => text = text[at..].to_owned(),
                kind => text.insert_str(at, PIECES[kind - 5]),
            }
        }
        let mut cache = Cache::default();
        for rules in [rules(), Rules::default()] {
            for kind in [None].into_iter().chain(Kind::ALL.iter().copied().map(Some)) {
                let rules = Rules { kind, offer: rules.offer.clone(), schema: None };
                for finding in rules.check(&text, &mut cache).findings {
                    prop_assert!(text.is_char_boundary(finding.at), "{} {}", finding.rule, text);
                }
            }
        }
    }
}

const PIECES: &[&str] = &["null", "\"é\\n\":", "[", "{}", "\\", "7", ","];

fn samples() -> Vec<Value> {
    let asked =
        asked(&[call("a", "get_weather", "{\"city\": \"é\\n\", \"unit\": 7}")], &[output("a")]);
    let items = json!({"model": "m", "previous_response_id": null, "text": {"format": {
        "type": "json_schema", "name": "a", "schema": weather()}}, "input": [
        {"type": "function_call", "call_id": "a", "name": "get_weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "a", "output": "x"}]});
    vec![
        asked.clone(),
        items.clone(),
        json!({"request": asked, "response": {"choices": [{"message": {"role": "assistant",
            "tool_calls": [call("b", "x", "[1, {\"é\": }")]}, "finish_reason": "stop"}]}}),
        json!({"custom_id": "a", "method": "POST", "url": "/v1/responses", "body": items}),
        json!({"messages": [{"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hi", "weight": 1}], "tools": [
            {"type": "function", "function": {"name": "f", "parameters": weather()}}]}),
    ]
}

#[test]
fn tools_of_a_namespace_are_held_as_well() {
    let request = |namespace: &str, name: &str| {
        format!(
            r#"{{"model":"m","tools":[{{"type":"namespace","name":"crm","description":"d","tools":
            [{{"type":"function","name":"find","parameters":{{"type":"object"}}}}]}}],
            "input":[{{"type":"function_call","call_id":"c",{namespace}"name":"{name}","arguments":"{{}}"}},
            {{"type":"function_call_output","call_id":"c","output":"o"}}]}}"#
        )
    };
    let rules_found = |text: &str| {
        let checked = Rules::default().check(text, &mut Cache::default());
        checked.findings.iter().map(|finding| finding.rule.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(rules_found(&request(r#""namespace":"crm","#, "find")), [""; 0]);
    assert_eq!(rules_found(&request("", "find")), [""; 0]);
    assert_eq!(rules_found(&request(r#""namespace":"crm","#, "nonsense")), ["unknown-tool"]);
    assert_eq!(rules_found(&request(r#""namespace":"erp","#, "find")), ["unknown-tool"]);
}
