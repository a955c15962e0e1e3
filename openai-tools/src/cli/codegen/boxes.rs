//! Which types would be infinitely large without a `Box`.

use super::model::{Body, Fields, Id, Slot, Type, Types};

/// The groups of types that hold each other with nothing in between that is elsewhere in memory.
pub(super) struct Boxes {
    group: Vec<usize>,
    is_circle: Vec<bool>,
}

impl Boxes {
    pub(super) fn of(types: &Types) -> Self {
        let holds: Vec<Vec<usize>> = types.items.iter().map(|item| held(&item.body)).collect();
        let mut held_by = vec![Vec::new(); holds.len()];
        for (from, targets) in holds.iter().enumerate() {
            for to in targets {
                held_by[*to].push(from);
            }
        }
        // Two walks: the order in which the first leaves the types, and the groups of the second.
        let mut seen = vec![false; holds.len()];
        let mut left = Vec::new();
        for start in 0..holds.len() {
            walk(start, &holds, &mut seen, &mut left);
        }
        let mut group = vec![0; holds.len()];
        let mut seen = vec![false; holds.len()];
        let mut is_circle = Vec::new();
        for start in left.into_iter().rev() {
            let mut members = Vec::new();
            walk(start, &held_by, &mut seen, &mut members);
            for member in &members {
                group[*member] = is_circle.len();
            }
            is_circle.push(members.len() > 1 || holds[start].contains(&start));
        }
        Self { group, is_circle }
    }

    /// Whether what one type holds of the other has to be elsewhere.
    pub(super) fn is_needed(&self, holder: Id, held: Id) -> bool {
        let group = self.group[holder.0];
        group == self.group[held.0] && self.is_circle[group]
    }
}

/// Adds what can be reached and was not seen, each behind all that it leads to.
fn walk(start: usize, edges: &[Vec<usize>], seen: &mut [bool], left: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    let mut open = vec![(start, 0)];
    while let Some((at, next)) = open.last_mut() {
        if let Some(&to) = edges[*at].get(*next) {
            *next += 1;
            if !std::mem::replace(&mut seen[to], true) {
                open.push((to, 0));
            }
        } else {
            left.push(*at);
            open.pop();
        }
    }
}

fn held(body: &Body) -> Vec<usize> {
    let mut found = Vec::new();
    let mut slot = |slot: &Slot| {
        if slot.kept.is_none() {
            of_type(&slot.ty, &mut found);
        }
    };
    let mut fields = |fields: &Fields| fields.list.iter().for_each(|field| slot(&field.slot));
    match body {
        Body::Newtype(held) => slot(held),
        Body::Open | Body::Texts(_) => {}
        Body::Struct(held) => fields(held),
        Body::Tagged { variants, .. } => variants.iter().for_each(|v| fields(&v.holds)),
        Body::Untagged(variants) => variants.iter().for_each(|v| slot(&v.holds)),
    }
    found
}

fn of_type(ty: &Type, found: &mut Vec<usize>) {
    match ty {
        Type::Named(id) => found.push(id.0),
        Type::Optional(inner) => of_type(inner, found),
        Type::Tuple(items) => items.iter().for_each(|item| of_type(item, found)),
        _ => {}
    }
}
