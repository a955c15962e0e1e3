// Written by `openai-tools codegen`. The contract is these types from now on: change them as you
// like, and let `openai_tools::ci::check` tell what a change means.

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AUrl {
    /// Format: uri.
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjacentlyTagged {
    pub value: AdjacentlyTaggedValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "t", deny_unknown_fields)]
#[schemars(inline)]
pub enum AdjacentlyTaggedValue {
    Nothing,
    Newtype { c: i64 },
    Tuple { c: AdjacentlyTaggedValueTupleC },
    Struct { c: AdjacentlyTaggedValueStructC },
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct AdjacentlyTaggedValueTupleC {
    pub item_0: bool,
    #[schemars(range(min = -128, max = 127))]
    pub item_1: i64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct AdjacentlyTaggedValueStructC {
    #[schemars(range(max = 255))]
    pub a: u64,
    pub b: Option<String>,
}

/// Said by an attribute.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Annotated {
    /// Also said. Examples: "Ann".
    #[schemars(title = "The name")]
    pub name: String,
    #[schemars(range(max = 255))]
    pub old: Option<u64>,
}

/// One parameter of one operation of an HTTP API.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiParameter {
    pub name: String,
    pub r#in: ParameterPlace,
    /// Null for the default: false.
    pub required: Option<bool>,
    pub description: Option<String>,
    pub schema: ApiSchema,
    /// A JSON object, written as JSON text.
    pub examples: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParameterPlace {
    Query,
    Header,
    Path,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum ApiSchema {
    Object(ApiSchemaObject),
    Object2(Box<ApiSchemaObject2>),
    Object3(ApiSchemaObject3),
    Object4(ApiSchemaObject4),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ApiSchemaObject {
    #[serde(rename = "$ref")]
    pub r#ref: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ApiSchemaObject2 {
    pub items: Box<ApiSchema>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ApiSchemaObject3 {
    pub properties: Vec<ApiSchemaObject3Property>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ApiSchemaObject3Property {
    pub key: String,
    pub value: ApiSchema,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ApiSchemaObject4 {
    pub r#type: String,
    pub format: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArrayOf0 {
    #[schemars(length(max = 0))]
    pub value: Vec<ArrayOf0ValueItem>,
}

/// Any JSON value, written as JSON text.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct ArrayOf0ValueItem(pub String);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArrayOf3 {
    #[schemars(length(min = 3, max = 3))]
    #[schemars(inner(range(max = 255)))]
    pub value: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Boolean {
    pub value: bool,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BorrowedStruct {
    pub text: String,
    #[schemars(inner(range(max = 4294967295i64)))]
    pub list: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    pub value: BoundValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum BoundValue {
    Object(BoundValueObject),
    Object2(BoundValueObject2),
    Unbounded(BoundValueUnbounded),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct BoundValueObject {
    #[serde(rename = "Included")]
    #[schemars(range(max = 255))]
    pub included: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct BoundValueObject2 {
    #[serde(rename = "Excluded")]
    #[schemars(range(max = 255))]
    pub excluded: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum BoundValueUnbounded {
    Unbounded,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoxedStr {
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoxesAndCells {
    #[schemars(range(max = 255))]
    pub cell: u64,
    pub ref_cell: String,
    #[schemars(range(max = 65535))]
    pub reverse: u64,
    pub phantom: (),
    #[schemars(inner(range(max = 255)))]
    pub boxed: Vec<u64>,
}

/// A calendar event, perhaps one that comes again.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarEventThatRepeats {
    pub title: String,
    #[schemars(extend("format" = "date-time"))]
    pub start: String,
    #[schemars(extend("format" = "date-time"))]
    pub end: Option<String>,
    /// Null for the default: false.
    pub all_day: Option<bool>,
    pub repeats: Option<Recurrence>,
    pub attendees: Vec<Mailbox>,
    pub reminders: Vec<CalendarEventThatRepeatsReminder>,
}

/// As RRULE of RFC 5545.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recurrence {
    pub freq: Frequency,
    /// Null for the default: 1.
    #[schemars(range(min = 1, max = 366))]
    pub interval: Option<u64>,
    #[serde(rename = "byDay")]
    pub by_day: Option<Vec<RecurrenceByDayItem>>,
    pub ends: Ends,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Frequency {
    Daily,
    Weekly,
    Monthly,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum RecurrenceByDayItem {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Ends {
    Never(EndsNever),
    Object(EndsObject),
    Object2(EndsObject2),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum EndsNever {
    Never,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct EndsObject {
    #[schemars(range(max = 65535))]
    pub count: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct EndsObject2 {
    #[schemars(extend("format" = "date"))]
    pub until: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mailbox {
    pub name: Option<String>,
    #[schemars(extend("format" = "email"))]
    pub address: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct CalendarEventThatRepeatsReminder {
    #[schemars(range(max = 65535))]
    pub item_0: u64,
    pub item_1: Channel,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub enum Channel {
    Email,
    Popup,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Character {
    /// Exactly 1 character.
    pub value: String,
}

/// A conversation as it is stored.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChatTranscript {
    pub model: String,
    pub messages: Vec<Entry>,
    pub usage: Option<Usage>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "role", rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    System {
        content: String,
    },
    User {
        content: Content,
    },
    Assistant {
        content: Option<String>,
        tool_calls: Vec<StoredCall>,
    },
    Tool {
        tool_call_id: String,
        content: String,
    },
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Content {
    Text(String),
    List(Vec<Part>),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Part {
    Text { text: String },
    ImageUrl { image_url: String },
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StoredCall {
    pub id: String,
    pub name: String,
    /// Any JSON value, written as JSON text.
    pub arguments: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChronoDate {
    #[schemars(extend("format" = "date"))]
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChronoDateAndTime {
    /// A date and a time of day without a zone, such as 2025-06-30T14:30:00.
    #[schemars(regex(
        pattern = "^([0-9]{4}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]{1,9})?$"
    ))]
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChronoDuration {
    pub item_0: i64,
    #[schemars(extend("exclusiveMaximum" = 1000000000))]
    pub item_1: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChronoMoment {
    #[schemars(extend("format" = "date-time"))]
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChronoTime {
    /// A time of day without a zone, such as 14:30:00.
    #[schemars(regex(
        pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]{1,9})?$"
    ))]
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChronoWeekday {
    pub value: ChronoWeekdayValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum ChronoWeekdayValue {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosedStruct {
    #[schemars(range(max = 255))]
    pub a: u64,
    #[schemars(range(max = 255))]
    pub b: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deque {
    pub value: Vec<bool>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Duration {
    pub secs: u64,
    #[schemars(range(max = 4294967295i64))]
    pub nanos: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Either {
    pub value: EitherValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(inline)]
pub enum EitherValue {
    Left {
        #[schemars(range(max = 255))]
        value: u64,
    },
    Right {
        value: Vec<String>,
    },
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailMessage {
    #[schemars(extend("format" = "email"))]
    pub from: String,
    #[schemars(length(min = 1))]
    pub to: Vec<EmailMessageMailbox>,
    /// Null for the default: [].
    pub cc: Option<Vec<EmailMessageMailbox>>,
    pub subject: String,
    pub body: Body,
    pub headers: Vec<EmailMessageHeader>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailMessageMailbox {
    pub name: Option<String>,
    #[schemars(extend("format" = "email"))]
    pub address: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Body {
    Object(BodyObject),
    Object2(BodyObject2),
    Object3(BodyObject3),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct BodyObject {
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct BodyObject2 {
    pub html: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct BodyObject3 {
    pub both: BodyObject3Both,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct BodyObject3Both {
    pub text: String,
    pub html: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct EmailMessageHeader {
    pub key: String,
    pub value: Vec<String>,
}

/// An object without properties.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmptyStruct {}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnumInAnEnum {
    /// An enum inside an enum, with the same tag.
    pub value: EnumInAnEnumValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum EnumInAnEnumValue {
    A(EnumInAnEnumValueA),
    /// A round one.
    A2(EnumInAnEnumValueA2),
    A3(EnumInAnEnumValueA3),
    A4(EnumInAnEnumValueA4),
    B(EnumInAnEnumValueB),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct EnumInAnEnumValueA {
    pub outer: EnumInAnEnumValueAOuter,
    pub kind: EnumInAnEnumValueAKind,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum EnumInAnEnumValueAOuter {
    A,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum EnumInAnEnumValueAKind {
    Nothing,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct EnumInAnEnumValueA2 {
    pub outer: EnumInAnEnumValueA2Outer,
    pub kind: EnumInAnEnumValueA2Kind,
    pub radius: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum EnumInAnEnumValueA2Outer {
    A,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum EnumInAnEnumValueA2Kind {
    Circle,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct EnumInAnEnumValueA3 {
    pub outer: EnumInAnEnumValueA3Outer,
    pub kind: EnumInAnEnumValueA3Kind,
    #[schemars(range(max = 65535))]
    pub side: u64,
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum EnumInAnEnumValueA3Outer {
    A,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum EnumInAnEnumValueA3Kind {
    Newtype,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct EnumInAnEnumValueA4 {
    pub outer: EnumInAnEnumValueA4Outer,
    pub kind: EnumInAnEnumValueA4Kind,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum EnumInAnEnumValueA4Outer {
    A,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum EnumInAnEnumValueA4Kind {
    Empty,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct EnumInAnEnumValueB {
    pub outer: EnumInAnEnumValueBOuter,
    pub inner: Adjacent,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum EnumInAnEnumValueBOuter {
    B,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "t", deny_unknown_fields)]
pub enum Adjacent {
    Nothing,
    Newtype { c: i64 },
    Tuple { c: AdjacentTupleC },
    Struct { c: AdjacentStructC },
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct AdjacentTupleC {
    pub item_0: bool,
    #[schemars(range(min = -128, max = 127))]
    pub item_1: i64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct AdjacentStructC {
    #[schemars(range(max = 255))]
    pub a: u64,
    pub b: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnumOfOneVariant {
    pub value: EnumOfOneVariantValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum EnumOfOneVariantValue {
    Only,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnumWithAnOpenEnd {
    /// Everything known, and the rest as it came.
    pub value: EnumWithAnOpenEndValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum EnumWithAnOpenEndValue {
    Text(EnumWithAnOpenEndValueText),
    Text2(String),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum EnumWithAnOpenEndValueText {
    Red,
    DarkBlue,
}

/// What a stranger's system wants to know.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventOfAll {
    #[schemars(extend("format" = "uuid"))]
    pub id: String,
    #[schemars(extend("format" = "date-time"))]
    pub at: String,
    /// Format: uri.
    pub link: Option<String>,
    /// Any JSON value, written as JSON text.
    pub payload: String,
    /// A JSON object, written as JSON text.
    pub labels: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternallyTagged {
    /// As serde does it when nothing is said.
    pub value: ExternallyTaggedValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum ExternallyTaggedValue {
    Nothing(ExternallyTaggedValueNothing),
    /// One number.
    Object(ExternallyTaggedValueObject),
    Object2(ExternallyTaggedValueObject2),
    Object3(ExternallyTaggedValueObject3),
    Object4(ExternallyTaggedValueObject4),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum ExternallyTaggedValueNothing {
    Nothing,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ExternallyTaggedValueObject {
    #[serde(rename = "Newtype")]
    #[schemars(range(min = -2147483648, max = 2147483647))]
    pub newtype: i64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ExternallyTaggedValueObject2 {
    #[serde(rename = "Tuple")]
    pub tuple: ExternallyTaggedValueObject2Tuple,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ExternallyTaggedValueObject2Tuple {
    #[schemars(range(max = 255))]
    pub item_0: u64,
    pub item_1: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ExternallyTaggedValueObject3 {
    #[serde(rename = "Struct")]
    pub r#struct: ExternallyTaggedValueObject3Struct,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ExternallyTaggedValueObject3Struct {
    /// Its width.
    pub width: f64,
    pub height: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ExternallyTaggedValueObject4 {
    #[serde(rename = "List")]
    #[schemars(inner(range(max = 255)))]
    pub list: Vec<u64>,
}

/// Written as cents.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldWithAModule {
    #[schemars(range(max = 4294967295i64))]
    pub price: u64,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldsWithDefaults {
    /// Null for the default: 0.
    #[schemars(range(max = 4294967295i64))]
    pub count: Option<u64>,
    /// Null for the default: 10.
    #[schemars(range(max = 4294967295i64))]
    pub limit: Option<u64>,
    /// Null for the default: [].
    pub tags: Option<Vec<String>>,
    pub note: Option<String>,
    pub required: bool,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlattenedEnum {
    pub value: FlattenedEnumValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum FlattenedEnumValue {
    Card(FlattenedEnumValueCard),
    Cash(FlattenedEnumValueCash),
    Invoice(FlattenedEnumValueInvoice),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FlattenedEnumValueCard {
    pub name: String,
    pub method: FlattenedEnumValueCardMethod,
    pub number: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum FlattenedEnumValueCardMethod {
    Card,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FlattenedEnumValueCash {
    pub name: String,
    pub method: FlattenedEnumValueCashMethod,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum FlattenedEnumValueCashMethod {
    Cash,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FlattenedEnumValueInvoice {
    pub name: String,
    pub method: FlattenedEnumValueInvoiceMethod,
    #[schemars(range(max = 255))]
    pub days: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum FlattenedEnumValueInvoiceMethod {
    Invoice,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlattenedMap {
    pub id: String,
    /// All other properties.
    pub other_properties: Vec<FlattenedMapOtherProperty>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FlattenedMapOtherProperty {
    pub key: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlattenedStruct {
    #[schemars(range(max = 4294967295i64))]
    pub id: u64,
    /// Counted from 1.
    #[schemars(range(max = 4294967295i64))]
    pub page: u64,
    #[schemars(range(max = 4294967295i64))]
    pub size: Option<u64>,
    pub last: bool,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Float32 {
    pub value: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Float64 {
    pub value: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FoldersAndArchives {
    pub name: String,
    pub files: Vec<File>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum File {
    Plain {
        #[schemars(range(max = 4294967295i64))]
        size: u64,
    },
    Archive {
        root: Option<FoldersAndArchives>,
    },
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    pub value: Root,
}

/// A formula.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Root {
    Object(RootObject),
    Object2(RootObject2),
    Object3(Box<RootObject3>),
    Object4(Box<RootObject4>),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RootObject {
    pub number: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RootObject2 {
    pub variable: RootObject2Variable,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RootObject2Variable {
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RootObject3 {
    pub add: Box<RootObject3Add>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RootObject3Add {
    pub item_0: Box<Root>,
    pub item_1: Box<Root>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RootObject4 {
    pub negate: Box<Root>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FreeJson {
    /// Any JSON value, written as JSON text.
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FreeJsonObject {
    /// A JSON object, written as JSON text.
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GeoJson {
    pub value: GeoJsonValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
#[schemars(inline)]
pub enum GeoJsonValue {
    Feature {
        id: Option<FeatureId>,
        geometry: Option<Geometry>,
        /// A JSON object, written as JSON text.
        properties: String,
        #[schemars(length(min = 4, max = 4))]
        bbox: Option<Vec<f64>>,
    },
    FeatureCollection {
        features: Vec<Feature>,
    },
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum FeatureId {
    Integer(#[schemars(range(max = 4294967295i64))] u64),
    Text(String),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Geometry {
    Point {
        coordinates: GeometryPointCoordinates,
    },
    MultiPoint {
        coordinates: Vec<GeometryMultiPointCoordinate>,
    },
    LineString {
        coordinates: Vec<GeometryLineStringCoordinate>,
    },
    Polygon {
        coordinates: Vec<Vec<GeometryPolygonCoordinateItem>>,
    },
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct GeometryPointCoordinates {
    pub item_0: f64,
    pub item_1: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct GeometryMultiPointCoordinate {
    pub item_0: f64,
    pub item_1: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct GeometryLineStringCoordinate {
    pub item_0: f64,
    pub item_1: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct GeometryPolygonCoordinateItem {
    pub item_0: f64,
    pub item_1: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    pub id: Option<FeatureId>,
    pub geometry: Option<Geometry>,
    /// A JSON object, written as JSON text.
    pub properties: String,
    #[schemars(length(min = 4, max = 4))]
    pub bbox: Option<Vec<f64>>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Geometry2 {
    pub value: Geometry2Value,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
#[schemars(inline)]
pub enum Geometry2Value {
    Point {
        coordinates: Geometry2ValuePointCoordinates,
    },
    MultiPoint {
        coordinates: Vec<Geometry2ValueMultiPointCoordinate>,
    },
    LineString {
        coordinates: Vec<Geometry2ValueLineStringCoordinate>,
    },
    Polygon {
        coordinates: Vec<Vec<Geometry2ValuePolygonCoordinateItem>>,
    },
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Geometry2ValuePointCoordinates {
    pub item_0: f64,
    pub item_1: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Geometry2ValueMultiPointCoordinate {
    pub item_0: f64,
    pub item_1: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Geometry2ValueLineStringCoordinate {
    pub item_0: f64,
    pub item_1: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Geometry2ValuePolygonCoordinateItem {
    pub item_0: f64,
    pub item_1: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HashMapOfNumbers {
    pub value: Vec<HashMapOfNumbersValueItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct HashMapOfNumbersValueItem {
    pub key: String,
    #[schemars(range(min = -2147483648, max = 2147483647))]
    pub value: i64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HashSet {
    /// No item twice.
    pub value: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InclusiveRange {
    #[schemars(range(min = -2147483648, max = 2147483647))]
    pub start: i64,
    #[schemars(range(min = -2147483648, max = 2147483647))]
    pub end: i64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InternallyTagged {
    pub value: InternallyTaggedValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", deny_unknown_fields)]
#[schemars(inline)]
pub enum InternallyTaggedValue {
    Nothing,
    /// A round one.
    Circle {
        radius: f64,
    },
    Newtype {
        #[schemars(range(max = 65535))]
        side: u64,
        note: Option<String>,
    },
    Empty,
}

/// An invoice as it is read from a letter.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceFromALetter {
    /// As printed, such as `2024-0017`.
    pub number: String,
    #[schemars(extend("format" = "date"))]
    pub issued: String,
    #[schemars(extend("format" = "date"))]
    pub due: Option<String>,
    pub seller: Party,
    pub buyer: Party,
    #[schemars(length(min = 1))]
    pub lines: Vec<Line>,
    pub currency: Currency,
    pub notes: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Party {
    pub name: String,
    /// Number for value-added tax.
    pub vat_id: Option<String>,
    pub address: Address,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    pub lines: Vec<String>,
    /// Two letters, ISO 3166. Exactly 2 characters.
    pub country: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub description: String,
    #[schemars(range(min = 0.0))]
    pub quantity: f64,
    /// In the smallest unit of the currency.
    pub unit_price: i64,
    /// In percent.
    #[schemars(range(max = 100))]
    pub vat: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    Eur,
    Usd,
    Vnd,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ip {
    pub value: IpValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum IpValue {
    Text(#[schemars(extend("format" = "ipv4"))] String),
    Text2(#[schemars(extend("format" = "ipv6"))] String),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IpV4 {
    #[schemars(extend("format" = "ipv4"))]
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IpV6 {
    #[schemars(extend("format" = "ipv6"))]
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonOfItsOwn {
    pub value: JsonOfItsOwnRoot,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct JsonOfItsOwnRoot(pub Option<JsonOfItsOwnRootValue>);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum JsonOfItsOwnRootValue {
    Boolean(bool),
    Number(f64),
    Text(String),
    List(Vec<JsonOfItsOwnRoot>),
    Object(JsonOfItsOwnRootObject),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct JsonOfItsOwnRootObject {
    pub entries: Vec<JsonOfItsOwnRootObjectEntry>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct JsonOfItsOwnRootObjectEntry {
    pub key: String,
    pub value: JsonOfItsOwnRoot,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonPatch {
    pub value: Vec<PatchStep>,
}

/// As RFC 6902 has it.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum PatchStep {
    Add {
        path: String,
        /// Any JSON value, written as JSON text.
        value: String,
    },
    Remove {
        path: String,
    },
    Replace {
        path: String,
        /// Any JSON value, written as JSON text.
        value: String,
    },
    Move {
        from: String,
        path: String,
    },
    Copy {
        from: String,
        path: String,
    },
    Test {
        path: String,
        /// Any JSON value, written as JSON text.
        value: String,
    },
}

/// Names that Rust does not take as they are.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeywordNames {
    pub r#type: String,
    pub r#match: bool,
    #[schemars(range(max = 65535))]
    pub r#fn: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkedList {
    #[schemars(inner(range(max = 255)))]
    pub value: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkedNodes {
    #[schemars(range(max = 255))]
    pub value: u64,
    pub next: Option<Box<LinkedNodes>>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListOfWideIntegers {
    pub value: Vec<ListOfWideIntegersValueItem>,
}

/// A whole number, written as text.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct ListOfWideIntegersValueItem(
    #[schemars(regex(pattern = "^(0|[1-9][0-9]*)$"))] pub String,
);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapByBooleans {
    pub value: Vec<MapByBooleansValueItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MapByBooleansValueItem {
    pub key: String,
    #[schemars(range(max = 255))]
    pub value: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapByCharacters {
    pub value: Vec<MapByCharactersValueItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MapByCharactersValueItem {
    pub key: String,
    #[schemars(range(max = 255))]
    pub value: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapByDates {
    pub value: Vec<MapByDatesValueItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MapByDatesValueItem {
    pub key: String,
    #[schemars(range(max = 255))]
    pub value: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MapByEnum {
    #[schemars(range(max = 255))]
    pub monday: Option<u64>,
    #[schemars(range(max = 255))]
    pub tuesday: Option<u64>,
    #[schemars(range(max = 255))]
    pub wednesday: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapByIntegers {
    pub value: Vec<MapByIntegersValueItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MapByIntegersValueItem {
    #[schemars(regex(pattern = "^\\d+$"))]
    pub key: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapBySignedIntegers {
    pub value: Vec<MapBySignedIntegersValueItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MapBySignedIntegersValueItem {
    #[schemars(regex(pattern = "^-?\\d+$"))]
    pub key: String,
    pub value: bool,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapOfMaps {
    pub value: Vec<MapOfMapsValueItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MapOfMapsValueItem {
    pub key: String,
    pub value: Vec<MapOfMapsValueItemValueItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MapOfMapsValueItemValueItem {
    pub key: String,
    #[schemars(inner(range(max = 255)))]
    pub value: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapOfWideIntegers {
    pub value: Vec<MapOfWideIntegersValueItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct MapOfWideIntegersValueItem {
    #[schemars(regex(pattern = "^\\d+$"))]
    pub key: String,
    /// A whole number, written as text.
    #[schemars(regex(pattern = "^(0|-?[1-9][0-9]*)$"))]
    pub value: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    #[schemars(inner(length(min = 2, max = 2), inner(range(max = 255))))]
    pub rows: Vec<Vec<u64>>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedStruct {
    /// First and last name.
    pub name: String,
    /// In years.
    #[schemars(range(max = 255))]
    pub age: u64,
    /// Where letters go.
    pub address: Option<String>,
}

/// Names that the codec uses too.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamesOfTheCodec {
    pub key: String,
    pub value: Vec<NamesOfTheCodecValueItem>,
    pub item_0: Option<bool>,
    pub rest: (),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct NamesOfTheCodecValueItem {
    #[schemars(range(max = 255))]
    pub item_0: u64,
    #[schemars(range(max = 255))]
    pub item_1: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NestedOptions {
    #[schemars(range(max = 255))]
    pub flat: Option<u64>,
    pub of_list: Option<Vec<NestedOptionsOfListItem>>,
    pub of_map: Option<Vec<NestedOptionsOfMapItem>>,
    #[schemars(range(max = 65535))]
    pub of_box: Option<u64>,
    pub of_tuple: Option<NestedOptionsOfTuple>,
    pub required: Vec<NestedOptionsRequiredItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct NestedOptionsOfListItem(#[schemars(range(max = 255))] pub Option<u64>);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct NestedOptionsOfMapItem {
    pub key: String,
    pub value: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct NestedOptionsOfTuple {
    #[schemars(range(max = 255))]
    pub item_0: u64,
    #[schemars(range(max = 255))]
    pub item_1: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct NestedOptionsRequiredItem {
    pub key: String,
    pub value: Vec<NestedOptionsRequiredItemValueItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct NestedOptionsRequiredItemValueItem(
    #[schemars(range(min = -32768, max = 32767))] pub Option<i64>,
);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NestedStruct {
    pub outer: Named,
    pub inner: Inner,
}

/// A person.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// First and last name.
    pub name: String,
    /// In years.
    #[schemars(range(max = 255))]
    pub age: u64,
    /// Where letters go.
    pub address: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inner {
    pub unit: Unit,
    pub empty: Empty,
    pub number: Newtype,
    pub pairs: Vec<Pair>,
}

/// Nothing but a name.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct Unit(pub ());

/// An object without properties.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

/// A customer's number.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct Newtype(#[schemars(range(max = 4294967295i64))] pub u64);

/// A place on earth: latitude, longitude.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    pub item_0: f64,
    pub item_1: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewtypeStruct {
    /// A customer's number.
    #[schemars(range(max = 4294967295i64))]
    pub value: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NonZeroI16 {
    #[schemars(range(min = -32768, max = 32767))]
    pub value: i64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NonZeroU64 {
    #[schemars(range(min = 1))]
    pub value: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NonZeroU8 {
    #[schemars(range(min = 1, max = 255))]
    pub value: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberBounds {
    #[schemars(range(min = 1, max = 20))]
    pub guests: u64,
    #[schemars(range(min = -1.5, max = 1.5))]
    pub tilt: f64,
    #[schemars(range(max = 65535))]
    #[schemars(extend("multipleOf" = 5))]
    pub minutes: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneGenericWithTwoArguments {
    pub first: Page,
    pub second: Page2,
    pub third: Vec<OneGenericWithTwoArgumentsThirdItem>,
}

/// Some of a longer list.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Page {
    #[schemars(inner(range(max = 255)))]
    pub items: Vec<u64>,
    #[schemars(range(max = 255))]
    pub next: Option<u64>,
}

/// Some of a longer list.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Page2 {
    pub items: Vec<Option<bool>>,
    pub next: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct OneGenericWithTwoArgumentsThirdItem {
    pub key: String,
    pub value: Page,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionType {
    #[schemars(range(max = 65535))]
    pub value: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionOfAMap {
    pub value: Option<Vec<OptionOfAMapValueItem>>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct OptionOfAMapValueItem {
    pub key: String,
    #[schemars(range(max = 255))]
    pub value: u64,
}

/// An order with discounts.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderWithDiscounts {
    #[schemars(extend("format" = "uuid"))]
    pub id: String,
    #[schemars(extend("format" = "date-time"))]
    pub placed_at: String,
    /// Pieces by article number.
    pub items: Vec<OrderWithDiscountsItem>,
    /// Null for the default: [].
    pub discounts: Option<Vec<Discount>>,
    pub ship_to: Option<OrderWithDiscountsAddress>,
    pub status: Status,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct OrderWithDiscountsItem {
    pub key: String,
    #[schemars(range(max = 4294967295i64))]
    pub value: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Discount {
    /// A share of the price.
    Percent {
        #[schemars(range(min = 1, max = 100))]
        percent: u64,
    },
    Fixed {
        #[schemars(range(max = 4294967295i64))]
        amount: u64,
        currency: OrderWithDiscountsCurrency,
    },
    FreeShipping,
    BuyNGetM {
        #[schemars(range(max = 255))]
        buy: u64,
        #[schemars(range(max = 255))]
        get: u64,
    },
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum OrderWithDiscountsCurrency {
    Eur,
    Usd,
    Vnd,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderWithDiscountsAddress {
    pub lines: Vec<String>,
    /// Two letters, ISO 3166. Exactly 2 characters.
    pub country: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Status {
    Open(StatusOpen),
    Object(StatusObject),
    Object2(StatusObject2),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum StatusOpen {
    Open,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct StatusObject {
    pub shipped: StatusObjectShipped,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct StatusObjectShipped {
    /// Format: uri.
    pub tracking: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct StatusObject2 {
    pub cancelled: String,
}

/// Some of a longer list.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageOfNumbers {
    #[schemars(inner(range(max = 255)))]
    pub items: Vec<u64>,
    #[schemars(range(max = 255))]
    pub next: Option<u64>,
}

/// Some of a longer list.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageOfPages {
    pub items: Vec<PageOfPagesPage>,
    pub next: Option<PageOfPagesPage>,
}

/// Some of a longer list.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageOfPagesPage {
    pub items: Vec<String>,
    pub next: Option<String>,
}

/// A place on earth: latitude, longitude.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairStruct {
    pub item_0: f64,
    pub item_1: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Path {
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlainEnum {
    /// Unit of temperature.
    pub value: PlainEnumValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum PlainEnumValue {
    Celsius,
    Fahrenheit,
    Kelvin,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlainEnumWithDocs {
    pub value: PlainEnumWithDocsValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum PlainEnumWithDocsValue {
    Never,
    /// Right now.
    Urgent,
    /// Some day.
    Later,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrefixTree {
    pub ends: bool,
    pub next: Vec<PrefixTreeNextItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct PrefixTreeNextItem {
    pub key: String,
    pub value: PrefixTree,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    #[schemars(range(max = 255))]
    pub start: u64,
    #[schemars(range(max = 255))]
    pub end: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadFromAText {
    /// Read by way of a text.
    #[schemars(regex(pattern = "^#[0-9a-f]{6}$"))]
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RenamedFields {
    #[serde(rename = "firstName")]
    pub first_name: String,
    #[serde(rename = "$ref")]
    #[schemars(range(max = 255))]
    pub r#ref: u64,
    #[serde(rename = "a/b~c")]
    #[schemars(range(max = 255))]
    pub a_b_c: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RenamedVariants {
    pub value: RenamedVariantsValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
#[schemars(inline)]
pub enum RenamedVariantsValue {
    #[serde(rename = "first-one")]
    FirstOne {
        #[serde(rename = "longName")]
        #[schemars(range(max = 255))]
        long_name: u64,
    },
    #[serde(rename = "2nd")]
    Value2nd {
        #[serde(rename = "otherName")]
        other_name: Option<bool>,
    },
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultType {
    pub value: ResultTypeValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum ResultTypeValue {
    Object(ResultTypeValueObject),
    Object2(ResultTypeValueObject2),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ResultTypeValueObject {
    #[serde(rename = "Ok")]
    #[schemars(range(max = 255))]
    pub ok: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ResultTypeValueObject2 {
    #[serde(rename = "Err")]
    pub err: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetOfPairs {
    /// No item twice.
    pub value: Vec<SetOfPairsValueItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SetOfPairsValueItem {
    #[schemars(range(max = 255))]
    pub item_0: u64,
    pub item_1: bool,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShoutingFieldsWithAliases {
    #[serde(rename = "VERY-LOUD")]
    pub very_loud: bool,
    #[serde(rename = "NOT-LOUD")]
    pub not_loud: bool,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedIntegers {
    #[schemars(range(min = -128, max = 127))]
    pub a: i64,
    #[schemars(range(min = -32768, max = 32767))]
    pub b: i64,
    #[schemars(range(min = -2147483648, max = 2147483647))]
    pub c: i64,
    pub d: i64,
    /// A whole number, written as text.
    #[schemars(regex(pattern = "^(0|-?[1-9][0-9]*)$"))]
    pub e: String,
    pub f: i64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SkippedFields {
    #[schemars(range(max = 255))]
    pub shown: u64,
    #[schemars(range(max = 255))]
    pub rare: Option<u64>,
    #[schemars(inner(range(max = 255)))]
    pub list: Option<Vec<u64>>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SocketAddresses {
    pub value: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlFilter {
    pub value: SqlFilterRoot,
}

/// The WHERE of a query.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum SqlFilterRoot {
    /// All of them hold.
    Object(SqlFilterRootObject),
    Object2(SqlFilterRootObject2),
    Object3(Box<SqlFilterRootObject3>),
    Object4(SqlFilterRootObject4),
    Object5(SqlFilterRootObject5),
    Object6(SqlFilterRootObject6),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SqlFilterRootObject {
    pub and: Vec<SqlFilterRoot>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SqlFilterRootObject2 {
    pub or: Vec<SqlFilterRoot>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SqlFilterRootObject3 {
    pub not: Box<SqlFilterRoot>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SqlFilterRootObject4 {
    pub compare: SqlFilterRootObject4Compare,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SqlFilterRootObject4Compare {
    pub column: String,
    pub operator: Operator,
    pub value: Literal,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub enum Operator {
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "<>")]
    LessGreater,
    #[serde(rename = "LIKE")]
    Like,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Literal {
    Integer(i64),
    Text(String),
    Boolean(bool),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SqlFilterRootObject5 {
    pub between: SqlFilterRootObject5Between,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SqlFilterRootObject5Between {
    pub column: String,
    pub low: Literal,
    pub high: Literal,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SqlFilterRootObject6 {
    pub is_null: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlQuery {
    pub table: String,
    pub columns: Vec<String>,
    pub filter: Option<Filter>,
    pub order_by: Vec<SqlQueryOrderByItem>,
    #[schemars(range(max = 1000))]
    pub limit: Option<u64>,
}

/// The WHERE of a query.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Filter {
    /// All of them hold.
    Object(FilterObject),
    Object2(FilterObject2),
    Object3(Box<FilterObject3>),
    Object4(FilterObject4),
    Object5(FilterObject5),
    Object6(FilterObject6),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FilterObject {
    pub and: Vec<Filter>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FilterObject2 {
    pub or: Vec<Filter>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FilterObject3 {
    pub not: Box<Filter>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FilterObject4 {
    pub compare: FilterObject4Compare,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FilterObject4Compare {
    pub column: String,
    pub operator: SqlQueryOperator,
    pub value: SqlQueryLiteral,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub enum SqlQueryOperator {
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "<>")]
    LessGreater,
    #[serde(rename = "LIKE")]
    Like,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum SqlQueryLiteral {
    Integer(i64),
    Text(String),
    Boolean(bool),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FilterObject5 {
    pub between: FilterObject5Between,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FilterObject5Between {
    pub column: String,
    pub low: SqlQueryLiteral,
    pub high: SqlQueryLiteral,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FilterObject6 {
    pub is_null: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct SqlQueryOrderByItem {
    pub item_0: String,
    pub item_1: Direction,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Asc,
    Desc,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StringType {
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StructOfEnums {
    pub plain: Plain,
    pub optional: Option<Plain>,
    pub external: Option<External>,
    pub many: Vec<Internal>,
    pub both: StructOfEnumsBoth,
}

/// Unit of temperature.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub enum Plain {
    Celsius,
    Fahrenheit,
    Kelvin,
}

/// As serde does it when nothing is said.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum External {
    Nothing(ExternalNothing),
    /// One number.
    Object(ExternalObject),
    Object2(ExternalObject2),
    Object3(ExternalObject3),
    Object4(ExternalObject4),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum ExternalNothing {
    Nothing,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ExternalObject {
    #[serde(rename = "Newtype")]
    #[schemars(range(min = -2147483648, max = 2147483647))]
    pub newtype: i64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ExternalObject2 {
    #[serde(rename = "Tuple")]
    pub tuple: ExternalObject2Tuple,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ExternalObject2Tuple {
    #[schemars(range(max = 255))]
    pub item_0: u64,
    pub item_1: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ExternalObject3 {
    #[serde(rename = "Struct")]
    pub r#struct: ExternalObject3Struct,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ExternalObject3Struct {
    /// Its width.
    pub width: f64,
    pub height: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct ExternalObject4 {
    #[serde(rename = "List")]
    #[schemars(inner(range(max = 255)))]
    pub list: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", deny_unknown_fields)]
pub enum Internal {
    Nothing,
    /// A round one.
    Circle {
        radius: f64,
    },
    Newtype {
        #[schemars(range(max = 65535))]
        side: u64,
        note: Option<String>,
    },
    Empty,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct StructOfEnumsBoth {
    pub item_0: StructOfEnumsAdjacent,
    pub item_1: Untagged,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(tag = "t", deny_unknown_fields)]
pub enum StructOfEnumsAdjacent {
    Nothing,
    Newtype { c: i64 },
    Tuple { c: StructOfEnumsAdjacentTupleC },
    Struct { c: StructOfEnumsAdjacentStructC },
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct StructOfEnumsAdjacentTupleC {
    pub item_0: bool,
    #[schemars(range(min = -128, max = 127))]
    pub item_1: i64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct StructOfEnumsAdjacentStructC {
    #[schemars(range(max = 255))]
    pub a: u64,
    pub b: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub struct Untagged(pub Option<UntaggedValue>);

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum UntaggedValue {
    Integer(#[schemars(range(min = -2147483648, max = 2147483647))] i64),
    Text(String),
    Object(UntaggedObject),
    Object2(UntaggedObject2),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct UntaggedObject {
    pub x: f64,
    pub y: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct UntaggedObject2 {
    pub name: String,
}

/// Each one has a default of its own.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StructWithDefaults {
    /// Null for the default: 3.
    #[schemars(range(max = 255))]
    pub retries: Option<u64>,
    /// Null for the default: "main".
    pub name: Option<String>,
    /// Null for the default: 0.5.
    pub ratio: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemTime {
    pub secs_since_epoch: u64,
    #[schemars(range(max = 4294967295i64))]
    pub nanos_since_epoch: u64,
}

/// Bounds that strict mode does not know.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextBounds {
    /// 1 to 8 characters.
    pub code: String,
    #[schemars(regex(pattern = "^[A-Z]{3}[0-9]+$"))]
    pub flight: String,
    #[schemars(extend("format" = "email"))]
    pub mail: String,
    #[schemars(length(min = 1, max = 2))]
    #[schemars(inner(range(max = 255)))]
    pub list: Vec<u64>,
    /// Exactly 3 characters.
    pub inner: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransparentGeneric {
    #[schemars(range(max = 255))]
    pub value: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransparentStruct {
    /// The only one.
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TreeOfNames {
    pub name: String,
    pub children: Vec<TreeOfNames>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TreeSetOfEnums {
    /// No item twice.
    pub value: Vec<Weekday>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TupleOf1 {
    pub item_0: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TupleOf3 {
    #[schemars(range(max = 255))]
    pub item_0: u64,
    pub item_1: String,
    pub item_2: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TupleStruct {
    pub item_0: bool,
    pub item_1: String,
    #[schemars(range(min = -2147483648, max = 2147483647))]
    pub item_2: Option<i64>,
    #[schemars(inner(range(max = 255)))]
    pub item_3: Vec<u64>,
    pub item_4: TupleStructPair,
}

/// A place on earth: latitude, longitude.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TupleStructPair {
    pub item_0: f64,
    pub item_1: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TupleVariants {
    pub value: TupleVariantsValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum TupleVariantsValue {
    Object(TupleVariantsValueObject),
    Object2(TupleVariantsValueObject2),
    Object3(TupleVariantsValueObject3),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct TupleVariantsValueObject {
    #[serde(rename = "One")]
    pub one: TupleVariantsValueObjectOne,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct TupleVariantsValueObjectOne {
    pub item_0: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct TupleVariantsValueObject2 {
    #[serde(rename = "Two")]
    pub two: TupleVariantsValueObject2Two,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct TupleVariantsValueObject2Two {
    pub item_0: String,
    pub item_1: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct TupleVariantsValueObject3 {
    #[serde(rename = "Three")]
    pub three: TupleVariantsValueObject3Three,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct TupleVariantsValueObject3Three {
    #[schemars(range(max = 255))]
    pub item_0: u64,
    pub item_1: TupleVariantsPlain,
    pub item_2: Side,
}

/// Unit of temperature.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
pub enum TupleVariantsPlain {
    Celsius,
    Fahrenheit,
    Kelvin,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Side {
    #[schemars(range(max = 65535))]
    pub side: u64,
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TuplesInTuples {
    pub item_0: TuplesInTuplesItem0,
    #[schemars(length(min = 2, max = 2))]
    pub item_1: Vec<TuplesInTuplesItem1Item>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct TuplesInTuplesItem0 {
    #[schemars(range(max = 255))]
    pub item_0: u64,
    #[schemars(range(max = 255))]
    pub item_1: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct TuplesInTuplesItem1Item {
    pub item_0: bool,
    /// Exactly 1 character.
    pub item_1: String,
}

/// A page that is made of boxes in boxes.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UiTree {
    pub r#type: ElementKind,
    pub label: String,
    pub children: Vec<UiTree>,
    pub attributes: Vec<Attribute>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ElementKind {
    Button,
    Div,
    Form,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    pub name: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unit2 {}

/// Nothing but a name.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitStruct {}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnsignedIntegers {
    #[schemars(range(max = 255))]
    pub a: u64,
    #[schemars(range(max = 65535))]
    pub b: u64,
    #[schemars(range(max = 4294967295i64))]
    pub c: u64,
    pub d: u64,
    /// A whole number, written as text.
    #[schemars(regex(pattern = "^(0|[1-9][0-9]*)$"))]
    pub e: String,
    pub f: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Untagged2 {
    pub value: Option<Untagged2Value>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum Untagged2Value {
    Integer(#[schemars(range(min = -2147483648, max = 2147483647))] i64),
    Text(String),
    Object(Untagged2ValueObject),
    Object2(Untagged2ValueObject2),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Untagged2ValueObject {
    pub x: f64,
    pub y: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Untagged2ValueObject2 {
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UntaggedArrays {
    pub value: UntaggedArraysValue,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum UntaggedArraysValue {
    Integer(#[schemars(range(max = 255))] u64),
    Object(UntaggedArraysValueObject),
    Object2(UntaggedArraysValueObject2),
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct UntaggedArraysValueObject {
    #[schemars(range(max = 255))]
    pub item_0: u64,
    #[schemars(range(max = 255))]
    pub item_1: u64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct UntaggedArraysValueObject2 {
    #[schemars(inner(range(max = 255)))]
    pub list: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Uuid {
    #[schemars(extend("format" = "uuid"))]
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VecOfNumbers {
    #[schemars(inner(range(min = -2147483648, max = 2147483647)))]
    pub value: Vec<i64>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VecOfVecs {
    pub value: Vec<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wrapping {
    #[schemars(range(max = 65535))]
    pub value: u64,
}
