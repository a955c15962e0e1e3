//! Many runs at once against a server at which everything goes wrong at random: nothing is done
//! twice, nothing is lost, nothing hangs, and the memory does not grow.

mod model;
mod tools;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use openai_tools::{
    Client, ErrorKind, Message, Outcome,
    client::RetryPolicy,
    run::{Run, RunError, RunLimits},
    testing::{Server, StreamShape},
};
use tokio::{sync::Semaphore, task::JoinSet};

use self::{
    model::Model,
    tools::{Effects, tools},
};
use crate::{api, assert_sent_as_documented};

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// From it everything follows but the order of what happens at the same time.
    pub seed: u64,
    /// Runs in all.
    pub runs: u64,
    /// Runs at the same time.
    pub at_once: usize,
    /// The runs after which the memory is taken for the first time.
    pub warm_up: u64,
    /// The bytes that are allocated now. What the system has given to the process says less: an
    /// allocator keeps what is freed, and how much of it is chance.
    pub allocated: fn() -> usize,
    /// In how many ms the whole has to be done.
    pub deadline: Duration,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    /// Runs with each outcome, or kind of error.
    pub ends: std::collections::BTreeMap<&'static str, u64>,
    /// Requests that the server got.
    pub requests: u64,
    /// How many of them it answered with a fault.
    pub faults: u64,
    /// Calls that have an output in a transcript.
    pub calls: u64,
    /// Calls of tools with effects that were run.
    pub effects: u64,
    /// Bytes that were allocated after the first runs and at the end.
    pub memory: (usize, usize),
    /// How long it took.
    pub took: Duration,
}

/// Runs it all on the current runtime over the API of the test, and asserts what has to hold.
///
/// # Panics
///
/// Something does not hold; the message names the seed.
pub async fn soak(plan: Plan) -> Report {
    let all = tokio::time::timeout(plan.deadline, run_all(plan)).await;
    all.unwrap_or_else(|_| panic!("seed {}: not done within {:?}", plan.seed, plan.deadline))
}

async fn run_all(plan: Plan) -> Report {
    let start = Instant::now();
    let model = Arc::new(Model::new(plan.seed));
    let server = Server::builder()
        .script(Arc::clone(&model).script())
        .stream(StreamShape::new().with_delta_size(16))
        // The memory of the server is not what is measured.
        .keep_requests(64);
    let server = server.start().await.expect("a free port");
    let client = client(&server);
    let effects = Arc::new(Effects::default());
    let places = Arc::new(Semaphore::new(plan.at_once));
    let mut report = Report::default();
    let mut runs = JoinSet::new();
    let mut first = 0;
    for number in 0..plan.runs {
        let place = Arc::clone(&places).acquire_owned().await.expect("it is never closed");
        while let Some(ended) = runs.try_join_next() {
            report.enter(ended.expect("no panic in a run"));
        }
        if number == plan.warm_up {
            first = (plan.allocated)();
        }
        let (client, model, effects) = (client.clone(), Arc::clone(&model), Arc::clone(&effects));
        runs.spawn(async move {
            let end = one_run(&client, &model, &effects, number, plan.seed).await;
            drop(place);
            end
        });
    }
    while let Some(ended) = runs.join_next().await {
        report.enter(ended.expect("no panic in a run"));
    }
    // The last ones: it keeps few.
    assert_sent_as_documented(&server.requests());
    report.memory = (first, (plan.allocated)());
    report.requests = server.request_count();
    report.faults = model.faults();
    report.effects = effects.count();
    report.took = start.elapsed();
    let wrong = model.wrong();
    assert!(wrong.is_empty(), "seed {}: {wrong:#?}", plan.seed);
    assert_eq!(effects.twice(), 0, "seed {}: effects that were twice", plan.seed);
    assert_eq!(effects.unaccounted(), 0, "seed {}: effects that no transcript has", plan.seed);
    report
}

fn client(server: &Server) -> Client {
    let short = Duration::from_millis(2);
    let builder = Client::builder().base_url(server.base_url()).api(api());
    let builder = builder.retry(RetryPolicy::new().with_backoff(short, short));
    // What is silent is told by the model; what is only slow on a busy machine should not be.
    let builder = builder.first_byte_timeout(SILENCE).idle_timeout(SILENCE);
    builder.max_response_bytes(1 << 20).build().expect("a good configuration")
}

const SILENCE: Duration = Duration::from_secs(2);

/// How one run ended.
#[derive(Clone, Copy)]
struct Ended {
    end: &'static str,
    calls: u64,
}

async fn one_run(
    client: &Client,
    model: &Model,
    effects: &Arc<Effects>,
    number: u64,
    seed: u64,
) -> Ended {
    let limits = RunLimits::new().with_turns(6);
    let run = client
        .run("m")
        .tools(tools(effects, number))
        .limits(limits)
        .user(format!("{number} is the run."));
    // What the server would keep is not the memory that is measured.
    let run = run.extra("store", false);
    let ended = if number.is_multiple_of(2) { run.await } else { run.stream().finish().await };
    let (end, transcript, early) = match &ended {
        Ok(run) => (end_of(run), run.transcript(), run.dropped_calls()),
        Err(error) => (error_of(error, seed), error.transcript(), error.dropped_calls()),
    };
    for dropped in early {
        assert!(dropped.call.name == "look", "seed {seed}, run {number}: an effect was dropped");
    }
    let calls = check(transcript, seed, number);
    effects.account(number, transcript, seed);
    model.account(number, transcript, seed);
    Ended { end, calls }
}

fn end_of(run: &Run) -> &'static str {
    match run.outcome() {
        Outcome::Limit(limit) => limit.as_str(),
        outcome => outcome.as_str(),
    }
}

fn error_of(error: &RunError, seed: u64) -> &'static str {
    let kind = error.error().kind();
    let of_servers = [
        ErrorKind::Api,
        ErrorKind::Connection,
        ErrorKind::FirstByteTimeout,
        ErrorKind::IdleTimeout,
        ErrorKind::InvalidChunk,
        ErrorKind::InvalidResponse,
        ErrorKind::ResponseTooLarge,
        ErrorKind::StreamCut,
    ];
    assert!(of_servers.contains(&kind), "seed {seed}: {error:?}");
    kind.as_str()
}

/// How many calls a transcript has. Each has one output, in its place.
fn check(transcript: &[Message], seed: u64, number: u64) -> u64 {
    assert!(crate::transcript_is_answered(transcript), "seed {seed}, run {number}: not answered");
    let outputs = transcript.iter().filter(|message| matches!(message, Message::Tool(_))).count();
    u64::try_from(outputs).expect("few")
}

impl Report {
    fn enter(&mut self, ended: Ended) {
        *self.ends.entry(ended.end).or_default() += 1;
        self.calls += ended.calls;
    }

    /// How much larger the memory is at the end.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "it is rounded anyway")]
    pub fn growth(&self) -> f64 {
        let (first, last) = self.memory;
        last as f64 / first as f64
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ends, requests, faults, calls, effects, memory, took } = self;
        writeln!(f, "{} runs in {:.1} s", ends.values().sum::<u64>(), took.as_secs_f64())?;
        for (end, runs) in ends {
            writeln!(f, "  {runs:>6} {end}")?;
        }
        writeln!(f, "{requests} requests, {faults} of them answered with a fault")?;
        writeln!(f, "{calls} calls, each answered once; {effects} effects, none of them twice")?;
        let (first, last) = (memory.0 >> 10, memory.1 >> 10);
        let growth = self.growth();
        write!(f, "allocated: {first} KiB after the warm-up, {last} KiB at the end ({growth:.2})")
    }
}
