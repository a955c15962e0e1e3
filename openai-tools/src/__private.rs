//! What the macros may name. Not part of the public API: anything here may change in any release.

pub use schemars;
pub use serde;
pub use serde_json::Value;

pub use crate::{
    error::Error,
    tool::{Members, Tool, ToolDefinition, ToolSet, ToolSettings},
};

#[cfg(feature = "dispatch")]
pub use self::{
    dispatch::{Failure, Fallible, Infallibly, ResultKind, Sent, ValueKind},
    make::{async_method, async_tool, blocking_method, blocking_tool},
};
pub use self::{
    output::{Output, described_output, output_kinds},
    set::{OneTool, add_tool},
};
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

mod output {
    use std::marker::PhantomData;

    use schemars::JsonSchema;
    use serde_json::Value;

    use crate::schema::generate_output;

    /// A return type. `(&&&&Output::<T>::NEW).__openai_tools_output()` is its schema: the first of
    /// [`output_kinds`] that fits is taken, each being one reference further away.
    #[derive(Debug)]
    pub struct Output<T>(PhantomData<fn() -> T>);

    impl<T> Output<T> {
        pub const NEW: Self = Self(PhantomData);
    }

    /// The schema of the JSON in the outputs of a type; none for what is sent as bare text.
    pub fn described_output<T: JsonSchema>() -> Option<Value> {
        let schema = generate_output::<T>();
        let is_bare = |kind: &Value| kind == "string" || kind == "null";
        let bare = match (schema.get("type"), schema.get("enum"), schema.get("const")) {
            (Some(Value::Array(kinds)), ..) => kinds.iter().all(is_bare),
            (Some(kind), ..) => is_bare(kind),
            (None, Some(Value::Array(values)), _) => values.iter().all(Value::is_string),
            (None, None, Some(value)) => value.is_string(),
            // Free JSON: there is nothing to tell.
            _ => schema
                .as_object()
                .is_none_or(|schema| schema.keys().all(|key| key == "description")),
        };
        (!bare).then_some(schema)
    }

    /// The traits of the kinds, without names: a name would be one more in the user's scope.
    pub mod output_kinds {
        pub use super::{
            DescribedResult as _, DescribedValue as _, OtherResult as _, OtherValue as _,
        };
    }

    pub trait DescribedResult {
        fn __openai_tools_output(&self) -> Option<Value>;
    }

    impl<T: JsonSchema, E> DescribedResult for &&&Output<Result<T, E>> {
        fn __openai_tools_output(&self) -> Option<Value> {
            described_output::<T>()
        }
    }

    pub trait OtherResult {
        fn __openai_tools_output(&self) -> Option<Value> {
            None
        }
    }

    impl<T, E> OtherResult for &&Output<Result<T, E>> {}

    pub trait DescribedValue {
        fn __openai_tools_output(&self) -> Option<Value>;
    }

    impl<T: JsonSchema> DescribedValue for &Output<T> {
        fn __openai_tools_output(&self) -> Option<Value> {
            described_output::<T>()
        }
    }

    pub trait OtherValue {
        fn __openai_tools_output(&self) -> Option<Value> {
            None
        }
    }

    impl<T> OtherValue for Output<T> {}
}

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

/// What the macros make tools with, so that this is compiled here and not at every tool.
#[cfg(feature = "dispatch")]
mod make {
    use std::sync::Arc;

    use crate::{
        error::Error,
        tool::{DynTool, IntoContent, Tool, ToolContext},
    };

    type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

    pub fn async_tool<T, C, F, Fut, O, E>(call: F) -> Result<DynTool<C>, Error>
    where
        T: Tool,
        C: Send + Sync + 'static,
        F: Fn(T, ToolContext<C>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, E>> + Send + 'static,
        O: IntoContent,
        E: Into<BoxError>,
    {
        Ok(DynTool::typed(T::definition()?, call).with_settings(T::settings()))
    }

    pub fn blocking_tool<T, C, F, O, E>(call: F) -> Result<DynTool<C>, Error>
    where
        T: Tool,
        C: Send + Sync + 'static,
        F: Fn(T, ToolContext<C>) -> Result<O, E> + Send + Sync + 'static,
        O: IntoContent,
        E: Into<BoxError>,
    {
        Ok(DynTool::typed_blocking(T::definition()?, call).with_settings(T::settings()))
    }

    pub fn async_method<S, T, C, F, Fut, O, E>(this: &Arc<S>, call: F) -> Result<DynTool<C>, Error>
    where
        S: Send + Sync + 'static,
        T: Tool,
        C: Send + Sync + 'static,
        F: Fn(Arc<S>, T, ToolContext<C>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, E>> + Send + 'static,
        O: IntoContent,
        E: Into<BoxError>,
    {
        let this = Arc::clone(this);
        async_tool(move |arguments, context| call(Arc::clone(&this), arguments, context))
    }

    pub fn blocking_method<S, T, C, F, O, E>(this: &Arc<S>, call: F) -> Result<DynTool<C>, Error>
    where
        S: Send + Sync + 'static,
        T: Tool,
        C: Send + Sync + 'static,
        F: Fn(Arc<S>, T, ToolContext<C>) -> Result<O, E> + Send + Sync + 'static,
        O: IntoContent,
        E: Into<BoxError>,
    {
        let this = Arc::clone(this);
        blocking_tool(move |arguments, context| call(Arc::clone(&this), arguments, context))
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
