use std::fmt;

/// What a change means; graver ones are greater.
///
/// A change has a class [for the model](super::Change::model), which may now send other arguments
/// than before, and one [for stored calls](super::Change::stored), whose arguments the new schema
/// has to take.
///
/// | class | for the model | for stored calls |
/// |---|---|---|
/// | `reordering` | the same, in another order, in which a model writes | every one is valid still |
/// | `wording` | the same, told in other words | every one is valid still |
/// | `widening` | all that it could send, and more | every one is valid still |
/// | `narrowing` | nothing new, and not all that it could send | (never) |
/// | `undecided` | not known | nobody can tell whether all are valid still |
/// | `breaking` | what it learned may be refused, and it has to send what it never could | some are refused |
///
/// So a change of which neither class is `undecided` or `breaking` refuses nothing that was valid:
/// that is proved, not guessed. `narrowing` alone is what is told where the model's server holds it
/// to more than before while the tool takes what it took.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Class {
    /// The same in another order. Order is meaning: a model writes properties in the order of the
    /// schema.
    Reordering,
    /// The same in other words: descriptions, titles, defaults, examples.
    Wording,
    /// All that was allowed, and more.
    Widening,
    /// Less than was allowed, and nothing else.
    Narrowing,
    /// Neither proved nor refuted; to be treated as breaking.
    Undecided,
    /// What was valid is refused.
    Breaking,
}

impl Class {
    /// All of them, the gravest last.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &[
            Self::Reordering,
            Self::Wording,
            Self::Widening,
            Self::Narrowing,
            Self::Undecided,
            Self::Breaking,
        ]
    }

    /// The word for it in reports, such as `breaking`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reordering => "reordering",
            Self::Wording => "wording",
            Self::Widening => "widening",
            Self::Narrowing => "narrowing",
            Self::Undecided => "undecided",
            Self::Breaking => "breaking",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
