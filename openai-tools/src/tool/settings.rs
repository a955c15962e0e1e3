use std::time::Duration;

/// How a tool is to be run; nothing of it is sent to the model.
///
/// ```
/// use std::time::Duration;
/// use openai_tools::ToolSettings;
///
/// let settings = ToolSettings::new().with_timeout(Duration::from_secs(5)).with_read_only(true);
/// assert!(settings.read_only());
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ToolSettings {
    timeout: Option<Duration>,
    read_only: bool,
}

impl ToolSettings {
    /// The defaults: the dispatcher's timeout, and effects to be expected.
    #[must_use]
    pub const fn new() -> Self {
        Self { timeout: None, read_only: false }
    }

    /// How long one call may take; the dispatcher's default (60 s) when not set.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Says that a call changes nothing, so that running it needlessly does no harm. It is kept for
    /// streams, where such a tool may start early; nothing reads it yet. Default: false.
    #[must_use]
    pub const fn with_read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// How long one call may take, if the tool has a limit of its own.
    #[must_use]
    pub const fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Whether a call changes nothing.
    #[must_use]
    pub const fn read_only(&self) -> bool {
        self.read_only
    }
}
