//! From a Rust type to the schema that is sent, and from what comes back to the type.
//!
//! Pure functions of plain data; no runtime, no HTTP. [`generate`] makes a JSON Schema from a
//! type, [`StrictSchema::convert`] brings any schema into the subset that strict mode knows,
//! [`Contract`] keeps what is sent together with what is accepted back, and [`Checker`] holds a
//! model's answer against it.

pub(crate) mod bounds;
mod checker;
mod codec;
mod compile;
mod contract;
#[cfg(feature = "cli")]
mod cost;
mod explain;
pub(crate) mod field;
mod generate;
mod keyword;
mod lint;
mod nearest;
pub(crate) mod parameter;
mod pattern;
mod problem;
mod profile;
#[cfg(feature = "cli")]
mod sieve;
mod size;
mod strict;

pub use self::{
    bounds::{FromJson, HasSchema},
    checker::{Checker, deserialize, serialize},
    codec::{Codec, Rewrite},
    contract::Contract,
    generate::{generate, generate_output},
    lint::{Level, Rule, Violation, lint, rules},
    problem::{Fault, NotJson, Problem},
    profile::Profile,
    strict::{Loss, Refusal, SchemaError, StrictSchema},
};

#[cfg(feature = "wire")]
pub(crate) use self::codec::{KEY_NAME, REST_NAME, Shape, VALUE_NAME, Written};
pub(crate) use self::problem::escape;
pub(crate) use self::{
    checker::deserialize_ref,
    compile::{is_checked_format, known_draft, validator},
    field::{check_fields, check_type},
    generate::generate_object,
    keyword::{Held, held},
    lint::{Offer, lint_offers},
    nearest::nearest,
};
#[cfg(feature = "cli")]
pub(crate) use self::{
    checker::read_own,
    cost::deepest,
    lint::{advise, format_name, strict_left_out},
    pattern::are_too_many,
    problem::{shorten, shorten_pointer},
    sieve::{Sieve, Verdict},
    strict::is_annotation,
};
