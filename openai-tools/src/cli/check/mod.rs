//! `openai-tools check`: recorded data against tools and schemas.

mod across;
mod config;
mod inputs;
mod options;
mod split;
mod tally;
mod worker;

use std::{
    collections::BTreeMap,
    env,
    path::Path,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use self::{
    across::{Across, Clash},
    inputs::Input,
    options::Color,
    split::Splitter,
    worker::{Done, Job, Terms, work},
};
pub(super) use self::{
    options::{CheckOptions, FindingsFormat},
    tally::{Group, Tally, Told},
};
use super::{
    Console, Exit,
    contract_file::{ContractFile, Promise},
    findings::{self, Summary},
    options::LintLevel,
    report::Failure,
    schema_file::Schemas,
    source::{Position, Source},
};
use crate::{
    data::{Held, Kind, Offer, Rules, Severity, meaning, rule_ids},
    schema::SchemaError,
};

/// Runs `openai-tools check`.
pub(super) fn check(options: &CheckOptions, console: &mut Console<'_>) -> Exit {
    checked(options, console).unwrap_or_else(|failure| {
        console.say(&format!("error: {}", failure.message));
        Exit::Failure
    })
}

fn checked(options: &CheckOptions, console: &mut Console<'_>) -> Result<Exit, Failure> {
    if options.list_rules {
        let line = |rule| format!("{rule:<18}  {}\n", meaning(rule));
        return Ok(console.print(&rule_ids().map(line).collect::<String>(), Exit::Success));
    }
    let start = Instant::now();
    let mut options = options.clone();
    config::fill(&mut options, env::current_dir().ok().as_deref())?;
    if options.data.is_empty() {
        return Err(Failure::input(
            "no data: name files, globs or `-`, here or as `data` in openai-tools.toml",
        ));
    }
    if options.kind == Some(Kind::Instance) && options.schema.is_none() {
        return Err(Failure::input(
            "--kind instance: no schema to hold them to; give --schema FILE",
        ));
    }
    let (inputs, missing) = inputs::named(&options.data);
    one_stdin(&options, &inputs)?;

    let mut run = Run::new(&options);
    let rules = run.rules(&options, console)?;
    for (name, why) in missing {
        run.unopened(&name.as_str().into(), &why);
    }
    let colours = match options.color.unwrap_or_default() {
        Color::Always => true,
        Color::Auto => console.has_colours(),
        Color::Never => false,
    };
    let shows_progress = match options.color.unwrap_or_default() {
        Color::Never => false,
        Color::Always | Color::Auto => console.shows_progress(),
    };
    let bar = bar(&inputs, shows_progress);
    run.all(&inputs, &rules, &options, console, &bar)?;
    bar.finish_and_clear();

    let summary = Summary {
        files: run.files,
        seconds: start.elapsed().as_secs_f64(),
        colours,
        columns: console.columns(),
        tells_all: options.max_errors == Some(0),
    };
    let report = options.report.unwrap_or_default();
    let text = findings::write(report, &run.tally, &summary);
    let exit = if run.has_failed {
        Exit::Failure
    } else if run.tally.findings() > 0 {
        Exit::Finding
    } else {
        Exit::Success
    };
    Ok(console.print(&text, exit))
}

fn one_stdin(options: &CheckOptions, inputs: &[Input]) -> Result<(), Failure> {
    let files = [&options.tools, &options.schema].into_iter().flatten();
    let of_files = files.filter(|path| path.as_os_str() == "-").count();
    if of_files + inputs.iter().filter(|input| input.is_stdin()).count() > 1 {
        return Err(Failure::input("stdin: only one file can be `-`"));
    }
    Ok(())
}

fn bar(inputs: &[Input], is_shown: bool) -> ProgressBar {
    if !is_shown {
        return ProgressBar::hidden();
    }
    let length = inputs.iter().map(Input::length).sum();
    let target = ProgressDrawTarget::stderr_with_hz(5);
    let bar = ProgressBar::with_draw_target(Some(length), target);
    let style = "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// One run of the command.
struct Run {
    tally: Tally,
    files: u64,
    /// Whether something could not even be opened.
    has_failed: bool,
    level: LintLevel,
    longest: usize,
    most: usize,
    threads: usize,
}

impl Run {
    fn new(options: &CheckOptions) -> Self {
        let most = match options.max_errors {
            Some(0) => usize::MAX,
            Some(most) => most,
            None => MOST_TOLD,
        };
        let processors = || thread::available_parallelism().map_or(1, usize::from);
        Self {
            tally: Tally::new(most),
            files: 0,
            has_failed: false,
            level: options.level.unwrap_or(LintLevel::Warning),
            longest: options.max_record.unwrap_or(LONGEST_RECORD),
            most,
            threads: options.threads.unwrap_or_else(processors).clamp(1, MOST_THREADS),
        }
    }

    /// What data is held to. A schema that cannot be used is a finding, and data is not held to it.
    fn rules(
        &mut self,
        options: &CheckOptions,
        console: &mut Console<'_>,
    ) -> Result<Rules, Failure> {
        let mut rules = Rules { kind: options.kind, ..Rules::default() };
        if let Some(path) = &options.tools {
            rules.offer = Some(Arc::new(self.offer(path, console)?));
        }
        if let Some(path) = &options.schema {
            let source = Source::read(path, console.stdin())?;
            let schemas = Schemas::of(&source.value).map_err(|faults| source.failure(&faults))?;
            let [named] = &*schemas.list else {
                let (count, shown) = (schemas.list.len(), source.shown.display());
                return Err(Failure::input(format!("{shown}: {count} schemas; one is needed")));
            };
            match Held::of(&named.schema) {
                Ok(held) => rules.schema = Some(Arc::new(held)),
                Err(error) => self.refused(&source, None, &error.under(&named.pointer)),
            }
            if rules.kind.is_none() && rules.offer.is_none() {
                rules.kind = Some(Kind::Instance);
            }
        }
        Ok(rules)
    }

    fn offer(&mut self, path: &Path, console: &mut Console<'_>) -> Result<Offer, Failure> {
        let name = path.to_string_lossy();
        let file = ContractFile::named(&name, console.stdin())?;
        let Promise::Tools(lock) = &file.promise else {
            let why = "no tools but a schema; give it as --schema";
            return Err(Failure::input(format!("{name}: {why}")));
        };
        let mut offer = Offer::default();
        for tool in lock.tools() {
            let error = match offer.add_tool(tool.name(), Some(tool.accepted())) {
                Ok(()) => continue,
                Err(error) => error,
            };
            let at = file.pointer(tool.name(), "/parameters").unwrap_or_default();
            self.refused(&file.source, Some(tool.name()), &error.under(&at));
        }
        Ok(offer)
    }

    fn refused(&mut self, source: &Source, tool: Option<&str>, error: &SchemaError) {
        let refusals = error.refusals();
        let positions = source.positions(refusals.iter().map(|refusal| &*refusal.pointer));
        for refusal in refusals {
            let position = positions.of(&refusal.pointer);
            let Position { line, column, .. } = position;
            self.tally.add(Told {
                file: source.shown.to_string_lossy().into(),
                line: line as u64,
                column,
                pointer: refusal.pointer.clone(),
                rule: "invalid-schema".into(),
                severity: Severity::Error,
                message: format!("{} (help: {})", refusal.reason, refusal.help),
                tool: tool.map(str::to_owned),
                excerpt: source.excerpt_at(position),
            });
        }
    }

    /// Checks all inputs, one after the other, each by all workers.
    fn all(
        &mut self,
        inputs: &[Input],
        rules: &Rules,
        options: &CheckOptions,
        console: &mut Console<'_>,
        bar: &ProgressBar,
    ) -> Result<(), Failure> {
        let Self { longest, most, level, .. } = *self;
        let terms = Terms { rules, longest, most, level };
        let (jobs, queue) = mpsc::sync_channel(2 * self.threads);
        let queue = Mutex::new(queue);
        let (done, results) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..self.threads {
                let (queue, terms, done) = (&queue, &terms, done.clone());
                thread::Builder::new()
                    .stack_size(STACK)
                    .spawn_scoped(scope, move || work(queue, &done, terms))
                    .map_err(|error| Failure::input(format!("no thread could start: {error}")))?;
            }
            drop(done);
            let mut crew =
                Crew { jobs, results, sent: 0, merged: 0, bytes: 0, early: BTreeMap::new() };
            for input in inputs {
                self.one(input, options, console, bar, &mut crew);
            }
            Ok(())
        })
    }

    fn one(
        &mut self,
        input: &Input,
        options: &CheckOptions,
        console: &mut Console<'_>,
        bar: &ProgressBar,
        crew: &mut Crew,
    ) {
        let source = match input.open(console.stdin(), bar) {
            Ok(source) => source,
            Err(error) => return self.unopened(&input.shown, &error.to_string()),
        };
        self.files += 1;
        let format = options.format.unwrap_or_default();
        let mut splitter = Splitter::new(source, format, input.is_lines_by_name(), self.longest);
        let mut across = Across::default();
        let mut spare = Vec::new();
        while let Some(piece) = splitter.next(std::mem::take(&mut spare)) {
            // What cannot be read any further is the last piece.
            let is_last = matches!(piece, split::Piece::Broken { .. });
            let job = Job { number: crew.sent, file: Arc::clone(&input.shown), piece };
            if !crew.send(job) {
                break;
            }
            // A slow one must not pile up the others.
            let most = if is_last { 0 } else { 8 * self.threads as u64 };
            while let Some(mut done) = crew.next_if_over(most) {
                spare = std::mem::take(&mut done.spare);
                self.merge(done, &mut across, &input.shown);
            }
            if is_last {
                break;
            }
        }
        while let Some(done) = crew.next_if_over(0) {
            self.merge(done, &mut across, &input.shown);
        }
        let is_forced = matches!(options.kind, Some(Kind::FineTuning | Kind::Preference));
        let is_for_training = splitter.are_lines() && (is_forced || input.is_lines_by_name());
        self.clashes(across.end(is_for_training), &input.shown);
    }

    fn merge(&mut self, mut done: Done, across: &mut Across, file: &Arc<str>) {
        let clashes = across.take(&mut done);
        self.tally.merge(done.tally);
        self.clashes(clashes, file);
    }

    fn clashes(&mut self, clashes: Vec<Clash>, file: &Arc<str>) {
        for Clash { line, rule, message } in clashes {
            self.tell(file, line, rule, message);
        }
    }

    fn unopened(&mut self, file: &Arc<str>, why: &str) {
        self.has_failed = true;
        self.tell(file, 1, "file", why.to_owned());
    }

    fn tell(&mut self, file: &Arc<str>, line: u64, rule: &'static str, message: String) {
        self.tally.add(Told {
            file: Arc::clone(file),
            line,
            column: 1,
            pointer: String::new(),
            rule: rule.into(),
            severity: Severity::Error,
            message,
            tool: None,
            excerpt: String::new(),
        });
    }
}

/// The workers, from outside.
struct Crew {
    jobs: mpsc::SyncSender<Job>,
    results: mpsc::Receiver<Done>,
    sent: u64,
    merged: u64,
    /// The bytes of what is on its way.
    bytes: usize,
    /// What was done before what comes before it.
    early: BTreeMap<u64, Done>,
}

impl Crew {
    fn send(&mut self, job: Job) -> bool {
        self.sent += 1;
        self.bytes += job.piece.length();
        self.jobs.send(job).is_ok()
    }

    /// The next result in order: if it is there, or if more than `most` are on their way.
    fn next_if_over(&mut self, most: u64) -> Option<Done> {
        loop {
            if let Some(done) = self.early.remove(&self.merged) {
                self.merged += 1;
                return Some(done);
            }
            let is_over = self.sent - self.merged > most || self.bytes > MOST_BYTES;
            let done =
                if is_over { self.results.recv().ok()? } else { self.results.try_recv().ok()? };
            self.bytes = self.bytes.saturating_sub(done.length);
            self.early.insert(done.number, done);
        }
    }
}

/// 16 MiB.
const LONGEST_RECORD: usize = 16 << 20;
/// Of all pieces on their way: few where records are long.
const MOST_BYTES: usize = 24 << 20;
const MOST_TOLD: usize = 100;
const MOST_THREADS: usize = 64;
/// Values of 128 levels are read by functions that call themselves.
const STACK: usize = 8 << 20;
