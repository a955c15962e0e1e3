//! Asking whoever sits at the terminal whether a call may run.

use tokio::sync::{mpsc, oneshot};

use super::{
    Console,
    terminal::{escaped, line},
};
use crate::run::{Decision, RunBuilder, WaitReason, WaitingCall};

/// The calls of a run about which somebody has to be asked.
pub(super) struct Questions {
    asked: mpsc::UnboundedReceiver<Question>,
    /// The one that waits for its answer.
    open: Option<Question>,
    /// What holds for all further calls, once that is said.
    settled: Option<Settled>,
}

/// A call, and where the answer goes.
struct Question {
    waiting: WaitingCall,
    answer: oneshot::Sender<Option<Decision>>,
    is_shown: bool,
}

#[derive(Clone, Copy)]
enum Settled {
    /// All run.
    Approved,
    /// Nobody is asked any more; they wait.
    Stopped,
}

impl Questions {
    /// Has the run ask here, one call after another.
    pub(super) fn of<A>(run: RunBuilder<A>) -> (RunBuilder<A>, Self) {
        let (ask, asked) = mpsc::unbounded_channel();
        let run = run.on_approval(move |waiting| {
            let (answer, answered) = oneshot::channel();
            // Where nobody listens any more the call waits.
            let is_asked = ask.send(Question { waiting, answer, is_shown: false }).is_ok();
            async move { if is_asked { answered.await.ok().flatten() } else { None } }
        });
        (run, Self { asked, open: None, settled: None })
    }

    /// Puts each question until the run is dropped; runs beside it. Dropped in the middle, the
    /// question stays open.
    pub(super) async fn put(&mut self, console: &mut Console<'_>) {
        loop {
            let mut question = match self.open.take() {
                Some(question) => question,
                None => match self.asked.recv().await {
                    Some(question) => question,
                    None => return,
                },
            };
            if self.settled.is_none() && !question.is_shown {
                question.show(console);
            }
            let question = self.open.insert(question);
            let decision = if let Some(settled) = self.settled {
                settled.decision()
            } else {
                // The run may end while somebody thinks: its time goes on.
                tokio::select! {
                    biased;
                    () = question.answer.closed() => {
                        console.say("\nthe run has ended: nothing is asked any more");
                        self.open = None;
                        continue;
                    }
                    answer = console.answer() => match Answer::of(answer.as_deref()) {
                        Some(Answer::Once(decision)) => Some(decision),
                        Some(Answer::Settled(settled)) => {
                            self.settled = Some(settled);
                            settled.decision()
                        }
                        None => {
                            console.prompt(ASK);
                            continue;
                        }
                    },
                }
            };
            if let Some(question) = self.open.take() {
                // The run may be gone by now, and with it the question.
                let _ = question.answer.send(decision);
            }
        }
    }
}

impl Question {
    fn show(&mut self, console: &mut Console<'_>) {
        let WaitingCall { call, arguments, reason, .. } = &self.waiting;
        let doubt = match reason {
            WaitReason::InDoubt => "\n  it was started before, and may have run",
            WaitReason::NeedsApproval | WaitReason::NoCode => "",
        };
        // All of it: nobody can approve of what is not shown.
        let arguments = escaped(arguments, SHOWN);
        console.say(&format!("call {}\n  {arguments}{doubt}", line(&call.name, 64)));
        console.prompt(ASK);
        self.is_shown = true;
    }
}

/// What somebody says to a question.
enum Answer {
    Once(Decision),
    Settled(Settled),
}

impl Answer {
    /// Reads a line; the end of what can be read stops the asking. `None` where it says nothing.
    fn of(line: Option<&str>) -> Option<Self> {
        let Some(line) = line else { return Some(Self::Settled(Settled::Stopped)) };
        Some(match line.trim().to_lowercase().as_str() {
            "y" | "yes" => Self::Once(Decision::Approved),
            "n" | "no" => Self::Once(Decision::Denied("the user said no".to_owned())),
            "a" | "all" => Self::Settled(Settled::Approved),
            "q" | "quit" => Self::Settled(Settled::Stopped),
            _ => return None,
        })
    }
}

impl Settled {
    fn decision(self) -> Option<Decision> {
        match self {
            Self::Approved => Some(Decision::Approved),
            Self::Stopped => None,
        }
    }
}

const ASK: &str = "run it? [y]es, [n]o, [a]ll from now on, [q]uit: ";
/// Characters of the arguments; what is longer is told to be.
const SHOWN: usize = 10_000;
