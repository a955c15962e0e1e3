//! Tools that the macros make of functions and types, over a real socket.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use openai_tools::{
    Callable, Context, DynTool, Error, Tool, ToolCallId, ToolContext, ToolError, ToolSet, Toolbox,
    testing::Reply, tool, tool::CallFailure, toolbox,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tests::TestServer;
use tokio::sync::Barrier;
use tokio_util::sync::CancellationToken;

/// Add two numbers.
#[tool]
fn add(
    /// The first.
    a: i32,
    b: i32,
) -> i32 {
    a + b
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Unit {
    Celsius,
    Fahrenheit,
}

#[derive(Serialize)]
struct Weather {
    city: String,
    degrees: i32,
}

/// Current weather in one city.
#[tool(read_only, timeout = "10s")]
async fn get_weather(
    /// City and country.
    city: String,
    /// The country's own when left out.
    unit: Option<Unit>,
) -> Result<Weather, std::io::Error> {
    match (city.as_str(), unit) {
        ("Atlantis", _) => Err(std::io::Error::other("no such city")),
        (_, Some(Unit::Fahrenheit)) => Ok(Weather { city, degrees: 70 }),
        _ => Ok(Weather { city, degrees: 21 }),
    }
}

/// Book a table.
#[derive(Deserialize, JsonSchema, Tool)]
struct BookTable {
    restaurant: String,
    #[schemars(range(min = 1, max = 20))]
    guests: u8,
}

#[derive(Default)]
struct Pool {
    queries: AtomicU32,
}

#[derive(Context)]
struct App {
    pool: Pool,
    log: Mutex<Vec<String>>,
    #[context(skip)]
    _user: String,
}

impl Callable<App> for BookTable {
    type Output = String;
    type Error = ToolError;

    async fn call(self, context: ToolContext<App>) -> Result<String, ToolError> {
        context.app().pool.queries.fetch_add(1, Ordering::SeqCst);
        Ok(format!("{} for {}", self.restaurant, self.guests))
    }
}

/// Find restaurants.
#[tool(name = "find")]
async fn find_restaurants(
    city: String,
    #[context] pool: &Pool,
    #[context] log: &Mutex<Vec<String>>,
    #[context] id: ToolCallId,
    #[context] stop: CancellationToken,
) -> Vec<String> {
    pool.queries.fetch_add(1, Ordering::SeqCst);
    log.lock().expect("no panic").push(id.as_str().to_owned());
    assert!(!stop.is_cancelled());
    vec![format!("Pho {city}")]
}

#[both_apis::test]
async fn functions_are_tools_and_stay_functions() {
    assert_eq!(add(1, 2), 3);
    let weather = get_weather("Hanoi".to_owned(), None).await.expect("a city");
    assert_eq!(weather.degrees, 21);

    let script = [
        Reply::tool_calls([
            ("c1", "add", json!({"a": 1, "b": 2})),
            ("c2", "get_weather", json!({"city": "Hanoi", "unit": null})),
            ("c3", "get_weather", json!({"city": "Paris", "unit": "fahrenheit"})),
            ("c4", "get_weather", json!({"city": "Atlantis", "unit": null})),
            ("c5", "get_weather", json!({"city": "Rome", "unit": "kelvin"})),
        ]),
        Reply::text("done"),
    ];
    let server = TestServer::scripted(script).await;
    let tools = Toolbox::new().with(add).and_then(|tools| tools.with(get_weather));
    let run = server.client().run("m").tools(tools.expect("distinct")).user("go").await;
    let run = run.expect("good");
    let records: Vec<_> = run.calls().collect();
    assert_eq!(records[0].output.text, "3");
    assert_eq!(records[1].output.text, r#"{"city":"Hanoi","degrees":21}"#);
    assert_eq!(records[2].output.text, r#"{"city":"Paris","degrees":70}"#);
    assert_eq!(records[3].output.text, "no such city");
    assert_eq!(records[3].output.failure, Some(CallFailure::Failed));
    assert_eq!(records[4].output.failure, Some(CallFailure::InvalidArguments));
    assert!(records[4].output.text.contains("/unit"), "{}", records[4].output.text);
}

#[both_apis::test]
async fn descriptions_nullability_and_strictness_are_sent() {
    let server = TestServer::scripted([Reply::text("hi")]).await;
    let tools = Toolbox::new().with(add).and_then(|tools| tools.with(get_weather));
    let run = server.client().run("m").tools(tools.expect("distinct")).user("hi").await;
    assert_eq!(run.expect("good").text(), "hi");
    let sent = server.asked(0);
    let sum = &sent["tools"][0]["function"];
    assert_eq!(sum["name"], "add");
    assert_eq!(sum["description"], "Add two numbers.");
    assert_eq!(sum["strict"], true);
    assert_eq!(sum["parameters"]["properties"]["a"]["description"], "The first.");
    let weather = &sent["tools"][1]["function"];
    assert_eq!(weather["description"], "Current weather in one city.");
    assert_eq!(weather["parameters"]["required"], json!(["city", "unit"]));
    let unit = &weather["parameters"]["properties"]["unit"];
    assert_eq!(unit["description"], "The country's own when left out.");
    let nullable = unit["anyOf"].as_array().expect("a union").iter();
    assert!(nullable.clone().any(|one| one["type"] == "null"), "{unit}");
}

#[both_apis::test]
async fn context_is_given_and_not_sent() {
    let tools = Toolbox::for_context::<App>()
        .with(find_restaurants)
        .and_then(|tools| tools.with(BookTable::tool()))
        .and_then(|tools| tools.with(add))
        .expect("distinct");
    let app =
        Arc::new(App { pool: Pool::default(), log: Mutex::default(), _user: "ann".to_owned() });
    let script = [
        Reply::tool_calls([
            ("c1", "find", json!({"city": "Hanoi"})),
            ("c2", "book_table", json!({"restaurant": "Pho", "guests": 2})),
            ("c3", "book_table", json!({"restaurant": "Pho", "guests": 21})),
            ("c4", "add", json!({"a": 1, "b": 1})),
        ]),
        Reply::text("done"),
    ];
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(tools.bind(Arc::clone(&app))).user("go").await;
    let run = run.expect("good");
    let outputs: Vec<_> = run.calls().map(|record| record.output.text.as_str()).collect();
    assert_eq!(outputs[0], r#"["Pho Hanoi"]"#);
    assert_eq!(outputs[1], "Pho for 2");
    assert!(outputs[2].contains("/guests") && outputs[2].contains("20"), "{}", outputs[2]);
    assert_eq!(outputs[3], "2");
    assert_eq!(app.pool.queries.load(Ordering::SeqCst), 2);
    assert_eq!(*app.log.lock().expect("no panic"), ["c1"]);
    let find = &server.asked(0)["tools"][0]["function"]["parameters"];
    assert_eq!(find["required"], json!(["city"]));
}

/// Counts how many calls of it run now, and how many did at the most.
#[tool(concurrency = 2)]
async fn meet(#[context] gauge: &Arc<Gauge>) -> &'static str {
    let now = gauge.now.fetch_add(1, Ordering::SeqCst) + 1;
    gauge.most.fetch_max(now, Ordering::SeqCst);
    gauge.two.wait().await;
    gauge.now.fetch_sub(1, Ordering::SeqCst);
    "met"
}

struct Gauge {
    now: AtomicU32,
    most: AtomicU32,
    /// Two calls wait for each other in here.
    two: Barrier,
}

#[both_apis::test]
async fn no_more_calls_of_a_tool_run_at_once_than_its_key_says() {
    let calls: Vec<_> = (0..8).map(|n| (format!("c{n}"), "meet", json!({}))).collect();
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let gauge = Gauge { now: 0.into(), most: 0.into(), two: Barrier::new(2) };
    let gauge = Arc::new(gauge);
    let tools = Toolbox::for_context::<Arc<Gauge>>().with(meet).expect("one");
    let run = server
        .client()
        .run("m")
        .tools(tools.bind(Arc::clone(&gauge)))
        .user("go")
        .await
        .expect("good");
    assert!(run.calls().all(|record| record.output.text == "met"));
    assert_eq!(gauge.most.load(Ordering::SeqCst), 2);
}

#[test]
fn every_form_of_a_tool_has_a_limit_of_its_own() {
    #[derive(Deserialize, JsonSchema, Tool)]
    #[tool(concurrency = 3)]
    struct Ship {}

    #[derive(Tool)]
    enum Action {
        #[tool(concurrency = 1)]
        Count {},
        Ship(Ship),
        Stop,
    }

    impl Callable for Action {
        type Output = ();
        type Error = ToolError;

        async fn call(self, _: ToolContext) -> Result<(), ToolError> {
            Ok(())
        }
    }

    struct Store {
        doors: u32,
    }

    #[toolbox]
    impl Store {
        #[tool(concurrency = 4_294_967_295)]
        fn open(&self) -> u32 {
            self.doors
        }
    }

    let limits = |tools: Vec<Result<DynTool, Error>>| -> Vec<_> {
        let limit = |tool: Result<DynTool, Error>| tool.expect("sound").settings().concurrency();
        tools.into_iter().map(|tool| limit(tool).map_or(0, NonZeroUsize::get)).collect()
    };
    assert_eq!(Ship::settings().concurrency().map(NonZeroUsize::get), Some(3));
    assert_eq!(limits(Action::tools()), [1, 3, 0]);
    assert_eq!(limits(Arc::new(Store { doors: 1 }).tools()), [4_294_967_295]);
}
