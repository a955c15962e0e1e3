//! What the macros accept, and what they say of what they do not.

#[test]
fn macros_accept_every_form() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

#[test]
#[cfg_attr(not(same_rustc), ignore = "the expected output holds words of rustc 1.95")]
fn macros_explain_every_mistake() {
    let cases = trybuild::TestCases::new();
    for folder in ["tool", "derive_tool", "derive_context", "tool_set", "toolbox"] {
        cases.compile_fail(format!("ui/{folder}/*.rs"));
    }
}
