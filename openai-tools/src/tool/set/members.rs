use std::fmt;

use serde_json::Value;

use super::{ToolSet, names::Names};
use crate::{
    error::{Error, ErrorKind},
    ids::ToolName,
    schema::{self, Problem},
    tool::{Tool, ToolDefinition, ToolSettings, declared::Declared},
};

/// The tools of a [`ToolSet`], as [`ToolSet::members`] puts them in.
pub struct Members<S> {
    list: Vec<Member<S>>,
    prefix: String,
}

/// One tool, and how its arguments become a value of the set.
pub(super) struct Member<S> {
    pub(super) definition: ToolDefinition,
    pub(super) settings: ToolSettings,
    pub(super) read: Read<S>,
}

pub(super) type Read<S> = Box<dyn Fn(Value) -> Result<S, Problem> + Send + Sync>;

impl<S: 'static> Members<S> {
    /// Puts `prefix` before the name of each tool that is added from here on, in place of one that
    /// was given before. Default: none.
    pub fn prefix(&mut self, prefix: &str) -> &mut Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

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
            definition = definition.renamed(legal(name)?);
        }
        if let Some(description) = description {
            definition = definition.described(description);
        }
        let read = move |value| schema::deserialize::<T>(value).map(&wrap);
        self.push("", Member { definition, settings: T::settings(), read: Box::new(read) })?;
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
        self.set_as("", wrap)
    }

    /// Adds all tools of another set, with `prefix` before each name.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition): as [`set`](Self::set), or the prefix makes an
    /// illegal name.
    pub fn set_as<T: ToolSet>(
        &mut self,
        prefix: &str,
        wrap: impl Fn(T) -> S + Clone + Send + Sync + 'static,
    ) -> Result<&mut Self, Error> {
        for Member { definition, settings, read } in Members::<T>::collect()? {
            let wrap = wrap.clone();
            let read = move |value| read(value).map(&wrap);
            self.push(prefix, Member { definition, settings, read: Box::new(read) })?;
        }
        Ok(self)
    }

    /// Adds a tool that a macro has declared, whose arguments `read` makes a value of the set.
    pub(crate) fn declared(
        &mut self,
        declared: &Declared,
        read: fn(&Value) -> Result<S, Problem>,
    ) -> Result<(), Error> {
        let definition = declared.definition()?;
        let settings = declared.settings.clone();
        let read = Box::new(move |value: Value| read(&value));
        self.push("", Member { definition, settings, read })
    }

    /// Adds what a variant holds: a tool, which may be renamed or described otherwise, or a set.
    pub(crate) fn held<T: 'static>(
        &mut self,
        held: &Held<T>,
        (name, description, prefix): (Option<&str>, Option<&str>, &str),
        wrap: fn(T) -> S,
    ) -> Result<(), Error> {
        for Member { mut definition, settings, read } in (held.members)()? {
            if let Some(name) = name {
                definition = definition.renamed(legal(name)?);
            }
            if let Some(description) = description {
                definition = definition.described(description);
            }
            let read = Box::new(move |value| read(value).map(wrap));
            self.push(prefix, Member { definition, settings, read })?;
        }
        Ok(())
    }

    fn push(&mut self, prefix: &str, mut member: Member<S>) -> Result<(), Error> {
        if !prefix.is_empty() || !self.prefix.is_empty() {
            let name = format!("{}{prefix}{}", self.prefix, member.definition.name());
            member.definition = member.definition.renamed(legal(&name)?);
        }
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
        let mut members = Self { list: Vec::new(), prefix: String::new() };
        S::members(&mut members)?;
        Ok(members.list)
    }
}

/// What a variant of a set holds. Its bounds stand where it is made, so that a type that lacks them
/// is reported once.
pub struct Held<T> {
    pub(crate) names: Names,
    members: fn() -> Result<Vec<Member<T>>, Error>,
}

impl<T: ToolSet> Held<T> {
    pub(crate) const fn new() -> Self {
        Self { names: T::NAMES, members: Members::<T>::collect }
    }
}

impl<T> fmt::Debug for Held<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("names", &self.names).finish_non_exhaustive()
    }
}

fn legal(name: &str) -> Result<ToolName, Error> {
    ToolName::parse(name)
        .map_err(|e| Error::new(ErrorKind::Definition, "the tool's name").with_source(e))
}

impl<S> fmt::Debug for Members<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.list.iter().map(|member| member.definition.name());
        f.write_str("Members ")?;
        f.debug_list().entries(names).finish()
    }
}
