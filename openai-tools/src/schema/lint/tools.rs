//! Tools as they are offered: their names, what is said of them, how many there are.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    Violation,
    advice::{self, Names},
    refused,
};
use crate::schema::{
    problem::{excerpt, shorten},
    profile::Profile,
};

/// One tool as a model is offered it.
#[derive(Clone, Debug)]
pub(crate) struct Offer<'a> {
    /// Where it is, as a JSON pointer.
    pub(crate) at: String,
    pub(crate) name: &'a str,
    pub(crate) description: Option<&'a str>,
    /// The parameters and the key that holds them.
    pub(crate) parameters: Option<(&'static str, &'a Value)>,
    /// Whether the parameters are to be inside the strict subset.
    pub(crate) is_strict: bool,
    /// Whether some names of properties are the codec's.
    pub(crate) is_rewritten: bool,
}

/// Everything that is wrong with tools that are offered together, and with which of them; of the
/// list as a whole, which is at `list`, first. One after the other, so that no more is held than is
/// kept.
pub(crate) fn lint_offers<'a>(
    offers: &'a [Offer<'a>],
    list: &str,
    profile: &'a Profile,
) -> impl Iterator<Item = (Option<usize>, Violation)> + use<'a> {
    let of_list = too_many(offers.len(), list, profile);
    let mut names: HashMap<&str, &str> = HashMap::new();
    let mut alike: HashMap<String, &str> = HashMap::new();
    let of_each = offers.iter().enumerate().flat_map(move |(n, offer)| {
        let mut found = lint_offer(offer, profile);
        let (shown, at) = (shorten(offer.name, 64), format!("{}/name", offer.at));
        if let Some(first) = names.insert(offer.name, &offer.at) {
            let message = format!("`{shown}` is the name of the tool at {first} too");
            let help = "give one of them another name";
            found.push(Violation::new("duplicate-tool-name", at, message, help));
        } else if let Some(first) = alike.insert(offer.name.to_lowercase(), offer.name) {
            let message = format!("`{shown}` and `{}` differ only in case", shorten(first, 64));
            let help = "give one of them a name that tells them apart";
            found.push(Violation::new("names-differ-only-in-case", at, message, help));
        }
        found.into_iter().map(move |violation| (Some(n), violation))
    });
    of_list.into_iter().map(|violation| (None, violation)).chain(of_each)
}

fn too_many(count: usize, list: &str, profile: &Profile) -> Vec<Violation> {
    let mut found = Vec::new();
    let limits = &profile.tools;
    if count > limits.count {
        let message = format!("{count} tools; at most {} are allowed", limits.count);
        let help = "offer those that this conversation needs, or let one tool take a parameter";
        found.push(Violation::new("too-many-tools", list, message, help));
    }
    if count > limits.choice {
        let message =
            format!("{count} tools; over {} models choose the wrong one more often", limits.choice);
        let help = "offer those that this conversation needs";
        found.push(Violation::new("many-tools", list, message, help));
    }
    found
}

fn lint_offer(offer: &Offer<'_>, profile: &Profile) -> Vec<Violation> {
    let Offer { at, name, description, .. } = offer;
    let mut found = Vec::new();
    if let Some(message) = name_fault(name, profile.tools.name) {
        let help = format!("use 1 to {} of A-Z, a-z, 0-9, `_` and `-`", profile.tools.name);
        found.push(Violation::new("tool-name", format!("{at}/name"), message, help));
    }
    let most = profile.tools.description;
    match description.map(str::trim) {
        None | Some("") => {
            let message = format!("the tool `{}` has no description", shorten(name, 64));
            let help = "say what it does, when to use it and what it answers";
            found.push(Violation::new("undescribed-tool", at, message, help));
        }
        Some(text) if text.chars().count() > most => {
            let message = format!("a description of {} characters", text.chars().count());
            let help = format!("say it in {most}; servers have refused longer ones");
            let at = format!("{at}/description");
            found.push(Violation::new("long-description", at, message, help));
        }
        Some(_) => {}
    }
    if let Some((key, schema)) = offer.parameters {
        let names = if offer.is_rewritten { Names::AuthorsAndCodecs } else { Names::Authors };
        let mut inside = if offer.is_strict { refused(schema, profile) } else { Vec::new() };
        inside.extend(advice::check(schema, profile, names));
        let at = format!("{at}/{key}");
        found.extend(inside.into_iter().map(|violation| violation.under(&at)));
    }
    found
}

/// What is wrong with the name of a response format, which is at `at`.
#[cfg(feature = "cli")]
pub(crate) fn format_name(name: &str, at: &str, profile: &Profile) -> Option<Violation> {
    let most = profile.tools.format_name;
    let message = name_fault(name, most)?;
    let help = format!("use 1 to {most} of A-Z, a-z, 0-9, `_` and `-`");
    Some(Violation::new("format-name", at, message, help))
}

/// What is missing where a tool of the responses form, which is at `at`, does not say `strict`.
#[cfg(feature = "cli")]
pub(crate) fn strict_left_out(at: &str) -> Violation {
    Violation::new(
        "strict-left-out",
        at,
        "`strict` is left out",
        "say `true` or `false`: without it, the server tries strict mode, falls back without a \
         word, and then fills optional parameters with empty texts",
    )
}

fn name_fault(name: &str, most: usize) -> Option<String> {
    let legal = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let shown = excerpt(&shorten(name, 80).into());
    let length = name.chars().count();
    match name.chars().find(|c| !legal(c)) {
        _ if name.is_empty() => Some("the name is empty".to_owned()),
        _ if length > most => {
            Some(format!("the name {shown} has {length} characters; at most {most} are allowed"))
        }
        Some(c) => Some(format!("the name {shown} holds {c:?}")),
        None => None,
    }
}
