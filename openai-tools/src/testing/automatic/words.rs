//! Words of prompts and of identifiers, brought to a form in which they can be compared.

/// The words of a text or an identifier that carry meaning, each in its compared form.
///
/// `_`, `-`, punctuation and camelCase separate words; words such as "the" and "get" are left out.
pub(super) fn words(text: &str) -> Vec<String> {
    split(text).into_iter().filter_map(word).collect()
}

/// The compared form of one word: lower case, without endings, synonyms as one. `None` for words
/// without a meaning of their own.
pub(super) fn word(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    if lower.chars().count() < 2 || is_stop_word(&lower) {
        return None;
    }
    let concept = |candidate: &str| {
        CONCEPTS
            .iter()
            .find(|(name, words)| *name == candidate || words.contains(&candidate))
            .map(|(name, _)| *name)
    };
    let stemmed = stem(&lower);
    Some(match concept(&lower).or_else(|| concept(&stemmed)) {
        Some(name) => stem(name),
        None => stemmed,
    })
}

/// Every word of a text without its ending, for values that are meant word by word.
pub(super) fn stems(text: &str) -> Vec<String> {
    split(text).into_iter().map(|word| stem(&word.to_lowercase())).collect()
}

/// A word that says nothing of what is wanted.
pub(super) fn is_stop_word(lower: &str) -> bool {
    STOP_WORDS.contains(&lower)
}

/// A name in the form in which two spellings of it are equal: `firstName`, `first_name`.
pub(super) fn normalized(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The parts of an identifier or a text, as written.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = None;
    let mut lower_before = false;
    for (at, c) in text.char_indices() {
        let boundary = lower_before && c.is_uppercase();
        if let Some(from) = start.filter(|_| boundary || !c.is_alphanumeric()) {
            parts.push(&text[from..at]);
            start = None;
        }
        if c.is_alphanumeric() {
            start.get_or_insert(at);
        }
        lower_before = c.is_lowercase();
    }
    parts.extend(start.map(|from| &text[from..]));
    parts
}

/// A simple stem: enough that "adding", "adds" and "add" are one word.
fn stem(lower: &str) -> String {
    let cut = |ending: &str, least: usize| {
        lower.strip_suffix(ending).filter(|rest| rest.chars().count() >= least)
    };
    let mut stem = if let Some(rest) = cut("ies", 2).or_else(|| cut("ied", 2)) {
        format!("{rest}y")
    } else if let Some(rest) = cut("ing", 3).or_else(|| cut("ed", 3)).or_else(|| cut("ly", 4)) {
        rest.to_owned()
    } else if let Some(rest) = cut("s", 3).filter(|rest| !rest.ends_with('s')) {
        rest.to_owned()
    } else {
        lower.to_owned()
    };
    if stem.len() > 3 && stem.ends_with('e') {
        stem.pop();
    }
    // Also for words without an ending: "add" must equal the stem of "adding".
    let mut end = stem.chars().rev();
    if end.next().is_some_and(|last| last.is_alphabetic() && end.next() == Some(last)) {
        stem.pop();
    }
    stem
}

#[rustfmt::skip]
const STOP_WORDS: &[&str] = &[
    "a", "about", "after", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at",
    "be", "been", "before", "both", "but", "by", "call", "can", "could", "current", "data", "did",
    "do", "does", "done", "each", "every", "everything", "fetch", "first", "for", "from", "function",
    "get", "give", "given", "go", "had", "has", "have", "he", "hello", "her", "here", "hey", "hi",
    "his", "how", "if", "in", "information", "into", "is", "it", "its", "just", "know", "let",
    "like", "look", "make", "many", "may", "me", "more", "most", "much", "must", "my", "need", "new", "next", "no",
    "not", "now", "number", "numbers", "of", "ok", "on", "one", "only", "or", "other", "our", "out", "over",
    "parameter", "perform", "please", "retrieve", "return", "returns", "run", "say", "see", "set",
    "several", "she", "should", "show", "so", "some", "something", "such", "tell", "than", "thank",
    "thanks", "that", "the", "their", "them", "then", "there", "these", "they", "thing", "this",
    "those", "to", "too", "tool", "tools", "two", "up", "use", "used", "user", "users", "using", "value", "values",
    "very", "want", "was", "we", "were", "what", "when", "where", "whether", "which", "who", "whose",
    "why", "will", "with", "without", "would", "yes", "you", "your",
];

/// Words that ask for the same thing. The left one stands for all.
#[rustfmt::skip]
const CONCEPTS: &[(&str, &[&str])] = &[
    ("add", &["addition", "plus", "sum", "total"]),
    ("book", &["booking", "reservation", "reserve"]),
    ("buy", &["order", "purchase"]),
    ("calendar", &["agenda", "appointment", "event", "meeting", "schedule"]),
    ("city", &["location", "place", "town"]),
    ("convert", &["conversion", "exchange"]),
    ("create", &["insert", "open"]),
    ("delete", &["cancel", "drop", "erase", "remove"]),
    ("divide", &["divided", "division", "quotient"]),
    ("fly", &["flight", "flights", "plane"]),
    ("mail", &["email", "emails", "mails"]),
    ("multiply", &["multiplication", "product", "times"]),
    ("price", &["cost", "costs", "expensive", "cheap", "cheaper"]),
    ("rate", &["rates"]),
    ("remind", &["reminder"]),
    ("search", &["find", "lookup", "query"]),
    ("stock", &["share", "shares", "ticker", "trade", "trades", "trading"]),
    ("subtract", &["difference", "minus", "subtraction"]),
    ("time", &["clock", "hour", "o'clock", "timezone"]),
    ("translate", &["translation"]),
    ("update", &["change", "edit", "modify"]),
    ("weather", &[
        "celsius", "climate", "cold", "colder", "coldest", "cool", "cooler", "degree", "degrees",
        "fahrenheit", "forecast", "hot", "hotter", "hottest", "humid", "humidity", "rain", "raining",
        "rainy", "snow", "snowing", "sunny", "temperature", "umbrella", "warm", "warmer", "warmest",
        "wind", "windy",
    ]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_and_prose_are_split_into_the_same_words() {
        for text in ["find_user_email", "findUserEmail", "find-user-email", "Finding users' emails"]
        {
            assert_eq!(words(text), ["search", "mail"], "{text}");
        }
        assert_eq!(words("the, of; a"), Vec::<String>::new());
        assert_eq!(split("HTTPServer2Go"), ["HTTPServer2Go"]);
    }

    #[test]
    fn forms_of_one_word_are_one() {
        for (a, b) in [
            ("add", "adding"),
            ("adds", "added"),
            ("plan", "planning"),
            ("cities", "city"),
            ("multiply", "multiplied"),
            ("schedule", "meetings"),
            ("warmer", "weather"),
            ("prices", "costs"),
            ("boxes", "box"),
        ] {
            assert_eq!(word(a), word(b), "{a} and {b}");
        }
        assert_ne!(word("time"), word("times"), "a clock and a product");
    }

    #[test]
    fn names_are_compared_without_their_spelling() {
        assert_eq!(normalized("first_Name"), normalized("firstName"));
    }

    #[test]
    fn any_text_is_split_without_a_panic() {
        assert_eq!(split("üÜß ñ"), ["ü", "Üß", "ñ"]);
        assert_eq!(words(""), Vec::<String>::new());
    }
}
