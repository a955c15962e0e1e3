//! A schema behind references and wrappers, with all that is said along the way.

use serde_json::{Map, Value, json};

use crate::{
    contract::sets::{
        Dialect, Held, Node, Sets, held, is_annotation, is_plumbing, link, only_reference,
    },
    schema::escape,
};

/// A schema and where it is in its document.
#[derive(Clone, Debug)]
pub(super) struct Spot<'a> {
    pub(super) node: Node<'a>,
    pub(super) pointer: String,
}

/// What a schema comes down to.
#[derive(Clone, Debug)]
pub(super) struct View<'a> {
    pub(super) core: Spot<'a>,
    /// Whether `null` is allowed besides what the core says without it.
    pub(super) is_nullable: bool,
    /// What is said to people and models, with the keyword.
    pub(super) notes: Vec<(&'a str, &'a Value)>,
    pub(super) dialect: Dialect,
}

impl<'a> Spot<'a> {
    /// The schema under a keyword.
    pub(super) fn under(&self, keyword: &str, schema: &'a Value) -> Self {
        let node = Node { document: self.node.document, schema };
        Self { node, pointer: format!("{}/{keyword}", self.pointer) }
    }

    /// The schema under a name or an index of a keyword.
    pub(super) fn at(&self, keyword: &str, key: &str, schema: &'a Value) -> Self {
        let node = Node { document: self.node.document, schema };
        Self { node, pointer: format!("{}/{keyword}/{}", self.pointer, escape(key)) }
    }

    pub(super) fn map(&self) -> Option<&'a Map<String, Value>> {
        self.node.schema.as_object()
    }

    pub(super) fn get(&self, keyword: &str) -> Option<&'a Value> {
        self.map()?.get(keyword)
    }

    /// The entries of a keyword that holds schemas by name.
    pub(super) fn named(&self, keyword: &str) -> Vec<(&'a str, &'a Value)> {
        let entries = self.get(keyword).and_then(Value::as_object).into_iter().flatten();
        entries.map(|(name, schema)| (name.as_str(), schema)).collect()
    }

    pub(super) fn list(&self, keyword: &str) -> &'a [Value] {
        self.get(keyword).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    pub(super) fn requires(&self, name: &str) -> bool {
        self.list("required").iter().any(|known| known == name)
    }

    /// The same schema with links instead of what is inside, so that a copy is small and means the
    /// same in any document.
    pub(super) fn outline(&self) -> Map<String, Value> {
        let document = self.node.document;
        let to = |keyword: &str, key: &str| {
            link(document, &format!("{}/{keyword}/{}", self.pointer, escape(key)))
        };
        let mut outline = Map::new();
        for (keyword, value) in self.map().into_iter().flatten() {
            let value = match (&**keyword, value, held(keyword, value)) {
                (_, _, Some(Held::Named(inner))) => {
                    inner.keys().map(|name| (name.clone(), to(keyword, name))).collect()
                }
                (_, _, Some(Held::Listed(inner))) => {
                    (0..inner.len()).map(|n| to(keyword, &n.to_string())).collect()
                }
                (_, _, Some(Held::One(Value::Object(_)))) => {
                    link(document, &format!("{}/{keyword}", self.pointer))
                }
                ("$ref", Value::String(reference), _) if reference.starts_with('#') => {
                    format!("\0{document}{reference}").into()
                }
                (keyword, ..) if is_plumbing(keyword) => continue,
                (_, value, _) => value.clone(),
            };
            outline.insert(keyword.clone(), value);
        }
        outline
    }
}

impl<'a> View<'a> {
    pub(super) fn of(sets: &Sets<'a>, spot: Spot<'a>) -> Self {
        let dialect = sets.dialect_of(spot.node);
        let mut view = Self { core: spot, is_nullable: false, notes: Vec::new(), dialect };
        for _ in 0..LONGEST_CHAIN {
            match view.inner(sets) {
                Some(inner) => view.core = inner,
                None => break,
            }
        }
        view.note();
        let types = view.core.list("type");
        let lists_null =
            view.core.get("enum").is_none() || view.core.list("enum").contains(&Value::Null);
        view.is_nullable |=
            types.len() > 1 && types.iter().any(|kind| kind == "null") && lists_null;
        view
    }

    /// What is behind the schema, if it is no more than a wrapper.
    fn inner(&mut self, sets: &Sets<'a>) -> Option<Spot<'a>> {
        let core = self.core.clone();
        let map = core.map()?;
        let dialect = sets.dialect_of(core.node);
        if let Some(reference) = only_reference(map, dialect) {
            let (pointer, schema) = sets.resolve(core.node, reference)?;
            if dialect != Dialect::Old {
                self.note();
            }
            let node = Node { document: core.node.document, schema };
            return Some(Spot { node, pointer });
        }
        let mut says = map.keys().filter(|key| !is_annotation(key, dialect));
        let keyword = says.next().filter(|key| matches!(&***key, "anyOf" | "oneOf" | "allOf"))?;
        if says.next().is_some() {
            return None;
        }
        let parts = core.list(keyword);
        let is_null = |part: &Value| *part == json!({"type": "null"});
        let others: Vec<usize> = (0..parts.len()).filter(|n| !is_null(&parts[*n])).collect();
        let nulls = parts.len() - others.len();
        if others.len() != 1
            || nulls > 1
            || (nulls == 1 && (keyword == "allOf" || self.is_nullable))
        {
            return None;
        }
        self.note();
        self.is_nullable |= nulls == 1;
        Some(core.at(keyword, &others[0].to_string(), &parts[others[0]]))
    }

    /// Takes up what the core says to people.
    fn note(&mut self) {
        let dialect = self.dialect;
        let notes = self.core.map().into_iter().flatten();
        let notes = notes.filter(|(key, value)| {
            let is_note = is_annotation(key, dialect) && !is_plumbing(key);
            is_note || (*key == "format" && !is_checked(value))
        });
        self.notes.extend(notes.map(|(key, value)| (key.as_str(), value)));
    }

    /// The types besides `null`, where any are named.
    pub(super) fn types(&self) -> Option<Vec<&'a str>> {
        let types = match self.core.get("type")? {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            one => vec![one.as_str()?],
        };
        let is_alone = types.len() == 1;
        Some(types.into_iter().filter(|kind| is_alone || *kind != "null").collect())
    }

    /// The only values besides `null`, where they are listed.
    pub(super) fn values(&self) -> Option<Vec<&'a Value>> {
        let values: Vec<&Value> = match (self.core.get("const"), self.core.get("enum")) {
            (Some(value), None) => vec![value],
            (None, Some(Value::Array(values))) => values.iter().collect(),
            _ => return None,
        };
        let keeps_null = !self.is_nullable;
        Some(values.into_iter().filter(|value| keeps_null || !value.is_null()).collect())
    }
}

/// Whether values are held to a format: others are words to the model.
pub(super) fn is_checked(format: &Value) -> bool {
    format.as_str().is_some_and(crate::schema::is_checked_format)
}

const LONGEST_CHAIN: usize = 64;
