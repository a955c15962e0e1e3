//! Enums as sets of tools, with nothing imported.

mod query {}

#[derive(::openai_tools::Tool)]
#[tool(prefix = "shop_")]
#[allow(dead_code)]
enum Action {
    /// Search the catalogue.
    Search {
        #[serde(default)]
        #[schemars(length(min = 1))]
        query: ::std::string::String,
        r#type: ::std::option::Option<::std::primitive::bool>,
    },
    #[tool(timeout = "1s", needs_approval, output_schema = "::std::vec::Vec<::std::primitive::u8>")]
    Nothing {},
    r#Stop,
    Buy(Buy),
    #[tool(name = "sell", description = "The other way round.")]
    Sell(Buy),
    #[tool(set)]
    Account(Account),
    #[tool(set, prefix = "other_")]
    Other(Account),
    #[serde(skip)]
    #[deprecated]
    Never(::std::primitive::u8, ::std::primitive::u8),
}

#[derive(::openai_tools::Tool, ::serde::Deserialize, ::schemars::JsonSchema)]
struct Buy {
    #[allow(dead_code)]
    item: ::std::string::String,
}

/// Derives what it needs as a value of JSON, too.
#[derive(::openai_tools::Tool, ::serde::Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
#[tool(crate = "::openai_tools")]
#[allow(dead_code)]
enum Account {
    SignOut {
        #[serde(rename = "everywhere")]
        on_all_devices: ::std::primitive::bool,
    },
}

fn main() {
    let definitions = <Action as ::openai_tools::ToolSet>::definitions();
    ::std::assert_eq!(
        ::std::option::Option::map(definitions.ok(), |all| all.len()),
        ::std::option::Option::Some(7)
    );
}
