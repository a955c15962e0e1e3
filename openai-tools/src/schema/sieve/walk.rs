use std::ops::Range;

use jsonschema::Validator;

use super::{
    Verdict,
    node::{Allowed, ArrayRule, Kinds, Node, NumberRule, ObjectRule, Part, Seen, TextRule},
    scanner::{Mark, Number, Scanner, Stop, Text},
};
use crate::json::Untrusted;

/// One way over a text.
pub(super) struct Walk<'s, 't> {
    nodes: &'s [Node],
    scanner: Scanner<'t>,
    /// What is left of the work that the text may cost: unions in unions try each branch.
    fuel: usize,
    /// How many schemas are open.
    open: usize,
}

type Step = Result<(), Stop>;

impl<'s, 't> Walk<'s, 't> {
    pub(super) fn new(nodes: &'s [Node], text: &'t str) -> Self {
        let fuel = text.len().saturating_mul(32).saturating_add(4_096);
        Self { nodes, scanner: Scanner::new(text), fuel, open: 0 }
    }

    pub(super) fn verdict(mut self, root: usize) -> Verdict {
        self.scanner.space();
        let walked = self.value(root).and_then(|()| {
            self.scanner.space();
            if self.scanner.is_at_end() { Ok(()) } else { Err(Stop::Unknown) }
        });
        match walked {
            Ok(()) => Verdict::Valid,
            Err(Stop::Invalid) => Verdict::Invalid,
            Err(Stop::Unknown) => Verdict::Unknown,
        }
    }

    fn value(&mut self, node: usize) -> Step {
        self.spend(1)?;
        let node = &self.nodes[node];
        if node.parts.is_empty() {
            return self.own(node);
        }
        if self.open >= MOST_OPEN {
            return Err(Stop::Unknown);
        }
        self.open += 1;
        let walked = self.with_parts(node);
        self.open -= 1;
        walked
    }

    fn spend(&mut self, work: usize) -> Step {
        self.fuel = self.fuel.checked_sub(work).ok_or(Stop::Unknown)?;
        Ok(())
    }

    fn back_to(&mut self, mark: &Mark) -> Step {
        self.spend(self.scanner.at.saturating_sub(mark.at))?;
        self.scanner.back_to(mark);
        Ok(())
    }

    fn with_parts(&mut self, node: &'s Node) -> Step {
        let mark = self.scanner.mark();
        if !node.is_free() {
            self.own(node)?;
        }
        for part in &node.parts {
            self.back_to(&mark)?;
            match part {
                Part::All(inner) => self.value(*inner)?,
                Part::Any(branches) => {
                    let mut found = Err(Stop::Invalid);
                    for branch in branches {
                        self.back_to(&mark)?;
                        found = self.value(*branch);
                        if found != Err(Stop::Invalid) {
                            break;
                        }
                    }
                    found?;
                }
                Part::One(branches) => {
                    let mut end = None;
                    for branch in branches {
                        self.back_to(&mark)?;
                        match self.value(*branch) {
                            Ok(()) if end.is_some() => return Err(Stop::Invalid),
                            Ok(()) => end = Some(self.scanner.at),
                            Err(Stop::Invalid) => {}
                            Err(Stop::Unknown) => return Err(Stop::Unknown),
                        }
                    }
                    self.scanner.back_to(&mark);
                    self.scanner.at = end.ok_or(Stop::Invalid)?;
                }
            }
        }
        Ok(())
    }

    /// What a schema says itself.
    fn own(&mut self, node: &'s Node) -> Step {
        if let Some(opaque) = &node.opaque {
            let start = self.scanner.at;
            self.scanner.skip()?;
            self.spend(4 * (self.scanner.at - start))?;
            return self.built(opaque, start..self.scanner.at);
        }
        let (kinds, allowed) = (node.kinds, node.allowed.as_deref());
        match self.scanner.peek()? {
            b'{' => {
                may(kinds, Kinds::OBJECT, allowed, |_| false)?;
                match &node.object {
                    Some(rule) => self.object(rule),
                    None => self.scanner.skip(),
                }
            }
            b'[' => {
                may(kinds, Kinds::ARRAY, allowed, |_| false)?;
                match &node.array {
                    Some(rule) => self.array(rule),
                    None => self.scanner.skip(),
                }
            }
            b'"' => {
                may(kinds, Kinds::STRING, None, |_| true)?;
                let text = self.scanner.string()?;
                if let Some(allowed) = allowed {
                    self.one_of(&text, allowed)?;
                }
                node.text.as_ref().map_or(Ok(()), |rule| self.string(&text, rule))
            }
            b't' => {
                self.scanner.word("true")?;
                may(kinds, Kinds::BOOLEAN, allowed, |allowed| allowed.truth)
            }
            b'f' => {
                self.scanner.word("false")?;
                may(kinds, Kinds::BOOLEAN, allowed, |allowed| allowed.falsehood)
            }
            b'n' => {
                self.scanner.word("null")?;
                may(kinds, Kinds::NULL, allowed, |allowed| allowed.null)
            }
            _ => {
                let number = self.scanner.number()?;
                self.number(&number, node)
            }
        }
    }

    fn one_of(&self, text: &Text, allowed: &Allowed) -> Step {
        if text.is_escaped {
            return Err(Stop::Unknown);
        }
        let text = self.scanner.bytes(&text.inside);
        let is_one = allowed.texts.iter().any(|allowed| allowed.as_bytes() == text);
        if is_one { Ok(()) } else { Err(Stop::Invalid) }
    }

    fn string(&self, text: &Text, rule: &TextRule) -> Step {
        if rule.least.is_some() || rule.most.is_some() {
            let length = if text.is_escaped {
                let quoted = &self.scanner.text[text.inside.start - 1..=text.inside.end];
                let read: String = serde_json::from_str(quoted).map_err(|_| Stop::Unknown)?;
                read.chars().count()
            } else {
                self.scanner.text[text.inside.clone()].chars().count()
            };
            within(length, rule.least, rule.most)?;
        }
        let Some(rest) = &rule.rest else { return Ok(()) };
        self.built(rest, text.inside.start - 1..text.inside.end + 1)
    }

    fn number(&self, number: &Number, node: &Node) -> Step {
        if node.allowed.is_some() || node.kinds & Kinds::NUMBER == 0 {
            return Err(Stop::Invalid);
        }
        let asks_for_integer = node.kinds & Kinds::FRACTION == 0;
        let rule = node.number.as_deref();
        if rule.is_none() && (number.is_integer || !asks_for_integer) {
            return Ok(());
        }
        if !number.is_simple {
            return Err(Stop::Unknown);
        }
        let text = &self.scanner.text[number.range.clone()];
        let value: f64 = text.parse().map_err(|_| Stop::Unknown)?;
        if asks_for_integer && value.fract() != 0.0 {
            return Err(Stop::Invalid);
        }
        let Some(NumberRule { minimum, maximum, above, below, rest }) = rule else {
            return Ok(());
        };
        let is_within = minimum.is_none_or(|bound| value >= bound)
            && maximum.is_none_or(|bound| value <= bound)
            && above.is_none_or(|bound| value > bound)
            && below.is_none_or(|bound| value < bound);
        if !is_within {
            return Err(Stop::Invalid);
        }
        rest.as_ref().map_or(Ok(()), |rest| self.built(rest, number.range.clone()))
    }

    fn array(&mut self, rule: &'s ArrayRule) -> Step {
        let frame = self.scanner.enter()?;
        let mut length = 0;
        if !self.scanner.is_empty(b']')? {
            loop {
                match rule.first.get(length).copied().or(rule.rest) {
                    Some(node) => self.value(node)?,
                    None => self.scanner.skip()?,
                }
                length += 1;
                if !self.scanner.goes_on(b']')? {
                    break;
                }
            }
        }
        self.scanner.leave(frame);
        within(length, rule.least, rule.most)
    }

    fn object(&mut self, rule: &'s ObjectRule) -> Step {
        let mut frame = self.scanner.enter()?;
        let mut seen = Seen::default();
        let (mut length, mut expected) = (0, 0);
        if !self.scanner.is_empty(b'}')? {
            loop {
                let name = self.scanner.name()?;
                let node = if let Some(place) = rule.find(name, expected) {
                    if !seen.insert(place) {
                        return Err(Stop::Unknown);
                    }
                    expected = place + 1;
                    Some(rule.properties[place].node)
                } else {
                    self.scanner.note(&mut frame, name)?;
                    rule.rest
                };
                match node {
                    Some(node) => self.value(node)?,
                    None => self.scanner.skip()?,
                }
                length += 1;
                if !self.scanner.goes_on(b'}')? {
                    break;
                }
            }
        }
        self.scanner.leave(frame);
        if !seen.holds(&rule.required) {
            return Err(Stop::Invalid);
        }
        within(length, rule.least, rule.most)
    }

    /// Lets a validator decide.
    fn built(&self, validator: &Validator, range: Range<usize>) -> Step {
        let Untrusted(value) =
            serde_json::from_str(&self.scanner.text[range]).map_err(|_| Stop::Unknown)?;
        if validator.is_valid(&value) { Ok(()) } else { Err(Stop::Invalid) }
    }
}

/// Whether a value of a type may be there, and is allowed.
fn may(
    kinds: u8,
    kind: u8,
    allowed: Option<&Allowed>,
    is_allowed: impl FnOnce(&Allowed) -> bool,
) -> Step {
    let is_good = kinds & kind != 0 && allowed.is_none_or(is_allowed);
    if is_good { Ok(()) } else { Err(Stop::Invalid) }
}

fn within(length: usize, least: Option<u64>, most: Option<u64>) -> Step {
    let length = length as u64;
    let is_within =
        least.is_none_or(|least| length >= least) && most.is_none_or(|most| length <= most);
    if is_within { Ok(()) } else { Err(Stop::Invalid) }
}

/// Each level of the text can open a few.
const MOST_OPEN: usize = 400;
