//! A lock file, read as what it says.

use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value};

use super::{
    Lock, LockedLoss, LockedTool,
    form::LockedForm,
    lock::{MARK, VERSION},
    patch,
};
use crate::{json::Untrusted, schema::NotJson};

/// Why a text is no lock file, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidLock {
    pointer: String,
    reason: String,
}

impl InvalidLock {
    /// Where, as a JSON pointer into the file; empty for the whole.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What is wrong there.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    fn at<T>(pointer: impl Into<String>, reason: impl Into<String>) -> Result<T, Self> {
        Err(Self { pointer: pointer.into(), reason: reason.into() })
    }
}

impl fmt::Display for InvalidLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(f, "at {}: ", self.pointer)?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for InvalidLock {}

impl Lock {
    /// Reads the text of a lock file.
    ///
    /// # Errors
    ///
    /// It is not JSON, has a key twice, is no lock file, or one of a newer release.
    pub fn parse(text: &str) -> Result<Self, InvalidLock> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match serde_json::from_str(text) {
            Ok(Untrusted(value)) => Self::from_json(&value),
            Err(error) => InvalidLock::at("", NotJson::from(error).to_string()),
        }
    }

    /// Whether a file of JSON says that it is a lock file.
    #[must_use]
    pub fn is_one(file: &Value) -> bool {
        file.get("lock").is_some_and(|mark| mark == MARK)
    }

    /// Reads a lock file that was parsed already.
    ///
    /// # Errors
    ///
    /// It is no lock file, or one of a newer release.
    pub fn from_json(file: &Value) -> Result<Self, InvalidLock> {
        if !Self::is_one(file) {
            return InvalidLock::at("", format!("no lock file: `\"lock\": \"{MARK}\"` is missing"));
        }
        match file.get("version").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(newer) => {
                let reason = format!("version {newer}; this release reads version {VERSION}");
                return InvalidLock::at("/version", reason);
            }
            None => return InvalidLock::at("/version", "is missing"),
        }
        let profile = match file.get("profile") {
            None => None,
            Some(Value::String(name)) => Some(name.clone()),
            Some(_) => return InvalidLock::at("/profile", "expected a string"),
        };
        let Some(Value::Array(list)) = file.get("tools") else {
            return InvalidLock::at("/tools", "expected an array");
        };
        let mut tools = BTreeMap::new();
        for (n, tool) in list.iter().enumerate() {
            let at = format!("/tools/{n}");
            let Value::Object(map) = tool else {
                return InvalidLock::at(at, "expected an object");
            };
            let tool = Place { map, at: &at }.tool()?;
            if tools.contains_key(&tool.name) {
                return InvalidLock::at(
                    format!("{at}/name"),
                    format!("the tool `{}` stands twice", tool.name),
                );
            }
            tools.insert(tool.name.clone(), tool);
        }
        Ok(Self { profile, tools })
    }
}

/// An object of the file.
struct Place<'v> {
    map: &'v Map<String, Value>,
    at: &'v str,
}

impl Place<'_> {
    fn tool(&self) -> Result<LockedTool, InvalidLock> {
        let parameters = self.schema("parameters")?;
        let Some(parameters) = parameters else { return self.refuse("parameters", "is missing") };
        let accepted = match (self.map.get("accepted"), self.schema("accepted_schema")?) {
            (Some(patch @ Value::Object(_)), None) => {
                let mut accepted = parameters.clone();
                patch::apply(&mut accepted, patch);
                Some(accepted)
            }
            (Some(_), _) => return self.refuse("accepted", "expected a merge patch, an object"),
            (None, whole) => whole,
        };
        let rewrites =
            self.each("codec", |place| Ok((place.text("pointer")?, place.text("form")?)));
        let losses = self.each("losses", |place| {
            Ok(LockedLoss {
                pointer: place.text("pointer")?,
                keyword: place.text("keyword")?,
                enforced: place.truth("enforced")?,
                described: place.truth("described")?,
            })
        });
        let description = match self.map.get("description") {
            None => None,
            Some(_) => Some(self.text("description")?),
        };
        Ok(LockedTool {
            name: self.text("name")?,
            description,
            strict: self.truth("strict")?,
            parameters,
            accepted,
            codec: rewrites?,
            losses: losses?,
            rechecked: self.schema("rechecked")?,
            form: self.form()?,
        })
    }

    fn form(&self) -> Result<LockedForm, InvalidLock> {
        let text = |key: &str| self.map.get(key).map(|_| self.text(key)).transpose();
        let callers = match self.map.get("allowed_callers") {
            None => Some(Vec::new()),
            Some(Value::Array(list)) => {
                list.iter().map(|word| word.as_str().map(str::to_owned)).collect()
            }
            Some(_) => None,
        };
        let Some(allowed_callers) = callers else {
            return self.refuse("allowed_callers", "expected an array of strings");
        };
        let format = self.map.get("format");
        if format.is_some_and(|format| !format.is_object()) {
            return self.refuse("format", "expected an object");
        }
        Ok(LockedForm {
            kind: text("kind")?,
            format: format.cloned(),
            namespace_description: text("namespace_description")?,
            defer_loading: match self.map.get("defer_loading") {
                None => false,
                Some(_) => self.truth("defer_loading")?,
            },
            allowed_callers,
            output_schema: self.schema("output_schema")?,
        })
    }

    fn text(&self, key: &str) -> Result<String, InvalidLock> {
        match self.map.get(key) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(_) => self.refuse(key, "expected a string"),
            None => self.refuse(key, "is missing"),
        }
    }

    fn truth(&self, key: &str) -> Result<bool, InvalidLock> {
        match self.map.get(key) {
            Some(Value::Bool(truth)) => Ok(*truth),
            Some(_) => self.refuse(key, "expected true or false"),
            None => self.refuse(key, "is missing"),
        }
    }

    fn schema(&self, key: &str) -> Result<Option<Value>, InvalidLock> {
        match self.map.get(key) {
            None => Ok(None),
            Some(schema @ (Value::Bool(_) | Value::Object(_))) => Ok(Some(schema.clone())),
            Some(_) => self.refuse(key, "expected a JSON Schema"),
        }
    }

    fn each<T>(
        &self,
        key: &str,
        read: impl Fn(&Place<'_>) -> Result<T, InvalidLock>,
    ) -> Result<Vec<T>, InvalidLock> {
        let list = match self.map.get(key) {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => list,
            Some(_) => return self.refuse(key, "expected an array"),
        };
        let one = |(n, item): (usize, &Value)| {
            let at = format!("{}/{key}/{n}", self.at);
            match item {
                Value::Object(map) => read(&Place { map, at: &at }),
                _ => InvalidLock::at(at, "expected an object"),
            }
        };
        list.iter().enumerate().map(one).collect()
    }

    fn refuse<T>(&self, key: &str, reason: &str) -> Result<T, InvalidLock> {
        InvalidLock::at(format!("{}/{key}", self.at), reason)
    }
}
