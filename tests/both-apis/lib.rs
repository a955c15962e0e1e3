//! The attribute of a test that runs over both APIs.

use proc_macro::{TokenStream, TokenTree};

/// Runs an async test twice, as `NAME::chat` and as `NAME::responses`: what asks `tests::api()` in it,
/// as `TestServer` does, gets the API. It takes what `#[tokio::test]` takes.
#[proc_macro_attribute]
pub fn test(settings: TokenStream, item: TokenStream) -> TokenStream {
    let Some(name) = name_of(&item) else {
        return "compile_error!(\"`#[both_apis::test]` is for functions\");"
            .parse()
            .unwrap_or(item);
    };
    let one = |api_name: &str, api: &str| {
        format!(
            "#[::tokio::test({settings})] async fn {api_name}() {{ \
             ::tests::over(::openai_tools::chat::Api::{api}, super::{name}()).await; }}"
        )
    };
    let (chat, responses) = (one("chat", "ChatCompletions"), one("responses", "Responses"));
    // A module and a function can have one name.
    let module: TokenStream = format!("mod {name} {{ {chat} {responses} }}")
        .parse()
        .expect("made of a name, and of settings that were tokens before");
    [item, module].into_iter().collect()
}

fn name_of(item: &TokenStream) -> Option<String> {
    let mut tokens = item.clone().into_iter();
    tokens.find(|token| matches!(token, TokenTree::Ident(word) if word.to_string() == "fn"))?;
    tokens.next().map(|name| name.to_string())
}
