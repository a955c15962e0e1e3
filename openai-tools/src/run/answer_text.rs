//! Which pieces of a response are those of a typed answer: pure, from the events.

use std::collections::HashSet;

use super::{answer_call::is_answer, event::Event};
use crate::ids::ToolName;

/// Follows the answer through the events of a response: it is the text, or the arguments of a call.
#[derive(Debug, Default)]
pub(super) struct AnswerText {
    /// The tool whose arguments are the answer, if it is asked for so.
    tool: Option<ToolName>,
    /// The call of this response that is the answer.
    slot: Option<usize>,
    /// The calls of this response that are none, whatever they are renamed to.
    others: HashSet<usize>,
}

/// What an event has of the answer.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'a> {
    /// What came of it is void; it begins anew.
    Anew,
    /// More of it.
    More(&'a str),
}

impl AnswerText {
    pub(super) fn new(tool: Option<ToolName>) -> Self {
        Self { tool, slot: None, others: HashSet::new() }
    }

    /// The tool whose arguments are the answer.
    pub(super) fn tool(&self) -> Option<&ToolName> {
        self.tool.as_ref()
    }

    /// What an event has of the answer. After each event of a response, in order.
    pub(super) fn piece<'e, T>(&mut self, event: &'e Event<T>) -> Option<Piece<'e>> {
        let Some(tool) = &self.tool else {
            return match event {
                Event::Text(text) => Some(Piece::More(text)),
                _ => None,
            };
        };
        match event {
            Event::CallBegan { slot, kind, namespace, name, .. } => {
                if !is_answer(tool, kind, namespace.as_deref(), tool.as_str()) {
                    self.others.insert(*slot);
                }
                // The first answer counts.
                if self.slot.is_none() && is_answer(tool, kind, namespace.as_deref(), name) {
                    self.slot = Some(*slot);
                }
                None
            }
            Event::CallRenamed { slot, name, .. } => {
                let is_it = tool.as_str() == name && !self.others.contains(slot);
                match self.slot {
                    None if is_it => self.slot = Some(*slot),
                    Some(known) if known == *slot && !is_it => {
                        self.slot = None;
                        return Some(Piece::Anew);
                    }
                    _ => {}
                }
                None
            }
            Event::Arguments { slot, text } if self.slot == Some(*slot) => Some(Piece::More(text)),
            Event::ArgumentsReset { slot } if self.slot == Some(*slot) => Some(Piece::Anew),
            Event::Turn(_) => {
                self.slot = None;
                self.others.clear();
                None
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::CallKind;

    fn began(slot: usize, namespace: Option<&str>, name: &str) -> Event {
        let namespace = namespace.map(str::to_owned);
        let (id, name) = ("c".into(), name.to_owned());
        Event::CallBegan { slot, id, kind: CallKind::Function, namespace, name }
    }

    fn grown(slot: usize, text: &str) -> Event {
        Event::Arguments { slot, text: text.to_owned() }
    }

    /// The answer as far as it came, `|` where it began anew.
    fn read(tool: Option<&str>, events: &[Event]) -> String {
        let mut answer = AnswerText::new(tool.map(|name| ToolName::parse(name).expect("legal")));
        let pieces = events.iter().filter_map(|event| match answer.piece(event)? {
            Piece::Anew => Some("|"),
            Piece::More(text) => Some(text),
        });
        pieces.collect()
    }

    #[test]
    fn the_answer_is_the_text_or_the_arguments_of_its_first_call() {
        let events = [
            Event::Text("t".to_owned()),
            began(0, None, "other"),
            began(1, Some("crm"), "a"),
            began(2, None, "a"),
            began(3, None, "a"),
            grown(0, "0"),
            grown(1, "1"),
            grown(2, "2"),
            grown(3, "3"),
            grown(2, "4"),
        ];
        assert_eq!(read(None, &events), "t");
        assert_eq!(read(Some("a"), &events), "24");
    }

    #[test]
    fn what_is_void_begins_anew() {
        let renamed =
            |name: &str| Event::CallRenamed { slot: 0, id: "c".into(), name: name.to_owned() };
        let reset = Event::ArgumentsReset { slot: 0 };
        let events = [began(0, None, ""), renamed("a"), grown(0, "1"), reset, grown(0, "2")];
        assert_eq!(read(Some("a"), &events), "1|2");
        let events = [began(0, None, "a"), grown(0, "1"), renamed("ab"), grown(0, "2")];
        assert_eq!(read(Some("a"), &events), "1|");
    }

    #[test]
    fn a_call_of_another_namespace_is_no_answer_under_its_name() {
        let renamed = Event::CallRenamed { slot: 0, id: "c".into(), name: "a".to_owned() };
        let events = [began(0, Some("crm"), ""), renamed, grown(0, "1")];
        assert_eq!(read(Some("a"), &events), "");
    }
}
