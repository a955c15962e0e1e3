use super::definition::ToolDefinition;
use crate::schema::{self, Offer, Profile, Violation};

/// Everything that is wrong with tools that are offered together: what a server refuses, then what
/// makes models err. [`schema::rules`](crate::schema::rules) lists the rules.
///
/// Pointers lead into the list of OpenAI's function objects, such as
/// `/1/parameters/properties/city`.
///
/// ```
/// use openai_tools::{ToolDefinition, schema::{Level, Profile}, tool};
/// use serde_json::json;
///
/// let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
/// let weather = ToolDefinition::new("weather", schema.clone()).build()?;
/// let shouted = ToolDefinition::new("Weather", schema).with_description("The same.").build()?;
///
/// let found = tool::lint([&weather, &shouted], &Profile::openai_strict());
/// let ids: Vec<_> = found.iter().map(|found| found.id).collect();
/// assert_eq!(
///     ids,
///     [
///         "undescribed-tool",
///         "undescribed-property",
///         "undescribed-property",
///         "names-differ-only-in-case",
///     ]
/// );
/// assert_eq!(found[2].pointer, "/1/parameters/properties/city");
/// assert_eq!(found[2].tool.as_deref(), Some("Weather"));
/// assert!(found.iter().all(|found| found.level == Level::Warning));
/// # Ok::<(), openai_tools::Error>(())
/// ```
#[must_use]
pub fn lint<'a>(
    definitions: impl IntoIterator<Item = &'a ToolDefinition>,
    profile: &Profile,
) -> Vec<Violation> {
    let offers: Vec<Offer<'_>> = definitions
        .into_iter()
        // What the API knows by its kind has nothing that could be wrong.
        .filter(|definition| definition.as_builtin().is_none())
        .enumerate()
        .map(|(n, definition)| definition.offer(format!("/{n}")))
        .collect();
    together(&offers, profile)
}

impl ToolDefinition {
    /// Everything that is wrong with this tool alone; pointers lead into OpenAI's function object.
    /// [`tool::lint`](lint) is for tools that are offered together.
    #[must_use]
    pub fn lint(&self, profile: &Profile) -> Vec<Violation> {
        together(&[self.offer(String::new())], profile)
    }

    fn offer(&self, at: String) -> Offer<'_> {
        Offer {
            at,
            name: self.name().as_str(),
            description: self.description(),
            // Of a custom tool the model is told of no parameter.
            parameters: (self.form().custom().is_none()).then(|| ("parameters", self.parameters())),
            is_strict: self.is_strict(),
            is_rewritten: !self.contract().codec().is_identity(),
        }
    }
}

fn together(offers: &[Offer<'_>], profile: &Profile) -> Vec<Violation> {
    let tell = |(tool, mut violation): (Option<usize>, Violation)| {
        violation.tool = tool.and_then(|n| offers.get(n)).map(|offer| offer.name.to_owned());
        violation
    };
    schema::lint_offers(offers, "", profile).map(tell).collect()
}
