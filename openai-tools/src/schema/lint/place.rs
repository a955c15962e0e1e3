//! Where the schemas of a schema are, and where they lead.

use std::{collections::HashMap, ptr};

use serde_json::{Map, Value};

use crate::schema::problem::{LONGEST_POINTER, escape, shorten_pointer};

/// A schema and how it was reached. Pointers are made of this only where something is told: made
/// for every schema, they would cost the square of the document.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) schema: &'a Value,
    from: Option<usize>,
    keyword: &'a str,
    segment: Segment<'a>,
    /// Whether it is a branch of a union.
    pub(super) is_branch: bool,
    pub(super) depth: usize,
}

/// What leads to a schema behind the keyword.
#[derive(Clone, Copy)]
pub(super) enum Segment<'a> {
    Item(usize),
    Name(&'a str),
    None,
}

impl<'a> Place<'a> {
    pub(super) fn root(schema: &'a Value) -> Self {
        let (keyword, segment) = ("", Segment::None);
        Self { schema, from: None, keyword, segment, is_branch: false, depth: 0 }
    }

    /// The schemas directly inside the one at `from`, behind the others.
    pub(super) fn below(map: &'a Map<String, Value>, from: usize, places: &mut Vec<Self>) {
        let depth = places[from].depth + 1;
        let mut push = |schema: &'a Value, keyword: &'a str, segment: Segment<'a>| {
            let (from, is_branch) = (Some(from), keyword == "anyOf");
            places.push(Self { schema, from, keyword, segment, is_branch, depth });
        };
        for (keyword, value) in map {
            match (keyword.as_str(), value) {
                ("properties" | "$defs" | "definitions", Value::Object(schemas)) => {
                    for (name, schema) in schemas {
                        push(schema, keyword, Segment::Name(name));
                    }
                }
                ("anyOf", Value::Array(branches)) => {
                    for (n, branch) in branches.iter().enumerate() {
                        push(branch, keyword, Segment::Item(n));
                    }
                }
                ("items", schema @ Value::Object(_)) => push(schema, keyword, Segment::None),
                _ => {}
            }
        }
    }
}

/// The pointer to what is at `tail` below a place.
pub(super) fn pointer(places: &[Place<'_>], at: usize, tail: &str) -> String {
    let step = |at: usize| (places[at].from, places[at].keyword, places[at].segment);
    pointer_of(step, at, tail)
}

/// The pointer that steps make, each known by where it comes from, its keyword and what is behind.
pub(super) fn pointer_of<'a>(
    step: impl Fn(usize) -> (Option<usize>, &'a str, Segment<'a>),
    at: usize,
    tail: &str,
) -> String {
    let mut segments = Vec::new();
    let mut next = Some(at);
    while let Some((from, keyword, segment)) = next.map(&step) {
        match segment {
            Segment::Item(n) => segments.push(n.to_string().into()),
            // The middle of a very long name is cut out of the pointer anyway.
            Segment::Name(name) if name.len() > 4 * LONGEST_POINTER => {
                let name = shorten_pointer(name, LONGEST_POINTER);
                segments.push(escape(&name).into_owned().into());
            }
            Segment::Name(name) => segments.push(escape(name)),
            Segment::None => {}
        }
        if from.is_some() {
            segments.push(keyword.into());
        }
        next = from;
    }
    let mut pointer: String = segments.iter().rev().flat_map(|segment| ["/", segment]).collect();
    pointer.push_str(tail);
    pointer
}

/// The places that references name and that lead to themselves by unions and references alone: no
/// value is ever reached there.
pub(super) fn endless(root: &Value, places: &[Place<'_>]) -> Vec<usize> {
    let known: HashMap<*const Value, usize> =
        places.iter().enumerate().map(|(n, place)| (ptr::from_ref(place.schema), n)).collect();
    let mut leads_to: Vec<Vec<usize>> = vec![Vec::new(); places.len()];
    let mut is_named = vec![false; places.len()];
    let mut targets: HashMap<&str, Option<usize>> = HashMap::new();
    for (n, place) in places.iter().enumerate() {
        if let Some(from) = place.from.filter(|_| place.is_branch) {
            leads_to[from].push(n);
        }
        let Some(reference) = place.schema.get("$ref").and_then(Value::as_str) else { continue };
        let target = *targets.entry(reference).or_insert_with(|| {
            let target = root.pointer(reference.strip_prefix('#')?)?;
            known.get(&ptr::from_ref(target)).copied()
        });
        if let Some(target) = target {
            leads_to[n].push(target);
            is_named[target] = true;
        }
    }
    let mut comes_from: Vec<Vec<usize>> = vec![Vec::new(); places.len()];
    for (from, targets) in leads_to.iter().enumerate() {
        for target in targets {
            comes_from[*target].push(from);
        }
    }
    // What leads nowhere is on no circle, nor is what nothing leads to; what is left once all of
    // these are taken out is.
    let mut is_left = vec![true; places.len()];
    for (ahead, behind) in [(&leads_to, &comes_from), (&comes_from, &leads_to)] {
        let left = |n: &usize| is_left[*n];
        let mut counts: Vec<usize> =
            ahead.iter().map(|all| all.iter().filter(|n| left(n)).count()).collect();
        let mut open: Vec<usize> =
            (0..places.len()).filter(|n| is_left[*n] && counts[*n] == 0).collect();
        while let Some(n) = open.pop() {
            is_left[n] = false;
            for other in &behind[n] {
                counts[*other] = counts[*other].saturating_sub(1);
                if counts[*other] == 0 && is_left[*other] {
                    open.push(*other);
                }
            }
        }
    }
    (0..places.len()).filter(|n| is_left[*n] && is_named[*n]).collect()
}

/// The place of the whole schema.
pub(super) const ROOT: usize = 0;
