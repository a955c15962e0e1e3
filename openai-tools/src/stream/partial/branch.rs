//! Which forms of a union a value can still have. Only the level itself is looked at, so that the
//! answer costs nothing that grows with the value.

use crate::{
    schema::{REST_NAME, Shape, Written},
    stream::json::{Kind, PartialValue},
};

/// The shapes that a value can have where a schema says this one, without unions in between.
pub(super) fn candidates<'a>(shape: Shape<'a>, value: PartialValue<'_>) -> Vec<Shape<'a>> {
    let mut open = vec![shape];
    let mut found: Vec<Shape<'a>> = Vec::new();
    let mut seen: Vec<Shape<'a>> = Vec::new();
    while let Some(shape) = open.pop() {
        if seen.iter().any(|known| known.is(shape)) {
            continue;
        }
        seen.push(shape);
        match shape.written() {
            Written::AnyOf(branches) => {
                open.extend(branches.into_iter().rev().filter(|branch| may_be(*branch, value)));
            }
            _ => found.push(shape),
        }
    }
    found
}

fn may_be(shape: Shape<'_>, value: PartialValue<'_>) -> bool {
    if value.kind() == Kind::Null && shape.is_nullable() {
        return true;
    }
    match (shape.written(), value.kind()) {
        (Written::AnyOf(_), _) => true,
        (Written::Array(_) | Written::Map(_), kind) => kind == Kind::Array,
        (Written::Text, kind) => kind == Kind::String,
        (Written::Scalar, Kind::Array | Kind::Object) => false,
        (Written::Scalar, _) => may_be_scalar(shape, value),
        (Written::Object(members), Kind::Object) => {
            let may_be_member = |(name, value): (&str, PartialValue<'_>)| {
                let is_extras = members.extras().is_some_and(|(extras, _)| extras == name);
                match members.property(name) {
                    Some((_, true)) if value.kind() == Kind::Null => true,
                    Some((shape, _)) => match shape.written() {
                        // Tags tell the forms of most unions apart.
                        Written::Scalar => may_be(shape, value),
                        _ => true,
                    },
                    None => is_extras,
                }
            };
            let has_all = || members.required().all(|name| value.get(name).is_some());
            value.members().take(LOOKED_AT).all(may_be_member)
                && (!value.is_complete() || has_all())
        }
        (Written::Tuple { items, rest }, Kind::Object) => {
            value.members().take(LOOKED_AT).all(|(name, _)| {
                rest.is_some() && name == REST_NAME
                    || tuple_index(name).is_some_and(|index| index < items.len())
            })
        }
        (Written::Wrapped(name, _), Kind::Object) => {
            value.members().take(2).all(|(key, _)| key == name)
        }
        (Written::Object(_) | Written::Tuple { .. } | Written::Wrapped(..), _) => false,
    }
}

fn may_be_scalar(shape: Shape<'_>, value: PartialValue<'_>) -> bool {
    // A string that grows may become any other; so may the rest, as its type alone is known.
    match value.to_value() {
        Some(scalar) if value.is_complete() => shape.holds(&scalar),
        _ => true,
    }
}

/// The index that the name of a tuple's item stands for.
pub(super) fn tuple_index(name: &str) -> Option<usize> {
    name.strip_prefix("item_")?.parse().ok()
}

/// More members than this tell no more about the form.
const LOOKED_AT: usize = 32;
