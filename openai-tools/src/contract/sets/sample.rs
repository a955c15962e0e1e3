//! Values of a schema, those at its bounds first of all.

use serde_json::{Map, Value, json};

use super::{
    Node, Sets,
    normal::{Branch, Kind},
    number::{Bound, Num},
};

impl<'a> Sets<'a> {
    /// A small value that schemas allow together, or one that comes near to that. It is no promise:
    /// hold it against a validator.
    pub(in crate::contract) fn instance(
        &mut self,
        nodes: &[Node<'a>],
        depth: usize,
    ) -> Option<Value> {
        self.spend(1)?;
        if nodes.is_empty() {
            return Some("x".into());
        }
        let all = self.normal(nodes)?;
        let mut branches: Vec<&Branch<'a>> = all.branches.iter().collect();
        // A union may lead back to where it is; what has no parts ends that.
        let has_parts = |kind| matches!(kind, Kind::Array | Kind::Object);
        branches.sort_by_key(|branch| {
            (branch.kind == Kind::Null && depth <= 2, has_parts(branch.kind) && depth > 2)
        });
        // A schema that says nothing allows everything; a text is the plainest.
        if all.branches.len() == Kind::ALL.len() {
            branches.sort_by_key(|branch| branch.kind != Kind::String);
        }
        branches.into_iter().find_map(|branch| self.of_branch(branch, depth))
    }

    fn of_branch(&mut self, branch: &Branch<'a>, depth: usize) -> Option<Value> {
        if depth > DEEPEST_SAMPLE {
            return None;
        }
        if let Some(only) = &branch.only {
            return only.first().copied().cloned();
        }
        match branch.kind {
            Kind::Null => Some(Value::Null),
            Kind::Boolean => Some(true.into()),
            Kind::Number => Some(plain_number(branch)),
            Kind::String => self.texts(branch).into_iter().next().map(Value::from),
            Kind::Array => {
                let least = usize::try_from(branch.least).ok().filter(|n| *n <= MOST_ITEMS)?;
                self.items(branch, least, depth)
            }
            Kind::Object => {
                let names: Vec<&'a str> = branch.required.iter().copied().collect();
                self.object(branch, &names, depth)
            }
        }
    }

    fn items(&mut self, branch: &Branch<'a>, count: usize, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        for index in 0..count {
            let nodes = branch.item(index);
            let mut item = self.instance(&nodes, depth + 1)?;
            if branch.is_unique {
                // Others of the same kind, so that none is there twice.
                item = match item {
                    Value::Number(_) => json!(index),
                    Value::String(text) if index > 0 => format!("{text}{index}").into(),
                    item => item,
                };
            }
            items.push(item);
        }
        Some(items.into())
    }

    /// An object with some properties, in the order of the schema.
    fn object(&mut self, branch: &Branch<'a>, names: &[&str], depth: usize) -> Option<Value> {
        let mut fields = Map::new();
        let known = branch.objects.iter().flat_map(|part| &part.properties).map(|(name, _)| *name);
        let known: Vec<&str> = known.filter(|name| names.contains(name)).collect();
        for name in known.iter().chain(names) {
            if !fields.contains_key(*name) {
                let nodes = self.property(branch, name)?;
                fields.insert((*name).to_owned(), self.instance(&nodes, depth + 1)?);
            }
        }
        Some(fields.into())
    }

    /// Texts that hold to patterns and formats, if there are such among the usual ones.
    fn texts(&mut self, branch: &Branch<'a>) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        for (_, format) in &branch.formats {
            texts.extend(
                FORMATS
                    .iter()
                    .filter(|(name, _)| name == format)
                    .map(|(_, text)| (*text).to_owned()),
            );
        }
        for pattern in &branch.patterns {
            let plain = pattern.trim_start_matches('^').trim_end_matches('$');
            if plain.chars().all(|c| c.is_alphanumeric() || "-_ :/@".contains(c)) {
                texts.push(plain.to_owned());
                texts.push(format!("{plain}a"));
            }
        }
        texts.extend(TEXTS.iter().map(|text| (*text).to_owned()));
        let least = usize::try_from(branch.least).unwrap_or(usize::MAX).min(MOST_CHARACTERS);
        let most = usize::try_from(branch.most).unwrap_or(usize::MAX);
        if branch.patterns.is_empty() && branch.formats.is_empty() {
            let fits = |text: &String| (least..=most).contains(&text.chars().count());
            texts.retain(fits);
            texts.insert(0, "x".repeat(least.max(1).min(most)));
        }
        let mut held = Vec::new();
        for text in texts {
            let value = Value::from(text.as_str());
            let fits =
                branch.patterns.iter().all(|p| self.holds("pattern", p, &value) == Some(true))
                    && branch
                        .formats
                        .iter()
                        .all(|(_, f)| self.holds("format", f, &value) == Some(true));
            if fits {
                held.push(text);
            }
        }
        held
    }

    /// Values of a schema that another one may refuse, the likeliest first; `focus` is the property
    /// that differs. No promise either.
    pub(in crate::contract) fn samples(
        &mut self,
        one: Node<'a>,
        other: Node<'a>,
        focus: Option<&str>,
    ) -> Vec<Value> {
        let Some(own) = self.normal(&[one]) else { return Vec::new() };
        let theirs = self.normal(&[other]).map(|all| all.branches).unwrap_or_default();
        let mut samples = Vec::new();
        for branch in &own.branches {
            let hints: Vec<&Branch<'a>> =
                theirs.iter().filter(|other| other.kind == branch.kind).collect();
            self.samples_of(branch, &hints, focus, &mut samples);
            if samples.len() > MOST_SAMPLES {
                break;
            }
        }
        samples.truncate(MOST_SAMPLES);
        // What rules of any kind name: they may be about these values alone.
        let mut constants = Vec::new();
        constants_of(other.schema, 0, &mut constants);
        constants_of(one.schema, 0, &mut constants);
        samples.extend(constants);
        samples
    }

    fn samples_of(
        &mut self,
        branch: &Branch<'a>,
        hints: &[&Branch<'a>],
        focus: Option<&str>,
        samples: &mut Vec<Value>,
    ) {
        if let Some(only) = &branch.only {
            samples.extend(only.iter().take(MOST_SAMPLES / 2).copied().cloned());
            return;
        }
        let sizes = || {
            let near = |size: u64| [size, size.saturating_add(1), size.saturating_sub(1)];
            let bounds = hints.iter().copied().chain([branch]).flat_map(|b| [b.least, b.most]);
            let mut sizes: Vec<usize> = bounds
                .flat_map(near)
                .filter_map(|size| usize::try_from(size).ok())
                .filter(|size| *size <= MOST_CHARACTERS)
                .collect();
            sizes.sort_unstable();
            sizes.dedup();
            sizes
        };
        match branch.kind {
            Kind::Null | Kind::Boolean => samples.extend(branch.listed().unwrap_or_default()),
            Kind::Number => numbers_of(branch, hints, samples),
            Kind::String => {
                let texts = self.texts(branch);
                samples.extend(texts.into_iter().map(Value::from));
                samples.extend(sizes().into_iter().map(|size| "x".repeat(size).into()));
                let listed = hints.iter().filter_map(|hint| hint.only.as_ref()).flatten();
                samples.extend(listed.take(20).map(|value| (*value).clone()));
            }
            Kind::Array => {
                for size in sizes().into_iter().chain([1, 2]).filter(|size| *size <= MOST_ITEMS) {
                    samples.extend(self.items(branch, size, 1));
                }
                let first = branch.item(0);
                if let Some(item) = self.instance(&first, 1) {
                    samples.push(json!([item, item]));
                }
                samples.push(json!([1, "x", null]));
            }
            Kind::Object => self.objects_of(branch, hints, focus, samples),
        }
    }

    fn objects_of(
        &mut self,
        branch: &Branch<'a>,
        hints: &[&Branch<'a>],
        focus: Option<&str>,
        samples: &mut Vec<Value>,
    ) {
        let properties_of = |branch: &Branch<'a>| -> Vec<&'a str> {
            branch.objects.iter().flat_map(|part| &part.properties).map(|(name, _)| *name).collect()
        };
        let required: Vec<&'a str> = branch.required.iter().copied().collect();
        let all: Vec<&str> = required.iter().copied().chain(properties_of(branch)).collect();
        let without: Vec<&str> = all.iter().copied().filter(|name| Some(*name) != focus).collect();
        let with: Vec<&str> = required.iter().copied().chain(focus).collect();
        let known: Vec<&str> = all.clone();
        let mut bases: Vec<Value> = Vec::new();
        for names in [&with, &required, &without, &all] {
            bases.extend(self.object(branch, names, 0));
        }
        samples.extend(bases.iter().cloned());
        let Some(Value::Object(base)) = bases.get(1).or_else(|| bases.first()).cloned() else {
            return;
        };
        // What one side does not name, and what neither does.
        let theirs = hints.iter().flat_map(|hint| properties_of(hint)).chain(focus);
        let unnamed = theirs.filter(|name| !known.contains(name)).take(8);
        for name in unnamed.map(str::to_owned).chain([unlike(&known)]).collect::<Vec<_>>() {
            let nodes = self.property(branch, &name).unwrap_or_default();
            let own = self.instance(&nodes, 1);
            for value in own.into_iter().chain([json!(7), json!("x"), json!(null), json!({})]) {
                let mut fields = base.clone();
                fields.insert(name.clone(), value);
                samples.push(fields.into());
            }
        }
        let bounds = hints.iter().copied().chain([branch]).flat_map(|b| [b.least, b.most]);
        for count in bounds.filter_map(|n| usize::try_from(n).ok()).filter(|n| *n < MOST_ITEMS) {
            let mut fields = base.clone();
            for n in 0..=count.saturating_sub(base.len()) {
                samples.push(fields.clone().into());
                fields.insert(format!("{}{n}", unlike(&known)), "x".into());
            }
            samples.push(fields.into());
        }
        for name in all.iter().take(MOST_ITEMS) {
            if !required.contains(name) {
                let names: Vec<&str> = required.iter().copied().chain([*name]).collect();
                samples.extend(self.object(branch, &names, 0));
            }
        }
    }
}

/// The values that a schema lists somewhere.
fn constants_of(schema: &Value, depth: usize, constants: &mut Vec<Value>) {
    if depth > 4 || constants.len() > MOST_ITEMS {
        return;
    }
    match schema {
        Value::Array(items) => {
            for item in items {
                constants_of(item, depth + 1, constants);
            }
        }
        Value::Object(map) => {
            constants.extend(map.get("const").cloned());
            let listed = map.get("enum").and_then(Value::as_array).into_iter().flatten();
            constants.extend(listed.take(MOST_ITEMS).cloned());
            for value in map.values() {
                constants_of(value, depth + 1, constants);
            }
        }
        _ => {}
    }
}

/// A name that none of these is.
fn unlike(names: &[&str]) -> String {
    let mut name = "other".to_owned();
    while names.contains(&&*name) {
        name.push('_');
    }
    name
}

fn plain_number(branch: &Branch<'_>) -> Value {
    let mut samples = Vec::new();
    numbers_of(branch, &[], &mut samples);
    let fits = |value: &&Value| {
        let number = Num::of_value(value);
        number.is_some_and(|number| {
            use std::cmp::Ordering::{Greater, Less};
            (!branch.is_whole || number.is_whole())
                && branch.low.is_none_or(|low| low.admits(number, Greater))
                && branch.high.is_none_or(|high| high.admits(number, Less))
                && branch.multiples.iter().all(|step| number.is_multiple_of(*step))
        })
    };
    samples.iter().find(fits).cloned().unwrap_or_else(|| json!(1))
}

fn numbers_of(branch: &Branch<'_>, hints: &[&Branch<'_>], samples: &mut Vec<Value>) {
    let bounds = |b: &Branch<'_>| -> Vec<Bound> { b.low.into_iter().chain(b.high).collect() };
    let all: Vec<&Branch<'_>> = hints.iter().copied().chain([branch]).collect();
    samples.push(json!(1));
    for Bound { at, .. } in all.iter().flat_map(|b| bounds(b)) {
        match at {
            Num::Whole(at) => {
                for near in [at, at.saturating_add(1), at.saturating_sub(1)] {
                    samples.extend(whole(near));
                }
                if let (false, Ok(at)) = (branch.is_whole, i32::try_from(at)) {
                    samples.push(json!(f64::from(at) + 0.5));
                    samples.push(json!(f64::from(at) - 0.5));
                }
            }
            Num::Float(at) => samples.extend([
                json!(at),
                json!(at + 0.5),
                json!(at - 0.5),
                json!(at.ceil()),
                json!(at.floor()),
            ]),
        }
    }
    for step in all.iter().flat_map(|b| b.multiples.clone()) {
        if let Num::Whole(step) = step {
            let base = match branch.low.map(|low| low.at) {
                Some(Num::Whole(low)) if step != 0 => low - low.rem_euclid(step) + step,
                _ => step,
            };
            for value in [
                step,
                base,
                base.saturating_add(step),
                step.saturating_mul(2),
                step.saturating_add(1),
            ] {
                samples.extend(whole(value));
            }
        } else if let Num::Float(step) = step {
            samples.extend([json!(step), json!(step * 3.0)]);
        }
    }
    samples.extend([json!(0), json!(-1), json!(2), json!(3), json!(1_000_000), json!(-1_000_000)]);
    if !branch.is_whole {
        samples.extend([json!(1.5), json!(-0.25)]);
    }
}

fn whole(value: i128) -> Option<Value> {
    i64::try_from(value).map(Value::from).or_else(|_| u64::try_from(value).map(Value::from)).ok()
}

const DEEPEST_SAMPLE: usize = 20;
const MOST_SAMPLES: usize = 160;
const MOST_ITEMS: usize = 40;
const MOST_CHARACTERS: usize = 3_000;

const TEXTS: &[&str] = &[
    "x",
    "",
    "a",
    "A",
    "0",
    "1",
    "7",
    "ab",
    "AB",
    "abc",
    "ABC",
    "abcd",
    "12",
    "123",
    "1234",
    "12345",
    "a1",
    "A1",
    "a-b",
    "a_b",
    "A-1",
    "AB-12",
    "ABC-123",
    "#ffffff",
    "1.0",
    "1.2.3",
    "10:30",
    "2026-05-01",
    "2026-05-01T10:00:00Z",
    "ann@example.com",
    "https://example.com/",
    "x y",
    "Hello, world",
    "é",
];

const FORMATS: &[(&str, &str)] = &[
    ("date", "2026-05-01"),
    ("date-time", "2026-05-01T10:00:00Z"),
    ("duration", "P1D"),
    ("email", "ann@example.com"),
    ("hostname", "example.com"),
    ("idn-email", "ann@example.com"),
    ("idn-hostname", "example.com"),
    ("ipv4", "192.0.2.1"),
    ("ipv6", "2001:db8::1"),
    ("iri", "https://example.com/"),
    ("iri-reference", "/a"),
    ("json-pointer", "/a"),
    ("regex", "^a$"),
    ("relative-json-pointer", "0"),
    ("time", "10:00:00Z"),
    ("uri", "https://example.com/"),
    ("uri-reference", "/a"),
    ("uri-template", "https://example.com/{a}"),
    ("uuid", "67e55044-10b1-426f-9247-bb680e5fe0c8"),
];
