//! From what a builder was told to a run that can begin.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{
    budget::{Amounts, Budget},
    builder::RunBuilder,
    clock::Clock,
    drive::{Active, ReadAnswer},
    exchange::EarlyCalls,
    hooks::Hooks,
    journal::{Record, records_of},
    local::add_local,
    outcome::RunError,
    outlet::Outlet,
    pending::OpenCall,
    record::{RunRecord, Turn},
    repeats::RepeatedFailures,
    saved::{CallState, SavedRun},
    scribe::Scribe,
};
use crate::{
    chat::{FinishReason, Message, Request, Response, ToolChoice},
    client::Client,
    dispatch::{DispatchLimits, Dispatcher},
    structured::{Answer, Prepared, Typed},
    tool::{IntoTools, ToolOutput, Toolbox},
};

/// A run that is checked and can be asked for.
pub(super) struct Opened<T> {
    client: Client,
    request: Request,
    budget: Budget,
    dispatch: DispatchLimits,
    turn_timeout: Duration,
    cancellation: CancellationToken,
    early_start: bool,
    hooks: Hooks,
    scribe: Scribe,
    taken_up: Option<TakenUp>,
    later: Vec<Message>,
    pub(super) max_re_asks: u32,
    read: Box<ReadAnswer<T>>,
    /// What the answer is, if it is a value.
    pub(super) typed: Option<Typed>,
}

/// A run that goes on where another one stopped.
#[derive(Debug)]
pub(super) struct TakenUp {
    pub(super) saved: SavedRun,
    /// Whether the journal has it, but for these outputs.
    pub(super) unwritten: Option<Vec<ToolOutput>>,
}

/// Checks a run before anything is sent.
pub(super) fn open<A: Answer>(builder: RunBuilder<A>) -> Result<Opened<A::Value>, RunError> {
    let RunBuilder {
        client,
        mut request,
        answer,
        limits,
        budget,
        dispatch,
        turn_timeout,
        cancellation,
        early_start,
        hooks,
        scribe,
        taken_up,
        local,
    } = builder;
    let (spent, elapsed) = match &taken_up {
        Some(TakenUp { saved, .. }) => (saved.spent(), saved.elapsed()),
        None => Default::default(),
    };
    let budget = match budget {
        Some(shared) => shared.sub_resumed(limits, spent, elapsed),
        None => Budget::resumed(limits, spent, elapsed),
    };
    let mut later = Vec::new();
    if let Some(TakenUp { saved, .. }) = &taken_up {
        later = std::mem::replace(&mut request.messages, saved.messages().to_vec());
        // Its first response is there.
        if spent.turns > 0 {
            let choice = request.settings.tool_choice.take();
            request.settings.tool_choice = choice.and_then(ToolChoice::after_first);
        }
    }
    let prepared = add_local(&mut request, local).and_then(|()| request.check()).and_then(|()| {
        // Before JSON mode adds a message of its own, which belongs to the conversation.
        answer.prepare(&mut request)
    });
    match prepared {
        Ok(Prepared { read, max_re_asks, typed }) => Ok(Opened {
            client,
            request,
            budget,
            dispatch,
            turn_timeout,
            cancellation,
            early_start,
            hooks,
            scribe,
            taken_up,
            later,
            max_re_asks,
            read,
            typed,
        }),
        Err(error) => {
            let record = RunRecord { transcript: request.messages, ..RunRecord::default() };
            Err(RunError::new(error, record))
        }
    }
}

impl<T> Active<T> {
    pub(super) fn begin(opened: Opened<T>, outlet: Outlet<T>) -> Self {
        let Opened { client, request, budget, dispatch, cancellation, early_start, .. } = opened;
        let tools = request.tools.clone().unwrap_or_else(|| Toolbox::new().into_tools());
        let stop = cancellation.child_token();
        let mut active = Self {
            dispatcher: Dispatcher::new(tools)
                .with_limits(dispatch)
                .with_cancellation(stop.clone()),
            clock: Clock::new(&budget, opened.turn_timeout),
            client,
            request,
            budget,
            guard: stop.clone().drop_guard(),
            stop,
            early_start,
            hooks: opened.hooks,
            scribe: opened.scribe,
            last: None,
            max_re_asks: opened.max_re_asks,
            read: opened.read,
            re_asks: 0,
            repeats: RepeatedFailures::default(),
            open: Vec::new(),
            reserved: None,
            early: EarlyCalls::default(),
            later: opened.later,
            finish: None,
            record: RunRecord::default(),
            outlet,
        };
        active.record.model.clone_from(&active.request.model);
        active.record.answer_tool = active.request.answer_tool().cloned();
        if let Some(taken_up) = opened.taken_up {
            active.take_up(taken_up);
        } else {
            active.charge_transcript(0);
            let (model, messages) = (&active.request.model, &active.request.messages);
            active.scribe.write(|| Record::Begin {
                model: model.clone(),
                messages: messages.clone(),
                spent: Amounts::ZERO,
                elapsed_ms: 0,
                finish_reason: None,
            });
        }
        active
    }

    /// Goes on from where another run stopped.
    fn take_up(&mut self, TakenUp { saved, unwritten }: TakenUp) {
        match unwritten {
            None => {
                for record in records_of(&saved) {
                    match record {
                        Record::CallsEnded { outputs } => {
                            for output in &outputs {
                                self.scribe.write_ended(output);
                            }
                        }
                        record => self.scribe.write(|| record),
                    }
                }
            }
            Some(outputs) => {
                self.write_decisions_again(&saved);
                for output in &outputs {
                    self.scribe.write_ended(output);
                }
            }
        }
        self.repeats = RepeatedFailures::of_messages(saved.messages());
        self.re_asks = saved.spent().re_asks;
        let finish = saved.finish_reason().cloned();
        let (.., calls, _, _) = saved.into_parts();
        self.open = calls
            .into_iter()
            .map(|call| OpenCall { written: call.decisions.len(), ..self.open_call(call) })
            .collect();
        self.finish = finish.filter(|_| self.later.is_empty());
        let has_turn = self.finish.is_some() || !self.open.is_empty();
        if let (true, Some(Message::Assistant(said))) = (has_turn, self.request.messages.last()) {
            // Of the response no more is kept than what was said.
            let response = Response {
                message: said.clone(),
                finish_reason: self.finish.clone().unwrap_or(FinishReason::ToolCalls),
                usage: None,
                id: None,
                model: None,
                request_id: None,
                attempts: 0,
                attempt_log: Vec::new(),
                body: bytes::Bytes::new().into(),
            };
            let at = Duration::ZERO;
            self.record.turns.push(Turn {
                response: Arc::new(response),
                calls: Arc::default(),
                cost: None,
                started: at,
                responded: at,
            });
        }
    }

    /// The application may have decided more since the journal was read. To repeat a decision about
    /// a call that was not started changes nothing; one about a call in doubt would end the doubt,
    /// and a new one has done so already.
    fn write_decisions_again(&mut self, saved: &SavedRun) {
        for call in saved.calls().iter().filter(|call| call.state == CallState::Pending) {
            for decision in &call.decisions {
                self.scribe.write(|| Record::Decided {
                    call_id: call.call.id.clone(),
                    decision: decision.clone(),
                });
            }
        }
    }
}
