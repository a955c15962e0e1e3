//! A list, a page at a time.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::fault::Fault;
use crate::json::percent_decoded;

/// The query of a request.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn read(query: &str) -> Self {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        };
        Self(pairs.map(pair).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

fn decode(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decoded(&text).map_or_else(|| text.clone(), Cow::into_owned)
}

/// How many of a list may be on a page.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    usual: usize,
    most: usize,
}

impl Limits {
    pub(super) const ITEMS: Self = Self { usual: 20, most: 100 };
    pub(super) const FILES: Self = Self { usual: 10_000, most: 10_000 };
}

/// The page of a list, which stands with its oldest item first.
pub(super) fn of(mut items: Vec<Value>, query: &Query, limits: Limits) -> Result<Value, Fault> {
    let Limits { usual, most } = limits;
    let limit = match query.get("limit") {
        None => usual,
        Some(limit) => {
            let limit = limit.parse::<usize>().ok().filter(|limit| (1..=most).contains(limit));
            let why = || format!("Invalid 'limit': expected an integer from 1 to {most}.");
            limit.ok_or_else(|| Fault::invalid(why()).with_param("limit"))?
        }
    };
    match query.get("order").as_deref() {
        None | Some("desc") => items.reverse(),
        Some("asc") => {}
        Some(other) => return Err(Fault::unsupported("order", other, "'asc' and 'desc'")),
    }
    if let Some(after) = query.get("after") {
        let at = items.iter().position(|item| text(item, "id") == after);
        let at = at.ok_or_else(|| {
            Fault::new(404, "The item that the list is to begin behind is not found.")
                .with_param("after")
        })?;
        items.drain(..=at);
    }
    let has_more = items.len() > limit;
    items.truncate(limit);
    let id = |item: Option<&Value>| item.map_or("", |item| text(item, "id")).to_owned();
    let (first, last) = (id(items.first()), id(items.last()));
    Ok(json!({
        "object": "list", "data": items, "first_id": first, "last_id": last, "has_more": has_more,
    }))
}

fn text<'a>(item: &'a Value, field: &str) -> &'a str {
    item.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_begins_behind_an_item_from_either_end() {
        let items = || (0..5).map(|n| json!({"id": format!("i{n}")})).collect::<Vec<_>>();
        let ids = |query: &str| {
            let page =
                of(items(), &Query::read(query), Limits::ITEMS).map_err(|fault| fault.status)?;
            let data = page["data"].as_array().expect("a list");
            let ids: Vec<_> = data.iter().map(|item| text(item, "id").to_owned()).collect();
            Ok::<_, u16>((ids.join(" "), page["has_more"] == true))
        };
        assert_eq!(ids(""), Ok(("i4 i3 i2 i1 i0".to_owned(), false)));
        assert_eq!(ids("order=asc&limit=2"), Ok(("i0 i1".to_owned(), true)));
        assert_eq!(ids("order=asc&limit=3&after=i1"), Ok(("i2 i3 i4".to_owned(), false)));
        assert_eq!(ids("after=%691&limit=1"), Ok(("i0".to_owned(), false)));
        assert_eq!(ids("after=i0"), Ok((String::new(), false)));
        for wrong in ["limit=0", "limit=101", "limit=x", "order=up"] {
            assert_eq!(ids(wrong), Err(400), "{wrong}");
        }
        assert_eq!(ids("after=i9"), Err(404));
    }
}
