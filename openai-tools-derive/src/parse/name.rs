//! Tool names: checked here, so that a bad one is a compile error.

use proc_macro2::Span;
use syn::{Ident, Result, ext::IdentExt};

use crate::diag::error_at;

const MAX_LEN: usize = 64;

/// Checks a name that stands in the attribute.
pub(crate) fn given(name: String, span: Span) -> Result<String> {
    match fault(&name) {
        None => Ok(name),
        Some(fault) => {
            let what = fault.describe(&name);
            let help = match fault {
                Fault::Character(_) => format!("write `{}`", legal_form(&name)),
                Fault::Empty => "use 1 to 64 of A-Z, a-z, 0-9, `_` and `-`".to_owned(),
                Fault::TooLong(_) => "use a shorter one".to_owned(),
            };
            Err(error_at(span, what, help))
        }
    }
}

/// Checks what the names of several tools begin with.
pub(crate) fn prefix(prefix: String, span: Span) -> Result<String> {
    match fault(&prefix) {
        None => Ok(prefix),
        Some(Fault::Character(character)) => Err(error_at(
            span,
            format!("the prefix `{prefix}` holds {character:?}, which OpenAI refuses in names"),
            format!("write `{}`", legal_form(&prefix)),
        )),
        Some(Fault::Empty) => {
            Err(error_at(span, "the prefix is empty", "leave the key out for none"))
        }
        Some(Fault::TooLong(_)) => {
            Err(error_at(span, "the prefix leaves no room for names", "use a shorter one"))
        }
    }
}

/// Checks a name behind a prefix, both legal by themselves.
pub(crate) fn prefixed(prefix: &str, name: &str, span: Span) -> Result<String> {
    let name = format!("{prefix}{name}");
    match fault(&name) {
        None => Ok(name),
        Some(fault) => Err(error_at(
            span,
            format!("with its prefix {}", fault.describe(&name)),
            "use a shorter name, or a shorter prefix",
        )),
    }
}

/// The name of a function as the name of its tool.
pub(crate) fn of_function(ident: &Ident) -> Result<String> {
    of_item(ident, ident.unraw().to_string())
}

/// The name of a type, in `snake_case`, as the name of its tool.
pub(crate) fn of_type(ident: &Ident) -> Result<String> {
    of_item(ident, snake_case(&ident.unraw().to_string()))
}

fn of_item(ident: &Ident, name: String) -> Result<String> {
    match fault(&name) {
        None => Ok(name),
        Some(fault) => Err(error_at(
            ident.span(),
            fault.describe(&name),
            "give the tool another name with `#[tool(name = \"…\")]`",
        )),
    }
}

enum Fault {
    Character(char),
    Empty,
    TooLong(usize),
}

impl Fault {
    fn describe(&self, name: &str) -> String {
        match self {
            Self::Character(character) => {
                format!("the tool name `{name}` holds {character:?}, which OpenAI refuses")
            }
            Self::Empty => "the tool name is empty".to_owned(),
            Self::TooLong(len) => {
                format!("the tool name has {len} characters, OpenAI allows {MAX_LEN}")
            }
        }
    }
}

fn fault(name: &str) -> Option<Fault> {
    if name.is_empty() {
        return Some(Fault::Empty);
    }
    if let Some(character) = name.chars().find(|c| !is_legal(*c)) {
        return Some(Fault::Character(character));
    }
    (name.len() > MAX_LEN).then_some(Fault::TooLong(name.len()))
}

fn legal_form(name: &str) -> String {
    name.chars().map(|c| if is_legal(c) { c } else { '_' }).take(MAX_LEN).collect()
}

fn is_legal(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// `BookTable` as `book_table`, `HTTPGet` as `http_get`.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 8);
    for (i, letter) in letters.iter().enumerate() {
        let starts_word = letter.is_uppercase()
            && i > 0
            && letters[i - 1] != '_'
            // In a row of capitals only the last begins a word: `HTTPGet`.
            && (!letters[i - 1].is_uppercase()
                || letters.get(i + 1).is_some_and(|next| next.is_lowercase()));
        if starts_word {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_names_become_snake_case() {
        for (name, snake) in [
            ("BookTable", "book_table"),
            ("HTTPGet", "http_get"),
            ("GetURL", "get_url"),
            ("Get2Cities", "get2_cities"),
            ("Already_snake", "already_snake"),
            ("X", "x"),
            ("ABTest", "ab_test"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
    }

    #[test]
    fn names_of_1_to_64_legal_characters_are_accepted() {
        let span = Span::call_site;
        for name in ["a", "Get-weather_2", &"x".repeat(64)] {
            assert_eq!(given(name.to_owned(), span()).expect("legal"), name);
        }
        for (name, what) in [
            ("", "empty"),
            ("get weather", "holds ' ', which OpenAI refuses\nhelp: write `get_weather`"),
            (&"x".repeat(65), "65 characters, OpenAI allows 64"),
        ] {
            let said = given(name.to_owned(), span()).expect_err(name).to_string();
            assert!(said.contains(what), "{said}");
        }
    }
}
