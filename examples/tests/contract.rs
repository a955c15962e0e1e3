//! What the tools of the examples promise a model stands in `examples/locks`, a file for each program.
//! A project of one crate has a single line for it:
//! `openai_tools::ci::check_all_in("my_app", "tools.lock.json")`.

use std::{collections::BTreeSet, fs, path::Path};

use openai_tools::{ci, tool::Registered};

macro_rules! programs {
    ($($name:ident in $file:literal,)*) => {
        $(
            #[expect(dead_code, reason = "nothing is run, and all but the tools is for that")]
            #[path = $file]
            mod $name;
        )*

        const PROGRAMS: &[&str] = &[$(stringify!($name)),*];
    };
}

programs! {
    approval in "../src/bin/approval.rs",
    conversation in "../src/bin/conversation.rs",
    conversation_state in "../src/bin/conversation_state.rs",
    dynamic_tools in "../src/bin/dynamic_tools.rs",
    failures in "../src/bin/failures.rs",
    hosted_tools in "../src/bin/hosted_tools.rs",
    impl_toolbox in "../src/bin/impl_toolbox.rs",
    quickstart in "../src/bin/quickstart.rs",
    responses in "../src/bin/responses.rs",
    streaming in "../src/bin/streaming.rs",
    structured_output in "../src/bin/structured_output.rs",
    tool_set in "../src/bin/tool_set.rs",
    toolbox_with_context in "../src/bin/toolbox_with_context.rs",
    vision in "../src/bin/vision.rs",
}

#[test]
fn the_tools_of_each_example_are_what_its_lock_file_says() {
    for program in PROGRAMS {
        let module = format!("{}::{program}", module_path!());
        if !Registered::all_in(&module).is_empty() {
            ci::check_all_in(&module, format!("locks/{program}.lock.json"));
        }
    }
}

#[test]
fn every_example_is_looked_at_and_no_lock_file_is_left_over() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = |under: &str, ending: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(folder.join(under)).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        names.filter_map(|name| name.to_str()?.strip_suffix(ending).map(str::to_owned)).collect()
    };
    let programs: BTreeSet<String> = PROGRAMS.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(names("src/bin", ".rs"), programs);
    let with_tools = programs
        .into_iter()
        .filter(|name| !Registered::all_in(&format!("{}::{name}", module_path!())).is_empty());
    assert_eq!(names("locks", ".lock.json"), with_tools.collect());
}
