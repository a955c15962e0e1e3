use crate::tool::ToolDefinition;
#[cfg(feature = "dispatch")]
use crate::tool::{Toolbox, Tools};

/// What holds tools that can be checked: a [`Toolbox`](crate::Toolbox) for any context,
/// [`Tools`](crate::Tools), or a list of definitions, such as
/// [`ToolSet::definitions`](crate::ToolSet::definitions) gives for an enum.
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no tools that can be checked",
    note = "give a `Toolbox`, `Tools`, or a list of `ToolDefinition`s"
)]
pub trait ToolSource: sealed::Sealed {
    /// The definitions of the tools, in order.
    fn tool_definitions(&self) -> Vec<ToolDefinition>;
}

#[cfg(feature = "dispatch")]
impl<C> ToolSource for Toolbox<C> {
    fn tool_definitions(&self) -> Vec<ToolDefinition> {
        self.definitions().cloned().collect()
    }
}

#[cfg(feature = "dispatch")]
impl ToolSource for Tools {
    fn tool_definitions(&self) -> Vec<ToolDefinition> {
        self.definitions().cloned().collect()
    }
}

impl ToolSource for [ToolDefinition] {
    fn tool_definitions(&self) -> Vec<ToolDefinition> {
        self.to_vec()
    }
}

impl<const N: usize> ToolSource for [ToolDefinition; N] {
    fn tool_definitions(&self) -> Vec<ToolDefinition> {
        self.to_vec()
    }
}

impl ToolSource for Vec<ToolDefinition> {
    fn tool_definitions(&self) -> Vec<ToolDefinition> {
        self.clone()
    }
}

mod sealed {
    use crate::tool::ToolDefinition;
    #[cfg(feature = "dispatch")]
    use crate::tool::{Toolbox, Tools};

    /// A trait to call and not to implement: methods may be added.
    #[expect(unnameable_types, reason = "that is what seals it")]
    pub trait Sealed {}

    #[cfg(feature = "dispatch")]
    impl<C> Sealed for Toolbox<C> {}
    #[cfg(feature = "dispatch")]
    impl Sealed for Tools {}
    impl Sealed for [ToolDefinition] {}
    impl<const N: usize> Sealed for [ToolDefinition; N] {}
    impl Sealed for Vec<ToolDefinition> {}
}
