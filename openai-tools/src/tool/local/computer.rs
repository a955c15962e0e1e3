use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    media::data_url,
    tool::{ToolContext, error::BoxError},
};

/// A computer that a model works with; see [`DynTool::computer`](crate::DynTool::computer).
pub trait Computer: Send + Sync + 'static {
    /// Why a call can fail. The model gets an empty image then, and the words as a message.
    type Error: Into<BoxError>;

    /// Does what the model asks for, in order, and shows what the screen shows then.
    fn act(
        &self,
        request: ComputerRequest,
        context: ToolContext,
    ) -> impl Future<Output = Result<ComputerOutput, Self::Error>> + Send;
}

/// What a model asks of a [`Computer`]. `Debug` shows no content.
#[derive(Clone, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct ComputerRequest {
    /// What to do, in order.
    #[serde(default)]
    pub actions: Vec<ComputerAction>,
    /// What the server wants a person to look at before. A call that has any waits for an approval;
    /// which of them are acknowledged is for the [output](ComputerOutput::acknowledging) to say.
    #[serde(default)]
    pub pending_safety_checks: Vec<SafetyCheck>,
}

impl fmt::Debug for ComputerRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ComputerRequest")
            .field("actions", &self.actions.len())
            .field("pending_safety_checks", &self.pending_safety_checks.len())
            .finish()
    }
}

/// Something to do with a computer. Places are pixels from the left and from the top.
#[derive(Clone, Deserialize, PartialEq)]
#[non_exhaustive]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum ComputerAction {
    /// A click.
    Click {
        /// With which button.
        button: MouseButton,
        /// From the left.
        x: i64,
        /// From the top.
        y: i64,
        /// The keys that are held meanwhile.
        #[serde(default)]
        keys: Option<Vec<String>>,
    },
    /// A double click.
    DoubleClick {
        /// From the left.
        x: i64,
        /// From the top.
        y: i64,
        /// The keys that are held meanwhile.
        #[serde(default)]
        keys: Option<Vec<String>>,
    },
    /// Dragging along a path.
    Drag {
        /// From the first to the last.
        path: Vec<Point>,
        /// The keys that are held meanwhile.
        #[serde(default)]
        keys: Option<Vec<String>>,
    },
    /// Keys pressed together.
    Keypress {
        /// Their names.
        keys: Vec<String>,
    },
    /// The mouse somewhere else.
    Move {
        /// From the left.
        x: i64,
        /// From the top.
        y: i64,
        /// The keys that are held meanwhile.
        #[serde(default)]
        keys: Option<Vec<String>>,
    },
    /// Nothing but a look.
    Screenshot,
    /// Scrolling.
    Scroll {
        /// Where, from the left.
        x: i64,
        /// Where, from the top.
        y: i64,
        /// How far to the right.
        scroll_x: i64,
        /// How far down.
        scroll_y: i64,
        /// The keys that are held meanwhile.
        #[serde(default)]
        keys: Option<Vec<String>>,
    },
    /// A text to be typed.
    Type {
        /// The text.
        text: String,
    },
    /// Some patience.
    Wait,
    /// Something newer than this release.
    #[serde(untagged)]
    Other(serde_json::Value),
}

impl ComputerAction {
    /// What it is, as the API calls it; `other` for what is newer than this release.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Click { .. } => "click",
            Self::DoubleClick { .. } => "double_click",
            Self::Drag { .. } => "drag",
            Self::Keypress { .. } => "keypress",
            Self::Move { .. } => "move",
            Self::Screenshot => "screenshot",
            Self::Scroll { .. } => "scroll",
            Self::Type { .. } => "type",
            Self::Wait => "wait",
            Self::Other(_) => "other",
        }
    }
}

/// What is typed can be a secret.
impl fmt::Debug for ComputerAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place on the screen, in pixels.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[non_exhaustive]
pub struct Point {
    /// From the left.
    pub x: i64,
    /// From the top.
    pub y: i64,
}

/// A button of a mouse.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum MouseButton {
    /// The one that goes back.
    Back,
    /// The one that goes forward.
    Forward,
    /// The left one.
    Left,
    /// The right one.
    Right,
    /// The wheel.
    Wheel,
    /// A word of a newer API.
    #[serde(untagged)]
    Other(String),
}

/// Something that a person should look at before a computer goes on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SafetyCheck {
    /// Its id.
    pub id: String,
    /// What kind of danger it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What a screen shows. `Debug` shows no content.
#[derive(Clone, Eq, PartialEq, Serialize)]
pub struct Screenshot {
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_id: Option<String>,
}

impl Screenshot {
    /// By its bytes and media type, such as `image/png`.
    #[must_use]
    pub fn bytes(media_type: &str, bytes: &[u8]) -> Self {
        Self::url(data_url(media_type, bytes))
    }

    /// By an address that the server can fetch, or a `data:` URL.
    pub fn url(url: impl Into<String>) -> Self {
        Self { image_url: Some(url.into()), file_id: None }
    }

    /// By the id of an uploaded file.
    pub fn file(id: impl Into<String>) -> Self {
        Self { image_url: None, file_id: Some(id.into()) }
    }
}

impl fmt::Debug for Screenshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.image_url.as_ref().or(self.file_id.as_ref()).map_or(0, String::len);
        write!(f, "Screenshot({bytes} bytes)")
    }
}

/// What a call of a [`Computer`] came to.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ComputerOutput {
    #[serde(flatten)]
    screenshot: Screenshot,
    acknowledged_safety_checks: Vec<SafetyCheck>,
}

impl ComputerOutput {
    /// What the screen shows, with no check acknowledged.
    #[must_use]
    pub fn new(screenshot: Screenshot) -> Self {
        Self { screenshot, acknowledged_safety_checks: Vec::new() }
    }

    /// Says that a person has looked at these.
    #[must_use]
    pub fn acknowledging(mut self, checks: impl IntoIterator<Item = SafetyCheck>) -> Self {
        self.acknowledged_safety_checks.extend(checks);
        self
    }
}
