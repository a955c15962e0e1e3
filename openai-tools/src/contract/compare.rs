//! Two contracts, tool by tool.

use serde_json::Value;

use super::{
    Change, Class, Comparison, Lock, LockedLoss, LockedTool,
    form::of_form,
    walk::{Effect, Found, Verdict, differences},
};
use crate::schema::nearest;

/// What changed from one lock to another, classed by what it means.
///
/// Each change is the smallest place that can be told. A class says `widening` only where it is
/// proved that all arguments which were valid are valid still; what can be neither proved nor
/// shown with an example is `undecided`. The work is bounded whatever the schemas.
#[must_use]
pub fn compare(old: &Lock, new: &Lock) -> Comparison {
    let mut changes = Vec::new();
    let gone: Vec<&LockedTool> =
        old.tools().filter(|tool| new.tool(&tool.name).is_none()).collect();
    let added: Vec<&LockedTool> =
        new.tools().filter(|tool| old.tool(&tool.name).is_none()).collect();
    let renames = renames(&gone, &added);
    let hint = |name: &str| {
        let (from, to) = renames.iter().find(|(from, to)| *from == name || *to == name)?;
        Some(format!("`{from}` may have been renamed to `{to}`"))
    };
    for tool in gone {
        let mut change = Change::new(&tool.name, "", "the tool is gone")
            .with_classes(Class::Breaking, Class::Breaking);
        change.hint = hint(&tool.name);
        changes.push(change);
    }
    for tool in new.tools() {
        if let Some(before) = old.tool(&tool.name) {
            changes.extend(of_tool(before, tool));
        } else {
            let mut change =
                Change::new(&tool.name, "", "the tool is new").with_classes(Class::Widening, None);
            change.hint = hint(&tool.name);
            changes.push(change);
        }
    }
    Comparison::new(changes)
}

/// What changed from one schema to another; pointers lead into the schemas.
///
/// ```
/// use openai_tools::contract::{Class, compare_schemas};
/// use serde_json::json;
///
/// let old = json!({"type": "integer", "minimum": 1});
/// let new = json!({"type": "integer", "minimum": 0});
/// let comparison = compare_schemas(&old, &new);
/// assert_eq!(comparison.class(), Some(Class::Widening));
/// assert_eq!(comparison.changes()[0].pointer, "/minimum");
/// ```
#[must_use]
pub fn compare_schemas(old: &Value, new: &Value) -> Comparison {
    let changes = differences(old, new).into_iter().map(|found| of_place("", "", found));
    Comparison::new(changes.collect())
}

/// Tools that are gone and new ones that look like them, each in one pair.
fn renames<'a>(gone: &[&'a LockedTool], added: &[&'a LockedTool]) -> Vec<(&'a str, &'a str)> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for tool in gone {
        let is_free = |other: &&&&LockedTool, pairs: &[(&str, &str)]| {
            !pairs.iter().any(|(_, to)| *to == other.name)
        };
        let has_parameters = tool
            .parameters
            .get("properties")
            .and_then(Value::as_object)
            .is_some_and(|properties| !properties.is_empty());
        let same = |other: &&&&LockedTool| {
            (has_parameters && other.parameters == tool.parameters)
                || (tool.description.is_some() && other.description == tool.description)
        };
        let known = added.iter().filter(|other| is_free(&other, &pairs)).find(|other| same(&other));
        let free = added.iter().filter(|other| is_free(&other, &pairs));
        let found = match known {
            Some(other) => Some(&*other.name),
            None => nearest(&tool.name, free.map(|other| &*other.name)),
        };
        pairs.extend(found.map(|to| (&*tool.name, to)));
    }
    pairs
}

fn of_tool(old: &LockedTool, new: &LockedTool) -> Vec<Change> {
    let name = &*new.name;
    let mut changes = Vec::new();
    if old.description != new.description {
        let reason = match (&old.description, &new.description) {
            (None, _) => "the tool has a description now",
            (_, None) => "the tool has no description any more",
            _ => "the description of the tool says something else",
        };
        let value = |text: &Option<String>| text.as_deref().map(Value::from);
        let change = Change::new(name, "/description", reason)
            .with_classes(Class::Wording, None)
            .with_values(value(&old.description), value(&new.description));
        changes.push(change);
    }
    if old.strict != new.strict {
        let (reason, class) = if new.strict {
            ("the server holds the model to the schema now", Class::Narrowing)
        } else {
            ("the server no longer holds the model to the schema", Class::Widening)
        };
        let change = Change::new(name, "/strict", reason)
            .with_classes(class, None)
            .with_values(Some(old.strict.into()), Some(new.strict.into()));
        changes.push(change);
    }
    let accepted = differences(old.accepted(), new.accepted());
    if old.accepted.is_none() && new.accepted.is_none() {
        let place = |found| of_place(name, "/parameters", found);
        changes.extend(accepted.into_iter().map(place));
    } else {
        changes.extend(of_both(name, differences(&old.parameters, &new.parameters), accepted));
    }
    changes.extend(of_form(old, new));
    changes.extend(of_losses(name, &old.losses, &new.losses));
    changes.extend(of_rechecks(old, new));
    changes
}

/// What is sent is judged for the model, what is accepted back for stored calls, and for the model
/// too: leaving out what may be left out is no mistake of it.
fn of_both(tool: &str, sent: Vec<Found>, mut accepted: Vec<Found>) -> Vec<Change> {
    let mut changes = Vec::new();
    for found in sent {
        let is_it = |other: &Found| other.pointer == found.pointer && other.facet == found.facet;
        if let Some(n) = accepted.iter().position(is_it) {
            let counterpart = accepted.remove(n);
            let (before, after) = (found.before, found.after);
            let found = Found { before, after, ..counterpart };
            changes.push(of_place(tool, "/parameters", found));
            continue;
        }
        let mut change = of_place(tool, "/parameters", found);
        // It is taken as it was: only what the server lets through is another.
        if change.stored.is_some() {
            change.stored = None;
            change.refused_now = None;
        }
        if change.model == Some(Class::Breaking) || change.model == Some(Class::Undecided) {
            change.model = Some(Class::Narrowing);
        }
        changes.push(change);
    }
    // The words of what is accepted are not told to anyone.
    let is_meant = |found: &Found| matches!(found.effect, Effect::Meaning { .. });
    for found in accepted.into_iter().filter(is_meant) {
        let mut change = of_place(tool, "/parameters", found);
        change.reason.push_str(" (not sent; checked on what comes back)");
        changes.push(change);
    }
    changes
}

fn of_place(tool: &str, under: &str, found: Found) -> Change {
    let pointer = format!("{under}{}", found.pointer);
    let mut change = Change::new(tool, pointer, found.reason);
    (change.before, change.after, change.hint) = (found.before, found.after, found.hint);
    match found.effect {
        Effect::Order => change.model = Some(Class::Reordering),
        Effect::Wording => change.model = Some(Class::Wording),
        Effect::Meaning { forth, back } => {
            change.model = Some(for_the_model(&forth, &back));
            change.stored = for_stored_calls(&forth, &back);
            let example = |verdict: Verdict| match verdict {
                Verdict::Broken(value) => Some(value),
                Verdict::Holds | Verdict::Unknown => None,
            };
            (change.refused_now, change.allowed_now) = (example(forth), example(back));
        }
    }
    change
}

fn for_the_model(forth: &Verdict, back: &Verdict) -> Class {
    match (forth, back) {
        (Verdict::Holds, Verdict::Holds) => Class::Wording,
        (Verdict::Holds, _) => Class::Widening,
        (_, Verdict::Holds) => Class::Narrowing,
        (Verdict::Broken(_), _) => Class::Breaking,
        (Verdict::Unknown, _) => Class::Undecided,
    }
}

fn for_stored_calls(forth: &Verdict, back: &Verdict) -> Option<Class> {
    match (forth, back) {
        (Verdict::Holds, Verdict::Holds) => None,
        (Verdict::Holds, _) => Some(Class::Widening),
        (Verdict::Broken(_), _) => Some(Class::Breaking),
        (Verdict::Unknown, _) => Some(Class::Undecided),
    }
}

fn of_losses(tool: &str, old: &[LockedLoss], new: &[LockedLoss]) -> Vec<Change> {
    let lacks = |list: &[LockedLoss], loss: &LockedLoss| {
        !list.iter().any(|known| known.pointer == loss.pointer && known.keyword == loss.keyword)
    };
    let change = |loss: &LockedLoss, reason: String| {
        let pointer = format!("/parameters{}", loss.pointer);
        Change::new(tool, pointer, reason).with_classes(Class::Wording, None)
    };
    let gone = old.iter().filter(|loss| lacks(new, loss)).map(|loss| {
        change(loss, format!("`{}` is no longer among what is not sent", loss.keyword))
    });
    let added = new.iter().filter(|loss| lacks(old, loss)).map(|loss| {
        let checked = if loss.enforced { "checked on what comes back" } else { "not checked" };
        change(loss, format!("`{}` is not sent; {checked}", loss.keyword))
    });
    gone.chain(added).collect()
}

/// Rules for decoded values: what is not known to take all that it took may refuse stored calls.
fn of_rechecks(old: &LockedTool, new: &LockedTool) -> Option<Change> {
    let after = new.rechecked.as_ref()?;
    let takes_all = if old.codec == new.codec {
        let before = match &old.rechecked {
            Some(before) => Some(before),
            // As it is sent it is decoded.
            None if old.codec.is_empty() => Some(old.accepted()),
            None => None,
        };
        let differs = |found: &Found| matches!(&found.effect, Effect::Meaning { forth, .. } if *forth != Verdict::Holds);
        before.is_some_and(|before| !differences(before, after).iter().any(differs))
    } else {
        false
    };
    if takes_all {
        return None;
    }
    let reason = "rules that the decoded value is held to differ";
    let change = Change::new(&new.name, "/rechecked", reason);
    Some(change.with_classes(Class::Undecided, Class::Undecided))
}
