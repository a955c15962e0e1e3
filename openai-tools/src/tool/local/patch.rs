use std::fmt;

use serde::Deserialize;

use crate::tool::{ToolContext, error::BoxError};

/// Makes the changes of files that a model asks for; see
/// [`DynTool::apply_patch`](crate::DynTool::apply_patch).
///
/// Paths are as the model wrote them: an implementation has to refuse those that lead out of the
/// folder that is meant. [`FileChange::apply`] makes the new text of a file.
///
/// ```
/// use std::{collections::HashMap, sync::Mutex};
///
/// use openai_tools::{ToolContext, tool::{ApplyPatch, FileChange, PatchError}};
///
/// /// Files in memory.
/// struct Files(Mutex<HashMap<String, String>>);
///
/// impl ApplyPatch for Files {
///     type Error = PatchError;
///
///     async fn apply(&self, change: FileChange, _: ToolContext) -> Result<String, PatchError> {
///         let mut files = self.0.lock().expect("no panic");
///         match change.apply(files.get(change.path()).map(String::as_str))? {
///             Some(text) => files.insert(change.path().to_owned(), text),
///             None => files.remove(change.path()),
///         };
///         Ok(String::new())
///     }
/// }
/// ```
pub trait ApplyPatch: Send + Sync + 'static {
    /// Why a change can fail, which the model reads as the log of a failed one.
    type Error: Into<BoxError>;

    /// Makes one change, and gives a log for the model, which may be empty.
    fn apply(
        &self,
        change: FileChange,
        context: ToolContext,
    ) -> impl Future<Output = Result<String, Self::Error>> + Send;
}

/// One change of a file. `Debug` shows sizes in place of diffs.
#[derive(Clone, Deserialize, Eq, PartialEq)]
#[non_exhaustive]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum FileChange {
    /// A new file.
    #[serde(rename = "create_file")]
    Create {
        /// Its path.
        path: String,
        /// Its text as a diff: each line begins with `+`.
        diff: String,
    },
    /// A file that is to be gone.
    #[serde(rename = "delete_file")]
    Delete {
        /// Its path.
        path: String,
    },
    /// Other text in a file.
    #[serde(rename = "update_file")]
    Update {
        /// Its path.
        path: String,
        /// What changes, as a diff whose places are marked by `@@` and lines of context, without
        /// numbers.
        diff: String,
    },
}

impl FileChange {
    /// The path, as the model wrote it.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Create { path, .. } | Self::Delete { path } | Self::Update { path, .. } => path,
        }
    }
}

impl fmt::Debug for FileChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { diff, .. } => write!(f, "Create({} bytes)", diff.len()),
            Self::Delete { .. } => f.write_str("Delete"),
            Self::Update { diff, .. } => write!(f, "Update({} bytes)", diff.len()),
        }
    }
}
