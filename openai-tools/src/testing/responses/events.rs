//! The document of an answer as events (schema `ResponseStreamEvent`), one at a time: an answer of
//! a million deltas never stands in memory as events.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use serde_json::{Map, Value, json};

use super::document::unfinished;
use crate::testing::stream::{Chunk, StreamQuirk, StreamShape, Text};

/// What the events of one answer hold.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct ResponseEvents {
    steps: VecDeque<Step>,
    sequence: u64,
    shape: Arc<StreamShape>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Event {
        kind: String,
        fields: Value,
        closes: Option<Arc<str>>,
    },
    /// A text in pieces, each an event of one kind.
    Pieces {
        kind: String,
        fields: Value,
        text: Text,
        closes: Option<Arc<str>>,
    },
}

impl ResponseEvents {
    /// The events of the document that an unstreamed answer would be. `filling` stands for a text of
    /// so many letters x, which the last event does not repeat.
    pub(in super::super) fn new(
        document: &Value,
        filling: Option<u64>,
        shape: &Arc<StreamShape>,
    ) -> Self {
        let mut steps = VecDeque::new();
        let begins: &[_] = if document["background"] == true {
            &[("created", "queued"), ("queued", "queued"), ("in_progress", "in_progress")]
        } else {
            &[("created", "in_progress"), ("in_progress", "in_progress")]
        };
        for (kind, status) in begins {
            let begun = json!({"response": unfinished(document, status)});
            steps.push_back(event(&format!("response.{kind}"), begun));
        }
        let output = document.get("output").and_then(Value::as_array);
        let items: Vec<Vec<Step>> = output
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, item)| item_steps(index, item, filling, shape))
            .collect();
        if shape.is_interleaved() {
            steps.extend(in_turns(items, shape));
        } else {
            steps.extend(items.into_iter().flatten());
        }
        if !shape.has(StreamQuirk::NoFinishReason) {
            let status = document.get("status").and_then(Value::as_str).unwrap_or("completed");
            steps.push_back(event(&format!("response.{status}"), json!({"response": document})));
        }
        Self { steps, sequence: 0, shape: Arc::clone(shape) }
    }

    /// The events behind the one of this number.
    pub(super) fn after(mut self, number: Option<u64>) -> Self {
        while number.is_some_and(|number| self.sequence <= number) && self.next().is_some() {}
        self
    }
}

impl Iterator for ResponseEvents {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        let step = self.steps.front_mut()?;
        let size = self.shape.delta_size();
        let (kind, mut fields, closes, over) = match step {
            Step::Event { kind, fields, closes } => {
                (kind.clone(), fields.take(), closes.take(), true)
            }
            Step::Pieces { kind, fields, text, closes } => {
                let mut fields = fields.clone();
                let size = size.unwrap_or_else(|| text.default_delta());
                fields["delta"] = text.take(size).into();
                let over = text.is_over();
                (kind.clone(), fields, closes.take_if(|_| over), over)
            }
        };
        if over {
            self.steps.pop_front();
        }
        if self.shape.has(StreamQuirk::IndexMissing) {
            fields.as_object_mut().map(|fields| fields.shift_remove("output_index"));
        }
        let mut whole = Map::new();
        whole.insert("type".to_owned(), kind.clone().into());
        whole.insert("sequence_number".to_owned(), self.sequence.into());
        self.sequence += 1;
        if let Value::Object(fields) = fields {
            whole.extend(fields);
        }
        Some(Chunk { data: Value::from(whole).to_string(), closes, event: Some(kind) })
    }
}

fn event(kind: &str, fields: Value) -> Step {
    Step::Event { kind: kind.to_owned(), fields, closes: None }
}

/// The events of one item: that it begins, its texts in pieces, that it is whole.
fn item_steps(
    index: usize,
    item: &Value,
    filling: Option<u64>,
    shape: &Arc<StreamShape>,
) -> Vec<Step> {
    let whole_calls = shape.has(StreamQuirk::WholeCalls);
    let id = item.get("id").cloned().unwrap_or_default();
    let place = |more: Value| {
        let mut fields = json!({"item_id": id, "output_index": index});
        if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
            fields.extend(more);
        }
        fields
    };
    let mut steps = Vec::new();
    let mut begun = item.clone();
    if begun.get("status").is_some() {
        begun["status"] = "in_progress".into();
    }
    let list = |name: &str| item.get(name).and_then(Value::as_array).into_iter().flatten();
    for name in ["content", "summary"] {
        if item.get(name).is_some_and(Value::is_array) {
            begun[name] = json!([]);
        }
    }
    let call = match item.get("type").and_then(Value::as_str) {
        Some("function_call") => {
            item.get("arguments").map(|text| ("function_call_arguments", "arguments", text))
        }
        Some("custom_tool_call") => {
            item.get("input").map(|text| ("custom_tool_call_input", "input", text))
        }
        _ => None,
    };
    if let Some((_, field, _)) = call {
        begun[field] = "".into();
    }
    steps.push(event("response.output_item.added", json!({"output_index": index, "item": begun})));

    for (at, part) in list("summary").enumerate() {
        let place = |more| place(more);
        let text = part.get("text").and_then(Value::as_str).unwrap_or_default();
        let told = |kind: &str, more: Value| {
            let mut fields = place(json!({"summary_index": at}));
            if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
                fields.extend(more);
            }
            event(&format!("response.reasoning_summary_{kind}"), fields)
        };
        let empty = json!({"type": "summary_text", "text": ""});
        steps.push(told("part.added", json!({"part": empty})));
        let fields = place(json!({"summary_index": at}));
        steps.extend(pieces("response.reasoning_summary_text.delta", fields, Text::given(text)));
        steps.push(told("text.done", json!({"text": text})));
        steps.push(told("part.done", json!({"part": part})));
    }
    for (at, part) in list("content").enumerate() {
        steps.extend(part_steps(&place(json!({"content_index": at})), part, filling));
    }
    let mut closes = None;
    if let Some((kind, field, Value::String(arguments))) = call {
        closes = item.get("call_id").and_then(Value::as_str).map(Arc::from);
        if !whole_calls {
            let delta = format!("response.{kind}.delta");
            let mut told = pieces(&delta, place(json!({})), Text::given(arguments));
            if let Some(Step::Pieces { closes: of_last, .. }) = &mut told {
                *of_last = closes.take();
            }
            steps.extend(told);
            let mut done = place(json!({field: arguments}));
            if field == "arguments" {
                done["name"] = item.get("name").cloned().unwrap_or_default();
            }
            steps.push(event(&format!("response.{kind}.done"), done));
        }
    }
    // Without a piece of its arguments a call is whole where its item is.
    let kind = "response.output_item.done".to_owned();
    steps.push(Step::Event { kind, fields: json!({"output_index": index, "item": item}), closes });
    steps
}

fn part_steps(place: &Value, part: &Value, filling: Option<u64>) -> Vec<Step> {
    let with = |more: Value| {
        let mut fields = place.clone();
        if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
            fields.extend(more);
        }
        fields
    };
    let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
    let (word, field) = match kind {
        "refusal" => ("refusal", "refusal"),
        _ => ("output_text", "text"),
    };
    let text = part.get(field).and_then(Value::as_str).unwrap_or_default();
    let mut empty = part.clone();
    empty[field] = "".into();
    let extra = if word == "refusal" { json!({}) } else { json!({"logprobs": []}) };
    let given =
        filling.filter(|_| word == "output_text").map_or_else(|| Text::given(text), Text::Filling);
    let mut steps = vec![event("response.content_part.added", with(json!({"part": empty})))];
    steps.extend(pieces(&format!("response.{word}.delta"), with(extra.clone()), given));
    let mut done = with(extra);
    done[field] = text.into();
    steps.push(event(&format!("response.{word}.done"), done));
    steps.push(event("response.content_part.done", with(json!({"part": part}))));
    steps
}

fn pieces(kind: &str, fields: Value, text: Text) -> Option<Step> {
    let kind = kind.to_owned();
    (!text.is_over()).then_some(Step::Pieces { kind, fields, text, closes: None })
}

/// Calls take turns, a piece of each after the other; what is no call is through before them.
fn in_turns(items: Vec<Vec<Step>>, shape: &StreamShape) -> Vec<Step> {
    let is_call = |steps: &Vec<Step>| {
        steps
            .iter()
            .any(|step| matches!(step, Step::Pieces { kind, .. } if kind.contains("_call_")))
    };
    let calls: HashSet<usize> =
        items.iter().enumerate().filter(|(_, steps)| is_call(steps)).map(|(at, _)| at).collect();
    let mut all = Vec::new();
    let mut turns: Vec<VecDeque<Step>> = Vec::new();
    for (at, steps) in items.into_iter().enumerate() {
        if calls.contains(&at) {
            turns.push(steps.into_iter().flat_map(|step| cut(step, shape)).collect());
        } else {
            all.extend(steps);
        }
    }
    while turns.iter().any(|steps| !steps.is_empty()) {
        all.extend(turns.iter_mut().filter_map(VecDeque::pop_front));
    }
    all
}

/// Each piece of a text as a step of its own.
fn cut(step: Step, shape: &StreamShape) -> Vec<Step> {
    let Step::Pieces { kind, fields, mut text, closes } = step else { return vec![step] };
    let size = shape.delta_size().unwrap_or_else(|| text.default_delta());
    let mut steps = Vec::new();
    while !text.is_over() {
        let piece = Text::given(text.take(size));
        let closes = closes.clone().filter(|_| text.is_over());
        steps.push(Step::Pieces {
            kind: kind.clone(),
            fields: fields.clone(),
            text: piece,
            closes,
        });
    }
    steps
}
