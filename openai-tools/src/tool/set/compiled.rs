//! The members of a set with their checks, compiled once per type and process.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use super::{
    ToolSet,
    call_error::CallError,
    members::{Member, Members, Read},
};
use crate::{
    error::Error,
    ids::ToolName,
    schema::{Checker, Fault},
    tool::{ToolCall, ToolDefinition, unknown::unknown_tool},
};

pub(super) struct Compiled<S> {
    list: Vec<(ToolDefinition, Checker, Read<S>)>,
    by_name: HashMap<ToolName, usize>,
}

impl<S: ToolSet> Compiled<S> {
    /// Of a type. A set that cannot be defined is tried again at each call: an error is no value
    /// to keep, and such a program does not get far.
    pub(super) fn of() -> Result<Arc<Self>, Error> {
        type Cache = RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>;
        static CACHE: LazyLock<Cache> = LazyLock::new(RwLock::default);

        let key = TypeId::of::<S>();
        // What is in the map is whole, whatever a panicking thread was doing.
        let known = CACHE.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(Ok(compiled)) = known.map(Arc::downcast) {
            return Ok(compiled);
        }
        let compiled = Arc::new(Self::new()?);
        let shared = Arc::clone(&compiled);
        CACHE.write().unwrap_or_else(PoisonError::into_inner).insert(key, shared);
        Ok(compiled)
    }

    fn new() -> Result<Self, Error> {
        let mut list = Vec::new();
        let mut by_name = HashMap::new();
        for Member { definition, read, .. } in Members::collect()? {
            by_name.insert(definition.name().clone(), list.len());
            let checker = definition.checker()?;
            list.push((definition, checker, read));
        }
        Ok(Self { list, by_name })
    }

    pub(super) fn definitions(&self) -> impl Iterator<Item = &ToolDefinition> {
        self.list.iter().map(|(definition, ..)| definition)
    }

    pub(super) fn parse(&self, call: &ToolCall) -> Result<S, CallError> {
        let found = self.by_name.get(call.name.as_str()).filter(|_| call.kind().is_named());
        let Some(index) = found else {
            let names = || self.definitions().map(|definition| definition.name().as_str());
            return Err(CallError::unknown(call, unknown_tool(&call.name, names)));
        };
        let (definition, checker, read) = &self.list[*index];
        definition
            .check(checker, call)
            .and_then(|value| read(value).map_err(|problem| Fault::Invalid(vec![problem])))
            .map_err(|fault| CallError::invalid(call, fault))
    }
}
