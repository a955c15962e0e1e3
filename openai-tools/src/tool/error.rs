use std::{borrow::Cow, fmt};

/// Any error, as the standard library boxes it.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Why a call failed, and who is to know: the model, which can try something else, or the
/// application, whose run ends.
///
/// Every error type converts into it with `?`, for the model: it reads the error's `Display`.
///
/// ```
/// use openai_tools::ToolError;
///
/// fn balance(account: &str) -> Result<u64, ToolError> {
///     let number: u64 = account.parse()?; // The model reads "invalid digit found in string".
///     match number {
///         7 => Err(ToolError::for_model("account 7 is closed; ask for another one")),
///         0 => Err(ToolError::fatal("the ledger is corrupt")),
///         _ => Ok(100),
///     }
/// }
/// # assert!(balance("x").is_err() && balance("7").is_err() && balance("0").is_err());
/// # assert_eq!(balance("1").unwrap(), 100);
/// ```
// Like `anyhow::Error` it does not implement `std::error::Error`, so that `?` can take every type
// that does.
pub struct ToolError {
    audience: Audience,
    message: Cow<'static, str>,
    source: Option<BoxError>,
}

/// Who is told of a failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Audience {
    Model,
    Application,
}

impl ToolError {
    /// A failure that the model reads and may work around. Say what it can do about it.
    pub fn for_model(message: impl Into<Cow<'static, str>>) -> Self {
        Self { audience: Audience::Model, message: message.into(), source: None }
    }

    /// A failure that ends the run: no further request is made, and the run returns an error of
    /// kind [`FatalTool`](crate::ErrorKind::FatalTool) with this source. Running siblings are
    /// cancelled.
    pub fn fatal(source: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>) -> Self {
        Self { audience: Audience::Application, message: "".into(), source: Some(source.into()) }
    }

    /// Whether it ends the run.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        self.audience == Audience::Application
    }

    pub(crate) fn into_parts(self) -> (Audience, Cow<'static, str>, Option<BoxError>) {
        (self.audience, self.message, self.source)
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for ToolError {
    fn from(error: E) -> Self {
        Self {
            audience: Audience::Model,
            message: error.to_string().into(),
            source: Some(Box::new(error)),
        }
    }
}

impl From<ToolError> for BoxError {
    fn from(error: ToolError) -> Self {
        Box::new(Carrier(error))
    }
}

impl fmt::Debug for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolError")
            .field("audience", &self.audience)
            .field("message", &self.message)
            .field("source", &self.source)
            .finish()
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.audience, &self.source) {
            (Audience::Application, Some(source)) => source.fmt(f),
            _ => f.write_str(&self.message),
        }
    }
}

/// Reads any error that a tool returned: a [`ToolError`] keeps its audience, all others are for
/// the model.
pub(crate) fn tool_error(error: impl Into<BoxError>) -> ToolError {
    match error.into().downcast::<Carrier>() {
        Ok(carrier) => carrier.0,
        Err(error) => ToolError {
            audience: Audience::Model,
            message: error.to_string().into(),
            source: Some(error),
        },
    }
}

/// Takes a `ToolError`, which is no `std::error::Error`, through `Box<dyn Error>`.
struct Carrier(ToolError);

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Carrier {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_error_keeps_its_audience_through_a_box() {
        let error = tool_error(ToolError::fatal("gone"));
        assert!(error.is_fatal());
        assert_eq!(error.to_string(), "gone");
    }

    #[test]
    fn any_other_error_is_for_the_model_in_its_own_words() {
        for error in [
            tool_error("no such city"),
            tool_error("no such city".to_owned()),
            tool_error(std::io::Error::other("no such city")),
            ToolError::from(std::io::Error::other("no such city")),
        ] {
            assert!(!error.is_fatal());
            assert_eq!(error.to_string(), "no such city");
        }
    }
}
