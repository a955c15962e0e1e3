use std::fmt;

use serde_json::Value;

use super::ToolSet;
use crate::{
    error::{Error, ErrorKind},
    ids::ToolName,
    schema::{self, Problem},
    tool::{Tool, ToolDefinition},
};

/// The tools of a [`ToolSet`], as [`ToolSet::members`] puts them in.
pub struct Members<S> {
    list: Vec<Member<S>>,
}

/// One tool, and how its arguments become a value of the set.
pub(super) struct Member<S> {
    pub(super) definition: ToolDefinition,
    pub(super) read: Read<S>,
}

pub(super) type Read<S> = Box<dyn Fn(Value) -> Result<S, Problem> + Send + Sync>;

impl<S: 'static> Members<S> {
    /// Adds the tool `T`, whose arguments `wrap` makes a value of the set.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition): as [`Tool::definition`], or the name is taken.
    pub fn tool<T: Tool>(
        &mut self,
        wrap: impl Fn(T) -> S + Send + Sync + 'static,
    ) -> Result<&mut Self, Error> {
        self.tool_as(None, None, wrap)
    }

    /// Adds the tool `T` under another name or with another description; `None` keeps its own.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition): as [`Tool::definition`], an illegal name, or
    /// one that is taken.
    pub fn tool_as<T: Tool>(
        &mut self,
        name: Option<&str>,
        description: Option<&str>,
        wrap: impl Fn(T) -> S + Send + Sync + 'static,
    ) -> Result<&mut Self, Error> {
        let mut definition = T::definition()?;
        if let Some(name) = name {
            let name = ToolName::parse(name)
                .map_err(|e| Error::new(ErrorKind::Definition, "the tool's name").with_source(e))?;
            definition = definition.renamed(name);
        }
        if let Some(description) = description {
            definition = definition.described(description);
        }
        let read = move |value| schema::deserialize::<T>(value).map(&wrap);
        self.push(Member { definition, read: Box::new(read) })?;
        Ok(self)
    }

    /// Adds all tools of another set, whose values `wrap` makes values of this one.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition): as [`ToolSet::members`] of that set, or a name
    /// is taken.
    pub fn set<T: ToolSet>(
        &mut self,
        wrap: impl Fn(T) -> S + Clone + Send + Sync + 'static,
    ) -> Result<&mut Self, Error> {
        for Member { definition, read } in Members::<T>::collect()? {
            let wrap = wrap.clone();
            let read = move |value| read(value).map(&wrap);
            self.push(Member { definition, read: Box::new(read) })?;
        }
        Ok(self)
    }

    fn push(&mut self, member: Member<S>) -> Result<(), Error> {
        let name = member.definition.name();
        if self.list.iter().any(|taken| taken.definition.name() == name) {
            let set = std::any::type_name::<S>();
            return Err(Error::new(
                ErrorKind::Definition,
                format!(
                    "two tools of `{set}` are called `{name}`; give one of them another name with \
                     `#[tool(name = \"…\")]`"
                ),
            ));
        }
        self.list.push(member);
        Ok(())
    }
}

impl<S: ToolSet> Members<S> {
    pub(super) fn collect() -> Result<Vec<Member<S>>, Error> {
        let mut members = Self { list: Vec::new() };
        S::members(&mut members)?;
        Ok(members.list)
    }
}

impl<S> fmt::Debug for Members<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.list.iter().map(|member| member.definition.name());
        f.write_str("Members ")?;
        f.debug_list().entries(names).finish()
    }
}
