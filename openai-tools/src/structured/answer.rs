use std::{fmt, sync::Arc};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    invalid::{InvalidAnswer, InvalidReason},
    json_mode,
    schema_cache::{AnswerSchema, Mode},
};
use crate::{
    chat::{Message, ResponseFormat},
    error::Error,
    schema::{self, Contract, Problem, Profile},
};

/// What a run answers with: [`Text`] or [`Json`]. Sealed.
pub trait Answer: sealed::Sealed + Send + 'static {
    /// What a completed run holds.
    type Value: Send + 'static;

    /// Says what is asked of the server, and how its answer is read.
    #[doc(hidden)]
    fn prepare(self, messages: &mut Vec<Message>) -> Result<Prepared<Self::Value>, Error>;
}

/// An answer that is ready to be asked for.
#[doc(hidden)]
pub struct Prepared<V> {
    pub(crate) format: ResponseFormat,
    pub(crate) read: Read<V>,
    pub(crate) max_re_asks: u32,
    /// What the text is, if it is to be a value.
    pub(crate) typed: Option<Contract>,
}

type Read<V> = Box<dyn Fn(&str) -> Result<V, InvalidAnswer> + Send + Sync>;

impl<V> fmt::Debug for Prepared<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("format", &self.format).finish_non_exhaustive()
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

    fn prepare(self, _: &mut Vec<Message>) -> Result<Prepared<String>, Error> {
        Ok(Prepared {
            format: ResponseFormat::Text,
            read: Box::new(|text| Ok(text.to_owned())),
            max_re_asks: 0,
            typed: None,
        })
    }
}

type Check<T> = Arc<dyn Fn(&T) -> Result<(), String> + Send + Sync>;

/// A run that answers with a value.
pub struct Json<T> {
    source: Source,
    /// JSON mode: the schema is told in words, none is sent.
    words_only: bool,
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
            words_only: false,
            strict: true,
            profile: Profile::openai_strict(),
            deserialize,
            check: None,
            max_re_asks: Self::DEFAULT_RE_ASKS,
        }
    }

    pub(crate) fn set_json_mode(&mut self) {
        self.words_only = true;
    }

    pub(crate) fn set_strict(&mut self, strict: bool) {
        self.strict = strict;
    }

    pub(crate) fn set_profile(&mut self, profile: Profile) {
        self.profile = profile;
    }

    /// JSON mode sends no schema that could be strict.
    fn mode(&self) -> Mode {
        match (self.words_only, self.strict) {
            (true, _) => Mode::JsonObject,
            (false, true) => Mode::Strict,
            (false, false) => Mode::Lenient,
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

    fn prepare(self, messages: &mut Vec<Message>) -> Result<Prepared<T>, Error> {
        let mode = self.mode();
        let schema = match self.source {
            Source::Given { name, schema } => {
                Arc::new(AnswerSchema::new(&name, schema, mode, &self.profile)?)
            }
            Source::Type(schema) => schema(mode, &self.profile)?,
        };
        let format = match mode {
            Mode::JsonObject => {
                let told = (!schema.any_object).then(|| schema.contract.sent());
                json_mode::instruct(messages, told);
                ResponseFormat::JsonObject
            }
            Mode::Lenient | Mode::Strict => ResponseFormat::JsonSchema {
                name: schema.name.clone(),
                contract: schema.contract.clone(),
            },
        };
        let (deserialize, check) = (self.deserialize, self.check);
        let typed = Some(schema.contract.clone());
        let read = move |text: &str| {
            let value = schema.check(text).map_err(InvalidReason::Schema)?;
            let value = deserialize(value).map_err(InvalidReason::Type)?;
            check.as_ref().map_or(Ok(()), |check| check(&value)).map_err(InvalidReason::Check)?;
            Ok(value)
        };
        Ok(Prepared {
            format,
            read: Box::new(move |text| read(text).map_err(InvalidAnswer::new)),
            max_re_asks: self.max_re_asks,
            typed,
        })
    }
}

impl<T> fmt::Debug for Json<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Json")
            .field("mode", &self.mode())
            .field("max_re_asks", &self.max_re_asks)
            .finish_non_exhaustive()
    }
}
