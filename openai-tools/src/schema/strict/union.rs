use serde_json::{Map, Value, json};

use super::{
    array::closed_object,
    conversion::{Conversion, Converted, Piece, Stop},
    disjoint::disjoint,
    document::{assertions, is_annotation},
    expand::Union,
};
use crate::schema::codec::{Forms, Node, item};

impl Conversion<'_> {
    /// What is said beside a union is merged into each of its branches.
    pub(super) fn union(
        &mut self,
        plain: &Map<String, Value>,
        union: &Union,
        others: &[Union],
        at: &str,
        depth: usize,
    ) -> Converted {
        let base: Map<String, Value> = plain
            .iter()
            .filter(|(keyword, _)| !is_annotation(keyword))
            .map(|(keyword, value)| (keyword.clone(), value.clone()))
            .collect();
        if union.keyword == "oneOf" && !self.is_exclusive(&union.branches) {
            self.lose_to_recheck(at, "oneOf");
        }
        let mut pieces = Vec::new();
        for (n, branch) in union.branches.iter().enumerate() {
            let place = format!("{}/{n}", union.at);
            let converted = if base.is_empty() && others.is_empty() {
                self.convert(branch, &place, depth + 1)
            } else {
                let mut parts = vec![Value::Object(base.clone()), branch.clone()];
                parts.extend(others.iter().map(|union| json!({union.keyword: union.branches})));
                self.convert(
                    &json!({"allOf": parts, "description": description_of(branch)}),
                    &place,
                    depth + 1,
                )
            };
            match converted {
                Ok(piece) => pieces.push(piece),
                Err(Stop::Never) => self.pass_over(),
                Err(Stop::Refused) => return Err(Stop::Refused),
            }
        }
        // Where one branch takes everything, the others add nothing.
        if union.keyword == "anyOf"
            && base.is_empty()
            && union.branches.iter().any(|b| self.is_free(b))
        {
            return Ok(self.text(plain, false));
        }
        let pieces = self.told_apart(pieces);
        self.union_of(pieces)
    }

    /// Puts a map, free JSON or a tuple under a name of its own where another branch is written
    /// alike: an empty list could be either, and so could an object with `item_0`.
    pub(super) fn told_apart(&mut self, pieces: Vec<Piece>) -> Vec<Piece> {
        if pieces.len() < 2 {
            return pieces;
        }
        let written: Vec<Forms> = pieces.iter().map(|piece| self.written(piece)).collect();
        let count = |is: fn(&Forms) -> bool| written.iter().filter(|written| is(written)).count();
        let (arrays, strings) = (count(|w| w.array), count(|w| w.string));
        let free = count(|w| w.text && !w.text_of_object);
        let objects = count(|w| w.object);
        let of_items = count(|w| w.object_of_items);
        let named = |(own, piece): (&Forms, Piece)| {
            let array = own.map && arrays > usize::from(own.array);
            let string =
                own.text && strings > usize::from(own.string) || own.text_of_object && free > 0;
            let name = match (array, string) {
                (true, _) => "entries",
                (_, true) => "json_text",
                (false, false) if own.no_items && objects > 0 => "items",
                (false, false) if own.items && of_items > usize::from(own.object_of_items) => {
                    "items"
                }
                (false, false) => return piece,
            };
            let node = self.graph.push(Node::Wrapped(name, piece.node));
            closed_object(vec![(name.to_owned(), piece.standing())], node)
        };
        written.iter().zip(pieces).map(named).collect()
    }

    /// As what the values of a piece are written.
    fn written(&self, piece: &Piece) -> Forms {
        let mut written = Forms::default();
        let unknown = self.graph.written(piece.node, &mut written);
        let reference = piece.sent.get("$ref").and_then(Value::as_str).filter(|_| unknown);
        let Some(reference) = reference else { return written };
        // The definition is not converted yet, so the original has to tell.
        let target = self.place_of(reference).and_then(|place| self.document.root().pointer(place));
        match target.map(|target| self.document.settled(target)) {
            Some(target) if self.is_free(target) => written.text = true,
            Some(target) if is_map(target) => written.map = true,
            Some(target) if target.get("type").is_some_and(|kind| kind == "array") => {
                written.items = has_fixed_items(target);
                written.array = !written.items;
            }
            Some(target) if target.get("type").is_some_and(|kind| kind == "object") => {
                written.object = true;
                let own = |name: &str| target.get("properties").and_then(|all| all.get(name));
                written.object_of_items = own(&item(0)).is_some();
            }
            Some(target) if target.get("type").is_some_and(|kind| kind == "string") => {
                written.string = true;
            }
            _ => {}
        }
        written
    }

    fn is_free(&self, schema: &Value) -> bool {
        match self.document.settled(schema) {
            Value::Bool(free) => *free,
            Value::Object(map) => assertions(map).next().is_none(),
            _ => false,
        }
    }

    fn is_exclusive(&self, branches: &[Value]) -> bool {
        branches.len() <= MOST_COMPARED
            && branches
                .iter()
                .enumerate()
                .all(|(n, a)| branches[n + 1..].iter().all(|b| disjoint(self.document, a, b)))
    }

    /// One piece that allows what any of the pieces does.
    pub(super) fn union_of(&mut self, mut pieces: Vec<Piece>) -> Converted {
        if pieces.len() < 2 {
            return pieces.pop().ok_or(Stop::Never);
        }
        let node = self.graph.push(Node::AnyOf(pieces.iter().map(|piece| piece.node).collect()));
        let (mut sent, mut accepted) = (Vec::new(), Vec::new());
        for piece in pieces {
            branches_into(&mut sent, piece.sent);
            branches_into(&mut accepted, piece.accepted);
        }
        let union = |branches: Vec<Value>| Map::from_iter([("anyOf".to_owned(), branches.into())]);
        Ok(Piece { sent: union(sent), accepted: union(accepted), node })
    }
}

/// Whether a schema is for an object of any keys, which is written as a list.
fn is_map(schema: &Value) -> bool {
    let has = |keyword: &str| schema.get(keyword).is_some_and(|rest| *rest != false);
    schema.get("type").is_some_and(|kind| kind == "object")
        && schema.get("properties").is_none()
        && (has("additionalProperties") || has("patternProperties"))
}

/// Whether a schema is for an array that is written as an object of its items.
fn has_fixed_items(schema: &Value) -> bool {
    let listed = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
    listed("prefixItems").or_else(|| listed("items")).is_some_and(|items| !items.is_empty())
}

/// The branches of a union become branches of the union around it.
fn branches_into(branches: &mut Vec<Value>, schema: Map<String, Value>) {
    match schema.get("anyOf") {
        Some(Value::Array(inner)) if schema.len() == 1 => branches.extend(inner.iter().cloned()),
        _ => branches.push(schema.into()),
    }
}

fn description_of(schema: &Value) -> Value {
    schema.get("description").cloned().unwrap_or_default()
}

/// Comparing branches with each other is quadratic.
const MOST_COMPARED: usize = 200;
