//! Where the tools of a crate are, for whoever asks for all of them.

use std::fmt;

use super::ToolDefinition;
use crate::error::Error;

/// One place in the code that makes tools: a function with `#[tool]`, a type with
/// `#[derive(Tool)]`, or a block with `#[toolbox]`.
///
/// The macros put it down where the feature `registry` is on.
pub struct Registered {
    module: &'static str,
    item: &'static str,
    file: &'static str,
    line: u32,
    definitions: Option<Define>,
}

/// Makes the definitions of one place.
type Define = fn() -> Result<Vec<ToolDefinition>, Error>;

inventory::collect!(Registered);

impl Registered {
    /// Called by the macros alone.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        (module, file, line): (&'static str, &'static str, u32),
        item: &'static str,
        definitions: Option<Define>,
    ) -> Self {
        Self { module, item, file, line, definitions }
    }

    /// Those of a crate, by the name that the compiler has for it (`my_app`, with `_` for `-`), or of
    /// a module and all below it (`my_app::billing`), in the order of their files and lines.
    #[must_use]
    pub fn all_in(path: &str) -> Vec<&'static Self> {
        let mut all: Vec<&'static Self> =
            inventory::iter::<Self>.into_iter().filter(|it| it.is_in(path)).collect();
        // The linker has no order of its own.
        all.sort_by_key(|it| (it.file, it.line, it.module, it.item));
        all
    }

    /// The paths of all modules with tools, sorted.
    pub(crate) fn modules() -> Vec<&'static str> {
        let mut modules: Vec<_> = inventory::iter::<Self>.into_iter().map(Self::module).collect();
        modules.sort_unstable();
        modules.dedup();
        modules
    }

    fn is_in(&self, path: &str) -> bool {
        let below = self.module.strip_prefix(path);
        below.is_some_and(|below| below.is_empty() || below.starts_with("::"))
    }

    /// What the model is told of each of its tools; `None` for a generic type or block, which has no
    /// tools before its parameters are known.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](crate::ErrorKind::Definition) if one has no faithful form in strict mode;
    /// the source names each place and remedy.
    #[must_use]
    pub fn definitions(&self) -> Option<Result<Vec<ToolDefinition>, Error>> {
        self.definitions.map(|definitions| definitions())
    }

    /// The path of the module, which begins with the name of the crate.
    #[must_use]
    pub fn module(&self) -> &'static str {
        self.module
    }

    /// The file, as the compiler names it.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The line in the file, from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }
}

/// Module, item and place, such as `my_app::weather::get_weather (src/weather.rs:7)`.
impl fmt::Display for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{} ({}:{})", self.module, self.item, self.file, self.line)
    }
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Registered({self})")
    }
}
