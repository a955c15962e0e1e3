use schemars::{
    Schema, SchemaGenerator,
    generate::{Contract, SchemaSettings},
};
use serde_json::Value;

use super::{
    bounds::HasSchema,
    field::{FieldSchema, object},
};

/// The JSON Schema of a type: draft 2020-12, for deserialising, properties in declaration order.
///
/// It has neither `$schema` nor a title at the root. The schema is raw: strict mode does not take
/// it before [`StrictSchema::convert`](super::StrictSchema::convert).
///
/// What a derive of `schemars` does cannot be mended here:
///
/// - Unit variants without docs come before those with docs, whatever their order in the source.
///   Document all variants of an enum, or none, where their order matters.
/// - An internally tagged enum (`#[serde(tag = "…")]`) with a newtype variant that holds the enum
///   itself overflows the stack, since such a variant is written out in place. A struct variant
///   with a field of the enum's type does the same job and works.
///
/// ```
/// use openai_tools::schema::generate;
/// use serde_json::json;
///
/// #[derive(schemars::JsonSchema)]
/// struct Place {
///     /// City and country.
///     city: String,
/// }
///
/// assert_eq!(
///     generate::<Place>(),
///     json!({
///         "type": "object",
///         "properties": {"city": {"description": "City and country.", "type": "string"}},
///         "required": ["city"],
///     })
/// );
/// ```
#[must_use]
pub fn generate<T: HasSchema>() -> Value {
    finished(T::root_schema(generator(Contract::Deserialize)))
}

/// The JSON Schema of what a type is serialised to: as [`generate`], the other way round.
///
/// ```
/// use openai_tools::schema::generate_output;
/// use serde_json::json;
///
/// #[derive(schemars::JsonSchema)]
/// #[schemars(rename_all(serialize = "camelCase"))]
/// struct Weather {
///     feels_like: f64,
/// }
///
/// assert_eq!(generate_output::<Weather>()["required"], json!(["feelsLike"]));
/// ```
#[must_use]
pub fn generate_output<T: HasSchema>() -> Value {
    finished(T::root_schema(generator(Contract::Serialize)))
}

/// As [`generate`], of an object with these properties.
pub(crate) fn generate_object(fields: &[FieldSchema]) -> Value {
    object(fields, &mut generator(Contract::Deserialize)).to_value()
}

// Apart, as the functions above are compiled anew for each type.
fn generator(contract: Contract) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.meta_schema = None;
        settings.contract = contract;
    });
    settings.into_generator()
}

fn finished(mut schema: Schema) -> Value {
    schema.remove("title");
    schema.to_value()
}
