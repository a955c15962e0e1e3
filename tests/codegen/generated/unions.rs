// Written by `openai-tools codegen`. The contract is these types from now on: change them as you
// like, and let `openai_tools::ci::check` tell what a change means.

/// Draw something.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[tool(name = "draw")]
pub struct Draw {
    /// What is drawn.
    pub shape: DrawShape,
    pub late_tag: DrawLateTag,
    pub described_tag: DrawDescribedTag,
    pub untagged: Option<DrawUntagged>,
    pub many_types: Option<DrawManyTypes>,
    pub color: DrawColor,
    pub mixed: DrawMixed,
    pub typebox: Option<DrawTypebox>,
    pub single: DrawSingle,
    pub maybe_single: Option<DrawMaybeSingle>,
    pub one: Option<DrawOne>,
    pub nullable_object: Option<DrawNullableObject>,
    #[serde(default)]
    #[schemars(schema_with = "draw_nullable_described_schema")]
    pub nullable_described: Option<serde_json::Value>,
    pub nullable_enum: Option<DrawNullableEnum>,
    pub all: Option<DrawAll>,
    /// More than the base.
    pub ref_all: Option<DrawRefAll>,
    /// The base.
    pub one_all: Option<Base>,
    pub nothing: (),
}

fn draw_nullable_described_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "description": "Outer.",
        "anyOf": [
            {
                "type": "object",
                "description": "Inner.",
                "properties": {"x": {"type": "integer"}},
                "required": ["x"],
            },
            {"type": "null"},
        ],
    })
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(inline)]
pub enum DrawShape {
    /// A circle.
    Circle {
        /// In cm.
        radius: f64,
    },
    Box {
        sizes: Vec<f64>,
        fill: Option<String>,
    },
    NothingAtAll,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum DrawLateTag {
    Text(DrawLateTagText),
    Number(DrawLateTagNumber),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct DrawLateTagText {
    pub value: String,
    pub kind: DrawLateTagTextKind,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum DrawLateTagTextKind {
    Text,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct DrawLateTagNumber {
    pub value: i64,
    pub kind: DrawLateTagNumberKind,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum DrawLateTagNumberKind {
    Number,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum DrawDescribedTag {
    Add(DrawDescribedTagAdd),
    Reset(DrawDescribedTagReset),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct DrawDescribedTagAdd {
    /// Adds.
    pub op: DrawDescribedTagAddOp,
    pub by: i64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum DrawDescribedTagAddOp {
    Add,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct DrawDescribedTagReset {
    /// Resets.
    pub op: DrawDescribedTagResetOp,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum DrawDescribedTagResetOp {
    Reset,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum DrawUntagged {
    Text(#[schemars(length(max = 5))] String),
    Integer(i64),
    List(Vec<String>),
    Object(DrawUntaggedObject),
    Object2(DrawUntaggedObject2),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct DrawUntaggedObject {
    pub a: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct DrawUntaggedObject2 {
    pub b: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum DrawManyTypes {
    Text(String),
    Number(f64),
    Boolean(bool),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum DrawColor {
    /// Like blood.
    #[serde(rename = "red")]
    Red,
    /// Like
    /// moss.
    #[serde(rename = "dark green")]
    DarkGreen,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum DrawMixed {
    A,
    B,
    /// The third.
    C,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum DrawTypebox {
    X,
    Y,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum DrawSingle {
    Only,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum DrawMaybeSingle {
    Only,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum DrawOne {
    One,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct DrawNullableObject {
    pub x: i64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum DrawNullableEnum {
    Metric,
    Imperial,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct DrawAll {
    pub a: String,
    pub b: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct DrawRefAll {
    pub id: String,
    pub extra: bool,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct Base {
    pub id: String,
}

/// What no type says.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[tool(name = "kept")]
pub struct Kept {
    #[schemars(schema_with = "kept_patterned_schema")]
    pub patterned: serde_json::Value,
    #[schemars(schema_with = "kept_mixed_enum_schema")]
    pub mixed_enum: serde_json::Value,
    #[serde(default)]
    #[schemars(schema_with = "kept_objects_schema")]
    pub objects: Option<serde_json::Value>,
    pub conditional: Option<KeptConditional>,
    pub limited: Option<KeptLimited>,
    #[serde(default)]
    #[schemars(schema_with = "kept_either_schema")]
    pub either: Option<serde_json::Value>,
    #[schemars(extend("not" = {"const": "root"}))]
    pub negated: Option<String>,
    #[serde(default)]
    #[schemars(schema_with = "kept_rest_schema")]
    pub rest: Option<serde_json::Value>,
    #[serde(default)]
    #[schemars(schema_with = "kept_tree_schema")]
    pub tree: Option<serde_json::Value>,
    #[serde(default)]
    #[schemars(schema_with = "kept_defaulted_schema")]
    #[schemars(extend("default" = 1))]
    pub defaulted: Option<serde_json::Value>,
    #[schemars(extend("contains" = {"const": "a"}))]
    pub contains: Option<Vec<String>>,
    #[schemars(extend("enum" = [true, null]))]
    pub bool_const: Option<bool>,
    #[schemars(extend("enum" = [0.5, null]))]
    pub number_const: Option<f64>,
    #[schemars(extend("enum" = serde_json::from_str::<serde_json::Value>("[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,null]").expect("JSON")))]
    pub big: Option<i64>,
}

fn kept_patterned_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "object",
        "patternProperties": {"^x-": {"type": "string"}},
        "additionalProperties": false,
        "description": "Extensions.",
    })
}

fn kept_mixed_enum_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"enum": ["auto", 1, null, true]})
}

fn kept_objects_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"enum": [{"a": 1}, {"a": 2}]})
}

fn kept_either_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "oneOf": [
            {"type": "integer", "multipleOf": 3},
            {"type": "integer", "multipleOf": 5},
        ],
    })
}

fn kept_rest_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "array",
        "prefixItems": [{"type": "string"}],
        "items": generator.subschema_for::<Leaf>(),
    })
}

fn kept_tree_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "object",
        "patternProperties": {".": generator.subschema_for::<Leaf>()},
    })
}

fn kept_defaulted_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"enum": [1, "one"]})
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[schemars(extend("if" = {"required": ["a"]}))]
#[schemars(extend("then" = {"required": ["b"]}))]
pub struct KeptConditional {
    pub a: Option<String>,
    pub b: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[schemars(extend("minProperties" = 1))]
pub struct KeptLimited {
    pub a: Option<String>,
    pub b: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct Leaf {
    pub v: String,
}
