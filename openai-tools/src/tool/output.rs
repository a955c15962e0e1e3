use std::{any::Any, fmt};

use serde::Serialize;

/// What goes back to the model for one call.
#[derive(Clone, Eq, PartialEq)]
pub struct Content {
    text: String,
}

impl Content {
    /// A text, sent as it is.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// The text of it.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.text
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} bytes)", self.text.len())
    }
}

/// A value that a tool can return.
///
/// Everything that implements [`Serialize`] is one: a value whose JSON is a string is sent as the
/// bare text, `()` as `done`, all else as compact JSON.
#[diagnostic::on_unimplemented(
    message = "a tool cannot return `{Self}`",
    label = "does not implement `serde::Serialize`",
    note = "add `#[derive(serde::Serialize)]` to `{Self}`, or to the type inside of it that lacks it, or return `openai_tools::Content`; it also has to be `Send`, and to own what it holds",
    note = "`serde` with its feature `derive` has to be a dependency of your crate, or see `openai_tools::serde`"
)]
pub trait IntoContent: Send + 'static {
    /// Makes the content of the output.
    ///
    /// # Errors
    ///
    /// The error of the type's own `Serialize`; the model is told that the output cannot be sent.
    fn into_content(self) -> Result<Content, serde_json::Error>;
}

impl IntoContent for Content {
    fn into_content(self) -> Result<Content, serde_json::Error> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Send + 'static> IntoContent for T {
    fn into_content(self) -> Result<Content, serde_json::Error> {
        into_content(self)
    }
}

/// The rules of [`IntoContent`] for a value that can be serialised.
pub(crate) fn into_content<T: Serialize + 'static>(value: T) -> Result<Content, serde_json::Error> {
    let mut value = Some(value);
    if let Some(text) = (&mut value as &mut dyn Any).downcast_mut::<Option<String>>() {
        return Ok(Content::text(text.take().unwrap_or_default()));
    }
    if (&value as &dyn Any).is::<Option<()>>() {
        return Ok(Content::text("done"));
    }
    let json = serde_json::to_string(&value)?;
    // An enum's unit variant, a `Url`, an `Arc<str>`: quotes would only cost tokens.
    if json.starts_with('"') {
        return Ok(Content::text(serde_json::from_str::<String>(&json)?));
    }
    Ok(Content::text(json))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(value: impl IntoContent) -> String {
        value.into_content().expect("serialises").into_text()
    }

    #[test]
    fn strings_go_bare_and_the_rest_as_json() {
        assert_eq!(sent("a \"b\"".to_owned()), "a \"b\"");
        assert_eq!(sent("a \"b\""), "a \"b\"");
        assert_eq!(sent('c'), "c");
        assert_eq!(sent(()), "done");
        assert_eq!(sent(vec![1, 2]), "[1,2]");
        assert_eq!(sent(None::<i32>), "null");
        assert_eq!(sent(Content::text("as is")), "as is");
    }

    #[test]
    fn a_value_that_cannot_be_serialised_is_an_error() {
        assert!(std::collections::HashMap::from([(vec![1], 2)]).into_content().is_err());
    }
}
