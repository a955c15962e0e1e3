//! Formats that programs exchange: queries, patches, maps, pages.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::exhibits;

/// The WHERE of a query.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Filter {
    /// All of them hold.
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Compare {
        column: String,
        operator: Operator,
        value: Literal,
    },
    Between {
        column: String,
        low: Literal,
        high: Literal,
    },
    IsNull(String),
}

#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
enum Operator {
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "<>")]
    Unequal,
    #[serde(rename = "LIKE")]
    Like,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(untagged)]
enum Literal {
    Integer(i64),
    Text(String),
    Flag(bool),
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Query {
    table: String,
    columns: Vec<String>,
    filter: Option<Filter>,
    order_by: Vec<(String, Direction)>,
    #[schemars(range(max = 1_000))]
    limit: Option<u16>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Direction {
    Asc,
    Desc,
}

/// As RFC 6902 has it.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum PatchStep {
    Add { path: String, value: Value },
    Remove { path: String },
    Replace { path: String, value: Value },
    Move { from: String, path: String },
    Copy { from: String, path: String },
    Test { path: String, value: Value },
}

type Position = (f64, f64);

#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Point(Position),
    MultiPoint(Vec<Position>),
    LineString(Vec<Position>),
    Polygon(Vec<Vec<Position>>),
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "type")]
enum GeoJson {
    Feature(Feature),
    FeatureCollection { features: Vec<Feature> },
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Feature {
    id: Option<FeatureId>,
    geometry: Option<Geometry>,
    properties: BTreeMap<String, Value>,
    bbox: Option<[f64; 4]>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(untagged)]
enum FeatureId {
    Number(u32),
    Name(String),
}

/// A page that is made of boxes in boxes.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Element {
    #[serde(rename = "type")]
    kind: ElementKind,
    label: String,
    children: Vec<Element>,
    attributes: Vec<Attribute>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum ElementKind {
    Button,
    Div,
    Form,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Attribute {
    name: String,
    value: String,
}

/// One parameter of one operation of an HTTP API.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ApiParameter {
    name: String,
    #[serde(rename = "in")]
    location: ParameterPlace,
    #[serde(default)]
    required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    schema: ApiSchema,
    examples: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum ParameterPlace {
    Query,
    Header,
    Path,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(untagged)]
enum ApiSchema {
    Reference {
        #[serde(rename = "$ref")]
        reference: String,
    },
    Array {
        items: Box<ApiSchema>,
    },
    Object {
        properties: BTreeMap<String, ApiSchema>,
    },
    Plain {
        r#type: String,
        format: Option<String>,
    },
}

/// A conversation as it is stored.
#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Transcript {
    model: String,
    messages: Vec<Entry>,
    usage: Option<Usage>,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "role", rename_all = "lowercase")]
enum Entry {
    System { content: String },
    User { content: Content },
    Assistant { content: Option<String>, tool_calls: Vec<StoredCall> },
    Tool { tool_call_id: String, content: String },
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part {
    Text { text: String },
    ImageUrl { image_url: String },
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct StoredCall {
    id: String,
    name: String,
    arguments: Value,
}

#[derive(Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn equal(column: &str, value: Literal) -> Filter {
    Filter::Compare { column: text(column), operator: Operator::Equal, value }
}

fn query(filter: Option<Filter>, limit: Option<u16>) -> Query {
    let columns = vec![text("a"), text("*")];
    let order_by = vec![(text("a"), Direction::Asc), (text("b"), Direction::Desc)];
    Query { table: text("t"), columns, filter, order_by, limit }
}

fn feature(id: Option<FeatureId>, geometry: Option<Geometry>) -> Feature {
    let bbox = id.is_none().then_some([-1.0, 0.0, 1.0, 2.5]);
    let properties = [(text("name"), json!("Hanoi")), (text("size"), json!([1]))].into();
    Feature { id, geometry, properties, bbox }
}

fn element(kind: ElementKind, label: &str, children: Vec<Element>) -> Element {
    let attributes = vec![Attribute { name: text("class"), value: text(label) }];
    Element { kind, label: text(label), children, attributes }
}

fn parameter(location: ParameterPlace, schema: ApiSchema) -> ApiParameter {
    let required = matches!(location, ParameterPlace::Path);
    let description = required.then(|| text("needed"));
    let examples = [(text("one"), json!(1))].into();
    ApiParameter { name: text("id"), location, required, description, schema, examples }
}

fn plain(format: Option<&str>) -> ApiSchema {
    ApiSchema::Plain { r#type: text("string"), format: format.map(text) }
}

fn transcript(messages: Vec<Entry>, tokens: Option<u64>) -> Transcript {
    let usage = tokens.map(|n| Usage { prompt_tokens: n, completion_tokens: n / 2 });
    Transcript { model: text("gpt-5.2"), messages, usage }
}

exhibits! {
    sql_filter: Filter = some [
        equal("a", Literal::Integer(1)),
        Filter::And(vec![equal("a", Literal::Flag(true)), Filter::IsNull(text("b"))]),
        Filter::Not(Box::new(Filter::Or(vec![]))),
        Filter::Between { column: text("c"), low: Literal::Integer(0), high: Literal::Text(text("9")) },
        Filter::Or(vec![Filter::And(vec![Filter::Not(Box::new(Filter::IsNull(text(""))))])]),
    ];
    sql_query: Query = some [
        query(None, None),
        query(Some(Filter::IsNull(text("a"))), Some(0)),
        query(Some(equal("a", Literal::Text(text("' OR 1=1")))), Some(1_000)),
        query(Some(Filter::And(vec![])), None),
        query(None, Some(10)),
    ];
    json_patch: Vec<PatchStep> = some [
        vec![],
        vec![PatchStep::Add { path: text("/a"), value: json!({"b": [1]}) }],
        vec![PatchStep::Remove { path: text("") }, PatchStep::Test { path: text("/"), value: json!(null) }],
        vec![PatchStep::Move { from: text("/a"), path: text("/b") }],
        vec![
            PatchStep::Replace { path: text("/~0"), value: json!("text") },
            PatchStep::Copy { from: text("/x/-"), path: text("/y/0") },
        ],
    ];
    geometry: Geometry = some [
        Geometry::Point((105.85, 21.03)),
        Geometry::MultiPoint(vec![]),
        Geometry::LineString(vec![(0.0, 0.0), (1.0, 1.5)]),
        Geometry::Polygon(vec![vec![(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)]]),
        Geometry::Polygon(vec![]),
    ];
    geo_json: GeoJson = some [
        GeoJson::Feature(feature(None, None)),
        GeoJson::Feature(feature(Some(FeatureId::Number(1)), Some(Geometry::Point((0.0, 0.5))))),
        GeoJson::FeatureCollection { features: vec![] },
        GeoJson::FeatureCollection { features: vec![feature(Some(FeatureId::Name(text("1"))), None)] },
        GeoJson::FeatureCollection {
            features: vec![feature(None, Some(Geometry::MultiPoint(vec![(1.0, 2.0)])))],
        },
    ];
    ui_tree: Element = some [
        element(ElementKind::Div, "", vec![]),
        element(ElementKind::Form, "f", vec![element(ElementKind::Button, "ok", vec![])]),
        element(ElementKind::Button, "é", vec![]),
        element(ElementKind::Div, "d", vec![element(ElementKind::Div, "e", vec![])]),
        element(
            ElementKind::Div,
            "2",
            vec![element(ElementKind::Div, "", vec![]), element(ElementKind::Form, "", vec![])],
        ),
    ];
    api_parameter: ApiParameter = some [
        parameter(ParameterPlace::Query, plain(None)),
        parameter(ParameterPlace::Path, plain(Some("uuid"))),
        parameter(ParameterPlace::Header, ApiSchema::Reference { reference: text("#/a") }),
        parameter(ParameterPlace::Query, ApiSchema::Array { items: Box::new(plain(None)) }),
        parameter(
            ParameterPlace::Query,
            ApiSchema::Object { properties: [(text("a"), plain(Some("")))].into() },
        ),
    ];
    chat_transcript: Transcript = some [
        transcript(vec![], None),
        transcript(vec![Entry::System { content: text("Be brief.") }], Some(0)),
        transcript(vec![Entry::User { content: Content::Text(text("Hi")) }], Some(u64::MAX)),
        transcript(
            vec![
                Entry::User {
                    content: Content::Parts(vec![
                        Part::Text { text: text("What is this?") },
                        Part::ImageUrl { image_url: text("https://example.com/a.png") },
                    ]),
                },
                Entry::Assistant {
                    content: None,
                    tool_calls: vec![StoredCall {
                        id: text("call_1"),
                        name: text("look"),
                        arguments: json!({"at": 1}),
                    }],
                },
                Entry::Tool { tool_call_id: text("call_1"), content: text("{}") },
            ],
            Some(120),
        ),
        transcript(vec![Entry::Assistant { content: Some(text("Bye")), tool_calls: vec![] }], None),
    ];
}
