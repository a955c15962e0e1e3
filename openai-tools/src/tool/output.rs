use std::{any::Any, fmt};

use serde::Serialize;

use crate::media::{Audio, File, Image, Part};

/// What goes back to the model for one call: a text, and images or files beside it.
///
/// ```
/// use openai_tools::{Content, Image};
///
/// let chart = Image::bytes("image/png", b"\x89PNG");
/// let content = Content::text("Sales of May:").with(chart).with("The dotted line is last year's.");
/// assert_eq!(content.as_text(), "Sales of May:");
/// assert_eq!(content.as_parts().len(), 2);
/// ```
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Content {
    text: String,
    parts: Vec<Part>,
    /// Whether a part of it says nothing.
    uncut: bool,
}

impl Content {
    /// A text, sent as it is.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Texts, images and files, in order.
    pub fn parts(parts: impl IntoIterator<Item = Part>) -> Self {
        parts.into_iter().fold(Self::default(), Self::with)
    }

    /// Adds a part behind the others. A text behind nothing, or behind a text alone, goes on with
    /// that in a new line.
    #[must_use]
    pub fn with(mut self, part: impl Into<Part>) -> Self {
        match part.into() {
            Part::Text(text) if self.parts.is_empty() => {
                if !self.text.is_empty() {
                    self.text.push('\n');
                }
                self.text.push_str(&text);
            }
            part => self.parts.push(part),
        }
        self
    }

    /// The text that it begins with; empty if it begins with something else.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.text
    }

    /// What comes behind the text.
    #[must_use]
    pub fn as_parts(&self) -> &[Part] {
        &self.parts
    }

    pub(crate) fn into_text_and_parts(self) -> (String, Vec<Part>) {
        (self.text, self.parts)
    }

    /// The same, which is sent whole however long it is.
    #[cfg(feature = "client")]
    pub(crate) fn uncut(self) -> Self {
        Self { uncut: true, ..self }
    }

    pub(crate) fn is_uncut(&self) -> bool {
        self.uncut
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts.as_slice() {
            [] => write!(f, "Content({} bytes)", self.text.len()),
            parts => write!(f, "Content({} bytes, {parts:?})", self.text.len()),
        }
    }
}

/// A value that a tool can return.
///
/// Everything that implements [`Serialize`] is one: a value whose JSON is a string is sent as the
/// bare text, `()` as `done`, all else as compact JSON. These are sent as what they are instead:
/// [`Content`], [`Part`], [`Image`], [`File`], [`Audio`], a `Vec` of one of these, and a pair of a
/// text (`String` or `&'static str`) and one of these. An image inside of another type would be sent
/// as JSON: take it out and return [`Content`].
///
/// ```
/// use openai_tools::{Image, tool};
///
/// /// The chart of one month.
/// #[tool]
/// fn chart(month: String) -> (String, Image) {
///     (format!("Sales of {month}:"), Image::bytes("image/png", b"\x89PNG"))
/// }
/// # let _ = chart;
/// ```
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
    if let Some(content) = of_media(&mut value) {
        return Ok(content);
    }
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

/// Takes what is to be shown, and not to be written as JSON, by its type: a trait of its own for
/// these types would clash with the one for all that can be serialised.
fn of_media(value: &mut dyn Any) -> Option<Content> {
    macro_rules! take {
        ($($form:ty => $content:expr;)*) => {$(
            if let Some(found) = value.downcast_mut::<Option<$form>>() {
                return found.take().map($content);
            }
        )*};
    }
    macro_rules! take_each {
        ($($part:ty),*) => {
            take! {$(
                $part => |part| Content::default().with(part);
                Vec<$part> => list;
                (String, $part) => |(text, part)| Content::text(text).with(part);
                (&'static str, $part) => |(text, part)| Content::text(text).with(part);
                (String, Vec<$part>) => |(text, parts)| parts.into_iter().fold(Content::text(text), Content::with);
                (&'static str, Vec<$part>) => |(text, parts)| parts.into_iter().fold(Content::text(text), Content::with);
            )*}
        };
    }
    take_each!(Audio, File, Image, Part);
    None
}

fn list<P: Into<Part>>(parts: Vec<P>) -> Content {
    Content::parts(parts.into_iter().map(Into::into))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(value: impl IntoContent) -> String {
        let (text, parts) = value.into_content().expect("serialises").into_text_and_parts();
        assert!(parts.is_empty());
        text
    }

    #[test]
    fn what_can_be_shown_is_not_written_as_json() {
        let image = || Image::url("https://example.com/i.png");
        let shown = |value: Result<Content, serde_json::Error>| {
            value.expect("content").into_text_and_parts()
        };
        let alone = (String::new(), vec![Part::Image(image())]);
        assert_eq!(shown(image().into_content()), alone);
        assert_eq!(shown(vec![image()].into_content()), alone);
        assert_eq!(shown(Part::Image(image()).into_content()), alone);
        let told = ("two".to_owned(), vec![Part::Image(image()), Part::Image(image())]);
        assert_eq!(shown(("two", vec![image(), image()]).into_content()), told);
        let told = ("one".to_owned(), vec![Part::Image(image())]);
        assert_eq!(shown(("one".to_owned(), image()).into_content()), told);
        let parts: Vec<Part> = vec!["a".into(), "b".into(), image().into(), "c".into()];
        let (text, behind) = shown(parts.into_content());
        assert_eq!((text.as_str(), behind.len()), ("a\nb", 2));
        assert_eq!(sent(Vec::<Image>::new()), "");
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
