//! One record of any kind.

use std::{collections::HashMap, fmt, sync::Arc};

use serde_json::Value;

use super::{
    Kind, Rules,
    answer::Format,
    batch::{self, BatchLine},
    call,
    held::Held,
    items, messages,
    notes::{At, Note, Notes},
    offer::Offer,
    training,
};

/// Definitions that stood in records before.
#[derive(Default)]
pub(super) struct Memory {
    offers: HashMap<String, (Arc<Offer>, Vec<Note>)>,
    formats: HashMap<String, Result<Arc<Held>, String>>,
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("offers", &self.offers.len()).finish_non_exhaustive()
    }
}

/// Checks a record of the kind that was asked for, else of the kind that it looks like.
pub(super) fn check(
    value: &Value,
    rules: &Rules,
    memory: &mut Memory,
    notes: &mut Notes,
) -> (Option<Kind>, Option<BatchLine>) {
    let Some(kind) = rules.kind.or_else(|| Kind::of(value)) else {
        let what = "no kind of record is recognised in it; say which it is with --kind";
        notes.error("", "kind", what);
        return (None, None);
    };
    let record = At::root(value);
    let mut batch = None;
    match kind {
        // There is no schema to hold it to.
        Kind::Instance => {}
        Kind::BatchInput => batch = batch::input(&record, rules, memory, notes),
        Kind::BatchOutput => batch = batch::output(&record, rules, memory, notes),
        Kind::ChatRequest => chat_request(&record, rules, memory, notes),
        Kind::ChatResponse => {
            let format = answers(rules);
            chat_response(&record, rules.offer.clone(), &format, notes);
        }
        Kind::Conversation => conversation(&record, rules, memory, notes),
        Kind::Exchange => exchange(&record, rules, memory, notes),
        Kind::FineTuning => {
            let terms = trained(&record, rules, memory, notes);
            training::example(&record, super::kind::TRAINING_KEYS, &terms, notes);
        }
        Kind::Preference => {
            let input = record.key("input").unwrap_or_else(|| record.clone());
            let terms = trained(&input, rules, memory, notes);
            training::preference(&record, &terms, notes);
        }
        Kind::ResponsesRequest => responses_request(&record, rules, memory, notes),
        Kind::ResponsesResponse => {
            responses_response(&record, rules, memory, Asked::default(), notes);
        }
        Kind::ToolCall => {
            call::of_chat(&record, offer(&record, rules, memory, notes).as_ref(), notes);
        }
    }
    (Some(kind), batch)
}

pub(super) fn chat_request(
    request: &At<'_>,
    rules: &Rules,
    memory: &mut Memory,
    notes: &mut Notes,
) {
    let offer = offer(request, rules, memory, notes);
    tool_choice(request, offer.as_ref(), notes);
    let own = request.key("response_format").map(|format| self::format(&format, memory, notes));
    let Some(list) = request.key("messages") else {
        return notes.error(&request.pointer, "shape", "expected a request with `messages`");
    };
    if is_json_mode(request.key("response_format").as_ref()) {
        json_word(&list, notes);
    }
    let terms = messages::Terms {
        offer,
        answers: answers(rules),
        last_answer: own.unwrap_or_default(),
        may_wait: false,
    };
    messages::check(&list, &terms, notes);
}

pub(super) fn responses_request(
    request: &At<'_>,
    rules: &Rules,
    memory: &mut Memory,
    notes: &mut Notes,
) {
    let offer = offer(request, rules, memory, notes);
    tool_choice(request, offer.as_ref(), notes);
    // A schema that cannot be used is told, whatever becomes of the answer.
    text_format(request, memory, notes);
    let Some(input) = request.key("input") else { return };
    let continues = ["previous_response_id", "conversation", "prompt"]
        .iter()
        .any(|key| request.key(key).is_some());
    let is_json_mode =
        is_json_mode(request.key("text").and_then(|text| text.key("format")).as_ref());
    let is_told = request.text_at("instructions").is_some_and(says_json);
    if is_json_mode && !continues && !is_told {
        json_word(&input, notes);
    }
    if !input.value.is_string() {
        let terms = items::Terms { offer, answers: answers(rules), may_wait: false, continues };
        items::check(&input, &terms, notes);
    }
}

/// A response of either API.
pub(super) fn response(body: &At<'_>, rules: &Rules, memory: &mut Memory, notes: &mut Notes) {
    match Kind::of(body.value) {
        Some(Kind::ChatResponse) => {
            chat_response(body, rules.offer.clone(), &answers(rules), notes);
        }
        Some(Kind::ResponsesResponse) => {
            responses_response(body, rules, memory, Asked::default(), notes);
        }
        // Of another endpoint.
        _ => {}
    }
}

fn chat_response(response: &At<'_>, offer: Option<Arc<Offer>>, format: &Format, notes: &mut Notes) {
    let Some(choices) = response.key("choices").filter(|choices| choices.value.is_array()) else {
        return notes.error(&response.pointer, "shape", "expected a response with `choices`");
    };
    let whole = messages::Terms {
        offer,
        answers: format.clone(),
        last_answer: Format::Any,
        may_wait: true,
    };
    let cut = messages::Terms { offer: None, ..messages::Terms::default() };
    for choice in choices.items() {
        let Some(message) = choice.key("message") else {
            notes.error(&choice.pointer, "shape", "expected a choice with a `message`");
            continue;
        };
        let reason = choice.text_at("finish_reason");
        let is_cut = matches!(reason, Some("length" | "content_filter"));
        let holds_json = format.is_json() || message.key("tool_calls").is_some();
        if is_cut && holds_json {
            let what = format!("cut off by `{}`, and not looked at", reason.unwrap_or_default());
            notes.warning(choice.place_of("finish_reason"), "cut-off", what);
        }
        messages::assistant_alone(&message, if is_cut { &cut } else { &whole }, notes);
    }
}

/// What the request of a response said.
#[derive(Default)]
struct Asked {
    offer: Option<Arc<Offer>>,
    format: Format,
}

fn responses_response(
    response: &At<'_>,
    rules: &Rules,
    memory: &mut Memory,
    asked: Asked,
    notes: &mut Notes,
) {
    // A response repeats what was asked for; a copy of it may not.
    let offer = offer(response, rules, memory, notes).or(asked.offer);
    let own = text_format(response, memory, notes).unwrap_or(asked.format);
    let Some(output) = response.key("output") else {
        return notes.error(&response.pointer, "shape", "expected a response with `output`");
    };
    let format = match answers(rules) {
        Format::Any => own,
        given => given,
    };
    if response.text_at("status").is_some_and(|status| status != "completed") {
        if format.is_json() {
            let what = "the response is not completed, and its answer not looked at";
            notes.warning(response.place_of("status"), "cut-off", what);
        }
        return;
    }
    let terms = items::Terms { offer, answers: format, may_wait: true, continues: true };
    items::check(&output, &terms, notes);
}

fn conversation(record: &At<'_>, rules: &Rules, memory: &mut Memory, notes: &mut Notes) {
    let keys = ["messages", "items", "input", "data"];
    let list = match keys.iter().find_map(|key| record.key(key)) {
        _ if record.value.is_array() => record.clone(),
        Some(list) => list,
        None => {
            let what = "expected a list of messages, or an object with `messages` or `items`";
            return notes.error(&record.pointer, "shape", what);
        }
    };
    let offer = offer(record, rules, memory, notes);
    let answers = answers(rules);
    let has_items = list.items().any(|item| {
        let kind = item.text_at("type");
        kind.is_some_and(|kind| kind != "message") || item.text_at("call_id").is_some()
    });
    if has_items {
        let terms = items::Terms { offer, answers, may_wait: false, continues: false };
        return items::check(&list, &terms, notes);
    }
    let terms = messages::Terms { offer, answers, ..messages::Terms::default() };
    messages::check(&list, &terms, notes);
}

/// A request and its response.
fn exchange(record: &At<'_>, rules: &Rules, memory: &mut Memory, notes: &mut Notes) {
    let part = |key: &str| {
        let part = record.key(key)?;
        Some(part.key("body").filter(|body| body.value.is_object()).unwrap_or(part))
    };
    let (Some(request), Some(response)) = (part("request"), part("response")) else {
        let what = "expected an object with a `request` and a `response`";
        return notes.error(&record.pointer, "shape", what);
    };
    let is_chat = request.key("messages").is_some();
    if is_chat {
        chat_request(&request, rules, memory, notes);
    } else {
        responses_request(&request, rules, memory, notes);
    }
    // What is wrong with the definitions is told by now.
    let mut told = Notes::default();
    let offer = offer(&request, rules, memory, &mut told);
    let own = if is_chat {
        request.key("response_format").map(|own| format(&own, memory, &mut told))
    } else {
        text_format(&request, memory, &mut told)
    };
    let format = match answers(rules) {
        Format::Any => own.unwrap_or_default(),
        given => given,
    };
    if response.key("choices").is_some() || is_chat {
        chat_response(&response, offer, &format, notes);
    } else {
        responses_response(&response, rules, memory, Asked { offer, format }, notes);
    }
}

fn trained(
    record: &At<'_>,
    rules: &Rules,
    memory: &mut Memory,
    notes: &mut Notes,
) -> messages::Terms {
    let offer = offer(record, rules, memory, notes);
    let answers = answers(rules);
    messages::Terms { offer, answers, last_answer: Format::Any, may_wait: true }
}

fn answers(rules: &Rules) -> Format {
    rules.schema.clone().map_or(Format::Any, Format::Schema)
}

/// The tools that are given, else those of the record.
fn offer(
    record: &At<'_>,
    rules: &Rules,
    memory: &mut Memory,
    notes: &mut Notes,
) -> Option<Arc<Offer>> {
    if let Some(offer) = &rules.offer {
        return Some(Arc::clone(offer));
    }
    let list = record.key("tools").or_else(|| record.key("functions"))?;
    let text = list.value.to_string();
    if !memory.offers.contains_key(&text) {
        let mut own = Notes::default();
        let root = At::root(list.value);
        let offer = Arc::new(Offer::read(&root, &mut own));
        make_room(&mut memory.offers, &text);
        memory.offers.insert(text.clone(), (offer, own.into_list()));
    }
    let (offer, own) = memory.offers.get(&text)?;
    notes.take(own, &list.pointer);
    Some(Arc::clone(offer))
}

/// The form that a request of chat completions asks for.
fn format(format: &At<'_>, memory: &mut Memory, notes: &mut Notes) -> Format {
    match format.text_at("type") {
        Some("json_object") => Format::Json,
        Some("json_schema") => {
            let inner = format.key("json_schema").unwrap_or_else(|| format.clone());
            match inner.key("schema") {
                Some(schema) => held(&schema, memory, notes),
                None => Format::Json,
            }
        }
        _ => Format::Any,
    }
}

/// The form that a request of responses asks for.
fn text_format(request: &At<'_>, memory: &mut Memory, notes: &mut Notes) -> Option<Format> {
    let own = request.key("text")?.key("format")?;
    Some(format(&own, memory, notes))
}

fn held(schema: &At<'_>, memory: &mut Memory, notes: &mut Notes) -> Format {
    let text = schema.value.to_string();
    make_room(&mut memory.formats, &text);
    let made = memory.formats.entry(text).or_insert_with(|| {
        Held::of(schema.value).map(Arc::new).map_err(|error| {
            let refusal = error.refusals().first();
            refusal.map_or_else(String::new, |first| {
                let at = if first.pointer.is_empty() { "the root" } else { &first.pointer };
                format!("at {at}: {} (help: {})", first.reason, first.help)
            })
        })
    });
    match made {
        Ok(held) => Format::Schema(Arc::clone(held)),
        Err(why) => {
            notes.error(&schema.pointer, "invalid-schema", why.clone());
            Format::Json
        }
    }
}

/// Forgets everything before what is new would be too much.
fn make_room<T>(known: &mut HashMap<String, T>, text: &str) {
    let is_full = known.len() >= MOST_REMEMBERED || text.len() > LONGEST_REMEMBERED;
    if is_full && !known.contains_key(text) {
        known.clear();
    }
}

fn tool_choice(request: &At<'_>, offer: Option<&Arc<Offer>>, notes: &mut Notes) {
    let Some(choice) = request.key("tool_choice") else { return };
    if choice.text_at("type") != Some("function") {
        return;
    }
    let named = choice.key("function").unwrap_or(choice);
    let Some(name) = named.text_at("name") else {
        return notes.error(&named.pointer, "shape", "expected a choice with a `name`");
    };
    let nothing = Arc::default();
    let offer = offer.unwrap_or(&nothing);
    if offer.tool(None, name).is_none() && !offer.is_open {
        notes.error(named.place_of("name"), "unknown-tool", offer.unknown(name));
    }
}

/// A server refuses JSON mode where nothing speaks of JSON.
fn json_word(conversation: &At<'_>, notes: &mut Notes) {
    let mut open = vec![conversation.value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) if says_json(text) => return,
            Value::Array(items) => open.extend(items),
            Value::Object(map) => open.extend(map.values()),
            _ => {}
        }
    }
    let what = "JSON mode, and nothing in the conversation says JSON: servers refuse that";
    notes.error(&conversation.pointer, "json-mode-word", what);
}

fn is_json_mode(format: Option<&At<'_>>) -> bool {
    format.is_some_and(|format| format.text_at("type") == Some("json_object"))
}

fn says_json(text: &str) -> bool {
    text.as_bytes().windows(4).any(|four| four.eq_ignore_ascii_case(b"json"))
}

const MOST_REMEMBERED: usize = 64;
const LONGEST_REMEMBERED: usize = 4 << 20;
