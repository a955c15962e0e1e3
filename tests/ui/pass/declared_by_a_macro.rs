//! Types that a macro by example passes on.

#![deny(warnings)]

use std::sync::Arc;

use openai_tools::{Tool, ToolSet, Toolbox, tool, toolbox};

macro_rules! lookups {
    ($($name:ident: $key:ty => $value:ty;)*) => {$(
        #[tool]
        fn $name(key: $key, #[context] pool: &$value) -> Option<$value> {
            (key == <$key>::default()).then(|| pool.clone())
        }
    )*};
}

macro_rules! plain {
    ($name:ident, $value:ty, $context:ty, $receiver:ident) => {
        #[tool]
        async fn $name(#[context] _pool: $context) -> $value {
            <$value>::default()
        }

        #[derive(Tool)]
        enum Action {
            Search { query: $value },
        }

        struct Object;

        #[toolbox]
        impl Object {
            #[tool]
            fn ask(&$receiver, query: $value, #[context] _pool: $context) -> $value {
                query
            }

            #[tool(output_schema = "Vec<u8>")]
            async fn ask_later(&$receiver, query: $value) -> $value {
                query
            }
        }
    };
}

lookups! {
    by_name: String => u32;
    by_number: u32 => u32;
}

plain!(first, String, &u32, self);

fn main() -> Result<(), openai_tools::Error> {
    assert_eq!(by_name(String::new(), &3), Some(3));
    let tools = Toolbox::for_context::<u32>()
        .with(by_name)?
        .with(by_number)?
        .with(first)?
        .extend(Arc::new(Object).tools())?;
    assert_eq!(tools.bind(1).len(), 5);
    let definitions = Action::definitions()?;
    assert_eq!(definitions[0].name().as_str(), "search");
    let Action::Search { query } = Action::Search { query: String::new() };
    assert!(query.is_empty());
    Ok(())
}
