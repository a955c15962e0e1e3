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

/// Which files are listed, and in what order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use]
pub struct ListFiles {
    purpose: Option<FilePurpose>,
    limit: Option<u32>,
    order: Option<FileOrder>,
    after: Option<String>,
}

/// In what order files are listed, by the time of their upload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FileOrder {
    /// The oldest first.
    Ascending,
    /// The newest first.
    Descending,
}

impl ListFiles {
    /// All files, the newest first, as many on a page as the server likes (OpenAI: 10,000).
    pub fn new() -> Self {
        Self::default()
    }

    /// Only those for this.
    pub fn with_purpose(mut self, purpose: FilePurpose) -> Self {
        self.purpose = Some(purpose);
        self
    }

    /// The most files of a page, 1 to 10,000.
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// In this order.
    pub fn with_order(mut self, order: FileOrder) -> Self {
        self.order = Some(order);
        self
    }

    /// Only those behind the file of this id, such as the last of the page before.
    pub fn with_after(mut self, id: impl Into<String>) -> Self {
        self.after = Some(id.into());
        self
    }

    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let order = self.order.map(|order| match order {
            FileOrder::Ascending => "asc".to_owned(),
            FileOrder::Descending => "desc".to_owned(),
        });
        let given = [
            ("purpose", self.purpose.as_ref().map(|purpose| purpose.as_str().to_owned())),
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("order", order),
            ("after", self.after.clone()),
        ];
        given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// A page of files.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct FilePage {
    /// The files.
    pub data: Vec<StoredFile>,
    /// Whether there is another page.
    #[serde(default)]
    pub has_more: bool,
}

impl FilePage {
    /// What to list next: the page behind this one; `None` if this is the last.
    #[must_use]
    pub fn next(&self, list: &ListFiles) -> Option<ListFiles> {
        let end = self.data.last().filter(|_| self.has_more)?;
        Some(list.clone().with_after(&end.id))
    }
}

#[derive(Deserialize)]
pub(super) struct Deleted {
    pub(super) deleted: bool,
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
