//! Doc comments to descriptions.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token, punctuated::Punctuated};

/// What the model is told.
#[derive(Clone)]
pub(crate) enum Description {
    Text(String),
    /// Docs with a macro in them, such as `include_str!("tool.md")`: only rustc knows the text.
    Concat(Vec<Expr>),
}

impl Description {
    /// Reads the docs of an item; `None` if it has none.
    pub(crate) fn of(attrs: &[Attribute]) -> Option<Self> {
        let lines: Vec<&Expr> = attrs.iter().filter_map(doc_line).collect();
        let mut text = String::new();
        for line in &lines {
            match line {
                Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => {
                    text.push_str(&line.value());
                    text.push('\n');
                }
                _ => return Some(Self::Concat(lines.into_iter().cloned().collect())),
            }
        }
        let text = flow(&text);
        (!text.is_empty()).then_some(Self::Text(text))
    }
}

impl ToTokens for Description {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::Text(text) => quote!(#text),
            Self::Concat(parts) => quote!(::core::concat!(#(#parts),*)),
        });
    }
}

/// Whether the attribute is a doc comment, and not `#[doc(hidden)]` or the like.
pub(crate) fn is_doc_line(attr: &Attribute) -> bool {
    doc_line(attr).is_some()
}

/// Whether the model is told something of the field with these attributes.
pub(crate) fn is_described(attrs: &[Attribute]) -> bool {
    let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
    let described = |attr: &Attribute| {
        attr.path().is_ident("schemars")
            && attr
                .parse_args_with(parse)
                .is_ok_and(|keys| keys.iter().any(|key| key.path().is_ident("description")))
    };
    Description::of(attrs).is_some() || attrs.iter().any(described)
}

/// The text of an item with no attribute but one doc comment, or with none at all. A heading is not
/// told as it stands: schemars makes a title of it.
pub(crate) fn only_text(attrs: &[Attribute]) -> Option<String> {
    match attrs {
        [] => Some(String::new()),
        [attr] => match doc_line(attr)? {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                let text = text.value().trim_ascii().to_owned();
                (!text.starts_with('#')).then_some(text)
            }
            _ => None,
        },
        _ => None,
    }
}

fn doc_line(attr: &Attribute) -> Option<&Expr> {
    match &attr.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => Some(&doc.value),
        _ => None,
    }
}

/// Joins the lines of each paragraph, as rustdoc shows them: where an editor broke the line means
/// nothing to a model. Lists, tables, headings and code keep their lines.
fn flow(docs: &str) -> String {
    let mut text = String::new();
    let mut fenced = false;
    // Whether the next line belongs to the paragraph that stands last in `text`.
    let mut open = false;
    for line in docs.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
        let fence = line.trim_start().starts_with("```");
        if line.is_empty() && !fenced {
            open = false;
            if !text.is_empty() && !text.ends_with("\n\n") {
                text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
            }
            continue;
        }
        let verbatim = fenced || fence || line.starts_with("    ");
        if open && !verbatim && !starts_block(line) {
            text.push(' ');
        } else if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(if verbatim { line } else { line.trim_start() });
        if fenced && line.is_empty() {
            text.push('\n');
        }
        fenced ^= fence;
        open = !verbatim && !line.starts_with('#') && !line.starts_with('|');
    }
    text.trim().to_owned()
}

fn starts_block(line: &str) -> bool {
    let line = line.trim_start();
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    ["- ", "* ", "+ ", "#", "|", ">"].iter().any(|mark| line.starts_with(mark))
        || (numbered.len() < line.len()
            && (numbered.starts_with(". ") || numbered.starts_with(") ")))
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn lines_of_a_paragraph_are_joined_and_paragraphs_kept() {
        assert_eq!(
            flow(" Current weather\n in one city.\n\n\n Not a forecast. \n"),
            "Current weather in one city.\n\nNot a forecast."
        );
        assert_eq!(flow("\n\n"), "");
    }

    #[test]
    fn lists_headings_and_code_keep_their_lines() {
        assert_eq!(
            flow(" Use it for:\n - rain,\n   also hail\n - wind\n # Note\n text\n 1. one\n 2. two"),
            "Use it for:\n- rain, also hail\n- wind\n# Note\ntext\n1. one\n2. two"
        );
        assert_eq!(flow(" ```\n a\n\n   b\n ```\n after"), "```\na\n\n  b\n```\nafter");
    }

    #[test]
    fn only_doc_comments_are_read() {
        let item: syn::ItemFn = parse_quote! {
            /// One.
            #[doc(hidden)]
            #[inline]
            /** Two. */
            fn f() {}
        };
        assert!(
            matches!(Description::of(&item.attrs), Some(Description::Text(text)) if text == "One. Two.")
        );
        let bare: syn::ItemFn = parse_quote!(
            #[doc(hidden)]
            fn f() {}
        );
        assert!(Description::of(&bare.attrs).is_none());
    }

    #[test]
    fn docs_from_a_file_are_left_to_rustc() {
        let item: syn::ItemFn = parse_quote!(
            #[doc = include_str!("a.md")]
            fn f() {}
        );
        let description = Description::of(&item.attrs).expect("there are docs");
        assert_eq!(
            quote!(#description).to_string(),
            ":: core :: concat ! (include_str ! (\"a.md\"))"
        );
    }
}
