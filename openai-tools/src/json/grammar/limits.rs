/// How much one text may ask of its reader.
///
/// ```
/// use openai_tools::stream::json::{JsonLimits, Scanner};
///
/// let mut scanner = Scanner::with_limits(JsonLimits::default().with_bytes(8));
/// assert!(scanner.push("[1, 2, 3").is_ok());
/// assert!(scanner.push("]").is_err());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct JsonLimits {
    pub(super) depth: usize,
    pub(super) bytes: usize,
}

impl JsonLimits {
    /// The largest depth that can be asked for: what takes a deep `serde_json::Value` apart calls
    /// itself for each level.
    pub const DEEPEST: usize = 512;

    /// The level of nesting that is refused: 128 by default and at most
    /// [`DEEPEST`](Self::DEEPEST), counted as `serde_json` counts, which reads 127 arrays in each
    /// other and refuses 128.
    #[must_use]
    pub fn with_depth(mut self, depth: usize) -> Self {
        self.depth = depth.min(Self::DEEPEST);
        self
    }

    /// The length of the whole text in bytes: 64 MiB (67,108,864) by default, and at most 4 GiB
    /// less one byte.
    #[must_use]
    pub fn with_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes.min(MOST_BYTES);
        self
    }
}

impl Default for JsonLimits {
    fn default() -> Self {
        Self { depth: 128, bytes: 64 << 20 }
    }
}

/// Values are counted in 32 bits, and each has at least one byte.
const MOST_BYTES: usize = u32::MAX as usize;
