//! The macros of `openai-tools`: `#[tool]`, `#[derive(Tool)]` and `#[derive(Context)]`.
//!
//! Use them through that crate, which re-exports them: the code that they write names its hidden
//! module `__private`, which changes from release to release.

mod diag;
mod expand;
mod ir;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Makes a tool of a function.
///
/// ```text
/// /// Current weather in one city.
/// #[tool(timeout = "10s", read_only)]
/// async fn get_weather(
///     /// City and country, such as "Hanoi, Vietnam".
///     city: String,
///     /// Temperature unit; the country's own when left out.
///     unit: Option<Unit>,
///     #[context] http: &Http,
/// ) -> Result<Weather, WeatherError> { … }
///
/// let tools = Toolbox::for_context::<Http>().with(get_weather)?;
/// let weather = get_weather("Hanoi".to_owned(), None, &http).await?;
/// ```
///
/// # What becomes of the function
///
/// A value of its name and visibility, which is `Copy` and
/// - is called like the function. A call of an async tool costs one allocation more than that of a
///   plain function; calls by the model do not. Where a function is wanted as a value, write
///   `*get_weather`, which is a function pointer;
/// - implements `IntoTool<C>` for every context `C` that has what the function asks for, so it can
///   be put into a `Toolbox<C>`;
/// - has `get_weather::definition()`, what the model is told, also in builds without the feature
///   `dispatch`.
///
/// It is a static, and Rust does not let these be shadowed: where it is in scope, no variable
/// and no parameter can have its name (E0530), and no type or module beside it. Verbs make good
/// names: `get_weather` leaves `weather` free.
///
/// The tool's description is the function's doc comment; the lines of a paragraph are joined. An
/// async tool has to be `Send`. A sync tool runs off the async threads.
///
/// # Parameters
///
/// The model gives each parameter that is not marked `#[context]`. Its type has to be owned and to
/// implement `serde::Deserialize` and `schemars::JsonSchema`; `Option` makes it nullable. Doc
/// comments describe it; `#[serde(…)]` and `#[schemars(…)]` mean what they mean on a field of a
/// struct. The crate needs neither serde nor schemars for its own part.
///
/// `#[context]` marks what the application gives and the model never sees: `&T` of what the
/// context provides (see `Context` and `Provide`), and by value `ToolCallId`,
/// `CancellationToken` and `ToolContext<C>`. A toolbox whose context lacks it does not compile.
///
/// # Outputs
///
/// Everything that implements `serde::Serialize`, `()`, `Content`, and a `Result` of these whose
/// error converts into `Box<dyn Error + Send + Sync>`: every `std::error::Error`, `String`,
/// `&str`, `anyhow::Error`, `ToolError`. Aliases of `Result` are seen through.
///
/// # Keys
///
/// | key | meaning | default |
/// |---|---|---|
/// | `name = "…"` | name for the model: 1 to 64 of `A-Z a-z 0-9 _ -`, checked at compile time | the function's |
/// | `description = "…"` | description for the model | the doc comment |
/// | `strict = false` | the schema is sent as it is, not in strict mode | true |
/// | `timeout = "10s"` | time for one call: a number with `ms`, `s`, `m` or `h` | the dispatcher's, 60 s |
/// | `read_only` | a call changes nothing, so running it needlessly does no harm | not set |
/// | `crate = "…"` | where the library is found, if not at `::openai_tools` | `::openai_tools` |
#[proc_macro_attribute]
pub fn tool(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand::tool(attr.into(), item.into()).into()
}

/// Implements `Tool` for a struct, whose fields are the parameters, or `ToolSet` for an enum, each
/// of whose variants is a tool.
///
/// ```text
/// /// Book a table at a restaurant.
/// #[derive(Deserialize, JsonSchema, Tool)]
/// #[tool(timeout = "10s")]
/// struct BookTable {
///     /// The restaurant's id, as `find_restaurants` returned it.
///     restaurant: String,
///     #[schemars(range(min = 1, max = 20))]
///     guests: u8,
/// }
/// ```
///
/// The tool is called like the type in `snake_case`: `BookTable` as `book_table`, `HTTPGet` as
/// `http_get`. The description is the doc comment. What happens at a call is written as
/// `impl Callable<C>`; `BookTable::tool()` is what goes into a toolbox.
///
/// `#[tool(…)]` on the struct takes the keys `name`, `description`, `strict`, `timeout`,
/// `read_only` and `crate`, which mean what they mean for the attribute `#[tool]` on functions.
///
/// The struct has named fields (also none: `struct Ping {}`), or stands as a newtype for another
/// such struct. It may have type parameters: all its instances share one name.
///
/// # Enums
///
/// ```text
/// #[derive(Tool)]
/// enum Action {
///     /// Search the catalogue.
///     Search { query: String },
///     /// Put an item into the basket.
///     AddToBasket(AddToBasket),
///     /// Show the basket.
///     ShowBasket,
///     #[tool(set)]
///     Account(AccountAction),
/// }
/// ```
///
/// A variant with named fields is a tool with these parameters; docs, `#[serde(…)]` and
/// `#[schemars(…)]` on the fields hold, and the enum needs no other derive. A unit variant is a tool
/// without parameters. A variant around a type that is a tool is that tool, under the type's name
/// and description unless the variant has its own. With `#[tool(set)]` the variant holds all tools
/// of another enum.
///
/// The tools are called like their variants in `snake_case`. `rename_all` on a variant and
/// `rename_all_fields` on the enum rename parameters, and a variant with `#[serde(skip)]` is no
/// tool; what else serde is told of variants concerns the enum as a value in JSON, which no call
/// is. Two tools of one name are a compile error where both names stand in the enum, and an error
/// of kind `Definition` where one comes from another type.
///
/// `#[tool(…)]` on a variant takes `name`, `description`, `strict` and `set`; on the enum `crate`.
/// An enum has no type parameters.
#[proc_macro_derive(Tool, attributes(tool, serde, schemars))]
pub fn derive_tool(input: TokenStream) -> TokenStream {
    expand::derive_tool(input.into()).into()
}

/// Implements `Provide<T>` for each field of a struct, so that tools can ask for `#[context] &T`.
///
/// ```text
/// #[derive(Context)]
/// struct App {
///     pool: Pool,
///     mailer: Mailer,
///     #[context(skip)]
///     started: Instant,
/// }
/// ```
///
/// Tools ask by type, so no two fields may have the same; `#[context(skip)]` leaves one out.
/// `#[context(crate = "…")]` on the struct says where the library is found, if not at
/// `::openai_tools`.
#[proc_macro_derive(Context, attributes(context))]
pub fn derive_context(input: TokenStream) -> TokenStream {
    expand::derive_context(input.into()).into()
}
