//! Which values schemas allow, compared as sets: sound, and silent where it cannot tell.

mod canonical;
mod document;
mod include;
mod member;
mod normal;
mod number;
mod read;
mod sample;

use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use jsonschema::Validator;
use serde_json::{Value, json};

pub(super) use self::{
    document::{Dialect, Document, Node, is_annotation, is_plumbing, only_reference},
    number::same,
};
use crate::schema::validator;
pub(super) use crate::schema::{Held, held};

/// Compares schemas of some documents. All that it says is proved; its work is bounded.
#[derive(Debug)]
pub(super) struct Sets<'a> {
    documents: Vec<Document<'a>>,
    steps: usize,
    /// Pairs that are proved, or assumed while they are being proved, oldest first.
    trail: Vec<Pair>,
    assumed: HashSet<Pair>,
    refuted: HashSet<Pair>,
    tests: HashMap<(&'static str, String), Option<Validator>>,
    canonical: HashMap<usize, Option<Rc<str>>>,
}

/// Schemas that hold together, and one that may hold all their values.
type Pair = (Vec<usize>, usize);

impl<'a> Sets<'a> {
    /// Sets over documents, with an amount of work after which nothing more is told.
    pub(super) fn new(documents: Vec<Document<'a>>, steps: usize) -> Self {
        Self {
            documents,
            steps,
            trail: Vec::new(),
            assumed: HashSet::new(),
            refuted: HashSet::new(),
            tests: HashMap::new(),
            canonical: HashMap::new(),
        }
    }

    /// Whether each value of the first schema is known to be one of the second.
    pub(super) fn includes(&mut self, one: Node<'a>, other: Node<'a>) -> bool {
        self.is_included(&[one], other, 0)
    }

    /// What a schema says, in words that are the same wherever it says the same.
    pub(super) fn said_by(&mut self, node: Node<'a>) -> Option<Rc<str>> {
        self.canonical(node)
    }

    pub(super) fn dialect_of(&self, node: Node<'a>) -> Dialect {
        self.dialect(node)
    }

    /// What a reference of a schema names, and the pointer to it.
    pub(super) fn resolve(&self, node: Node<'a>, reference: &str) -> Option<(String, &'a Value)> {
        self.documents[node.document].resolve(reference)
    }

    /// What is left of the work.
    pub(super) fn steps(&self) -> usize {
        self.steps
    }

    fn spend(&mut self, steps: usize) -> Option<()> {
        self.steps = self.steps.checked_sub(steps)?;
        Some(())
    }

    fn dialect(&self, node: Node<'a>) -> Dialect {
        self.documents[node.document].dialect
    }

    /// What a reference of a schema names.
    fn target(&self, node: Node<'a>, reference: &str) -> Option<Node<'a>> {
        let (document, reference) = linked(node.document, reference);
        let (_, schema) = self.documents.get(document)?.resolve(reference)?;
        Some(Node { document, schema })
    }

    /// The schema behind references that say nothing else.
    fn settled(&self, mut node: Node<'a>) -> Node<'a> {
        for _ in 0..LONGEST_CHAIN {
            let Value::Object(map) = node.schema else { return node };
            let Some(reference) = only_reference(map, self.dialect(node)) else { return node };
            let Some(target) = self.target(node, reference) else { return node };
            node = target;
        }
        node
    }

    /// Whether a value holds to one keyword; `None` where that cannot be told.
    fn holds(&mut self, keyword: &'static str, rule: &str, value: &Value) -> Option<bool> {
        self.spend(1)?;
        let made = self.tests.entry((keyword, rule.to_owned())).or_insert_with(|| {
            validator(&json!({ keyword: rule })).ok().map(|(validator, _)| validator)
        });
        made.as_ref().map(|validator| validator.is_valid(value))
    }
}

/// A reference to a place of another of the documents: `\0` and its number before the fragment.
pub(super) fn link(document: usize, pointer: &str) -> Value {
    // As in any reference, `%` starts an escape.
    json!({ "$ref": format!("\0{document}#{}", pointer.replace('%', "%25")) })
}

fn linked(own: usize, reference: &str) -> (usize, &str) {
    let link = reference.strip_prefix('\0').and_then(|link| {
        let at = link.find('#')?;
        Some((link[..at].parse().ok()?, &link[at..]))
    });
    link.unwrap_or((own, reference))
}

const LONGEST_CHAIN: usize = 64;
/// Levels of schemas that are followed.
const DEEPEST: usize = 100;

#[cfg(test)]
mod tests;
