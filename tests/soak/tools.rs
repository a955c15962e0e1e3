//! Tools that remember what they did.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use openai_tools::{DynTool, Message, ToolContext, ToolError, ToolSettings, Toolbox};
use serde_json::{Value, json};

use super::model::Random;
use crate::definition;

/// Which calls of tools with effects were run, by run, id and argument, until they are accounted for:
/// an id may come again in a later response, an argument does not.
#[derive(Default)]
pub(super) struct Effects {
    open: Mutex<HashSet<(u64, String, u64)>>,
    count: AtomicU64,
    /// How many calls were run a second time. A panic would be an output of the tool.
    twice: AtomicU64,
}

impl Effects {
    /// A tool with effects was run.
    fn enter(&self, run: u64, id: &str, n: u64) {
        self.count.fetch_add(1, Ordering::Relaxed);
        let is_new = self.open.lock().expect("no panic").insert((run, id.to_owned(), n));
        self.twice.fetch_add(u64::from(!is_new), Ordering::Relaxed);
    }

    /// Strikes out what the transcript of a run holds. A call that went well was run.
    pub(super) fn account(&self, run: u64, transcript: &[Message], seed: u64) {
        let mut open = self.open.lock().expect("no panic");
        let mut asked: HashMap<&str, u64> = HashMap::new();
        for message in transcript {
            if let Message::Assistant(said) = message {
                let calls = said.tool_calls.iter();
                asked = calls.map(|call| (call.id.as_str(), argument(&call.arguments))).collect();
            }
            let Message::Tool(output) = message else { continue };
            let id = output.call_id.as_str();
            let n = asked.get(id).copied().unwrap_or_default();
            let was_run = open.remove(&(run, id.to_owned(), n));
            let says_so = output.text == DONE;
            assert!(was_run || !says_so, "seed {seed}, run {run}: an output out of nothing");
        }
    }

    /// Effects that are in no transcript.
    pub(super) fn unaccounted(&self) -> usize {
        self.open.lock().expect("no panic").len()
    }

    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    pub(super) fn twice(&self) -> u64 {
        self.twice.load(Ordering::Relaxed)
    }
}

/// The argument of a call; 0 where it has none.
fn argument(arguments: &str) -> u64 {
    let arguments: Option<Value> = serde_json::from_str(arguments).ok();
    arguments.and_then(|arguments| arguments["n"].as_u64()).unwrap_or_default()
}

const DONE: &str = "it is done";

/// `look` is read-only, `act` has effects, `alone` is sequential, `slow` takes some ms, `fail` does
/// what tools should not.
pub(super) fn tools(effects: &Arc<Effects>, run: u64) -> Toolbox {
    let effect = |name: &str, settings: ToolSettings, what: fn(u64) -> What| {
        let effects = Arc::clone(effects);
        let call = move |arguments: Value, context: ToolContext| {
            let (effects, n) = (Arc::clone(&effects), arguments["n"].as_u64().unwrap_or_default());
            async move {
                effects.enter(run, context.call_id().as_str(), n);
                match what(n) {
                    What::Done => {}
                    What::Fail => return Err(ToolError::for_model("it did not work")),
                    What::Panic => panic::resume(),
                    What::Wait(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
                }
                Ok(DONE)
            }
        };
        DynTool::new(parameters(name), call).with_settings(settings)
    };
    let look = DynTool::new(parameters("look"), |arguments: Value, _: ToolContext| async move {
        Ok::<_, ToolError>(format!("seen {}", arguments["n"]))
    });
    let usual = ToolSettings::new();
    let all = [
        look.with_settings(usual.clone().with_read_only(true)),
        effect("act", usual.clone(), |_| What::Done),
        effect("alone", usual.clone().with_sequential(true), |_| What::Done),
        effect("slow", usual.clone(), |n| What::Wait(n % 5)),
        effect("fail", usual, |n| if n % 2 == 0 { What::Fail } else { What::Panic }),
    ];
    all.into_iter().try_fold(Toolbox::new(), Toolbox::with).expect("distinct")
}

enum What {
    Done,
    Fail,
    Panic,
    Wait(u64),
}

mod panic {
    /// Unwinds as a panic does, but without a word on the terminal.
    pub(super) fn resume() -> ! {
        std::panic::resume_unwind(Box::new("a tool panicked"))
    }
}

fn parameters(name: &str) -> openai_tools::ToolDefinition {
    definition(name, json!({"n": {"type": "integer"}}))
}

/// A call of some tool; not each of them is one that can be run. Its argument comes in no other turn.
pub(super) fn call(random: &mut Random, turn: usize, id: String) -> (String, String, String) {
    let names = ["look", "look", "act", "act", "alone", "slow", "fail", "acting"];
    let name = names[random.below(8)];
    let n = turn * 1_000 + random.below(1_000);
    let arguments = match random.below(20) {
        0 => "{\"n\":".to_owned(),
        1 => "{\"n\":\"many\"}".to_owned(),
        _ => json!({"n": n}).to_string(),
    };
    (id, name.to_owned(), arguments)
}
