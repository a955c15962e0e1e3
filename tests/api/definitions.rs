//! What the macros tell the model: the exact JSON of definitions.

use std::time::Duration;

use openai_tools::{
    Error, ErrorKind, Tool, ToolCall, ToolCallId, ToolDefinition, Toolbox, dispatch::Dispatcher,
    tool,
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Value, json};

/// The unit of a temperature.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Unit {
    Celsius,
    Fahrenheit,
}

/// Current weather
/// in one city.
///
/// Not a forecast.
#[tool(timeout = "10s", read_only)]
async fn read_weather(
    /// City and country,
    /// such as "Hanoi, Vietnam".
    city: String,
    #[context] _pool: &u8,
    days: Option<u8>,
    #[context] _id: ToolCallId,
) -> String {
    format!("{city} {days:?}")
}

#[tool(name = "Say-it", description = "Says it.", strict = false)]
fn say(
    #[serde(rename = "what")]
    #[schemars(length(max = 9))]
    text: String,
    r#type: Option<bool>,
) -> String {
    format!("{text} {type:?}")
}

#[tool]
fn beep() {}

/// Book a table
/// at a restaurant.
#[derive(Deserialize, JsonSchema, Tool)]
#[tool(timeout = "1.5s")]
#[expect(dead_code, reason = "only its schema is looked at")]
struct BookHTTPTable {
    /// How many come.
    guests: u8,
    unit: Unit,
}

#[derive(Deserialize, JsonSchema, Tool)]
struct Ping {}

fn sent(definition: Result<ToolDefinition, Error>) -> Value {
    serde_json::to_value(definition.expect("the tool can be defined")).expect("it is JSON")
}

#[test]
fn a_function_is_defined_by_its_docs_and_parameters() {
    assert_eq!(
        sent(read_weather::definition()),
        json!({
            "name": "read_weather",
            "description": "Current weather in one city.\n\nNot a forecast.",
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {
                        "description": "City and country, such as \"Hanoi, Vietnam\".",
                        "type": "string",
                    },
                    "days": {
                        "type": ["integer", "null"],
                        "minimum": 0,
                        "maximum": 255,
                    },
                },
                "required": ["city", "days"],
                "additionalProperties": false,
            },
            "strict": true,
        })
    );
}

#[test]
fn keys_and_attributes_change_what_the_model_is_told() {
    let sent = sent(say::definition());
    assert_eq!(sent["name"], "Say-it");
    assert_eq!(sent["description"], "Says it.");
    assert_eq!(sent["strict"], false);
    assert_eq!(
        sent["parameters"]["properties"],
        json!({
            "what": {"type": "string", "maxLength": 9},
            "type": {"type": ["boolean", "null"]},
        })
    );
    assert_eq!(sent["parameters"]["required"], json!(["what"]));
}

fn seven() -> u8 {
    7
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_seven(number: &u8) -> bool {
    *number == 7
}

fn doubled<'de, D: Deserializer<'de>>(number: D) -> Result<u32, D::Error> {
    u32::deserialize(number).map(|number| 2 * number)
}

fn parsed<'de, D: Deserializer<'de>>(number: D) -> Result<u16, D::Error> {
    let text = String::deserialize(number)?;
    text.parse().map_err(de::Error::custom)
}

#[derive(Debug, Default, Deserialize, JsonSchema, Serialize)]
struct Page {
    offset: Option<u64>,
}

/// What a derive makes of the parameters below.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is of interest")]
struct Attributes {
    /// # Heading
    ///
    /// Text.
    #[serde(default)]
    words: Vec<String>,
    #[serde(default = "seven", skip_serializing_if = "is_seven")]
    seven: u8,
    #[serde(default = "seven")]
    #[schemars(range(min = 3))]
    more: u8,
    #[serde(deserialize_with = "doubled")]
    doubled: u32,
    #[serde(deserialize_with = "parsed")]
    #[schemars(with = "String")]
    other: u16,
    #[serde(default)]
    page: Page,
    #[serde(alias = "old", rename = "new")]
    renamed: Option<Page>,
    #[serde(flatten)]
    flat: Page,
}

#[tool]
#[expect(clippy::too_many_arguments, reason = "one for each attribute")]
fn attributes(
    /// # Heading
    ///
    /// Text.
    #[serde(default)]
    words: Vec<String>,
    #[serde(default = "seven", skip_serializing_if = "is_seven")] seven: u8,
    #[serde(default = "seven")]
    #[schemars(range(min = 3))]
    more: u8,
    #[serde(deserialize_with = "doubled")] doubled: u32,
    #[serde(deserialize_with = "parsed")]
    #[schemars(with = "String")]
    other: u16,
    #[serde(default)] page: Page,
    #[serde(alias = "old", rename = "new")] renamed: Option<Page>,
    #[serde(flatten)] flat: Page,
) -> String {
    let renamed = renamed.map(|page| page.offset);
    format!("{words:?} {seven} {more} {doubled} {other} {page:?} {renamed:?} {:?}", flat.offset)
}

#[tokio::test]
async fn attributes_of_parameters_do_what_they_do_to_fields() {
    let mut derived = openai_tools::schema::generate::<Attributes>();
    derived.as_object_mut().expect("an object").shift_remove("description");
    let derived = ToolDefinition::new("attributes", derived).build();
    let (told, derived) = (sent(attributes::definition()), sent(derived));
    assert_eq!(told["parameters"].to_string(), derived["parameters"].to_string());
    assert_eq!(told["parameters"]["properties"]["more"]["minimum"], 3);

    // What a server without strict mode sends.
    let arguments = r#"{"doubled": 4, "other": "5", "offset": 9, "new": {"offset": 1}}"#;
    let call = ToolCall::new("call_1", "attributes", arguments);
    let tools = Toolbox::new().with(attributes).expect("a tool");
    let dispatched = Dispatcher::new(&tools).dispatch(&[call]).await;
    let output = &dispatched.records[0].output.text;
    assert_eq!(output, "[] 7 7 8 5 Page { offset: None } Some(Some(1)) Some(9)");
}

#[test]
fn a_function_without_parameters_has_an_empty_object() {
    assert_eq!(
        sent(beep::definition()),
        json!({
            "name": "beep",
            "parameters": {
                "type": "object",
                "properties": {},
                "required": [],
                "additionalProperties": false,
            },
            "strict": true,
        })
    );
    assert_eq!(sent(Ping::definition())["parameters"], sent(beep::definition())["parameters"]);
}

#[test]
fn a_struct_is_defined_by_its_docs_and_fields() {
    let sent = sent(BookHTTPTable::definition());
    assert_eq!(sent["name"], "book_http_table");
    assert_eq!(sent["description"], "Book a table at a restaurant.");
    assert_eq!(sent["strict"], true);
    assert_eq!(sent["parameters"].get("description"), None, "it is not sent twice");
    assert_eq!(sent["parameters"]["required"], json!(["guests", "unit"]));
    assert_eq!(
        sent["parameters"]["properties"]["guests"],
        json!({"description": "How many come.", "type": "integer", "minimum": 0, "maximum": 255})
    );
    assert_eq!(BookHTTPTable::settings().timeout(), Some(Duration::from_millis(1_500)));
}

#[test]
fn docs_that_say_more_than_the_description_are_sent_too() {
    /// Where the order goes.
    #[derive(Deserialize, JsonSchema, Tool)]
    #[tool(description = "Ships an order.")]
    struct Ship {}

    let sent = sent(Ship::definition());
    assert_eq!(sent["description"], "Ships an order.");
    assert_eq!(sent["parameters"]["description"], "Where the order goes.");
}

#[test]
fn the_order_of_parameters_is_the_order_of_declaration() {
    #[tool]
    fn ordered(zulu: u8, alpha: u8, mike: u8) -> u8 {
        zulu + alpha + mike
    }

    let definition = ordered::definition().expect("the tool can be defined");
    let text = definition.parameters().to_string();
    let found = ["zulu", "alpha", "mike"].map(|name| text.find(&format!("\"{name}\":")));
    assert!(found.is_sorted() && found.iter().all(Option::is_some), "{text}");
    assert_eq!(definition.parameters()["required"], json!(["zulu", "alpha", "mike"]));
}

#[test]
fn a_toolbox_holds_what_the_function_defines() {
    let tools = Toolbox::for_context::<u8>().with(read_weather).expect("a good tool");
    let held = tools.definitions().next().expect("one tool");
    assert_eq!(sent(Ok(held.clone())), sent(read_weather::definition()));

    let error = tools.with(read_weather).expect_err("the name is taken");
    assert_eq!(error.kind(), ErrorKind::Definition);
    assert!(error.to_string().contains("two tools are called `read_weather`"), "{error}");
}

#[tokio::test]
async fn the_function_can_still_be_called() {
    let text = read_weather("Hanoi".to_owned(), &1, Some(2), ToolCallId::new("c")).await;
    assert_eq!(text, "Hanoi Some(2)");
    assert_eq!(say("a".to_owned(), None), "a None");
    assert_eq!([1, 2].map(|_| say("b".to_owned(), Some(true))), ["b Some(true)"; 2]);
    beep();
}

#[test]
fn a_definition_that_claims_to_be_strict_is_held_to_the_subset() {
    let mut json = json!({
        "name": "lookup",
        "parameters": {"type": "object", "properties": {"key": {"type": "string"}}},
        "strict": true,
    });
    let error = ToolDefinition::from_json(&json).expect_err("open, and optional");
    assert_eq!(error.kind(), ErrorKind::Definition);
    let told = std::error::Error::source(&error).expect("the places").to_string();
    assert!(told.contains("at /properties/key: `key` is not in `required`"), "{told}");
    json["strict"] = false.into();
    assert!(!ToolDefinition::from_json(&json).expect("not strict").is_strict());
}

#[test]
fn a_definition_whose_parameters_stand_under_another_key_is_refused() {
    for key in ["paramters", "Parameters", "inputSchema", "input_schema", "args"] {
        let json = json!({"type": "function", "function": {"name": "a", key: {"type": "object"}}});
        let error = ToolDefinition::from_json(&json).expect_err("it would seem to have none");
        let said = error.to_string();
        assert!(said.contains(&format!("rename `{key}`")), "{said}");
    }
    for other in ["annotations", "_meta"] {
        let json = json!({"name": "a", other: {}, "defer_loading": true});
        assert!(ToolDefinition::from_json(&json).is_ok(), "{other}");
    }
}
