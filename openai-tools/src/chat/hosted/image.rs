use serde_json::json;

use super::{HostedTool, setter, word};

/// Images that the server makes; see [`HostedTool::image_generation`].
///
/// ```
/// use openai_tools::chat::{ImageFormat, ImageGeneration, ImageQuality};
///
/// let images = ImageGeneration::new()
///     .with_quality(ImageQuality::Low)
///     .with_size("1024x1024")
///     .with_format(ImageFormat::Webp);
/// # let _ = images;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ImageGeneration(HostedTool);

impl ImageGeneration {
    /// With the server's defaults.
    #[must_use]
    pub fn new() -> Self {
        Self(HostedTool::of("image_generation"))
    }

    /// By this model. Default: not sent (`gpt-image-1`).
    #[must_use]
    pub fn with_model(self, model: impl Into<String>) -> Self {
        self.with("model", model.into())
    }

    /// How good. Default: not sent (auto).
    #[must_use]
    pub fn with_quality(self, quality: ImageQuality) -> Self {
        self.with("quality", word(quality))
    }

    /// How large, such as `1024x1536`. Default: not sent (`auto`).
    #[must_use]
    pub fn with_size(self, size: impl Into<String>) -> Self {
        self.with("size", size.into())
    }

    /// In which format. Default: not sent (PNG).
    #[must_use]
    pub fn with_format(self, format: ImageFormat) -> Self {
        self.with("output_format", word(format))
    }

    /// How little they are compressed, from 0 to 100. Default: not sent (100).
    #[must_use]
    pub fn with_compression(self, compression: u8) -> Self {
        self.with("output_compression", compression)
    }

    /// On which background. Default: not sent (auto).
    #[must_use]
    pub fn with_background(self, background: ImageBackground) -> Self {
        self.with("background", word(background))
    }

    /// Whether the server is strict about what is shown (`auto`) or less so (`low`). Default: not
    /// sent (`auto`).
    #[must_use]
    pub fn with_moderation(self, moderation: impl Into<String>) -> Self {
        self.with("moderation", moderation.into())
    }

    /// How close an edited image stays to the one given, `high` or `low`. Default: not sent.
    #[must_use]
    pub fn with_input_fidelity(self, fidelity: impl Into<String>) -> Self {
        self.with("input_fidelity", fidelity.into())
    }

    /// Where an image is to be edited, by the id of an uploaded mask. Default: none.
    #[must_use]
    pub fn with_mask_file(self, id: impl Into<String>) -> Self {
        self.with("input_image_mask", json!({"file_id": id.into()}))
    }

    /// How many unfinished images a stream tells on the way, from 0 to 3. Default: not sent (0).
    #[must_use]
    pub fn with_partial_images(self, images: u8) -> Self {
        self.with("partial_images", images)
    }

    setter!();
}

impl Default for ImageGeneration {
    fn default() -> Self {
        Self::new()
    }
}

/// How good an image is.
#[derive(Clone, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum ImageQuality {
    /// As the model thinks fit.
    Auto,
    /// Good.
    High,
    /// Quick.
    Low,
    /// Between.
    Medium,
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
}

/// The format of an image.
#[derive(Clone, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum ImageFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
}

/// The background of an image.
#[derive(Clone, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum ImageBackground {
    /// As the model thinks fit.
    Auto,
    /// One that hides what is behind.
    Opaque,
    /// None.
    Transparent,
    /// A word of a newer API, sent as it is.
    #[serde(untagged)]
    Other(String),
}
