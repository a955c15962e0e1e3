//! Rust types, before they are written.

use serde_json::Value;

/// All types that are written into one file.
#[derive(Debug, Default)]
pub(super) struct Types {
    pub(super) items: Vec<Item>,
}

/// The place of an item in [`Types`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Id(pub(super) usize);

/// A struct or an enum.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) name: String,
    /// Whether its schema stands where it is used, instead of in `$defs`.
    pub(super) is_inline: bool,
    pub(super) notes: Notes,
    pub(super) body: Body,
    pub(super) tool: Option<Tool>,
}

/// What a tool is called, and what is said of it.
#[derive(Debug)]
pub(super) struct Tool {
    pub(super) name: String,
    pub(super) description: Option<String>,
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "few are made, and each is looked at once")]
pub(super) enum Body {
    /// Stands for what it holds.
    Newtype(Slot),
    /// Is not read yet: only a definition that leads to itself sees it.
    Open,
    Struct(Fields),
    /// Objects told apart by the text of one property.
    Tagged {
        tag: String,
        variants: Vec<Variant<Fields>>,
    },
    Texts(Vec<Variant<()>>),
    Untagged(Vec<Variant<Slot>>),
}

#[derive(Debug)]
pub(super) struct Fields {
    pub(super) list: Vec<Field>,
    /// The values of all other properties.
    pub(super) rest: Option<Rest>,
    pub(super) is_closed: bool,
}

#[derive(Debug)]
pub(super) struct Rest {
    pub(super) ident: String,
    pub(super) values: Type,
}

#[derive(Debug)]
pub(super) struct Field {
    /// The property.
    pub(super) name: String,
    pub(super) ident: String,
    pub(super) slot: Slot,
    pub(super) presence: Presence,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Presence {
    /// Left out, it has this value.
    Default(Value),
    /// Its type says whether it may be left out.
    OfType,
    /// It may be left out, which its schema cannot say to serde.
    Optional,
}

#[derive(Debug)]
pub(super) struct Variant<T> {
    pub(super) ident: String,
    /// The text that stands for it; unused where the variants have none.
    pub(super) value: String,
    pub(super) notes: Notes,
    pub(super) holds: T,
}

/// A type where it is used, with what its attributes say.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) ty: Type,
    pub(super) notes: Notes,
    pub(super) bounds: Bounds,
    /// The schema, where no type has it.
    pub(super) kept: Option<Kept>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    Boolean,
    /// Any JSON.
    Free,
    /// An object of any properties.
    FreeObject,
    Known(Known),
    List(Box<Type>),
    Map(Box<Type>),
    Named(Id),
    Null,
    Number(Number),
    Optional(Box<Type>),
    Text,
    Tuple(Vec<Type>),
}

/// What schemars says of a type of Rust's numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    pub(super) rust: &'static str,
    pub(super) kind: &'static str,
    pub(super) format: &'static str,
    pub(super) minimum: Option<i64>,
    pub(super) maximum: Option<i64>,
}

/// A type of another crate for texts of one format.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Known {
    pub(super) rust: &'static str,
    pub(super) format: &'static str,
}

/// What the docs and `extend` say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Notes {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) extend: Vec<(String, Value)>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bounds {
    pub(super) least: Option<Value>,
    pub(super) most: Option<Value>,
    /// Whether they are about a length.
    pub(super) is_length: bool,
    pub(super) pattern: Option<String>,
    /// Those of the items of a list.
    pub(super) inner: Option<Box<Bounds>>,
}

/// A schema that is kept as it stands, but for what its references are called.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    Json(Value),
    List(Vec<Kept>),
    Object(Vec<(String, Kept)>),
    Reference(Id),
}

impl Types {
    pub(super) fn item(&self, id: Id) -> &Item {
        &self.items[id.0]
    }
}

impl Type {
    pub(super) fn optional(self) -> Self {
        match self {
            // `null` is one of their values already.
            Self::Free | Self::Null | Self::Optional(_) => self,
            other => Self::Optional(Box::new(other)),
        }
    }
}

impl Notes {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Bounds {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Slot {
    pub(super) fn of(ty: Type) -> Self {
        Self { ty, notes: Notes::default(), bounds: Bounds::default(), kept: None }
    }

    /// Whether the type says everything.
    pub(super) fn is_plain(&self) -> bool {
        self.notes.is_empty() && self.bounds.is_empty() && self.kept.is_none()
    }

    /// The same where it may also be `null`.
    pub(super) fn or_null(mut self) -> Self {
        if self.kept.is_some() || self.ty.clone().optional() == self.ty {
            return self;
        }
        self.ty = self.ty.optional();
        for (keyword, value) in &mut self.notes.extend {
            match (keyword.as_str(), &mut *value) {
                ("const", _) => {
                    *value = Value::Array(vec![value.take(), Value::Null]);
                    "enum".clone_into(keyword);
                }
                ("enum", Value::Array(values)) if !values.contains(&Value::Null) => {
                    values.push(Value::Null);
                }
                _ => {}
            }
        }
        self
    }
}

/// Rust's numbers, by the formats that schemars gives them.
pub(super) fn number(kind: &str, format: &str) -> Option<Number> {
    NUMBERS.iter().copied().find(|number| number.kind == kind && number.format == format)
}

const fn integer(rust: &'static str, format: &'static str, minimum: Option<i64>) -> Number {
    Number { rust, kind: "integer", format, minimum, maximum: None }
}

const fn small(rust: &'static str, format: &'static str, minimum: i64, maximum: i64) -> Number {
    let (minimum, maximum) = (Some(minimum), Some(maximum));
    Number { rust, kind: "integer", format, minimum, maximum }
}

const fn float(rust: &'static str, format: &'static str) -> Number {
    Number { rust, kind: "number", format, minimum: None, maximum: None }
}

pub(super) const I64: Number = integer("i64", "int64", None);
pub(super) const U64: Number = integer("u64", "uint64", Some(0));
pub(super) const F64: Number = float("f64", "double");

const NUMBERS: &[Number] = &[
    small("i8", "int8", -0x80, 0x7f),
    small("i16", "int16", -0x8000, 0x7fff),
    integer("i32", "int32", None),
    I64,
    integer("i128", "int128", None),
    integer("isize", "int", None),
    small("u8", "uint8", 0, 0xff),
    small("u16", "uint16", 0, 0xffff),
    integer("u32", "uint32", Some(0)),
    U64,
    integer("u128", "uint128", Some(0)),
    integer("usize", "uint", Some(0)),
    float("f32", "float"),
    F64,
];
