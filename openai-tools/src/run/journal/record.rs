//! What is written, and how: one JSON object a line.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use super::{
    super::{budget::Amounts, prices::Money},
    error::{JournalError, JournalErrorKind},
};
use crate::{
    chat::{AssistantMessage, FinishReason, Message, Usage},
    ids::ToolCallId,
    tool::ToolOutput,
};

/// One step of a run.
///
/// A call is named by its id, which is distinct in its response: a later response may use the id
/// again once all calls of this one are answered.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Record {
    /// The run began; the first record of a journal.
    Begin {
        /// The model that is asked.
        model: String,
        /// The conversation so far.
        messages: Vec<Message>,
        /// What an earlier journal or process had used.
        #[serde(default, skip_serializing_if = "is_default")]
        spent: Amounts,
        /// How long it had taken, in milliseconds.
        #[serde(default, skip_serializing_if = "is_default")]
        elapsed_ms: u64,
        /// How its last response ended, if that is the last message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        finish_reason: Option<FinishReason>,
    },
    /// Calls have their outputs, whether they ran or not. Those that end while an earlier record is
    /// being kept can share the next one.
    CallsEnded {
        /// The outputs, with the ids of the calls.
        outputs: Vec<ToolOutput>,
    },
    /// Tools with effects are about to start. Those that start together can share a record, which is
    /// kept whole or not at all.
    CallsStarted {
        /// The ids of the calls.
        call_ids: Vec<ToolCallId>,
    },
    /// The application decided about a call.
    Decided {
        /// The id of the call.
        call_id: ToolCallId,
        /// What it decided.
        decision: Decision,
    },
    /// The run came to an outcome. What follows took it up again.
    End {
        /// The outcome's word, such as `completed`.
        outcome: String,
    },
    /// The conversation grew by what is neither a response nor an output.
    Messages {
        /// The messages.
        messages: Vec<Message>,
        /// Whether they ask for a corrected answer.
        #[serde(default)]
        re_ask: bool,
    },
    /// The model answered.
    Response {
        /// What it said.
        message: AssistantMessage,
        /// Why it stopped.
        finish_reason: FinishReason,
        /// The tokens it took, where the server says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
        /// What it cost, by the prices of the run, where there are any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost: Option<Money>,
        /// How often the request was sent.
        #[serde(default = "once")]
        attempts: u32,
        /// The id of the response.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// The model that answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<String>,
    },
    /// Written by a newer release of the same major version, which means: it may be passed over.
    /// It stays in the file; it cannot be written.
    #[serde(skip)]
    Unknown,
}

fn once() -> u32 {
    1
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What the application decided about a call. `Debug` leaves the texts out.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Do not run it: this is its output.
    Answered(String),
    /// Run it. Of a call in doubt: run it again.
    Approved,
    /// Run it, if it is run, with these arguments instead of the model's. It decides no more than
    /// that.
    Arguments(String),
    /// Do not run it, and tell the model this reason.
    Denied(String),
}

impl Decision {
    /// Whether it settles what becomes of the call.
    #[must_use]
    pub fn is_verdict(&self) -> bool {
        !matches!(self, Self::Arguments(_))
    }
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(text) => write!(f, "Answered({} bytes)", text.len()),
            Self::Approved => f.write_str("Approved"),
            Self::Arguments(text) => write!(f, "Arguments({} bytes)", text.len()),
            Self::Denied(text) => write!(f, "Denied({} bytes)", text.len()),
        }
    }
}

/// The major version of the journals that this release reads and writes.
pub(super) const MAJOR: u32 = 1;

/// What this release adds to the first of the major version.
///
/// A minor version may add only what an older release may pass over without running anything twice
/// or losing an output.
pub(super) const MINOR: u32 = 0;

/// The longest line, its end included.
pub(super) const LONGEST_LINE: usize = 64 * 1024 * 1024;

/// The first line of a journal, its end included.
pub(super) fn header() -> String {
    format!("{HEADER_START}\"version\":{{\"major\":{MAJOR},\"minor\":{MINOR}}}}}\n")
}

/// With what the header of every version begins.
pub(super) const HEADER_START: &str = r#"{"format":"openai-tools journal","#;

/// The minor version that a first line tells of.
pub(super) fn read_header(line: &[u8]) -> Result<u32, JournalError> {
    #[derive(Deserialize)]
    struct Header<'a> {
        #[serde(borrow)]
        format: Cow<'a, str>,
        version: Version,
    }
    #[derive(Deserialize)]
    struct Version {
        major: u32,
        minor: u32,
    }
    match serde_json::from_slice::<Header<'_>>(line) {
        Ok(Header { format, version: Version { major, minor } })
            if format == "openai-tools journal" =>
        {
            if major == MAJOR {
                Ok(minor)
            } else {
                Err(JournalError::new(JournalErrorKind::Version { major, minor }))
            }
        }
        _ => Err(JournalError::new(JournalErrorKind::NotAJournal)),
    }
}

/// The line of a record, its end included.
pub(super) fn write_line(record: &Record) -> Result<Vec<u8>, JournalError> {
    // Only `Unknown` has no form, and nobody can have meant to write one.
    let mut line = serde_json::to_vec(record).map_err(std::io::Error::from)?;
    line.push(b'\n');
    if line.len() > LONGEST_LINE {
        return Err(JournalError::new(JournalErrorKind::TooLarge));
    }
    Ok(line)
}

/// What a line is that is no record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NoRecord {
    /// Not even JSON: what is left of a record that was being written.
    Torn,
    /// JSON that nobody wrote as a record.
    Foreign,
}

/// Reads a line of a journal of a minor version.
pub(super) fn read_line(line: &[u8], minor: u32) -> Result<Record, NoRecord> {
    const KINDS: [&str; 7] =
        ["begin", "calls_ended", "calls_started", "decided", "end", "messages", "response"];
    #[derive(Deserialize)]
    struct Kind<'a> {
        #[serde(borrow)]
        kind: Cow<'a, str>,
    }
    let why = |error: &serde_json::Error| {
        if error.is_data() { NoRecord::Foreign } else { NoRecord::Torn }
    };
    let Kind { kind } = serde_json::from_slice(line).map_err(|error| why(&error))?;
    if !KINDS.contains(&&*kind) && minor > MINOR {
        return Ok(Record::Unknown);
    }
    match serde_json::from_slice(line) {
        Err(error) if error.is_data() && minor > MINOR => Ok(Record::Unknown),
        read => read.map_err(|error| why(&error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tool::ToolCall;

    /// Journals are taken up by later releases: what was written once has to be read for ever.
    #[test]
    fn the_stored_form_of_each_record_is_fixed() {
        let mut message = AssistantMessage::default();
        message.tool_calls.push(ToolCall::new("c", "f", "{}"));
        let decided = |decision| Record::Decided { call_id: "c".into(), decision };
        let records = [
            Record::Begin {
                model: "m".to_owned(),
                messages: vec![Message::user("u")],
                spent: Amounts::ZERO,
                elapsed_ms: 0,
                finish_reason: None,
            },
            Record::Response {
                message,
                finish_reason: FinishReason::ToolCalls,
                usage: None,
                cost: Some(Money::from_micros(5)),
                attempts: 2,
                id: Some("r".to_owned()),
                model: None,
            },
            decided(Decision::Approved),
            decided(Decision::Arguments("[]".to_owned())),
            decided(Decision::Denied("no".to_owned())),
            decided(Decision::Answered("a".to_owned())),
            Record::CallsStarted { call_ids: vec!["c".into()] },
            Record::CallsEnded { outputs: vec![ToolOutput::new("c", "o")] },
            Record::Messages { messages: vec![Message::user("u")], re_ask: true },
            Record::End { outcome: "completed".to_owned() },
        ];
        let stored = json!([
            {"kind": "begin", "model": "m", "messages": [{"role": "user", "content": [{"text": "u"}]}]},
            {
                "kind": "response",
                "message": {"tool_calls": [{"id": "c", "name": "f", "arguments": "{}"}]},
                "finish_reason": "tool_calls",
                "cost": "0.000005",
                "attempts": 2,
                "id": "r",
            },
            {"kind": "decided", "call_id": "c", "decision": "approved"},
            {"kind": "decided", "call_id": "c", "decision": {"arguments": "[]"}},
            {"kind": "decided", "call_id": "c", "decision": {"denied": "no"}},
            {"kind": "decided", "call_id": "c", "decision": {"answered": "a"}},
            {"kind": "calls_started", "call_ids": ["c"]},
            {"kind": "calls_ended", "outputs": [{"call_id": "c", "text": "o"}]},
            {"kind": "messages", "messages": [{"role": "user", "content": [{"text": "u"}]}], "re_ask": true},
            {"kind": "end", "outcome": "completed"},
        ]);
        assert_eq!(serde_json::to_value(&records).expect("JSON"), stored);
        for (stored, record) in stored.as_array().expect("a list").iter().zip(&records) {
            let line = stored.to_string();
            assert_eq!(read_line(line.as_bytes(), MINOR).as_ref(), Ok(record), "{line}");
        }
        assert_eq!(
            header(),
            "{\"format\":\"openai-tools journal\",\"version\":{\"major\":1,\"minor\":0}}\n"
        );
    }

    #[test]
    fn what_a_newer_minor_version_adds_is_passed_over() {
        let record = |text: &str, minor| read_line(text.as_bytes(), minor);
        let with_more = r#"{"kind":"end","outcome":"completed","more":[1]}"#;
        assert_eq!(
            record(with_more, MINOR),
            Ok(Record::End { outcome: "completed".to_owned() }),
            "fields at any time"
        );
        let newer = [
            r#"{"kind":"slept","hours":8}"#,
            r#"{"kind":"decided","call_id":"c","decision":{"postponed":8}}"#,
        ];
        for text in newer {
            assert_eq!(record(text, MINOR + 1), Ok(Record::Unknown), "{text}");
            assert_eq!(record(text, MINOR), Err(NoRecord::Foreign), "{text}");
        }
    }

    #[test]
    fn half_a_record_is_told_from_a_foreign_one() {
        for torn in ["", "{", "\0\0\0", r#"{"kind":"end","outcome":"comp"#, r#"{"kind":"end"}}"#] {
            assert_eq!(read_line(torn.as_bytes(), MINOR), Err(NoRecord::Torn), "{torn:?}");
        }
        for foreign in ["5", "[]", "{}", r#"{"kind":"end"}"#, r#"{"kind":7}"#] {
            assert_eq!(read_line(foreign.as_bytes(), MINOR), Err(NoRecord::Foreign), "{foreign}");
        }
        let deep = format!("{{\"kind\":\"x\",\"deep\":{}", "[".repeat(100_000));
        assert_eq!(read_line(deep.as_bytes(), 9), Err(NoRecord::Torn), "depth is capped");
    }

    #[test]
    fn debug_shows_no_content() {
        let decisions = [
            Decision::Answered("hush".to_owned()),
            Decision::Arguments("hush".to_owned()),
            Decision::Denied("hush".to_owned()),
        ];
        assert!(!format!("{decisions:?}").contains("hush"));
    }
}
