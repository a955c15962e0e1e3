//! Every form of a struct.

use openai_tools::{Callable, Tool, ToolContext, Toolbox, tool};
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};

/// Book a table
/// at a restaurant.
///
/// Ask before you book.
#[derive(Deserialize, JsonSchema, Tool)]
#[tool(timeout = "500ms")]
#[tool(read_only)]
struct BookTable {
    /// How many.
    guests: u8,
}

#[derive(Deserialize, JsonSchema, Tool)]
struct Ping {}

#[derive(Deserialize, JsonSchema, Tool)]
#[tool(name = "Newtype", description = "Another name.", strict = false)]
struct Wrapped(#[expect(dead_code)] BookTable);

/// No parameters at all.
#[derive(Deserialize, JsonSchema, Tool)]
#[tool(idempotent = true, sequential, needs_approval, output_schema = "Vec<u8>")]
struct Stop;

#[derive(Deserialize, JsonSchema, Tool)]
#[tool(read_only = false, output_schema = false, documented = false)]
struct Move(
    /// To the east.
    #[expect(dead_code)]
    f64,
    /// To the north.
    #[expect(dead_code)]
    f64,
);

#[derive(Deserialize, JsonSchema, Tool)]
struct Search<T, const N: usize>
where
    T: Clone,
{
    #[expect(dead_code)]
    filter: Option<T>,
}

impl Callable for BookTable {
    type Output = u8;
    type Error = std::convert::Infallible;

    async fn call(self, _: ToolContext) -> Result<u8, Self::Error> {
        Ok(self.guests)
    }
}

/// Both macros in one scope.
#[tool]
fn ping() {}

fn is_tool<T: Tool + DeserializeOwned>() -> &'static str {
    T::NAME
}

fn main() -> Result<(), openai_tools::Error> {
    assert_eq!(BookTable::NAME, "book_table");
    assert_eq!(
        BookTable::DESCRIPTION,
        Some("Book a table at a restaurant.\n\nAsk before you book.")
    );
    assert_eq!(BookTable::settings().timeout(), Some(std::time::Duration::from_millis(500)));
    assert!(BookTable::settings().read_only() && !Ping::settings().read_only());
    assert_eq!((Ping::NAME, Ping::DESCRIPTION), ("ping", None));
    const { assert!(Ping::STRICT && !Wrapped::STRICT) };
    assert_eq!((is_tool::<Wrapped>(), is_tool::<Search<u8, 3>>()), ("Newtype", "search"));
    assert!(Stop::settings().idempotent() && Stop::settings().needs_approval());
    let stop = Stop::definition()?;
    assert_eq!(stop.parameters()["properties"].as_object().unwrap().len(), 0);
    assert_eq!(stop.output_schema().unwrap()["type"], "array");
    let to_move = Move::definition()?;
    let north = &to_move.parameters()["properties"]["item_1"];
    assert_eq!(north["description"], "To the north.");
    assert_eq!(Toolbox::new().with(BookTable::tool())?.with(ping)?.len(), 2);
    Ok(())
}
