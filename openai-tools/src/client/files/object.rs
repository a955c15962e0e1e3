use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A file that the server keeps (schema `OpenAIFile` of OpenAI's document).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StoredFile {
    /// By which it is named, as in [`File::file_id`](crate::File::file_id).
    pub id: String,
    /// How many bytes it has.
    #[serde(default)]
    pub bytes: u64,
    /// When it was stored, in seconds since 1970.
    #[serde(default)]
    pub created_at: u64,
    /// When the server deletes it, in seconds since 1970; never if it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<u64>,
    /// Its name.
    #[serde(default)]
    pub filename: String,
    /// What it is for.
    #[serde(default)]
    pub purpose: FilePurpose,
    /// Fields that this crate does not know, as they came.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What a file is for.
#[derive(Clone, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum FilePurpose {
    /// The assistants API.
    Assistants,
    /// Made by the assistants API.
    AssistantsOutput,
    /// Requests of a batch.
    Batch,
    /// Made by a batch.
    BatchOutput,
    /// Data for evaluations.
    Evals,
    /// Examples for fine-tuning.
    #[serde(rename = "fine-tune")]
    FineTune,
    /// Made by fine-tuning.
    #[serde(rename = "fine-tune-results")]
    FineTuneResults,
    /// Anything for a model to read. The default.
    #[default]
    UserData,
    /// Images.
    Vision,
    /// Newer than this release; kept as it came.
    #[serde(untagged)]
    Other(String),
}

impl FilePurpose {
    /// The wire's word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Assistants => "assistants",
            Self::AssistantsOutput => "assistants_output",
            Self::Batch => "batch",
            Self::BatchOutput => "batch_output",
            Self::Evals => "evals",
            Self::FineTune => "fine-tune",
            Self::FineTuneResults => "fine-tune-results",
            Self::UserData => "user_data",
            Self::Vision => "vision",
            Self::Other(word) => word,
        }
    }
}

/// How long after its upload the server deletes a file: from an hour to 30 days, in whole seconds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ExpiresAfter(u64);

impl ExpiresAfter {
    /// So long; `None` if it is under an hour or over 30 days. What is left of a second is dropped.
    #[must_use]
    pub fn new(time: Duration) -> Option<Self> {
        let seconds = time.as_secs();
        (3_600..=2_592_000).contains(&seconds).then_some(Self(seconds))
    }

    /// So many seconds.
    #[must_use]
    pub fn as_secs(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_with_words_and_fields_that_nobody_knows_survives() {
        let stored = json!({"id": "file-1", "object": "file", "bytes": 7, "created_at": 1,
            "filename": "a.txt", "purpose": "new", "status": "processed", "x": [1]});
        let file: StoredFile = serde_json::from_value(stored.clone()).expect("a file");
        assert_eq!(file.purpose, FilePurpose::Other("new".to_owned()));
        assert_eq!(serde_json::to_value(&file).expect("JSON"), stored);
        let small: StoredFile = serde_json::from_value(json!({"id": "f"})).expect("a file");
        assert_eq!((small.purpose, small.expires_at), (FilePurpose::UserData, None));
    }

    #[test]
    fn the_word_of_a_purpose_is_the_one_that_is_read() {
        for word in [
            "assistants",
            "assistants_output",
            "batch",
            "batch_output",
            "evals",
            "fine-tune",
            "fine-tune-results",
            "user_data",
            "vision",
            "other",
        ] {
            let purpose: FilePurpose = serde_json::from_value(json!(word)).expect("a word");
            assert_eq!(purpose.as_str(), word);
            assert_eq!(matches!(purpose, FilePurpose::Other(_)), word == "other");
        }
    }

    #[test]
    fn files_expire_after_an_hour_at_the_earliest_and_30_days_at_the_latest() {
        let of =
            |seconds| ExpiresAfter::new(Duration::from_secs(seconds)).map(ExpiresAfter::as_secs);
        assert_eq!((of(3_599), of(3_600)), (None, Some(3_600)));
        assert_eq!((of(2_592_000), of(2_592_001)), (Some(2_592_000), None));
    }
}
