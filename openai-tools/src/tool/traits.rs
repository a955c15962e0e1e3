use serde_json::Value;

use super::{
    definition::{ToolDefinition, refused},
    form::ToolForm,
    settings::ToolSettings,
};
use crate::{
    error::Error,
    schema::{FromJson, HasSchema, SchemaError, check_type},
};

#[cfg(feature = "dispatch")]
use super::{
    context::ToolContext,
    dynamic::{DynTool, IntoTool},
    error::BoxError,
    output::IntoContent,
    set::ToolSet,
};

/// A type whose values are the arguments of one tool.
///
/// `#[derive(Tool)]` writes it: the type's name in `snake_case` becomes the tool's name, its docs
/// the description, its fields the parameters.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tool",
    label = "not a tool",
    note = "add `#[derive(serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]` to the type"
)]
pub trait Tool: FromJson + HasSchema + Send + Sized + 'static {
    /// The name by which the model calls the tool.
    const NAME: &'static str;

    /// What the model is told the tool does.
    const DESCRIPTION: Option<&'static str>;

    /// Whether the schema is sent in strict mode. Default: true.
    const STRICT: bool = true;

    /// How the tool is to be run.
    #[must_use]
    fn settings() -> ToolSettings {
        ToolSettings::new()
    }

    /// The form in which the tool is offered. Default: a plain function.
    #[must_use]
    fn form() -> ToolForm {
        ToolForm::new()
    }

    /// The schema of the JSON that outputs hold, if it is known; default: `None`.
    /// [`schema::generate_output`](crate::schema::generate_output) makes it from a type.
    #[must_use]
    fn output_schema() -> Option<Value> {
        None
    }

    /// The definition for the model. It is built anew at each call; a
    /// `Toolbox` keeps it.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](crate::ErrorKind::Definition) if the type has no faithful form in
    /// strict mode, or a part that serde never reads; the source names each place and remedy.
    fn definition() -> Result<ToolDefinition, Error> {
        let schema = crate::schema::generate::<Self>();
        let parameters = check_type::<Self>(&schema).map(|()| schema);
        let (strict, form) = (Self::STRICT, Self::form());
        define(Self::NAME, Self::DESCRIPTION, strict, form, Self::output_schema(), parameters)
    }

    /// The tool as a value to put into a [`Toolbox`](crate::Toolbox).
    #[cfg(feature = "dispatch")]
    #[must_use]
    fn tool() -> TypedTool<Self> {
        TypedTool(std::marker::PhantomData)
    }
}

/// Apart from [`Tool::definition`], which is compiled anew for each tool.
pub(super) fn define(
    name: &str,
    description: Option<&str>,
    strict: bool,
    form: ToolForm,
    output_schema: Option<Value>,
    parameters: Result<Value, SchemaError>,
) -> Result<ToolDefinition, Error> {
    let mut parameters = parameters.map_err(|error| refused(name, error))?;
    forget_repeated(description, &mut parameters);
    let mut definition = ToolDefinition::new(name, parameters);
    if let Some(description) = description {
        definition = definition.with_description(description);
    }
    if let Some(schema) = output_schema {
        definition = definition.with_output_schema(schema);
    }
    definition.with_strict(strict).with_form(form).build()
}

/// Drops the type's docs from its schema where the tool says the same: the model would pay for
/// them twice.
fn forget_repeated(description: Option<&str>, parameters: &mut Value) {
    let Value::Object(schema) = parameters else { return };
    let text = schema.get("description").and_then(Value::as_str);
    // The two macros join the lines of a doc comment differently.
    if let (Some(one), Some(other)) = (description, text) {
        if one.split_whitespace().eq(other.split_whitespace()) {
            schema.shift_remove("description");
        }
    }
}

/// What happens when the model calls a [`Tool`], or a tool of a [`ToolSet`], for an application whose
/// context is `C`.
///
/// ```
/// use openai_tools::{Callable, Tool, ToolContext, Toolbox};
///
/// /// Add two numbers.
/// #[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
/// struct Add {
///     /// The first.
///     a: i32,
///     /// The second.
///     b: i32,
/// }
///
/// impl Callable for Add {
///     type Output = i32;
///     type Error = std::convert::Infallible;
///
///     async fn call(self, _: ToolContext) -> Result<i32, Self::Error> {
///         Ok(self.a + self.b)
///     }
/// }
///
/// let tools = Toolbox::new().with(Add::tool())?;
/// assert_eq!(tools.definitions().next().unwrap().name().as_str(), "add");
/// # Ok::<(), openai_tools::Error>(())
/// ```
#[cfg(feature = "dispatch")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be called with the context `{C}`",
    label = "no `Callable<{C}>` for this tool",
    note = "write `impl Callable<{C}> for {Self}` with its `call` method"
)]
pub trait Callable<C = ()>: ToolSet {
    /// What the model gets back; any type that can be serialised.
    type Output: IntoContent;

    /// Why a call can fail: any error type, or [`ToolError`](crate::ToolError) to choose what the
    /// model reads, or to end the run.
    type Error: Into<BoxError>;

    /// Runs one call. It may be dropped at any await point, when its time is up or the run ends.
    fn call(
        self,
        context: ToolContext<C>,
    ) -> impl Future<Output = Result<Self::Output, Self::Error>> + Send;
}

/// A [`Tool`] type as a value; made by [`Tool::tool`].
#[cfg(feature = "dispatch")]
#[derive(Clone, Copy, Debug)]
pub struct TypedTool<T>(std::marker::PhantomData<fn() -> T>);

#[cfg(feature = "dispatch")]
impl<T: Tool + Callable<C>, C: Send + Sync + 'static> IntoTool<C> for TypedTool<T> {
    fn into_tool(self) -> Result<DynTool<C>, Error> {
        let tool = DynTool::typed(T::definition()?, |arguments: T, context| async move {
            arguments.call(context).await
        });
        Ok(tool.with_settings(T::settings()))
    }
}
