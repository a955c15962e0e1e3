//! The stories that the library was made for, in the words in which a user writes them: each as it
//! was promised, over both APIs.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

use openai_tools::{
    Callable, CancellationToken, Client, Context, Message, Outcome, Tool, ToolCallId, ToolContext,
    ToolOutput, Toolbox, Tools,
    chat::Request,
    run::{Event as RunEvent, SavedRun, journal::FileJournal},
    testing::{Reply, Server},
    tool, toolbox,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tests::TestServer;

type Failed = Box<dyn std::error::Error>;

// 1. A function is a tool.

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Unit {
    Celsius,
    Fahrenheit,
}

#[derive(Debug, PartialEq, Serialize)]
struct Weather {
    degrees: i32,
}

#[derive(Debug)]
enum WeatherError {
    Unknown,
}

impl fmt::Display for WeatherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such city; try a larger one nearby")
    }
}

impl std::error::Error for WeatherError {}

fn measured(city: &str) -> Result<i32, WeatherError> {
    let known = BTreeMap::from([("Hanoi", 31), ("Paris", 14)]);
    known.get(city).copied().ok_or(WeatherError::Unknown)
}

/// Current weather in one city.
#[tool(read_only)]
async fn get_weather(
    /// City and country, such as "Hanoi, Vietnam".
    city: String,
    /// Temperature unit; the country's own when left out.
    unit: Option<Unit>,
) -> Result<Weather, WeatherError> {
    let degrees = measured(&city)?;
    Ok(Weather {
        degrees: match unit {
            Some(Unit::Fahrenheit) => degrees * 9 / 5 + 32,
            Some(Unit::Celsius) | None => degrees,
        },
    })
}

/// Works off the threads of the runtime.
#[tool]
fn factorial(n: u64) -> Option<u64> {
    (1..=n).try_fold(1_u64, u64::checked_mul)
}

fn weather_calls() -> Reply {
    Reply::tool_calls([
        ("c1", "get_weather", json!({"city": "Hanoi", "unit": null})),
        ("c2", "get_weather", json!({"city": "Atlantis", "unit": "celsius"})),
        ("c3", "factorial", json!({"n": 5})),
    ])
}

#[both_apis::test]
async fn a_function_is_a_tool() {
    let warm = get_weather("Hanoi".to_owned(), Some(Unit::Fahrenheit)).await;
    assert_eq!(warm.expect("a known city"), Weather { degrees: 87 });
    let definition = get_weather::definition().expect("sound");
    assert_eq!(definition.description(), Some("Current weather in one city."));
    let unit = &definition.parameters()["properties"]["unit"];
    assert!(unit.to_string().contains("the country's own when left out"), "{unit}");
    assert!(unit.to_string().contains("null"), "{unit}");

    let server = TestServer::scripted([weather_calls(), Reply::text("Hanoi.")]).await;
    let tools = Toolbox::new().with(get_weather).and_then(|tools| tools.with(factorial));
    let tools = tools.expect("distinct");
    let run = server.client().run("gpt-5.2").tools(&tools).user("Where?").await;
    let run = run.expect("an outcome");
    let outputs: Vec<_> = run.calls().map(|made| made.output.text.as_str()).collect();
    assert_eq!(outputs[0], r#"{"degrees":31}"#);
    assert!(outputs[1].contains("try a larger one nearby"), "{}", outputs[1]);
    assert_eq!(outputs[2], "120");
}

// 2. A struct is a tool.

#[derive(Deserialize, JsonSchema)]
struct RestaurantId(u32);

/// Book a table at a restaurant.
#[derive(Deserialize, JsonSchema, Tool)]
#[tool(timeout = "10s", sequential)]
struct BookTable {
    restaurant: RestaurantId,
    #[schemars(range(min = 1, max = 20))]
    guests: u8,
    at: chrono::DateTime<chrono::Utc>,
}

impl<C: Send + Sync + 'static> Callable<C> for BookTable {
    type Output = String;
    type Error = WeatherError;

    async fn call(self, _: ToolContext<C>) -> Result<String, WeatherError> {
        let Self { restaurant, guests, at } = self;
        Ok(format!("{guests} at {} on {}", restaurant.0, at.format("%F")))
    }
}

#[both_apis::test]
async fn a_struct_is_a_tool_for_every_context() {
    let call = json!({"restaurant": 7, "guests": 3, "at": "2026-05-01T19:00:00Z"});
    let many = json!({"restaurant": 7, "guests": 21, "at": "2026-05-01T19:00:00Z"});
    let calls = Reply::tool_calls([("c1", "book_table", call), ("c2", "book_table", many)]);
    let server = TestServer::scripted([calls, Reply::text("done")]).await;
    let tools = Toolbox::new().with(BookTable::tool()).expect("one tool");
    let run = server.client().run("gpt-5.2").tools(&tools).user("Book.").await.expect("an outcome");
    let outputs: Vec<_> = run.calls().map(|made| made.output.text.as_str()).collect();
    assert_eq!(outputs[0], "3 at 7 on 2026-05-01");
    assert!(outputs[1].contains("/guests"), "{}", outputs[1]);

    assert_eq!(Toolbox::for_context::<App>().with(BookTable::tool()).expect("one").len(), 1);
}

// 3. An enum is a set of tools.

/// Put an item into the basket.
#[derive(Deserialize, JsonSchema, Tool)]
struct AddToBasket {
    item: u32,
}

/// What the assistant may do.
#[derive(Deserialize, JsonSchema, Tool)]
enum Action {
    /// Search the catalogue.
    Search { query: String },
    /// Put an item into the basket.
    AddToBasket(AddToBasket),
}

async fn answered_by_hand(client: &Client) -> Result<Vec<String>, Failed> {
    let mut request = Request::new("gpt-5.2");
    request.tools = Some(Tools::declared::<Action>()?);
    request.messages.push(Message::user("I need a lamp."));
    let response = client.send(&request).await?;
    request.messages.push(Message::Assistant(response.message.clone()));
    let mut done = Vec::new();
    for call in response.tool_calls::<Action>() {
        let call = call?;
        let text = match call.arguments {
            Action::Search { query } => format!("found {query}"),
            Action::AddToBasket(item) => format!("added {}", item.item),
        };
        request.messages.push(Message::Tool(ToolOutput::new(call.id, text.clone())));
        done.push(text);
    }
    client.send(&request).await?;
    Ok(done)
}

#[both_apis::test]
async fn an_enum_is_a_set_of_tools() {
    let calls = Reply::tool_calls([
        ("c1", "search", json!({"query": "lamp"})),
        ("c2", "add_to_basket", json!({"item": 7})),
    ]);
    let server = TestServer::scripted([calls, Reply::text("done")]).await;
    let done = answered_by_hand(&server.client()).await.expect("good calls");
    assert_eq!(done, ["found lamp", "added 7"]);
}

// 4. An `impl` block is a toolbox.

#[derive(Debug, Serialize)]
struct Event {
    title: String,
}

#[derive(Debug)]
struct CalendarError;

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such event")
    }
}

impl std::error::Error for CalendarError {}

#[derive(Deserialize, JsonSchema)]
struct EventId(u32);

#[derive(Default)]
struct Calendar {
    deleted: Mutex<Vec<u32>>,
}

#[toolbox]
impl Calendar {
    /// Events of one day.
    #[tool(read_only)]
    async fn events(&self, day: chrono::NaiveDate) -> Result<Vec<Event>, CalendarError> {
        Ok(vec![Event { title: format!("dinner on {day}") }])
    }

    /// Delete an event.
    #[tool(needs_approval)]
    async fn delete(&self, id: EventId) -> Result<(), CalendarError> {
        if id.0 > 9 {
            return Err(CalendarError);
        }
        self.deleted.lock().expect("no panic").push(id.0);
        Ok(())
    }
}

fn calendar_and_weather(calendar: &Arc<Calendar>) -> Result<Toolbox, openai_tools::Error> {
    Toolbox::new().extend(Arc::clone(calendar).tools())?.with(get_weather)
}

fn deletions() -> [Reply; 2] {
    let calls = [
        ("c1", "events", json!({"day": "2026-05-01"})),
        ("c2", "delete", json!({"id": 4})),
        ("c3", "delete", json!({"id": 5})),
    ];
    [Reply::tool_calls(calls), Reply::text("done")]
}

/// Turn by turn, for those who want to hold the wheel.
async fn with_the_wheel(client: &Client, tools: &Toolbox) -> Result<(), Failed> {
    let mut run = client.run("gpt-5.2").tools(tools).user("Delete dinner.").start();
    while let Some(turn) = run.next_turn().await? {
        for call in turn.pending() {
            if call.arguments().contains('4') { call.approve() } else { call.deny("not that one") }
        }
    }
    assert_eq!(run.finish().await?.text(), "done");
    Ok(())
}

#[both_apis::test]
async fn an_impl_block_is_a_toolbox_and_a_run_waits_for_a_word() {
    let calendar = Arc::new(Calendar::default());
    let tools = calendar_and_weather(&calendar).expect("distinct");
    let server = TestServer::scripted(deletions()).await;
    with_the_wheel(&server.client(), &tools).await.expect("it ends");
    assert_eq!(*calendar.deleted.lock().expect("no panic"), [4]);
    let told = server.asked_messages(1).last().expect("an output")["content"].to_string();
    assert!(told.contains("not that one"), "{told}");
}

/// A run can be put away and taken up again in another process; what was done is not done again.
async fn put_away(client: &Client, tools: &Toolbox, journal: &str) -> Result<(), Failed> {
    let journal = FileJournal::create(journal)?;
    let run = client.run("gpt-5.2").tools(tools).user("Delete dinner.").journal(journal).await?;
    assert!(matches!(run.outcome(), Outcome::Pending(_)));
    let stored = run.save()?.to_json();

    let saved = SavedRun::from_json(&stored)?;
    let mut run = client.run("gpt-5.2").tools(tools).resume(saved).start();
    while let Some(turn) = run.next_turn().await? {
        for call in turn.pending() {
            call.approve();
        }
    }
    assert_eq!(run.finish().await?.text(), "done");
    Ok(())
}

#[both_apis::test]
async fn a_run_is_put_away_and_taken_up_again() {
    let calendar = Arc::new(Calendar::default());
    let tools = calendar_and_weather(&calendar).expect("distinct");
    let server = TestServer::scripted(deletions()).await;
    let path = format!("{}/story-{}.journal", env!("CARGO_TARGET_TMPDIR"), tests::api().as_str());
    let _ = std::fs::remove_file(&path);
    put_away(&server.client(), &tools, &path).await.expect("it ends");
    assert_eq!(*calendar.deleted.lock().expect("no panic"), [4, 5], "each once");
    std::fs::remove_file(path).expect("it was written");
}

// 5. Context is typed and hidden.

struct UserId(u32);

#[derive(Context)]
struct App {
    user: UserId,
}

/// Cancel an order.
#[tool]
async fn cancel_order(
    number: u32,
    #[context] user: &UserId,
    #[context] call: ToolCallId,
    #[context] stop: CancellationToken,
) -> String {
    format!("order {number} of user {} ({call}): {}", user.0, !stop.is_cancelled())
}

#[both_apis::test]
async fn context_is_typed_and_hidden() {
    let calls = Reply::tool_calls([("c1", "cancel_order", json!({"number": 3}))]);
    let server = TestServer::scripted([calls, Reply::text("done")]).await;
    let tools = Toolbox::for_context::<App>().with(cancel_order).expect("one tool");
    let tools = tools.bind(App { user: UserId(7) });
    let run = server.client().run("gpt-5.2").tools(tools).user("Cancel it.").await.expect("good");
    assert_eq!(run.calls().next().expect("a call").output.text, "order 3 of user 7 (c1): true");
    let parameters = server.asked(0)["tools"][0]["function"]["parameters"].clone();
    assert_eq!(parameters["required"], json!(["number"]));
}

// 6. A run; 9. Tests without a key.

async fn warmer(client: &Client) -> Result<String, Failed> {
    let tools = Toolbox::new().with(get_weather)?;
    let run = client
        .run("gpt-5.2")
        .tools(&tools)
        .system("You are brief.")
        .user("Is it warmer in Hanoi or Paris?")
        .await?;
    Ok(run.text().to_owned())
}

#[both_apis::test]
async fn a_run_asks_calls_and_answers_without_a_key_or_a_script() {
    let server = TestServer::automatic().await;
    let text = warmer(&server.client()).await.expect("an answer");
    assert!(text.contains("31") && text.contains("14"), "{text}");
    assert_eq!(server.request_count(), 2);
}

#[both_apis::test]
async fn whatever_a_call_comes_to_it_has_one_output_in_its_place() {
    let calls = Reply::tool_calls([
        ("c1", "get_wether", json!({"city": "Hanoi", "unit": null})),
        ("c2", "get_weather", json!({"city": 7})),
        ("c3", "get_weather", json!({"city": "Paris", "unit": null})),
    ]);
    let server = TestServer::scripted([calls, Reply::text("done")]).await;
    warmer(&server.client()).await.expect("an answer");
    let outputs: Vec<_> = server.asked_messages(1)[3..]
        .iter()
        .map(|message| (message["tool_call_id"].clone(), message["content"].to_string()))
        .collect();
    let [(_, unknown), (_, wrong), (_, good)] = &outputs[..] else { panic!("{outputs:?}") };
    assert!(unknown.contains("did you mean `get_weather`?"), "{unknown}");
    assert!(wrong.contains("/city"), "{wrong}");
    assert!(good.contains("14"), "{good}");
    let ids: Vec<_> = outputs.iter().map(|(id, _)| id).collect();
    assert_eq!(ids, ["c1", "c2", "c3"]);
}

// 7. A typed answer.

/// An invoice.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Invoice {
    number: String,
    #[schemars(range(min = 0.0))]
    total: f64,
}

async fn read_invoice(client: &Client, letter: &str) -> Result<Invoice, Failed> {
    let invoice: Invoice = client.parse("gpt-5.2").user(letter).await?.into_value()?;
    Ok(invoice)
}

#[both_apis::test]
async fn a_typed_answer_is_a_value_and_asked_for_again_with_the_errors() {
    let bad = Reply::text(r#"{"number": "A-7", "total": -1}"#);
    let good = Invoice { number: "A-7".to_owned(), total: 12.5 };
    let server = TestServer::scripted([bad, Reply::value(&good).expect("a value")]).await;
    assert_eq!(read_invoice(&server.client(), "Invoice A-7").await.expect("a value"), good);
    let corrected = server.asked_messages(1).last().expect("the errors")["content"].to_string();
    assert!(corrected.contains("/total"), "{corrected}");
}

// 8. A stream.

async fn watched(client: &Client, tools: &Toolbox) -> Result<(String, Vec<String>), Failed> {
    let (mut text, mut seen) = (String::new(), Vec::new());
    let mut events = client.run("gpt-5.2").tools(tools).user("Warmer in Hanoi?").stream();
    while let Some(event) = events.next().await {
        match event? {
            RunEvent::Text(delta) => text.push_str(&delta),
            RunEvent::ToolStarted(call) => seen.push(format!("> {}", call.name)),
            RunEvent::ToolFinished(record) => seen.push(format!("< {}", record.output.text)),
            RunEvent::Turn(turn) => seen.push(format!("{} calls", turn.calls.len())),
            _ => {}
        }
    }
    Ok((text, seen))
}

#[both_apis::test]
async fn a_stream_tells_text_and_tools_as_they_come() {
    let call = Reply::tool_calls([("c1", "get_weather", json!({"city": "Hanoi", "unit": null}))]);
    let server = TestServer::scripted([call, Reply::text("It is 31 degrees.")]).await;
    let tools = Toolbox::new().with(get_weather).expect("one tool");
    let (text, seen) = watched(&server.client(), &tools).await.expect("a good stream");
    assert_eq!(text, "It is 31 degrees.");
    assert_eq!(seen, ["> get_weather", r#"< {"degrees":31}"#, "1 calls", "0 calls"]);
}

// 9. Tests without a key.

#[both_apis::test]
async fn the_server_fails_as_it_is_told_to() {
    let script = [Reply::error(503, "overloaded", "later"), Reply::text("better")];
    let server = Server::builder().script(script).start().await.expect("a free port");
    let client = Client::builder().base_url(server.base_url()).api(tests::api()).build();
    let run = client.expect("good").run("gpt-5.2").user("Hello").await.expect("tried again");
    assert_eq!((run.text(), server.request_count()), ("better", 2));
}

// 10. CI guards the contract.

fn my_tools() -> Toolbox {
    calendar_and_weather(&Arc::default()).expect("distinct")
}

#[test]
fn tools_are_sound() {
    openai_tools::ci::check(&my_tools(), "api/stories.lock.json");
}
