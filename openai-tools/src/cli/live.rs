//! A run while it happens: what is shown of it, and the times that only a stream can tell.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use super::{
    Console,
    approval::Questions,
    terminal::{self, line},
};
use crate::{
    dispatch::CallRecord,
    ids::ToolCallId,
    run::{Event, Run, RunError, RunStream, Turn},
};

/// Reads a run to its end, and shows it on stdout where `shown` says so. The run is `None` if the
/// stream ended without telling its end.
pub(super) async fn follow<T: Send + 'static>(
    mut events: RunStream<T>,
    console: &mut Console<'_>,
    shown: bool,
    mut questions: Option<Questions>,
) -> (Option<Result<Run<T>, RunError>>, Moments) {
    let mut moments = Moments::default();
    let mut view = View::new(console.columns());
    let mut end = None;
    while let Some(event) = next(&mut events, &mut questions, console).await {
        match event {
            Ok(Event::Ended(run)) => end = Some(Ok(*run)),
            Ok(event) => {
                moments.note(&event);
                let text = if shown { view.text_of(&event) } else { String::new() };
                if !text.is_empty() {
                    console.show(&text);
                }
            }
            Err(error) => end = Some(Err(error)),
        }
    }
    if shown {
        console.show(&view.finish());
    }
    (end, moments)
}

/// The next event; until it comes, somebody may be asked about calls.
async fn next<T: Send + 'static>(
    events: &mut RunStream<T>,
    questions: &mut Option<Questions>,
    console: &mut Console<'_>,
) -> Option<Result<Event<T>, RunError>> {
    let Some(asked) = questions else { return events.next().await };
    tokio::select! {
        event = events.next() => event,
        () = asked.put(console) => events.next().await,
    }
}

/// When the arguments of calls arrived, from the start of the run.
#[derive(Debug, Default)]
pub(super) struct Moments {
    /// For each turn, what arrived of its calls, by slot.
    turns: Vec<BTreeMap<usize, Arrival>>,
    /// The same for the turn that goes on.
    current: BTreeMap<usize, Arrival>,
}

#[derive(Clone, Debug)]
struct Arrival {
    id: ToolCallId,
    complete: Option<Duration>,
}

impl Moments {
    fn note<T>(&mut self, event: &Event<T>) {
        match event {
            Event::ArgumentsComplete { slot, at } => {
                if let Some(call) = self.current.get_mut(slot) {
                    call.complete = Some(*at);
                }
            }
            Event::ArgumentsReset { slot } => {
                if let Some(call) = self.current.get_mut(slot) {
                    call.complete = None;
                }
            }
            Event::CallBegan { slot, id, .. } => {
                self.current.insert(*slot, Arrival { id: id.clone(), complete: None });
            }
            Event::CallRenamed { slot, id, .. } => {
                if let Some(call) = self.current.get_mut(slot) {
                    call.id = id.clone();
                }
            }
            Event::Turn(_) => self.turns.push(std::mem::take(&mut self.current)),
            _ => {}
        }
    }

    /// When the arguments of each call of these turns were whole, in the order of the calls.
    pub(super) fn arguments_complete(&self, turns: &[Turn]) -> Vec<Option<Duration>> {
        let arrivals = self.turns.iter().chain([&self.current]);
        let turns = turns.iter().zip(arrivals);
        turns.flat_map(|(turn, arrivals)| of_turn(turn, arrivals)).collect()
    }
}

/// Calls stand in the order of their slots. Their ids may have been settled when the response was
/// whole, and then only the order tells which is which.
fn of_turn(turn: &Turn, arrivals: &BTreeMap<usize, Arrival>) -> Vec<Option<Duration>> {
    let in_order: Vec<&Arrival> = arrivals.values().collect();
    let mut by_id: HashMap<&ToolCallId, Option<&Arrival>> = HashMap::new();
    for arrival in &in_order {
        // An id that stands twice tells nothing.
        by_id.entry(&arrival.id).and_modify(|first| *first = None).or_insert(Some(arrival));
    }
    let find = |(place, record): (usize, &CallRecord)| {
        let by_id = by_id.get(&record.call.id).copied().flatten();
        by_id.or_else(|| in_order.get(place).copied())?.complete
    };
    turn.calls.iter().enumerate().map(find).collect()
}

/// What is shown of a run that goes on.
#[derive(Debug)]
struct View {
    columns: usize,
    /// Whether the cursor is where a line begins.
    at_start: bool,
    /// Whether anything has been shown.
    begun: bool,
}

impl View {
    fn new(columns: usize) -> Self {
        Self { columns, at_start: true, begun: false }
    }

    fn text_of<T>(&mut self, event: &Event<T>) -> String {
        match event {
            Event::Refusal(text) | Event::Text(text) => {
                self.begun |= !text.is_empty();
                self.at_start = if text.is_empty() { self.at_start } else { text.ends_with('\n') };
                terminal::block(text)
            }
            Event::ToolStarted(call) => self.line(&format!(
                "{} {}",
                line(&call.name, 64),
                line(&call.arguments, self.columns)
            )),
            Event::EarlyOutputDropped(record) => {
                let name = line(&record.call.name, 64);
                self.line(&format!("{name} does not count: its response came to no good end"))
            }
            Event::ReAsk(_) => self.line("this is no such value; the model is asked again"),
            Event::Turn(_) => self.end_of_line().to_owned(),
            _ => String::new(),
        }
    }

    /// What separates it from the report that follows.
    fn finish(&mut self) -> String {
        let end = self.end_of_line();
        if self.begun { format!("{end}\n") } else { String::new() }
    }

    fn line(&mut self, text: &str) -> String {
        self.begun = true;
        let end = self.end_of_line();
        let text = line(text, self.columns.saturating_sub(MARK.len()));
        format!("{end}{MARK}{text}\n")
    }

    fn end_of_line(&mut self) -> &'static str {
        if std::mem::replace(&mut self.at_start, true) { "" } else { "\n" }
    }
}

/// Tells what the program says from what the model says.
const MARK: &str = "> ";
