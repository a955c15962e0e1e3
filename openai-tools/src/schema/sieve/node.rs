use std::collections::HashMap;

use jsonschema::Validator;

/// One schema. All of it holds at the same time.
#[derive(Debug)]
pub(super) struct Node {
    /// The types that may be there, as bits of [`Kinds`].
    pub(super) kinds: u8,
    pub(super) allowed: Option<Box<Allowed>>,
    pub(super) text: Option<Box<TextRule>>,
    pub(super) number: Option<Box<NumberRule>>,
    pub(super) array: Option<Box<ArrayRule>>,
    pub(super) object: Option<Box<ObjectRule>>,
    /// Decides alone, of a value that is built for it.
    pub(super) opaque: Option<Box<Validator>>,
    pub(super) parts: Vec<Part>,
}

/// Types as bits.
pub(super) struct Kinds;

impl Kinds {
    pub(super) const NULL: u8 = 1;
    pub(super) const BOOLEAN: u8 = 2;
    /// A number without a fraction, however it is written.
    pub(super) const INTEGER: u8 = 4;
    pub(super) const FRACTION: u8 = 8;
    pub(super) const STRING: u8 = 16;
    pub(super) const ARRAY: u8 = 32;
    pub(super) const OBJECT: u8 = 64;
    pub(super) const NUMBER: u8 = Self::INTEGER | Self::FRACTION;
    pub(super) const ALL: u8 = 127;
}

impl Node {
    pub(super) fn of(kinds: u8) -> Self {
        Self {
            kinds,
            allowed: None,
            text: None,
            number: None,
            array: None,
            object: None,
            opaque: None,
            parts: Vec::new(),
        }
    }

    /// Whether nothing but its parts says anything.
    pub(super) fn is_free(&self) -> bool {
        self.kinds == Kinds::ALL
            && self.allowed.is_none()
            && self.text.is_none()
            && self.number.is_none()
            && self.array.is_none()
            && self.object.is_none()
            && self.opaque.is_none()
    }
}

/// The values that are allowed; numbers, arrays and objects are never among them.
#[derive(Debug, Default)]
pub(super) struct Allowed {
    pub(super) texts: Vec<Box<str>>,
    pub(super) null: bool,
    pub(super) truth: bool,
    pub(super) falsehood: bool,
}

#[derive(Debug, Default)]
pub(super) struct TextRule {
    /// In characters.
    pub(super) least: Option<u64>,
    pub(super) most: Option<u64>,
    /// For patterns and formats.
    pub(super) rest: Option<Validator>,
}

#[derive(Debug, Default)]
pub(super) struct NumberRule {
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) above: Option<f64>,
    pub(super) below: Option<f64>,
    /// For multiples.
    pub(super) rest: Option<Validator>,
}

#[derive(Debug, Default)]
pub(super) struct ArrayRule {
    pub(super) least: Option<u64>,
    pub(super) most: Option<u64>,
    /// The nodes of the first items.
    pub(super) first: Vec<usize>,
    /// The node of all others.
    pub(super) rest: Option<usize>,
}

#[derive(Debug)]
pub(super) struct ObjectRule {
    pub(super) properties: Vec<Property>,
    /// The places of the properties by name, where they are many.
    pub(super) by_name: Option<HashMap<Box<[u8]>, usize>>,
    /// The node of every other property; `None` where anything goes.
    pub(super) rest: Option<usize>,
    pub(super) required: Seen,
    pub(super) least: Option<u64>,
    pub(super) most: Option<u64>,
}

#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: Box<[u8]>,
    pub(super) node: usize,
}

impl ObjectRule {
    /// The place of a property; `expected` is the one that comes next where the order is kept.
    pub(super) fn find(&self, name: &[u8], expected: usize) -> Option<usize> {
        if self.properties.get(expected).is_some_and(|property| *property.name == *name) {
            return Some(expected);
        }
        match &self.by_name {
            Some(by_name) => by_name.get(name).copied(),
            None => self.properties.iter().position(|property| *property.name == *name),
        }
    }
}

/// A set of properties, by their places.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen([u64; MOST_PROPERTIES / 64]);

impl Seen {
    /// Whether it was not in yet.
    pub(super) fn insert(&mut self, place: usize) -> bool {
        let (word, bit) = (&mut self.0[place / 64], 1 << (place % 64));
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    pub(super) fn holds(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own & other == *other)
    }
}

/// Schemas that hold for the same value.
#[derive(Debug)]
pub(super) enum Part {
    All(usize),
    Any(Vec<usize>),
    One(Vec<usize>),
}

pub(super) const MOST_PROPERTIES: usize = 256;
