//! One property of an object that no type of Rust stands for: a parameter of a function.
//!
//! What a derive writes for a struct is compiled anew for each tool. Here only what depends on the
//! type of the property is, once for each type.

use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use super::{
    bounds::{FromJson, HasSchema},
    checker::{Reading, read_member, reads_nothing, unreadable},
    problem::Problem,
    strict::SchemaError,
};

/// A property whose values are a `T`.
#[derive(Debug)]
pub struct Field<T> {
    told: FieldSchema,
    read: fn(&Value, &'static str) -> Result<T, Problem>,
}

/// What is told of a property.
#[derive(Clone, Copy, Debug)]
pub struct FieldSchema {
    name: &'static str,
    description: &'static str,
    schema: fn(&mut SchemaGenerator) -> Schema,
    is_optional: fn() -> bool,
    reading: Reading,
}

/// A property; an empty description is none.
///
/// No associated function: rustc looks for these by their bounds, and would say that there is none.
#[must_use]
pub const fn field<T: HasSchema + FromJson>(
    name: &'static str,
    description: &'static str,
) -> Field<T> {
    let (schema, is_optional) = (T::subschema, reads_nothing::<T>);
    let told = FieldSchema { name, description, schema, is_optional, reading: Reading::of::<T>() };
    Field { told, read: read_member::<T> }
}

// Without bounds: a type that lacks one is reported where the field is made, and only there.
impl<T> Field<T> {
    /// What is told of it.
    #[must_use]
    pub const fn schema(&self) -> FieldSchema {
        self.told
    }

    /// Reads it out of an object that has been checked.
    ///
    /// # Errors
    ///
    /// The place and the reason of the first thing that the type refuses.
    pub fn read(&self, object: &Value) -> Result<T, Problem> {
        (self.read)(object, self.told.name)
    }
}

/// Refuses the schema of an object with these fields if there is what their types never read.
pub(crate) fn check_fields(fields: &[FieldSchema], schema: &Value) -> Result<(), SchemaError> {
    let readings: Vec<_> = fields.iter().map(|f| (Some(f.name), f.reading)).collect();
    unreadable(schema, &readings)
}

/// Refuses the schema of a type if there is what it never reads.
pub(crate) fn check_type<T: FromJson>(schema: &Value) -> Result<(), SchemaError> {
    unreadable(schema, &[(None, Reading::of::<T>())])
}

/// The schema of an object, as a derive of schemars makes it for a struct with these fields.
pub(super) fn object(fields: &[FieldSchema], generator: &mut SchemaGenerator) -> Schema {
    let mut properties = serde_json::Map::new();
    let mut required = Vec::new();
    for field in fields {
        let mut schema = (field.schema)(generator);
        if !field.description.is_empty() {
            schema.insert("description".to_owned(), field.description.into());
        }
        properties.insert(field.name.to_owned(), schema.to_value());
        if !(field.is_optional)() {
            required.push(Value::from(field.name));
        }
    }
    let mut object = schemars::json_schema!({"type": "object"});
    if !properties.is_empty() {
        object.insert("properties".to_owned(), properties.into());
    }
    if !required.is_empty() {
        object.insert("required".to_owned(), required.into());
    }
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        object.insert("$defs".to_owned(), definitions.into());
    }
    object
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use schemars::JsonSchema;
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::schema::{deserialize, generate, generate_object};

    #[derive(Debug, Deserialize, JsonSchema, PartialEq)]
    struct Place {
        /// Name of the city.
        city: String,
        within: Option<Box<Place>>,
    }

    /// What a derive makes of the fields below.
    #[derive(Debug, Deserialize, JsonSchema, PartialEq)]
    struct Derived {
        /// Where.
        place: Place,
        count: u8,
        /// How.
        note: Option<String>,
        boxed: Box<Option<u8>>,
        big: u128,
        names: BTreeMap<String, Vec<Place>>,
        nothing: (),
        json: Value,
    }

    #[derive(JsonSchema)]
    struct Empty {}

    const PLACE: Field<Place> = field("place", "Where.");
    const COUNT: Field<u8> = field("count", "");
    const NOTE: Field<Option<String>> = field("note", "How.");
    const BOXED: Field<Box<Option<u8>>> = field("boxed", "");
    const BIG: Field<u128> = field("big", "");
    const NAMES: Field<BTreeMap<String, Vec<Place>>> = field("names", "");
    const NOTHING: Field<()> = field("nothing", "");
    const JSON: Field<Value> = field("json", "");

    const FIELDS: [FieldSchema; 8] = [
        PLACE.schema(),
        COUNT.schema(),
        NOTE.schema(),
        BOXED.schema(),
        BIG.schema(),
        NAMES.schema(),
        NOTHING.schema(),
        JSON.schema(),
    ];

    fn read(object: &Value) -> Result<Derived, Problem> {
        Ok(Derived {
            place: PLACE.read(object)?,
            count: COUNT.read(object)?,
            note: NOTE.read(object)?,
            boxed: BOXED.read(object)?,
            big: BIG.read(object)?,
            names: NAMES.read(object)?,
            nothing: NOTHING.read(object)?,
            json: JSON.read(object)?,
        })
    }

    #[test]
    fn fields_have_the_schema_of_a_struct_with_them() {
        let mut derived = generate::<Derived>();
        // The docs of the struct, which the tool has for itself.
        derived.as_object_mut().expect("an object").shift_remove("description");
        assert_eq!(generate_object(&FIELDS).to_string(), derived.to_string());
        assert_eq!(generate_object(&[]).to_string(), generate::<Empty>().to_string());
    }

    #[test]
    fn fields_are_read_like_those_of_a_struct() {
        let whole = json!({
            "place": {"city": "Hanoi", "within": {"city": "Vietnam"}},
            "count": 3,
            "big": 5,
            "names": {"a/b": [{"city": "Paris"}]},
            "nothing": null,
            "json": [1],
        });
        let mut wide = whole.clone();
        wide["big"] = json!("340282366920938463463374607431768211455");
        for valid in [&whole, &wide] {
            assert_eq!(read(valid).expect("valid"), deserialize(valid.clone()).expect("valid"));
        }
        for (pointer, wrong) in [
            ("/count", json!(256)),
            ("/count", json!("3")),
            ("/place/within/city", json!(1)),
            ("/names/a~1b/0", json!(null)),
            ("/big", json!("x")),
            ("/nothing", json!(0)),
        ] {
            let mut broken = whole.clone();
            *broken.pointer_mut(pointer).expect("it is there") = wrong;
            let (ours, derived) = (read(&broken), deserialize::<Derived>(broken));
            assert_eq!(ours, derived, "{pointer}");
            assert!(ours.is_err_and(|problem| problem.pointer() == pointer));
        }
        for missing in ["place", "count", "big", "names", "nothing", "json"] {
            let mut broken = whole.clone();
            broken.as_object_mut().expect("an object").remove(missing);
            assert_eq!(read(&broken), deserialize::<Derived>(broken), "{missing}");
        }
        assert!(read(&json!(null)).is_err());
    }
}
