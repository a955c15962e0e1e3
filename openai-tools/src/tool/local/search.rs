use serde_json::Value;

use crate::tool::{ToolContext, ToolDefinition, error::BoxError};

/// Finds tools for a model; see [`DynTool::tool_search`](crate::DynTool::tool_search).
pub trait ToolSearch: Send + Sync + 'static {
    /// Why a search can fail.
    type Error: Into<BoxError>;

    /// The tools that the model is told of from here on. The query is an object, as the parameters
    /// of the search say, unchecked.
    fn search(
        &self,
        query: Value,
        context: ToolContext,
    ) -> impl Future<Output = Result<Vec<ToolDefinition>, Self::Error>> + Send;
}
