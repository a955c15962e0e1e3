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
    definitions: Option<fn() -> Result<Vec<ToolDefinition>, Error>>,
}

inventory::collect!(Registered);

impl Registered {
    /// Called by the macros alone.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        (module, file, line): (&'static str, &'static str, u32),
        item: &'static str,
        definitions: Option<fn() -> Result<Vec<ToolDefinition>, Error>>,
    ) -> Self {
        Self { module, item, file, line, definitions }
    }

    /// Those of a crate, by the name that the compiler has for it (`my_app`, with `_` for `-`), in
    /// the order of their files and lines.
    #[must_use]
    pub fn of_crate(name: &str) -> Vec<&'static Self> {
        let mut all: Vec<&'static Self> =
            inventory::iter::<Self>.into_iter().filter(|it| it.crate_name() == name).collect();
        // The linker has no order of its own.
        all.sort_by_key(|it| (it.file, it.line, it.module, it.item));
        all
    }

    /// The names of all crates with tools, sorted.
    #[must_use]
    pub fn crate_names() -> Vec<&'static str> {
        let mut names: Vec<_> = inventory::iter::<Self>.into_iter().map(Self::crate_name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What the model is told of each of its tools; `None` for a generic type or block, which has no
    /// tools before its parameters are known.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](crate::ErrorKind::Definition) if one has no faithful form in strict mode;
    /// the source names each place and remedy.
    pub fn definitions(&self) -> Option<Result<Vec<ToolDefinition>, Error>> {
        self.definitions.map(|definitions| definitions())
    }

    /// The name of the crate.
    #[must_use]
    pub fn crate_name(&self) -> &'static str {
        self.module.split("::").next().unwrap_or(self.module)
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
