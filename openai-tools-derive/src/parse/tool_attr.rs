//! `#[tool(…)]`: keys and values.

use std::time::Duration;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{
    Expr, ExprLit, ExprPath, Ident, Lit, Path, Result, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
};

use super::{duration, name};
use crate::diag::{Errors, error_at, error_on, list, nearest};

/// The keys of `#[tool(…)]`, as they are written.
#[derive(Default)]
pub(crate) struct ToolAttr {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) strict: Option<bool>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) read_only: bool,
    pub(crate) krate: Option<Path>,
    /// `set`, on a variant.
    pub(crate) set: bool,
    seen: Vec<(&'static str, Span)>,
}

impl ToolAttr {
    /// Reads what stands in the parentheses; called again for a second `#[tool(…)]` of a type.
    pub(crate) fn read(&mut self, tokens: TokenStream, place: Place, errors: &mut Errors) {
        for entry in entries(tokens, errors) {
            errors.keep(self.take(&entry, place));
        }
    }

    /// Whether the key is there, with a good value or not.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.span_of(key).is_some()
    }

    /// Where the key stands.
    pub(crate) fn span_of(&self, key: &str) -> Option<Span> {
        self.seen.iter().find(|(seen, _)| *seen == key).map(|(_, span)| *span)
    }

    fn take(&mut self, entry: &Entry, place: Place) -> Result<()> {
        let key = place.known(&entry.key)?;
        if self.has(key) {
            return Err(error_at(
                entry.key.span(),
                format!("`{key}` is given twice"),
                "keep one of them",
            ));
        }
        self.seen.push((key, entry.key.span()));
        match key {
            "name" => {
                let (text, span) = entry.text("the tool's name")?;
                self.name = Some(name::given(text, span)?);
            }
            "description" => {
                let (text, span) = entry.text("what the tool does")?;
                if text.trim().is_empty() {
                    let help = "say what the tool does and when to use it, or leave the key out";
                    return Err(error_at(span, "the description is empty", help));
                }
                self.description = Some(text);
            }
            "strict" => self.strict = Some(entry.bool()?),
            "timeout" => self.timeout = Some(duration::parse(entry.lit("\"10s\"")?)?),
            "read_only" => {
                entry.flag()?;
                self.read_only = true;
            }
            "set" => {
                entry.flag()?;
                self.set = true;
            }
            _ => self.krate = Some(entry.path()?),
        }
        Ok(())
    }
}

/// What a `#[tool(…)]` belongs to.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// An enum that is a set of tools.
    Set,
    /// What is one tool: a function or a struct.
    Tool,
    /// A variant of a set.
    Variant,
}

impl Place {
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Set => &["crate"],
            Self::Tool => &KEYS,
            Self::Variant => &["name", "description", "strict", "set"],
        }
    }

    fn known(self, key: &Ident) -> Result<&'static str> {
        let word = key.unraw().to_string();
        let elsewhere = KEYS.contains(&&*word) && !self.keys().contains(&&*word);
        let (what, help) = match (self, &*word) {
            (Self::Set | Self::Variant, "timeout" | "read_only") => (
                "means nothing for a set of tools: its calls are run by your own `match`",
                "remove it; what is to be run by a dispatcher is a struct or a function",
            ),
            (Self::Set, _) if elsewhere => (
                "belongs on a variant: the enum is a set of tools",
                "put it on each variant that it is meant for",
            ),
            (Self::Variant, "crate") => {
                ("belongs on the enum: its variants share one path", "put it on the enum")
            }
            _ => return known(key, "tool", self.keys()),
        };
        Err(error_at(key.span(), format!("`{word}` {what}"), help))
    }
}

/// Reads `crate = "…"`, the only key of `#[context(…)]` on a type.
pub(crate) fn context_crate(tokens: TokenStream, errors: &mut Errors) -> Option<Path> {
    let mut krate = None;
    for entry in entries(tokens, errors) {
        match known(&entry.key, "context", &["crate"]) {
            Ok(_) if krate.is_some() => errors.push(error_at(
                entry.key.span(),
                "`crate` is given twice",
                "keep one of them",
            )),
            Ok(_) => krate = errors.keep(entry.path()),
            Err(error) => errors.push(error),
        }
    }
    krate
}

/// Reads `skip`, the only key of `#[context(…)]` on a field.
pub(crate) fn context_skip(tokens: TokenStream, errors: &mut Errors) -> bool {
    let mut skip = false;
    for entry in entries(tokens, errors) {
        let flag = known(&entry.key, "context", &["skip"]).and_then(|_| entry.flag());
        // Even if it is misspelt: a second mistake about the field's type would be ours.
        skip = true;
        errors.keep(flag);
    }
    skip
}

const KEYS: [&str; 6] = ["name", "description", "strict", "timeout", "read_only", "crate"];

/// One `key` or `key = value`.
struct Entry {
    key: Ident,
    value: Option<Expr>,
}

impl Entry {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let key = Ident::parse_any(input).map_err(|error| {
            error_at(error.span(), "expected a key", "write `key` or `key = value`")
        })?;
        if input.peek(syn::token::Paren) {
            let help = format!("write `{key} = …`");
            return Err(error_at(input.span(), format!("`{key}` takes no parentheses"), help));
        }
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(equals) if input.is_empty() || input.peek(Token![,]) => {
                let what = format!("`{key}` has no value");
                return Err(error_at(equals.span, what, "write it after the `=`"));
            }
            Some(_) => Some(input.parse()?),
            None => None,
        };
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(Self { key, value });
        }
        Err(error_at(input.span(), "expected a comma", format!("write `,` after `{key}`")))
    }

    fn text(&self, what: &str) -> Result<(String, Span)> {
        let key = &self.key;
        match self.lit("\"…\"")? {
            Lit::Str(lit) => Ok((lit.value(), lit.span())),
            lit => Err(error_on(
                lit,
                format!("`{key}` is {what} as a text"),
                format!("write `{key} = \"…\"`"),
            )),
        }
    }

    fn bool(&self) -> Result<bool> {
        let help = "write `strict = false`; without the key the schema is strict";
        match self.lit("false").map_err(|error| {
            // A bare `strict` says nothing new, so it is probably meant the other way round.
            if self.value.is_none() {
                error_at(self.key.span(), "`strict` needs a value", help)
            } else {
                error
            }
        })? {
            Lit::Bool(lit) => Ok(lit.value),
            lit => Err(error_on(lit, "`strict` is true or false", help)),
        }
    }

    fn flag(&self) -> Result<()> {
        let key = &self.key;
        match &self.value {
            None => Ok(()),
            Some(value) => Err(error_on(
                value,
                format!("`{key}` takes no value"),
                format!("write `{key}`, or leave it out"),
            )),
        }
    }

    fn path(&self) -> Result<Path> {
        let help = "write `crate = \"path::to::openai_tools\"`";
        match &self.value {
            Some(Expr::Lit(ExprLit { lit: Lit::Str(lit), .. })) => {
                lit.parse_with(Path::parse_mod_style).map_err(|_| {
                    error_at(lit.span(), format!("{:?} is not a path", lit.value()), help)
                })
            }
            Some(Expr::Path(ExprPath { path, qself: None, .. })) => Ok(path.clone()),
            Some(value) => Err(error_on(value, "`crate` is the path of `openai_tools`", help)),
            None => Err(error_at(self.key.span(), "`crate` needs a value", help)),
        }
    }

    fn lit(&self, example: &str) -> Result<&Lit> {
        let key = &self.key;
        match &self.value {
            Some(Expr::Lit(lit)) => Ok(&lit.lit),
            Some(value) => Err(error_on(
                value,
                format!("`{key}` has to be a literal, so that it can be checked here"),
                format!("write `{key} = {example}`"),
            )),
            None => Err(error_at(
                key.span(),
                format!("`{key}` needs a value"),
                format!("write `{key} = {example}`"),
            )),
        }
    }
}

/// Reads all entries; after a mistake it goes on behind the next comma.
fn entries(tokens: TokenStream, errors: &mut Errors) -> Vec<Entry> {
    let mut found = Vec::new();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            found.extend(errors.keep(Entry::parse(input)));
            while !input.is_empty() && !input.peek(Token![,]) {
                input.parse::<TokenTree>()?;
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    let result = parser.parse2(tokens);
    errors.keep(result);
    found
}

fn known(key: &Ident, attribute: &str, keys: &[&'static str]) -> Result<&'static str> {
    let word = key.unraw().to_string();
    if let Some(known) = keys.iter().find(|known| **known == word) {
        return Ok(known);
    }
    let help = match nearest(&word, keys) {
        Some(near) => format!("did you mean `{near}`?"),
        None if keys.len() == 1 => format!("the only key here is {}", list(keys)),
        None => format!("the keys are {}", list(keys)),
    };
    Err(error_at(key.span(), format!("unknown key `{word}` in `#[{attribute}]`"), help))
}
