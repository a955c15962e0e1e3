//! Every form of a method in an `impl` block with `#[toolbox]`.

#![deny(warnings)]

use std::sync::{Arc, Mutex};

use openai_tools::{Context, ToolCallId, ToolContext, ToolError, Toolbox, tool, toolbox};

#[derive(serde::Deserialize, schemars::JsonSchema, serde::Serialize, Clone)]
pub struct Event {
    title: String,
}

pub trait Store: Send + Sync + 'static {
    fn events(&self) -> Vec<Event>;
}

struct Fixed(Vec<Event>);

impl Store for Fixed {
    fn events(&self) -> Vec<Event> {
        self.0.clone()
    }
}

pub struct Calendar<S> {
    store: S,
    added: Mutex<Vec<Event>>,
}

struct Pool(u32);

#[derive(Context)]
struct App {
    pool: Pool,
}

#[toolbox(prefix = "calendar_")]
impl<S: Store> Calendar<S>
where
    S: Nothing,
{
    /// Not a tool.
    pub fn new(store: S) -> Self {
        Self { store, added: Mutex::default() }
    }

    const LIMIT: usize = 10;

    /// Events of one day.
    #[tool(read_only)]
    pub async fn events(
        &self,
        /// The day.
        #[serde(rename = "date")]
        #[schemars(length(min = 1))]
        day: String,
        most: Option<usize>,
    ) -> Result<Vec<Event>, ToolError> {
        std::future::ready(()).await;
        let most = most.unwrap_or(Self::LIMIT);
        Ok(self.store.events().into_iter().filter(|e| e.title != day).take(most).collect())
    }

    /// Add an event.
    #[tool(name = "add", sequential, needs_approval = true, timeout = "5s")]
    fn add(&self, event: Event, #[context] pool: &Pool, #[context] _id: ToolCallId) -> u32 {
        self.added.lock().unwrap().push(event);
        pool.0
    }

    #[openai_tools::tool(idempotent)]
    fn r#match(self: &Arc<Self>, r#type: u8) -> u8 {
        r#type
    }

    #[tool]
    async fn owned(self: Arc<Self>) {}

    #[tool]
    fn plain(a: i32) -> i32 {
        a
    }

    #[tool]
    fn store(&self) -> Option<S::Never> {
        None
    }

    #[cfg(any())]
    #[tool]
    fn gone(&self, x: NoSuchType) {}

    #[cfg(all())]
    #[tool]
    fn here(&self, unit: u8) -> u8 {
        unit
    }

    #[deprecated]
    #[tool]
    fn old(&self) {}
}

/// For an output that depends on the block.
pub trait Nothing {
    type Never: serde::Serialize + Send + 'static;
}

impl<T> Nothing for T {
    type Never = u8;
}

/// Get the weather.
#[tool]
fn get_weather(city: String) -> String {
    city
}

struct Clock;

#[toolbox]
impl Clock {
    #[tool]
    fn now(&self) -> u64 {
        7
    }
}

#[toolbox(tools = "slow_tools")]
impl Clock {
    #[tool]
    fn later(&self) -> u64 {
        8
    }
}

mod renamed {
    pub use openai_tools as tools;
}

struct Other;

#[renamed::tools::toolbox(crate = "renamed::tools", documented)]
impl Other {
    /// Says something.
    #[tool]
    async fn say(
        &self,
        /// What.
        words: String,
        #[context] _whole: ToolContext<App>,
    ) -> String {
        words
    }

    #[tool(documented = false)]
    fn quiet(&self, _unit: u8) {}
}

fn main() -> Result<(), openai_tools::Error> {
    let calendar = Arc::new(Calendar::new(Fixed(Vec::new())));
    let tools = Toolbox::for_context::<App>()
        .extend(calendar.tools())?
        .extend(Arc::new(Other).tools())?
        .extend(Arc::new(Clock).tools())?
        .extend(Arc::new(Clock).slow_tools())?
        .with(get_weather)?;
    let names: Vec<_> = tools.definitions().map(|tool| tool.name().as_str()).collect();
    assert_eq!(
        names,
        [
            "calendar_events",
            "calendar_add",
            "calendar_match",
            "calendar_owned",
            "calendar_plain",
            "calendar_store",
            "calendar_here",
            "calendar_old",
            "say",
            "quiet",
            "now",
            "later",
            "get_weather"
        ]
    );
    assert_eq!(Calendar::<Fixed>::definitions()?.len(), 8);
    assert_eq!(Clock::definitions()?.len() + Clock::slow_tools_definitions()?.len(), 2);
    assert_eq!(Calendar::<Fixed>::plain(3), 3);
    assert_eq!(calendar.add(Event { title: String::new() }, &Pool(2), ToolCallId::new("a")), 2);
    assert_eq!(tools.bind(App { pool: Pool(1) }).len(), 13);

    let tools = Toolbox::new().extend(Arc::new(Clock).tools())?.with(get_weather)?;
    assert_eq!(tools.len(), 2);
    Ok(())
}
