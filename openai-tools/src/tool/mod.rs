//! What a tool is: its definition, its settings, the call of it and what goes back.

mod call;
mod custom;
pub(crate) mod declared;
mod definition;
mod form;
mod kind;
mod lint;
#[cfg(feature = "registry")]
mod registered;
pub(crate) mod set;
mod settings;
mod traits;
mod unknown;

#[cfg(feature = "dispatch")]
mod approval;
#[cfg(feature = "dispatch")]
mod context;
#[cfg(feature = "dispatch")]
pub(crate) mod dynamic;
#[cfg(feature = "dispatch")]
mod error;
#[cfg(feature = "client")]
mod listed;
#[cfg(feature = "client")]
mod local;
#[cfg(feature = "dispatch")]
mod output;
#[cfg(feature = "dispatch")]
mod toolbox;

#[cfg(feature = "cli")]
pub(crate) use self::definition::mistaken_parameters;
pub use self::{
    call::{CallFailure, ToolCall, ToolOutput},
    definition::{ToolDefinition, ToolDefinitionBuilder},
    form::{Caller, CustomFormat, Namespace, ToolForm},
    kind::CallKind,
    lint::lint,
    set::{CallError, Members, ToolSet, TypedCall},
    settings::ToolSettings,
    traits::Tool,
};

#[cfg(feature = "registry")]
pub use self::registered::Registered;

#[cfg(feature = "dispatch")]
pub use self::{
    context::{FromContext, Provide, ToolContext},
    dynamic::{DynTool, IntoTool},
    error::ToolError,
    output::{Content, IntoContent},
    toolbox::{IntoTools, Toolbox, Tools},
    traits::{Callable, TypedTool},
};

#[cfg(feature = "client")]
pub use self::local::{
    ApplyPatch, CommandOutcome, CommandOutput, Computer, ComputerAction, ComputerOutput,
    ComputerRequest, FileChange, LocalShell, LocalShellRequest, MouseButton, PatchError,
    PatchFault, Point, SafetyCheck, Screenshot, Shell, ShellRequest, ToolSearch,
};
#[cfg(feature = "client")]
pub(crate) use self::{listed::listed, local::APPROVED};

#[cfg(feature = "dispatch")]
pub(crate) use self::{
    context::CallInfo,
    dynamic::{Returned, Work},
    error::Audience,
    unknown::unknown_tool,
};
