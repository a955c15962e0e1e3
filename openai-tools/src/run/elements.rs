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
    event::Event,
    outcome::{Outcome, Progress, Run, RunError},
    stream::RunStream,
};
use crate::{
    error::{Error, ErrorKind},
    schema::{Contract, Profile, SchemaError, generate},
    stream::Elements,
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
    /// Whether what has come of this response can be no list.
    spoilt: bool,
    ready: VecDeque<T>,
    run: Option<Box<Run<Vec<T>>>>,
}

impl<T> RunStream<Vec<T>> {
    /// Tells the elements of the answer in place of events. Call it before the stream is read.
    ///
    /// Each element is checked by itself and given out at once, so that the answer cannot be asked
    /// for again: with this, [`max_re_asks`](super::RunBuilder::max_re_asks) is 0. Tools run as in
    /// every run.
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
        RunElements {
            events: self.without_re_asks(),
            contract: None,
            reader: None,
            spoilt: false,
            ready: VecDeque::new(),
            run: None,
        }
    }
}

impl<T: DeserializeOwned + JsonSchema> RunElements<T> {
    /// The next element; `None` after the last one of a good answer.
    ///
    /// # Errors
    ///
    /// What ended the run, see [`RunError`]; of kind [`NoValue`](crate::ErrorKind::NoValue) if its
    /// outcome is not [`Completed`](Outcome::Completed): there may have been more elements, or one
    /// that is not good. Nothing follows.
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

    /// Reads on to the end of the run and gives it back; its answer has all elements.
    ///
    /// # Errors
    ///
    /// What ended the run; see [`RunError`].
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
            if self.run.is_some() {
                return Poll::Ready(None);
            }
            match ready!(self.events.poll_raw(cx)) {
                Some(Ok(Event::Text(text))) => {
                    if let Err(error) = self.push(&text) {
                        self.events.stop();
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                Some(Ok(Event::Turn(_))) => {
                    self.reader = None;
                    self.spoilt = false;
                }
                Some(Ok(Event::Ended(run))) => match run.outcome() {
                    Outcome::Completed(_) => self.run = Some(run),
                    _ => return Poll::Ready(Some(Err((*run).into_error()))),
                },
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    fn push(&mut self, text: &str) -> Result<(), RunError> {
        if self.spoilt {
            return Ok(());
        }
        let reader = match &mut self.reader {
            Some(reader) => reader,
            none => {
                let strict = self.events.typed().is_some_and(Contract::is_strict);
                none.insert(new_reader(&mut self.contract, strict).map_err(not_alone)?)
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
            self.ready.push_back(element);
        }
        Ok(())
    }
}

fn new_reader<T: DeserializeOwned + JsonSchema>(
    contract: &mut Option<Contract>,
    strict: bool,
) -> Result<Elements<T>, SchemaError> {
    let contract = match contract {
        Some(contract) => contract,
        none => none.insert(if strict {
            Contract::strict(&generate::<T>(), &Profile::openai_strict())?
        } else {
            Contract::given(generate::<T>(), false)?
        }),
    };
    Elements::new(contract)
}

/// The list can be asked for, its elements cannot be read one by one.
fn not_alone(error: SchemaError) -> RunError {
    let error = Error::new(ErrorKind::Definition, "an element of the list").with_source(error);
    RunError::new(error, Progress::default())
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
