//! A prompt as tokens, and as the things that it speaks of.

use std::ops::Range;

use super::{
    entity::{Entity, entities},
    words,
};

/// A prompt, read once from left to right.
#[derive(Debug)]
pub(super) struct Prompt<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) entities: Vec<Entity>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    /// Without the punctuation around it.
    pub(super) text: &'a str,
    /// Where it stands in the prompt, in bytes.
    pub(super) start: usize,
    pub(super) quoted: bool,
    /// The first punctuation behind it, if there is any.
    pub(super) after: Option<char>,
}

impl<'a> Prompt<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        // Enough for any question: what is longer is a document, and only its start is read.
        const READ: usize = 20_000;
        let mut end = text.len().min(READ);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = &text[..end];
        let tokens = tokens(text);
        let entities = entities(&tokens);
        Self { text, tokens, entities }
    }
}

impl Prompt<'_> {
    /// The stems of some of the tokens.
    pub(super) fn stems(&self, tokens: Range<usize>) -> Vec<String> {
        let tokens = self.tokens.get(tokens).unwrap_or_default();
        tokens.iter().flat_map(|token| words::stems(token.text)).collect()
    }
}

impl Token<'_> {
    /// Whether the next token begins something new.
    pub(super) fn ends_clause(&self) -> bool {
        matches!(self.after, Some(',' | ';' | '.' | '?' | '!' | ':'))
    }

    pub(super) fn ends_sentence(&self) -> bool {
        matches!(self.after, Some('.' | '?' | '!' | ':'))
    }

    /// Whether it stands between two things of a list.
    pub(super) fn separates(&self) -> bool {
        let lower = self.text.to_lowercase();
        ["and", "or", "then", "also", "but", "vs", "versus", "&"].contains(&lower.as_str())
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut rest = text;
    // Closing marks that are known not to come any more, so that none is looked for twice.
    let mut missing: Vec<char> = Vec::new();
    loop {
        rest = rest.trim_start();
        let start = text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            return tokens;
        };
        if let Some((inside, behind)) = quoted(rest, first, &mut missing) {
            let after = behind.chars().next().filter(char::is_ascii_punctuation);
            let start = start + first.len_utf8();
            tokens.push(Token { text: inside, start, quoted: true, after });
            rest = behind.trim_start_matches(|c: char| c.is_ascii_punctuation() && !opens(c));
            continue;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        for piece in operands(&rest[..end]) {
            let at = start + (piece.as_ptr() as usize - rest.as_ptr() as usize);
            push_word(piece, at, &mut tokens);
        }
        rest = &rest[end..];
    }
}

fn push_word<'a>(piece: &'a str, start: usize, tokens: &mut Vec<Token<'a>>) {
    let opening = |c: char| matches!(c, '(' | '[' | '{' | '<' | '"' | '\'' | '“' | '‘' | '`');
    let closing = |c: char| {
        matches!(
            c,
            ',' | ';'
                | '.'
                | '?'
                | '!'
                | ':'
                | ')'
                | ']'
                | '}'
                | '>'
                | '"'
                | '\''
                | '”'
                | '’'
                | '`'
        )
    };
    let front = piece.trim_start_matches(opening);
    let core = front.trim_end_matches(closing);
    let after = front[core.len()..].chars().next();
    if core.is_empty() {
        if let (Some(last), Some(mark)) = (tokens.last_mut(), after) {
            last.after.get_or_insert(mark);
        }
        return;
    }
    let start = start + (piece.len() - front.len());
    let core = core.strip_suffix("'s").or_else(|| core.strip_suffix("’s")).unwrap_or(core);
    tokens.push(Token { text: core, start, quoted: false, after });
}

/// A quoted text at the start of `rest`: what is inside, and what comes behind the closing mark.
fn quoted<'a>(rest: &'a str, first: char, missing: &mut Vec<char>) -> Option<(&'a str, &'a str)> {
    let close = match first {
        '"' | '`' | '\'' => first,
        '“' => '”',
        '‘' => '’',
        _ => return None,
    };
    if missing.contains(&close) {
        return None;
    }
    let inside = &rest[first.len_utf8()..];
    // An apostrophe within a word closes nothing.
    let found = inside.char_indices().find(|(at, c)| {
        let behind = inside[at + c.len_utf8()..].chars().next();
        *c == close && !(matches!(c, '\'' | '’') && behind.is_some_and(char::is_alphanumeric))
    });
    match found {
        Some((end, _)) if end > 0 => Some((&inside[..end], &inside[end + close.len_utf8()..])),
        Some(_) => None,
        None => {
            missing.push(close);
            None
        }
    }
}

fn opens(c: char) -> bool {
    matches!(c, '"' | '\'' | '`')
}

/// `2+3` and `1,2,3` as their parts; anything else whole.
fn operands(word: &str) -> Vec<&str> {
    let digit = |c: char| c.is_ascii_digit();
    let arithmetic = |c: char| matches!(c, '+' | '*' | '×' | '÷' | '=' | '^');
    let only = word.chars().all(|c| digit(c) || arithmetic(c) || matches!(c, '.' | '?' | '-'));
    if only && word.contains(digit) && word.chars().skip(1).any(arithmetic) {
        return word.split(arithmetic).filter(|part| !part.is_empty()).collect();
    }
    let list = word.split(',').filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let thousands = list.len() > 1 && list[1..].iter().all(|part| part.len() == 3);
    if list.len() > 1 && !thousands && list.iter().all(|part| part.chars().all(digit)) {
        return list;
    }
    vec![word]
}
