//! A schema as a union of branches of one kind each.

use std::{cmp::Ordering, collections::BTreeSet, rc::Rc};

use serde_json::Value;

use super::{
    document::Node,
    number::{Bound, Num, same},
};

/// The values that a schema allows: those of any branch; none without a branch.
#[derive(Clone, Debug)]
pub(super) struct Normal<'a> {
    pub(super) branches: Vec<Branch<'a>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    pub(super) const ALL: [Self; 6] =
        [Self::Null, Self::Boolean, Self::Number, Self::String, Self::Array, Self::Object];

    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// Values of one kind that hold to all of this.
#[derive(Clone, Debug)]
pub(super) struct Branch<'a> {
    pub(super) kind: Kind,
    /// The only values, where they are listed.
    pub(super) only: Option<Vec<&'a Value>>,
    pub(super) is_whole: bool,
    pub(super) low: Option<Bound>,
    pub(super) high: Option<Bound>,
    pub(super) multiples: Vec<Num>,
    /// Characters, items or properties.
    pub(super) least: u64,
    pub(super) most: u64,
    pub(super) patterns: BTreeSet<&'a str>,
    /// With their dialect: drafts hold texts to different formats.
    pub(super) formats: BTreeSet<(bool, &'a str)>,
    pub(super) is_unique: bool,
    pub(super) arrays: Vec<ArrayPart<'a>>,
    pub(super) objects: Vec<ObjectPart<'a>>,
    pub(super) required: BTreeSet<&'a str>,
    /// A name, and those that have to be there beside it.
    pub(super) dependent: Vec<(&'a str, BTreeSet<&'a str>)>,
    /// What the names of properties have to be.
    pub(super) names: Vec<Node<'a>>,
    /// Rules that are only known by what they say.
    pub(super) opaque: BTreeSet<Rc<str>>,
}

/// What one schema says of items.
#[derive(Clone, Debug)]
pub(super) struct ArrayPart<'a> {
    pub(super) prefix: Vec<Node<'a>>,
    pub(super) rest: Option<Node<'a>>,
}

/// What one schema says of properties: `additional` is for those that neither `properties` nor
/// `patterns` of the same schema name.
#[derive(Clone, Debug)]
pub(super) struct ObjectPart<'a> {
    pub(super) properties: Vec<(&'a str, Node<'a>)>,
    pub(super) patterns: Vec<(&'a str, Node<'a>)>,
    pub(super) additional: Option<Node<'a>>,
}

impl ObjectPart<'_> {
    /// Whether it refuses all properties that it does not name.
    pub(super) fn is_closed(&self) -> bool {
        self.patterns.is_empty()
            && self.additional.is_some_and(|node| *node.schema == Value::Bool(false))
    }
}

impl Normal<'_> {
    pub(super) fn any() -> Self {
        Self { branches: Kind::ALL.into_iter().map(Branch::of).collect() }
    }

    pub(super) fn none() -> Self {
        Self { branches: Vec::new() }
    }

    /// What both allow; `None` where that has too many branches.
    pub(super) fn meet(&self, other: &Self) -> Option<Self> {
        let mut branches = Vec::new();
        for one in &self.branches {
            for other in other.branches.iter().filter(|other| other.kind == one.kind) {
                branches.extend(one.meet(other));
                if branches.len() > MOST_BRANCHES {
                    return None;
                }
            }
        }
        Some(Self { branches })
    }

    /// What either allows.
    pub(super) fn join(&mut self, other: Self) -> Option<()> {
        self.branches.extend(other.branches);
        (self.branches.len() <= MOST_BRANCHES).then_some(())
    }

    /// Adds a rule that is known by what it says.
    pub(super) fn mark(&mut self, rule: &Rc<str>) {
        for branch in &mut self.branches {
            branch.opaque.insert(Rc::clone(rule));
        }
    }
}

impl<'a> Branch<'a> {
    pub(super) fn of(kind: Kind) -> Self {
        Self {
            kind,
            only: None,
            is_whole: false,
            low: None,
            high: None,
            multiples: Vec::new(),
            least: 0,
            most: u64::MAX,
            patterns: BTreeSet::new(),
            formats: BTreeSet::new(),
            is_unique: false,
            arrays: Vec::new(),
            objects: Vec::new(),
            required: BTreeSet::new(),
            dependent: Vec::new(),
            names: Vec::new(),
            opaque: BTreeSet::new(),
        }
    }

    /// The values of both; `None` where there are none.
    fn meet(&self, other: &Self) -> Option<Self> {
        let mut both = self.clone();
        both.only = match (both.only, &other.only) {
            (Some(mut one), Some(other)) => {
                one.retain(|value| other.iter().any(|other| same(value, other)));
                Some(one)
            }
            (one, other) => one.or_else(|| other.clone()),
        };
        both.is_whole |= other.is_whole;
        both.low = Bound::tighter(both.low, other.low, Ordering::Greater);
        both.high = Bound::tighter(both.high, other.high, Ordering::Less);
        both.multiples.extend(&other.multiples);
        both.least = both.least.max(other.least);
        both.most = both.most.min(other.most);
        both.patterns.extend(&other.patterns);
        both.formats.extend(&other.formats);
        both.is_unique |= other.is_unique;
        both.arrays.extend(other.arrays.iter().cloned());
        both.objects.extend(other.objects.iter().cloned());
        both.required.extend(&other.required);
        both.dependent.extend(other.dependent.iter().cloned());
        both.names.extend(&other.names);
        both.opaque.extend(other.opaque.iter().cloned());
        (!both.is_empty()).then_some(both)
    }

    /// Whether no value can hold to this, as far as that is plain.
    pub(super) fn is_empty(&self) -> bool {
        if self.only.as_ref().is_some_and(Vec::is_empty) || self.least > self.most {
            return true;
        }
        let (Some(low), Some(high)) = (self.low, self.high) else { return false };
        match low.at.compare(high.at) {
            Ordering::Greater => true,
            Ordering::Equal => low.is_exclusive || high.is_exclusive,
            Ordering::Less => false,
        }
    }

    /// How many items there can be.
    pub(super) fn most_items(&self) -> u64 {
        let closed = self.arrays.iter().filter_map(|part| {
            let ends = part.rest.is_some_and(|rest| *rest.schema == Value::Bool(false));
            ends.then_some(part.prefix.len() as u64)
        });
        closed.min().unwrap_or(u64::MAX).min(self.most)
    }

    /// How many properties there can be.
    pub(super) fn most_properties(&self) -> u64 {
        let closed = self.objects.iter().filter(|part| part.is_closed());
        let named = closed.map(|part| part.properties.len() as u64).min();
        named.unwrap_or(u64::MAX).min(self.most)
    }

    /// The schemas of the item at an index, or of those beyond all that is said.
    pub(super) fn item(&self, index: usize) -> Vec<Node<'a>> {
        let of_part = |part: &ArrayPart<'a>| part.prefix.get(index).copied().or(part.rest);
        self.arrays.iter().filter_map(of_part).collect()
    }

    /// How many items have schemas of their own.
    pub(super) fn prefix(&self) -> usize {
        self.arrays.iter().map(|part| part.prefix.len()).max().unwrap_or(0)
    }

    pub(super) fn has_patterns(&self) -> bool {
        self.objects.iter().any(|part| !part.patterns.is_empty())
    }

    /// All values of a branch that has few: a list that may hold more than are valid.
    pub(super) fn listed(&self) -> Option<Vec<Value>> {
        if let Some(only) = &self.only {
            return (only.len() <= MOST_LISTED).then(|| only.iter().copied().cloned().collect());
        }
        match self.kind {
            Kind::Null => Some(vec![Value::Null]),
            Kind::Boolean => Some(vec![Value::Bool(false), Value::Bool(true)]),
            Kind::Number if self.is_whole => {
                let (Num::Whole(low), Num::Whole(high)) = (self.low?.at, self.high?.at) else {
                    return None;
                };
                let (low, high) = (i64::try_from(low).ok()?, i64::try_from(high).ok()?);
                let count = high.checked_sub(low).and_then(|n| usize::try_from(n).ok())?;
                (count < MOST_LISTED).then(|| (low..=high).map(Value::from).collect())
            }
            _ => None,
        }
    }
}

const MOST_BRANCHES: usize = 400;
const MOST_LISTED: usize = 2_000;
