//! How a saved run is written and read.

use std::{collections::HashMap, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;

use super::{
    CallState, SavedCall, SavedRun,
    invalid::{Fault, InvalidSavedRun},
};
use crate::{
    chat::{FinishReason, Message},
    ids::ToolCallId,
    json::Untrusted,
    run::{budget::Amounts, journal::Decision},
    tool::ToolOutput,
};

/// Reads the stored form.
pub(super) fn read(value: Value) -> Result<SavedRun, InvalidSavedRun> {
    #[derive(Deserialize)]
    struct Head {
        format: String,
        version: Version,
    }
    // The version first: what else is there depends on it.
    let head = Head::deserialize(&value).ok().filter(|head| head.format == FORMAT);
    let Some(Head { version, .. }) = head else {
        return Err(InvalidSavedRun(Fault::OtherFormat));
    };
    if version.major != MAJOR {
        return Err(InvalidSavedRun(Fault::Version(version)));
    }
    let stored: Stored = serde_path_to_error::deserialize(value)
        .map_err(|error| InvalidSavedRun(Fault::Field(error.path().to_string())))?;
    stored.check()
}

impl Serialize for SavedRun {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Form<'a> {
            format: &'a str,
            version: Version,
            model: &'a str,
            elapsed_ms: u64,
            spent: &'a Amounts,
            messages: &'a [Message],
            #[serde(skip_serializing_if = "Option::is_none")]
            finish_reason: Option<&'a FinishReason>,
            calls: Vec<CallForm<'a>>,
        }
        #[derive(Serialize)]
        struct CallForm<'a> {
            id: &'a ToolCallId,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            decisions: &'a [Decision],
            #[serde(skip_serializing_if = "std::ops::Not::not")]
            in_doubt: bool,
            #[serde(skip_serializing_if = "std::ops::Not::not")]
            counted: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            output: Option<&'a ToolOutput>,
        }
        let calls = self.calls.iter().map(|call| CallForm {
            id: &call.call.id,
            decisions: &call.decisions,
            in_doubt: call.state == CallState::InDoubt,
            counted: call.state == CallState::Pending && call.counted,
            output: match &call.state {
                CallState::Answered(output) => Some(output),
                _ => None,
            },
        });
        let form = Form {
            format: FORMAT,
            version: Version { major: MAJOR, minor: MINOR },
            model: &self.model,
            elapsed_ms: u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
            spent: &self.spent,
            messages: &self.messages,
            finish_reason: self.finish_reason.as_ref(),
            calls: calls.collect(),
        };
        form.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SavedRun {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Untrusted(value) = Untrusted::deserialize(deserializer)?;
        read(value).map_err(D::Error::custom)
    }
}

/// A saved run as it was read, unchecked.
#[derive(Deserialize)]
struct Stored {
    model: String,
    #[serde(default)]
    elapsed_ms: u64,
    #[serde(default)]
    spent: Amounts,
    messages: Vec<Message>,
    #[serde(default)]
    finish_reason: Option<FinishReason>,
    #[serde(default)]
    calls: Vec<StoredCall>,
}

#[derive(Deserialize)]
struct StoredCall {
    id: ToolCallId,
    #[serde(default)]
    decisions: Vec<Decision>,
    #[serde(default)]
    in_doubt: bool,
    #[serde(default)]
    counted: bool,
    #[serde(default)]
    output: Option<ToolOutput>,
}

impl Stored {
    fn check(self) -> Result<SavedRun, InvalidSavedRun> {
        let elapsed = Duration::from_millis(self.elapsed_ms);
        let mut saved = SavedRun::new(self.model, self.messages, self.spent, elapsed)?
            .with_finish_reason(self.finish_reason);
        let mut unseen: HashMap<ToolCallId, &mut SavedCall> =
            saved.calls.iter_mut().map(|call| (call.call.id.clone(), call)).collect();
        for stored in self.calls {
            let call = unseen
                .remove(&stored.id)
                .ok_or_else(|| InvalidSavedRun::of("a call is unknown, or stands twice"))?;
            call.decisions = stored.decisions;
            call.counted = stored.counted;
            call.state = match (stored.output, stored.in_doubt) {
                (None, true) => CallState::InDoubt,
                (None, false) => CallState::Pending,
                (Some(output), false) if output.call_id == stored.id => CallState::Answered(output),
                (Some(_), true) => {
                    return Err(InvalidSavedRun::of("a call has an output and is in doubt"));
                }
                (Some(_), false) => {
                    return Err(InvalidSavedRun::of("an output names another call than its own"));
                }
            };
        }
        // One that is left out could have run: nothing says that it did not.
        if unseen.is_empty() {
            Ok(saved)
        } else {
            Err(InvalidSavedRun::of("a call of the last response is left out"))
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Version {
    pub(super) major: u32,
    pub(super) minor: u32,
}

const FORMAT: &str = "openai-tools saved run";
pub(super) const MAJOR: u32 = 1;
/// A minor version may add only what an older release may pass over without running anything twice
/// or losing an output.
///
/// 1: `finish_reason`, and whether a call that waits is `counted`.
const MINOR: u32 = 1;
