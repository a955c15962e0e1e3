//! A text that a simple regular expression matches.

use std::{iter::Peekable, str::Chars};

/// The shortest text that the pattern is made of, as far as it is simple: literals, classes,
/// groups, alternatives and quantifiers. `None` for anything else; the caller checks the result
/// against the schema in any case.
pub(super) fn example(pattern: &str) -> Option<String> {
    let mut reader = Reader { rest: pattern.chars().peekable(), length: 0, depth: 0 };
    let text = reader.alternatives()?;
    reader.rest.next().is_none().then_some(text)
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    /// Characters made so far, over all levels: `(((a{999}){999}){999})` must end.
    length: usize,
    depth: usize,
}

impl Reader<'_> {
    /// The first alternative; the others are read and dropped.
    fn alternatives(&mut self) -> Option<String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let first = self.sequence()?;
        while self.rest.next_if_eq(&'|').is_some() {
            self.sequence()?;
        }
        self.depth -= 1;
        Some(first)
    }

    fn sequence(&mut self) -> Option<String> {
        let mut text = String::new();
        while let Some(c) = self.rest.next_if(|c| !matches!(c, '|' | ')')) {
            let piece = match c {
                '^' | '$' => continue,
                '.' => "a".to_owned(),
                '[' => self.class()?.to_string(),
                '(' => self.group()?,
                '\\' => self.escape()?,
                '*' | '+' | '?' | '{' => return None,
                literal => literal.to_string(),
            };
            let times = self.quantifier()?;
            self.length = self.length.saturating_add(piece.len().saturating_mul(times));
            if self.length > MAX_LENGTH {
                return None;
            }
            text.push_str(&piece.repeat(times));
        }
        Some(text)
    }

    fn group(&mut self) -> Option<String> {
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next()? {
                ':' => {}
                // A named group; looking around and flags are not simple.
                'P' | '<' => {
                    let name = self.rest.by_ref().find(|c| *c == '>' || matches!(c, '=' | '!'))?;
                    if name != '>' {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        let text = self.alternatives()?;
        self.rest.next_if_eq(&')')?;
        Some(text)
    }

    fn escape(&mut self) -> Option<String> {
        Some(match self.rest.next()? {
            'd' => "0".to_owned(),
            'w' | 'D' | 'S' => "a".to_owned(),
            's' | 'W' => " ".to_owned(),
            't' => "\t".to_owned(),
            'n' => "\n".to_owned(),
            'A' | 'z' | 'Z' => String::new(),
            c if c.is_alphanumeric() => return None,
            literal => literal.to_string(),
        })
    }

    /// One character of a class: the first that it names, or for a negated one the first of a few
    /// that it does not.
    fn class(&mut self) -> Option<char> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut ranges: Vec<(char, char)> = Vec::new();
        loop {
            let first = match self.rest.next()? {
                ']' if !ranges.is_empty() => break,
                '[' => return None,
                '\\' => match self.rest.next()? {
                    'd' => {
                        ranges.push(('0', '9'));
                        continue;
                    }
                    'w' => {
                        ranges.extend([('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]);
                        continue;
                    }
                    's' => {
                        ranges.extend([(' ', ' '), ('\t', '\r')]);
                        continue;
                    }
                    c if c.is_alphanumeric() => return None,
                    literal => literal,
                },
                c => c,
            };
            let mut last = first;
            if self.rest.peek() == Some(&'-') {
                self.rest.next();
                match self.rest.peek()? {
                    ']' => ranges.push(('-', '-')),
                    _ => last = self.rest.next().filter(|c| *c != '\\')?,
                }
            }
            ranges.push((first, last));
        }
        let contains = |c: char| ranges.iter().any(|(first, last)| (*first..=*last).contains(&c));
        let usual = ['a', 'A', '0', '-', '_', ' ', '.'];
        if negated {
            usual.into_iter().find(|c| !contains(*c))
        } else {
            usual.into_iter().find(|c| contains(*c)).or_else(|| ranges.first().map(|r| r.0))
        }
    }

    /// How often the piece before is at least repeated; once where that may be any number, since
    /// an empty text says nothing.
    fn quantifier(&mut self) -> Option<usize> {
        let times = match self.rest.peek() {
            Some('*' | '+') => {
                self.rest.next();
                1
            }
            Some('?') => {
                self.rest.next();
                0
            }
            Some('{') => {
                self.rest.next();
                let mut bounds = String::new();
                loop {
                    match self.rest.next()? {
                        '}' => break,
                        c => bounds.push(c),
                    }
                }
                bounds.split(',').next()?.trim().parse().ok()?
            }
            _ => 1,
        };
        // A lazy quantifier matches the same texts.
        self.rest.next_if_eq(&'?');
        Some(times)
    }
}

const MAX_LENGTH: usize = 10_000;
const MAX_DEPTH: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_patterns_have_an_example() {
        for (pattern, text) in [
            ("^[A-Z]{3}-\\d{4}$", "AAA-0000"),
            ("^(cat|dog)s?$", "cat"),
            ("^[a-z0-9_-]+$", "a"),
            ("^\\+?[1-9]\\d{1,14}$", "10"),
            ("^(?:ab){2}(?<n>x)*$", "ababx"),
            ("[^a]", "A"),
            ("^.{3,}$", "aaa"),
            ("^#[0-9a-fA-F]{6}$", "#aaaaaa"),
            ("", ""),
        ] {
            assert_eq!(example(pattern).as_deref(), Some(text), "{pattern}");
        }
    }

    #[test]
    fn what_is_not_simple_has_none() {
        for pattern in ["(?=a)b", "\\p{L}", "(", "[", "[a", "a{", "a{x}", "*", "\\", ")", "(?i)a"] {
            assert_eq!(example(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn hostile_patterns_end_soon() {
        assert_eq!(example("(((a{999}){999}){999}){999}"), None);
        assert_eq!(example(&"(".repeat(100_000)), None);
        assert_eq!(example("a{99999999999999999999999}"), None);
    }
}
