/// What a server takes: keywords and limits of its strict mode, names and numbers of tools. Dated
/// data with its source, since servers change.
///
/// | name | for | tool names | limits of a schema |
/// |---|---|---|---|
/// | `openai-strict` | chat completions, and what is sent to both APIs | 64 | 5,000 properties, 10 levels |
/// | `openai-responses` | responses alone | 128 | the same |
/// | `openai-fine-tuned` | fine-tuned models | 64 | the same, fewer keywords |
/// | `legacy-limits` | early models, and Azure | 64 | 100 properties, 5 levels, fewer keywords |
/// | `lenient` | servers without strict mode | 64 | none |
///
/// ```
/// use openai_tools::schema::Profile;
///
/// let profile = Profile::named("legacy-limits").expect("a known name");
/// assert_eq!(profile, Profile::legacy_limits());
/// assert!(Profile::all().iter().all(|profile| profile.date().len() == "2025-11-01".len()));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Profile {
    pub(super) name: &'static str,
    pub(super) date: &'static str,
    source: &'static str,
    /// False for servers without strict mode: nothing is converted, and no rule of the strict
    /// subset is linted.
    pub(super) strict: bool,
    /// Keywords beyond those that every strict mode knows.
    keywords: &'static [&'static str],
    pub(super) formats: &'static [&'static str],
    pub(super) limits: Limits,
    pub(super) tools: ToolLimits,
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

/// Limits of tools and of what is said of them; `usize::MAX` where there is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct ToolLimits {
    /// Characters of a tool's name.
    pub(super) name: usize,
    /// Characters of a response format's name.
    pub(super) format_name: usize,
    /// Tools of one request.
    pub(super) count: usize,
    /// Tools among which a model still chooses well.
    pub(super) choice: usize,
    /// Characters of a description.
    pub(super) description: usize,
}

impl Profile {
    /// The strict mode of `OpenAI` as its guide describes it: 5,000 properties, 10 levels of nesting,
    /// 120,000 characters of names and enum values, 1,000 enum values, 15,000 characters in a
    /// string enum of over 250 values. Names of tools are those that both APIs take: up to 64
    /// characters. 128 tools.
    #[must_use]
    pub fn openai_strict() -> Self {
        Self {
            name: "openai-strict",
            date: "2025-11-01",
            source: "OpenAI's guide on structured outputs; names by the OpenAPI document 2.3.0 \
                     (FunctionObject, ResponseFormatJsonSchema); 128 tools and 1,024 characters of \
                     a description by what servers have refused",
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
            tools: ToolLimits {
                name: 64,
                format_name: 64,
                count: 128,
                choice: 20,
                description: 1_024,
            },
        }
    }

    /// The responses API alone: as [`openai_strict`](Self::openai_strict), with names of tools of
    /// up to 128 characters. [`ToolName`](crate::ToolName), which is for both APIs, stays at 64.
    #[must_use]
    pub fn openai_responses() -> Self {
        let strict = Self::openai_strict();
        Self {
            name: "openai-responses",
            source: "as openai-strict; names by the OpenAPI document 2.3.0 (FunctionToolParam)",
            tools: ToolLimits { name: 128, ..strict.tools },
            ..strict
        }
    }

    /// Fine-tuned models of `OpenAI`: as [`openai_strict`](Self::openai_strict), without `pattern`,
    /// `format` and the bounds of numbers and arrays.
    #[must_use]
    pub fn openai_fine_tuned() -> Self {
        Self { name: "openai-fine-tuned", keywords: &[], formats: &[], ..Self::openai_strict() }
    }

    /// The limits of the first models with strict mode, which Azure still documents: 100
    /// properties, 5 levels of nesting, 500 enum values, 15,000 characters, 7,500 in a string enum
    /// of over 250 values, and none of the keywords that fine-tuned models lack.
    #[must_use]
    pub fn legacy_limits() -> Self {
        Self {
            name: "legacy-limits",
            date: "2024-08-06",
            source: "Azure's guide on structured outputs; the limits of enums and characters by \
                     SnapLogic's guidelines for Azure's models",
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

    /// Servers without strict mode: every schema is sent as it stands. Names are held to the
    /// document of chat completions still, and what makes models err is told; the number of tools
    /// has no limit.
    #[must_use]
    pub fn lenient() -> Self {
        let strict = Self::openai_strict();
        Self {
            name: "lenient",
            source: "names by the OpenAPI document 2.3.0; the rest is each server's own",
            strict: false,
            limits: Limits {
                properties: usize::MAX,
                depth: usize::MAX,
                characters: usize::MAX,
                enum_values: usize::MAX,
                long_enum: usize::MAX,
                long_enum_characters: usize::MAX,
            },
            tools: ToolLimits { count: usize::MAX, ..strict.tools },
            ..strict
        }
    }

    /// All of them.
    #[must_use]
    pub fn all() -> [Self; 5] {
        [
            Self::openai_strict(),
            Self::openai_responses(),
            Self::openai_fine_tuned(),
            Self::legacy_limits(),
            Self::lenient(),
        ]
    }

    /// The one with a [`name`](Self::name).
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|profile| profile.name == name)
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

    /// Where the data is from, for people to read.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Whether such a server has a strict mode.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.strict
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_has_a_name_of_its_own_a_date_and_a_source() {
        for profile in Profile::all() {
            assert_eq!(Profile::named(profile.name()), Some(profile.clone()));
            assert_eq!(profile.date().split('-').count(), 3, "{}", profile.name());
            assert!(!profile.source().is_empty());
        }
        assert_eq!(Profile::named("strictest"), None);
    }
}
