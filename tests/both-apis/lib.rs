//! The attribute of a test that runs over both APIs.

use proc_macro::{TokenStream, TokenTree};

/// Runs a test twice, as `NAME::chat` and as `NAME::responses`: what asks `tests::api()` in it, as
/// `TestServer` does, gets the API. Of an async test it takes what `#[tokio::test]` takes.
#[proc_macro_attribute]
pub fn test(settings: TokenStream, item: TokenStream) -> TokenStream {
    let Some(name) = name_of(&item) else {
        return "compile_error!(\"`#[both_apis::test]` is for functions\");"
            .parse()
            .unwrap_or(item);
    };
    let is_async = item.clone().into_iter().any(|token| is(&token, "async"));
    let one = |api_name: &str, api: &str| {
        let api = format!("::openai_tools::chat::Api::{api}");
        if is_async {
            format!(
                "#[::tokio::test({settings})] async fn {api_name}() {{ \
                 ::tests::over({api}, super::{name}()).await; }}"
            )
        } else {
            format!("#[test] fn {api_name}() {{ ::tests::over_sync({api}, super::{name}); }}")
        }
    };
    let (chat, responses) = (one("chat", "ChatCompletions"), one("responses", "Responses"));
    // A module and a function can have one name.
    match format!("mod {name} {{ {chat} {responses} }}").parse::<TokenStream>() {
        Ok(module) => [item, module].into_iter().collect(),
        // It is made of a name, and of settings that were tokens before. Unused, the test is told of.
        Err(_) => item,
    }
}

fn name_of(item: &TokenStream) -> Option<String> {
    let mut tokens = item.clone().into_iter();
    tokens.find(|token| is(token, "fn"))?;
    tokens.next().map(|name| name.to_string())
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident.to_string() == word)
}
