//! Snapshots of expansions, and of what is left after a mistake.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

use crate::expand;

fn pretty(tokens: TokenStream) -> String {
    let file = syn2::parse2(dispatched(tokens)).expect("an expansion is a list of items");
    prettyplease::unparse(&file)
}

/// Does the work of `when_dispatch!`, since prettyplease does not look into macros.
fn dispatched(tokens: TokenStream) -> TokenStream {
    let mut seen: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let inner = dispatched(group.stream());
                let name = seen.len().checked_sub(2).map(|at| seen[at].to_string());
                if name.as_deref() == Some("when_dispatch") {
                    // The path of the macro: what stands before it is another item's end.
                    let path = |token: &TokenTree| !matches!(token, TokenTree::Group(_));
                    while seen.last().is_some_and(|last| path(last) && last.to_string() != ";") {
                        seen.pop();
                    }
                    seen.extend(inner);
                } else {
                    seen.push(Group::new(group.delimiter(), inner).into());
                }
            }
            token => seen.push(token),
        }
    }
    seen.into_iter().collect()
}

#[test]
fn an_async_function_with_everything() {
    let expanded = expand::tool(
        quote!(
            name = "weather",
            timeout = "1.5s",
            concurrency = 4,
            read_only,
            sequential = false,
            strict = false
        ),
        quote! {
            /// Current weather
            /// in one city.
            #[cfg(unix)]
            #[inline]
            pub async fn get_weather(
                /// City and country,
                /// such as "Hanoi, Vietnam".
                #[serde(rename = "where")]
                city: String,
                #[context] pool: &Pool,
                #[allow(unused)] r#type: Option<Unit>,
                #[context] clock: &dyn Clock,
                #[context] id: ToolCallId,
            ) -> Result<Weather, WeatherError> {
                pool.weather(city).await
            }
        },
    );
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn a_sync_function_with_nothing() {
    insta::assert_snapshot!(pretty(expand::tool(
        quote!(),
        quote!(
            fn beep() {}
        )
    )));
}

#[test]
fn a_custom_tool_with_a_grammar() {
    let expanded = expand::tool(
        quote!(custom, regex = PATTERN, defer_loading, allowed_callers(direct, programmatic)),
        quote!(
            fn dial(number: String) {}
        ),
    );
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn a_block_with_a_namespace() {
    let expanded = expand::toolbox(
        quote!(namespace = "crm", description = "Customers."),
        quote! {
            impl Crm {
                #[tool]
                fn count(&self) -> u32 {
                    0
                }
            }
        },
    );
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn a_renamed_crate() {
    let item = quote!(
        fn add(a: i32, #[context] log: &Log) -> i32 {
            a
        }
    );
    insta::assert_snapshot!(pretty(expand::tool(quote!(crate = "my::tools"), item)));
}

#[test]
fn the_library_is_looked_for_where_the_key_says_and_nowhere_else() {
    let expanded = [
        expand::tool(
            quote!(crate = "my::tools", concurrency = 2),
            quote!(
                async fn f(a: u8, #[serde(default)] b: u8, #[context] c: &C) -> u8 {
                    a + b
                }
            ),
        ),
        expand::toolbox(
            quote!(crate = "my::tools"),
            quote! {
                impl S {
                    #[tool(timeout = "1s", concurrency = 2)]
                    fn a(&self, a: u8, #[context] c: &C) -> u8 {
                        a
                    }
                    #[tool(output_schema = "u8")]
                    fn b(#[serde(default)] a: u8) {}
                }
            },
        ),
        expand::derive_tool(quote! {
            #[tool(crate = "my::tools")]
            enum E { #[tool(concurrency = 2)] A { a: u8 }, B { #[serde(default)] b: u8 }, C(C) }
        }),
        expand::derive_tool(quote! {
            #[tool(crate = "my::tools", timeout = "1s")]
            struct S { a: u8 }
        }),
        expand::derive_context(quote! {
            #[context(crate = "my::tools")]
            struct A { b: B }
        }),
    ];
    for tokens in expanded {
        let text = pretty(tokens);
        assert!(text.contains("my::tools::__private"), "{text}");
        assert!(!text.contains(":openai_tools"), "{text}");
    }
}

#[test]
fn a_struct() {
    let expanded = expand::derive_tool(quote! {
        /// Book a table.
        #[tool(timeout = "10s")]
        struct BookTable {
            guests: u8,
        }
    });
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn a_generic_struct() {
    let expanded = expand::derive_tool(quote! {
        struct Search<T> where T: Clone {
            filter: T,
        }
    });
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn an_enum_with_every_kind_of_variant() {
    let expanded = expand::derive_tool(quote! {
        /// What the assistant may do.
        #[serde(rename_all_fields = "camelCase")]
        enum Action {
            /// Search
            /// the catalogue.
            #[tool(strict = false)]
            Search {
                /// Words to
                /// look for.
                #[serde(default)]
                query: String,
                r#type: Option<Kind>,
            },
            /// Put an item into the basket.
            #[tool(name = "add")]
            AddToBasket(AddToBasket),
            Remove(Remove),
            ShowBasket,
            #[tool(set)]
            Account(account::Action),
            #[serde(skip)]
            Nothing(&'static str),
        }
    });
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn an_enum_with_mistakes_is_still_a_set() {
    let expanded = expand::derive_tool(quote! {
        enum Action { Search(u8, u8) }
    });
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn an_enum_with_a_prefix_and_settings() {
    let expanded = expand::derive_tool(quote! {
        #[tool(prefix = "shop_")]
        enum Action {
            #[tool(needs_approval, concurrency = 1, timeout = "2s", output_schema = "Vec<Item>")]
            Buy { item: u32 },
            #[tool(set, prefix = "account_")]
            Account(account::Action),
        }
    });
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn a_unit_struct_with_every_setting() {
    let expanded = expand::derive_tool(quote! {
        #[tool(idempotent, sequential = true, needs_approval, output_schema = Pong)]
        struct Ping;
    });
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn an_impl_block() {
    let expanded = expand::toolbox(
        quote!(prefix = "calendar_"),
        quote! {
            impl<S: Store> Calendar<S> {
                /// Stays as it is.
                fn new(store: S) -> Self {
                    Self { store }
                }

                /// Events of one day.
                #[tool(read_only, concurrency = 2)]
                async fn events(
                    &self,
                    /// The day.
                    day: Date,
                    #[context] user: &User,
                ) -> Result<Vec<Event>, CalendarError> {
                    self.store.events(day, user).await
                }

                #[tool(name = "zone", output_schema = false)]
                #[cfg(unix)]
                pub fn time_zone() -> Zone {
                    Zone::here()
                }
            }
        },
    );
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn an_impl_block_with_mistakes_is_still_a_toolbox() {
    let expanded = expand::toolbox(
        quote!(tools = "my_tools", crate = "my::tools"),
        quote! {
            impl Calendar {
                #[tool]
                fn delete(self, #[serde(default)] id: &u8, #[context] user: &User) {}
            }
        },
    );
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn a_context() {
    let expanded = expand::derive_context(quote! {
        struct App<'a, L: Log = Stdout> where L: 'a {
            pool: Pool,
            #[context(skip)]
            spare: Pool,
            log: &'a [L],
        }
    });
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn a_function_with_mistakes_is_still_there() {
    let expanded = expand::tool(
        quote!(tiemout = "1s"),
        quote! {
            /// Kept.
            fn f(
                /// Not kept: rustc refuses it.
                #[serde(default)]
                #[context]
                a: &u8,
                (b, c): (u8, u8),
            ) {
            }
        },
    );
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn a_struct_with_mistakes_is_still_a_tool() {
    let expanded = expand::derive_tool(quote! {
        #[tool(strict = false)]
        struct Search(u8, u8);
    });
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn a_context_with_mistakes_provides_the_other_fields() {
    let expanded = expand::derive_context(quote! {
        struct App { a: u8, b: u8, c: char }
    });
    insta::assert_snapshot!(pretty(expanded));
}

#[test]
fn nothing_makes_the_macros_panic() {
    for item in [
        quote!(),
        quote!(fn),
        quote!(fn f(),),
        quote!(let x = 1;),
        quote!(fn f(self: Box<Self>, self) -> (impl A, &B) { }),
        quote!(
            macro_rules! m {
                () => {};
            }
        ),
        quote!(
            type T = fn(&str);
        ),
        quote!(
            struct S<'a>(&'a str, u8);
        ),
        quote!(
            enum E {
                #[tool(x)]
                A,
            }
        ),
        quote!(union U { a: u8 }),
        quote!(
            impl<'a, T> Trait for S<'a, T> {
                #[tool]
                const A: u8 = 1;
                #[tool = 1]
                fn f<U>(self: Pin<&mut Self>, a: T, _: Self) -> impl A {}
            }
        ),
    ] {
        for attr in [quote!(), quote!(,), quote!(= 1), quote!(a = , b, = c), quote!(name = -1 ; x)]
        {
            expand::tool(attr.clone(), item.clone());
            expand::derive_tool(quote!(#[tool(#attr)] #item));
            expand::toolbox(attr.clone(), item.clone());
            expand::toolbox(attr.clone(), quote!(impl S { #[tool(#attr)] #item }));
            expand::derive_context(quote!(#[context(#attr)] #item));
        }
    }
}
