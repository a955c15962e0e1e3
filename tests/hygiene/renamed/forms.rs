//! Every form of a tool in a crate without serde, schemars or anything else of its own,
//! where the library has another name.

use std::sync::Arc;

use sdk::{
    Callable, Context, Tool, ToolContext, ToolError, ToolSet, Toolbox,
    schemars::JsonSchema,
    serde::{Deserialize, Serialize},
    tool, toolbox,
};

struct Country(String);

#[derive(Context)]
#[context(crate = "sdk")]
struct App {
    country: Country,
}

#[derive(Deserialize, JsonSchema, Serialize)]
#[serde(crate = "sdk::serde")]
#[schemars(crate = "sdk::schemars")]
struct City {
    name: String,
}

/// Its parameters are data.
#[tool(crate = "sdk")]
fn weather_in(city: City, #[context] country: &Country) -> City {
    City { name: city.name + ", " + &country.0 }
}

/// Its parameters are a struct with the derives.
#[tool(crate = "sdk", concurrency = 2)]
async fn capital_of(
    #[schemars(length(min = 2))]
    #[serde(rename = "where")]
    country: String,
) -> Result<City, ToolError> {
    Ok(City { name: country })
}

/// A struct.
#[derive(Deserialize, JsonSchema, Tool)]
#[tool(crate = "sdk")]
#[serde(crate = "sdk::serde")]
#[schemars(crate = "sdk::schemars")]
struct Book {
    guests: u8,
}

impl Callable<App> for Book {
    type Output = u8;
    type Error = ToolError;

    async fn call(self, _: ToolContext<App>) -> Result<u8, ToolError> {
        Ok(self.guests)
    }
}

#[derive(Tool)]
#[tool(crate = "sdk")]
enum Action {
    /// Search.
    Search {
        words: Vec<String>,
    },
    #[tool(name = "filter")]
    FilterBy {
        #[serde(rename = "city")]
        place: City,
    },
    Book(Book),
    /// Stop.
    Stop,
}

struct Calendar;

#[toolbox(prefix = "calendar_", crate = "sdk")]
impl Calendar {
    /// Events of one day.
    #[tool(read_only)]
    async fn events(&self, day: u8) -> Vec<City> {
        vec![City { name: day.to_string() }]
    }
}

#[test]
fn every_form_is_told_of() {
    let toolbox = Toolbox::for_context::<App>()
        .with(weather_in)
        .and_then(|tools| tools.with(capital_of))
        .and_then(|tools| tools.with(Book::tool()))
        .and_then(|tools| tools.extend(Arc::new(Calendar).tools()))
        .expect("distinct");
    let names: Vec<_> = toolbox.definitions().map(|tool| tool.name().as_str()).collect();
    assert_eq!(names, ["weather_in", "capital_of", "book", "calendar_events"]);
    let set = Action::definitions().expect("sound");
    let names: Vec<_> = set.iter().map(|tool| tool.name().as_str()).collect();
    assert_eq!(names, ["search", "filter", "book", "stop"]);
}

#[test]
fn functions_stay_functions() {
    let city = City { name: "Hanoi".to_owned() };
    let app = App { country: Country("Vietnam".to_owned()) };
    assert_eq!(weather_in(city, &app.country).name, "Hanoi, Vietnam");
    drop(capital_of("Vietnam".to_owned()));
}

#[test]
fn calls_are_read() {
    let call = sdk::ToolCall::new("c1", "filter", r#"{"city": {"name": "Hanoi"}}"#);
    let read = Action::parse(&call).expect("sound");
    assert!(matches!(&read, Action::FilterBy { place } if place.name == "Hanoi"));
    let call = sdk::ToolCall::new("c1", "search", r#"{"words": ["lamp"]}"#);
    let read = Action::parse(&call).expect("sound");
    assert!(matches!(&read, Action::Search { words } if words == &["lamp"]));
    let call = sdk::ToolCall::new("c1", "book", r#"{"guests": 2}"#);
    let read = Action::parse(&call).expect("sound");
    assert!(matches!(&read, Action::Book(Book { guests: 2 })));
    let call = sdk::ToolCall::new("c1", "stop", "{}");
    assert!(matches!(Action::parse(&call).expect("sound"), Action::Stop));
}
