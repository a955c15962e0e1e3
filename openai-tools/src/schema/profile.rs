/// What a server's strict mode takes: keywords and limits, as dated data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Profile {
    pub(super) name: &'static str,
    pub(super) date: &'static str,
    /// False for servers without strict mode: nothing is converted, nothing is linted.
    pub(super) strict: bool,
    /// Keywords beyond those that every strict mode knows.
    keywords: &'static [&'static str],
    pub(super) formats: &'static [&'static str],
    pub(super) limits: Limits,
}

/// Limits of one schema; `usize::MAX` where there is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Limits {
    pub(super) properties: usize,
    pub(super) depth: usize,
    /// Characters over property names, definition names, enum and const values.
    pub(super) characters: usize,
    pub(super) enum_values: usize,
    /// A string enum with more values than this …
    pub(super) long_enum: usize,
    /// … may have no more characters than this.
    pub(super) long_enum_characters: usize,
}

impl Profile {
    /// The strict mode of `OpenAI` as its guide describes it: 5,000 properties, 10 levels of nesting,
    /// 120,000 characters of names and enum values, 1,000 enum values, 15,000 characters in a
    /// string enum of over 250 values.
    #[must_use]
    pub fn openai_strict() -> Self {
        Self {
            name: "openai-strict",
            date: "2025-11-01",
            strict: true,
            keywords: KEYWORDS,
            formats: FORMATS,
            limits: Limits {
                properties: 5_000,
                depth: 10,
                characters: 120_000,
                enum_values: 1_000,
                long_enum: 250,
                long_enum_characters: 15_000,
            },
        }
    }

    /// Fine-tuned models of `OpenAI`: as [`openai_strict`](Self::openai_strict), without `pattern`,
    /// `format` and the bounds of numbers and arrays.
    #[must_use]
    pub fn openai_fine_tuned() -> Self {
        Self { name: "openai-fine-tuned", keywords: &[], formats: &[], ..Self::openai_strict() }
    }

    /// The limits of the first models with strict mode, which Azure still documents: 100
    /// properties, 5 levels of nesting, 500 enum values, 15,000 characters, and none of the
    /// keywords that fine-tuned models lack.
    #[must_use]
    pub fn legacy_limits() -> Self {
        Self {
            name: "legacy-limits",
            date: "2024-08-06",
            limits: Limits {
                properties: 100,
                depth: 5,
                characters: 15_000,
                enum_values: 500,
                long_enum: 250,
                long_enum_characters: 7_500,
            },
            ..Self::openai_fine_tuned()
        }
    }

    /// Servers without strict mode: every schema is sent as it stands.
    #[must_use]
    pub fn lenient() -> Self {
        Self {
            name: "lenient",
            strict: false,
            limits: Limits {
                properties: usize::MAX,
                depth: usize::MAX,
                characters: usize::MAX,
                enum_values: usize::MAX,
                long_enum: usize::MAX,
                long_enum_characters: usize::MAX,
            },
            ..Self::openai_strict()
        }
    }

    /// Whether a bound, `pattern` or `format` is taken.
    pub(super) fn knows(&self, keyword: &str) -> bool {
        self.keywords.contains(&keyword)
    }

    /// The stable name, such as `openai-strict`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The day for which the data was true, as `YYYY-MM-DD`.
    #[must_use]
    pub fn date(&self) -> &'static str {
        self.date
    }
}

const KEYWORDS: &[&str] = &[
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxItems",
    "maximum",
    "minItems",
    "minimum",
    "multipleOf",
    "pattern",
];
const FORMATS: &[&str] =
    &["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];
