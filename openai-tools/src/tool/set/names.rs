//! The names of a set's tools, as far as they are known at compile time.

/// Names of tools.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub enum Names {
    /// Of one tool.
    One(&'static str),
    /// All of these, each behind the same prefix.
    All {
        /// What each begins with.
        prefix: &'static str,
        /// The names without it.
        names: &'static [Names],
    },
}

impl Names {
    /// No names, or none that are known.
    pub const NONE: Self = Self::All { prefix: "", names: &[] };
}

/// Stops the compiler where a variant has a name that an earlier one has, too.
///
/// # Panics
///
/// If it has.
#[track_caller]
pub const fn assert_new_names(variants: &[(&str, Names)], place: usize) {
    let (variant, names) = variants[place];
    if let Some((name, other)) = clash(names, &Text::EMPTY, variants, place) {
        let text = Text::EMPTY
            .and("two tools of this set are called `")
            .and(name.as_str())
            .and("`: `")
            .and(variants[other].0)
            .and("` and `")
            .and(variant)
            .and("`\nhelp: write `#[tool(name = \"…\")]` on a variant with one tool, or ")
            .and("`#[tool(set, prefix = \"…\")]` on one with a set");
        panic!("{}", text.as_str());
    }
}

/// The first of the names that one of the variants before `place` has, and which.
const fn clash(
    names: Names,
    before: &Text,
    variants: &[(&str, Names)],
    place: usize,
) -> Option<(Text, usize)> {
    match names {
        Names::One(name) => {
            let name = before.and(name);
            let mut other = 0;
            while other < place {
                if is_in(name.as_bytes(), variants[other].1) {
                    return Some((name, other));
                }
                other += 1;
            }
            None
        }
        Names::All { prefix, names } => {
            let before = before.and(prefix);
            let mut i = 0;
            while i < names.len() {
                let found = clash(names[i], &before, variants, place);
                if found.is_some() {
                    return found;
                }
                i += 1;
            }
            None
        }
    }
}

const fn is_in(name: &[u8], names: Names) -> bool {
    match names {
        Names::One(other) => {
            matches!(rest(name, other.as_bytes()), Some(rest) if rest.is_empty())
        }
        Names::All { prefix, names } => {
            let Some(name) = rest(name, prefix.as_bytes()) else { return false };
            let mut i = 0;
            while i < names.len() {
                if is_in(name, names[i]) {
                    return true;
                }
                i += 1;
            }
            false
        }
    }
}

/// What is left of the text behind its beginning.
const fn rest<'t>(text: &'t [u8], beginning: &[u8]) -> Option<&'t [u8]> {
    if text.len() < beginning.len() {
        return None;
    }
    let mut i = 0;
    while i < beginning.len() {
        if text[i] != beginning[i] {
            return None;
        }
        i += 1;
    }
    Some(text.split_at(beginning.len()).1)
}

/// A text that can be put together at compile time; what is too long for it is left out.
#[derive(Clone, Copy)]
struct Text {
    bytes: [u8; 512],
    length: usize,
}

impl Text {
    const EMPTY: Self = Self { bytes: [0; 512], length: 0 };

    const fn and(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        if self.length + text.len() > self.bytes.len() {
            return self;
        }
        let mut i = 0;
        while i < text.len() {
            self.bytes[self.length] = text[i];
            self.length += 1;
            i += 1;
        }
        self
    }

    const fn as_bytes(&self) -> &[u8] {
        self.bytes.split_at(self.length).0
    }

    const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.as_bytes()) {
            Ok(text) => text,
            Err(_) => "two tools of this set have one name",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: Names = Names::All {
        prefix: "account_",
        names: &[Names::One("open"), Names::All { prefix: "card_", names: &[Names::One("lock")] }],
    };

    fn found(name: &'static str, earlier: Names) -> Option<usize> {
        let variants = [("Other", Names::One("other")), ("Earlier", earlier)];
        clash(Names::One(name), &Text::EMPTY, &variants, 2).map(|(_, place)| place)
    }

    #[test]
    fn names_clash_with_all_their_prefixes() {
        assert_eq!(found("account_open", ACCOUNT), Some(1));
        assert_eq!(found("account_card_lock", ACCOUNT), Some(1));
        assert_eq!(found("other", ACCOUNT), Some(0));
        for name in ["open", "account_", "account_lock", "account_opens", "", "account_card_loc"] {
            assert_eq!(found(name, ACCOUNT), None, "{name}");
        }
    }

    #[test]
    fn sets_clash_in_one_name() {
        let variants = [("A", Names::One("account_card_lock")), ("B", ACCOUNT)];
        let (name, place) = clash(ACCOUNT, &Text::EMPTY, &variants, 1).expect("they clash");
        assert_eq!((name.as_str(), place), ("account_card_lock", 0));
    }

    #[test]
    #[should_panic(
        expected = "two tools of this set are called `account_open`: `A` and `B`\nhelp:"
    )]
    fn both_variants_are_named() {
        assert_new_names(&[("A", Names::One("account_open")), ("B", ACCOUNT)], 1);
    }
}
