// Written by `openai-tools codegen`. The contract is these types from now on: change them as you
// like, and let `openai_tools::ci::check` tell what a change means.

/// Numbers of every kind.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[serde(deny_unknown_fields)]
#[tool(name = "numbers")]
pub struct Numbers {
    pub plain: i64,
    pub natural: u64,
    #[schemars(range(min = 1))]
    pub positive: u64,
    #[schemars(range(min = 5000000000i64))]
    pub large: u64,
    #[schemars(range(max = 18446744073709551615u64))]
    pub huge: u64,
    #[schemars(range(min = -5, max = -1))]
    pub negative: i64,
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub above: i64,
    #[schemars(extend("multipleOf" = 2))]
    pub even: i64,
    pub byte: u8,
    #[schemars(range(min = 0))]
    pub short: i16,
    pub word: i32,
    #[schemars(extend("format" = "unix-time"))]
    pub odd_format: i64,
    #[schemars(range(min = 0, max = 1))]
    pub share: f64,
    #[schemars(range(min = -0.25))]
    #[schemars(extend("exclusiveMaximum" = 0.5))]
    pub half: f64,
    pub single: f32,
    #[serde(default = "numbers_limit_default")]
    pub limit: i64,
    #[serde(default)]
    pub offset: u64,
    #[serde(default = "numbers_rate_default")]
    #[schemars(extend("default" = 2))]
    pub rate: f64,
    #[serde(default = "numbers_ratio_default")]
    #[schemars(extend("default" = 0.25))]
    pub ratio: f64,
    #[serde(default = "numbers_name_default")]
    pub name: String,
    #[schemars(extend("enum" = [1, 2, 3]))]
    pub level: i64,
    #[schemars(extend("const" = 7))]
    pub fixed: i64,
    #[schemars(extend("enum" = [1, 2, null]))]
    pub maybe: Option<i64>,
    #[serde(default = "numbers_step_default")]
    #[schemars(extend("enum" = [5, 10]))]
    pub step: i64,
    pub wide: i128,
}

fn numbers_limit_default() -> i64 {
    10
}

fn numbers_rate_default() -> f64 {
    2.0
}

fn numbers_ratio_default() -> f64 {
    0.25
}

fn numbers_name_default() -> String {
    "a \"b\"".to_owned()
}

fn numbers_step_default() -> i64 {
    5
}

/// Lists, maps and tuples.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[tool(name = "collections")]
pub struct Collections {
    #[schemars(length(max = 5))]
    #[schemars(inner(length(min = 1), regex(pattern = "^[a-z]+$")))]
    #[schemars(extend("uniqueItems" = true))]
    pub tags: Vec<String>,
    pub points: Vec<(f64, f64)>,
    pub pair: (CollectionsPairItem0, i64),
    pub matrix: Vec<Vec<f64>>,
    /// Years, by name.
    pub ages: std::collections::BTreeMap<String, u64>,
    pub nested: Option<std::collections::BTreeMap<String, CollectionsNestedValue>>,
    #[schemars(length(min = 1, max = 1))]
    pub described: Option<Vec<CollectionsDescribedItem>>,
    pub free_object: Option<serde_json::Map<String, serde_json::Value>>,
    pub free: serde_json::Value,
    /// Any JSON.
    pub anything: Option<serde_json::Value>,
    pub list: Option<Vec<serde_json::Value>>,
    pub unit: Option<CollectionsUnit>,
    pub open: Option<CollectionsOpen>,
    pub open_to_all: Option<CollectionsOpenToAll>,
    #[schemars(extend("propertyNames" = {"pattern": "^[A-Z]{2}$"}))]
    #[schemars(extend("minProperties" = 1))]
    pub codes: Option<std::collections::BTreeMap<String, String>>,
    pub entries: Option<Vec<CollectionsEntry>>,
}

/// A name.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct CollectionsPairItem0(pub String);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct CollectionsNestedValue {
    pub a: String,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct CollectionsDescribedItem(pub String);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct CollectionsUnit {}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct CollectionsOpen {
    pub known: String,
    #[serde(flatten)]
    pub other_properties: std::collections::BTreeMap<String, f64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct CollectionsOpenToAll {
    pub known: Option<String>,
    #[serde(flatten)]
    pub other_properties: std::collections::BTreeMap<String, serde_json::Value>,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct CollectionsEntry {
    /// k
    pub key: String,
}

/// Texts of every format.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[tool(name = "formats")]
pub struct Formats {
    pub at: chrono::DateTime<chrono::Utc>,
    pub day: chrono::NaiveDate,
    #[schemars(extend("format" = "time"))]
    pub time: String,
    pub id: uuid::Uuid,
    #[schemars(length(max = 200))]
    pub link: url::Url,
    #[schemars(extend("format" = "email"))]
    pub mail: String,
    pub ids: Vec<uuid::Uuid>,
    pub maybe: Option<chrono::DateTime<chrono::Utc>>,
    #[schemars(extend("format" = "of-my-own"))]
    pub kind: String,
    #[schemars(extend("examples" = ["a", "b"]))]
    pub examples: Option<String>,
    #[schemars(extend("contentEncoding" = "base64"))]
    pub encoded: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[serde(deny_unknown_fields)]
#[tool(name = "no_parameters")]
pub struct NoParameters {}

/// Nothing is asked.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[tool(name = "no_properties")]
pub struct NoProperties {}
