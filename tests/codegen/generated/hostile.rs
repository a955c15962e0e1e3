// Written by `openai-tools codegen`. The contract is these types from now on: change them as you
// like, and let `openai_tools::ci::check` tell what a change means.

/// Not what the tool says.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[tool(name = "struct", description = "a */ b \"quoted\" \\ back")]
pub struct Struct {
    #[schemars(description = "```\npanic!(\"run by cargo test\");\n```")]
    pub r#type: String,
    #[serde(rename = "self")]
    #[schemars(description = "    std::process::exit(1);")]
    pub self_: String,
    #[serde(rename = "Self")]
    #[schemars(description = "# Title\nBelow.")]
    pub self_2: Option<String>,
    #[serde(rename = "crate")]
    #[schemars(description = "tab\there, bell \u{7}, left \u{202e} right")]
    pub crate_: Option<String>,
    #[serde(rename = "userId")]
    pub user_id: Option<String>,
    #[serde(rename = "user_id")]
    pub user_id2: Option<String>,
    #[serde(rename = "user-id")]
    pub user_id3: Option<String>,
    #[serde(rename = "USER ID")]
    pub user_id4: Option<String>,
    #[serde(rename = "")]
    #[schemars(extend("description" = ""))]
    pub field: Option<String>,
    /// 都市の名前。
    #[serde(rename = "都市")]
    pub field2: Option<String>,
    #[serde(rename = "größe")]
    pub gr_e: Option<String>,
    /// line one
    /// line two
    ///
    ///   indented
    #[serde(rename = "a\"] pub struct Injected; //")]
    pub a_pub_struct_injected: Option<String>,
    #[serde(rename = "new\nline")]
    #[schemars(title = "a\"b\nc")]
    pub new_line: Option<String>,
    #[serde(rename = "2fa")]
    pub field_2fa: Option<String>,
    #[serde(rename = "_")]
    pub field3: Option<String>,
    #[serde(rename = "__")]
    pub field4: Option<String>,
    pub r#gen: Option<String>,
    #[serde(rename = "r#type")]
    pub r_type: Option<String>,
    #[serde(rename = "$ref ")]
    pub r#ref: Option<String>,
    pub words: Option<StructWords>,
    #[serde(rename = "String")]
    pub string: Option<StringType>,
    #[serde(rename = "Option")]
    pub option: Option<OptionType>,
    pub vec: Option<VecType>,
    pub clone: Option<CloneType>,
    pub unit: Option<Unnamed>,
    pub tag: Option<StructTag>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum StructWords {
    #[serde(rename = "self")]
    SelfValue,
    #[serde(rename = "Self")]
    SelfValue2,
    #[serde(rename = "")]
    Empty,
    #[serde(rename = "+")]
    Plus,
    #[serde(rename = "-")]
    Minus,
    #[serde(rename = "a")]
    A,
    #[serde(rename = "A")]
    A2,
    #[serde(rename = "a b")]
    AB,
    #[serde(rename = "a-b")]
    AB2,
    #[serde(rename = "1")]
    Value1,
    #[serde(rename = "都")]
    Value,
    #[serde(rename = "ß")]
    Value2,
    #[serde(rename = "\"")]
    Value3,
    #[serde(rename = "\n")]
    Value4,
    #[serde(rename = "*/")]
    StarSlash,
    None,
    Some,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct StringType {
    pub x: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OptionType {
    A,
    B,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct VecType(pub Vec<StringType>);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct CloneType(#[schemars(length(max = 3))] pub String);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct Unnamed {
    pub y: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "a\"b")]
#[schemars(inline)]
pub enum StructTag {
    #[serde(rename = "x\"y")]
    XY,
    #[serde(rename = "\n")]
    Value { r#fn: Option<String> },
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[schemars(description = "Only the schema is described.")]
#[tool(name = "Struct-2")]
pub struct Struct2 {
    pub other_properties: Option<String>,
    #[serde(flatten)]
    pub other_properties2: std::collections::BTreeMap<String, i64>,
}

/// One line
/// and another.
///
/// - a list
/// - of two
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[tool(
    name = "no_strict",
    description = "One line\nand another.\n\n- a list\n- of two"
)]
pub struct NoStrict {
    pub a: Option<String>,
}

/// Said twice.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[tool(name = "said_twice")]
pub struct SaidTwice {
    pub a: Option<String>,
}

/// An older draft.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
#[tool(name = "draft_7")]
pub struct Draft7 {
    pub pair: (String, i64),
    pub address: Option<Address>,
    #[schemars(extend("enum" = [1, null]))]
    pub one: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct Address {
    pub street: Option<String>,
}
