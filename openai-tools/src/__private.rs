//! What the macros may name. Not part of the public API: anything here may change in any release.

pub use schemars;
pub use serde;
pub use serde_json::Value;

pub use crate::{
    error::Error,
    schema::{
        Problem,
        bounds::{HasDefault, Told},
        field::{Field, FieldSchema, field},
        parameter::{Fills, Param, Parameter, Reads, Tells, made, read, told},
    },
    tool::{
        Caller, CustomFormat, Members, Tool, ToolDefinition, ToolForm, ToolSet, ToolSettings,
        declared::{Declared, Parameters},
        set::{
            members::Held,
            names::{Names, assert_new_names},
        },
    },
};

#[cfg(feature = "dispatch")]
pub use self::dispatch::{Failure, Fallible, Infallibly, ResultKind, ValueKind, blocking, later};
pub use self::{
    output::{Output, described_output, no_output, output_kinds},
    parameters::{Whole, whole_kinds},
    set::{OneTool, add_declared, add_held, all_tools, names, one_tool},
    settings::{concurrency, in_namespace},
};
#[cfg(feature = "dispatch")]
pub use crate::tool::{
    DynTool, FromContext, IntoTool, Provide, ToolContext,
    dynamic::{Returned, Work},
};

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

/// Puts down where tools are made, for whoever asks for all of a crate.
#[cfg(feature = "registry")]
#[doc(hidden)]
#[macro_export]
macro_rules! __register {
    ($item:expr, $definitions:expr) => {
        $crate::__private::inventory::submit! {
            $crate::tool::Registered::new(
                (::core::module_path!(), ::core::file!(), ::core::line!()),
                $item,
                $definitions,
            )
        }
    };
}

/// Puts down where tools are made, for whoever asks for all of a crate.
#[cfg(not(feature = "registry"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __register {
    ($($code:tt)*) => {};
}

pub use __register as register;
#[cfg(feature = "registry")]
#[doc(hidden)]
pub use {
    self::registry::{Registering, Registrable, Unregistrable},
    inventory,
};

#[cfg(feature = "registry")]
mod registry {
    use std::marker::PhantomData;

    use crate::{
        error::Error,
        tool::{ToolDefinition, ToolSet},
    };

    /// A type that should be tools. Where it is not, because a derive is missing, that is told
    /// elsewhere, and once: `(&Registering::<T>::NEW).__openai_tools_definitions()` takes
    /// [`Registrable`]'s method if it fits, and otherwise that of [`Unregistrable`].
    #[derive(Debug)]
    pub struct Registering<T>(PhantomData<fn() -> T>);

    impl<T> Registering<T> {
        pub const NEW: Self = Self(PhantomData);
    }

    pub trait Registrable {
        fn __openai_tools_definitions(&self) -> Result<Vec<ToolDefinition>, Error>;
    }

    impl<T: ToolSet> Registrable for Registering<T> {
        fn __openai_tools_definitions(&self) -> Result<Vec<ToolDefinition>, Error> {
            T::definitions()
        }
    }

    pub trait Unregistrable {
        fn __openai_tools_definitions(&self) -> Result<Vec<ToolDefinition>, Error> {
            Ok(Vec::new())
        }
    }

    impl<T> Unregistrable for &Registering<T> {}
}

mod output {
    use std::marker::PhantomData;

    use schemars::JsonSchema;
    use serde_json::Value;

    use crate::schema::{HasSchema, generate_output};

    /// A return type. `(&&&&Output::<T>::NEW).__openai_tools_output()` is its schema: the first of
    /// [`output_kinds`] that fits is taken, each being one reference further away.
    #[derive(Debug)]
    pub struct Output<T>(PhantomData<fn() -> T>);

    impl<T> Output<T> {
        pub const NEW: Self = Self(PhantomData);
    }

    /// The schema of the JSON in the outputs of a type; none for what is sent as bare text.
    pub fn described_output<T: HasSchema>() -> Option<Value> {
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

    /// The schema of outputs that have none.
    #[must_use]
    pub fn no_output() -> Option<Value> {
        None
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

mod settings {
    use std::num::NonZeroUsize;

    use crate::{
        error::Error,
        tool::{Namespace, ToolForm},
    };

    /// The form of a tool of a block with a namespace.
    ///
    /// # Errors
    ///
    /// None: the macro has looked at both texts.
    pub fn in_namespace(form: ToolForm, name: &str, description: &str) -> Result<ToolForm, Error> {
        Ok(form.with_namespace(Namespace::new(name, description)?))
    }

    /// The limit that a key gives; the macro refuses zero.
    #[must_use]
    pub const fn concurrency(limit: u32) -> NonZeroUsize {
        // No target of the library has a narrower `usize`.
        match NonZeroUsize::new(limit as usize) {
            Some(limit) => limit,
            None => NonZeroUsize::MIN,
        }
    }
}

mod parameters {
    use std::marker::PhantomData;

    use schemars::JsonSchema;
    use serde::de::DeserializeOwned;
    use serde_json::Value;

    use crate::schema::{self, Problem, SchemaError, check_type};

    /// A struct that has the parameters as fields. `(&Whole::<T>::NEW).__openai_tools_read(…)` finds
    /// the method of [`Derived`]; only where a derive has failed, which it reports itself, is there
    /// none, and that of [`Failed`], which is one reference further away, says nothing more.
    #[derive(Debug)]
    pub struct Whole<T>(PhantomData<fn() -> T>);

    impl<T> Whole<T> {
        pub const NEW: Self = Self(PhantomData);
    }

    /// The traits without names: a name would be one more in the user's scope.
    pub mod whole_kinds {
        pub use super::{Derived as _, Failed as _};
    }

    pub trait Derived<T> {
        /// Reads it.
        fn __openai_tools_read(&self, arguments: &Value) -> Result<T, Problem>;

        /// Its schema.
        fn __openai_tools_generate(&self) -> Result<Value, SchemaError>;
    }

    impl<T: DeserializeOwned + JsonSchema> Derived<T> for Whole<T> {
        fn __openai_tools_read(&self, arguments: &Value) -> Result<T, Problem> {
            schema::deserialize_ref(arguments)
        }

        fn __openai_tools_generate(&self) -> Result<Value, SchemaError> {
            let schema = schema::generate::<T>();
            check_type::<T>(&schema)?;
            Ok(schema)
        }
    }

    pub trait Failed<T> {
        fn __openai_tools_read(&self, _: &Value) -> Result<T, Problem> {
            Err(Problem::never_derived())
        }

        fn __openai_tools_generate(&self) -> Result<Value, SchemaError> {
            Ok(Value::Null)
        }
    }

    impl<T> Failed<T> for &Whole<T> {}
}

mod set {
    use serde_json::Value;

    use crate::{
        error::Error,
        schema::Problem,
        tool::{
            Members, Tool, ToolSet,
            declared::Declared,
            set::{members::Held, names::Names},
        },
    };

    /// Adds a variant with fields, or without any.
    pub fn add_declared<S: 'static>(
        members: &mut Members<S>,
        declared: &Declared,
        read: fn(&Value) -> Result<S, Problem>,
    ) -> Result<(), Error> {
        members.declared(declared, read)
    }

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

    /// What a variant with one tool holds.
    #[must_use]
    pub const fn one_tool<T: OneTool>() -> Held<T> {
        Held::new()
    }

    /// What a variant with `#[tool(set)]` holds.
    #[must_use]
    pub const fn all_tools<T: ToolSet>() -> Held<T> {
        Held::new()
    }

    /// The names of it.
    #[must_use]
    pub const fn names<T>(held: &Held<T>) -> Names {
        held.names
    }

    /// Adds a variant around a type.
    pub fn add_held<T: 'static, S: 'static>(
        members: &mut Members<S>,
        held: &Held<T>,
        changes: (Option<&str>, Option<&str>, &str),
        wrap: fn(T) -> S,
    ) -> Result<(), Error> {
        members.held(held, changes, wrap)
    }
}

#[cfg(feature = "dispatch")]
mod dispatch {
    use std::error::Error;

    use crate::tool::{
        IntoContent,
        dynamic::{Returned, Work, returned as returned_by_the_tool},
    };

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
        pub fn settle<T: IntoContent, E: Failure>(self, returned: Result<T, E>) -> Returned {
            returned_by_the_tool(returned.map_err(Failure::into_boxed))
        }
    }

    /// The returned value is the output itself.
    #[derive(Debug)]
    pub struct Infallibly;

    impl Infallibly {
        pub fn settle<T: IntoContent>(self, returned: T) -> Returned {
            returned_by_the_tool::<T, BoxError>(Ok(returned))
        }
    }

    /// A call that goes on while others do.
    pub fn later(call: impl Future<Output = Returned> + Send + 'static) -> Work {
        Work::Async(Box::pin(call))
    }

    /// A call that may block its thread.
    pub fn blocking(call: impl FnOnce() -> Returned + Send + 'static) -> Work {
        Work::Blocking(Box::new(call))
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
