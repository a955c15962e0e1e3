use serde::{Deserialize, Serialize};

/// In what the answers of a server differ from those of OpenAI's own. The client reads all of these
/// forms from every server; the built-in server plays them.
#[expect(clippy::struct_excessive_bools, reason = "each is a quirk of its own")]
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(default, deny_unknown_fields)]
pub struct AnswerQuirks {
    /// Whether the arguments of calls come as an object, and not as its text. Default: false.
    pub arguments_as_object: bool,
    /// Whether a call comes whole in a stream, and not in pieces. Default: false.
    pub whole_calls: bool,
    /// Whether calls have no index in a stream. Default: false.
    pub index_missing: bool,
    /// Whether calls have no id. Default: false.
    pub id_missing: bool,
    /// Whether the finish reason is `""` in a stream where OpenAI has null. With
    /// [`done_is_end`](super::Quirks::done_is_end) it is so at the end as well. Default: false.
    pub finish_reason_empty: bool,
    /// The field of messages in which chat completions tell what the model thought. Default:
    /// `reasoning_content`.
    pub reasoning_field: Option<String>,
    /// When it tells how many tokens were used. Default: OpenAI's way.
    pub usage: UsageTold,
}

impl AnswerQuirks {
    /// No quirks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`arguments_as_object`](Self::arguments_as_object).
    #[must_use]
    pub fn with_arguments_as_object(mut self, arguments_as_object: bool) -> Self {
        self.arguments_as_object = arguments_as_object;
        self
    }

    /// Sets [`whole_calls`](Self::whole_calls).
    #[must_use]
    pub fn with_whole_calls(mut self, whole_calls: bool) -> Self {
        self.whole_calls = whole_calls;
        self
    }

    /// Sets [`index_missing`](Self::index_missing).
    #[must_use]
    pub fn with_index_missing(mut self, index_missing: bool) -> Self {
        self.index_missing = index_missing;
        self
    }

    /// Sets [`id_missing`](Self::id_missing).
    #[must_use]
    pub fn with_id_missing(mut self, id_missing: bool) -> Self {
        self.id_missing = id_missing;
        self
    }

    /// Sets [`finish_reason_empty`](Self::finish_reason_empty).
    #[must_use]
    pub fn with_finish_reason_empty(mut self, finish_reason_empty: bool) -> Self {
        self.finish_reason_empty = finish_reason_empty;
        self
    }

    /// Sets [`reasoning_field`](Self::reasoning_field).
    #[must_use]
    pub fn with_reasoning_field(mut self, field: impl Into<String>) -> Self {
        self.reasoning_field = Some(field.into());
        self
    }

    /// Sets [`usage`](Self::usage).
    #[must_use]
    pub fn with_usage(mut self, usage: UsageTold) -> Self {
        self.usage = usage;
        self
    }
}

/// When a server tells how many tokens were used.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum UsageTold {
    /// With every answer, and at the end of each stream.
    Always,
    /// With every answer; in a stream of chat completions where the request asks for it.
    #[default]
    Asked,
    /// Never.
    Never,
}
