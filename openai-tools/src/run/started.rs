use std::{
    fmt,
    future::poll_fn,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use super::{
    builder::RunBuilder,
    drive::{Active, Asked},
    event::Event,
    exchange::EarlyCalls,
    open::{Opened, open},
    outcome::{Outcome, Run, RunError},
    outlet::Outlet,
    pending::{PendingCall, PendingTurn},
    record::RunRecord,
    saved::{InvalidSavedRun, SavedRun},
    task::RunTask,
    turn_stream::{Told, TurnStream},
};
use crate::{
    error::{Error, ErrorKind},
    observe::{Observe, Span},
    structured::{Answer, Typed},
};

/// A run that goes on turn by turn; made by [`RunBuilder::start`].
///
/// While it waits for the application, the run's time does not pass. Each step runs in a task of its
/// own.
///
/// # Cancel safety
///
/// Dropping it stops the run as dropping an awaited one does: to keep it,
/// [`save`](Self::save) it first.
#[must_use = "a run does nothing until its turns are asked for"]
pub struct StartedRun<T = String> {
    state: State<T>,
    /// What the application was given last.
    turn: Option<PendingTurn>,
    outcome: Option<Outcome<T>>,
    /// What the answer is, if it is a value and the run has begun.
    typed: Option<Typed>,
    /// What the step that is under way tells, if somebody asked for it.
    told: Option<Told<T>>,
}

enum State<T> {
    Opened(Box<Result<Opened<T>, RunError>>),
    Waiting(Box<Active<T>>),
    Working(RunTask<Stepped<T>>),
    /// It could not be opened, or it was given back.
    Gone,
}

/// How far to go.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// To the calls that a run was taken up with.
    Look,
    /// To the next response.
    Turn,
    Outcome,
}

struct Stepped<T> {
    active: Box<Active<T>>,
    end: Result<Option<Outcome<T>>, Error>,
    /// Whether there is a turn that the application has not seen.
    is_new: bool,
}

impl<T: Send + 'static> StartedRun<T> {
    pub(super) fn new<A: Answer<Value = T>>(builder: RunBuilder<A>) -> Self {
        Self {
            state: State::Opened(Box::new(open(builder))),
            turn: None,
            outcome: None,
            typed: None,
            told: None,
        }
    }

    /// Runs the calls of the last turn, as far as they may, and asks the model for the next.
    ///
    /// The last response is a turn, too, without calls; the first turn of a run that is
    /// [taken up](RunBuilder::resume) is the one that waited. `None` if the run has come to an
    /// [outcome](Self::outcome). That is [`Outcome::Pending`] if calls wait about which nothing was
    /// decided; the others of the response have run then. Decide about those that are
    /// [pending](Self::pending), and ask again.
    ///
    /// # Errors
    ///
    /// What went wrong; see [`RunError`]. The run stands where it stood: asking again makes another
    /// attempt.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with its timer enabled; if a hook or a check of the answer panics,
    /// and then at each further call.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: when the future is dropped the step goes on, and the next call of this method
    /// waits for its end.
    pub async fn next_turn(&mut self) -> Result<Option<&mut PendingTurn>, RunError> {
        let is_new = self.step(Step::Turn).await?;
        Ok(if is_new { self.turn.as_mut() } else { None })
    }

    /// The same, with its events while it goes: of the calls that run, and of the next response as it
    /// arrives. A step that is under way goes on.
    ///
    /// ```
    /// use openai_tools::{Client, Toolbox, run::Event, testing::{Reply, Server}, tool};
    ///
    /// /// Delete a file.
    /// #[tool(needs_approval)]
    /// fn delete(path: String) -> String {
    ///     format!("{path} is gone")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let script = [Reply::tool_calls([("c1", "delete", r#"{"path": "a"}"#)]), Reply::text("done")];
    /// let server = Server::builder().script(script).start().await?;
    /// let client = Client::builder().base_url(server.base_url()).build()?;
    ///
    /// let tools = Toolbox::new().with(delete)?;
    /// let mut run = client.run("gpt-5.2").tools(&tools).user("Tidy up.").start();
    /// loop {
    ///     let mut events = run.stream_turn();
    ///     while let Some(event) = events.next().await {
    ///         match event {
    ///             Event::Text(text) => print!("{text}"),
    ///             Event::ToolStarted(call) => println!("{} …", call.name),
    ///             _ => {}
    ///         }
    ///     }
    ///     let Some(turn) = events.finish().await? else { break };
    ///     turn.pending().for_each(|call| call.approve());
    /// }
    /// assert_eq!(run.finish().await?.text(), "done");
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream_turn(&mut self) -> TurnStream<'_, T> {
        TurnStream::new(self)
    }

    /// The calls of the last turn that have no output yet; none while a step is under way.
    pub fn pending(&mut self) -> impl Iterator<Item = &mut PendingCall> {
        self.turn.iter_mut().flat_map(|turn| turn.calls.iter_mut())
    }

    /// What the run has come to, if it has.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome<T>> {
        self.outcome.as_ref()
    }

    /// Goes on to an outcome without stopping at the turns, and gives the run back.
    ///
    /// # Errors
    ///
    /// What went wrong; see [`RunError`].
    ///
    /// # Panics
    ///
    /// As for [`next_turn`](Self::next_turn).
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: dropping the future drops the run.
    pub async fn finish(mut self) -> Result<Run<T>, RunError> {
        loop {
            self.step(Step::Outcome).await?;
            // A step that was under way may have ended with a turn.
            if self.outcome.is_some() {
                break;
            }
        }
        match (self.state, self.outcome) {
            (State::Waiting(active), Some(outcome)) => Ok(active.into_run(outcome)),
            _ => Err(gone()),
        }
    }

    /// The run as it stands, with what was decided so far, to be put away and
    /// [taken up](RunBuilder::resume) again.
    ///
    /// # Errors
    ///
    /// [`InvalidSavedRun`]: no turn was asked for yet, a step is under way (its future was dropped),
    /// or the messages that the run was given hold a call that is not answered once.
    pub fn save(&self) -> Result<SavedRun, InvalidSavedRun> {
        let State::Waiting(active) = &self.state else {
            return Err(InvalidSavedRun::of("a step is under way, or none was made"));
        };
        let mut saved = active.saved()?;
        let mut decided = self.turn.iter().flat_map(|turn| &turn.calls).peekable();
        for call in saved.calls_mut() {
            if let Some(pending) = decided.next_if(|pending| pending.call.call.id == call.call.id) {
                *call = pending.call.clone();
            }
        }
        Ok(saved)
    }

    /// Goes on; whether there is a new turn.
    async fn step(&mut self, step: Step) -> Result<bool, RunError> {
        if self.is_over() {
            return Ok(false);
        }
        self.set_off(step, false)?;
        let State::Working(task) = &mut self.state else { return Err(gone()) };
        let told = &mut self.told;
        let stepped = poll_fn(|cx| {
            if let Some(told) = told {
                told.discard(cx);
            }
            Pin::new(&mut *task).poll(cx)
        });
        let Stepped { mut active, end, is_new } = stepped.await;
        self.told = None;
        active.budget.set_waiting(true);
        active.clock.stand();
        self.turn = active.pending_turn();
        let end = end.map_err(|error| RunError::new(error, active.record()));
        self.state = State::Waiting(active);
        self.outcome = end?;
        Ok(is_new)
    }

    /// What the step that is under way tells next; `None` when it has told all.
    pub(super) fn poll_told(&mut self, cx: &Context<'_>) -> Poll<Option<Event<T>>> {
        self.told.as_mut().map_or(Poll::Ready(None), |told| told.poll_next(cx))
    }

    /// Whether the run has come to an end that no decision changes.
    fn is_over(&self) -> bool {
        !matches!(self.outcome, None | Some(Outcome::Pending(_)))
    }

    /// Begins a step, if none is under way and the run is not over.
    pub(super) fn set_off(&mut self, step: Step, streamed: bool) -> Result<(), RunError> {
        if self.is_over() {
            return Ok(());
        }
        let mut step = step;
        let mut active = match mem::replace(&mut self.state, State::Gone) {
            State::Opened(opened) => {
                let opened = (*opened)?;
                self.typed.clone_from(&opened.typed);
                let mut active = Active::begin(opened, Outlet::silent());
                // The application is to see each call first.
                active.early_start = false;
                if let (Step::Turn, false) = (step, active.open.is_empty()) {
                    step = Step::Look;
                }
                Box::new(active)
            }
            State::Waiting(mut active) => {
                active.budget.set_waiting(false);
                active.clock.go_on(&active.budget);
                active
            }
            working => {
                self.state = working;
                return Ok(());
            }
        };
        active.enter_decisions(self.turn.take().map(|turn| turn.calls).unwrap_or_default());
        self.outcome = None;
        if streamed {
            let (outlet, events) = Outlet::new();
            active.set_outlet(outlet);
            self.told = Some(Told::new(events, self.typed.clone()));
        }
        self.state = State::Working(RunTask::spawn(async move {
            let seen = active.record.turns.len();
            let end = match step {
                Step::Look => active.look().await,
                Step::Turn => active.next_turn().await,
                Step::Outcome => active.run_to_outcome().await.map(Some),
            };
            // The reader's end comes before the turn itself.
            active.set_outlet(Outlet::silent());
            let is_new = active.record.turns.len() > seen || matches!(step, Step::Look);
            Stepped { active, end, is_new }
        }));
        Ok(())
    }
}

impl<T> Active<T> {
    /// One step: the outputs of the open calls, and the next response. An outcome if there is one.
    async fn next_turn(&mut self) -> Result<Option<Outcome<T>>, Error> {
        let span = Span::turn(&self.request.model);
        let end = self.answer_and_ask(&span).observed(&span).await;
        if let Err(error) = &end {
            span.word("error.type", error.kind().as_str());
        }
        let outcome = end?;
        let word = outcome.as_ref().map(Outcome::as_str);
        if let Some(word) = word {
            self.note_end(word).await?;
        }
        Ok(outcome)
    }

    async fn answer_and_ask(&mut self, span: &Span) -> Result<Option<Outcome<T>>, Error> {
        if let Some(outcome) = self.answer_calls().await? {
            return Ok(Some(outcome));
        }
        match self.respond(span).await? {
            Asked::End(outcome) => Ok(Some(outcome)),
            Asked::GoOn => self.look().await,
        }
    }

    /// Sees what the open calls come to, and has the journal keep what there is.
    async fn look(&mut self) -> Result<Option<Outcome<T>>, Error> {
        self.plan_calls(&EarlyCalls::default());
        self.scribe.flush().await?;
        Ok(None)
    }

    fn set_outlet(&mut self, outlet: Outlet<T>) {
        let first = self.outlet.first;
        self.outlet = outlet;
        self.outlet.first = first;
    }

    fn pending_turn(&self) -> Option<PendingTurn> {
        let response = self.record.turns.last()?.response.clone();
        let tools = self.dispatcher.tools();
        let open = self.open.iter().filter(|call| call.record.is_none());
        let calls = open
            .map(|call| PendingCall { call: call.saved.clone(), reason: call.reason(tools) })
            .collect();
        Some(PendingTurn { response, calls })
    }

    /// Takes over what the application decided, in the order of the calls.
    fn enter_decisions(&mut self, decided: Vec<PendingCall>) {
        let mut decided = decided.into_iter().peekable();
        for call in &mut self.open {
            if let Some(pending) = decided.next_if(|pending| pending.call.call.id == *call.id()) {
                call.saved = pending.call;
            }
        }
    }
}

/// The run is not there any more.
fn gone() -> RunError {
    RunError::new(Error::new(ErrorKind::NoValue, "the run could not begin"), RunRecord::default())
}

impl<T> fmt::Debug for StartedRun<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Opened(_) => "opened",
            State::Waiting(_) => "waiting",
            State::Working(_) => "working",
            State::Gone => "gone",
        };
        f.debug_struct("StartedRun")
            .field("state", &state)
            .field("outcome", &self.outcome.as_ref().map(Outcome::as_str))
            .finish_non_exhaustive()
    }
}
