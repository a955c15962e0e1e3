use std::collections::{HashMap, HashSet, VecDeque, hash_map::Entry};

use jsonschema::Draft;
use serde_json::{Map, Value};

use super::{
    document::{Document, assertions},
    error::{Loss, Refusal, SchemaError},
    words::{describe, words},
};
use crate::schema::{
    codec::{Graph, NodeId},
    pattern::Patterns,
    problem::{LONGEST_POINTER, bounded, unescape},
    profile::Profile,
    size::weight,
};

/// One converted schema: what is sent, what is accepted back, how it is rewritten.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) sent: Map<String, Value>,
    pub(super) accepted: Map<String, Value>,
    pub(super) node: NodeId,
}

/// Why there is no piece.
pub(super) enum Stop {
    /// No value is valid there; a union just leaves the branch out.
    Never,
    /// It is in the list of refusals.
    Refused,
}

pub(super) type Converted = Result<Piece, Stop>;

/// How the schema's references to its own root are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum SelfReference {
    Definition,
    Root,
}

pub(super) struct Conversion<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) profile: &'a Profile,
    pub(super) draft: Draft,
    pub(super) graph: Graph,
    pub(super) patterns: Patterns,
    self_reference: SelfReference,
    /// The places that the root stands for: itself, and what it is but another name for.
    root_places: Vec<String>,
    root_node: Option<NodeId>,
    root_is_named: bool,
    definitions: Vec<(String, Piece)>,
    names: HashMap<String, (String, NodeId)>,
    open: VecDeque<String>,
    taken: HashSet<String>,
    losses: Vec<Loss>,
    /// What is in `losses`, and where: unions convert the same place more than once.
    seen: HashMap<(String, String), usize>,
    refusals: Vec<Refusal>,
    /// The innermost place without a value, while `Stop::Never` travels upwards.
    pub(super) never_at: Option<String>,
    recheck: bool,
    work_left: usize,
    is_exhausted: bool,
}

impl<'a> Conversion<'a> {
    pub(super) fn new(
        document: &'a Document<'a>,
        profile: &'a Profile,
        draft: Draft,
        self_reference: SelfReference,
    ) -> Self {
        Self {
            document,
            profile,
            draft,
            graph: Graph::new(),
            patterns: Patterns::default(),
            self_reference,
            root_places: vec![String::new()],
            root_node: None,
            root_is_named: false,
            definitions: Vec::new(),
            names: HashMap::new(),
            open: VecDeque::new(),
            taken: HashSet::new(),
            losses: Vec::new(),
            seen: HashMap::new(),
            refusals: Vec::new(),
            never_at: None,
            recheck: false,
            work_left: MOST_WORK.min(LEAST_WORK + WORK_PER_VALUE * weight(document.root())),
            is_exhausted: false,
        }
    }

    /// Converts the root and every definition that it leads to.
    pub(super) fn root(&mut self) -> Option<Piece> {
        if self.self_reference == SelfReference::Definition {
            let piece = self.reference_to("");
            self.convert_definitions();
            return Some(piece);
        }
        let (schema, at) = self.settled_root()?;
        let node = self.graph.reserve();
        self.root_node = Some(node);
        let piece = self.keep(&schema, &at, 0);
        if let Some(piece) = &piece {
            self.graph.fill(node, piece.node);
        }
        self.convert_definitions();
        // Without a piece the node is empty, which is refused already for another reason.
        if piece.is_some() {
            self.refuse_if_endless(node, "");
        }
        piece
    }

    /// A root that only names a definition is that definition: strict mode wants an object there.
    fn settled_root(&mut self) -> Option<(Value, String)> {
        let (mut schema, mut at) = (self.document.root().clone(), String::new());
        while let Some(reference) = only_reference(&schema) {
            let (pointer, target) = match self.document.resolve(reference, &at) {
                Ok(found) => found,
                Err(refusal) => {
                    self.refusals.push(refusal);
                    return None;
                }
            };
            if self.root_places.contains(&pointer) {
                self.refuse(&at, "the schema only refers to itself", "say which values are valid");
                return None;
            }
            self.root_places.push(pointer.clone());
            let mut target = target.clone();
            if let (Value::Object(target), Some(own)) = (&mut target, schema.get("description")) {
                target.insert("description".to_owned(), own.clone());
            }
            (schema, at) = (target, pointer);
        }
        Some((schema, at))
    }

    pub(super) fn refers_to_root(&self) -> bool {
        self.root_is_named
    }

    pub(super) fn definitions(&mut self) -> Vec<(String, Piece)> {
        std::mem::take(&mut self.definitions)
    }

    pub(super) fn is_refused(&self) -> bool {
        !self.refusals.is_empty()
    }

    pub(super) fn into_error(mut self) -> SchemaError {
        self.refusals.dedup();
        SchemaError::new(self.refusals)
    }

    pub(super) fn finish(self, root: NodeId) -> (Graph, Vec<Loss>, bool) {
        (self.graph.finish(root), self.losses, self.recheck)
    }

    /// Converts a schema, keeping the refusal where there is no form for it.
    pub(super) fn keep(&mut self, schema: &Value, at: &str, depth: usize) -> Option<Piece> {
        match self.convert(schema, at, depth) {
            Ok(piece) => Some(piece),
            Err(Stop::Never) => {
                let place = self.never_at.take();
                self.refuse(
                    place.as_deref().unwrap_or(at),
                    "no value can be valid here",
                    "remove the rules that contradict each other, or the whole property",
                );
                None
            }
            Err(Stop::Refused) => None,
        }
    }

    /// A schema that names what is at a place, by the definition made of it.
    pub(super) fn reference_to(&mut self, pointer: &str) -> Piece {
        let (name, node) = match self.root_node {
            Some(node) if self.root_places.iter().any(|place| place == pointer) => {
                self.root_is_named = true;
                ("#".to_owned(), node)
            }
            _ => self.named(pointer),
        };
        let mut schema = Map::new();
        schema.insert("$ref".to_owned(), name.into());
        Piece { sent: schema.clone(), accepted: schema, node }
    }

    /// Where in the original the definition is that a reference of the strict form names.
    pub(super) fn place_of(&self, reference: &str) -> Option<&str> {
        let Some(name) = reference.strip_prefix("#/$defs/") else { return Some("") };
        self.names.iter().find(|(_, (known, _))| known == name).map(|(place, _)| place.as_str())
    }

    fn named(&mut self, pointer: &str) -> (String, NodeId) {
        if let Some((name, node)) = self.names.get(pointer) {
            return (format!("#/$defs/{name}"), *node);
        }
        let last = pointer.rsplit('/').next().map(unescape).unwrap_or_default();
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let mut base: String = last.chars().map(|c| if legal(c) { c } else { '_' }).collect();
        if base.is_empty() {
            base.push_str("Root");
        }
        let mut name = base.clone();
        let mut next = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{base}_{next}");
            next += 1;
        }
        let node = self.graph.reserve();
        self.names.insert(pointer.to_owned(), (name.clone(), node));
        self.open.push_back(pointer.to_owned());
        (format!("#/$defs/{name}"), node)
    }

    /// Converts what was named; doing it one after the other keeps the stack flat.
    fn convert_definitions(&mut self) {
        let mut done = Vec::new();
        while let Some(pointer) = self.open.pop_front() {
            let Some(target) = self.document.root().pointer(&pointer) else { continue };
            let Some((name, node)) = self.names.get(&pointer).cloned() else { continue };
            let Some(piece) = self.keep(target, &pointer, 0) else { continue };
            self.graph.fill(node, piece.node);
            done.push((pointer, node));
            self.definitions.push((name, piece.standing()));
        }
        for (pointer, node) in done {
            self.refuse_if_endless(node, &pointer);
        }
    }

    fn refuse_if_endless(&mut self, node: NodeId, at: &str) {
        if self.graph.is_endless(node) {
            self.refuse(
                at,
                "the schema leads to itself with neither an object nor an array in between",
                "remove the branch that refers to itself",
            );
        }
    }

    pub(super) fn refuse(&mut self, at: &str, reason: &str, help: &str) -> Stop {
        self.refuse_with(Refusal::new(at, reason, help))
    }

    pub(super) fn refuse_with(&mut self, refusal: Refusal) -> Stop {
        if self.refusals.len() < MOST_REFUSALS {
            self.refusals.push(refusal);
        }
        Stop::Refused
    }

    #[cfg(test)]
    pub(super) fn work_left(&self) -> usize {
        self.work_left
    }

    /// Counts work, which merging can multiply: time and memory stay linear in the document.
    pub(super) fn step(&mut self, schema: &Value, at: &str) -> Result<(), Stop> {
        let work = weight(schema) + at.len() / 16;
        if let Some(left) = self.work_left.checked_sub(work) {
            self.work_left = left;
            return Ok(());
        }
        // One refusal for the document: every place behind this one would be told as well.
        self.work_left = 0;
        if std::mem::replace(&mut self.is_exhausted, true) {
            return Err(Stop::Refused);
        }
        Err(self.refuse(
            at,
            "the schema has too many combinations of its parts",
            "list the forms that are meant in one `anyOf`",
        ))
    }

    /// Drops a keyword from what is sent; `accepted` holds it still.
    pub(super) fn lose(
        &mut self,
        at: &str,
        keyword: &str,
        piece: &mut Piece,
        from: &Map<String, Value>,
    ) {
        self.lost(at, keyword, piece, from, true);
    }

    /// Drops a keyword that only the decoded value can be held to.
    pub(super) fn lose_deep(
        &mut self,
        at: &str,
        keyword: &str,
        piece: &mut Piece,
        from: &Map<String, Value>,
    ) {
        self.recheck = true;
        self.lost(at, keyword, piece, from, true);
    }

    /// Drops a keyword that nobody enforces.
    pub(super) fn lose_note(
        &mut self,
        at: &str,
        keyword: &str,
        piece: &mut Piece,
        from: &Map<String, Value>,
    ) {
        self.lost(at, keyword, piece, from, false);
    }

    /// Drops a keyword that the schema's own draft does not know.
    pub(super) fn lose_unknown(&mut self, at: &str, keyword: &str) {
        self.push_loss(at, keyword, false, false);
    }

    pub(super) fn lose_to_recheck(&mut self, at: &str, keyword: &str) {
        self.recheck = true;
        self.push_loss(at, keyword, true, false);
    }

    fn lost(
        &mut self,
        at: &str,
        keyword: &str,
        piece: &mut Piece,
        from: &Map<String, Value>,
        enforced: bool,
    ) {
        let said = from.get(keyword).and_then(|value| words(keyword, value, from));
        if let Some(said) = &said {
            describe(&mut piece.sent, said);
        }
        self.push_loss(at, keyword, enforced, said.is_some());
    }

    fn push_loss(&mut self, at: &str, keyword: &str, enforced: bool, described: bool) {
        let pointer = bounded(at.to_owned(), LONGEST_POINTER);
        let keyword = keyword.to_owned();
        let loss = Loss { pointer, keyword, enforced, described };
        match self.seen.entry((loss.pointer.clone(), loss.keyword.clone())) {
            Entry::Vacant(place) => {
                place.insert(self.losses.len());
                self.losses.push(loss);
            }
            // One form of a value may be held to what another is not.
            Entry::Occupied(known) => {
                let known = &mut self.losses[*known.get()];
                known.enforced |= enforced;
                known.described |= described;
            }
        }
    }
}

impl Piece {
    /// The piece where it stands on its own: `null` is known only in a union.
    pub(super) fn standing(mut self) -> Self {
        for schema in [&mut self.sent, &mut self.accepted] {
            if schema.get("type").is_some_and(|kind| kind == "null") {
                let mut branch = std::mem::take(schema);
                let description = branch.shift_remove("description");
                schema.insert("anyOf".to_owned(), vec![Value::Object(branch)].into());
                schema.extend(description.map(|text| ("description".to_owned(), text)));
            }
        }
        self
    }

    /// Sets a keyword in both schemas.
    pub(super) fn set(&mut self, keyword: &str, value: &Value) {
        self.sent.insert(keyword.to_owned(), value.clone());
        self.accepted.insert(keyword.to_owned(), value.clone());
    }
}

/// The reference of a schema that says nothing else.
pub(super) fn only_reference(schema: &Value) -> Option<&str> {
    let map = schema.as_object()?;
    let reference = map.get("$ref")?.as_str()?;
    assertions(map).all(|keyword| keyword == "$ref").then_some(reference)
}

const MOST_REFUSALS: usize = 100;
/// Schemas that people write take less than ten per value, deep ones up to a hundred.
const WORK_PER_VALUE: usize = 200;
const LEAST_WORK: usize = 40_000;
/// What is made of a step stays in memory: a kilobyte for three of them.
const MOST_WORK: usize = 2_000_000;
