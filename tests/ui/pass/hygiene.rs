//! Nothing of ours, and nothing of serde, has to be in scope; everything may be shadowed.

#![deny(warnings)]
#![allow(non_camel_case_types, dead_code)]

mod renamed {
    pub use ::openai_tools as tools;
}

mod shadows {
    pub struct String;
    pub struct Option;
    pub struct Result;
    pub struct Send;
    pub struct Clone;
    pub struct Box;
    pub struct Tool;
    pub struct Arguments;
    pub mod std {}
    pub mod core {}
    pub mod serde {}
    pub mod schemars {}

    /// Words of the expansion as names of tools and parameters.
    #[::openai_tools::tool(crate = "super::renamed::tools")]
    async fn arguments(returned: u8, arguments: u8, tool: u8) -> u8 {
        returned + arguments + tool
    }

    #[::openai_tools::tool(crate = super::renamed::tools)]
    pub fn context(#[context] pool: &u8, schema: ::std::option::Option<u8>) -> u8 {
        *pool + schema.unwrap_or_default()
    }

    #[derive(::openai_tools::Context)]
    #[context(crate = "super::renamed::tools")]
    pub struct App {
        pub pool: u8,
    }
}

fn main() {
    ::std::assert_eq!(shadows::context(&1, ::std::option::Option::None), 1);
    let tools = ::openai_tools::Toolbox::for_context::<shadows::App>()
        .with(shadows::context)
        .unwrap();
    ::std::assert_eq!(tools.bind(shadows::App { pool: 1 }).len(), 1);
}
