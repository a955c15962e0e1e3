//! From a JSON Schema to types of Rust.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Map, Value};

use super::{
    model::{Body, Bounds, Id, Item, Kept, Known, Notes, Slot, Type, Types},
    names::{Names, type_name},
    pointer::{last_name, resolve},
};
use crate::schema::SchemaError;

/// Reads one schema and all definitions that it leads to.
pub(super) struct Reader<'a> {
    pub(super) document: &'a Value,
    pub(super) types: &'a mut Types,
    pub(super) names: &'a mut Names,
    /// Types of other crates for texts of a format.
    pub(super) known: &'a [Known],
    /// The places whose schemas are to be kept as they stand.
    kept: &'a HashSet<String>,
    /// The root, and the definitions by their places.
    definitions: HashMap<String, Id>,
    open: VecDeque<(String, Id)>,
    /// What definitions are called where another schema of the file has taken their name.
    prefix: String,
    left: usize,
}

/// What a schema comes to, before it has a name.
pub(super) struct Made {
    pub(super) form: Form,
    pub(super) is_nullable: bool,
    pub(super) notes: Notes,
    pub(super) bounds: Bounds,
}

#[expect(clippy::large_enum_variant, reason = "few are made, and each is looked at once")]
pub(super) enum Form {
    Body(Body),
    Kept(Kept),
    Type(Type),
}

pub(super) type Read<T> = Result<T, SchemaError>;

impl<'a> Reader<'a> {
    pub(super) fn new(
        document: &'a Value,
        types: &'a mut Types,
        names: &'a mut Names,
        known: &'a [Known],
        kept: &'a HashSet<String>,
    ) -> Self {
        let (definitions, open) = (HashMap::new(), VecDeque::new());
        let (prefix, left) = (String::new(), MOST_PLACES);
        Self { document, types, names, known, kept, definitions, open, prefix, left }
    }

    /// Reads the schema as a type of that name.
    pub(super) fn root(&mut self, name: &str) -> Read<Id> {
        let id = self.reserve(name);
        self.prefix.clone_from(&self.types.item(id).name);
        self.definitions.insert(String::new(), id);
        self.open.push_back((String::new(), id));
        while let Some((place, id)) = self.open.pop_front() {
            let document = self.document;
            let target = document.pointer(&place).unwrap_or(&Value::Null);
            self.definition(id, target, &place)?;
        }
        Ok(id)
    }

    fn definition(&mut self, id: Id, schema: &Value, place: &str) -> Read<()> {
        let name = self.types.item(id).name.clone();
        let made = self.make(schema, place, &name)?;
        let is_root = place.is_empty();
        let (body, notes) = match made {
            // A tool is a struct: an enum would be a set of tools.
            Made {
                form: Form::Body(body @ Body::Struct(_)), is_nullable: false, notes, ..
            } => (body, notes),
            Made { form: Form::Body(body), is_nullable: false, notes, .. } if !is_root => {
                (body, notes)
            }
            made => {
                let mut slot = self.slot_of(made, &format!("{name}Value"));
                let extend = std::mem::take(&mut slot.notes.extend);
                let notes =
                    std::mem::replace(&mut slot.notes, Notes { extend, ..Notes::default() });
                (Body::Newtype(slot), notes)
            }
        };
        let item = &mut self.types.items[id.0];
        (item.body, item.notes) = (body, notes);
        Ok(())
    }

    /// What a field or a variant holds.
    pub(super) fn slot(&mut self, schema: &Value, place: &str, name: &str) -> Read<Slot> {
        let made = self.make(schema, place, name)?;
        Ok(self.slot_of(made, name))
    }

    fn slot_of(&mut self, made: Made, name: &str) -> Slot {
        let Made { form, is_nullable, mut notes, bounds } = made;
        let slot = match form {
            Form::Type(ty) => Slot { ty, notes, bounds, kept: None },
            Form::Kept(kept) => {
                let kept = Some(kept);
                return Slot { ty: Type::Free, notes: Notes::default(), bounds, kept };
            }
            Form::Body(body) => {
                let extend = std::mem::take(&mut notes.extend);
                let ty = self.inline(name, body, Notes { extend, ..Notes::default() });
                Slot { ty, notes, bounds, kept: None }
            }
        };
        if is_nullable { slot.or_null() } else { slot }
    }

    /// A type where no attribute can stand.
    pub(super) fn bare(&mut self, schema: &Value, place: &str, name: &str) -> Read<Type> {
        let made = self.make(schema, place, name)?;
        Ok(self.settle(made, name))
    }

    /// The type of what was made; what no type says stands in one of its own.
    pub(super) fn settle(&mut self, made: Made, name: &str) -> Type {
        if let Made { form: Form::Body(body), is_nullable, notes, .. } = made {
            let ty = self.inline(name, body, notes);
            return if is_nullable { ty.optional() } else { ty };
        }
        let mut slot = self.slot_of(made, name);
        if slot.is_plain() {
            return slot.ty;
        }
        let extend = std::mem::take(&mut slot.notes.extend);
        let notes = std::mem::replace(&mut slot.notes, Notes { extend, ..Notes::default() });
        self.inline(name, Body::Newtype(slot), notes)
    }

    fn inline(&mut self, name: &str, body: Body, notes: Notes) -> Type {
        let id = self.reserve(name);
        let item = &mut self.types.items[id.0];
        (item.body, item.notes, item.is_inline) = (body, notes, true);
        Type::Named(id)
    }

    fn reserve(&mut self, name: &str) -> Id {
        let name = self.names.give(&type_name(name));
        let notes = Notes::default();
        self.types.items.push(Item { name, is_inline: false, notes, body: Body::Open, tool: None });
        Id(self.types.items.len() - 1)
    }

    /// The type of what a reference names.
    pub(super) fn reference(&mut self, reference: &str, place: &str) -> Read<Id> {
        let (pointer, _) = self.resolve(reference, place)?;
        if let Some(id) = self.definitions.get(&pointer) {
            return Ok(*id);
        }
        let own = type_name(&last_name(&pointer));
        let given = self.names.give(&own);
        let name = if given == own {
            given
        } else {
            // Another schema of the file has a definition that is called so.
            self.names.take_back(&given);
            self.names.give(&format!("{}{own}", self.prefix))
        };
        let notes = Notes::default();
        self.types.items.push(Item { name, is_inline: false, notes, body: Body::Open, tool: None });
        let id = Id(self.types.items.len() - 1);
        self.definitions.insert(pointer.clone(), id);
        self.open.push_back((pointer, id));
        Ok(id)
    }

    pub(super) fn resolve(&self, reference: &str, place: &str) -> Read<(String, &'a Value)> {
        resolve(self.document, reference).ok_or_else(|| {
            SchemaError::of_file(
                format!("{place}/$ref"),
                "types are made of references by JSON pointer only".to_owned(),
                "write it as `#/$defs/` and the name of a definition",
            )
        })
    }

    /// Reads a schema wherever it stands.
    pub(super) fn make(&mut self, schema: &Value, place: &str, name: &str) -> Read<Made> {
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            let reason = format!("over {MOST_PLACES} places need a type");
            SchemaError::of_file(
                place.to_owned(),
                reason,
                "split the file, or the schema into several tools",
            )
        })?;
        if self.kept.contains(place) {
            return self.keep(schema, place);
        }
        let map = match schema {
            Value::Bool(true) => return Ok(Made::of(Type::Free)),
            Value::Object(map) => map,
            _ => return self.keep(schema, place),
        };
        match self.typed(map, place, name)? {
            Some(mut made) => {
                if !matches!(made.form, Form::Kept(_)) {
                    made.notes.describe(map);
                }
                Ok(made)
            }
            None => self.keep(schema, place),
        }
    }

    /// Keeps a schema as it stands.
    pub(super) fn keep(&mut self, schema: &Value, place: &str) -> Read<Made> {
        let kept = self.keep_schema(schema, place)?;
        Ok(Made { form: Form::Kept(kept), ..Made::of(Type::Free) })
    }

    fn keep_schema(&mut self, schema: &Value, place: &str) -> Read<Kept> {
        let Value::Object(map) = schema else { return Ok(Kept::Json(schema.clone())) };
        let mut kept = Vec::new();
        let mut parts = Vec::new();
        for (keyword, value) in map {
            let at = format!("{place}/{keyword}");
            match (keyword.as_str(), value) {
                // A default is of the place, not of the schema: whoever has the place says it.
                (
                    "$anchor" | "$comment" | "$defs" | "$id" | "$schema" | "default"
                    | "definitions",
                    _,
                ) => {}
                ("$ref", Value::String(reference)) => {
                    parts.push(Kept::Reference(self.reference(reference, place)?));
                }
                ("const" | "enum" | "examples", _) => {
                    kept.push((keyword.clone(), Kept::Json(value.clone())));
                }
                ("dependentSchemas" | "patternProperties" | "properties", Value::Object(all)) => {
                    let mut schemas = Vec::new();
                    for (name, schema) in all {
                        schemas.push((name.clone(), self.keep_schema(schema, &at)?));
                    }
                    kept.push((keyword.clone(), Kept::Object(schemas)));
                }
                (_, Value::Array(values)) => {
                    let values: Read<_> =
                        values.iter().map(|value| self.keep_schema(value, &at)).collect();
                    kept.push((keyword.clone(), Kept::List(values?)));
                }
                (_, value) => kept.push((keyword.clone(), self.keep_schema(value, &at)?)),
            }
        }
        let Some(reference) = parts.pop() else { return Ok(Kept::Object(kept)) };
        if kept.is_empty() {
            return Ok(reference);
        }
        match kept.iter_mut().find(|(keyword, _)| keyword == "allOf") {
            Some((_, Kept::List(parts))) => parts.push(reference),
            _ => kept.push(("allOf".to_owned(), Kept::List(vec![reference]))),
        }
        Ok(Kept::Object(kept))
    }
}

impl Made {
    pub(super) fn of(ty: Type) -> Self {
        Self {
            form: Form::Type(ty),
            is_nullable: false,
            notes: Notes::default(),
            bounds: Bounds::default(),
        }
    }

    pub(super) fn body(body: Body) -> Self {
        Self { form: Form::Body(body), ..Self::of(Type::Null) }
    }

    pub(super) fn or_null(mut self, is_nullable: bool) -> Self {
        self.is_nullable |= is_nullable;
        self
    }
}

impl Notes {
    /// Takes over what a schema says of itself; it goes before what is known already.
    fn describe(&mut self, map: &Map<String, Value>) {
        for (keyword, known) in [("title", &mut self.title), ("description", &mut self.description)]
        {
            let Some(text) = map.get(keyword).and_then(Value::as_str) else { continue };
            *known = Some(text.to_owned());
            if text.is_empty() {
                // schemars passes over what is empty, and the contract has it.
                *known = None;
                self.extend.push((keyword.to_owned(), text.into()));
            }
        }
        // The examples of a part are in there already.
        if let Some(examples) = map.get("examples") {
            if !self.extend.iter().any(|(keyword, _)| keyword == "examples") {
                self.extend.push(("examples".to_owned(), examples.clone()));
            }
        }
    }
}

/// Far more than strict mode takes properties.
const MOST_PLACES: usize = 50_000;
