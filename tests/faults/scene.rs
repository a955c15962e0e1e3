//! A server that fails, the four faces that it is shown, and what each of them saw.

use std::{
    collections::{HashMap, HashSet},
    fmt, iter,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use openai_tools::{
    Client, DynTool, Error, Message, Outcome, ToolContext, ToolError, ToolSettings, Toolbox,
    chat::Request,
    client::ClientBuilder,
    run::{Run, RunError},
    testing::{Reply, Server, StreamShape},
    tool::IntoTools,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tests::{TestServer, definition, transcript_is_answered};

/// Who asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Face {
    Request,
    Stream,
    Tools,
    Typed,
}

impl Face {
    /// In the order of the table's columns.
    pub(crate) const ALL: [Self; 4] = [Self::Request, Self::Tools, Self::Typed, Self::Stream];

    fn has_tools(self) -> bool {
        matches!(self, Self::Stream | Self::Tools)
    }

    /// What a server that is well says to it first.
    pub(crate) fn first(self) -> Reply {
        match self {
            Self::Stream | Self::Tools => {
                Reply::tool_calls([call("c1", "look"), call("c2", "act")])
            }
            Self::Request => in_pieces(Reply::text(long())),
            Self::Typed => answer(),
        }
        .with_stream(pieces())
    }
}

/// A typed answer.
#[derive(Deserialize, JsonSchema, Serialize)]
pub(crate) struct Report {
    title: String,
    pages: u32,
}

pub(crate) fn answer() -> Reply {
    in_pieces(Reply::value(&Report { title: long(), pages: 2 }).expect("a value"))
}

pub(crate) fn call(id: &str, name: &str) -> (String, String, Value) {
    (id.to_owned(), name.to_owned(), json!({"text": long()}))
}

/// Long enough that half of it, or a slow way for it, is something.
fn long() -> String {
    "It rains in Hanoi. ".repeat(80)
}

/// Few events, so that slow ones do not take long.
pub(crate) fn pieces() -> StreamShape {
    StreamShape::new().with_delta_size(400)
}

fn in_pieces(reply: Reply) -> Reply {
    reply.with_stream(pieces())
}

/// What a server that is well says to any request of ours.
pub(crate) fn good(face: Face) -> Reply {
    Reply::with_chat(move |request| {
        let last = request["messages"].as_array().and_then(|messages| messages.last());
        let is_answered = last.is_some_and(|message| message["role"] == "tool");
        match face {
            Face::Typed => answer(),
            _ if is_answered => in_pieces(Reply::text("done")),
            _ => face.first(),
        }
    })
}

/// How often each call of each tool was run: not by its id alone, since ids can come again in
/// a later response.
#[derive(Clone, Default)]
pub(crate) struct Runs(Arc<Mutex<HashMap<Call, u32>>>);

/// Name, id and arguments.
type Call = (&'static str, String, String);

impl Runs {
    fn tool(&self, name: &'static str, settings: ToolSettings) -> DynTool {
        let runs = self.clone();
        let run = move |arguments: Value, context: ToolContext| {
            let call = (name, context.call_id().as_str().to_owned(), arguments.to_string());
            *runs.0.lock().expect("no panic").entry(call).or_default() += 1;
            async { Ok::<_, ToolError>("done") }
        };
        DynTool::new(definition(name, json!({"text": {"type": "string"}})), run)
            .with_settings(settings)
    }

    /// `look` is read-only, `act` has effects.
    fn tools(&self) -> Toolbox {
        let look = self.tool("look", ToolSettings::new().with_read_only(true));
        let tools = Toolbox::new().with(look);
        tools.and_then(|tools| tools.with(self.tool("act", ToolSettings::new()))).expect("distinct")
    }

    fn of_act(&self) -> u32 {
        let runs = self.0.lock().expect("no panic");
        runs.iter().filter(|((name, ..), _)| *name == "act").map(|(_, times)| times).sum()
    }

    fn most_of_one_call(&self) -> u32 {
        self.0.lock().expect("no panic").values().copied().max().unwrap_or_default()
    }
}

/// What somebody saw, as a cell of the table has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Seen {
    pub(crate) end: String,
    pub(crate) requests: usize,
    /// How often the tool with effects was run; `None` where there are no tools.
    pub(crate) effects: Option<u32>,
}

impl Seen {
    const ERROR: &str = "error";
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { end, requests, effects } = self;
        match end.strip_prefix(Self::ERROR) {
            Some(_) => write!(f, "{end} {requests}")?,
            None => write!(f, "`{end}` {requests}")?,
        }
        effects.map_or(Ok(()), |effects| write!(f, "/{effects}"))
    }
}

/// With which settings of the client something is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Settings {
    /// An attempt has 700 ms.
    Hurried,
    /// A server may be silent for 700 ms.
    Impatient,
    /// A response may have 100 kB.
    Narrow,
    Usual,
}

impl Settings {
    pub(crate) fn is_timed(self) -> bool {
        matches!(self, Self::Hurried | Self::Impatient)
    }

    fn of(self, client: ClientBuilder) -> ClientBuilder {
        match self {
            Self::Hurried => client.timeout(SHORT),
            Self::Impatient => client.first_byte_timeout(SHORT).idle_timeout(SHORT),
            Self::Narrow => client.max_response_bytes(100_000),
            Self::Usual => client,
        }
    }
}

/// Longer than a server that is well takes on a busy machine.
const SHORT: Duration = Duration::from_millis(700);

/// Somebody asks a server that follows a script.
pub(crate) struct Scene {
    pub(crate) face: Face,
    pub(crate) script: Script,
    pub(crate) settings: Settings,
    /// Whether there are tools for a request and a typed answer, too.
    pub(crate) with_tools: bool,
    /// The least time between two attempts.
    pub(crate) wait: Duration,
}

pub(crate) type Script = Box<dyn Iterator<Item = Reply> + Send>;

/// One server for all scenes of an API, since each client costs more than a scene. The first message
/// of a request names the scene.
pub(crate) struct Stage {
    /// Holds what it was sent against OpenAI's document when it is dropped.
    _server: TestServer,
    clients: [(Settings, Client); 4],
    played: Arc<Mutex<Vec<Played>>>,
}

/// What a scene's server says, and what it was sent, in the words of chat completions.
struct Played {
    script: Script,
    requests: Vec<(Instant, Value)>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let played: Arc<Mutex<Vec<Played>>> = Arc::default();
        let of_scenes = Arc::clone(&played);
        let next = move || {
            let played = Arc::clone(&of_scenes);
            Reply::with_chat(move |request| {
                let mut played = played.lock().expect("no panic");
                let scene = &mut played[number(request).expect("a scene")];
                scene.requests.push((Instant::now(), request.clone()));
                let ended = || Reply::error(400, "script_ended", "words");
                scene.script.next().unwrap_or_else(ended)
            })
        };
        let server = TestServer::start(Server::builder().script(iter::repeat_with(next))).await;
        let all = [Settings::Hurried, Settings::Impatient, Settings::Narrow, Settings::Usual];
        let client = |settings: Settings| settings.of(server.client_builder()).build();
        let clients = all.map(|settings| (settings, client(settings).expect("good settings")));
        Self { _server: server, clients, played }
    }

    /// What is seen. Asserts what holds whatever happens.
    pub(crate) async fn play(self: Arc<Self>, scene: Scene) -> Seen {
        let Scene { face, script, settings, with_tools, wait } = scene;
        let scene = {
            let mut played = self.played.lock().expect("no panic");
            played.push(Played { script, requests: Vec::new() });
            played.len() - 1
        };
        let client = self.clients.iter().find(|(of, _)| *of == settings).expect("all settings");
        let runs = Runs::default();
        let asked = ask(&client.1, face, with_tools, &runs, format!("{scene} is the scene."));
        let end = tokio::time::timeout(HANGS, asked).await.expect("it hangs");

        let requests = std::mem::take(&mut self.played.lock().expect("no panic")[scene].requests);
        assert!(runs.most_of_one_call() <= 1, "a call ran twice");
        // Three attempts a turn, 16 turns.
        assert!(requests.len() <= 48, "{} requests", requests.len());
        for (_, request) in &requests {
            every_call_is_answered(request);
        }
        if let [(first, _), (second, _), ..] = requests[..] {
            assert!(second - first >= wait, "sent again after {:?}", second - first);
        }
        let has_tools = face.has_tools() || face == Face::Typed && with_tools;
        Seen { end, requests: requests.len(), effects: has_tools.then(|| runs.of_act()) }
    }
}

fn number(request: &Value) -> Option<usize> {
    request["messages"][0]["content"].as_str()?.split(' ').next()?.parse().ok()
}

async fn ask(client: &Client, face: Face, with_tools: bool, runs: &Runs, task: String) -> String {
    match face {
        Face::Request => {
            let mut request = Request::new("m");
            request.messages.push(Message::user(task));
            request.tools = with_tools.then(|| runs.tools().into_tools());
            match client.send(&request).await {
                Ok(response) if !response.is_whole() => {
                    format!("response: {}", response.finish_reason.as_str())
                }
                Ok(response) => match response.message.tool_calls.len() {
                    0 => "response".to_owned(),
                    1 => "response: 1 call".to_owned(),
                    calls => format!("response: {calls} calls"),
                },
                Err(error) => failed(&error),
            }
        }
        Face::Tools => ended(client.run("m").tools(runs.tools()).user(task).await),
        Face::Stream => {
            ended(client.run("m").tools(runs.tools()).user(task).stream().finish().await)
        }
        Face::Typed => {
            let run = client.parse::<Report>("m").user(task);
            ended(if with_tools { run.tools(runs.tools()).await } else { run.await })
        }
    }
}

const HANGS: Duration = Duration::from_secs(60);

fn failed(error: &Error) -> String {
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("Hanoi") && !shown.contains(TestServer::KEY), "{shown}");
    format!("{} `{}`", Seen::ERROR, error.kind().as_str())
}

fn ended<T>(run: Result<Run<T>, RunError>) -> String {
    let transcript = match &run {
        Ok(run) => run.transcript(),
        Err(error) => error.transcript(),
    };
    assert!(transcript_is_answered(transcript), "a call has no output");
    match run {
        Ok(run) => match run.outcome() {
            Outcome::Incomplete(reason) => format!("incomplete: {reason}"),
            Outcome::Limit(limit) => format!("limit: {}", limit.as_str()),
            outcome => outcome.as_str().to_owned(),
        },
        Err(error) => failed(error.error()),
    }
}

/// Whether each call in the messages of a request is answered once, in order, at once.
fn every_call_is_answered(request: &Value) {
    let mut messages = request["messages"].as_array().expect("a list").iter();
    while let Some(message) = messages.next() {
        assert!(message["role"] != "tool", "an output without its call");
        // Which response an id belongs to is told by where it stands.
        let mut ids = HashSet::new();
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            let output = messages.next().expect("an output");
            assert_eq!(output["tool_call_id"], call["id"]);
            assert!(ids.insert(call["id"].as_str().expect("an id").to_owned()), "an id twice");
        }
    }
}
