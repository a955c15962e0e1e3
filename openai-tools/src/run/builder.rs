use std::{
    future::{Future, IntoFuture},
    num::NonZeroUsize,
    pin::Pin,
    time::Duration,
};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{
    budget::Budget,
    drive::drive,
    hooks::Hooks,
    limits::RunLimits,
    open::{TakenUp, open},
    outcome::{Run, RunError},
    outlet::Outlet,
    scribe::Scribe,
    stream::RunStream,
    task::run_apart,
};
use crate::{
    chat::{
        Api, AudioOutput, ConversationState, HostedTool, Message, Part, ReasoningEffort, Request,
        ToolChoice,
    },
    client::Client,
    dispatch::DispatchLimits,
    schema::Profile,
    structured::{Answer, AnswerStep, Json, Ladder, Text},
    tool::{DynTool, IntoTools},
};

impl Client {
    /// Starts a run that answers in text; await it.
    ///
    /// ```
    /// use openai_tools::{Client, testing::{Reply, Server}};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::builder().script([Reply::text("Hello!")]).start().await?;
    /// let client = Client::builder().base_url(server.base_url()).build()?;
    ///
    /// let run = client.run("gpt-5.2").system("Be brief.").user("Hi").await?;
    /// assert_eq!(run.text(), "Hello!");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "a run does nothing until it is awaited"]
    pub fn run(&self, model: impl Into<String>) -> RunBuilder<Text> {
        RunBuilder::new(self.clone(), model.into(), Text)
    }

    /// Starts a run that answers with a value of a type; await it.
    ///
    /// The type's schema is sent in strict mode, the answer validated against it and parsed; an
    /// invalid answer is asked for again with the exact problems, up to
    /// [`max_re_asks`](RunBuilder::max_re_asks) times. A type that is no object is wrapped into
    /// one, unseen.
    ///
    /// ```
    /// use openai_tools::{Client, run::Outcome, testing::{Reply, Server}};
    ///
    /// #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// struct Invoice {
    ///     number: String,
    ///     total: f64,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let answer = Reply::text(r#"{"number": "A-7", "total": 12.5}"#);
    /// let server = Server::builder().script([answer]).start().await?;
    /// let client = Client::builder().base_url(server.base_url()).build()?;
    ///
    /// let run = client.parse::<Invoice>("gpt-5.2").user("Invoice A-7, 12.50 in all").await?;
    /// match run.outcome() {
    ///     Outcome::Completed(invoice) => assert_eq!(invoice.number, "A-7"),
    ///     Outcome::Refusal(words) => println!("refused: {words}"),
    ///     other => println!("no invoice ({}): {}", other.as_str(), run.text()),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "a run does nothing until it is awaited"]
    pub fn parse<T>(&self, model: impl Into<String>) -> RunBuilder<Json<T>>
    where
        T: DeserializeOwned + JsonSchema + Send + 'static,
    {
        RunBuilder::new(self.clone(), model.into(), self.begun(Json::of_type()))
    }

    /// Starts a run that answers with JSON of a schema that is known only at run time; `name` is
    /// what the server calls it.
    #[must_use = "a run does nothing until it is awaited"]
    pub fn parse_schema(
        &self,
        model: impl Into<String>,
        name: &str,
        schema: Value,
    ) -> RunBuilder<Json<Value>> {
        RunBuilder::new(self.clone(), model.into(), self.begun(Json::of_schema(name, schema)))
    }

    /// A typed answer that knows which steps of its ladder the server has.
    fn begun<T>(&self, mut answer: Json<T>) -> Json<T> {
        answer.set_ladder(Ladder::of(self.quirks(), self.api()));
        answer
    }
}

/// A run that is being put together; awaiting it runs it.
///
/// # Cancel safety
///
/// Dropping the future closes the connection and stops the tools: async ones at their next await,
/// sync ones when they look at their [cancellation](crate::ToolContext::cancellation). What they
/// had done is lost to the caller; to stop a run and keep its transcript, use
/// [`cancellation`](RunBuilder::cancellation).
#[derive(Debug)]
#[must_use = "a run does nothing until it is awaited"]
pub struct RunBuilder<A = Text> {
    pub(super) client: Client,
    pub(super) request: Request,
    pub(super) answer: A,
    pub(super) limits: RunLimits,
    pub(super) budget: Option<Budget>,
    pub(super) dispatch: DispatchLimits,
    pub(super) turn_timeout: Duration,
    pub(super) cancellation: CancellationToken,
    pub(super) early_start: bool,
    pub(super) hooks: Hooks,
    pub(super) scribe: Scribe,
    pub(super) taken_up: Option<TakenUp>,
    pub(super) local: Vec<DynTool>,
}

impl<A> RunBuilder<A> {
    fn new(client: Client, model: String, answer: A) -> Self {
        Self {
            client,
            request: Request::new(model),
            answer,
            limits: RunLimits::default(),
            budget: None,
            dispatch: DispatchLimits::default(),
            turn_timeout: Duration::from_secs(600),
            cancellation: CancellationToken::new(),
            early_start: true,
            hooks: Hooks::default(),
            scribe: Scribe::new(None),
            taken_up: None,
            local: Vec::new(),
        }
    }

    /// The API that the run goes through. Default: the
    /// [client's own](crate::client::ClientBuilder::api), which is chat completions unless it was
    /// told otherwise.
    pub fn api(mut self, api: Api) -> Self {
        self.request.api = Some(api);
        self
    }

    /// Where the conversation is kept between the run's requests. Default: here, and every request
    /// sends all of it.
    pub fn state(mut self, state: ConversationState) -> Self {
        self.request.state = state;
        self
    }

    /// Whether each response is made without a connection that waits for it, see
    /// [`Settings::background`](crate::chat::Settings::background). Default: false.
    pub fn background(mut self, background: bool) -> Self {
        self.request.settings.background = background;
        self
    }

    /// The tools that the model may call: a toolbox that needs no context, or one that is
    /// [bound](crate::Toolbox::bind).
    pub fn tools(mut self, tools: impl IntoTools) -> Self {
        self.request.tools = Some(tools.into_tools());
        self
    }

    /// Adds a tool that the server runs by itself, such as a web search, beside the run's own
    /// [tools](Self::tools). Only the Responses API has these. Default: none.
    pub fn hosted_tool(mut self, tool: impl Into<HostedTool>) -> Self {
        self.request.settings.hosted_tools.push(tool.into());
        self
    }

    /// Adds instructions as a system message.
    pub fn system(self, text: impl Into<String>) -> Self {
        self.message(Message::system(text))
    }

    /// Adds instructions as a developer message, which models since o1 expect.
    pub fn developer(self, text: impl Into<String>) -> Self {
        self.message(Message::developer(text))
    }

    /// Adds a text of the user.
    pub fn user(self, text: impl Into<String>) -> Self {
        self.message(Message::user(text))
    }

    /// Adds a message of the user with texts, images, files and audio, in order.
    pub fn user_parts(self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.message(Message::user_parts(parts))
    }

    /// Adds a text of the model, as an example or from an earlier conversation.
    pub fn assistant(self, text: impl Into<String>) -> Self {
        self.message(Message::assistant(text))
    }

    /// Adds a message.
    pub fn message(mut self, message: Message) -> Self {
        self.request.messages.push(message);
        self
    }

    /// Adds messages, such as the [transcript](Run::into_transcript) of an earlier run.
    pub fn messages(mut self, messages: impl IntoIterator<Item = Message>) -> Self {
        self.request.messages.extend(messages);
        self
    }

    /// Which tools the model may or must call. A choice that demands a call holds for the first
    /// response only: held for all of them, the run could never end. Default: not sent (`auto`).
    pub fn tool_choice(mut self, tool_choice: ToolChoice) -> Self {
        self.request.settings.tool_choice = Some(tool_choice);
        self
    }

    /// Whether the model may ask for several calls in one response. Default: not sent (true).
    pub fn parallel_tool_calls(mut self, parallel: bool) -> Self {
        self.request.settings.parallel_tool_calls = Some(parallel);
        self
    }

    /// Randomness, from 0 to 2. Default: not sent.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.request.settings.temperature = Some(temperature);
        self
    }

    /// Asks for the same answer to the same request, as far as the server can. The Responses API has
    /// no such thing: there the run is refused. Default: not sent.
    pub fn seed(mut self, seed: i64) -> Self {
        self.request.settings.seed = Some(seed);
        self
    }

    /// The most tokens of one response, reasoning included (wire: `max_completion_tokens`, on the
    /// Responses API `max_output_tokens`; older servers know only `max_tokens`: `.extra("max_tokens", 100)`). Default: not sent.
    pub fn max_tokens(mut self, max_tokens: u64) -> Self {
        self.request.settings.max_tokens = Some(max_tokens);
        self
    }

    /// How long a reasoning model thinks. Default: not sent.
    pub fn reasoning_effort(mut self, effort: ReasoningEffort) -> Self {
        self.request.settings.reasoning_effort = Some(effort);
        self
    }

    /// Has the model speak its answers, beside or instead of writing them; see [`AudioOutput`]. Only
    /// chat completions have that. Default: not sent.
    pub fn audio(mut self, audio: AudioOutput) -> Self {
        self.request.settings.audio = Some(audio);
        self
    }

    /// A pair that the server stores with each response, at most 16 of them. Default: none.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.settings.metadata.insert(key.into(), Value::String(value.into()));
        self
    }

    /// A field that this crate does not know, sent as it is. Default: none.
    pub fn extra(mut self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.request.settings.extra.insert(field.into(), value.into());
        self
    }

    /// What the run may use at the most. Default: [`RunLimits::new`].
    pub fn limits(mut self, limits: RunLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Draws on a budget that several runs share, beside the run's own [limits](Self::limits): what
    /// this run uses is used of both, and the first limit that is reached ends it. A tool that starts
    /// a run of its own gives it the budget of the run that it serves. Default: none.
    ///
    /// ```
    /// use openai_tools::{Client, Outcome, run::{Budget, Limit, RunLimits}, testing::{Reply, Server}};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::builder().script([Reply::text("one"), Reply::text("two")]).start().await?;
    /// let client = Client::builder().base_url(server.base_url()).build()?;
    ///
    /// let budget = Budget::new(RunLimits::new().with_turns(1));
    /// let first = client.run("gpt-5.2").user("Hi").budget(&budget).await?;
    /// assert_eq!(first.text(), "one");
    /// let second = client.run("gpt-5.2").user("Hi again").budget(&budget).await?;
    /// assert_eq!(second.outcome(), &Outcome::Limit(Limit::Turns(1)));
    /// assert_eq!((budget.spent().turns, second.spent().turns), (1, 0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn budget(mut self, budget: &Budget) -> Self {
        self.budget = Some(budget.clone());
        self
    }

    /// How many calls run at the same time. Default: 64.
    pub fn tool_concurrency(mut self, concurrency: NonZeroUsize) -> Self {
        self.dispatch = self.dispatch.with_concurrency(concurrency);
        self
    }

    /// How many calls of one tool run at the same time, whatever its
    /// [settings](crate::ToolSettings::with_concurrency) say. A name that is no tool limits nothing.
    /// Default: what the settings say, else as many as calls of all tools.
    pub fn tool_concurrency_of(
        mut self,
        tool: impl Into<String>,
        concurrency: NonZeroUsize,
    ) -> Self {
        self.dispatch = self.dispatch.with_concurrency_of(tool, concurrency);
        self
    }

    /// How long one call may take, where its tool does not say; one that takes longer is stopped,
    /// and the model is told. Default: 60 s; [`Duration::MAX`] is no limit.
    pub fn tool_timeout(mut self, timeout: Duration) -> Self {
        self.dispatch = self.dispatch.with_timeout(timeout);
        self
    }

    /// How long all calls of one turn may take together, whatever each of them may. Those that have
    /// not ended by then are stopped or not started, the model is told so of each, the outputs of
    /// the others stand, and the run goes on. Time in which no call runs, because the rest wait for
    /// the application, does not count. Default: 300 s; [`Duration::MAX`] is no limit.
    pub fn all_tools_timeout(mut self, timeout: Duration) -> Self {
        self.dispatch = self.dispatch.with_total_timeout(timeout);
        self
    }

    /// How long one turn may take: its request with all attempts and waits, the response, and its
    /// calls. A longer one ends the run with [`Limit::TurnTime`](super::Limit::TurnTime), which keeps
    /// what was done: calls that had ended have their outputs, the others are stopped and say so.
    /// Between the steps of a [`StartedRun`](super::StartedRun) the time stands still.
    /// Default: 600 s, as long as the [whole run](RunLimits::with_wall_time) has by default;
    /// [`Duration::MAX`] is no limit.
    pub fn turn_timeout(mut self, timeout: Duration) -> Self {
        self.turn_timeout = timeout;
        self
    }

    /// How many bytes of the texts of one output are sent to the model; what is longer is cut and
    /// says so. Default: 256 KiB.
    pub fn tool_output_bytes(mut self, output_bytes: usize) -> Self {
        self.dispatch = self.dispatch.with_output_bytes(output_bytes);
        self
    }

    /// How many bytes the images and files of one output may have together, as base64 where they are
    /// not given by URL or id; one that does not fit is left out, and a text in its place says so.
    /// Default: 20 MiB.
    pub fn tool_output_media_bytes(mut self, media_bytes: usize) -> Self {
        self.dispatch = self.dispatch.with_output_media_bytes(media_bytes);
        self
    }

    /// Ends the run with [`Outcome::Cancelled`](super::Outcome::Cancelled) when the token is
    /// cancelled; tools are stopped, and the transcript is kept.
    pub fn cancellation(mut self, cancellation: CancellationToken) -> Self {
        self.cancellation = cancellation;
        self
    }

    /// Whether, in a [stream](RunBuilder::stream), the call of a
    /// [read-only](crate::ToolSettings::with_read_only) tool starts as soon as its arguments are
    /// whole and valid. All others wait for the good end of the response. Default: true.
    pub fn early_start(mut self, early_start: bool) -> Self {
        self.early_start = early_start;
        self
    }
}

impl<A: Answer> RunBuilder<A> {
    /// Runs and tells what happens while it happens.
    ///
    /// ```
    /// use openai_tools::{Client, run::Event, testing::{Reply, Server}};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::builder().script([Reply::text("Hello!")]).start().await?;
    /// let client = Client::builder().base_url(server.base_url()).build()?;
    ///
    /// let mut events = client.run("gpt-5.2").user("Hi").stream();
    /// while let Some(event) = events.next().await {
    ///     match event? {
    ///         Event::Text(text) => print!("{text}"),
    ///         Event::ToolStarted(call) => println!("{} …", call.name),
    ///         Event::ToolFinished(call) => println!("{}: {}", call.call.name, call.output.text),
    ///         Event::Ended(run) => assert_eq!(run.text(), "Hello!"),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "a stream does nothing until it is read"]
    pub fn stream(self) -> RunStream<A::Value> {
        RunStream::new(self)
    }
}

/// What only a run with a typed answer has.
impl<T> RunBuilder<Json<T>> {
    /// Asks in JSON mode (`json_object`), for servers without structured output: the model is told
    /// the schema in words, and the answer is validated all the same. The word JSON, without which
    /// servers refuse the request, is put into the conversation. The same as
    /// [`answer_step`](Self::answer_step) with [`AnswerStep::JsonMode`].
    pub fn json_mode(self) -> Self {
        self.answer_step(AnswerStep::JsonMode)
    }

    /// Asks for the answer at this step of the ladder. What the server lacks by its
    /// [quirks](crate::provider::Quirks) is refused before the request, but for JSON mode, which
    /// becomes words. Default: the first step that the server has.
    ///
    /// ```
    /// use openai_tools::{Client, structured::AnswerStep, testing::{Reply, Server}};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let answer = Reply::tool_calls([("c1", "final_answer", r#"{"value": ["Hanoi"]}"#)]);
    /// let server = Server::builder().script([answer]).start().await?;
    /// let client = Client::builder().base_url(server.base_url()).build()?;
    ///
    /// let run = client.parse::<Vec<String>>("gpt-5.2").answer_step(AnswerStep::Tool).user("A city?");
    /// assert_eq!(run.await?.into_value()?, ["Hanoi"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn answer_step(mut self, step: AnswerStep) -> Self {
        self.answer.pin(step);
        self
    }

    /// Whether the schema is converted for strict mode (default) or sent as it stands.
    pub fn strict(mut self, strict: bool) -> Self {
        self.answer.set_strict(strict);
        self
    }

    /// The limits and keywords that the server's strict mode knows. Default:
    /// [`Profile::openai_strict`].
    pub fn profile(mut self, profile: Profile) -> Self {
        self.answer.set_profile(profile);
        self
    }

    /// A check of the caller's own; what it refuses is asked for again with its words.
    pub fn check(
        mut self,
        check: impl Fn(&T) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.answer.set_check(check);
        self
    }

    /// How often the model is asked again after an invalid answer. Default: 2.
    pub fn max_re_asks(mut self, max_re_asks: u32) -> Self {
        self.answer.set_max_re_asks(max_re_asks);
        self
    }
}

impl<A: Answer> IntoFuture for RunBuilder<A> {
    type Output = Result<Run<A::Value>, RunError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(run_apart(Box::pin(async move { drive(open(self)?, Outlet::silent()).await })))
    }
}
