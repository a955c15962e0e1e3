//! Names of Rust for whatever a contract calls things.

use std::collections::{HashMap, HashSet};

/// A name for a type or a variant: letters and digits, words with capitals. Empty where nothing of
/// the text can stand in a name.
pub(super) fn pascal(text: &str) -> String {
    let mut name = String::new();
    for word in words(text) {
        let mut chars = word.chars();
        name.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        name.extend(chars.map(|c| c.to_ascii_lowercase()));
    }
    name
}

/// A name for a field or a function, not yet safe from keywords; empty as [`pascal`] may be.
pub(super) fn snake(text: &str) -> String {
    words(text).join("_").to_ascii_lowercase()
}

/// A name for a type.
pub(super) fn type_name(text: &str) -> String {
    let name = pascal(text);
    match name.chars().next() {
        None => "Unnamed".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("Type{name}"),
        Some(_) if TAKEN_TYPES.contains(&&*name) => format!("{name}Type"),
        Some(_) => name,
    }
}

/// A name for a variant that stands for a text.
pub(super) fn variant_name(text: &str) -> String {
    let name = pascal(text);
    match name.chars().next() {
        None if text.is_empty() => "Empty".to_owned(),
        None => {
            let symbols: String = text.chars().take(MOST_SYMBOLS).filter_map(symbol).collect();
            if symbols.is_empty() { "Value".to_owned() } else { symbols }
        }
        Some(first) if first.is_ascii_digit() => format!("Value{name}"),
        Some(_) if name == "Self" => "SelfValue".to_owned(),
        Some(_) => name,
    }
}

/// A name for a field, as it is written.
pub(super) fn field_name(text: &str) -> String {
    let name = snake(text);
    match name.chars().next() {
        None => "field".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("field_{name}"),
        Some(_) if NEVER_RAW.contains(&&*name) => format!("{name}_"),
        Some(_) if KEYWORDS.contains(&&*name) => format!("r#{name}"),
        Some(_) => name,
    }
}

/// One of the things that a name in the plural is for.
pub(super) fn singular(name: &str) -> String {
    let cut = |end: &str, by: &str| Some(format!("{}{by}", name.strip_suffix(end)?));
    let plural = ["ss", "us", "is", "os"].iter().all(|end| !name.ends_with(end));
    let one = cut("ies", "y").or_else(|| {
        let hisses = ["sses", "shes", "ches", "xes", "zes"].iter().any(|end| name.ends_with(end));
        if hisses { cut("es", "") } else { cut("s", "") }
    });
    match one.filter(|one| plural && one.len() > 1) {
        Some(one) => one,
        None => format!("{name}Item"),
    }
}

/// Gives out each name once.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// The number to try next for a name, so that a thousand equal ones are not tried in turn.
    next: HashMap<String, usize>,
}

impl Names {
    /// The name, with a number where it is taken.
    pub(super) fn give(&mut self, name: &str) -> String {
        let mut given = name.to_owned();
        while !self.taken.insert(given.trim_start_matches("r#").to_owned()) {
            let next = self.next.entry(name.to_owned()).or_insert(2);
            let digit = name.ends_with(|c: char| c.is_ascii_digit());
            given = format!("{name}{}{next}", if digit { "_" } else { "" });
            *next += 1;
        }
        given
    }

    /// Makes a name free again.
    pub(super) fn take_back(&mut self, name: &str) {
        self.taken.remove(name);
        self.next.clear();
    }
}

/// The words of a name, by what is no letter, by capitals, and at the end of capitals.
fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().take(LONGEST).collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (n, &c) in chars.iter().enumerate() {
        let before = n.checked_sub(1).map(|n| chars[n]);
        let begins = c.is_ascii_uppercase()
            && before.is_some_and(|before| {
                let next = chars.get(n + 1).is_some_and(char::is_ascii_lowercase);
                before.is_ascii_lowercase() || before.is_ascii_digit() || next
            });
        if (begins || !c.is_ascii_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.push(c);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn symbol(c: char) -> Option<&'static str> {
    SYMBOLS.iter().find(|(symbol, _)| *symbol == c).map(|(_, name)| *name)
}

/// Characters of a name that count for what is made of it.
const LONGEST: usize = 60;
const MOST_SYMBOLS: usize = 4;

const SYMBOLS: &[(char, &str)] = &[
    ('+', "Plus"),
    ('-', "Minus"),
    ('*', "Star"),
    ('/', "Slash"),
    ('=', "Equal"),
    ('!', "Not"),
    ('<', "Less"),
    ('>', "Greater"),
    ('%', "Percent"),
    ('&', "And"),
    ('|', "Or"),
    ('^', "Caret"),
    ('~', "Tilde"),
    ('?', "Question"),
    ('.', "Dot"),
    (',', "Comma"),
    (':', "Colon"),
    (';', "Semicolon"),
    ('#', "Hash"),
    ('@', "At"),
    ('$', "Dollar"),
    ('_', "Underscore"),
    (' ', "Space"),
    ('(', "Open"),
    (')', "Close"),
];

const NEVER_RAW: &[&str] = &["crate", "self", "super"];

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// What the prelude or the derives mean by these names.
const TAKEN_TYPES: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deserialize",
    "Drop",
    "Eq",
    "Err",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "JsonSchema",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Serialize",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "Tool",
    "ToolSet",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_by_capitals_and_by_what_is_no_letter() {
        assert_eq!(pascal("get_weather"), "GetWeather");
        assert_eq!(pascal("HTTPServer-v2 x"), "HttpServerV2X");
        assert_eq!(snake("userId"), "user_id");
        assert_eq!(snake("IDs of users"), "i_ds_of_users");
        assert_eq!(snake("größe"), "gr_e");
        assert_eq!(pascal("都市"), "");
    }

    #[test]
    fn no_name_is_a_keyword_or_empty_or_begins_with_a_digit() {
        assert_eq!(field_name("type"), "r#type");
        assert_eq!(field_name("self"), "self_");
        assert_eq!(field_name("2fa"), "field_2fa");
        assert_eq!(field_name("*/"), "field");
        assert_eq!(type_name("option"), "OptionType");
        assert_eq!(type_name("3d"), "Type3d");
        assert_eq!(type_name(""), "Unnamed");
        assert_eq!(variant_name(""), "Empty");
        assert_eq!(variant_name(">="), "GreaterEqual");
        assert_eq!(variant_name("42"), "Value42");
        assert_eq!(variant_name("self"), "SelfValue");
        assert_eq!(variant_name("都"), "Value");
    }

    #[test]
    fn a_name_is_given_once() {
        let mut names = Names::default();
        assert_eq!(names.give("a"), "a");
        assert_eq!(names.give("a"), "a2");
        assert_eq!(names.give("a2"), "a2_2");
        assert_eq!(names.give("r#type"), "r#type");
        assert_eq!(names.give("r#type"), "r#type2");
        assert_eq!(names.give("type"), "type3");
    }

    #[test]
    fn an_item_is_called_by_the_singular() {
        let made = ["Tags", "Entries", "Boxes", "Address", "Status", "Data"].map(singular);
        assert_eq!(made, ["Tag", "Entry", "Box", "AddressItem", "StatusItem", "DataItem"]);
    }
}
