//! All findings of a run, with a bound on how many are kept.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use crate::data::Severity;

/// One finding, as reports tell it.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Told {
    pub(in crate::cli) file: Arc<str>,
    /// From 1.
    pub(in crate::cli) line: u64,
    /// From 1, in characters.
    pub(in crate::cli) column: usize,
    pub(in crate::cli) pointer: String,
    pub(in crate::cli) rule: Cow<'static, str>,
    pub(in crate::cli) severity: Severity,
    pub(in crate::cli) message: String,
    pub(in crate::cli) tool: Option<String>,
    /// The line with a mark under the place; empty where there is nothing to see.
    pub(in crate::cli) excerpt: String,
}

/// Findings of one rule, at one place of their records, of calls of one tool.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Group {
    pub(in crate::cli) rule: Cow<'static, str>,
    pub(in crate::cli) severity: Severity,
    pub(in crate::cli) tool: Option<String>,
    pub(in crate::cli) count: u64,
    /// The first of them.
    pub(in crate::cli) examples: Vec<Told>,
}

/// What was found.
#[derive(Debug, Default)]
pub(in crate::cli) struct Tally {
    /// The first findings, in order.
    pub(in crate::cli) told: Vec<Told>,
    /// In the order in which each was first met.
    pub(in crate::cli) groups: Vec<Group>,
    places: HashMap<Key, usize>,
    pub(in crate::cli) errors: u64,
    pub(in crate::cli) warnings: u64,
    /// Findings of no group that is kept.
    pub(in crate::cli) ungrouped: u64,
    pub(in crate::cli) records: u64,
    pub(in crate::cli) bytes: u64,
    /// How many findings are kept.
    most: usize,
}

type Key = (Cow<'static, str>, Option<String>, String);

impl Tally {
    pub(super) fn new(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    pub(in crate::cli) fn findings(&self) -> u64 {
        self.errors + self.warnings
    }

    /// How many findings are told.
    pub(in crate::cli) fn most(&self) -> usize {
        self.most
    }

    pub(super) fn add(&mut self, told: Told) {
        self.count(told.severity, 1);
        let key = (told.rule.clone(), told.tool.clone(), pattern(&told.pointer));
        match self.group(key, told.severity) {
            Some(group) => {
                group.count += 1;
                if group.examples.len() < EXAMPLES {
                    group.examples.push(told.clone());
                }
            }
            None => self.ungrouped += 1,
        }
        if self.told.len() < self.most {
            self.told.push(told);
        }
    }

    /// Findings that are only counted.
    pub(super) fn add_more(&mut self, severity: Severity, count: u64) {
        self.count(severity, count);
        self.ungrouped += count;
    }

    /// Adds what was found further on.
    pub(super) fn merge(&mut self, later: Self) {
        self.errors += later.errors;
        self.warnings += later.warnings;
        self.ungrouped += later.ungrouped;
        self.records += later.records;
        self.bytes += later.bytes;
        let room = self.most.saturating_sub(self.told.len());
        self.told.extend(later.told.into_iter().take(room));
        let mut keys: Vec<(Key, usize)> = later.places.into_iter().collect();
        keys.sort_unstable_by_key(|(_, place)| *place);
        for ((key, _), found) in keys.into_iter().zip(later.groups) {
            match self.group(key, found.severity) {
                Some(group) => {
                    group.count += found.count;
                    let room = EXAMPLES.saturating_sub(group.examples.len());
                    group.examples.extend(found.examples.into_iter().take(room));
                }
                None => self.ungrouped += found.count,
            }
        }
    }

    fn count(&mut self, severity: Severity, count: u64) {
        match severity {
            Severity::Error => self.errors += count,
            Severity::Warning => self.warnings += count,
        }
    }

    fn group(&mut self, key: Key, severity: Severity) -> Option<&mut Group> {
        let place = match self.places.get(&key) {
            Some(place) => *place,
            // Names of properties are anybody's: there can be any number of places.
            None if self.groups.len() >= MOST_GROUPS => return None,
            None => {
                let (rule, tool, _) = key.clone();
                self.places.insert(key, self.groups.len());
                self.groups.push(Group { rule, severity, tool, count: 0, examples: Vec::new() });
                self.groups.len() - 1
            }
        };
        self.groups.get_mut(place)
    }
}

/// A pointer without the numbers in it: what is wrong with one item is wrong with the others.
fn pattern(pointer: &str) -> String {
    let segments = pointer.split('/').map(|segment| {
        let is_number = !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { "*" } else { segment }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Of each group.
pub(in crate::cli) const EXAMPLES: usize = 3;
const MOST_GROUPS: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: u64, rule: &'static str, pointer: &str) -> Told {
        Told {
            file: "f".into(),
            line,
            column: 1,
            pointer: pointer.to_owned(),
            rule: rule.into(),
            severity: Severity::Error,
            message: String::new(),
            tool: None,
            excerpt: String::new(),
        }
    }

    #[test]
    fn findings_are_grouped_in_order_however_they_are_merged() {
        let all: Vec<_> = (0..40)
            .map(|n| told(n, if n % 3 == 0 { "enum" } else { "type" }, &format!("/items/{n}/a")))
            .collect();
        let mut whole = Tally::new(10);
        for one in &all {
            whole.add(one.clone());
        }
        let mut merged = Tally::new(10);
        for part in all.chunks(7) {
            let mut later = Tally::new(10);
            for one in part {
                later.add(one.clone());
            }
            merged.merge(later);
        }
        let shown = |tally: &Tally| {
            let lines = |list: &[Told]| list.iter().map(|told| told.line).collect::<Vec<_>>();
            let groups: Vec<_> = tally
                .groups
                .iter()
                .map(|group| (group.rule.clone(), group.count, lines(&group.examples)))
                .collect();
            (lines(&tally.told), groups, tally.findings())
        };
        assert_eq!(shown(&whole), shown(&merged));
        assert_eq!(whole.told.len(), 10);
        assert_eq!(whole.groups.len(), 2);
        assert_eq!(whole.groups[0].count, 14);
    }

    #[test]
    fn the_groups_are_bounded() {
        let mut tally = Tally::new(1);
        for n in 0..2_000 {
            tally.add(told(n, "additionalProperties", &format!("/name{n}")));
        }
        assert_eq!((tally.groups.len(), tally.ungrouped, tally.errors), (500, 1_500, 2_000));
    }
}
