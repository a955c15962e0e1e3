//! The formats that schemars has of its own: a model knows them as little as a validator does.

use serde_json::{Map, Value, json};

use super::{
    conversion::{Conversion, Converted, Piece},
    words::describe,
};
use crate::schema::codec::{Node, Scalar};

/// A format that is a pattern.
pub(super) struct Format {
    pub(super) pattern: &'static str,
    words: &'static str,
}

impl Format {
    pub(super) fn of(keyword: &str, name: &str) -> Option<Self> {
        Some(match name {
            _ if keyword != "format" => return None,
            "partial-date-time" => Self {
                // With the days that each month has: what is taken here, a type can read.
                pattern: "^([0-9]{4}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-\
                          (29|30)|(0[13578]|1[02])-31)|([0-9]{2}(0[48]|[2468][048]|[13579][26])|\
                          ([02468][048]|[13579][26])00)-02-29)T([01][0-9]|2[0-3]):[0-5][0-9]:\
                          ([0-5][0-9]|60)(\\.[0-9]{1,9})?$",
                words: "A date and a time of day without a zone, such as 2025-06-30T14:30:00.",
            },
            "partial-time" => Self {
                pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]{1,9})?$",
                words: "A time of day without a zone, such as 14:30:00.",
            },
            _ => return None,
        })
    }
}

/// What a format means, in words, where its name does not say it.
pub(super) fn words(name: &str) -> Option<&'static str> {
    match name {
        "ip" => Some("An IPv4 or IPv6 address, such as 192.0.2.1 or 2001:db8::1."),
        name => Format::of("format", name).map(|format| format.words),
    }
}

impl Conversion<'_> {
    /// As [`scalar`](Self::scalar), where a format may be two.
    pub(super) fn scalar_of_format(
        &mut self,
        map: &Map<String, Value>,
        kind: &str,
        at: &str,
    ) -> Converted {
        let is_ip = kind == "string" && map.get("format").is_some_and(|format| format == "ip");
        if !is_ip || map.contains_key("const") || map.contains_key("enum") {
            return self.scalar(map, kind, at);
        }
        let is_known = ["ipv4", "ipv6"].iter().all(|name| self.profile.formats.contains(name));
        let mut plain = map.clone();
        plain.shift_remove("format");
        let Piece { mut sent, accepted, .. } = self.scalar(&plain, kind, at)?;
        let both = |schema: Map<String, Value>| {
            let branch = |format: &str| {
                let mut branch = schema.clone();
                branch.insert("format".to_owned(), format.into());
                Value::Object(branch)
            };
            json!([branch("ipv4"), branch("ipv6")])
        };
        let accepted = Map::from_iter([("anyOf".to_owned(), both(accepted))]);
        if is_known {
            let description = sent.shift_remove("description");
            sent = Map::from_iter([("anyOf".to_owned(), both(sent))]);
            sent.extend(description.map(|text| ("description".to_owned(), text)));
        }
        let node = self.graph.push(Node::Scalar { kind: Scalar::String, values: None });
        let mut piece = Piece { sent, accepted, node };
        if !is_known {
            self.lose(at, "format", &mut piece, map);
        }
        Ok(piece)
    }

    /// Holds a text to the pattern of its format.
    pub(super) fn formatted(
        &mut self,
        pattern: &str,
        piece: &mut Piece,
        map: &Map<String, Value>,
        at: &str,
    ) {
        piece.accepted.shift_remove("format");
        // Beside a pattern of the author's own there is no room for another one.
        let has_own = map.contains_key("pattern");
        if has_own {
            piece.accepted.insert("allOf".to_owned(), json!([{"pattern": pattern}]));
        } else {
            piece.accepted.insert("pattern".to_owned(), pattern.into());
        }
        if has_own || !self.profile.knows("pattern") {
            self.lose(at, "format", piece, map);
            return;
        }
        piece.sent.insert("pattern".to_owned(), pattern.into());
        let name = map.get("format").and_then(Value::as_str).unwrap_or_default();
        describe(&mut piece.sent, words(name).unwrap_or_default());
    }
}
