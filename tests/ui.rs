//! What the macros accept, and what they say of what they do not.

#[test]
fn macros_accept_every_form_and_explain_every_mistake() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    for folder in ["tool", "derive_tool", "derive_context"] {
        cases.compile_fail(format!("ui/{folder}/*.rs"));
    }
}
