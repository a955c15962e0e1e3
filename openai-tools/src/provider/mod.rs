//! Servers that speak OpenAI's wire with an accent: where they are, how they take the key, and in
//! what they differ, as data.
//!
//! A preset is a table with a date; servers change, and a table of your own is a few lines:
//!
//! ```
//! use openai_tools::{Client, provider::{FieldRule, Provider, Quirks}};
//!
//! let client = Client::builder().provider(Provider::ollama()).build()?;
//!
//! let quirks = Quirks::new().with_json_schema(false).with_field("seed", FieldRule::LeftOut);
//! let own = Provider::new("ours", "https://llm.example.com/v1").with_quirks(quirks);
//! let client = Client::builder().provider(own).api_key("k-…").build()?;
//! # let _ = client;
//! # Ok::<(), openai_tools::Error>(())
//! ```

mod adapt;
mod answers;
mod presets;
mod quirks;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::{
    answers::{AnswerQuirks, UsageTold},
    quirks::{FieldRule, Quirks, ToolChoiceWords},
};

/// A server, or a vendor's service. It holds no key.
///
/// Serialised, it is a table that an application can keep in its configuration; what is left out has
/// its default, and a key that is not known is an error.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its name, for errors and for `OPENAI_PROVIDER`.
    pub name: String,
    /// Where its API is; empty if that has to be given.
    #[serde(default)]
    pub base_url: String,
    /// What the environment says of where it is. Default: nothing but `OPENAI_BASE_URL`.
    #[serde(default)]
    pub endpoint: Option<Endpoint>,
    /// The environment variable with its key. Default: none, and it needs no key.
    #[serde(default)]
    pub key_variable: Option<String>,
    /// Whether it refuses whoever has no key. Default: false.
    #[serde(default)]
    pub needs_key: bool,
    /// The header that carries the key. Default: `authorization`, as a bearer token.
    #[serde(default)]
    pub key_header: Option<String>,
    /// Whether the path names the model: `deployments/{model}/chat/completions`. Default: false.
    #[serde(default)]
    pub model_in_path: bool,
    /// Parameters of the query of each request. Default: none.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// In what it differs from OpenAI's own server. Default: in nothing.
    #[serde(default)]
    pub quirks: Quirks,
    /// Its quirks from a version on, by the least `api-version` of the query that has them; versions
    /// are compared as texts. [`with_query`](Self::with_query) chooses among them. Default: none.
    #[serde(default)]
    pub dated: BTreeMap<String, Quirks>,
}

/// What the environment says of where a server is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// The variable with the URL of the resource.
    pub variable: String,
    /// What stands between that URL and the paths of the API, such as `openai/v1`.
    #[serde(default)]
    pub path: String,
    /// Variables that set parameters of the query, by the name of the parameter.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
}

impl Provider {
    /// A server with a name, where its API is, no key, and no quirks.
    pub fn new(name: impl Into<String>, base_url: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            base_url: base_url.into(),
            endpoint: None,
            key_variable: None,
            needs_key: false,
            key_header: None,
            model_in_path: false,
            query: BTreeMap::new(),
            quirks: Quirks::new(),
            dated: BTreeMap::new(),
        }
    }

    /// Needs a key, which [`Client::from_env`](crate::Client::from_env) takes from this variable.
    #[must_use]
    pub fn with_key_variable(mut self, variable: impl Into<String>) -> Self {
        self.key_variable = Some(variable.into());
        self.needs_key = true;
        self
    }

    /// Takes the key in this header, and not as a bearer token.
    #[must_use]
    pub fn with_key_header(mut self, header: impl Into<String>) -> Self {
        self.key_header = Some(header.into());
        self
    }

    /// Has the model's name in its path.
    #[must_use]
    pub fn with_model_in_path(mut self, model_in_path: bool) -> Self {
        self.model_in_path = model_in_path;
        self
    }

    /// Adds a parameter to the query of each request; an `api-version` sets the quirks to those that
    /// this version has ([`dated`](Self::dated)).
    #[must_use]
    pub fn with_query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        if name == API_VERSION {
            let of_version = self.dated.range(..=value.clone()).next_back();
            self.quirks = of_version.map_or(self.quirks, |(_, quirks)| quirks.clone());
        }
        self.query.insert(name, value);
        self
    }

    /// Sets in what it differs.
    #[must_use]
    pub fn with_quirks(mut self, quirks: Quirks) -> Self {
        self.quirks = quirks;
        self
    }

    /// A path of the API, with what goes before and behind it; `model` is the one that is asked.
    pub(crate) fn path(&self, path: &str, model: Option<&str>) -> String {
        let mut whole = String::new();
        if let Some(model) = model.filter(|_| self.model_in_path) {
            whole.push_str("deployments/");
            percent_encode(model, &mut whole);
            whole.push('/');
        }
        whole.push_str(&self.endpoint(path));
        whole
    }

    /// A path of the API that belongs to no model.
    pub(crate) fn endpoint(&self, path: &str) -> String {
        let mut whole = path.to_owned();
        for (at, (name, value)) in self.query.iter().enumerate() {
            whole.push(if at == 0 { '?' } else { '&' });
            percent_encode(name, &mut whole);
            whole.push('=');
            percent_encode(value, &mut whole);
        }
        whole
    }
}

/// Writes a text so that it stays within its part of a URL: what is not unreserved (RFC 3986) is
/// escaped.
pub(crate) fn percent_encode(text: &str, to: &mut String) {
    use std::fmt::Write;
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                to.push(char::from(byte));
            }
            // Writing to a text does not fail.
            byte => drop(write!(to, "%{byte:02X}")),
        }
    }
}

const API_VERSION: &str = "api-version";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_can_name_the_model_and_carry_a_query() {
        let plain = Provider::new("p", "https://p");
        assert_eq!(plain.path("chat/completions", Some("m")), "chat/completions");
        let azure = Provider::azure("https://r.openai.azure.com", "2024-10-21");
        assert_eq!(
            azure.path("chat/completions", Some("a b/../c?")),
            "deployments/a%20b%2F..%2Fc%3F/chat/completions?api-version=2024-10-21"
        );
    }

    #[test]
    fn a_table_can_be_kept_and_a_key_that_is_not_known_is_an_error() {
        for provider in Provider::presets() {
            let json = serde_json::to_string(&provider).expect("JSON");
            assert_eq!(serde_json::from_str::<Provider>(&json).expect("the same"), provider);
        }
        let small = r#"{"name": "ours", "base_url": "https://o/v1", "quirks": {"strict": false}}"#;
        let small: Provider = serde_json::from_str(small).expect("a table");
        assert!(!small.quirks.strict && small.quirks.developer_role);
        let wrong = r#"{"name": "ours", "quirks": {"strikt": false}}"#;
        assert!(serde_json::from_str::<Provider>(wrong).is_err());
    }

    #[test]
    fn azure_has_the_quirks_of_its_version_and_those_of_reasoning_models_from_then_on() {
        let quirks = |version: &str| Provider::azure("https://r", version).quirks;
        let old = quirks("2024-10-21");
        assert!(!old.developer_role && old.fields.contains_key("max_completion_tokens"));
        for version in ["2024-12-01-preview", "2025-04-01-preview"] {
            let newer = quirks(version);
            assert!(newer.developer_role && !newer.fields.contains_key("max_completion_tokens"));
        }
        let moved = Provider::azure("https://r", "2024-10-21");
        let moved = moved.with_query("api-version", "2025-01-01-preview");
        assert_eq!(moved.quirks, quirks("2025-01-01-preview"));
    }

    #[test]
    fn every_preset_is_found_by_its_name() {
        let presets = Provider::presets();
        for preset in &presets {
            assert_eq!(Provider::named(&preset.name).as_ref(), Some(preset));
            assert!(preset.needs_key || preset.base_url.starts_with("http://localhost:"));
        }
        assert_eq!(Provider::named("OpenRouter"), Some(Provider::open_router()));
        assert_eq!(Provider::named("nobody"), None);
    }
}
