use super::Level;

/// One rule that [`lint`](super::lint) holds schemas and tools to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Rule {
    /// The stable id in kebab-case, such as `optional-property`.
    pub id: &'static str,
    /// What breaking it leads to.
    pub level: Level,
    /// What is wrong, in a few words.
    pub summary: &'static str,
}

/// All rules: errors first, by id within a level.
///
/// ```
/// use openai_tools::schema::{Level, rules};
///
/// let rule = rules().iter().find(|rule| rule.id == "undescribed-tool").expect("known");
/// assert_eq!(rule.level, Level::Warning);
/// ```
///
/// | id | level | what is wrong |
/// |---|---|---|
/// | `array-without-items` | error | an array without one schema as `items` |
/// | `duplicate-tool-name` | error | two tools of one name |
/// | `endless-schema` | error | a schema that leads to itself by unions and references alone |
/// | `enum-too-long` | error | more characters than a string enum of so many values may have |
/// | `format-name` | error | a response format's name that servers refuse |
/// | `free-value` | error | a schema without a type |
/// | `lookaround` | error | a pattern that looks ahead or behind |
/// | `not-a-schema` | error | neither an object nor a boolean where a schema belongs |
/// | `null-alone` | error | `null` outside of a union |
/// | `open-object` | error | an object without `additionalProperties: false` |
/// | `optional-property` | error | a property that is not in `required` |
/// | `reference-with-siblings` | error | a `$ref` beside other keywords |
/// | `remote-reference` | error | a `$ref` to another document |
/// | `required-unknown` | error | a required name that is no property |
/// | `root-not-object` | error | a root that is not of type `object` |
/// | `root-union` | error | a union at the root |
/// | `too-deep` | error | more levels of nesting than the profile takes |
/// | `too-many-characters` | error | more characters in names and values than the profile takes |
/// | `too-many-enum-values` | error | more enum values than the profile takes |
/// | `too-many-properties` | error | more properties than the profile takes |
/// | `too-many-tools` | error | more tools than the profile takes |
/// | `tool-name` | error | a tool's name that servers refuse |
/// | `unknown-type` | error | a type that JSON does not have |
/// | `unresolved-reference` | error | a `$ref` to nothing |
/// | `unsupported-format` | error | a format that the profile does not take |
/// | `unsupported-keyword` | error | a keyword that the profile does not take |
/// | `exponential-union` | warning | a union of which two branches lead back to it in one way |
/// | `long-description` | warning | a description of over 1,024 characters |
/// | `many-tools` | warning | over 20 tools |
/// | `misspelt-keyword` | warning | a keyword that JSON Schema does not have, and nearly has |
/// | `names-differ-only-in-case` | warning | two tools, or properties of one object |
/// | `strict-left-out` | warning | a tool of the responses form that does not say `strict` |
/// | `undescribed-property` | warning | a property or parameter without a description |
/// | `undescribed-tool` | warning | a tool without a description |
/// | `undocumented-enum` | warning | enum values of which no description says anything |
#[must_use]
pub fn rules() -> &'static [Rule] {
    RULES
}

pub(super) fn level(id: &str) -> Level {
    // Errors are the many; a test holds that every id that is used is in the list.
    RULES.iter().find(|rule| rule.id == id).map_or(Level::Error, |rule| rule.level)
}

const fn error(id: &'static str, summary: &'static str) -> Rule {
    Rule { id, level: Level::Error, summary }
}

const fn warning(id: &'static str, summary: &'static str) -> Rule {
    Rule { id, level: Level::Warning, summary }
}

const RULES: &[Rule] = &[
    error("array-without-items", "an array without one schema as `items`"),
    error("duplicate-tool-name", "two tools of one name"),
    error("endless-schema", "a schema that leads to itself by unions and references alone"),
    error("enum-too-long", "more characters than a string enum of so many values may have"),
    error("format-name", "a response format's name that servers refuse"),
    error("free-value", "a schema without a type"),
    error("lookaround", "a pattern that looks ahead or behind"),
    error("not-a-schema", "neither an object nor a boolean where a schema belongs"),
    error("null-alone", "`null` outside of a union"),
    error("open-object", "an object without `additionalProperties: false`"),
    error("optional-property", "a property that is not in `required`"),
    error("reference-with-siblings", "a `$ref` beside other keywords"),
    error("remote-reference", "a `$ref` to another document"),
    error("required-unknown", "a required name that is no property"),
    error("root-not-object", "a root that is not of type `object`"),
    error("root-union", "a union at the root"),
    error("too-deep", "more levels of nesting than the profile takes"),
    error("too-many-characters", "more characters in names and values than the profile takes"),
    error("too-many-enum-values", "more enum values than the profile takes"),
    error("too-many-properties", "more properties than the profile takes"),
    error("too-many-tools", "more tools than the profile takes"),
    error("tool-name", "a tool's name that servers refuse"),
    error("unknown-type", "a type that JSON does not have"),
    error("unresolved-reference", "a `$ref` to nothing"),
    error("unsupported-format", "a format that the profile does not take"),
    error("unsupported-keyword", "a keyword that the profile does not take"),
    warning("exponential-union", "a union of which two branches lead back to it in one way"),
    warning("long-description", "a description of over 1,024 characters"),
    warning("many-tools", "over 20 tools"),
    warning("misspelt-keyword", "a keyword that JSON Schema does not have, and nearly has"),
    warning("names-differ-only-in-case", "two tools, or properties of one object"),
    warning("strict-left-out", "a tool of the responses form that does not say `strict`"),
    warning("undescribed-property", "a property or parameter without a description"),
    warning("undescribed-tool", "a tool without a description"),
    warning("undocumented-enum", "enum values of which no description says anything"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_docs_is_the_list() {
        let listed: Vec<String> = RULES
            .iter()
            .map(|rule| format!("/// | `{}` | {} | {} |", rule.id, rule.level, rule.summary))
            .collect();
        let table: Vec<&str> =
            include_str!("rules.rs").lines().filter(|line| line.starts_with("/// | `")).collect();
        assert_eq!(table, listed);
    }

    #[test]
    fn every_id_that_is_used_is_in_the_list_and_each_in_the_list_is_used() {
        let sources = [
            include_str!("advice.rs"),
            include_str!("limits.rs"),
            include_str!("subset.rs"),
            include_str!("tools.rs"),
        ];
        let used = sources.concat();
        for rule in RULES {
            assert!(used.contains(&format!("\"{}\"", rule.id)), "{}", rule.id);
        }
        let kebab = |text: &&str| {
            text.contains('-') && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        };
        for id in used.split('"').filter(kebab) {
            assert!(RULES.iter().any(|rule| rule.id == id), "{id}");
        }
    }
}
