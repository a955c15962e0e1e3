//! A process is killed at random moments while its run goes, over either API, and taken up from its
//! journal: each effect stands once, but for calls that are reported in doubt.

mod child;

use std::{
    collections::{HashMap, HashSet},
    env, fs,
    hash::{BuildHasher, Hasher, RandomState},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use openai_tools::{
    Message,
    chat::Api,
    run::journal::{FileJournal, Recovered, recover},
    testing::{Reply, Server},
};
use serde_json::{Value, json};
use tests::{assert_sent_as_documented, transcript_is_answered};

const TURNS: usize = 5;
const KILLS: u32 = 300;
const SAID: &str = "said";

/// Asks for the same calls at the same place of the conversation, whoever asks.
fn model(request: &Value) -> Reply {
    let messages = request["messages"].as_array().map_or(&[][..], Vec::as_slice);
    let turn = messages.iter().filter(|message| message["role"] == "assistant").count();
    if turn == TURNS {
        return Reply::text("done");
    }
    let names = ["append", "look", "append", "put", "alone"];
    Reply::tool_calls(names.iter().enumerate().map(|(n, name)| {
        let id = format!("{name}-{turn}-{n}");
        (id.clone(), *name, json!({"key": id}))
    }))
}

/// A small generator: the moments need to be spread, and to come again with the seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end.max(1)
    }
}

/// The files of one run.
struct Scene {
    folder: PathBuf,
}

impl Scene {
    fn new(number: u32) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("crash-{number}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder of our own");
        Self { folder }
    }

    fn spawn(&self, url: &str, api: Api) -> Child {
        Command::new(env::current_exe().expect("this test"))
            .args(["child::takes_the_run_up", "--exact", "--ignored"])
            .env(child::FOLDER, &self.folder)
            .env(child::URL, url)
            .env(child::API, api.as_str())
            .stdout(fs::File::create(self.folder.join(SAID)).expect("a file of our own"))
            .stderr(Stdio::null())
            .spawn()
            .expect("a process")
    }

    fn journal_bytes(&self) -> u64 {
        fs::metadata(self.folder.join(child::JOURNAL)).map_or(0, |metadata| metadata.len())
    }

    /// What the last process said.
    fn said(&self) -> String {
        fs::read_to_string(self.folder.join(SAID)).unwrap_or_default()
    }

    fn lines(&self, file: &str) -> HashMap<String, u32> {
        let mut lines = HashMap::new();
        for line in fs::read_to_string(self.folder.join(file)).unwrap_or_default().lines() {
            *lines.entry(line.to_owned()).or_default() += 1;
        }
        lines
    }

    /// Holds the world against the journal. Gives how many calls were in doubt.
    fn check(&self) -> usize {
        let opened = FileJournal::open(self.folder.join(child::JOURNAL)).expect("a journal");
        let Recovered { saved, outcome, in_doubt, .. } =
            recover(opened.records).expect("consistent").expect("begun");
        assert_eq!((outcome.as_deref(), in_doubt.len()), (Some("completed"), 0));
        assert!(transcript_is_answered(saved.messages()));
        let outputs =
            saved.messages().iter().filter(|message| matches!(message, Message::Tool(_))).count();
        assert_eq!(outputs, TURNS * 5);
        let (effects, doubts) = (self.lines(child::EFFECTS), self.lines(child::DOUBTS));
        let doubts: HashSet<_> = doubts.into_keys().collect();
        for message in saved.messages() {
            let Message::Tool(output) = message else { continue };
            let key = output.call_id.as_str();
            let times = effects.get(key).copied().unwrap_or_default();
            match key.split('-').next() {
                Some("append" | "alone") if doubts.contains(key) => {
                    assert!(times <= 1, "{key} was in doubt and ran {times} times");
                }
                Some("append" | "alone") => assert_eq!(times, 1, "{key}"),
                // It may run again.
                _ => assert!(times >= 1, "{key}"),
            }
        }
        doubts.len()
    }
}

#[test]
fn a_run_that_is_killed_at_any_moment_does_nothing_twice_and_loses_nothing() {
    let seed = RandomState::new().build_hasher().finish() | 1;
    eprintln!("seed {seed}");
    let mut random = Random(seed);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let script = std::iter::repeat_with(|| Reply::with_chat(model));
    let server = runtime.block_on(Server::builder().script(script).start()).expect("a free port");
    let url = server.base_url();

    let (mut kills, mut number, mut doubts) = (0, 0, 0);
    let mut whole = 8_000;
    while kills < KILLS {
        let scene = Scene::new(number);
        let api = [Api::ChatCompletions, Api::Responses][number as usize % 2];
        number += 1;
        // Some process gets through, or a journal of growing length would never end the loop.
        for attempt in 0.. {
            assert!(attempt < 400, "the run does not come to its end");
            let (start, more) = (scene.journal_bytes(), random.below(whole / 3));
            let mut child = scene.spawn(&url, api);
            let idle = random.below(2_000);
            if wait(&mut child, || scene.journal_bytes() >= start + more, idle) {
                child.kill().expect("it can be killed");
                child.wait().expect("it ended");
                kills += 1;
            } else {
                let status = child.wait().expect("it ended");
                assert!(status.success(), "seed {seed}: {}", scene.said());
                break;
            }
        }
        whole = scene.journal_bytes();
        doubts += scene.check();
    }
    assert_sent_as_documented(&server.requests());
    eprintln!("{kills} kills of {number} runs; {doubts} calls were in doubt");
}

/// Waits until something is so, and a little longer; false if the process ended by itself.
fn wait(child: &mut Child, is_so: impl Fn() -> bool, idle: u64) -> bool {
    let start = Instant::now();
    let mut since = 0;
    loop {
        assert!(start.elapsed() < Duration::from_secs(60), "a process hangs");
        if child.try_wait().expect("a process of ours").is_some() {
            return false;
        }
        if is_so() {
            since += 1;
        }
        if since > idle {
            return true;
        }
        thread::yield_now();
    }
}
