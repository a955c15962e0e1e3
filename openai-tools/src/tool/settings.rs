use std::{num::NonZeroUsize, time::Duration};

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
    concurrency: Option<NonZeroUsize>,
    effects: Effects,
    sequential: bool,
    needs_approval: bool,
}

/// What a call changes in the world.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Effects {
    /// Something, every time anew.
    #[default]
    Repeated,
    /// Something, but a second call with the same arguments changes nothing more.
    Once,
    /// Nothing.
    None,
}

impl ToolSettings {
    /// The defaults: the dispatcher's timeout, and effects to be expected.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            timeout: None,
            concurrency: None,
            effects: Effects::Repeated,
            sequential: false,
            needs_approval: false,
        }
    }

    /// How long one call may take; the dispatcher's default (60 s) when not set.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How many calls of this tool run at the same time in one run, at the most; further ones wait
    /// for their turn, and calls of other tools pass them by. A run can say otherwise
    /// ([`DispatchLimits::with_concurrency_of`](crate::dispatch::DispatchLimits::with_concurrency_of)).
    /// What runs share among them, such as a pool, is limited in their context. Default: as many as
    /// calls of all tools, 64.
    #[must_use]
    pub const fn with_concurrency(mut self, concurrency: NonZeroUsize) -> Self {
        self.concurrency = Some(concurrency);
        self
    }

    /// Says that a call changes nothing, so that running it needlessly does no harm: in a stream
    /// such a tool may start before the response has ended. Default: false.
    #[must_use]
    pub const fn with_read_only(mut self, read_only: bool) -> Self {
        self.effects = match (read_only, self.effects) {
            (true, _) => Effects::None,
            (false, Effects::None) => Effects::Repeated,
            (false, effects) => effects,
        };
        self
    }

    /// Says that a second call with the same arguments changes nothing more, so that one whose end
    /// is not known may be run again. A [read-only](Self::with_read_only) tool is idempotent.
    /// Default: false.
    #[must_use]
    pub const fn with_idempotent(mut self, idempotent: bool) -> Self {
        self.effects = match (idempotent, self.effects) {
            (true, Effects::Repeated) => Effects::Once,
            (false, Effects::Once) => Effects::Repeated,
            (_, effects) => effects,
        };
        self
    }

    /// Says that a call runs alone, in its place in the order of the response's calls: those before
    /// it have ended, those after it wait. Default: false.
    #[must_use]
    pub const fn with_sequential(mut self, sequential: bool) -> Self {
        self.sequential = sequential;
        self
    }

    /// Says that no call runs before somebody has approved it. Default: false.
    #[must_use]
    pub const fn with_needs_approval(mut self, needs_approval: bool) -> Self {
        self.needs_approval = needs_approval;
        self
    }

    /// How long one call may take, if the tool has a limit of its own.
    #[must_use]
    pub const fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// How many calls of the tool run at the same time, if it has a limit of its own.
    #[must_use]
    pub const fn concurrency(&self) -> Option<NonZeroUsize> {
        self.concurrency
    }

    /// Whether a call changes nothing.
    #[must_use]
    pub const fn read_only(&self) -> bool {
        matches!(self.effects, Effects::None)
    }

    /// Whether a second call with the same arguments changes nothing more.
    #[must_use]
    pub const fn idempotent(&self) -> bool {
        !matches!(self.effects, Effects::Repeated)
    }

    /// Whether a call runs alone, in its place in the order.
    #[must_use]
    pub const fn sequential(&self) -> bool {
        self.sequential
    }

    /// Whether a call has to be approved before it runs.
    #[must_use]
    pub const fn needs_approval(&self) -> bool {
        self.needs_approval
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_nothing_is_idempotent_and_stays_so() {
        let read_only = ToolSettings::new().with_read_only(true);
        assert!(read_only.idempotent() && read_only.with_idempotent(false).read_only());
        let idempotent = ToolSettings::new().with_idempotent(true);
        assert!(!idempotent.read_only() && idempotent.with_read_only(false).idempotent());
    }
}
