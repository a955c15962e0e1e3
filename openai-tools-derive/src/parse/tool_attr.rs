//! `#[tool(…)]` and `#[toolbox(…)]`: keys and values.

use std::{num::NonZeroU32, time::Duration};

use proc_macro2::{Span, TokenStream};
use syn::{Expr, Ident, Path, Result, Type, ext::IdentExt};

use super::{
    duration,
    entry::{Entry, entries, known},
    name,
};
use crate::diag::{Errors, error_at};

/// The keys of `#[tool(…)]` and `#[toolbox(…)]`, as they are written.
#[derive(Default)]
pub(crate) struct ToolAttr {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) strict: Option<bool>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) concurrency: Option<NonZeroU32>,
    pub(crate) output_schema: Option<OutputKey>,
    pub(crate) krate: Option<Path>,
    /// On an enum, on a variant with `set`, and on a block.
    pub(crate) prefix: Option<String>,
    /// The name of the method of a block that makes its tools.
    pub(crate) tools: Option<Ident>,
    /// The namespace of a block, with its place.
    pub(crate) namespace: Option<(String, Span)>,
    pub(crate) grammar: Option<(Syntax, Box<Expr>)>,
    pub(crate) allowed_callers: Vec<&'static str>,
    switches: Vec<(&'static str, bool)>,
    seen: Vec<(&'static str, Span)>,
}

impl ToolAttr {
    /// Reads what stands in the parentheses; called again for a second `#[tool(…)]` of a type.
    pub(crate) fn read(&mut self, tokens: TokenStream, place: Place, errors: &mut Errors) {
        for entry in entries(tokens, errors) {
            errors.keep(self.take(&entry, place));
        }
    }

    /// The keys that are there and may not stand at a narrower place, in the order of the source.
    pub(crate) fn beyond(&self, place: Place) -> impl Iterator<Item = (&'static str, Span)> {
        self.seen.iter().filter(move |(key, _)| !place.takes(key)).copied()
    }

    /// Whether the key is there, with a good value or not.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.span_of(key).is_some()
    }

    /// Where the key stands.
    pub(crate) fn span_of(&self, key: &str) -> Option<Span> {
        self.seen.iter().find(|(seen, _)| *seen == key).map(|(_, span)| *span)
    }

    /// What a key that is true or false says, if it is there.
    pub(crate) fn switch(&self, key: &str) -> Option<bool> {
        self.switches.iter().find(|(seen, _)| *seen == key).map(|(_, on)| *on)
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
            "concurrency" => {
                self.concurrency = Some(entry.count()?);
                self.check_order(entry.key.span())?;
            }
            "output_schema" => {
                let ty = entry.ty()?.map(Box::new);
                self.output_schema = Some(ty.map_or(OutputKey::None, OutputKey::Of));
            }
            "prefix" => {
                let (text, span) = entry.text("what each name begins with")?;
                self.prefix = Some(name::prefix(text, span)?);
            }
            "namespace" => {
                let (text, span) = entry.text("the namespace")?;
                self.namespace = Some((name::given(text, span)?, span));
            }
            "lark" | "regex" => {
                let syntax = if key == "lark" { Syntax::Lark } else { Syntax::Regex };
                self.grammar = Some((syntax, Box::new(entry.expr()?)));
            }
            "allowed_callers" => {
                self.allowed_callers = entry.some_of(&["direct", "programmatic"])?;
            }
            "tools" => self.tools = Some(entry.ident()?),
            "set" => {
                entry.flag()?;
                self.switches.push((key, true));
            }
            "crate" => self.krate = Some(entry.path()?),
            switch => {
                self.switches.push((switch, entry.switch()?));
                self.check_effects(entry.key.span())?;
                self.check_order(entry.key.span())?;
            }
        }
        Ok(())
    }

    /// What keys say together of a custom tool, and of a namespace.
    pub(crate) fn check_form(&self, errors: &mut Errors) {
        let custom = self.switch("custom") == Some(true);
        for key in ["lark", "regex"] {
            if let (Some(span), false) = (self.span_of(key), custom) {
                errors.push(error_at(
                    span,
                    format!("`{key}` is the grammar of a custom tool"),
                    format!("write `custom, {key} = …`"),
                ));
            }
        }
        if let (Some(_), Some(span)) = (self.span_of("lark"), self.span_of("regex")) {
            errors.push(error_at(span, "a custom tool has one grammar", "keep one of them"));
        }
        if let (Some(span), true) = (self.span_of("strict"), custom) {
            errors.push(error_at(
                span,
                "the model writes a text for a custom tool, and no JSON to be strict about",
                "remove `strict`",
            ));
        }
    }

    /// A tool that changes nothing changes nothing the second time either.
    fn check_effects(&self, last: Span) -> Result<()> {
        let is_last = self.switches.last().is_some_and(|(key, _)| EFFECTS.contains(key));
        let (what, help) = match EFFECTS.map(|key| self.switch(key)) {
            [Some(true), Some(true)] => (
                "`read_only` says it already: what changes nothing is idempotent",
                "remove `idempotent`",
            ),
            [Some(true), Some(false)] => (
                "`read_only` contradicts it: what changes nothing is idempotent",
                "remove `idempotent = false`, or `read_only`",
            ),
            _ => return Ok(()),
        };
        if is_last { Err(error_at(last, what, help)) } else { Ok(()) }
    }

    /// A tool whose calls run alone runs one of them at a time.
    fn check_order(&self, last: Span) -> Result<()> {
        let is_last = self.seen.last().is_some_and(|(key, _)| ORDER.contains(key));
        if !is_last || self.concurrency.is_none() || self.switch("sequential") != Some(true) {
            return Ok(());
        }
        let what = "`sequential` says more than `concurrency`: each call of the tool runs alone";
        Err(error_at(last, what, "remove `concurrency`, or `sequential`"))
    }
}

/// The syntax of a grammar.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Syntax {
    Lark,
    Regex,
}

/// What `output_schema = …` says.
pub(crate) enum OutputKey {
    /// `false`.
    None,
    Of(Box<Type>),
}

/// What a `#[tool(…)]` or `#[toolbox(…)]` belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// An `impl` block with `#[toolbox]`.
    Block,
    /// A variant around a type, which is a tool or a set and says the rest itself.
    Held,
    /// What is one tool and stands alone: a function or a struct.
    Item,
    /// A method of a block.
    Method,
    /// An enum that is a set of tools.
    Set,
    /// A variant of a set.
    Variant,
}

impl Place {
    /// The keys that may stand here, in the order of the table.
    pub(crate) fn keys(self) -> Vec<&'static str> {
        let here = KEYS.iter().filter(|(_, places)| places.contains(&self));
        here.map(|(key, _)| *key).collect()
    }

    /// Whether the key may stand here.
    fn takes(self, key: &str) -> bool {
        self.keys().contains(&key)
    }

    fn known(self, key: &Ident) -> Result<&'static str> {
        let word = key.unraw().to_string();
        let attribute = if self == Self::Block { "toolbox" } else { "tool" };
        let known = known(key, attribute, &self.keys());
        if known.is_ok() {
            return known;
        }
        let of_a_tool = Self::Item.takes(&word) || word == "set" && self == Self::Set;
        let (what, help) = match (self, &*word) {
            (Self::Set, _) if of_a_tool => (
                "belongs on a variant: the enum is a set of tools",
                "put it on each variant that it is meant for",
            ),
            (Self::Block, _) if of_a_tool => (
                "belongs on a method: the block is a toolbox",
                "put it into the `#[tool(…)]` of each method that it is meant for",
            ),
            (Self::Variant, "crate") => {
                ("belongs on the enum: its variants share one path", "put it on the enum")
            }
            (Self::Method, "crate" | "namespace" | "prefix" | "tools") => {
                ("belongs on the block: its methods share it", "put it into `#[toolbox(…)]`")
            }
            (Self::Item, "namespace") => (
                "is for the tools of a block",
                "write `#[toolbox(namespace = \"…\")]` on an `impl` block, or use \
                 `DynTool::in_namespace`",
            ),
            (Self::Item, "prefix") => {
                ("is for several tools", "write the whole name, `name = \"…\"`")
            }
            _ => return known,
        };
        Err(error_at(key.span(), format!("`{word}` {what}"), help))
    }
}

/// Every key, with the places where it may stand.
const KEYS: [(&str, &[Place]); 21] = {
    use Place::{Block, Held, Item, Method, Set, Variant};
    const TOLD: &[Place] = &[Item, Method, Variant, Held];
    const OF_ONE_TOOL: &[Place] = &[Item, Method, Variant];
    [
        ("name", TOLD),
        ("description", &[Item, Method, Variant, Held, Block]),
        ("strict", OF_ONE_TOOL),
        ("timeout", OF_ONE_TOOL),
        ("concurrency", OF_ONE_TOOL),
        ("read_only", OF_ONE_TOOL),
        ("idempotent", OF_ONE_TOOL),
        ("sequential", OF_ONE_TOOL),
        ("needs_approval", OF_ONE_TOOL),
        ("output_schema", OF_ONE_TOOL),
        ("custom", OF_ONE_TOOL),
        ("lark", OF_ONE_TOOL),
        ("regex", OF_ONE_TOOL),
        ("defer_loading", OF_ONE_TOOL),
        ("allowed_callers", OF_ONE_TOOL),
        ("namespace", &[Block]),
        ("documented", &[Item, Method, Variant, Set, Block]),
        ("prefix", &[Set, Block, Variant, Held]),
        ("set", &[Variant, Held]),
        ("tools", &[Block]),
        ("crate", &[Item, Set, Block]),
    ]
};

/// The switches that are settings of a tool.
pub(crate) const SETTINGS: [&str; 4] = ["read_only", "idempotent", "sequential", "needs_approval"];

const EFFECTS: [&str; 2] = ["read_only", "idempotent"];

const ORDER: [&str; 2] = ["concurrency", "sequential"];
