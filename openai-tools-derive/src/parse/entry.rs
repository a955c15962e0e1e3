//! The entries of an attribute, as they are written.

use std::num::NonZeroU32;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{
    Expr, ExprLit, ExprPath, ExprUnary, Ident, Lit, Path, Result, Token, Type, UnOp,
    ext::IdentExt,
    parenthesized,
    parse::{ParseStream, Parser},
    parse_quote,
    punctuated::Punctuated,
};

use crate::diag::{Errors, error_at, error_on, list, nearest};

/// One `key` or `key = value`.
pub(super) struct Entry {
    pub(super) key: Ident,
    value: Option<Expr>,
    /// What stands in parentheses behind the key.
    words: Option<(Vec<Ident>, Span)>,
}

impl Entry {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let key = Ident::parse_any(input).map_err(|error| {
            error_at(error.span(), "expected a key", "write `key` or `key = value`")
        })?;
        if input.peek(syn::token::Paren) && LISTS.iter().any(|list| key == list) {
            return Self::parse_list(key, input);
        }
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
            return Ok(Self { key, value, words: None });
        }
        Err(error_at(input.span(), "expected a comma", format!("write `,` after `{key}`")))
    }

    fn parse_list(key: Ident, input: ParseStream<'_>) -> Result<Self> {
        let inner;
        let parens = parenthesized!(inner in input);
        let words = Punctuated::<Ident, Token![,]>::parse_terminated(&inner);
        // What is left of it would be a mistake of its own.
        while !inner.is_empty() {
            inner.parse::<TokenTree>()?;
        }
        let words = words.map_err(|error| {
            error_at(error.span(), "expected a word", format!("write `{key}(word, word)`"))
        })?;
        let words = Some((words.into_iter().collect(), parens.span.join()));
        Ok(Self { key, value: None, words })
    }

    /// Some of these words, in parentheses.
    pub(super) fn some_of(&self, known: &[&'static str]) -> Result<Vec<&'static str>> {
        let key = &self.key;
        let help = format!("write `{key}({})`, or one of them", known.join(", "));
        let Some((words, span)) = &self.words else {
            return Err(error_at(key.span(), format!("`{key}` is a list in parentheses"), help));
        };
        if words.is_empty() {
            return Err(error_at(*span, format!("`{key}` lists nobody"), help));
        }
        let word = |word: &Ident| {
            let found = known.iter().find(|known| word == *known).copied();
            found.ok_or_else(|| {
                error_at(word.span(), format!("`{word}` is nothing that `{key}` knows"), &help)
            })
        };
        words.iter().map(word).collect()
    }

    /// A text that rustc knows: a literal, a constant, `include_str!(…)`.
    pub(super) fn expr(&self) -> Result<Expr> {
        let key = &self.key;
        let help = format!("write `{key} = \"…\"`, or the name of a constant");
        match &self.value {
            None => Err(error_at(key.span(), format!("`{key}` needs a value"), help)),
            Some(Expr::Lit(ExprLit { lit: Lit::Str(lit), .. }))
                if lit.value().trim().is_empty() =>
            {
                Err(error_at(lit.span(), "the grammar is empty", help))
            }
            Some(Expr::Lit(ExprLit { lit, .. })) if !matches!(lit, Lit::Str(_)) => {
                Err(error_on(lit, format!("`{key}` is a grammar as a text"), help))
            }
            Some(value) => Ok(value.clone()),
        }
    }

    pub(super) fn text(&self, what: &str) -> Result<(String, Span)> {
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

    pub(super) fn bool(&self) -> Result<bool> {
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

    /// A flag that can be switched off as well.
    pub(super) fn switch(&self) -> Result<bool> {
        let key = &self.key;
        match &self.value {
            None => Ok(true),
            Some(Expr::Lit(ExprLit { lit: Lit::Bool(lit), .. })) => Ok(lit.value),
            Some(value) => Err(error_on(
                value,
                format!("`{key}` is true or false"),
                format!("write `{key}`, or leave it out"),
            )),
        }
    }

    /// A whole number from 1.
    pub(super) fn count(&self) -> Result<NonZeroU32> {
        let key = &self.key;
        let help = format!("write a whole number from 1, such as `{key} = 4`");
        if let Some(Expr::Unary(value @ ExprUnary { op: UnOp::Neg(_), .. })) = &self.value {
            return Err(error_on(value, format!("`{key}` is at least 1"), help));
        }
        let lit = match self.lit("4")? {
            Lit::Int(lit) if ["", "u32", "usize"].contains(&lit.suffix()) => lit,
            lit => return Err(error_on(lit, format!("`{key}` is a number of calls"), help)),
        };
        match lit.base10_digits().parse::<u32>().map(NonZeroU32::new) {
            Ok(Some(count)) => Ok(count),
            Ok(None) => Err(error_on(lit, format!("`{key} = 0` lets no call run"), help)),
            Err(_) => Err(error_on(
                lit,
                format!("`{key}` is at most {}", u32::MAX),
                "leave the key out for no limit of the tool's own",
            )),
        }
    }

    /// A type, in quotes where it is more than a path; `None` for `false`.
    pub(super) fn ty(&self) -> Result<Option<Type>> {
        let key = &self.key;
        let help = format!("write `{key} = \"Type\"`, or `{key} = false` to tell none");
        match &self.value {
            Some(Expr::Lit(ExprLit { lit: Lit::Bool(lit), .. })) if !lit.value => Ok(None),
            Some(Expr::Lit(ExprLit { lit: Lit::Str(lit), .. })) => match lit.parse() {
                Ok(ty) => Ok(Some(ty)),
                Err(_) => {
                    Err(error_at(lit.span(), format!("{:?} is not a type", lit.value()), help))
                }
            },
            Some(Expr::Path(path)) => Ok(Some(parse_quote!(#path))),
            Some(value) => {
                Err(error_on(value, format!("`{key}` is the type of what is returned"), help))
            }
            None => Err(error_at(key.span(), format!("`{key}` needs a value"), help)),
        }
    }

    /// The name of a method, in quotes or not.
    pub(super) fn ident(&self) -> Result<Ident> {
        let key = &self.key;
        let help = format!("write `{key} = \"read_tools\"`");
        match &self.value {
            Some(Expr::Lit(ExprLit { lit: Lit::Str(lit), .. })) => lit.parse().map_err(|_| {
                error_at(lit.span(), format!("{:?} is not the name of a method", lit.value()), help)
            }),
            Some(Expr::Path(path)) if path.path.get_ident().is_some() => {
                Ok(path.path.require_ident()?.clone())
            }
            Some(value) => Err(error_on(value, format!("`{key}` is the name of a method"), help)),
            None => Err(error_at(key.span(), format!("`{key}` needs a value"), help)),
        }
    }

    pub(super) fn flag(&self) -> Result<()> {
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

    pub(super) fn path(&self) -> Result<Path> {
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

    pub(super) fn lit(&self, example: &str) -> Result<&Lit> {
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
pub(super) fn entries(tokens: TokenStream, errors: &mut Errors) -> Vec<Entry> {
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

pub(super) fn known(key: &Ident, attribute: &str, keys: &[&'static str]) -> Result<&'static str> {
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

/// The keys that take a list.
const LISTS: [&str; 1] = ["allowed_callers"];
