//! What the macros may name. Not part of the public API: anything here may change in any release.

pub use schemars;
pub use serde;

pub use crate::{
    error::Error,
    tool::{Members, Tool, ToolDefinition, ToolSet, ToolSettings},
};

#[cfg(feature = "dispatch")]
pub use self::dispatch::{Failure, Fallible, Infallibly, ResultKind, Sent, ValueKind};
pub use self::set::{OneTool, add_tool};
#[cfg(feature = "dispatch")]
pub use crate::tool::{DynTool, FromContext, IntoTool, Provide, ToolContext};

/// Keeps code that only dispatch can run: in a build for definitions nothing is left of it.
#[cfg(feature = "dispatch")]
#[doc(hidden)]
#[macro_export]
macro_rules! __when_dispatch {
    ($($code:tt)*) => { $($code)* };
}

/// Keeps code that only dispatch can run: in a build for definitions nothing is left of it.
#[cfg(not(feature = "dispatch"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __when_dispatch {
    ($($code:tt)*) => {};
}

pub use __when_dispatch as when_dispatch;

mod set {
    use crate::{
        error::Error,
        tool::{Members, Tool},
    };

    /// A type that a variant of a set can hold as it is. Apart from [`Tool`] only to say what else
    /// may be meant.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a tool",
        label = "not a tool",
        note = "if it is a set of tools, an enum with `#[derive(Tool)]`, write `#[tool(set)]` on this variant",
        note = "if not, add `#[derive(serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]` to it"
    )]
    pub trait OneTool: Tool {}

    #[diagnostic::do_not_recommend]
    impl<T: Tool> OneTool for T {}

    /// Adds a variant that holds a tool.
    pub fn add_tool<T: OneTool, S: 'static>(
        members: &mut Members<S>,
        name: Option<&str>,
        description: Option<&str>,
        wrap: fn(T) -> S,
    ) -> Result<(), Error> {
        members.tool_as(name, description, wrap).map(drop)
    }
}

#[cfg(feature = "dispatch")]
mod dispatch {
    use std::{convert::Infallible, error::Error};

    use crate::tool::{Content, IntoContent};

    type BoxError = Box<dyn Error + Send + Sync + 'static>;

    /// Finds a `Result`, whatever alias it is written as: `(&returned).__openai_tools_kind()` takes
    /// this method where it fits, and that of [`ValueKind`], which is one reference further away,
    /// for all else.
    pub trait ResultKind {
        fn __openai_tools_kind(&self) -> Fallible {
            Fallible
        }
    }

    impl<T, E> ResultKind for Result<T, E> {}

    /// The kind of a value that is no `Result`; see [`ResultKind`].
    pub trait ValueKind {
        fn __openai_tools_kind(&self) -> Infallibly {
            Infallibly
        }
    }

    impl<T: ?Sized> ValueKind for &T {}

    /// The returned value is a `Result`.
    #[derive(Debug)]
    pub struct Fallible;

    impl Fallible {
        pub fn into_result<T: IntoContent, E: Failure>(
            self,
            returned: Result<T, E>,
        ) -> Result<Sent, BoxError> {
            returned.map(Sent::new).map_err(Failure::into_boxed)
        }
    }

    /// The returned value is the output itself.
    #[derive(Debug)]
    pub struct Infallibly;

    impl Infallibly {
        pub fn into_result<T: IntoContent>(self, returned: T) -> Result<Sent, Infallible> {
            Ok(Sent::new(returned))
        }
    }

    /// An output that is content already: rustc looks for `IntoContent` once, where the macro can
    /// say that it is the return type which lacks it.
    #[derive(Debug)]
    pub struct Sent(Result<Content, serde_json::Error>);

    impl Sent {
        fn new(output: impl IntoContent) -> Self {
            Self(output.into_content())
        }
    }

    impl IntoContent for Sent {
        fn into_content(self) -> Result<Content, serde_json::Error> {
            self.0
        }
    }

    /// An error that a tool can return.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be the error of a tool",
        label = "this error cannot be told to the model",
        note = "implement `std::error::Error` for it, or return `openai_tools::ToolError`, which converts from such errors with `?`; a boxed error has to be `Box<dyn Error + Send + Sync>`"
    )]
    pub trait Failure {
        fn into_boxed(self) -> BoxError;
    }

    // Without it rustc speaks of `Box<dyn Error>: From<…>`, which is nothing that the user wrote.
    #[diagnostic::do_not_recommend]
    impl<E: Into<BoxError>> Failure for E {
        fn into_boxed(self) -> BoxError {
            self.into()
        }
    }
}
