//! The macros of `openai-tools`: `#[tool]`, `#[toolbox]`, `#[derive(Tool)]` and
//! `#[derive(Context)]`.
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
/// The definition carries the schema of the output where the returned type, or the `T` of a
/// returned `Result<T, E>`, implements `schemars::JsonSchema`; nobody has to implement it. What is
/// sent as bare text (a `String`, an enum of texts) has none. The Responses API is told of it, chat
/// completions is not.
///
/// # Custom tools
///
/// With `custom` the model writes a text in place of JSON, which is the one parameter of the
/// function, a `String`; `lark = …` or `regex = …` is the grammar that the server holds it to, as a
/// literal, a constant or an `include_str!`. A text that does not match a regular expression is
/// refused before the call.
///
/// ```text
/// /// Run a query on the database.
/// #[tool(custom, lark = include_str!("select.lark"), read_only)]
/// async fn query(sql: String, #[context] pool: &Pool) -> Result<Vec<Row>, DbError> { … }
/// ```
///
/// # Keys
///
/// Of `#[tool(…)]` and `#[toolbox(…)]`, wherever they stand: on functions (fn), methods of a block
/// (method), structs (struct), enums (enum), their variants (variant) and blocks (impl).
///
/// | key | where | meaning | default |
/// |---|---|---|---|
/// | `name = "…"` | fn, method, struct, variant | name for the model: 1 to 64 of `A-Z a-z 0-9 _ -`, checked at compile time | that of the item; of types and variants in `snake_case` |
/// | `description = "…"` | fn, method, struct, variant | description for the model; on an impl with `namespace` that of the namespace | the doc comment |
/// | `strict = false` | fn, method, struct, variant¹ | the schema is sent as it is, not in strict mode | true |
/// | `timeout = "10s"` | fn, method, struct, variant¹ | time for one call: a number with `ms`, `s`, `m` or `h` | the dispatcher's, 60 s |
/// | `concurrency = 4` | fn, method, struct, variant¹ | how many calls of the tool run at the same time in one run, at the most: 1 to 4294967295; further ones wait, and calls of other tools pass them by | that of all tools together, 64 |
/// | `read_only` | fn, method, struct, variant¹ | a call changes nothing, so running it needlessly does no harm | not set |
/// | `idempotent` | fn, method, struct, variant¹ | a second call with the same arguments changes nothing more; `read_only` says so too | not set |
/// | `sequential` | fn, method, struct, variant¹ | a call runs alone, in its place in the order of the response's calls | not set |
/// | `needs_approval` | fn, method, struct, variant¹ | no call runs before somebody has approved it | not set |
/// | `output_schema = "Type"` | fn, method, struct, variant¹ | the outputs hold JSON of this type; `false` for none | fn, method: the return type if it has a schema; else none |
/// | `custom` | fn, method, struct, variant¹ | a custom tool: the model writes a text, which is the one parameter | a function |
/// | `lark = …`, `regex = …` | fn, method, struct, variant¹ | the grammar of a custom tool | any text |
/// | `defer_loading` | fn, method, struct, variant¹ | the model has to look for the tool (Responses API) | not set |
/// | `allowed_callers(direct, programmatic)` | fn, method, struct, variant¹ | who may call the tool: the model, or programs that it writes (Responses API) | not sent, which is the model |
/// | `namespace = "…"` | impl | the namespace of the tools (Responses API), described by the block's doc comment | none |
/// | `documented` | all but variant¹ | a tool or a parameter without a description is a compile error | not set |
/// | `prefix = "…"` | enum, impl, variant with `set` | what each name begins with, given ones included | none |
/// | `set` | variant | the variant holds all tools of another enum | one tool |
/// | `tools = "…"` | impl | name of the method that makes the tools, for a second block of one type | `tools` |
/// | `crate = "…"` | fn, struct, enum, impl | where the library is found, if not at `::openai_tools` | `::openai_tools` |
///
/// ¹ not on a variant around a type: there the type says it. `documented` asks nothing of such a
/// type.
///
/// A key without a value (`read_only`) can also be written with `= true` or `= false`.
#[proc_macro_attribute]
pub fn tool(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand::tool(attr.into(), item.into()).into()
}

/// Makes tools of the methods of an `impl` block that are marked with `#[tool]`.
///
/// ```text
/// #[toolbox(prefix = "calendar_")]
/// impl<S: Store> Calendar<S> {
///     /// Events of one day.
///     #[tool(read_only)]
///     async fn events(
///         &self,
///         /// The day, such as 2026-05-01.
///         day: Date,
///     ) -> Result<Vec<Event>, CalendarError> { … }
///
///     /// Delete an event.
///     #[tool(needs_approval)]
///     async fn delete(&self, id: EventId, #[context] user: &UserId) -> Result<(), CalendarError> { … }
///
///     fn not_a_tool(&self) { … }
/// }
///
/// let calendar = Arc::new(calendar);
/// let tools = Toolbox::for_context::<App>().extend(calendar.tools())?.with(get_weather)?;
/// ```
///
/// The methods stay as they are. The block gets two more functions, both `pub`:
/// - `tools(self: &Arc<Self>)`, a list of all its tools for `Toolbox::extend`, for every context
///   that has what the methods ask for. Each call of the model is a call of a method of the object
///   in the `Arc`, several at the same time;
/// - `definitions()`, what the model is told of them, also in builds without the feature
///   `dispatch`.
///
/// For a second block of one type, `#[toolbox(tools = "more_tools")]` calls them `more_tools` and
/// `more_tools_definitions`.
///
/// A method takes `&self`, `self: &Arc<Self>` or `self: Arc<Self>`, or is a function without
/// `self`. Its parameters, context, outputs and docs are those of a function with
/// [`#[tool]`](macro@tool), where the keys of both attributes are listed. The block may have type
/// parameters, which outputs and context can name and parameters for the model cannot: an output
/// that names one has a schema only by `output_schema`. What a method asks of the context cannot
/// depend on `#[cfg(…)]` of the method, only of the block.
#[proc_macro_attribute]
pub fn toolbox(attr: TokenStream, item: TokenStream) -> TokenStream {
    expand::toolbox(attr.into(), item.into()).into()
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
/// `#[tool(…)]` on the struct takes the keys that are listed at [`#[tool]`](macro@tool). What a
/// call returns is said by `Callable`; `output_schema = "Type"` tells of it.
///
/// A struct with named fields has them as parameters, one without fields (`struct Ping;`) has
/// none; those of a tuple struct are called `item_0`, `item_1`, …; a newtype stands for what it
/// holds. The struct may have type parameters: all its instances share one name.
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
/// is. Two tools of one name are a compile error, also where a name comes from a type or from
/// another set that derives `Tool`; a set that is written by hand has its names at run time, and
/// that is an error of kind `Definition`.
///
/// The calls of a response are values of the enum to match (`Response::tool_calls`). With
/// `impl Callable<C> for Action` the enum is also what a run can be given:
/// `Toolbox::new().extend(Action::tools())?`.
///
/// The keys of `#[tool(…)]` on the enum and on its variants are listed at
/// [`#[tool]`](macro@tool). An enum has no type parameters.
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
