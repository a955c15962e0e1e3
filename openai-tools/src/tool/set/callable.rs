use super::{
    ToolSet,
    members::{Member, Members},
};
use crate::{
    error::Error,
    tool::{
        Callable,
        dynamic::{DynTool, Work, refused, returned},
    },
};

/// Each tool of a set; one error where the set cannot be defined.
pub(super) fn tools<S, C>() -> Vec<Result<DynTool<C>, Error>>
where
    S: ToolSet + Callable<C>,
    C: Send + Sync + 'static,
{
    let members = match Members::<S>::collect() {
        Ok(members) => members,
        Err(error) => return vec![Err(error)],
    };
    let tool = |Member { definition, settings, read }: Member<S>| {
        let tool =
            DynTool::from_handler(definition, move |arguments, context| match read(arguments) {
                Ok(call) => {
                    Work::Async(Box::pin(async move { returned(call.call(context).await) }))
                }
                Err(problem) => refused(problem),
            });
        Ok(tool.with_settings(settings))
    };
    members.into_iter().map(tool).collect()
}
