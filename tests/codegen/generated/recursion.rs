// Written by `openai-tools codegen`. The contract is these types from now on: change them as you
// like, and let `openai_tools::ci::check` tell what a change means.

/// Store a tree.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[tool(name = "store_tree")]
pub struct StoreTree {
    pub root: Node,
    pub expression: Expression,
    #[serde(rename = "self")]
    pub self_: Option<Box<StoreTree>>,
    pub list: Option<ListOfNames>,
    pub alias: Option<Alias>,
    pub again: Option<Place>,
    pub place: Option<StoreTreePlace>,
    pub code: Option<Code>,
    #[serde(default)]
    #[schemars(schema_with = "store_tree_all_schema")]
    pub all: Option<serde_json::Value>,
}

fn store_tree_all_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    generator.subschema_for::<All>()
}

/// One node.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct Node {
    pub value: String,
    pub children: Option<Vec<Node>>,
    pub parent: Option<Box<Node>>,
    pub pair: Option<Box<Pair>>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct Pair {
    pub left: Option<Box<Node>>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Expression {
    Number(f64),
    Object(Box<ExpressionObject>),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ExpressionObject {
    pub op: ExpressionObjectOp,
    pub left: Box<Expression>,
    pub right: Box<Expression>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum ExpressionObjectOp {
    #[serde(rename = "+")]
    Plus,
    #[serde(rename = "-")]
    Minus,
    #[serde(rename = ">=")]
    GreaterEqual,
    #[serde(rename = "*/")]
    StarSlash,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct ListOfNames(#[schemars(length(max = 3))] pub Vec<String>);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct Alias(pub Code);

/// A code.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct Code(#[schemars(regex(pattern = "^[A-Z]+$"))] pub String);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct Place {
    pub city: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct StoreTreePlace {
    pub city: String,
}

/// Perhaps.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct All(pub Option<String>);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct TreeOfAnything(pub Tree);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct Tree {
    pub v: String,
    pub below: Vec<Tree>,
}

/// What is thought of it.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    pub score: i64,
    pub why: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct JustAList(pub Vec<String>);

/// A word.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct JustAWord(pub JustAWordValue);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum JustAWordValue {
    Yes,
    No,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct JustAChoice(pub JustAChoiceValue);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum JustAChoiceValue {
    Text(String),
    Integer(i64),
}
