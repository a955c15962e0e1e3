//! An enum as a set of tools: what the model is told of each, and its calls as values of the enum.

mod call_error;
#[cfg(feature = "dispatch")]
mod callable;
mod compiled;
#[cfg(feature = "dispatch")]
mod declared;
pub(crate) mod members;
pub(crate) mod names;

use super::{call::ToolCall, definition::ToolDefinition, traits::Tool};
use crate::{error::Error, ids::ToolCallId};

#[cfg(feature = "dispatch")]
use super::{dynamic::DynTool, traits::Callable};

pub use self::{call_error::CallError, members::Members};

use self::{compiled::Compiled, names::Names};

/// A type whose values are the calls of several tools: the application answers them by hand, or
/// says with `Callable` how, and gives its `tools()` to a run.
///
/// `#[derive(Tool)]` on an enum writes it: each variant is one tool, and a `match` makes sure that
/// none is forgotten. A type that is one [`Tool`] is a set of one.
///
/// ```
/// use openai_tools::{Tool, ToolCall, ToolSet};
///
/// #[derive(Debug, PartialEq, Tool)]
/// enum Action {
///     /// Search the catalogue.
///     Search {
///         /// Words to look for.
///         query: String,
///     },
///     /// End the conversation.
///     HangUp,
/// }
///
/// let names: Vec<_> = Action::definitions()?.iter().map(|d| d.name().to_string()).collect();
/// assert_eq!(names, ["search", "hang_up"]);
///
/// let call = ToolCall::new("call_1", "search", r#"{"query": "lamps"}"#);
/// assert_eq!(Action::parse(&call)?, Action::Search { query: "lamps".to_owned() });
///
/// let error = Action::parse(&ToolCall::new("call_2", "serch", "{}")).unwrap_err();
/// assert_eq!(
///     error.for_model(),
///     "unknown tool `serch`; did you mean `search`? Known tools: search, hang_up"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of tools",
    label = "neither a tool nor a set of tools",
    note = "add `#[derive(openai_tools::Tool)]` to the enum, or to the struct that is one tool"
)]
pub trait ToolSet: Sized + Send + 'static {
    /// What `#[derive(Tool)]` on an enum around this one knows of its names.
    #[doc(hidden)]
    const NAMES: Names = Names::NONE;

    /// Puts in the tools, in the order in which the model is told of them. It is called once per
    /// type and process.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](crate::ErrorKind::Definition): a type without a faithful form in strict
    /// mode, or two tools of one name.
    fn members(members: &mut Members<Self>) -> Result<(), Error>;

    /// What the model is told of each tool, in order.
    ///
    /// # Errors
    ///
    /// As [`members`](Self::members).
    fn definitions() -> Result<Vec<ToolDefinition>, Error> {
        Ok(Compiled::<Self>::of()?.definitions().cloned().collect())
    }

    /// The tools as values to put into a [`Toolbox`](crate::Toolbox), for a type that says what
    /// happens at a call: `Toolbox::new().extend(Action::tools())?`. They are defined anew each
    /// time; what is wrong with a definition is said where the tools are put in.
    #[cfg(feature = "dispatch")]
    #[must_use]
    fn tools<C: Send + Sync + 'static>() -> Vec<Result<DynTool<C>, Error>>
    where
        Self: Callable<C>,
    {
        callable::tools::<Self, C>()
    }

    /// Reads one call of the model.
    ///
    /// # Errors
    ///
    /// No tool has this name, the arguments are not JSON, they break the schema, or the type
    /// refuses them; [`CallError::to_output`] tells the model.
    fn parse(call: &ToolCall) -> Result<Self, CallError> {
        match Compiled::<Self>::of() {
            Ok(compiled) => compiled.parse(call),
            Err(error) => Err(CallError::undefined(call, error)),
        }
    }

    /// Reads all calls of a response, one by one and in order.
    fn parse_all(calls: &[ToolCall]) -> impl Iterator<Item = Result<TypedCall<Self>, CallError>> {
        calls.iter().map(TypedCall::parse)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Tool> ToolSet for T {
    const NAMES: Names = Names::One(T::NAME);

    fn members(members: &mut Members<Self>) -> Result<(), Error> {
        members.tool(|arguments: T| arguments).map(drop)
    }
}

/// A call of a tool, read as a value of a [`ToolSet`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct TypedCall<S> {
    /// The id that the output has to repeat.
    pub id: ToolCallId,
    /// Which tool, and its arguments.
    pub arguments: S,
}

impl<S: ToolSet> TypedCall<S> {
    /// Reads one call of the model and keeps its id.
    ///
    /// # Errors
    ///
    /// As [`ToolSet::parse`].
    pub fn parse(call: &ToolCall) -> Result<Self, CallError> {
        Ok(Self { id: call.id.clone(), arguments: S::parse(call)? })
    }
}
