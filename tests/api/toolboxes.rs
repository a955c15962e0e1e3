//! Methods and sets that are tools of a run, over a real socket.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread::ThreadId,
};

use openai_tools::{
    Callable, Context, Tool, ToolContext, ToolError, ToolSet, Toolbox,
    run::{Decision, WaitingCall},
    testing::Reply,
    tool,
    tool::CallFailure,
    toolbox,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tests::TestServer;

#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Event {
    title: String,
}

trait Store: Send + Sync + 'static {
    fn list(&self) -> Vec<Event>;
    fn push(&self, event: Event);
    fn clear(&self);
}

impl Store for Mutex<Vec<Event>> {
    fn list(&self) -> Vec<Event> {
        self.lock().expect("no panic").clone()
    }

    fn push(&self, event: Event) {
        self.lock().expect("no panic").push(event);
    }

    fn clear(&self) {
        self.lock().expect("no panic").clear();
    }
}

struct Calendar<S> {
    store: S,
    thread: Mutex<Option<ThreadId>>,
}

struct UserId(u32);

#[derive(Context)]
struct App {
    user: UserId,
}

#[toolbox(prefix = "calendar_")]
impl<S: Store> Calendar<S> {
    fn new(store: S) -> Self {
        Self { store, thread: Mutex::default() }
    }

    /// Events whose title begins so.
    #[tool(read_only)]
    async fn events(
        &self,
        /// The first letters.
        #[serde(rename = "prefix")]
        first: String,
        most: Option<usize>,
    ) -> Result<Vec<Event>, ToolError> {
        tokio::task::yield_now().await;
        let found = self.store.list().into_iter().filter(|event| event.title.starts_with(&first));
        Ok(found.take(most.unwrap_or(usize::MAX)).collect())
    }

    /// Add an event.
    #[tool(sequential, timeout = "5s")]
    fn add(&self, title: String, #[context] user: &UserId) -> Result<String, ToolError> {
        *self.thread.lock().expect("no panic") = Some(std::thread::current().id());
        if title.is_empty() {
            return Err(ToolError::for_model("the title is empty"));
        }
        self.store.push(Event { title: title.clone() });
        Ok(format!("{title} by {}", user.0))
    }

    #[tool(name = "today")]
    fn date_of_today() -> Event {
        Event { title: "today".to_owned() }
    }

    /// Delete all events.
    #[tool(needs_approval, idempotent)]
    fn clear(&self) {
        self.store.clear();
    }
}

/// Say hello.
#[tool]
async fn greet() -> String {
    "hello".to_owned()
}

async fn deny(_: WaitingCall) -> Option<Decision> {
    Some(Decision::Denied("not today".to_owned()))
}

#[both_apis::test]
async fn methods_are_tools_and_stay_methods() {
    let calendar = Arc::new(Calendar::new(Mutex::default()));
    calendar.add("dinner".to_owned(), &UserId(1)).expect("a title");
    let found = calendar.events("d".to_owned(), None).await.expect("no failure");
    assert_eq!(found, [Event { title: "dinner".to_owned() }]);

    let tools = Toolbox::for_context::<App>()
        .extend(calendar.tools())
        .and_then(|tools| tools.with(greet))
        .expect("distinct");
    let script = [
        Reply::tool_calls([
            ("c1", "calendar_events", json!({"prefix": "din", "most": null})),
            ("c2", "calendar_add", json!({"title": ""})),
            ("c3", "calendar_today", json!({})),
            ("c4", "greet", json!({})),
            ("c5", "calendar_events", json!({"most": 1})),
            ("c6", "calendar_clear", json!({})),
        ]),
        Reply::tool_calls([("c7", "calendar_add", json!({"title": "lunch"}))]),
        Reply::text("done"),
    ];
    let server = TestServer::scripted(script).await;
    let tools = tools.bind(App { user: UserId(7) });
    let run =
        server.client().run("m").tools(tools).user("go").on_approval(deny).await.expect("good");
    let outputs: Vec<_> = run.calls().map(|record| record.output.text.as_str()).collect();
    assert_eq!(outputs[0], r#"[{"title":"dinner"}]"#);
    assert_eq!(outputs[1], "the title is empty");
    assert_eq!(outputs[2..4], [r#"{"title":"today"}"#, "hello"]);
    assert!(outputs[4].contains("prefix"), "{}", outputs[4]);
    assert_eq!(outputs[5], "not run: the call was denied: not today");
    assert_eq!(outputs[6], "lunch by 7");
    assert_eq!(calendar.store.list().len(), 2);
    assert_ne!(
        *calendar.thread.lock().expect("no panic"),
        Some(std::thread::current().id()),
        "what blocks runs off the async threads"
    );
}

#[test]
fn a_block_tells_what_a_function_tells() {
    let calendar = Arc::new(Calendar::new(Mutex::<Vec<Event>>::default()));
    let tools = calendar.tools::<App>();
    let tools: Vec<_> = tools.into_iter().map(|tool| tool.expect("sound")).collect();
    let settings: Vec<_> = tools
        .iter()
        .map(openai_tools::DynTool::settings)
        .map(|s| (s.read_only(), s.sequential(), s.needs_approval(), s.timeout().is_some()))
        .collect();
    assert_eq!(
        settings,
        [
            (true, false, false, false),
            (false, true, false, true),
            (false, false, false, false),
            (false, false, true, false),
        ]
    );
    let events = tools[0].definition();
    assert_eq!(events.description(), Some("Events whose title begins so."));
    let parameters = events.parameters();
    assert_eq!(parameters["required"], json!(["prefix", "most"]));
    assert_eq!(parameters["properties"]["prefix"]["description"], "The first letters.");
    let definitions = Calendar::<Mutex<Vec<Event>>>::definitions().expect("sound");
    let names: Vec<_> = definitions.iter().map(|definition| definition.name().as_str()).collect();
    assert_eq!(names, ["calendar_events", "calendar_add", "calendar_today", "calendar_clear"]);
}

#[test]
fn the_output_schema_is_that_of_the_value_that_is_sent() {
    let definitions = Calendar::<Mutex<Vec<Event>>>::definitions().expect("sound");
    let outputs: Vec<_> = definitions.iter().map(|definition| definition.output_schema()).collect();
    let event = json!({
        "type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"],
    });
    // Of a `Result` the value; none for bare text.
    assert_eq!(outputs[0].expect("a list")["type"], "array");
    assert_eq!(outputs[1], None);
    assert_eq!(outputs[2], Some(&event));
    let sent = serde_json::to_value(&definitions[2]).expect("JSON");
    assert!(sent.get("output_schema").is_none(), "chat completions has no place for it");
    assert_eq!(greet::definition().expect("sound").output_schema(), None);
}

/// What can be done with a basket.
#[derive(Debug, Deserialize, JsonSchema, Tool)]
#[tool(idempotent)]
struct Empty;

#[derive(Debug, Tool)]
#[tool(prefix = "basket_")]
enum Action {
    /// Put something in.
    #[tool(output_schema = "Vec<u32>")]
    Add {
        item: u32,
    },
    Empty(Empty),
    #[tool(set, prefix = "log_")]
    Log(Log),
}

#[derive(Debug, Tool)]
enum Log {
    /// How many calls there were.
    #[tool(read_only)]
    Count,
    /// Forget the calls.
    #[tool(needs_approval)]
    Forget,
}

#[derive(Default)]
struct Basket {
    items: Mutex<Vec<u32>>,
    calls: AtomicU32,
}

impl Callable<Basket> for Action {
    type Output = Vec<u32>;
    type Error = ToolError;

    async fn call(self, context: ToolContext<Basket>) -> Result<Vec<u32>, ToolError> {
        let basket = context.app();
        let calls = basket.calls.fetch_add(1, Ordering::SeqCst);
        let mut items = basket.items.lock().map_err(|_| ToolError::fatal("a panic"))?;
        match self {
            Self::Add { item: 0 } => return Err(ToolError::for_model("there is no item 0")),
            Self::Add { item } => items.push(item),
            Self::Empty(Empty) => items.clear(),
            Self::Log(Log::Count) => return Ok(vec![calls]),
            Self::Log(Log::Forget) => basket.calls.store(0, Ordering::SeqCst),
        }
        Ok(items.clone())
    }
}

#[both_apis::test]
async fn a_set_that_can_be_called_is_the_tools_of_a_run() {
    let tools = Toolbox::for_context::<Basket>().extend(Action::tools()).expect("distinct");
    let names: Vec<_> = tools.definitions().map(|tool| tool.name().as_str()).collect();
    assert_eq!(names, ["basket_add", "basket_empty", "basket_log_count", "basket_log_forget"]);
    let script = [
        Reply::tool_calls([("c1", "basket_add", json!({"item": 4}))]),
        Reply::tool_calls([("c2", "basket_add", json!({"item": 0}))]),
        Reply::tool_calls([("c3", "basket_empty", json!({}))]),
        Reply::tool_calls([("c4", "basket_log_count", json!({})), ("c5", "add", json!({}))]),
        Reply::text("done"),
    ];
    let server = TestServer::scripted(script).await;
    let tools = tools.bind(Basket::default());
    let run = server.client().run("m").tools(tools).user("go").await.expect("good");
    let records: Vec<_> = run.calls().collect();
    let outputs: Vec<_> = records.iter().map(|record| record.output.text.as_str()).collect();
    assert_eq!(outputs[..4], ["[4]", "there is no item 0", "[]", "[3]"]);
    assert_eq!(records[4].output.failure, Some(CallFailure::UnknownTool));
    let empty = &server.asked(0)["tools"][1]["function"]["parameters"];
    assert_eq!(empty["properties"], json!({}));
    assert_eq!(empty["additionalProperties"], false);
}

#[test]
fn the_settings_of_a_set_are_those_of_its_variants_and_types() {
    let tools = Action::tools::<Basket>();
    let tools: Vec<_> = tools.into_iter().map(|tool| tool.expect("sound")).collect();
    assert!(tools[3].settings().needs_approval() && !tools[0].settings().needs_approval());
    assert_eq!(tools[0].definition().output_schema().expect("a list")["type"], "array");
    assert!(tools[1].settings().idempotent() && !tools[1].settings().read_only());
    assert!(tools[2].settings().read_only());
}

#[derive(Debug, Tool)]
#[tool(prefix = "a_prefix_that_leaves_little_room_for_the_names_of_nested_")]
enum Long {
    #[tool(set)]
    #[expect(dead_code, reason = "only the definitions are looked at")]
    Log(Log),
    #[tool(set)]
    Other(Renamed),
}

#[derive(Debug, Tool)]
enum Renamed {
    CountEverything,
}

impl Callable for Long {
    type Output = ();
    type Error = ToolError;

    async fn call(self, _: ToolContext) -> Result<(), ToolError> {
        Ok(())
    }
}

#[test]
fn a_name_that_is_too_long_with_its_prefix_is_an_error_where_the_tools_are_put_in() {
    let error = Toolbox::new().extend(Long::tools()).expect_err("too long");
    assert_eq!(error.kind(), openai_tools::ErrorKind::Definition);
}

/// A point on a map, as a tuple.
#[derive(Debug, Deserialize, JsonSchema, Serialize, Tool)]
struct Move(
    /// To the east.
    f64,
    /// To the north.
    f64,
);

impl Callable for Move {
    type Output = String;
    type Error = ToolError;

    async fn call(self, _: ToolContext) -> Result<String, ToolError> {
        Ok(format!("{} {}", self.0, self.1))
    }
}

impl Callable for Empty {
    type Output = ();
    type Error = ToolError;

    async fn call(self, _: ToolContext) -> Result<(), ToolError> {
        Ok(())
    }
}

#[both_apis::test]
async fn tuple_and_unit_structs_are_tools() {
    let tools = Toolbox::new().with(Move::tool()).and_then(|tools| tools.with(Empty::tool()));
    let script = [
        Reply::tool_call_with("c1", &Move(1.5, 2.0)).expect("encodes"),
        Reply::tool_calls([("c2", "empty", json!({})), ("c3", "move", json!({"item_0": 1.0}))]),
        Reply::text("done"),
    ];
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(tools.expect("distinct")).user("go").await;
    let run = run.expect("good");
    let outputs: Vec<_> = run.calls().map(|record| record.output.text.as_str()).collect();
    assert_eq!(outputs[..2], ["1.5 2", "done"]);
    assert!(outputs[2].contains("item_1"), "{}", outputs[2]);
}
