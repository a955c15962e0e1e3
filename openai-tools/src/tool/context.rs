use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use tokio_util::sync::CancellationToken;

use crate::ids::{ToolCallId, ToolName};

/// What one call of a tool can ask for: the application's context and the facts of the call.
///
/// The model sees nothing of it. Cloning is cheap.
pub struct ToolContext<C = ()> {
    app: Arc<C>,
    call: Arc<CallInfo>,
}

#[derive(Debug)]
pub(crate) struct CallInfo {
    id: ToolCallId,
    name: ToolName,
    stop: CancellationToken,
    own: OnceLock<CancellationToken>,
}

impl CallInfo {
    /// `stop` is the token of all calls of the dispatch.
    pub(crate) fn new(id: ToolCallId, name: ToolName, stop: CancellationToken) -> Self {
        Self { id, name, stop, own: OnceLock::new() }
    }

    /// The call's own token, made when somebody asks: few tools do.
    pub(crate) fn cancellation(&self) -> &CancellationToken {
        self.own.get_or_init(|| self.stop.child_token())
    }
}

impl<C> ToolContext<C> {
    pub(crate) fn new(app: Arc<C>, call: Arc<CallInfo>) -> Self {
        Self { app, call }
    }

    /// The facts of the call alone.
    #[cfg(feature = "client")]
    pub(super) fn without_app(&self) -> ToolContext {
        ToolContext { app: Arc::new(()), call: Arc::clone(&self.call) }
    }

    /// The application's context.
    #[must_use]
    pub fn app(&self) -> &C {
        &self.app
    }

    /// The id of this call.
    #[must_use]
    pub fn call_id(&self) -> &ToolCallId {
        &self.call.id
    }

    /// The name by which the model called the tool.
    #[must_use]
    pub fn tool_name(&self) -> &ToolName {
        &self.call.name
    }

    /// Cancelled when the call's time is up, and when its run is stopped or dropped.
    ///
    /// An async tool is dropped then anyway; a sync tool, which no one can stop from outside,
    /// should look at it now and then.
    #[must_use]
    pub fn cancellation(&self) -> &CancellationToken {
        self.call.cancellation()
    }
}

impl<C> Clone for ToolContext<C> {
    fn clone(&self) -> Self {
        Self { app: Arc::clone(&self.app), call: Arc::clone(&self.call) }
    }
}

impl<C> fmt::Debug for ToolContext<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolContext")
            .field("call_id", &self.call.id)
            .field("tool_name", &self.call.name)
            .finish_non_exhaustive()
    }
}

/// A value that a tool can ask for with `#[context]` on a parameter.
///
/// - `&T` of everything that the application's context [provides](Provide), the context itself
///   included; a field of type `Arc<T>` is asked for as `&Arc<T>`;
/// - [`ToolCallId`], [`CancellationToken`] and [`ToolContext`] by value.
#[diagnostic::on_unimplemented(
    message = "the context `{C}` does not provide `{Self}`",
    label = "this tool needs `{Self}`",
    note = "for a reference `&T`: write `impl Provide<T> for {C}`, or derive `Context` with a field of type `T` (a field of type `Arc<T>` is asked for as `&Arc<T>`)",
    note = "by value a tool can ask for `ToolCallId`, `CancellationToken` and `ToolContext<{C}>`"
)]
pub trait FromContext<'a, C>: Sized {
    /// Takes the value out of the context of one call.
    fn from_context(context: &'a ToolContext<C>) -> Self;
}

impl<'a, C: Provide<T>, T: ?Sized> FromContext<'a, C> for &'a T {
    fn from_context(context: &'a ToolContext<C>) -> Self {
        context.app().provide()
    }
}

impl<C> FromContext<'_, C> for ToolContext<C> {
    fn from_context(context: &ToolContext<C>) -> Self {
        context.clone()
    }
}

impl<C> FromContext<'_, C> for ToolCallId {
    fn from_context(context: &ToolContext<C>) -> Self {
        context.call_id().clone()
    }
}

impl<C> FromContext<'_, C> for CancellationToken {
    fn from_context(context: &ToolContext<C>) -> Self {
        context.cancellation().clone()
    }
}

/// An application's context that holds a `T` for tools; `#[derive(Context)]` writes it for each
/// field.
#[diagnostic::on_unimplemented(
    message = "the context `{Self}` does not hold a `{T}`",
    label = "a tool needs `&{T}`",
    note = "add a field of type `{T}` to `{Self}` and `#[derive(openai_tools::Context)]`, or write `impl Provide<{T}> for {Self}`; a field of type `Arc<T>` is asked for as `&Arc<T>`"
)]
pub trait Provide<T: ?Sized> {
    /// Lends the value.
    fn provide(&self) -> &T;
}

impl<T> Provide<T> for T {
    fn provide(&self) -> &T {
        self
    }
}
