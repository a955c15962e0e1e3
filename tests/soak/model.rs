//! A model on a server at which everything goes wrong now and then.

use std::{
    collections::HashMap,
    iter,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use openai_tools::{
    Message,
    testing::{BreakPoint, Packing, Reply, StreamFault, StreamShape},
};
use serde_json::{Value, json};

use super::tools;

/// A small generator (`xorshift`): the same seed says the same.
pub(super) struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        // Neighbouring seeds are to differ from the first number on.
        Self((seed ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xff51_afd7_ed55_8ccd) | 1)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % u64::try_from(end.max(1)).expect("small")).expect("small")
    }
}

/// What the server says to each run, by run, turn and attempt.
pub(super) struct Model {
    seed: u64,
    faults: AtomicU64,
    /// What was wrong with requests. A panic would end nothing but a connection.
    wrong: Mutex<Vec<String>>,
    /// Of each run under way: how often it was asked at the same place of its conversation, and
    /// what the last request held.
    asked: Mutex<HashMap<u64, Asked>>,
}

#[derive(Default)]
struct Asked {
    messages: usize,
    attempts: u64,
    outputs: Outputs,
}

/// By turn and id: each response numbers its calls anew.
type Outputs = HashMap<(usize, String), String>;

impl Model {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, faults: AtomicU64::new(0), wrong: Mutex::default(), asked: Mutex::default() }
    }

    pub(super) fn faults(&self) -> u64 {
        self.faults.load(Ordering::Relaxed)
    }

    /// What was wrong with the requests.
    pub(super) fn wrong(&self) -> Vec<String> {
        self.wrong.lock().expect("no panic").clone()
    }

    pub(super) fn script(self: Arc<Self>) -> impl Iterator<Item = Reply> + Send {
        iter::repeat_with(move || {
            let model = Arc::clone(&self);
            Reply::with_chat(move |request| {
                model.answer(request).unwrap_or_else(|wrong| {
                    model.wrong.lock().expect("no panic").push(wrong);
                    Reply::error(400, "wrong", "no")
                })
            })
        })
    }

    /// The run is over: what the server was sent is what its transcript says.
    pub(super) fn account(&self, run: u64, transcript: &[Message], seed: u64) {
        let asked = self.asked.lock().expect("no panic").remove(&run);
        let Some(asked) = asked else { return };
        let mut turn = 0;
        let mut told = Outputs::new();
        for message in transcript {
            match message {
                Message::Assistant(_) => turn += 1,
                Message::Tool(output) => {
                    told.insert((turn, output.call_id.as_str().to_owned()), output.text.clone());
                }
                _ => {}
            }
        }
        for (call, text) in &asked.outputs {
            assert_eq!(told.get(call), Some(text), "seed {seed}, run {run}: {call:?} is lost");
        }
    }

    fn answer(&self, request: &Value) -> Result<Reply, String> {
        let messages = request["messages"].as_array().map_or(&[][..], Vec::as_slice);
        let run = messages.first().and_then(|first| first["content"].as_str()?.split(' ').next());
        let run: u64 = run.and_then(|number| number.parse().ok()).ok_or("it names no run")?;
        let outputs = outputs(messages).map_err(|wrong| format!("run {run}: {wrong}"))?;
        let attempt = {
            let mut asked = self.asked.lock().expect("no panic");
            let asked = asked.entry(run).or_default();
            if asked.outputs.iter().any(|(id, text)| outputs.get(id) != Some(text)) {
                return Err(format!("run {run}: an output is not what it was"));
            }
            asked.outputs = outputs;
            asked.attempts = if asked.messages == messages.len() { asked.attempts + 1 } else { 0 };
            asked.messages = messages.len();
            asked.attempts
        };
        let place = u64::try_from(messages.len()).expect("few") << 8 | attempt;
        let mut random = Random::new(self.seed ^ run << 32 ^ place);
        let turn = messages.iter().filter(|message| message["role"] == "assistant").count();
        let good = said(&mut random, turn);
        if random.below(4) > 0 {
            return Ok(good);
        }
        self.faults.fetch_add(1, Ordering::Relaxed);
        Ok(spoiled(good, turn, &mut random))
    }
}

/// The outputs of a request, by call. Each call has one, in its place.
fn outputs(messages: &[Value]) -> Result<Outputs, &'static str> {
    let mut outputs = Outputs::new();
    let mut turn = 0;
    let mut messages = messages.iter();
    while let Some(message) = messages.next() {
        if message["role"] == "tool" {
            return Err("an output without its call");
        }
        turn += usize::from(message["role"] == "assistant");
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            let output = messages.next().ok_or("a call without its output")?;
            let (Some(id), Some(text)) = (call["id"].as_str(), output["content"].as_str()) else {
                return Err("a call without an id, or an output without a text");
            };
            if output["tool_call_id"] != call["id"] {
                return Err("an output in the wrong place");
            }
            if outputs.insert((turn, id.to_owned()), text.to_owned()).is_some() {
                return Err("two calls with one id");
            }
        }
    }
    Ok(outputs)
}

/// A good answer: calls, and at last a text.
fn said(random: &mut Random, turn: usize) -> Reply {
    if turn > random.below(4) {
        return Reply::text("It is all done now.");
    }
    let calls = (0..=random.below(8)).map(|n| tools::call(random, turn, format!("c-{n}")));
    Reply::tool_calls(calls.collect::<Vec<_>>())
}

/// Every fault of the built-in server.
fn spoiled(good: Reply, turn: usize, random: &mut Random) -> Reply {
    let point =
        [BreakPoint::AfterHead, BreakPoint::BeforeHead, BreakPoint::InBody, BreakPoint::InHead]
            [random.below(4)];
    let at = u64::try_from(random.below(12)).expect("small");
    let stream = |fault| StreamShape::new().with_delta_size(16).with_fault(fault);
    match random.below(24) {
        0 | 1 => good.closed_at(point),
        2 | 3 => good.reset_at(point),
        // Each silence lasts.
        4 if random.below(8) == 0 => good.stalled_at(point),
        4 | 5 => {
            let status = [408, 409, 429, 500, 502, 503, 504, 529][random.below(8)];
            let headers =
                [("retry-after", "0.01"), ("retry-after-ms", "5"), ("x-should-retry", "true")];
            let (name, value) = headers[random.below(3)];
            Reply::error(status, "overloaded", "later").with_header(name, value)
        }
        6 => Reply::error([400, 401, 403, 404, 422][random.below(5)], "wrong", "no"),
        7 => Reply::error(429, "insufficient_quota", "no"),
        8 => Reply::json(200, &json!({"error": {"message": "later", "code": 503}})),
        9 => Reply::raw(200, "text/html", "<html>it is down</html>"),
        10 => Reply::raw_http("nonsense\r\n\r\n"),
        11 => Reply::huge(2 << 20),
        12 => good.with_slow_bytes(64, Duration::from_millis(1)),
        13 => good.with_header("content-type", "text/plain"),
        14 => good.with_finish_reason(["length", "content_filter"][random.below(2)]),
        15 => {
            let ids = ["", "", "same", "same"].map(str::to_owned);
            Reply::tool_calls(ids.map(|id| tools::call(random, turn, id)))
        }
        16 => good.with_stream(stream(StreamFault::CutAfter(at))),
        17 => good.with_stream(stream(StreamFault::ResetAfter(at))),
        18 => good.with_stream(stream(StreamFault::EndAfter(at))),
        19 => good.with_stream(stream(StreamFault::NotJson(at))),
        20 => good.with_stream(stream(StreamFault::Oversized { at, bytes: 9 << 20 })),
        21 => good.with_stream(stream(StreamFault::Error {
            at,
            code: "server_error".to_owned(),
            message: "later".to_owned(),
        })),
        22 => good.with_stream(StreamShape::new().with_packing(Packing::Split(7))),
        _ => Reply::refusal("I would rather not."),
    }
}
