//! All tools of a crate or a module, without a list.

use std::{collections::HashMap, path::Path};

use super::Check;
use crate::{
    error::{Error, ErrorKind},
    tool::{Registered, ToolDefinition},
};

/// Checks all tools that a crate defines, wherever they stand in it, as [`check`](super::check)
/// does for a list.
///
/// `path` is the crate's name for the compiler, with `_` for `-`, or that of a module, with all
/// below it: an application with several agents can have a lock file for each. The place for it is
/// an integration test (`tests/tools.rs`), which sees the library without its `cfg(test)` tools, and
/// which has to link it; the feature `registry` of this crate can be a matter of the
/// dev-dependencies:
///
/// ```no_run
/// # const _: &str = stringify! {
/// use my_app as _;
/// # };
///
/// #[test]
/// fn all_tools_are_sound() {
///     openai_tools::ci::check_all_in("my_app", "tools.lock.json");
/// }
/// ```
///
/// # Panics
///
/// As [`check`](super::check) does, and where [`all_tools_in`] has an error.
#[track_caller]
pub fn check_all_in(path: &str, lock: impl AsRef<Path>) {
    Check::new(lock).assert_all_in(path);
}

impl Check {
    /// Checks all tools that a crate or a module defines; see [`check_all_in`].
    ///
    /// # Panics
    ///
    /// As for [`check_all_in`].
    #[track_caller]
    pub fn assert_all_in(&self, path: &str) {
        match all_tools_in(path) {
            Ok(tools) => self.assert(&tools),
            Err(error) => panic!("{error}"),
        }
    }
}

/// What the model is told of all tools that a crate or a module defines with the macros, in the order
/// of files and lines. What stands twice with the same words, as a struct and as the variant of an
/// enum around it, is there once.
///
/// # Errors
///
/// Kind [`Definition`](ErrorKind::Definition), with the places: no such tool is linked into this
/// program; a tool is generic, so that a list has to say which of its types is meant
/// ([`Registered::all_in`] gives all others); two different tools have one name, so that they
/// belong into toolboxes that are checked one by one; or a definition is wrong.
pub fn all_tools_in(path: &str) -> Result<Vec<ToolDefinition>, Error> {
    gather(path, &Registered::all_in(path))
}

fn gather(path: &str, registered: &[&Registered]) -> Result<Vec<ToolDefinition>, Error> {
    let refuse = |why: String| Err(Error::new(ErrorKind::Definition, why));
    if registered.is_empty() {
        return refuse(none_linked(path));
    }
    let mut known: HashMap<String, (usize, &Registered)> = HashMap::new();
    let mut tools: Vec<ToolDefinition> = Vec::new();
    for place in registered {
        let Some(definitions) = place.definitions() else {
            return refuse(format!(
                "{place} is generic: give `ci::check` a list in which its types are said, of \
                 `Registered::all_in` and of its own `definitions()`"
            ));
        };
        let definitions = definitions.map_err(|error| {
            Error::new(ErrorKind::Definition, format!("at {place}: {error}")).with_source(error)
        })?;
        for tool in definitions {
            match known.get(tool.name().as_str()) {
                None => {
                    known.insert(tool.name().to_string(), (tools.len(), place));
                    tools.push(tool);
                }
                Some((at, _)) if is_same(&tools[*at], &tool) => {}
                Some((_, first)) => {
                    return refuse(format!(
                        "two tools are named `{}`: at {first} and at {place}; rename one, or check \
                         the modules or toolboxes that they are in one by one",
                        tool.name()
                    ));
                }
            }
        }
    }
    Ok(tools)
}

fn none_linked(path: &str) -> String {
    if path.contains('-') {
        return format!("for the compiler the crate's name has `_`: `{}`", path.replace('-', "_"));
    }
    let name = path.split("::").next().unwrap_or(path);
    let why = format!("an integration test has to link the crate: write `use {name} as _;`");
    let known = Registered::modules();
    if known.is_empty() {
        return format!("no tool of `{path}` is linked into this program; {why}");
    }
    let known = known.join(", ");
    format!("no tool of `{path}` is linked into this program, but some of {known}; {why}")
}

fn is_same(one: &ToolDefinition, other: &ToolDefinition) -> bool {
    one.description() == other.description()
        && one.is_strict() == other.is_strict()
        && one.parameters() == other.parameters()
        && one.contract().accepted() == other.contract().accepted()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tool(description: &str) -> Result<Vec<ToolDefinition>, Error> {
        let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
        let tool = ToolDefinition::new("weather", schema).with_description(description);
        Ok(vec![tool.build()?])
    }

    const AT: (&str, &str, u32) = ("app::weather", "src/weather.rs", 7);
    const ONE: Registered = Registered::new(AT, "get", Some(|| tool("Weather.")));
    const OTHER: Registered = Registered::new(AT, "ask", Some(|| tool("The weather.")));

    #[test]
    fn the_same_tool_in_two_places_is_one() {
        let tools = gather("app", &[&ONE, &ONE]).expect("tools");
        assert_eq!(tools.len(), 1);
    }

    #[test]
    fn two_tools_of_one_name_are_told_with_their_places() {
        let error = gather("app", &[&ONE, &OTHER]).expect_err("a clash").to_string();
        assert!(error.contains("app::weather::get (src/weather.rs:7)"), "{error}");
        assert!(error.contains("app::weather::ask (src/weather.rs:7)"), "{error}");
    }

    #[test]
    fn a_generic_tool_is_told_and_not_left_out() {
        let generic = Registered::new(AT, "Find<T>", None);
        let error = gather("app", &[&ONE, &generic]).expect_err("generic").to_string();
        assert!(error.contains("Find<T>") && error.contains("is generic"), "{error}");
    }

    #[test]
    fn a_crate_without_tools_is_told_how_to_be_linked() {
        let error = all_tools_in("not_there").expect_err("nothing").to_string();
        assert!(error.contains("use not_there as _;"), "{error}");
        let error = all_tools_in("not-there").expect_err("nothing").to_string();
        assert!(error.contains("`not_there`"), "{error}");
    }
}
