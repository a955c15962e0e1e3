//! Which of the things that a prompt speaks of is the value of which parameter.

use std::cmp::Reverse;

use serde_json::Value;

use super::{
    entity::{Entity, Kind},
    shape::{Leaf, LeafKind},
    words,
};

/// The values for each leaf, in the order of the prompt; none where nothing fits.
pub(super) type Values = Vec<Vec<Value>>;

/// Deals the entities out to the leaves: each goes where it fits best.
pub(super) fn assign(leaves: &[Leaf], entities: &[&Entity]) -> Values {
    let names: Vec<Name> = leaves.iter().map(Name::of).collect();
    let mut values: Values = vec![Vec::new(); leaves.len()];
    for entity in entities {
        let best = leaves
            .iter()
            .enumerate()
            .filter_map(|(index, leaf)| Some((index, leaf, fit(leaf, &names[index], entity)?)))
            .max_by_key(|(index, leaf, fit)| {
                let taken = if leaf.list { 0 } else { values[*index].len() };
                (fit.evidence, fit.affinity, leaf.wanted, Reverse(taken), Reverse(*index))
            });
        if let Some((index, _, fit)) = best {
            values[index].push(fit.value);
        }
    }
    values
}

/// What a parameter is by its name; only texts need it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Role {
    Code,
    Date,
    Email,
    Free,
    Other,
    Place,
    Time,
    Url,
}

impl Role {
    pub(super) fn of(leaf: &Leaf) -> Self {
        match leaf.keyword("format").and_then(Value::as_str) {
            Some("date" | "date-time") => return Self::Date,
            Some("email") => return Self::Email,
            Some("time") => return Self::Time,
            Some("uri" | "url" | "uri-reference") => return Self::Url,
            Some(_) => return Self::Code,
            None => {}
        }
        let name: Vec<String> =
            words::split(&leaf.name).into_iter().map(str::to_lowercase).collect();
        let role = |words: &[&str]| name.iter().any(|part| words.contains(&part.as_str()));
        ROLES.iter().find(|(_, words)| role(words)).map_or(Self::Other, |(role, _)| *role)
    }
}

/// The name of a leaf, taken apart once.
struct Name {
    parts: Vec<String>,
    stems: Vec<String>,
    role: Role,
}

impl Name {
    fn of(leaf: &Leaf) -> Self {
        let parts = words::split(&leaf.name).into_iter().map(str::to_lowercase).collect();
        Self { parts, stems: words::words(&leaf.name), role: Role::of(leaf) }
    }
}

struct Fit {
    /// How clearly the words around the entity name the leaf.
    evidence: u32,
    /// How well its kind suits.
    affinity: u32,
    value: Value,
}

fn fit(leaf: &Leaf, name: &Name, entity: &Entity) -> Option<Fit> {
    // A list within a row would need a structure that prompts do not have.
    if leaf.list && leaf.row.is_some() {
        return None;
    }
    let affinity = affinity(leaf, name.role, entity)?;
    let evidence = evidence(name, entity);
    let certain = leaf.wanted || leaf.list || leaf.row.is_some();
    if !certain && evidence == 0 && affinity < 3 {
        return None;
    }
    let value = forms(leaf, entity).into_iter().find(|value| leaf.accepts(value))?;
    Some(Fit { evidence, affinity, value })
}

fn affinity(leaf: &Leaf, role: Role, entity: &Entity) -> Option<u32> {
    use Kind::{Code, Date, DateTime, Email, Name, Number, Quoted, Time, Url, When};
    let kind = entity.kind;
    match leaf.kind {
        LeafKind::Number => return (kind == Number).then_some(2),
        LeafKind::Json { object: false } if kind == Number => return Some(1),
        LeafKind::Json { object: false } | LeafKind::Text => {}
        LeafKind::Bool | LeafKind::Choice(_) | LeafKind::Json { object: true } => return None,
    }
    let affinity = match (role, kind) {
        (Role::Date, Date | DateTime)
        | (Role::Time, Time)
        | (Role::Email, Email)
        | (Role::Url, Url) => 4,
        (Role::Code, Code)
        | (Role::Date | Role::Time, When)
        | (Role::Free, Quoted)
        | (Role::Place, Name)
        | (Role::Time, DateTime) => 3,
        (Role::Code | Role::Other | Role::Place, Quoted) | (Role::Other, Name) => 2,
        (Role::Code, Name | Number) | (Role::Other, Code | Email | Url) | (Role::Place, Code) => 1,
        _ => return None,
    };
    Some(affinity)
}

fn evidence(name: &Name, entity: &Entity) -> u32 {
    let Name { parts, stems, .. } = name;
    let names = |around: &str| {
        parts.iter().any(|part| part == around)
            || words::word(around).is_some_and(|word| stems.contains(&word))
    };
    let hinted = |hints: &[(&str, &[&str])], around: &str| {
        hints.iter().any(|(word, names)| {
            *word == around && parts.iter().any(|part| names.contains(&part.as_str()))
        })
    };
    // In "from Oslo to Lima" the word behind Oslo belongs to Lima.
    let behind = Some(&entity.behind).filter(|word| !BEFORE.iter().any(|(b, _)| b == word));
    if names(&entity.before) {
        4
    } else if hinted(BEFORE, &entity.before) {
        3
    } else if behind.is_some_and(|word| names(word)) {
        2
    } else {
        u32::from(hinted(BEHIND, &entity.behind))
    }
}

/// The ways in which an entity can be written for a leaf.
fn forms(leaf: &Leaf, entity: &Entity) -> Vec<Value> {
    let value = entity.value.clone();
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match (&leaf.kind, entity.kind) {
        (LeafKind::Number, _) => {
            // "3.0 guests" are 3.
            let whole = value.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 1e15);
            let whole = whole.and_then(|n| format!("{n:.0}").parse::<i64>().ok());
            [whole.map(Value::from), Some(value)].into_iter().flatten().collect()
        }
        (LeafKind::Json { .. }, _) => vec![value.to_string().into()],
        (_, Kind::Date) => vec![value, Value::from(format!("{text}T00:00:00Z"))],
        (_, Kind::DateTime) => {
            let (date, time) = text.split_once('T').unwrap_or((&text, ""));
            [text.as_str(), date, time].map(Value::from).into()
        }
        (_, Kind::Time) => [text.clone(), format!("{text}:00"), format!("{text}:00Z")]
            .into_iter()
            .chain([format!("{text}Z"), format!("0{text}")])
            .map(Value::from)
            .collect(),
        _ => vec![Value::from(text)],
    }
}

#[rustfmt::skip]
const ROLES: &[(Role, &[&str])] = &[
    (Role::Email, &["email", "mail", "recipient", "recipients"]),
    (Role::Url, &["url", "link", "website", "uri", "homepage"]),
    (Role::Date, &["date", "day", "when", "deadline", "due", "month", "birthday"]),
    (Role::Time, &["time", "hour"]),
    (Role::Code, &[
        "id", "code", "sku", "number", "key", "ref", "reference", "ticket", "isbn", "currency",
        "symbol", "ticker", "iban", "zip",
    ]),
    (Role::Place, &[
        "city", "location", "place", "country", "destination", "origin", "from", "to", "region",
        "town", "restaurant", "venue", "airport", "person", "vendor", "company", "customer", "name",
    ]),
    (Role::Free, &[
        "query", "q", "text", "message", "content", "body", "question", "prompt", "topic",
        "keywords", "expression", "title", "subject", "note", "description", "summary", "answer",
        "reason", "explanation", "input", "sentence", "task", "formula",
    ]),
];

/// What a word before a value says of the parameter.
const BEFORE: &[(&str, &[&str])] = &[
    ("at", &["at", "restaurant", "place", "venue", "time", "hour", "price"]),
    ("by", &["author", "by", "deadline"]),
    ("called", &["name", "title"]),
    ("for", &["guests", "people", "name", "city", "for", "customer", "seats"]),
    ("from", &["from", "origin", "source", "departure", "sender", "start", "vendor"]),
    ("in", &["city", "location", "place", "country", "region", "town"]),
    ("into", &["to", "target"]),
    ("named", &["name", "title"]),
    ("near", &["city", "location", "place"]),
    ("on", &["date", "day", "when"]),
    ("to", &["to", "destination", "target", "arrival", "recipient", "end"]),
    ("until", &["end", "to"]),
];

/// What a word behind a value says of the parameter.
const BEHIND: &[(&str, &[&str])] = &[
    ("people", &["guests", "party", "persons", "seats", "attendees", "size"]),
    ("persons", &["guests", "people", "party", "seats", "size"]),
    ("guests", &["people", "party", "persons", "seats", "size"]),
    ("to", &["from", "origin", "source"]),
    ("years", &["age"]),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;
    use crate::testing::automatic::{prompt::Prompt, shape::Shape};

    /// The values by property, for a prompt and a schema of required properties.
    fn assigned(text: &str, properties: &Value) -> Vec<Vec<Value>> {
        let names: Vec<&String> = properties.as_object().expect("an object").keys().collect();
        let schema = json!({"type": "object", "properties": properties, "required": names});
        let shape = Shape::read(&schema, &HashSet::new()).expect("finite");
        let prompt = Prompt::read(text);
        assign(&shape.leaves, &prompt.entities.iter().collect::<Vec<_>>())
    }

    #[test]
    fn numbers_fill_the_parameters_in_order() {
        let numbers = json!({"a": {"type": "integer"}, "b": {"type": "integer"}});
        assert_eq!(assigned("add 2 and 3", &numbers), [[json!(2)], [json!(3)]]);
        assert_eq!(assigned("add 2.5 and 3.0", &numbers), [vec![json!(3)], vec![]]);
    }

    #[test]
    fn the_words_around_decide_between_parameters_of_a_kind() {
        let text = json!({"type": "string"});
        let flight = json!({"to": text, "from": text});
        assert_eq!(assigned("fly from Oslo to Lima", &flight), [[json!("Lima")], [json!("Oslo")]]);
        assert_eq!(
            assigned("from Oslo to Lima and Rome", &flight),
            [vec![json!("Lima"), json!("Rome")], vec![json!("Oslo")]]
        );
        let table = json!({"hours": {"type": "integer"}, "guests": {"type": "integer"}});
        assert_eq!(assigned("for 4 people, 2 hours", &table), [[json!(2)], [json!(4)]]);
    }

    #[test]
    fn kinds_go_to_the_parameters_of_their_role() {
        let text = json!({"type": "string"});
        let properties = json!({
            "subject": text, "recipient": text, "date": {"type": "string", "format": "date-time"},
            "city": text,
        });
        assert_eq!(
            assigned("mail ann@x.org \"Hi\" about Oslo on 2026-03-01", &properties),
            [[json!("Hi")], [json!("ann@x.org")], [json!("2026-03-01T00:00:00Z")], [json!("Oslo")]]
        );
    }

    #[test]
    fn an_optional_parameter_needs_more_than_a_fitting_kind() {
        let properties = json!({
            "a": {"type": "integer"}, "precision": {"type": ["integer", "null"]},
        });
        assert_eq!(assigned("2 and 3", &properties), [vec![json!(2), json!(3)], vec![]]);
        assert_eq!(assigned("2 with precision 3", &properties), [[json!(2)], [json!(3)]]);
    }

    #[test]
    fn values_outside_of_the_bounds_are_not_taken() {
        let properties = json!({"n": {"type": "integer", "maximum": 5}});
        assert_eq!(assigned("7 or 3", &properties), [[json!(3)]]);
    }
}
