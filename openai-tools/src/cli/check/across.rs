//! What no line of a file can be told by itself.

use std::collections::HashMap;

use super::worker::Done;
use crate::data::BatchLine;

/// What is wrong with one line beside others.
#[derive(Debug)]
pub(super) struct Clash {
    pub(super) line: u64,
    pub(super) rule: &'static str,
    pub(super) message: String,
}

/// The lines of one file so far.
#[derive(Debug, Default)]
pub(super) struct Across {
    /// The lines in which a `custom_id` stands.
    ids: HashMap<u64, u64>,
    first: Option<(u64, BatchLine)>,
    inputs: u64,
    pub(super) examples: u64,
    pub(super) records: u64,
}

impl Across {
    /// Takes the next lines; they come in order.
    pub(super) fn take(&mut self, done: &mut Done) -> Vec<Clash> {
        self.examples += done.examples;
        self.records += done.tally.records;
        let lines = std::mem::take(&mut done.batch);
        lines.into_iter().flat_map(|(line, own)| self.line(line, own)).collect()
    }

    fn line(&mut self, line: u64, own: BatchLine) -> Vec<Clash> {
        let mut clashes = Vec::new();
        let mut clash = |rule, message| clashes.push(Clash { line, rule, message });
        self.inputs += u64::from(own.is_input);
        if own.is_input && self.inputs == MOST_REQUESTS + 1 {
            clash("batch-size", format!("more than {MOST_REQUESTS} requests in one file"));
        }
        if let Some(first) = self.ids.get(&own.id) {
            clash("batch-id", format!("the `custom_id` stands in line {first} already"));
        } else if (self.ids.len() as u64) < 2 * MOST_REQUESTS {
            self.ids.insert(own.id, line);
        }
        let Some((first_line, first)) = &self.first else {
            self.first = Some((line, own));
            return clashes;
        };
        if own.is_input && own.url != first.url {
            clash("batch-endpoint", format!("another endpoint than in line {first_line}"));
        }
        if own.is_input && own.model.is_some() && own.model != first.model {
            clash("batch-model", format!("another model than in line {first_line}"));
        }
        clashes
    }

    /// What the end of the file shows.
    pub(super) fn end(&self, is_for_training: bool) -> Vec<Clash> {
        let mut clashes = Vec::new();
        let mut clash = |rule, message| clashes.push(Clash { line: 1, rule, message });
        if self.records == 0 {
            clash("empty", "there is no record in it".to_owned());
        }
        if is_for_training && (1..FEWEST_EXAMPLES).contains(&self.examples) {
            let count = self.examples;
            clash("training-size", format!("{count} examples; fine-tuning needs at least 10"));
        }
        clashes
    }
}

const MOST_REQUESTS: u64 = 50_000;
const FEWEST_EXAMPLES: u64 = 10;
