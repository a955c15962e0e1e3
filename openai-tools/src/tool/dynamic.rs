use std::{fmt, pin::Pin, sync::Arc};

use serde_json::Value;

use super::{
    approval::ApprovalRule,
    context::ToolContext,
    definition::ToolDefinition,
    error::{BoxError, ToolError, tool_error},
    form::Namespace,
    output::{Content, IntoContent},
    settings::ToolSettings,
};
use crate::{
    error::Error,
    ids::ToolName,
    schema::{self, FromJson},
};

/// What a call comes to: the content of its output, or why there is none.
#[non_exhaustive]
#[derive(Debug)]
pub enum Returned {
    /// What goes back.
    Content(Content),
    /// The type refused arguments that are valid against the schema.
    Refused(schema::Problem),
    /// The tool has failed.
    Error(ToolError),
}

/// A call that is ready to be run.
#[non_exhaustive]
pub enum Work {
    /// Goes on while others do.
    Async(Pin<Box<dyn Future<Output = Returned> + Send>>),
    /// May block its thread.
    Blocking(Box<dyn FnOnce() -> Returned + Send>),
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Async(_) => "Async",
            Self::Blocking(_) => "Blocking",
        })
    }
}

/// Makes the work of one call from decoded arguments.
pub(crate) type Handler<C> = Arc<dyn Fn(Value, ToolContext<C>) -> Work + Send + Sync>;

/// A tool that can be called, for an application whose context is `C`.
///
/// Macros and [`Tool::tool`](super::Tool::tool) make it from types; this is the way for
/// definitions that are known only at run time:
///
/// ```
/// use openai_tools::{DynTool, ToolDefinition, ToolError, Toolbox};
/// use serde_json::{Value, json};
///
/// let definition = ToolDefinition::new(
///     "lookup",
///     json!({"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}),
/// )
/// .with_description("Looks up a key.")
/// .build()?;
/// let lookup = DynTool::new(definition, |arguments: Value, _context| async move {
///     Ok::<_, ToolError>(json!({"found": arguments["key"]}))
/// });
/// let tools = Toolbox::new().with(lookup)?;
/// # assert_eq!(tools.len(), 1);
/// # Ok::<(), openai_tools::Error>(())
/// ```
pub struct DynTool<C = ()> {
    definition: ToolDefinition,
    settings: ToolSettings,
    approval: Option<ApprovalRule>,
    declared: bool,
    handler: Handler<C>,
}

/// What a toolbox takes of a tool.
pub(super) struct Parts<C> {
    pub(super) definition: ToolDefinition,
    pub(super) settings: ToolSettings,
    pub(super) approval: Option<ApprovalRule>,
    pub(super) declared: bool,
    pub(super) handler: Handler<C>,
}

impl<C: Send + Sync + 'static> DynTool<C> {
    /// A tool from a definition and an async closure, which gets arguments that are valid against
    /// the schema.
    pub fn new<F, Fut, O, E>(definition: ToolDefinition, call: F) -> Self
    where
        F: Fn(Value, ToolContext<C>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, E>> + Send + 'static,
        O: IntoContent,
        E: Into<BoxError>,
    {
        Self::from_handler(definition, move |arguments, context| {
            let call = call(arguments, context);
            Work::Async(Box::pin(async move { returned(call.await) }))
        })
    }

    /// A [custom tool](ToolDefinition::custom) from its definition and an async closure, which gets
    /// what the model wrote.
    pub fn custom<F, Fut, O, E>(definition: ToolDefinition, call: F) -> Self
    where
        F: Fn(String, ToolContext<C>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, E>> + Send + 'static,
        O: IntoContent,
        E: Into<BoxError>,
    {
        Self::new(definition, move |mut arguments, context| {
            // Valid: the one parameter is there, and a string.
            let text = arguments.as_object_mut().and_then(|all| all.values_mut().next());
            let text = match text.map(Value::take) {
                Some(Value::String(text)) => text,
                _ => String::new(),
            };
            call(text, context)
        })
    }

    /// A tool from a definition and a closure that may block; it runs off the async threads.
    pub fn blocking<F, O, E>(definition: ToolDefinition, call: F) -> Self
    where
        F: Fn(Value, ToolContext<C>) -> Result<O, E> + Send + Sync + 'static,
        O: IntoContent,
        E: Into<BoxError>,
    {
        let call = Arc::new(call);
        Self::from_handler(definition, move |arguments, context| {
            let call = Arc::clone(&call);
            Work::Blocking(Box::new(move || returned(call(arguments, context))))
        })
    }

    /// A tool from a definition and an async closure over arguments of a type.
    pub fn typed<T, F, Fut, O, E>(definition: ToolDefinition, call: F) -> Self
    where
        T: FromJson + Send + 'static,
        F: Fn(T, ToolContext<C>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, E>> + Send + 'static,
        O: IntoContent,
        E: Into<BoxError>,
    {
        Self::from_handler(definition, move |arguments, context| {
            match schema::deserialize::<T>(arguments) {
                Ok(arguments) => {
                    let call = call(arguments, context);
                    Work::Async(Box::pin(async move { returned(call.await) }))
                }
                Err(problem) => refused(problem),
            }
        })
    }

    /// A tool from a definition and a closure over arguments of a type that may block; it runs off
    /// the async threads.
    pub fn typed_blocking<T, F, O, E>(definition: ToolDefinition, call: F) -> Self
    where
        T: FromJson + Send + 'static,
        F: Fn(T, ToolContext<C>) -> Result<O, E> + Send + Sync + 'static,
        O: IntoContent,
        E: Into<BoxError>,
    {
        let call = Arc::new(call);
        Self::from_handler(definition, move |arguments, context| {
            match schema::deserialize::<T>(arguments) {
                Ok(arguments) => {
                    let call = Arc::clone(&call);
                    Work::Blocking(Box::new(move || returned(call(arguments, context))))
                }
                Err(problem) => refused(problem),
            }
        })
    }

    /// A tool without code: the application answers its calls by hand. A run that meets one waits
    /// ([`Outcome::Pending`](crate::Outcome::Pending)); a dispatcher ends with a fatal error.
    #[must_use]
    pub fn declared(definition: ToolDefinition) -> Self {
        let text =
            format!("the tool `{}` is declared only: the application answers", definition.name());
        let tool = Self::new(definition, move |_, _| {
            let error = ToolError::fatal(text.clone());
            async move { Err::<(), _>(error) }
        });
        Self { declared: true, ..tool }
    }

    /// Says which calls have to be approved, by their arguments: valid against the schema, and in
    /// the form that the tool gets. A call for which the rule panics has to be approved. Those of a
    /// tool that [always](ToolSettings::with_needs_approval) needs approval are not looked at.
    /// Default: none.
    #[must_use]
    pub fn with_approval_if(
        mut self,
        needs: impl Fn(&Value) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.approval = Some(ApprovalRule::new(needs));
        self
    }

    /// Replaces the settings.
    #[must_use]
    pub fn with_settings(mut self, settings: ToolSettings) -> Self {
        self.settings = settings;
        self
    }

    /// The same tool under another name.
    #[must_use]
    pub fn renamed(mut self, name: ToolName) -> Self {
        self.definition = self.definition.renamed(name);
        self
    }

    /// The same tool in a namespace; see
    /// [`ToolForm::with_namespace`](super::ToolForm::with_namespace).
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl Into<Arc<Namespace>>) -> Self {
        self.definition = self.definition.in_namespace(namespace.into());
        self
    }

    /// What the model is told.
    #[must_use]
    pub fn definition(&self) -> &ToolDefinition {
        &self.definition
    }

    /// How the tool is run.
    #[must_use]
    pub fn settings(&self) -> &ToolSettings {
        &self.settings
    }

    pub(super) fn from_handler(
        definition: ToolDefinition,
        handler: impl Fn(Value, ToolContext<C>) -> Work + Send + Sync + 'static,
    ) -> Self {
        Self {
            definition,
            settings: ToolSettings::new(),
            approval: None,
            declared: false,
            handler: Arc::new(handler),
        }
    }
}

impl<C> DynTool<C> {
    pub(super) fn into_parts(self) -> Parts<C> {
        let Self { definition, settings, approval, declared, handler } = self;
        Parts { definition, settings, approval, declared, handler }
    }
}

impl<C> fmt::Debug for DynTool<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynTool")
            .field("definition", &self.definition)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Something that can be put into a [`Toolbox`](crate::Toolbox) whose context is `C`: a function
/// with `#[tool]`, [`Tool::tool`](crate::Tool::tool) of a type, a [`DynTool`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tool for the context `{C}`",
    label = "cannot be put into a toolbox",
    note = "add `#[tool]` to a function; for a type that derives `Tool` write `Type::tool()`, for several tools `.extend(Type::tools())`"
)]
pub trait IntoTool<C> {
    /// Makes the tool.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](crate::ErrorKind::Definition) if the definition is not usable.
    fn into_tool(self) -> Result<DynTool<C>, Error>;
}

/// A tool that may have no usable definition, as lists of tools hold them.
impl<C> IntoTool<C> for Result<DynTool<C>, Error> {
    fn into_tool(self) -> Result<DynTool<C>, Error> {
        self
    }
}

impl<C> IntoTool<C> for DynTool<C> {
    fn into_tool(self) -> Result<Self, Error> {
        Ok(self)
    }
}

pub(crate) fn returned<O: IntoContent, E: Into<BoxError>>(result: Result<O, E>) -> Returned {
    match result {
        Ok(output) => match output.into_content() {
            Ok(content) => Returned::Content(content),
            Err(error) => Returned::Error(ToolError::for_model(format!(
                "the tool ran, but its output cannot be sent: {error}"
            ))),
        },
        Err(error) => Returned::Error(tool_error(error)),
    }
}

pub(super) fn refused(problem: schema::Problem) -> Work {
    Work::Async(Box::pin(std::future::ready(Returned::Refused(problem))))
}
