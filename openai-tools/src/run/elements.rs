use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_util::Stream;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{
    answer_call::{answers, is_answer},
    answer_text::{AnswerText, Piece},
    event::Event,
    outcome::{Outcome, Run, RunError},
    record::RunRecord,
    stream::RunStream,
};
use crate::{
    chat::AssistantMessage,
    error::{Error, ErrorKind},
    schema::{Contract, Profile, SchemaError, generate},
    stream::Elements,
    structured::Typed,
    tool::ToolCall,
};

/// The elements of a list, each as soon as it is whole; made by [`RunStream::elements`].
///
/// # Cancel safety
///
/// As for the [`RunStream`] that it reads: dropping it stops the run.
#[must_use = "a stream does nothing until it is read"]
pub struct RunElements<T> {
    events: RunStream<Vec<T>>,
    /// What each element is held to; made when the first text comes.
    contract: Option<Contract>,
    reader: Option<Elements<T>>,
    /// Which events hold the answer; known when the run has begun.
    answer: Option<AnswerText>,
    /// Whether what has come of this response can be no list.
    spoilt: bool,
    /// Whether this response can still ask for calls, so that its elements wait.
    holds: bool,
    held: VecDeque<T>,
    ready: VecDeque<T>,
    /// How many elements of this response are ready or were given out.
    told: usize,
    /// Given before all else.
    failure: Option<RunError>,
    over: bool,
    run: Option<Box<Run<Vec<T>>>>,
}

impl<T> RunStream<Vec<T>> {
    /// Tells the elements of the answer in place of events, each as soon as it is whole.
    ///
    /// Call it before the stream is read: what was read of the answer is gone, so that later the
    /// first item is an error of kind [`InvalidRequest`](ErrorKind::InvalidRequest).
    ///
    /// Each element is checked by itself and given out at once, so that the answer cannot be asked
    /// for again: with this, [`max_re_asks`](super::RunBuilder::max_re_asks) is 0.
    ///
    /// Tools run as in every run. A list beside calls is no answer, so that, as long as the run has
    /// tools that the model may call, the elements of a response wait for its end, and come
    /// together if it asks for no call. Without tools (or with
    /// [`ToolChoice::None`](crate::chat::ToolChoice::None)) nothing waits.
    ///
    /// A list that breaks off ends with an error, see [`RunElements::next`].
    ///
    /// ```
    /// use openai_tools::{Client, testing::{Reply, Server}};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let answer = Reply::text(r#"{"value": ["Hanoi", "Paris"]}"#);
    /// let server = Server::builder().script([answer]).start().await?;
    /// let client = Client::builder().base_url(server.base_url()).build()?;
    ///
    /// let run = client.parse::<Vec<String>>("gpt-5.2").user("Name two cities.");
    /// let mut cities = run.stream().elements();
    /// while let Some(city) = cities.next().await {
    ///     println!("{}", city?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn elements(self) -> RunElements<T>
    where
        T: DeserializeOwned + JsonSchema,
    {
        let late = (!self.is_fresh()).then(|| {
            failure(ErrorKind::InvalidRequest, "call `elements` before the stream is read")
        });
        RunElements {
            contract: None,
            reader: None,
            answer: None,
            spoilt: false,
            holds: self.may_call(),
            held: VecDeque::new(),
            ready: VecDeque::new(),
            told: 0,
            failure: late,
            over: false,
            run: None,
            events: self.without_re_asks(),
        }
    }
}

impl<T: DeserializeOwned + JsonSchema> RunElements<T> {
    /// The next element; `None` after the last one of a good answer, or after an error.
    ///
    /// # Errors
    ///
    /// The list is not whole: there may have been more elements, or one that is not good. Nothing
    /// follows.
    ///
    /// - The run came to another outcome than [`Completed`](Outcome::Completed): kind
    ///   [`NoValue`](ErrorKind::NoValue), and [`RunError::outcome`] says which it is.
    ///   [`finish`](Self::finish) still gives the run, with the words of a refusal and all else.
    /// - The run could not go on, as in [`RunStream`].
    /// - The elements told are not those of the answer: kind
    ///   [`InvalidResponse`](ErrorKind::InvalidResponse). Their response asks for calls, though the
    ///   run has no tools; or it has the list twice. The run goes on, for `finish`.
    /// - The stream was read before: kind [`InvalidRequest`](ErrorKind::InvalidRequest).
    /// - The list can be asked for, and its elements have no schema of their own: kind
    ///   [`Definition`](ErrorKind::Definition). The run goes on, for `finish`.
    ///
    /// # Panics
    ///
    /// As for [`RunStream::next`].
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no element is lost when the future is dropped, and the run goes on.
    pub async fn next(&mut self) -> Option<Result<T, RunError>> {
        poll_fn(|cx| self.poll_element(cx)).await
    }

    /// Reads on to the end of the run, if it was not read yet, and gives it back: its
    /// [outcome](Run::outcome) is the whole list, or says why there is none. Elements that were not
    /// read are dropped.
    ///
    /// # Errors
    ///
    /// What ended the run; see [`RunError`]. Kind [`NoValue`](ErrorKind::NoValue) if
    /// [`next`](Self::next) has given that error already.
    ///
    /// # Panics
    ///
    /// As for [`RunStream::next`].
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: dropping the future stops the run.
    pub async fn finish(self) -> Result<Run<Vec<T>>, RunError> {
        match self.run {
            Some(run) => Ok(*run),
            None => self.events.finish().await,
        }
    }

    fn poll_element(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, RunError>>> {
        loop {
            if let Some(element) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(element)));
            }
            if let Some(failure) = self.failure.take() {
                self.over = true;
                return Poll::Ready(Some(Err(failure)));
            }
            if self.over {
                return Poll::Ready(None);
            }
            match ready!(self.events.poll_raw(cx)) {
                Some(Ok(event @ (Event::Arguments { .. } | Event::Text(_)))) => {
                    if let Some(Piece::More(text)) = self.answer().piece(&event) {
                        self.failure = self.push(text).err();
                    }
                }
                Some(Ok(
                    event @ (Event::ArgumentsReset { .. }
                    | Event::CallBegan { .. }
                    | Event::CallRenamed { .. }),
                )) => self.follow(&event),
                Some(Ok(Event::Turn(turn))) => {
                    self.failure = self.end_response(&turn.response.message);
                    let _ = self.answer().piece(&Event::<Vec<T>>::Turn(turn));
                }
                Some(Ok(Event::Ended(run))) => {
                    self.failure = self.judge(&run);
                    self.run = Some(run);
                    self.over = true;
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => self.failure = Some(error),
                None => self.over = true,
            }
        }
    }

    fn answer(&mut self) -> &mut AnswerText {
        let typed = self.events.typed();
        self.answer
            .get_or_insert_with(|| AnswerText::new(typed.and_then(|typed| typed.tool.clone())))
    }

    /// Sees what calls there are.
    fn follow(&mut self, event: &Event<Vec<T>>) {
        if self.answer().piece(event) == Some(Piece::Anew) {
            // What was told of it is void.
            self.spoilt |= self.told > 0;
            self.held.clear();
            self.reader = None;
        }
        if let Event::CallBegan { kind, namespace, name, .. } = event {
            let answers = self
                .answer()
                .tool()
                .is_some_and(|tool| is_answer(tool, kind, namespace.as_deref(), name));
            self.holds |= !answers;
        }
    }

    fn push(&mut self, text: &str) -> Result<(), RunError> {
        if self.spoilt {
            return Ok(());
        }
        let reader = match &mut self.reader {
            Some(reader) => reader,
            none => {
                let typed = self.events.typed();
                none.insert(new_reader(&mut self.contract, typed).map_err(not_alone)?)
            }
        };
        // Words beside tool calls are no list, and no answer either.
        self.spoilt = reader.push(text).is_err();
        while let Some(element) = reader.next_element() {
            let Ok(element) = element else {
                // The end of the run will say so: the answer is not good.
                self.spoilt = true;
                break;
            };
            self.held.push_back(element);
        }
        if !self.holds {
            self.release();
        }
        Ok(())
    }

    fn release(&mut self) {
        self.told += self.held.len();
        self.ready.append(&mut self.held);
    }

    fn end_response(&mut self, message: &AssistantMessage) -> Option<RunError> {
        let tool = self.answer().tool().cloned();
        let answers = |call: &ToolCall| tool.as_ref().is_some_and(|tool| answers(tool, call));
        if message.tool_calls.iter().all(answers) {
            // An answer in words where a call was asked for.
            let words = tool.is_some() && message.tool_calls.is_empty();
            let failure = if words { self.push(message.said()).err() } else { None };
            // The end of the run comes next, and is judged by what was told.
            self.release();
            return failure;
        }
        let failure = (self.told > 0).then(|| {
            failure(
                ErrorKind::InvalidResponse,
                "the elements told are no answer: their response asks for calls, without tools",
            )
        });
        self.held.clear();
        self.reader = None;
        self.spoilt = false;
        self.holds = self.events.may_call();
        failure
    }

    /// What keeps the elements told from being the answer.
    fn judge(&self, run: &Run<Vec<T>>) -> Option<RunError> {
        match run.outcome() {
            Outcome::Completed(list) if !self.spoilt && list.len() == self.told => None,
            Outcome::Completed(_) => Some(failure(
                ErrorKind::InvalidResponse,
                "the elements told are not those of the answer, which `finish` gives",
            )),
            _ => Some(run.as_error()),
        }
    }
}

fn new_reader<T: DeserializeOwned + JsonSchema>(
    contract: &mut Option<Contract>,
    list: Option<&Typed>,
) -> Result<Elements<T>, SchemaError> {
    let list = list.map(|list| &list.contract);
    let contract = match contract {
        Some(contract) => contract,
        none => none.insert(if list.is_some_and(Contract::is_strict) {
            Contract::strict(&generate::<T>(), &Profile::openai_strict())?
        } else {
            Contract::given(generate::<T>(), false)?
        }),
    };
    let is_wrapped = list.is_some_and(|list| list.codec().wraps_root().is_some());
    Ok(Elements::new(contract)?.wrapped(is_wrapped))
}

fn failure(kind: ErrorKind, detail: &str) -> RunError {
    RunError::new(Error::new(kind, detail), RunRecord::default())
}

/// The list can be asked for, its elements cannot be read one by one.
fn not_alone(error: SchemaError) -> RunError {
    let error = Error::new(ErrorKind::Definition, "an element of the list").with_source(error);
    RunError::new(error, RunRecord::default())
}

impl<T> Unpin for RunElements<T> {}

impl<T: DeserializeOwned + JsonSchema> Stream for RunElements<T> {
    type Item = Result<T, RunError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_element(cx)
    }
}

impl<T> fmt::Debug for RunElements<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunElements").field("events", &self.events).finish_non_exhaustive()
    }
}
