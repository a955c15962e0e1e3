//! The names, numbers, dates and so on among the tokens of a prompt.

use serde_json::{Number, Value};

use super::{prompt::Token, words};

/// Something in the prompt that can be the value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entity {
    pub(super) kind: Kind,
    pub(super) value: Value,
    /// The index of its first token.
    pub(super) at: usize,
    /// The word before it, in lower case; empty if there is none.
    pub(super) before: String,
    /// The word behind it, in lower case; empty if there is none.
    pub(super) behind: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Code,
    Date,
    DateTime,
    Email,
    Name,
    Number,
    Quoted,
    Time,
    Url,
    /// A day or a month by name.
    When,
}

/// Finds them, in the order of the prompt.
pub(super) fn entities(tokens: &[Token<'_>]) -> Vec<Entity> {
    let mut found: Vec<Entity> = Vec::new();
    let mut at = 0;
    // Behind the last entity.
    let mut end = 0;
    while at < tokens.len() && found.len() < MAX_ENTITIES {
        let named = || name(tokens, at).map(|(text, length)| (Kind::Name, text.into(), length));
        let plain = plain(&tokens[at]).map(|(kind, value)| (kind, value, 1));
        let Some((kind, value, length)) = plain.or_else(named) else {
            at += 1;
            continue;
        };
        let around = |index: Option<usize>| {
            let token = index.and_then(|index| tokens.get(index));
            token.map_or_else(String::new, |token| token.text.to_lowercase())
        };
        let before = around(at.checked_sub(1).filter(|before| !tokens[*before].ends_sentence()));
        let behind = around(Some(at + length).filter(|_| !tokens[at + length - 1].ends_clause()));
        let before = listed_after(tokens, at, end, found.last(), kind).unwrap_or(before);
        found.push(Entity { kind, value, at, before, behind });
        at += length;
        end = at;
    }
    if !found.iter().any(|entity| entity.kind == Kind::Name) {
        lowercase_names(tokens, &mut found);
    }
    found
}

/// In "to Lima and Rome" the second name is the object of the same word as the first.
fn listed_after(
    tokens: &[Token<'_>],
    at: usize,
    end: usize,
    last: Option<&Entity>,
    kind: Kind,
) -> Option<String> {
    let last = last.filter(|last| last.kind == kind)?;
    let comma = tokens[end - 1].after == Some(',');
    let listed = match &tokens[end..at] {
        [] => comma,
        [between] => between.separates(),
        _ => false,
    };
    listed.then(|| last.before.clone())
}

/// What one token is by its own form.
fn plain(token: &Token<'_>) -> Option<(Kind, Value)> {
    let text = token.text;
    if token.quoted {
        return Some((Kind::Quoted, Value::from(text)));
    }
    let lower = text.to_lowercase();
    let kind = if lower.starts_with("http://") || lower.starts_with("https://") {
        Kind::Url
    } else if is_email(text) {
        Kind::Email
    } else if is_date(text) {
        Kind::Date
    } else if is_date_time(text) {
        Kind::DateTime
    } else if is_time(text) {
        Kind::Time
    } else if let Some(number) = number(text) {
        return Some((Kind::Number, Value::Number(number)));
    } else if is_code(text) {
        return Some((Kind::Code, Value::from(text.trim_start_matches('#'))));
    } else if WHEN.contains(&lower.as_str()) {
        Kind::When
    } else {
        return None;
    };
    Some((kind, Value::from(text)))
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !host.starts_with('.') && !host.contains('@')
    })
}

/// `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn is_date_time(text: &str) -> bool {
    text.split_once('T')
        .is_some_and(|(date, time)| is_date(date) && time.get(..5).is_some_and(is_time))
}

/// `HH:MM` or `HH:MM:SS`.
fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|part| {
            (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// `4`, `-2.5`, `$1,000`, `20%`, `5km`, `three`.
fn number(text: &str) -> Option<Number> {
    let lower = text.to_lowercase();
    if let Some(at) = NUMBERS.iter().position(|word| *word == lower) {
        return Some(Number::from(at + 2));
    }
    let digits = text.trim_start_matches(['$', '€', '£']);
    let end = digits
        .char_indices()
        .find(|(at, c)| {
            !(c.is_ascii_digit() || matches!(c, '.' | ',') || (*at == 0 && matches!(c, '-' | '+')))
        })
        .map_or(digits.len(), |(at, _)| at);
    let (digits, unit) = digits.split_at(end);
    let unit_is_short = unit.chars().count() <= 3 && !unit.contains(|c: char| c.is_ascii_digit());
    // "3D" and "4K" are names, "5km" is a number with a unit.
    if !unit_is_short || unit.chars().any(char::is_uppercase) && !unit.starts_with('°') {
        return None;
    }
    let digits = digits.replace(',', "");
    let digits = digits.trim_start_matches('+');
    match digits.parse::<i64>() {
        Ok(whole) => Some(Number::from(whole)),
        Err(_) => digits.parse::<f64>().ok().and_then(Number::from_f64),
    }
}

/// `A-17`, `INV2041`, `#12`.
fn is_code(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '#' | '/' | '.'))
}

/// A proper name that begins at a token, and over how many tokens it goes.
fn name(tokens: &[Token<'_>], at: usize) -> Option<(String, usize)> {
    let token = tokens[at];
    if !is_capitalized(&token) {
        return None;
    }
    // "Hi Bob" speaks to Bob, not of him.
    let greeted = |before: usize| {
        let lower = tokens[before].text.to_lowercase();
        ["dear", "hello", "hey", "hi", "thanks"].contains(&lower.as_str())
    };
    if at.checked_sub(1).is_some_and(greeted) {
        return None;
    }
    let starts_sentence = at == 0 || tokens[at - 1].ends_sentence();
    if starts_sentence && !stands_alone(tokens, at) {
        return None;
    }
    let mut text = token.text.to_owned();
    let mut length = 1;
    while let Some(next) =
        tokens.get(at + length).filter(|_| tokens[at + length - 1].after.is_none())
    {
        if is_capitalized(next) {
            text = format!("{text} {}", next.text);
            length += 1;
        } else if let Some(last) = tokens
            .get(at + length + 1)
            .filter(|last| PARTICLES.contains(&next.text) && is_capitalized(last))
        {
            text = format!("{text} {} {}", next.text, last.text);
            length += 2;
        } else {
            break;
        }
    }
    // "Hanoi, Vietnam" is one place, "Oslo, Lima and Rome" are three.
    if let Some(country) = pair(tokens, at, length) {
        return Some((format!("{text}, {country}"), length + 1));
    }
    Some((text, length))
}

/// The second half of a pair such as "Hanoi, Vietnam".
fn pair<'a>(tokens: &[Token<'a>], at: usize, length: usize) -> Option<&'a str> {
    let comma = |index: usize| tokens[index].after == Some(',');
    let listed = at > 0 && (comma(at - 1) || tokens[at - 1].separates());
    let second = tokens.get(at + length).filter(|token| is_capitalized(token))?;
    let third = tokens.get(at + length + 1);
    let goes_on = comma(at + length)
        || third.is_some_and(|token| token.separates() || is_capitalized(token))
            && !second.ends_sentence();
    (comma(at + length - 1) && !listed && !goes_on).then_some(second.text)
}

fn is_capitalized(token: &Token<'_>) -> bool {
    let lower = token.text.to_lowercase();
    !token.quoted
        && token.text.chars().next().is_some_and(char::is_uppercase)
        && plain(token).is_none()
        && (lower == "new" || !words::is_stop_word(&lower))
        && !NO_NAMES.contains(&lower.as_str())
        && !lower.starts_with("i'")
        && !lower.starts_with("i’")
}

/// The first word of a sentence is a name only where no verb can stand: "Oslo or Lima?".
fn stands_alone(tokens: &[Token<'_>], at: usize) -> bool {
    let token = tokens[at];
    let lower = token.text.to_lowercase();
    if ["new", "san", "los", "las", "saint"].contains(&lower.as_str()) {
        return tokens.get(at + 1).is_some_and(is_capitalized);
    }
    let next = tokens.get(at + 1).map(|next| next.text.to_lowercase());
    token.after.is_some()
        || next.is_none_or(|next| ["and", "or", "vs", "versus", "is", "was"].contains(&&*next))
}

/// Prompts typed without capitals: "weather in hanoi and paris".
fn lowercase_names(tokens: &[Token<'_>], found: &mut Vec<Entity>) {
    let is_word = |index: usize| {
        let text = tokens[index].text;
        let legal = text.chars().all(char::is_alphabetic) && text.chars().count() > 2;
        let lower = text.to_lowercase();
        let taken = found.iter().any(|entity| entity.at == index);
        legal && !taken && !words::is_stop_word(&lower) && !NO_NAMES.contains(&lower.as_str())
    };
    let mut names = Vec::new();
    let mut in_list = false;
    for (at, token) in tokens.iter().enumerate() {
        let lower = token.text.to_lowercase();
        if ["at", "for", "from", "in", "near", "of", "to"].contains(&lower.as_str()) {
            in_list = true;
        } else if in_list && is_word(at) {
            let before = if at == 0 { String::new() } else { tokens[at - 1].text.to_lowercase() };
            names.push(Entity {
                kind: Kind::Name,
                value: Value::from(token.text),
                at,
                before,
                behind: String::new(),
            });
            in_list = token.after == Some(',') || tokens.get(at + 1).is_some_and(Token::separates);
        } else if !token.separates() {
            in_list = false;
        }
    }
    found.extend(names);
    found.sort_by_key(|entity| entity.at);
}

/// More than any question speaks of; each is held against every parameter.
const MAX_ENTITIES: usize = 500;

const PARTICLES: [&str; 7] = ["da", "de", "del", "di", "do", "la", "von"];

/// From two: "one" is an article more often than a number.
const NUMBERS: [&str; 11] =
    ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

#[rustfmt::skip]
const NO_NAMES: [&str; 12] = [
    "ai", "am", "api", "asap", "html", "i", "json", "mr", "mrs", "ms", "pm", "url",
];

#[rustfmt::skip]
const WHEN: [&str; 23] = [
    "april", "august", "december", "february", "friday", "january", "july", "june", "march",
    "monday", "noon", "november", "october", "saturday", "september", "sunday", "thursday", "today",
    "tomorrow", "tonight", "tuesday", "wednesday", "yesterday",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::automatic::prompt::Prompt;

    fn found(text: &str) -> Vec<(Kind, Value)> {
        let prompt = Prompt::read(text);
        prompt.entities.into_iter().map(|entity| (entity.kind, entity.value)).collect()
    }

    fn names(text: &str) -> Vec<String> {
        let names = found(text).into_iter().filter(|(kind, _)| *kind == Kind::Name);
        names.map(|(_, value)| value.as_str().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn proper_names_are_found() {
        for (text, expected) in [
            ("Is it warmer in Hanoi or Paris?", &["Hanoi", "Paris"][..]),
            ("Weather for Oslo, Lima and Rome", &["Oslo", "Lima", "Rome"]),
            ("Fly from New York to Rio de Janeiro.", &["New York", "Rio de Janeiro"]),
            ("What is it like in Hanoi, Vietnam?", &["Hanoi, Vietnam"]),
            ("Compare Hanoi and Paris", &["Hanoi", "Paris"]),
            ("Oslo or Lima?", &["Oslo", "Lima"]),
            ("I'm hungry. Tell Bob's boss", &["Bob"]),
            ("weather in hanoi and paris", &["hanoi", "paris"]),
            ("Tell me a joke", &[]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn values_are_found_by_their_form() {
        use Kind::{Code, Date, DateTime, Email, Number, Quoted, Time, Url, When};
        for (text, kind, value) in [
            ("send to ann@example.org.", Email, json!("ann@example.org")),
            ("see https://x.org/a?b=1,", Url, json!("https://x.org/a?b=1")),
            ("on 2026-03-01", Date, json!("2026-03-01")),
            ("at 2026-03-01T10:00:00Z", DateTime, json!("2026-03-01T10:00:00Z")),
            ("at 10:30", Time, json!("10:30")),
            ("on Monday", When, json!("Monday")),
            ("part INV-2041", Code, json!("INV-2041")),
            ("ticket #A12", Code, json!("A12")),
            ("note \"buy milk\" down", Quoted, json!("buy milk")),
            ("it costs $1,000.", Number, json!(1000)),
            ("minus -2.5", Number, json!(-2.5)),
            ("after 5km", Number, json!(5)),
            ("for three", Number, json!(3)),
        ] {
            assert!(found(text).contains(&(kind, value)), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn arithmetic_and_lists_are_taken_apart() {
        let numbers = |text: &str| found(text).into_iter().map(|(_, v)| v).collect::<Vec<_>>();
        assert_eq!(numbers("2+3*4"), [json!(2), json!(3), json!(4)]);
        assert_eq!(numbers("of 1,2,3"), [json!(1), json!(2), json!(3)]);
        assert_eq!(numbers("2 + 3?"), [json!(2), json!(3)]);
    }

    #[test]
    fn an_apostrophe_opens_no_quotation() {
        assert_eq!(found("it's Bob's and ann's"), [(Kind::Name, json!("Bob"))]);
        assert_eq!(found("say 'don't go' now"), [(Kind::Quoted, json!("don't go"))]);
    }

    #[test]
    fn the_words_around_are_kept() {
        let prompt = Prompt::read("fly from Oslo to Lima");
        assert_eq!((&*prompt.entities[0].before, &*prompt.entities[0].behind), ("from", "to"));
    }

    #[test]
    fn hostile_prompts_are_read_in_linear_time() {
        for text in ["\"'`“‘".repeat(40_000), "A ".repeat(100_000), "\u{0}ü,".repeat(100_000)]
        {
            assert!(Prompt::read(&text).tokens.len() <= 20_000);
        }
    }
}
