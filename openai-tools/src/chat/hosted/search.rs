use serde_json::{Map, Value, json};

use super::{HostedTool, setter, word};

/// A search of the web; see [`HostedTool::web_search`].
///
/// ```
/// use openai_tools::chat::{Location, SearchContextSize, WebSearch};
///
/// let search = WebSearch::new()
///     .with_allowed_domains(["docs.rs", "rust-lang.org"])
///     .with_location(Location::new().with_country("VN").with_city("Hanoi"))
///     .with_context_size(SearchContextSize::Low);
/// # let _ = search;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WebSearch(HostedTool);

impl WebSearch {
    /// Of all the web.
    #[must_use]
    pub fn new() -> Self {
        Self(HostedTool::of("web_search"))
    }

    /// Only of these domains and those under them. Default: all.
    #[must_use]
    pub fn with_allowed_domains<I>(self, domains: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let domains: Vec<String> = domains.into_iter().map(Into::into).collect();
        self.with("filters", json!({"allowed_domains": domains}))
    }

    /// Where the user is, about. Default: not sent.
    #[must_use]
    pub fn with_location(self, location: Location) -> Self {
        self.with("user_location", location.0)
    }

    /// How much of what is found the model gets. Default: not sent (medium).
    #[must_use]
    pub fn with_context_size(self, size: SearchContextSize) -> Self {
        self.with("search_context_size", word(size))
    }

    /// Whether pages are fetched anew; false takes them from a cache. Default: not sent (true).
    #[must_use]
    pub fn with_external_access(self, access: bool) -> Self {
        self.with("external_web_access", access)
    }

    setter!();
}

impl Default for WebSearch {
    fn default() -> Self {
        Self::new()
    }
}

/// How much of what a search of the web finds the model gets.
#[derive(Clone, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum SearchContextSize {
    /// Much.
    High,
    /// Little.
    Low,
    /// The server's default.
    Medium,
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
}

/// Where a user is, about.
#[derive(Clone, Debug, PartialEq)]
pub struct Location(Map<String, Value>);

impl Location {
    /// Somewhere.
    #[must_use]
    pub fn new() -> Self {
        Self(Map::from_iter([("type".to_owned(), "approximate".into())]))
    }

    /// In this country, by its two letters (ISO 3166-1).
    #[must_use]
    pub fn with_country(self, country: impl Into<String>) -> Self {
        self.with("country", country.into())
    }

    /// In this region.
    #[must_use]
    pub fn with_region(self, region: impl Into<String>) -> Self {
        self.with("region", region.into())
    }

    /// In this city.
    #[must_use]
    pub fn with_city(self, city: impl Into<String>) -> Self {
        self.with("city", city.into())
    }

    /// In this time zone, by its IANA name such as `Asia/Ho_Chi_Minh`.
    #[must_use]
    pub fn with_timezone(self, timezone: impl Into<String>) -> Self {
        self.with("timezone", timezone.into())
    }

    fn with(mut self, field: &str, value: String) -> Self {
        self.0.insert(field.to_owned(), value.into());
        self
    }
}

impl Default for Location {
    fn default() -> Self {
        Self::new()
    }
}

/// A search of files in vector stores; see [`HostedTool::file_search`].
///
/// ```
/// use openai_tools::chat::{FileFilter, FileSearch, Ranking};
///
/// let search = FileSearch::new(["vs_1"])
///     .with_max_results(5)
///     .with_filter(FileFilter::eq("language", "vi").and(FileFilter::gte("year", 2020)))
///     .with_ranking(Ranking::new().with_score_threshold(0.5));
/// # let _ = search;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FileSearch(HostedTool);

impl FileSearch {
    /// Of the vector stores with these ids.
    pub fn new<I>(vector_store_ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        Self(HostedTool::file_search(vector_store_ids))
    }

    /// How many results the model gets at the most, from 1 to 50. Default: not sent.
    #[must_use]
    pub fn with_max_results(self, results: u8) -> Self {
        self.with("max_num_results", results)
    }

    /// Only files whose attributes are so. Default: all.
    #[must_use]
    pub fn with_filter(self, filter: FileFilter) -> Self {
        self.with("filters", filter.0)
    }

    /// What comes first. Default: not sent.
    #[must_use]
    pub fn with_ranking(self, ranking: Ranking) -> Self {
        self.with("ranking_options", ranking.0)
    }

    setter!();
}

/// What the attributes of a file have to be.
#[derive(Clone, Debug, PartialEq)]
pub struct FileFilter(Value);

impl FileFilter {
    /// The attribute has this value: a text, a number, true or false.
    pub fn eq(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::compare("eq", key, value)
    }

    /// It has another value.
    pub fn ne(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::compare("ne", key, value)
    }

    /// It is greater.
    pub fn gt(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::compare("gt", key, value)
    }

    /// It is greater, or the same.
    pub fn gte(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::compare("gte", key, value)
    }

    /// It is less.
    pub fn lt(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::compare("lt", key, value)
    }

    /// It is less, or the same.
    pub fn lte(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::compare("lte", key, value)
    }

    /// It is one of these.
    pub fn one_of<I>(key: impl Into<String>, values: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Value>,
    {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        Self::compare("in", key, values)
    }

    /// It is none of these.
    pub fn none_of<I>(key: impl Into<String>, values: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Value>,
    {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        Self::compare("nin", key, values)
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.join("and", other)
    }

    /// One of the two, or both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.join("or", other)
    }

    fn compare(by: &str, key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self(json!({"type": by, "key": key.into(), "value": value.into()}))
    }

    /// A chain of the same word is one list.
    fn join(mut self, by: &str, other: Self) -> Self {
        if self.0["type"] == by {
            if let Some(Value::Array(filters)) = self.0.get_mut("filters") {
                filters.push(other.0);
                return self;
            }
        }
        Self(json!({"type": by, "filters": [self.0, other.0]}))
    }
}

/// In which order files are found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranking(Map<String, Value>);

impl Ranking {
    /// The server's own.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// By this ranker, such as `default-2024-11-15`. Default: not sent (`auto`).
    #[must_use]
    pub fn with_ranker(mut self, ranker: impl Into<String>) -> Self {
        self.0.insert("ranker".to_owned(), ranker.into().into());
        self
    }

    /// Leaves out what scores less, from 0 to 1. Default: not sent.
    #[must_use]
    pub fn with_score_threshold(mut self, threshold: f64) -> Self {
        self.0.insert("score_threshold".to_owned(), threshold.into());
        self
    }

    /// What meaning and what words count for. Default: not sent.
    #[must_use]
    pub fn with_hybrid_search(mut self, embedding_weight: f64, text_weight: f64) -> Self {
        let weights = json!({"embedding_weight": embedding_weight, "text_weight": text_weight});
        self.0.insert("hybrid_search".to_owned(), weights);
        self
    }
}
