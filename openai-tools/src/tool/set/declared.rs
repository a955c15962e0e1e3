use super::ToolSet;
use crate::{
    error::Error,
    tool::{DynTool, Toolbox, Tools},
};

impl Tools {
    /// The tools of a set, to be sent with a chat request whose calls the
    /// application answers itself.
    ///
    /// Nothing here can run them: a run that is given them ends at the first call, with a fatal
    /// error.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](crate::ErrorKind::Definition): as [`ToolSet::members`].
    pub fn declared<S: ToolSet>() -> Result<Self, Error> {
        let tools = S::definitions()?.into_iter().map(DynTool::declared);
        Ok(Toolbox::new().extend(tools)?.bind(()))
    }
}
