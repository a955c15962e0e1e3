//! A field of the struct that a macro writes for parameters with attributes.
//!
//! The derives of serde and schemars say many times over what the type of a field lacks, and never
//! how it is mended. So the field has a type that lacks nothing, [`Param`], and what the parameter's
//! own type has to do is asked for once, by a macro's impls of the traits here.

use std::{borrow::Cow, fmt, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::bounds::{FromJson, HasDefault, HasSchema, Told};

/// Stands for one parameter: a type that a macro makes for it.
pub trait Parameter {
    /// The parameter's own type.
    type Type;
}

/// A parameter whose type reads it.
pub trait Reads: Parameter {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// What the type refuses.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Type, D::Error>;
}

/// A parameter of which the model is told by its type.
pub trait Tells: Parameter {
    /// What it is told.
    fn told() -> Told;
}

/// A parameter that may be left out.
pub trait Fills: Parameter {
    /// What stands for it then.
    fn fill() -> Self::Type;
}

/// A value of the parameter `P`, or only its schema.
pub struct Param<P: Parameter>(pub P::Type);

impl<'de, P: Reads> Deserialize<'de> for Param<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        P::read(deserializer).map(Self)
    }
}

/// Schemas tell defaults where these can be written.
impl<P: Parameter<Type: Serialize>> Serialize for Param<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<P: Fills> Default for Param<P> {
    fn default() -> Self {
        Self(P::fill())
    }
}

/// For the function of `skip_serializing_if`, which is written for the parameter's own type.
impl<P: Parameter> Deref for Param<P> {
    type Target = P::Type;

    fn deref(&self) -> &P::Type {
        &self.0
    }
}

impl<P: Parameter<Type: PartialEq>> PartialEq for Param<P> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<P: Parameter> fmt::Debug for Param<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Param").finish_non_exhaustive()
    }
}

impl<P: Tells> JsonSchema for Param<P> {
    fn inline_schema() -> bool {
        (P::told().is_inline)()
    }

    fn schema_name() -> Cow<'static, str> {
        (P::told().name)()
    }

    fn schema_id() -> Cow<'static, str> {
        (P::told().id)()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        (P::told().schema)(generator)
    }

    fn _schemars_private_is_option() -> bool {
        (P::told().is_option)()
    }

    fn _schemars_private_non_optional_json_schema(generator: &mut SchemaGenerator) -> Schema {
        (P::told().non_optional)(generator)
    }
}

/// Reads a value of a type that can be read.
///
/// # Errors
///
/// What the type refuses.
pub fn read<'de, T: FromJson, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::read_from(deserializer)
}

/// What the model is told of a type that has a schema.
#[must_use]
pub fn told<T: HasSchema>() -> Told {
    T::told()
}

/// The default value of a type that has one.
#[must_use]
pub fn made<T: HasDefault>() -> T {
    T::made()
}
