use jsonschema::Draft;
use serde_json::{Map, Value};

use super::{
    array::closed_object,
    conversion::{Conversion, Piece, SelfReference},
    document::Document,
    error::{Loss, SchemaError},
};
use crate::schema::{
    codec::{Codec, Node, VALUE},
    profile::Profile,
};

/// What a conversion comes to.
pub(super) struct Converted {
    pub(super) sent: Value,
    pub(super) accepted: Value,
    pub(super) codec: Codec,
    pub(super) losses: Vec<Loss>,
    /// Whether the decoded value has to be held against the original as well.
    pub(super) recheck: bool,
}

pub(super) fn convert(
    document: &Document<'_>,
    profile: &Profile,
    draft: Draft,
) -> Result<Converted, SchemaError> {
    let mut conversion = Conversion::new(document, profile, draft, SelfReference::Root);
    let mut root = conversion.root();
    let is_object = |piece: &Piece| piece.sent.get("type").is_some_and(|kind| kind == "object");
    if conversion.refers_to_root() && !root.as_ref().is_some_and(is_object) {
        // `#` would name the object that wraps the root, so the root becomes a definition.
        conversion = Conversion::new(document, profile, draft, SelfReference::Definition);
        root = conversion.root();
    }
    let root = match root {
        Some(root) if !is_object(&root) => Some(wrap(root, &mut conversion)),
        root => root,
    };
    let definitions = conversion.definitions();
    let Some(mut root) = root else { return Err(conversion.into_error()) };
    if conversion.is_refused() {
        return Err(conversion.into_error());
    }
    if !definitions.is_empty() {
        let (sent, accepted): (Map<_, _>, Map<_, _>) = definitions
            .into_iter()
            .map(|(name, piece)| ((name.clone(), piece.sent.into()), (name, piece.accepted.into())))
            .unzip();
        root.sent.insert("$defs".to_owned(), sent.into());
        root.accepted.insert("$defs".to_owned(), accepted.into());
    }
    let (graph, losses, recheck) = conversion.finish(root.node);
    Ok(Converted {
        sent: root.sent.into(),
        accepted: root.accepted.into(),
        codec: Codec::new(graph),
        losses,
        recheck,
    })
}

/// Puts a root that is no object under one property. One that is always `null` needs none.
fn wrap(piece: Piece, conversion: &mut Conversion<'_>) -> Piece {
    if piece.sent.get("type").is_some_and(|kind| kind == "null") {
        let mut unit = closed_object(Vec::new(), conversion.graph.push(Node::Unit));
        if let Some(description) = piece.sent.get("description") {
            unit.set("description", description);
        }
        return unit;
    }
    let piece = piece.standing();
    let node = conversion.graph.push(Node::Wrapped(VALUE, piece.node));
    closed_object(vec![(VALUE.to_owned(), piece)], node)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// How much work a chain of definitions takes of which each names the next one twice.
    fn work(count: usize, keyword: &str) -> usize {
        let names = (0..count).map(|n| {
            let next = json!({"$ref": format!("#/$defs/d{}", n + 1)});
            (format!("d{n}"), json!({keyword: [next, next]}))
        });
        let last = (format!("d{count}"), json!({"type": "string"}));
        let all: Map<_, _> = names.chain([last]).collect();
        let first = json!({"$ref": "#/$defs/d0"});
        let schema = json!({"type": "object", "properties": {"a": first}, "$defs": all});
        let document = Document::new(&schema).unwrap_or_else(|refusal| panic!("{refusal}"));
        let profile = Profile::openai_strict();
        let draft = Draft::Draft202012;
        let mut conversion = Conversion::new(&document, &profile, draft, SelfReference::Root);
        let whole = conversion.work_left();
        assert!(conversion.root().is_some() && !conversion.is_refused(), "{keyword}");
        whole - conversion.work_left()
    }

    #[test]
    fn definitions_that_name_the_next_one_twice_do_not_double_the_work() {
        assert!(work(20, "allOf") < 10_000, "{}", work(20, "allOf"));
        // Each definition is made of all behind it, so twice as many cost four times as much.
        assert!(work(40, "allOf") < 5 * work(20, "allOf"), "{}", work(40, "allOf"));
        for keyword in ["anyOf", "oneOf"] {
            assert!(work(40, keyword) < 3 * work(20, keyword), "{}", work(40, keyword));
        }
    }
}
