//! What a script may give as a call.

use serde_json::Value;

use super::answer::Call;

/// One tool call of a script, made from `(id, name, arguments)`, or from a typed value.
#[derive(Clone, Debug)]
pub struct ScriptedCall(Call);

impl ScriptedCall {
    pub(super) fn new(id: impl Into<String>, name: impl Into<String>, arguments: String) -> Self {
        Self(Call { id: Some(id.into()), name: name.into(), arguments, custom: false })
    }

    pub(super) fn into_call(self) -> Call {
        self.0
    }
}

impl<I: Into<String>, N: Into<String>> From<(I, N, Value)> for ScriptedCall {
    fn from((id, name, arguments): (I, N, Value)) -> Self {
        Self::new(id, name, arguments.to_string())
    }
}

impl<I: Into<String>, N: Into<String>> From<(I, N, &str)> for ScriptedCall {
    fn from((id, name, arguments): (I, N, &str)) -> Self {
        Self::new(id, name, arguments.to_owned())
    }
}

impl<I: Into<String>, N: Into<String>> From<(I, N, String)> for ScriptedCall {
    fn from((id, name, arguments): (I, N, String)) -> Self {
        Self::new(id, name, arguments)
    }
}
