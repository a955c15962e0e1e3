// Written by `openai-tools codegen`. The contract is these types from now on: change them as you
// like, and let `openai_tools::ci::check` tell what a change means.

/// Place an order.
///
/// Asks nothing back.
#[derive(
    Clone,
    Debug,
    PartialEq,
    serde::Deserialize,
    schemars::JsonSchema,
    serde::Serialize,
    openai_tools::Tool,
)]
#[tool(name = "place_order")]
pub struct PlaceOrder {
    /// What is bought.
    #[schemars(length(min = 1))]
    #[schemars(title = "Lines")]
    pub lines: Vec<Line>,
    /// The parcel's way.
    pub ship_to: Address,
    pub bill_to: Option<Address>,
    #[schemars(title = "Pay")]
    pub pay: PlaceOrderPay,
    #[schemars(title = "Note")]
    pub note: Option<String>,
    #[schemars(range(min = 0, max = 0.5))]
    #[schemars(title = "Discount")]
    pub discount: Option<f64>,
    #[serde(default)]
    #[schemars(title = "Gift")]
    pub gift: bool,
    #[serde(default = "place_order_express_default")]
    #[schemars(title = "Express")]
    pub express: bool,
    #[serde(default = "place_order_weight_default")]
    #[schemars(title = "Weight")]
    #[schemars(extend("default" = 1))]
    pub weight: f64,
    #[schemars(title = "Id")]
    pub id: PlaceOrderId,
}

fn place_order_express_default() -> bool {
    true
}

fn place_order_weight_default() -> f64 {
    1.0
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, serde::Serialize)]
#[schemars(title = "Line")]
pub struct Line {
    #[schemars(title = "Sku")]
    pub sku: String,
    #[schemars(range(min = 1, max = 99))]
    #[schemars(title = "Count")]
    pub count: u64,
    pub size: Size,
    #[schemars(title = "Options")]
    pub options: Option<std::collections::BTreeMap<String, String>>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[schemars(title = "Size")]
pub enum Size {
    S,
    M,
    L,
}

/// Where it goes.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, serde::Serialize)]
#[schemars(title = "Address")]
pub struct Address {
    #[schemars(title = "Street")]
    pub street: String,
    #[schemars(regex(pattern = "^[0-9]{5}$"))]
    #[schemars(title = "Zip")]
    pub zip: String,
    #[serde(default = "address_country_default")]
    #[schemars(length(min = 2, max = 2))]
    #[schemars(title = "Country")]
    pub country: String,
}

fn address_country_default() -> String {
    "DE".to_owned()
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, serde::Serialize)]
#[serde(untagged)]
#[schemars(inline)]
pub enum PlaceOrderPay {
    Card(Card),
    Invoice(Invoice),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, serde::Serialize)]
#[schemars(title = "Card")]
pub struct Card {
    #[schemars(title = "Kind")]
    pub kind: CardKind,
    #[schemars(title = "Number")]
    pub number: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum CardKind {
    Card,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, serde::Serialize)]
#[schemars(title = "Invoice")]
pub struct Invoice {
    #[schemars(title = "Kind")]
    pub kind: InvoiceKind,
    #[serde(default = "invoice_days_default")]
    #[schemars(title = "Days")]
    pub days: i64,
}

fn invoice_days_default() -> i64 {
    14
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum InvoiceKind {
    Invoice,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, serde::Serialize)]
#[serde(untagged)]
#[schemars(inline)]
pub enum PlaceOrderId {
    Integer(i64),
    Text(String),
}

/// Cancel an order.
#[derive(
    Clone,
    Debug,
    PartialEq,
    serde::Deserialize,
    schemars::JsonSchema,
    serde::Serialize,
    openai_tools::Tool,
)]
#[tool(name = "cancel_order")]
pub struct CancelOrder {
    #[schemars(extend("format" = "uuid"))]
    pub order_id: String,
    pub size: CancelOrderSize,
}

/// Of the parcel.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelOrderSize {
    Small,
    Large,
}
