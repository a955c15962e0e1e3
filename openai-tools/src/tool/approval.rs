use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use serde_json::Value;

/// Which calls of a tool have to be approved, by their arguments.
#[derive(Clone)]
pub(crate) struct ApprovalRule(Arc<dyn Fn(&Value) -> bool + Send + Sync>);

impl ApprovalRule {
    pub(super) fn new(needs: impl Fn(&Value) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(needs))
    }

    fn holds_for(&self, arguments: &Value) -> bool {
        // Of a rule that cannot judge a call nobody knows whether it would let it pass.
        catch_unwind(AssertUnwindSafe(|| (self.0)(arguments))).unwrap_or(true)
    }
}

impl fmt::Debug for ApprovalRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApprovalRule")
    }
}

impl super::toolbox::Entry {
    /// Whether a call with these arguments, which are valid, has to be approved.
    pub(crate) fn needs_approval(&self, arguments: &Value) -> bool {
        self.settings.needs_approval()
            || self.approval.as_ref().is_some_and(|rule| rule.holds_for(arguments))
    }
}
