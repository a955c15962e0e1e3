//! Whether two strict forms are one contract, and where they differ.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use crate::schema::{Contract, escape};

/// Where one strict form is not the other: nothing but names of definitions, the two ways to write
/// `null` and single values, and bounds of 64 bits may differ.
///
/// The place leads into the first form through properties, items and references alone; where a
/// property is only in one of them, or stands in another place, it is that of their object.
pub(super) fn difference(one: &Contract, other: &Contract) -> Option<Place> {
    let forms = [(one.sent(), other.sent(), false), (one.accepted(), other.accepted(), true)];
    for (one, other, is_accepted) in forms {
        let mut walk = Walk {
            roots: [one, other],
            is_accepted,
            pairs: [HashMap::new(), HashMap::new()],
            open: vec![(Place::default(), [one, other])],
        };
        while let Some((place, pair)) = walk.open.pop() {
            if let Some(found) = walk.compare(&place, pair) {
                return Some(found);
            }
        }
    }
    // What only decoded values are held to stands in neither form.
    let checked = |contract: &Contract| -> BTreeSet<String> {
        let losses = contract.losses().iter();
        losses.filter(|loss| loss.enforced).map(|loss| loss.keyword.clone()).collect()
    };
    let is_same = checked(one) == checked(other);
    let rechecks = |contract: &Contract| contract.rechecked().is_some();
    (!is_same || rechecks(one) != rechecks(other)).then(|| Place::at_keywords(one, other))
}

/// A way through a schema: names of properties, `items`, and references.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Place {
    pub(super) steps: Vec<Step>,
    /// Where the original has a rule that only one of them is held to.
    pub(super) original: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Items,
    Property(String),
}

impl Place {
    /// Where the first loss is that the other contract has not.
    fn at_keywords(one: &Contract, other: &Contract) -> Self {
        let has = |keyword: &str| other.losses().iter().any(|loss| loss.keyword == keyword);
        let lost = one.losses().iter().find(|loss| loss.enforced && !has(&loss.keyword));
        let original = lost.map(|loss| loss.pointer.clone());
        Self { steps: Vec::new(), original }
    }

    fn step(&self, step: Step) -> Self {
        let mut place = self.clone();
        place.steps.push(step);
        place
    }

    /// The places in the original schema on this way, the outermost first. The way ends where the
    /// original is written otherwise.
    pub(super) fn in_original(&self, document: &Value) -> Vec<String> {
        let mut at = String::new();
        let mut places = vec![at.clone()];
        if let Some(original) = &self.original {
            let mut end = 0;
            for segment in original.split('/').skip(1) {
                end += segment.len() + 1;
                places.push(original[..end].to_owned());
            }
            return places;
        }
        for step in &self.steps {
            at = settled(document, at);
            let next = match step {
                Step::Items => format!("{at}/items"),
                Step::Property(name) => format!("{at}/properties/{}", escape(name)),
            };
            if document.pointer(&next).is_none() {
                break;
            }
            at = next;
            places.push(at.clone());
        }
        // A difference behind a reference is one of the definition.
        let end = settled(document, at.clone());
        if end != at {
            places.push(end);
        }
        places
    }
}

/// Where the schema is that a schema is another name for.
fn settled(document: &Value, mut at: String) -> String {
    for _ in 0..MOST_NAMES {
        let reference = document.pointer(&at).and_then(|schema| schema.get("$ref")?.as_str());
        let target = reference.and_then(|reference| super::pointer::resolve(document, reference));
        match target {
            Some((pointer, _)) => at = pointer,
            None => break,
        }
    }
    at
}

struct Walk<'a> {
    roots: [&'a Value; 2],
    is_accepted: bool,
    /// The definitions of each form, by those of the other that stand in their place.
    pairs: [HashMap<&'a str, &'a str>; 2],
    open: Vec<(Place, [&'a Value; 2])>,
}

impl<'a> Walk<'a> {
    fn compare(&mut self, place: &Place, pair: [&'a Value; 2]) -> Option<Place> {
        let [one, other] = pair.map(|schema| canonical(schema, self.is_accepted));
        if one.branches.len() != other.branches.len()
            || one.notes != other.notes
            || one.has_null != other.has_null
        {
            return Some(place.clone());
        }
        for branches in one.branches.iter().zip(&other.branches) {
            match branches {
                (Branch::Reference(one), Branch::Reference(other)) => {
                    let known =
                        [self.pairs[0].insert(one, other), self.pairs[1].insert(other, one)];
                    match known {
                        [None, None] => {
                            let targets = [one, other];
                            let at = |n: usize| target(self.roots[n], targets[n]);
                            let (Some(one), Some(other)) = (at(0), at(1)) else {
                                return Some(place.clone());
                            };
                            self.open.push((place.clone(), [one, other]));
                        }
                        [Some(first), Some(second)] if first == *other && second == *one => {}
                        _ => return Some(place.clone()),
                    }
                }
                (Branch::Schema(one), Branch::Schema(other)) => {
                    if one.plain != other.plain || one.order() != other.order() {
                        return Some(place.clone());
                    }
                    for ((name, one), (_, other)) in one.properties.iter().zip(&other.properties) {
                        let place = place.step(Step::Property((*name).to_owned()));
                        self.open.push((place, [one, other]));
                    }
                    if let (Some(one), Some(other)) = (one.items, other.items) {
                        self.open.push((place.step(Step::Items), [one, other]));
                    }
                }
                _ => return Some(place.clone()),
            }
        }
        None
    }
}

fn target<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    root.pointer(reference.strip_prefix('#')?)
}

/// A schema of a strict form, as branches of a union of which one may be `null`.
struct Canonical<'a> {
    notes: Vec<(&'static str, &'a str)>,
    has_null: bool,
    branches: Vec<Branch<'a>>,
}

enum Branch<'a> {
    Reference(&'a str),
    Schema(Object<'a>),
}

struct Object<'a> {
    plain: Map<String, Value>,
    properties: Vec<(&'a str, &'a Value)>,
    items: Option<&'a Value>,
}

impl Object<'_> {
    /// The names of the properties: the order in which a model writes.
    fn order(&self) -> (Vec<&str>, bool) {
        (self.properties.iter().map(|(name, _)| *name).collect(), self.items.is_some())
    }
}

fn canonical(schema: &Value, is_accepted: bool) -> Canonical<'_> {
    let mut made = Canonical { notes: Vec::new(), has_null: false, branches: Vec::new() };
    let Value::Object(map) = schema else { return made };
    let notes = |map| -> Vec<(&'static str, &str)> {
        let map: &Map<String, Value> = map;
        ["title", "description"]
            .into_iter()
            .filter_map(|keyword| Some((keyword, map.get(keyword)?.as_str()?)))
            .collect()
    };
    made.notes = notes(map);
    let Some(Value::Array(branches)) = map.get("anyOf") else {
        made.push(map, is_accepted, true);
        return made;
    };
    let maps: Vec<&Map<String, Value>> = branches.iter().filter_map(Value::as_object).collect();
    let is_null = |map: &Map<String, Value>| map.get("type").is_some_and(|kind| kind == "null");
    let others: Vec<_> = maps.iter().filter(|map| !is_null(map)).collect();
    made.has_null = others.len() < maps.len();
    if let ([only], true) = (&*others, made.notes.is_empty()) {
        // What is said of the one branch is said of all.
        made.notes = notes(only);
        made.push(only, is_accepted, true);
        return made;
    }
    for branch in others {
        made.push(branch, is_accepted, false);
    }
    made
}

impl<'a> Canonical<'a> {
    fn push(&mut self, map: &'a Map<String, Value>, is_accepted: bool, is_noted: bool) {
        if let Some(Value::String(reference)) = map.get("$ref") {
            self.branches.push(Branch::Reference(reference));
            return;
        }
        let mut object = Object { plain: Map::new(), properties: Vec::new(), items: None };
        for (keyword, value) in map {
            match (keyword.as_str(), value) {
                ("$defs", _) => {}
                ("title" | "description", _) if is_noted => {}
                ("properties", Value::Object(properties)) => {
                    object.properties.extend(properties.iter().map(|(name, s)| (&**name, s)));
                }
                ("items", items) => object.items = Some(items),
                ("type", Value::Array(kinds)) => {
                    self.has_null |= kinds.iter().any(|kind| kind == "null");
                    let mut kinds = kinds.iter().filter(|kind| *kind != "null");
                    let kind = kinds.next().cloned().unwrap_or_default();
                    object.plain.insert("type".to_owned(), kind);
                }
                ("const", value) => {
                    object.plain.insert("enum".to_owned(), vec![value.clone()].into());
                }
                ("enum", Value::Array(values)) => {
                    let values = values.iter().filter(|value| !value.is_null());
                    object.plain.insert("enum".to_owned(), values.cloned().collect());
                }
                // A property that takes `null` may be left out by whoever has an `Option` for it.
                ("required", _) if is_accepted => {}
                ("minimum" | "maximum", bound) if is_accepted && is_of_64_bits(bound) => {}
                _ => {
                    object.plain.insert(keyword.clone(), value.clone());
                }
            }
        }
        // Texts that stand in branches of their own are one list of texts.
        let is_list = |map: &Map<String, Value>| {
            map.len() == 2
                && map.contains_key("enum")
                && map.get("type").is_some_and(|k| k == "string")
        };
        if let Some(Branch::Schema(last)) = self.branches.last_mut() {
            if is_list(&last.plain) && is_list(&object.plain) {
                if let (Some(Value::Array(known)), Some(Value::Array(more))) =
                    (last.plain.get_mut("enum"), object.plain.get_mut("enum"))
                {
                    known.append(more);
                    return;
                }
            }
        }
        self.branches.push(Branch::Schema(object));
    }
}

fn is_of_64_bits(bound: &Value) -> bool {
    bound.as_i64() == Some(i64::MIN)
        || bound.as_i64() == Some(i64::MAX)
        || bound.as_u64() == Some(u64::MAX)
        || bound.as_u64() == Some(0)
}

const MOST_NAMES: usize = 64;
