use std::{fmt, sync::Arc};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    invalid::{InvalidAnswer, InvalidReason},
    json_mode,
    schema_cache::{AnswerSchema, Mode},
    step::{AnswerStep, Ladder},
};
use crate::{
    chat::{Request, ResponseFormat},
    error::Error,
    ids::ToolName,
    schema::{self, Contract, Problem, Profile},
};

/// What a run answers with: [`Text`] or [`Json`]. Sealed.
pub trait Answer: sealed::Sealed + Send + 'static {
    /// What a completed run holds.
    type Value: Send + 'static;

    /// Says what is asked of the server, and how its answer is read.
    #[doc(hidden)]
    fn prepare(self, request: &mut Request) -> Result<Prepared<Self::Value>, Error>;
}

/// An answer that is ready to be asked for.
#[doc(hidden)]
pub struct Prepared<V> {
    pub(crate) read: Read<V>,
    pub(crate) max_re_asks: u32,
    /// What the answer is, if it is to be a value.
    pub(crate) typed: Option<Typed>,
}

/// What an answer is that is a value.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(crate) contract: Contract,
    /// The tool whose arguments it is; `None` for the text.
    pub(crate) tool: Option<ToolName>,
}

type Read<V> = Box<dyn Fn(&str) -> Result<V, InvalidAnswer> + Send + Sync>;

impl<V> fmt::Debug for Prepared<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("typed", &self.typed).finish_non_exhaustive()
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "that is how a trait is sealed")]
    pub trait Sealed {}
    impl Sealed for super::Text {}
    impl<T> Sealed for super::Json<T> {}
}

/// A run that answers in free text.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Text;

impl Answer for Text {
    type Value = String;

    fn prepare(self, request: &mut Request) -> Result<Prepared<String>, Error> {
        request.format = ResponseFormat::Text;
        Ok(Prepared { read: Box::new(|text| Ok(text.to_owned())), max_re_asks: 0, typed: None })
    }
}

type Check<T> = Arc<dyn Fn(&T) -> Result<(), String> + Send + Sync>;

/// A run that answers with a value.
pub struct Json<T> {
    source: Source,
    ladder: Ladder,
    /// The step that the caller wants, whatever the server has.
    pinned: Option<AnswerStep>,
    strict: bool,
    profile: Profile,
    deserialize: fn(Value) -> Result<T, Problem>,
    check: Option<Check<T>>,
    max_re_asks: u32,
}

enum Source {
    Given { name: String, schema: Value },
    Type(fn(Mode, &Profile) -> Result<Arc<AnswerSchema>, Error>),
}

impl<T: DeserializeOwned + JsonSchema + 'static> Json<T> {
    pub(crate) fn of_type() -> Self {
        Self::new(Source::Type(AnswerSchema::of_type::<T>), schema::deserialize::<T>)
    }
}

impl Json<Value> {
    pub(crate) fn of_schema(name: &str, schema: Value) -> Self {
        Self::new(Source::Given { name: name.to_owned(), schema }, Ok)
    }
}

impl<T> Json<T> {
    /// How often the model is asked again for a valid answer, when nothing else is said.
    pub(crate) const DEFAULT_RE_ASKS: u32 = 2;

    fn new(source: Source, deserialize: fn(Value) -> Result<T, Problem>) -> Self {
        Self {
            source,
            ladder: Ladder::default(),
            pinned: None,
            strict: true,
            profile: Profile::openai_strict(),
            deserialize,
            check: None,
            max_re_asks: Self::DEFAULT_RE_ASKS,
        }
    }

    pub(crate) fn set_ladder(&mut self, ladder: Ladder) {
        self.ladder = ladder;
    }

    pub(crate) fn pin(&mut self, step: AnswerStep) {
        self.pinned = Some(step);
    }

    pub(crate) fn set_strict(&mut self, strict: bool) {
        self.strict = strict;
    }

    pub(crate) fn set_profile(&mut self, profile: Profile) {
        self.profile = profile;
    }

    /// How the answer to a request is asked for.
    fn step(&self, request: &Request) -> AnswerStep {
        let has_tools = request.tools.as_ref().is_some_and(|tools| !tools.is_empty())
            || !request.settings.hosted_tools.is_empty();
        self.pinned.unwrap_or_else(|| self.ladder.first(has_tools, request.api))
    }

    /// Words hold no schema that could be strict.
    fn mode(&self, step: AnswerStep) -> Mode {
        match (step, self.strict) {
            (AnswerStep::JsonMode | AnswerStep::Words, _) => Mode::JsonObject,
            (AnswerStep::Schema | AnswerStep::Tool, true) => Mode::Strict,
            (AnswerStep::Schema | AnswerStep::Tool, false) => Mode::Lenient,
        }
    }

    pub(crate) fn set_check(
        &mut self,
        check: impl Fn(&T) -> Result<(), String> + Send + Sync + 'static,
    ) {
        self.check = Some(Arc::new(check));
    }

    pub(crate) fn set_max_re_asks(&mut self, max_re_asks: u32) {
        self.max_re_asks = max_re_asks;
    }
}

impl<T: Send + 'static> Answer for Json<T> {
    type Value = T;

    fn prepare(self, request: &mut Request) -> Result<Prepared<T>, Error> {
        let step = self.step(request);
        let mode = self.mode(step);
        let schema = match self.source {
            Source::Given { name, schema } => {
                Arc::new(AnswerSchema::new(&name, schema, mode, &self.profile)?)
            }
            Source::Type(schema) => schema(mode, &self.profile)?,
        };
        if mode == Mode::JsonObject {
            let told = (!schema.any_object).then(|| schema.contract.sent());
            json_mode::instruct(&mut request.messages, told);
        }
        let mut tool = None;
        let contract = schema.contract.clone();
        request.format = match step {
            AnswerStep::Schema => {
                ResponseFormat::JsonSchema { name: schema.name.clone(), contract }
            }
            AnswerStep::Tool => {
                let name = request.free_answer_name();
                tool = Some(name.clone());
                ResponseFormat::Tool { name, contract }
            }
            AnswerStep::JsonMode => ResponseFormat::JsonObject,
            AnswerStep::Words => ResponseFormat::Text,
        };
        let (deserialize, check) = (self.deserialize, self.check);
        let typed = Some(Typed { contract: schema.contract.clone(), tool });
        let read = move |text: &str| {
            let value = schema.check(text).map_err(InvalidReason::Schema)?;
            let value = deserialize(value).map_err(InvalidReason::Type)?;
            check.as_ref().map_or(Ok(()), |check| check(&value)).map_err(InvalidReason::Check)?;
            Ok(value)
        };
        Ok(Prepared {
            read: Box::new(move |text| read(text).map_err(InvalidAnswer::new)),
            max_re_asks: self.max_re_asks,
            typed,
        })
    }
}

impl<T> fmt::Debug for Json<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Json")
            .field("pinned", &self.pinned)
            .field("strict", &self.strict)
            .field("max_re_asks", &self.max_re_asks)
            .finish_non_exhaustive()
    }
}
