//! `openai-tools run`: a prompt, tools that answer with their own call, a report.

use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{
    Console, Exit,
    answer_schema::AnswerFile,
    approval::Questions,
    attached, input,
    kept::Kept,
    live,
    options::ReportFormat,
    report::{Failure, Report},
    run_options::{ApiName, Approve, DEFAULT_MODEL, RunOptions, StateName},
    text, tools_file,
};
use crate::{
    client::{Client, ClientBuilder},
    media::Part,
    run::{Decision, RunBuilder, RunLimits, RunStream},
    structured::Answer,
    testing::Server,
    tool::Toolbox,
};

/// Runs the command and writes its report.
pub(super) fn execute(options: &RunOptions, console: &mut Console<'_>) -> Exit {
    let report = match Job::prepare(options, console) {
        Ok(job) => job.start(options, console).unwrap_or_else(Report::of_failure),
        Err(failure) => Report::of_failure(failure),
    };
    let exit = report.exit();
    if let Some(note) = where_kept(&report, options) {
        console.say(&note);
    }
    match options.report {
        ReportFormat::Json => console.print(&report.to_json(), exit),
        ReportFormat::Text => {
            let text = text::render(&report, console.columns(), options.stream);
            let exit = console.print(&text, exit);
            if let Some(error) = &report.error {
                console.say(&format!("error: {}", error.message));
            }
            exit
        }
    }
}

/// Everything that a run needs, read and checked.
struct Job {
    prompt: Option<String>,
    /// Images and files, shown behind the prompt.
    shown: Vec<Part>,
    kept: Kept,
    tools: Toolbox,
    answer: Option<AnswerFile>,
    /// `None` where the built-in server answers.
    client: Option<Client>,
}

impl Job {
    fn prepare(options: &RunOptions, console: &mut Console<'_>) -> Result<Self, Failure> {
        fit_together(options)?;
        let tools = match &options.tools {
            Some(path) => {
                let waits = options.approve != Approve::All;
                let tools = tools_file::toolbox(&input::json_file(path)?, delay(options), waits);
                tools.map_err(|faults| faults.into_failure(path))?
            }
            None => Toolbox::new(),
        };
        let answer = match &options.output_schema {
            Some(path) => {
                let answer = AnswerFile::read(&input::json_file(path)?);
                Some(answer.map_err(|faults| faults.into_failure(path))?)
            }
            None => None,
        };
        let client = client(options, console)?;
        let images = options.image.iter().map(|given| attached::image(given));
        let files = options.file.iter().map(|given| attached::file(given));
        let shown = images.chain(files).collect::<Result<_, _>>()?;
        // Last: everything else is found wrong before someone has typed a prompt.
        let prompt = options.prompt.as_deref();
        let prompt = prompt.map(|given| input::prompt(given, console.stdin())).transpose()?;
        // After that: a file is made only for a run that can begin.
        let kept = Kept::open(options, console)?;
        Ok(Self { prompt, shown, kept, tools, answer, client })
    }

    fn start(self, options: &RunOptions, console: &mut Console<'_>) -> Result<Report, Failure> {
        // One thread is enough: what runs here mostly waits.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::system(format!("no runtime: {error}")))?;
        let report = runtime.block_on(async {
            if console.obeys_ctrl_c() {
                tokio::spawn(cancel_at_ctrl_c(console.cancellation().clone()));
                // Until it is polled, Ctrl-C would end the process without a report.
                tokio::task::yield_now().await;
            }
            self.run(options, console).await
        });
        // A name that is still being resolved must not delay the end.
        runtime.shutdown_background();
        report
    }

    async fn run(self, options: &RunOptions, console: &mut Console<'_>) -> Result<Report, Failure> {
        let Self { prompt, shown, kept, tools, answer, client } = self;
        // The server answers until it is dropped.
        let (client, _server) = match client {
            Some(client) => (client, None),
            None => built_in(options, console).await?,
        };
        let model = options.model.as_deref().or(kept.model()).unwrap_or(DEFAULT_MODEL).to_owned();
        let stop = console.cancellation().clone();
        let setting = Setting { options, prompt, shown, kept, tools, stop };
        Ok(match answer {
            None => setting.report(client.run(model), console, |_| None).await,
            Some(AnswerFile { name, schema, strict }) => {
                let run = client.parse_schema(model, &name, schema).strict(strict);
                setting.report(run, console, |value: &Value| Some(value.clone())).await
            }
        })
    }
}

/// What is the same for a run that answers in text and one that answers with a value.
struct Setting<'a> {
    options: &'a RunOptions,
    prompt: Option<String>,
    shown: Vec<Part>,
    kept: Kept,
    tools: Toolbox,
    stop: CancellationToken,
}

impl Setting<'_> {
    async fn report<A: Answer>(
        self,
        run: RunBuilder<A>,
        console: &mut Console<'_>,
        value: impl FnOnce(&A::Value) -> Option<Value>,
    ) -> Report {
        let options = self.options;
        let run = self.apply(run);
        if options.approve == Approve::Ask && console.is_interactive() {
            let (run, mut questions) = Questions::of(run);
            if !options.stream {
                let mut run = run.into_future();
                let end = tokio::select! {
                    end = &mut run => end,
                    () = questions.put(console) => run.await,
                };
                return Report::of_run(&end, value);
            }
            return followed(run.stream(), options, console, Some(questions), value).await;
        }
        if !options.stream {
            return Report::of_run(&run.await, value);
        }
        followed(run.stream(), options, console, None, value).await
    }

    fn apply<A>(self, run: RunBuilder<A>) -> RunBuilder<A> {
        let limits = RunLimits::new();
        let limits = match self.options.max_turns {
            Some(turns) => limits.with_turns(turns),
            None => limits,
        };
        let run = run.api(self.options.api.api()).state(self.options.state.state());
        let limits = match self.options.max_tool_calls {
            Some(calls) => limits.with_tool_calls(calls),
            None => limits,
        };
        let limits = match self.options.deadline {
            Some(time) => limits.with_wall_time(time),
            None => limits,
        };
        let run = self.kept.apply(run).limits(limits).cancellation(self.stop);
        let said: Vec<_> = self.prompt.into_iter().map(Part::Text).chain(self.shown).collect();
        let run = if said.is_empty() { run } else { run.user_parts(said) };
        let run = match self.options.approve {
            Approve::None => run.on_approval(|_| async {
                Some(Decision::Denied("calls are not run here (`--approve none`)".to_owned()))
            }),
            Approve::All | Approve::Ask => run,
        };
        if self.tools.is_empty() {
            return run;
        }
        // The delay is asked for, so that it is no reason to time out.
        run.tools(self.tools).tool_timeout(delay(self.options) + TOOL_TIMEOUT)
    }
}

/// What chat completions lack, in the words of the options.
fn fit_together(options: &RunOptions) -> Result<(), Failure> {
    if options.api == ApiName::Responses {
        return Ok(());
    }
    if options.state == StateName::Server {
        let why = "--state server needs --api responses: chat completions keep no conversation";
        return Err(Failure::new("usage", why));
    }
    match options.file.iter().find(|given| attached::is_url(given)) {
        Some(url) => Err(Failure::new(
            "usage",
            format!(
                "{url}: chat completions take no files by URL; use --api responses, or download it"
            ),
        )),
        None => Ok(()),
    }
}

/// The client that the options and the environment ask for; `None` if neither says anything.
fn client(options: &RunOptions, console: &Console<'_>) -> Result<Option<Client>, Failure> {
    let variable = |name: &str| match (name, options.base_url.as_deref()) {
        ("OPENAI_BASE_URL", Some(url)) => Some(url.to_owned()),
        _ => console.variable(name),
    };
    let is_set = |name| variable(name).is_some_and(|text| !text.trim().is_empty());
    let says = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_PROVIDER"];
    if !says.into_iter().any(is_set) {
        return Ok(None);
    }
    let client = ClientBuilder::from_variables(variable).and_then(|builder| {
        let plain = options.allow_plain_http;
        let builder = if plain { builder.danger_allow_plain_http() } else { builder };
        timed(builder, options).build()
    });
    client.map(Some).map_err(|error| Failure::from(&error))
}

/// Starts the built-in server, and says so.
async fn built_in(
    options: &RunOptions,
    console: &mut Console<'_>,
) -> Result<(Client, Option<Server>), Failure> {
    let server = Server::start()
        .await
        .map_err(|error| Failure::system(format!("the built-in server cannot start: {error}")))?;
    let url = server.base_url();
    console.say(&format!(
        "neither OPENAI_API_KEY nor a base URL is set: the built-in server answers ({url}); \
         it is no model"
    ));
    let client = timed(Client::builder(), options).base_url(url).build();
    Ok((client.map_err(|error| Failure::from(&error))?, Some(server)))
}

/// The client with the times that the options allow.
fn timed(builder: ClientBuilder, options: &RunOptions) -> ClientBuilder {
    match options.timeout {
        // An attempt as a whole is not bounded by less than a part of it.
        Some(time) => {
            builder.first_byte_timeout(time).idle_timeout(time).timeout(time.max(ATTEMPT))
        }
        None => builder,
    }
}

/// How to go on with a run that has not come to its end and is kept.
fn where_kept(report: &Report, options: &RunOptions) -> Option<String> {
    let waits = report.outcome == "pending";
    match options.journal.as_ref().or(options.resume.as_ref()) {
        // Before its first turn there may be no run in it, nor a journal at all.
        Some(path) if waits || report.budget.attempts > 0 && report.exit() != Exit::Success => {
            let path = path.display();
            Some(format!("the run is kept in {path}: `--resume {path}` goes on with it"))
        }
        None if waits => Some(
            "the run waits for an approval and is not kept: with --journal FILE it can be taken up"
                .to_owned(),
        ),
        _ => None,
    }
}

/// Reads a streamed run to its end.
async fn followed<T: Send + 'static>(
    events: RunStream<T>,
    options: &RunOptions,
    console: &mut Console<'_>,
    questions: Option<Questions>,
    value: impl FnOnce(&T) -> Option<Value>,
) -> Report {
    let is_shown = options.report == ReportFormat::Text;
    let (end, moments) = live::follow(events, console, is_shown, questions).await;
    match end {
        Some(run) => Report::of_stream(&run, value, &moments),
        None => Report::of_failure(Failure::system("the run's events ended without its end")),
    }
}

async fn cancel_at_ctrl_c(stop: CancellationToken) {
    // Where there are no signals, Ctrl-C ends the process as ever.
    if tokio::signal::ctrl_c().await.is_ok() {
        stop.cancel();
    }
}

fn delay(options: &RunOptions) -> Duration {
    Duration::from_millis(options.tool_delay)
}

/// How long an attempt may take as a whole, as the client has it.
const ATTEMPT: Duration = Duration::from_secs(600);
const TOOL_TIMEOUT: Duration = Duration::from_secs(60);
