//! What types of parameters have to be able to do, with words of our own for those that cannot.
//!
//! None has a supertrait: rustc reports what a supertrait lacks in the words of that one, and beside
//! ours. So what the library needs of a type are methods here.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserializer, de::DeserializeOwned};

/// A type that can be read from what the model writes: every `serde::de::DeserializeOwned`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from JSON",
    label = "does not implement `serde::Deserialize`",
    note = "add `#[derive(serde::Deserialize)]` to `{Self}`, or to the type inside of it that lacks it; `serde` with its feature `derive` has to be a dependency of your crate, or see `openai_tools::serde`",
    note = "a type of another crate has it by a feature of that crate, mostly called `serde`"
)]
pub trait FromJson: Sized {
    /// As `serde::Deserialize::deserialize`.
    ///
    /// # Errors
    ///
    /// As that.
    #[doc(hidden)]
    fn read_from<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> FromJson for T {
    #[inline]
    fn read_from<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer)
    }
}

/// A type that the model can be told of: every `schemars::JsonSchema`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no JSON schema",
    label = "does not implement `schemars::JsonSchema`",
    note = "add `#[derive(schemars::JsonSchema)]` to `{Self}`, or to the type inside of it that lacks it; `schemars` 1 has to be a dependency of your crate, or see `openai_tools::schemars`",
    note = "a type of another crate has it by a feature of `schemars`, such as `chrono04`, `url2` or `uuid1`"
)]
pub trait HasSchema {
    /// As `SchemaGenerator::subschema_for`.
    #[doc(hidden)]
    fn subschema(generator: &mut SchemaGenerator) -> Schema;

    /// As `SchemaGenerator::into_root_schema_for`.
    #[doc(hidden)]
    fn root_schema(generator: SchemaGenerator) -> Schema;

    /// What `schemars` knows of the type.
    #[doc(hidden)]
    fn told() -> Told;
}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema> HasSchema for T {
    fn subschema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }

    fn root_schema(generator: SchemaGenerator) -> Schema {
        generator.into_root_schema_for::<T>()
    }

    fn told() -> Told {
        Told {
            is_inline: T::inline_schema,
            name: T::schema_name,
            id: T::schema_id,
            schema: T::json_schema,
            is_option: T::_schemars_private_is_option,
            non_optional: T::_schemars_private_non_optional_json_schema,
        }
    }
}

/// The methods of `JsonSchema` for one type, those among them that its derive calls of fields.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    pub(super) is_inline: fn() -> bool,
    pub(super) name: fn() -> Cow<'static, str>,
    pub(super) id: fn() -> Cow<'static, str>,
    pub(super) schema: fn(&mut SchemaGenerator) -> Schema,
    pub(super) is_option: fn() -> bool,
    pub(super) non_optional: fn(&mut SchemaGenerator) -> Schema,
}

/// A type that can stand for what the model has left out: every [`Default`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default value",
    label = "does not implement `Default`",
    note = "implement `Default` for `{Self}`, or name a function that makes the value: `#[serde(default = \"…\")]`"
)]
pub trait HasDefault: Sized {
    /// As [`Default::default`].
    fn made() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> HasDefault for T {
    fn made() -> Self {
        T::default()
    }
}
