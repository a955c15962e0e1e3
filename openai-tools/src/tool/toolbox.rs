use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, OnceLock},
};

use serde_json::{Value, value::RawValue};

use super::{
    approval::ApprovalRule,
    call::ToolCall,
    context::{CallInfo, ToolContext},
    definition::ToolDefinition,
    dynamic::{DynTool, Handler, IntoTool, Parts, Work},
    settings::ToolSettings,
};
#[cfg(feature = "client")]
use crate::ids::ToolName;
use crate::{
    error::{Error, ErrorKind},
    schema::{Checker, Profile, Violation},
};

/// The tools of an application, by name. `C` is the context that they need.
///
/// Definitions are checked, converted and compiled once, when a tool is put in. Cloning is cheap.
///
/// ```
/// use openai_tools::{Toolbox, tool};
///
/// /// Add two numbers.
/// #[tool]
/// fn add(a: i32, b: i32) -> i32 {
///     a + b
/// }
///
/// let tools = Toolbox::new().with(add)?;
/// assert_eq!(tools.len(), 1);
///
/// let error = tools.with(add).unwrap_err();
/// assert!(error.to_string().contains("two tools are called `add`"));
/// # Ok::<(), openai_tools::Error>(())
/// ```
pub struct Toolbox<C = ()> {
    set: Arc<ToolSet>,
    handlers: Arc<Vec<Handler<C>>>,
}

/// What is the same whatever the context: the part that requests and dispatch look at.
#[derive(Clone, Default)]
struct ToolSet {
    entries: Vec<Entry>,
    /// By full names; what the API knows by its kind stands behind a dot.
    by_name: HashMap<Box<str>, usize>,
    /// The definitions as chat completions wants them, written at the first request.
    chat_json: OnceLock<Box<RawValue>>,
    /// The same as the Responses API wants them.
    responses_json: OnceLock<Box<RawValue>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) definition: ToolDefinition,
    pub(crate) settings: ToolSettings,
    pub(super) approval: Option<ApprovalRule>,
    /// There is no code for it here.
    #[cfg_attr(not(feature = "client"), expect(dead_code, reason = "only a run can wait"))]
    pub(crate) declared: bool,
    pub(crate) checker: Arc<Checker>,
}

impl Toolbox {
    /// An empty toolbox for tools that need no context.
    #[must_use]
    pub fn new() -> Self {
        Self::for_context()
    }

    /// An empty toolbox for tools that need a context, which [`bind`](Toolbox::bind) adds later:
    /// `Toolbox::for_context::<App>()`.
    #[must_use]
    pub fn for_context<C>() -> Toolbox<C> {
        Toolbox { set: Arc::default(), handlers: Arc::default() }
    }
}

impl<C> Toolbox<C> {
    /// Adds a tool.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition): the name is taken (the error shows both
    /// descriptions), or the definition is not usable.
    pub fn with(self, tool: impl IntoTool<C>) -> Result<Self, Error> {
        self.with_made(tool.into_tool())
    }

    /// Apart from [`with`](Self::with), which is compiled anew for each tool.
    fn with_made(mut self, tool: Result<DynTool<C>, Error>) -> Result<Self, Error> {
        let Parts { definition, settings, approval, declared, handler } = tool?.into_parts();
        let key = key(&definition);
        if let Some(taken) = self.position(&key) {
            return Err(duplicate(&self.set.entries[taken].definition, &definition));
        }
        let checker = Arc::new(definition.checker()?);
        let set = Arc::make_mut(&mut self.set);
        set.chat_json = OnceLock::new();
        set.responses_json = OnceLock::new();
        set.by_name.insert(key, set.entries.len());
        set.entries.push(Entry { definition, settings, approval, declared, checker });
        Arc::make_mut(&mut self.handlers).push(handler);
        Ok(self)
    }

    /// Adds several tools, such as those of a `#[toolbox]` block (`object.tools()`) or of an enum
    /// (`Action::tools()`).
    ///
    /// # Errors
    ///
    /// As for [`with`](Toolbox::with), at the first tool that cannot be added.
    pub fn extend<I>(self, tools: I) -> Result<Self, Error>
    where
        I: IntoIterator,
        I::Item: IntoTool<C>,
    {
        tools.into_iter().try_fold(self, Toolbox::with)
    }

    /// Adds all tools of another toolbox behind its own, with their settings and rules.
    ///
    /// ```
    /// use openai_tools::{Toolbox, tool};
    ///
    /// #[tool]
    /// fn add(a: i32, b: i32) -> i32 {
    ///     a + b
    /// }
    ///
    /// #[tool]
    /// fn negate(a: i32) -> i32 {
    ///     -a
    /// }
    ///
    /// let sums = Toolbox::new().with(add)?;
    /// let all = Toolbox::new().with(negate)?.merge(sums.clone())?;
    /// assert_eq!(all.len(), 2);
    /// assert!(all.merge(sums).is_err(), "there are two tools called `add`");
    /// # Ok::<(), openai_tools::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition): a name is taken, as for
    /// [`with`](Toolbox::with).
    pub fn merge(mut self, other: Self) -> Result<Self, Error> {
        let Self { set: others, handlers } = other;
        for Entry { definition, .. } in &others.entries {
            if let Some(taken) = self.position(&key(definition)) {
                return Err(duplicate(&self.set.entries[taken].definition, definition));
            }
        }
        let set = Arc::make_mut(&mut self.set);
        set.chat_json = OnceLock::new();
        set.responses_json = OnceLock::new();
        for entry in Arc::unwrap_or_clone(others).entries {
            set.by_name.insert(key(&entry.definition), set.entries.len());
            set.entries.push(entry);
        }
        Arc::make_mut(&mut self.handlers).extend(Arc::unwrap_or_clone(handlers));
        Ok(self)
    }

    /// Says which calls of a tool have to be approved, by their arguments: valid against the
    /// schema, and in the form that the tool gets. A call for which the rule panics has to be
    /// approved.
    ///
    /// ```
    /// use openai_tools::{Toolbox, tool};
    ///
    /// /// Send money.
    /// #[tool]
    /// fn pay(euros: u32) -> String {
    ///     format!("sent {euros} EUR")
    /// }
    ///
    /// let tools = Toolbox::new().with(pay)?;
    /// let tools = tools.needs_approval_if("pay", |arguments| arguments["euros"].as_u64() > Some(50))?;
    /// # let _ = tools;
    /// # Ok::<(), openai_tools::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition): no tool has this name.
    pub fn needs_approval_if(
        mut self,
        name: &str,
        needs: impl Fn(&Value) -> bool + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let Some(index) = self.position(name) else {
            let name: String = name.chars().take(64).collect();
            return Err(Error::new(ErrorKind::Definition, format!("there is no tool `{name}`")));
        };
        Arc::make_mut(&mut self.set).entries[index].approval = Some(ApprovalRule::new(needs));
        Ok(self)
    }

    /// How many tools there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.set.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.entries.is_empty()
    }

    /// What the model is told, in the order in which the tools were added.
    pub fn definitions(&self) -> impl Iterator<Item = &ToolDefinition> {
        self.set.entries.iter().map(|entry| &entry.definition)
    }

    /// Everything that is wrong with the tools, each and together; see [`tool::lint`](super::lint).
    #[must_use]
    pub fn lint(&self, profile: &Profile) -> Vec<Violation> {
        super::lint(self.definitions(), profile)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.set.by_name.get(name).copied()
    }
}

impl<C: Send + Sync + 'static> Toolbox<C> {
    /// Gives the tools their context. This is cheap, so that each run can have a context of its
    /// own (the user's id, a connection).
    #[must_use]
    pub fn bind(&self, context: impl Into<Arc<C>>) -> Tools {
        let handlers = Arc::clone(&self.handlers);
        let app = context.into();
        Tools { set: Arc::clone(&self.set), invoke: Arc::new(Bound { handlers, app }) }
    }
}

impl<C> Clone for Toolbox<C> {
    fn clone(&self) -> Self {
        Self { set: Arc::clone(&self.set), handlers: Arc::clone(&self.handlers) }
    }
}

impl Default for Toolbox {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> fmt::Debug for Toolbox<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Toolbox").field(&self.set.by_name.keys()).finish()
    }
}

/// Tools with the context that they need: what a run takes.
///
/// Made by [`Toolbox::bind`], or from a toolbox that needs no context by [`IntoTools`]. Cloning is
/// cheap.
#[derive(Clone)]
pub struct Tools {
    set: Arc<ToolSet>,
    invoke: Arc<dyn Invoke>,
}

impl Tools {
    /// What the model is told, in order.
    pub fn definitions(&self) -> impl Iterator<Item = &ToolDefinition> {
        self.set.entries.iter().map(|entry| &entry.definition)
    }

    /// How many tools there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.set.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.entries.is_empty()
    }

    /// Everything that is wrong with the tools, each and together; see [`tool::lint`](super::lint).
    #[must_use]
    pub fn lint(&self, profile: &Profile) -> Vec<Violation> {
        super::lint(self.definitions(), profile)
    }

    #[cfg(feature = "client")]
    pub(crate) fn any_sequential(&self) -> bool {
        self.set.entries.iter().any(|entry| entry.settings.sequential())
    }

    /// The tool of this full name.
    pub(crate) fn find(&self, name: &str) -> Option<(usize, &Entry)> {
        let index = *self.set.by_name.get(name)?;
        Some((index, &self.set.entries[index]))
    }

    /// The tool that a call asks for. A name without its namespace will do where there is one such
    /// tool.
    pub(crate) fn find_call(&self, call: &ToolCall) -> Option<(usize, &Entry)> {
        if !call.kind().is_named() {
            return self.find(&format!(".{}", call.kind().as_str()));
        }
        // No name of the model's reaches what stands behind a dot.
        let name = Some(call.name.as_str()).filter(|name| !name.contains('.'))?;
        match call.namespace() {
            Some(namespace) if namespace.contains('.') => None,
            Some("") | None => self.find(name).or_else(|| self.only_named(name)),
            Some(namespace) => self.find(&format!("{namespace}.{name}")),
        }
    }

    /// The tool of this name, if there is one of it in all namespaces.
    pub(crate) fn only_named(&self, name: &str) -> Option<(usize, &Entry)> {
        let named = |entry: &Entry| {
            entry.definition.form().namespace().is_some()
                && entry.definition.name().as_str() == name
        };
        let mut found = self.set.entries.iter().enumerate().filter(|(_, entry)| named(entry));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// Whether this is the name of a custom tool.
    #[cfg(feature = "client")]
    pub(crate) fn is_custom(&self, name: &ToolName) -> bool {
        let found = self.find(name.as_str()).or_else(|| self.only_named(name.as_str()));
        found.is_some_and(|(_, entry)| entry.definition.form().custom().is_some())
    }

    /// The full names of the tools that the model calls by name.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let named = self.set.by_name.iter().filter(|(key, _)| !key.starts_with('.'));
        let mut in_order: Vec<(usize, &str)> = named.map(|(key, index)| (*index, &**key)).collect();
        in_order.sort_unstable();
        in_order.into_iter().map(|(_, name)| name)
    }

    /// These tools and others, whose context may be another one.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition): two tools have one name.
    pub fn and(&self, others: impl IntoTools) -> Result<Self, Error> {
        let others = others.into_tools();
        let mut set = ToolSet::default();
        for entry in self.set.entries.iter().chain(&others.set.entries) {
            let key = key(&entry.definition);
            if let Some(taken) = set.by_name.get(&key) {
                return Err(duplicate(&set.entries[*taken].definition, &entry.definition));
            }
            set.by_name.insert(key, set.entries.len());
            set.entries.push(entry.clone());
        }
        let first = self.len();
        let invoke = Arc::new(Joined { first, tools: [self.clone(), others] });
        Ok(Self { set: Arc::new(set), invoke })
    }

    /// The tool at `index`, as [`find`](Self::find) gave it.
    pub(crate) fn entry(&self, index: usize) -> &Entry {
        &self.set.entries[index]
    }

    /// Makes the work of a call of the tool at `index`, as [`find`](Self::find) gave it.
    pub(crate) fn invoke(&self, index: usize, arguments: Value, call: Arc<CallInfo>) -> Work {
        self.invoke.invoke(index, arguments, call)
    }

    /// The definitions as chat completions wants them, written by `write` once per toolbox.
    #[cfg(feature = "client")]
    pub(crate) fn chat_json(
        &self,
        write: impl FnOnce(&mut dyn Iterator<Item = &ToolDefinition>) -> Box<RawValue>,
    ) -> &RawValue {
        self.set.chat_json.get_or_init(|| write(&mut self.definitions()))
    }

    /// The definitions as the Responses API wants them, written by `write` once per toolbox.
    #[cfg(feature = "client")]
    pub(crate) fn responses_json(
        &self,
        write: impl FnOnce(&mut dyn Iterator<Item = &ToolDefinition>) -> Box<RawValue>,
    ) -> &RawValue {
        self.set.responses_json.get_or_init(|| write(&mut self.definitions()))
    }
}

/// What a run or a dispatcher takes as its tools: a toolbox that needs no context, or one that is
/// bound to its context.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be given to a run",
    label = "these tools lack their context",
    note = "bind a toolbox to its context first: `.tools(toolbox.bind(app))`"
)]
pub trait IntoTools {
    /// Makes the tools.
    fn into_tools(self) -> Tools;
}

impl IntoTools for &Toolbox {
    fn into_tools(self) -> Tools {
        self.bind(())
    }
}

impl IntoTools for Toolbox {
    fn into_tools(self) -> Tools {
        self.bind(())
    }
}

impl IntoTools for &Tools {
    fn into_tools(self) -> Tools {
        self.clone()
    }
}

impl IntoTools for Tools {
    fn into_tools(self) -> Tools {
        self
    }
}

impl fmt::Debug for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tools").field(&self.set.by_name.keys()).finish()
    }
}

/// Hides the type of the context from dispatch and run.
trait Invoke: Send + Sync {
    fn invoke(&self, index: usize, arguments: Value, call: Arc<CallInfo>) -> Work;
}

struct Bound<C> {
    handlers: Arc<Vec<Handler<C>>>,
    app: Arc<C>,
}

impl<C: Send + Sync + 'static> Invoke for Bound<C> {
    fn invoke(&self, index: usize, arguments: Value, call: Arc<CallInfo>) -> Work {
        let context = ToolContext::new(Arc::clone(&self.app), call);
        (self.handlers[index])(arguments, context)
    }
}

/// Two sets of tools side by side.
struct Joined {
    /// How many the first one has.
    first: usize,
    tools: [Tools; 2],
}

impl Invoke for Joined {
    fn invoke(&self, index: usize, arguments: Value, call: Arc<CallInfo>) -> Work {
        match index.checked_sub(self.first) {
            None => self.tools[0].invoke(index, arguments, call),
            Some(index) => self.tools[1].invoke(index, arguments, call),
        }
    }
}

/// By what a tool is found.
fn key(definition: &ToolDefinition) -> Box<str> {
    match definition.as_builtin() {
        Some(builtin) => format!(".{}", builtin.kind.as_str()).into(),
        None => definition.full_name().into(),
    }
}

fn duplicate(first: &ToolDefinition, second: &ToolDefinition) -> Error {
    let describe = |definition: &ToolDefinition| match definition.description() {
        Some(text) => format!("{:?}", text.lines().next().unwrap_or_default()),
        None => "no description".to_owned(),
    };
    Error::new(
        ErrorKind::Definition,
        format!(
            "two tools are called `{}`, the first described as {}, the second as {}; \
             give one of them another name with `name = \"…\"`, or `DynTool::renamed`",
            first.full_name(),
            describe(first),
            describe(second),
        ),
    )
}
