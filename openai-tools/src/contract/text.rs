//! Changes as people read them.

use std::fmt::Write;

use serde_json::Value;

use super::{Change, Class, Comparison};
use crate::json::excerpt;

pub(super) fn comparison(comparison: &Comparison, columns: usize) -> String {
    let mut text = String::new();
    let mut tool = None;
    for one in comparison.changes() {
        if tool.is_some() && tool != Some(&one.tool) {
            text.push('\n');
        }
        if tool != Some(&one.tool) && !one.tool.is_empty() {
            text.push_str(&wrapped(&one.tool, "", columns));
        }
        tool = Some(&one.tool);
        text.push_str(&change(one, columns));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&wrapped(&summary(comparison), "", columns));
    text
}

/// How many changes there are of each class, the gravest first.
fn summary(comparison: &Comparison) -> String {
    let all = comparison.changes().len();
    if all == 0 {
        return "no change".to_owned();
    }
    let mut tools: Vec<&str> = comparison.changes().iter().map(|one| &*one.tool).collect();
    tools.dedup();
    let counts = Class::all().iter().rev().map(|class| (comparison.count(*class), class));
    let counts: Vec<String> = counts
        .filter(|(count, _)| *count > 0)
        .map(|(count, class)| format!("{count} {class}"))
        .collect();
    let changes = if all == 1 { "change" } else { "changes" };
    let of = match &*tools {
        [""] => String::new(),
        [_] => " of 1 tool".to_owned(),
        tools => format!(" of {} tools", tools.len()),
    };
    format!("{all} {changes}{of}: {}", counts.join(", "))
}

pub(super) fn change(change: &Change, columns: usize) -> String {
    let mut text = String::new();
    let place = if change.pointer.is_empty() { "(the whole)" } else { &*change.pointer };
    text.push_str(&wrapped(&format!("{:<11} {place}", change.class().as_str()), "  ", columns));
    let mut say = |said: &str| text.push_str(&wrapped(said, INDENT, columns));
    say(&change.reason);
    for (word, value) in [("before: ", &change.before), ("after:  ", &change.after)] {
        if let Some(value) = value.as_ref().filter(|value| !says(&change.reason, value)) {
            say(&format!("{word}{}", excerpt(value, SHOWN)));
        }
    }
    let is_plain = change.stored.is_none() && change.model < Some(Class::Narrowing);
    if change.model != change.stored && !is_plain {
        let word = |class: Option<Class>| class.map_or("no change", Class::as_str);
        say(&format!(
            "for the model: {}; for stored calls: {}",
            word(change.model),
            word(change.stored)
        ));
    }
    if let Some(value) = &change.refused_now {
        say(&format!("was valid, is refused now: {}", excerpt(value, SHOWN)));
    } else if change.stored == Some(Class::Undecided) {
        say("no example was found, and no proof that there is none");
    } else if let Some(value) = &change.allowed_now {
        say(&format!("was refused, is valid now: {}", excerpt(value, SHOWN)));
    }
    if let Some(hint) = &change.hint {
        say(&format!("hint: {hint}"));
    }
    text
}

/// Whether a text shows a value already, or each of a list of them.
fn says(text: &str, value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(|item| says(text, item)),
        Value::Object(_) => false,
        scalar => text.contains(&scalar.to_string()),
    }
}

/// A text in lines of their own; words that are longer than a line are broken up.
fn wrapped(text: &str, indent: &str, columns: usize) -> String {
    let room = columns.max(LEAST_COLUMNS) - indent.len();
    let mut lines = String::new();
    let mut line = String::new();
    let mut used = 0;
    let mut push = |line: &mut String, used: &mut usize| {
        // Writing to a text cannot fail.
        let _ = writeln!(lines, "{indent}{}", line.trim_end());
        line.clear();
        // What goes on stands two columns in.
        line.push_str("  ");
        *used = 2;
    };
    for word in text.split_inclusive(' ') {
        let width = word.trim_end().chars().count();
        if used + width > room && used > 2 && width <= room - 2 {
            push(&mut line, &mut used);
        }
        for c in word.chars() {
            if used >= room && c != ' ' {
                push(&mut line, &mut used);
            }
            line.push(if c.is_control() { '\u{fffd}' } else { c });
            used += 1;
        }
    }
    push(&mut line, &mut used);
    lines
}

pub(super) const COLUMNS: usize = 80;
const LEAST_COLUMNS: usize = 40;
const INDENT: &str = "      ";
const SHOWN: usize = 200;
