//! All tools of a crate or a module, without a list.

use openai_tools::{ci, tool::Registered};

mod every_form {
    use std::sync::Arc;

    use openai_tools::{Tool, tool, toolbox};

    /// A function.
    #[tool]
    pub(super) fn a_function(city: String) -> String {
        city
    }

    /// A struct.
    #[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
    #[expect(dead_code, reason = "it is only defined")]
    pub(super) struct AStruct {
        city: String,
    }

    #[derive(Tool)]
    #[expect(dead_code, reason = "it is only defined")]
    pub(super) enum ASet {
        /// A variant.
        AVariant {
            city: String,
        },
        AStruct(AStruct),
    }

    pub(super) struct Calendar(pub(super) u8);

    #[toolbox(prefix = "calendar_")]
    impl Calendar {
        /// A method.
        #[tool]
        pub(super) fn day(&self, day: u8) -> u8 {
            day.max(self.0)
        }
    }

    pub(super) mod below {
        /// In a module below.
        #[openai_tools::tool]
        pub(in super::super) fn deep() {}
    }

    pub(super) fn use_all() {
        fn hidden() -> openai_tools::ToolDefinition {
            /// In the body of a function.
            #[tool]
            fn in_a_body() {}
            in_a_body::definition().expect("a definition")
        }
        hidden();
        below::deep();
        a_function(String::new());
        let _: Vec<_> = Arc::new(Calendar(1)).tools::<()>();
    }
}

mod generic {
    /// A generic struct.
    #[derive(serde::Deserialize, schemars::JsonSchema, openai_tools::Tool)]
    #[expect(dead_code, reason = "it is only defined")]
    struct Find<T> {
        what: T,
    }
}

fn names(module: &str) -> Vec<String> {
    let module = format!("{}::{module}", module_path!());
    let tools = ci::all_tools_in(&module).expect("tools");
    tools.iter().map(|tool| tool.name().to_string()).collect()
}

#[test]
fn the_tools_of_every_form_are_found_in_the_order_of_the_file() {
    every_form::use_all();
    let all = ["a_function", "a_struct", "a_variant", "calendar_day", "deep", "in_a_body"];
    assert_eq!(names("every_form"), all);
}

#[test]
fn a_module_has_its_own_tools_and_those_below_it() {
    assert_eq!(names("every_form::below"), ["deep"]);
}

#[test]
fn a_path_is_no_prefix_of_a_longer_name() {
    assert!(Registered::all_in(&format!("{}::every", module_path!())).is_empty());
}

#[test]
fn a_generic_tool_is_an_error_with_its_place() {
    let error = ci::all_tools_in(&format!("{}::generic", module_path!())).expect_err("generic");
    let said = error.to_string();
    assert!(said.contains("Find<T>") && said.contains("all_in.rs:"), "{said}");
}

#[test]
#[should_panic(expected = "no tool of `an_other_crate` is linked")]
fn a_crate_that_is_not_linked_fails_the_check() {
    ci::check_all_in("an_other_crate", "never-written.lock.json");
}
