//! From a place in the type's own JSON to what the model writes there.

use super::{branch::candidates, entry};
use std::borrow::Cow;

use crate::{
    json::segments,
    schema::{REST_NAME, Shape, Written},
    stream::json::{Kind, PartialValue},
};

/// What the model writes at a place.
pub(super) struct Found<'a> {
    pub(super) value: PartialValue<'a>,
    /// How it is written; none if that is as the type reads it.
    pub(super) shape: Option<Shape<'a>>,
    /// What is left of the pointer: a place in the decoded value.
    pub(super) rest: Vec<String>,
    /// Whether a `null` there says that nothing is.
    pub(super) is_absent: bool,
    /// Whether one form of all unions on the way is left.
    pub(super) is_settled: bool,
}

/// One way to have followed the pointer so far. There are several where unions are not settled.
#[derive(Clone, Copy)]
struct Way<'a> {
    value: PartialValue<'a>,
    shape: Option<Shape<'a>>,
    is_absent: bool,
}

pub(super) fn find<'a>(
    shape: Option<Shape<'a>>,
    root: PartialValue<'a>,
    pointer: &str,
) -> Option<Found<'a>> {
    let segments: Vec<String> = match pointer {
        "" => Vec::new(),
        pointer => {
            pointer.starts_with('/').then(|| segments(pointer).map(Cow::into_owned).collect())?
        }
    };
    let mut ways = vec![Way { value: root, shape, is_absent: false }];
    for (n, segment) in segments.iter().enumerate() {
        ways = settle(&ways, false)?;
        // What is complete and written as one text or one union is decoded as a whole.
        if let [Way { value, shape: Some(shape), .. }] = ways[..] {
            let whole = match shape.written() {
                Written::Text => true,
                Written::AnyOf(_) => value.is_complete(),
                _ => false,
            };
            if whole {
                let rest = segments[n..].to_vec();
                let shape = Some(shape);
                return Some(Found { value, shape, rest, is_absent: false, is_settled: true });
            }
        }
        ways = settle(&ways, true)?;
        let mut next: Vec<Way<'a>> = Vec::new();
        for way in ways {
            // In a form that has no such place, what came cannot be told yet.
            let way = way.step(segment)?;
            if !next.iter().any(|known| known.is(way)) {
                next.push(way);
            }
        }
        ways = next;
    }
    let ways = settle(&ways, false)?;
    let (first, others) = ways.split_first()?;
    let Way { value, shape, is_absent } = *first;
    let is_one_place = others.iter().all(|way| way.value.is(value));
    let is_settled = others.is_empty();
    is_one_place.then(|| Found { value, shape, rest: Vec::new(), is_absent, is_settled })
}

/// Takes off what has no segment of its own.
fn settle<'a>(ways: &[Way<'a>], unions: bool) -> Option<Vec<Way<'a>>> {
    let mut settled: Vec<Way<'a>> = Vec::new();
    for &way in ways {
        let mut add = |way: Way<'a>| {
            if !settled.iter().any(|known| known.is(way)) {
                settled.push(way);
            }
        };
        match way.shape.filter(|shape| shape.rewrites()) {
            None => add(Way { shape: None, ..way }),
            Some(shape) => match shape.written() {
                Written::Wrapped(name, inner) => {
                    let value = way.value.get(name)?;
                    for way in settle(&[Way { value, shape: Some(inner), ..way }], unions)? {
                        add(way);
                    }
                }
                Written::AnyOf(_) if unions => {
                    for branch in candidates(shape, way.value) {
                        add(Way { shape: Some(branch).filter(|shape| shape.rewrites()), ..way });
                    }
                }
                _ => add(Way { shape: Some(shape), ..way }),
            },
        }
    }
    Some(settled)
}

impl Way<'_> {
    fn is(self, other: Self) -> bool {
        let same_shape = match (self.shape, other.shape) {
            (Some(own), Some(other)) => own.is(other),
            (None, None) => true,
            _ => false,
        };
        same_shape && self.value.is(other.value) && self.is_absent == other.is_absent
    }

    fn step(self, segment: &str) -> Option<Self> {
        let plain = |value| Self { value, shape: None, is_absent: false };
        let at = |value, shape| Self { value, shape: Some(shape), is_absent: false };
        let Some(shape) = self.shape else {
            return match self.value.kind() {
                Kind::Array => self.value.item(segment.parse().ok()?),
                _ => self.value.get(segment),
            }
            .map(plain);
        };
        match shape.written() {
            Written::Array(items) => Some(at(self.value.item(segment.parse().ok()?)?, items)),
            Written::Map(values) => Some(at(find_entry(self.value, segment)?, values)),
            Written::Object(members) => {
                if let Some((shape, null_is_absent)) = members.property(segment) {
                    let value = self.value.get(segment)?;
                    let is_absent = null_is_absent && value.is_null();
                    return Some(Self { value, shape: Some(shape), is_absent });
                }
                let (name, values) = members.extras()?;
                Some(at(find_entry(self.value.get(name)?, segment)?, values))
            }
            Written::Tuple { items, rest } => {
                let index: usize = segment.parse().ok()?;
                if let Some(item) = items.get(index) {
                    return Some(at(self.value.get(&format!("item_{index}"))?, *item));
                }
                Some(at(self.value.get(REST_NAME)?.item(index - items.len())?, rest?))
            }
            Written::AnyOf(_) | Written::Scalar | Written::Text | Written::Wrapped(..) => None,
        }
    }
}

fn find_entry<'a>(entries: PartialValue<'a>, key: &str) -> Option<PartialValue<'a>> {
    entries.items().filter_map(entry).find(|(name, _)| *name == key).map(|(_, value)| value)
}
