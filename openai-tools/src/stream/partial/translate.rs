//! From a place in what the model writes to the place in the type's own JSON.

use std::borrow::Cow;

use super::{
    branch::{candidates, tuple_index},
    entry,
};
use crate::{
    schema::{REST_NAME, Shape, VALUE_NAME, Written, escape},
    stream::json::PartialValue,
};

/// What a place of the model's form is in the type's form.
#[derive(Clone, Copy)]
enum Stand<'a> {
    /// A list of entries of a map.
    Entries(Shape<'a>),
    /// One entry of a map.
    Entry(Shape<'a>),
    /// The value of an entry, which is told when the entry is complete: the key may come last.
    EntryValue(Shape<'a>),
    /// What is written as the type reads it.
    Plain,
    /// What a tuple has behind its items; their number.
    Rest(Shape<'a>, usize),
    Value(Shape<'a>),
}

/// The pointer into the type's form, and the value there; none for what is no place of it.
pub(super) fn translate<'a>(
    shape: Shape<'a>,
    value: PartialValue<'a>,
) -> Option<(String, PartialValue<'a>)> {
    let mut path: Vec<PartialValue<'a>> =
        std::iter::successors(Some(value), |value| value.parent()).collect();
    path.reverse();
    let mut stands = vec![Stand::Value(shape)];
    let mut pointer = String::new();
    for step in path.windows(2) {
        let (from, to) = (step[0], step[1]);
        let mut next: Vec<Stand<'a>> = Vec::new();
        let mut segment: Option<Option<Cow<'a, str>>> = None;
        for stand in stands.iter().flat_map(|stand| stand.settle(from)) {
            let (named, stand) = stand.step(from, to)?;
            // Forms that name the place otherwise are not told apart yet.
            if segment.as_ref().is_some_and(|known| *known != named) {
                return None;
            }
            segment = Some(named);
            if !next.iter().any(|known| known.is(stand)) {
                next.push(stand);
            }
        }
        if let Some(Some(segment)) = segment {
            push(&mut pointer, &segment);
        }
        stands = next;
    }
    let stand = *stands.first()?;
    match stand {
        Stand::Entry(_) => {
            let (key, value) = entry(value)?;
            push(&mut pointer, key);
            Some((pointer, value))
        }
        Stand::Entries(_) | Stand::EntryValue(_) | Stand::Rest(..) => None,
        // The root is told when what it holds is complete.
        Stand::Value(shape) if matches!(shape.written(), Written::Wrapped(..)) => None,
        Stand::Plain | Stand::Value(_) => Some((pointer, value)),
    }
}

fn push(pointer: &mut String, segment: &str) {
    pointer.push('/');
    pointer.push_str(&escape(segment));
}

impl<'a> Stand<'a> {
    fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Plain, Self::Plain) => true,
            (Self::Entries(a), Self::Entries(b))
            | (Self::Entry(a), Self::Entry(b))
            | (Self::EntryValue(a), Self::EntryValue(b))
            | (Self::Value(a), Self::Value(b)) => a.is(b),
            (Self::Rest(a, items), Self::Rest(b, others)) => a.is(b) && items == others,
            _ => false,
        }
    }

    /// The same without unions.
    fn settle(self, value: PartialValue<'_>) -> Vec<Self> {
        let (Self::Value(shape) | Self::EntryValue(shape)) = self else { return vec![self] };
        if !shape.rewrites() {
            return vec![Self::Plain];
        }
        let plain_or = |shape: Shape<'a>| {
            if shape.rewrites() { Self::Value(shape) } else { Self::Plain }
        };
        candidates(shape, value).into_iter().map(plain_or).collect()
    }

    /// One step down: its segment in the type's form, if it has one, and where it leads to.
    fn step(
        self,
        from: PartialValue<'a>,
        to: PartialValue<'a>,
    ) -> Option<(Option<Cow<'a, str>>, Self)> {
        let number = |index: usize| Some(Cow::from(index.to_string()));
        let shape = match self {
            Self::Plain => {
                let segment = to.key().map_or_else(|| number(to.index()), |key| Some(key.into()));
                return Some((segment, Self::Plain));
            }
            Self::Entries(values) => return Some((None, Self::Entry(values))),
            Self::Entry(values) => {
                let (key, _) = entry(from)?;
                let is_value = to.key() == Some(VALUE_NAME);
                return is_value.then(|| (Some(key.into()), Self::EntryValue(values)));
            }
            Self::Rest(items, before) => {
                return Some((number(before + to.index()), Self::Value(items)));
            }
            Self::EntryValue(shape) | Self::Value(shape) => shape,
        };
        match (shape.written(), to.key()) {
            (Written::Array(items), None) => Some((number(to.index()), Self::Value(items))),
            (Written::Map(values), None) => Some((None, Self::Entry(values))),
            (Written::Object(members), Some(name)) => {
                if let Some((shape, _)) = members.property(name) {
                    return Some((Some(name.into()), Self::Value(shape)));
                }
                let (extras, values) = members.extras()?;
                (extras == name).then_some((None, Self::Entries(values)))
            }
            (Written::Tuple { items, rest }, Some(name)) => {
                if name == REST_NAME {
                    return Some((None, Self::Rest(rest?, items.len())));
                }
                let index = tuple_index(name)?;
                Some((number(index), Self::Value(*items.get(index)?)))
            }
            (Written::Wrapped(wrapper, inner), Some(name)) => {
                (wrapper == name).then_some((None, Self::Value(inner)))
            }
            _ => None,
        }
    }
}
