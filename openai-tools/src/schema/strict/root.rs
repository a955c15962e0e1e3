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
