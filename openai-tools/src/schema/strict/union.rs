use serde_json::{Map, Value, json};

use super::{
    array::closed_object,
    conversion::{Conversion, Converted, Piece, Stop},
    disjoint::disjoint,
    document::{assertions, is_annotation},
    expand::Union,
};
use crate::schema::codec::Node;

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

    /// Puts a map or free JSON under a name of its own where another branch is written alike: an
    /// empty list could be either.
    fn told_apart(&mut self, pieces: Vec<Piece>) -> Vec<Piece> {
        let written: Vec<(Option<&'static str>, bool)> =
            pieces.iter().map(|piece| self.written(piece)).collect();
        let named = |(n, piece): (usize, Piece)| {
            let (kind, rewritten) = written[n];
            let name = match kind {
                Some("array") => "entries",
                _ => "json_text",
            };
            let is_clear = kind.is_none() || written.iter().all(|other| *other != (kind, false));
            if !rewritten || is_clear {
                return piece;
            }
            let node = self.graph.push(Node::Wrapped(name, piece.node));
            closed_object(vec![(name.to_owned(), piece)], node)
        };
        pieces.into_iter().enumerate().map(named).collect()
    }

    /// Whether a piece is written as an array or a string, and whether it is one for the type.
    fn written(&self, piece: &Piece) -> (Option<&'static str>, bool) {
        let kind = match piece.sent.get("type").and_then(Value::as_str) {
            Some("array") => Some("array"),
            Some("string") => Some("string"),
            _ => None,
        };
        let Some(reference) = piece.sent.get("$ref").and_then(Value::as_str) else {
            return (kind, self.graph.is_other_form(piece.node));
        };
        // The definition may not be converted yet, so the original has to tell.
        let target = self.place_of(reference).and_then(|place| self.document.root().pointer(place));
        match target.map(|target| self.document.settled(target)) {
            Some(target) if self.is_free(target) => (Some("string"), true),
            Some(target) if is_map(target) => (Some("array"), true),
            Some(target) if target.get("type").is_some_and(|kind| kind == "array") => {
                (Some("array"), target.get("prefixItems").is_some())
            }
            Some(target) if target.get("type").is_some_and(|kind| kind == "string") => {
                (Some("string"), false)
            }
            _ => (None, false),
        }
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
