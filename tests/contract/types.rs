//! What happens to Rust types in practice, and what it means.

use openai_tools::{
    Tool,
    contract::{Change, Class, Lock, compare},
};

/// The tools of a release.
mod first {
    use std::collections::HashMap;

    use openai_tools::Tool;

    /// Book a table.
    #[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    pub(crate) struct Book {
        /// How many come.
        pub(crate) guests: u8,
        pub(crate) seat: Seat,
        pub(crate) contact: Option<Contact>,
        pub(crate) extras: HashMap<String, u32>,
        #[schemars(length(max = 80))]
        pub(crate) note: String,
    }

    /// Where to sit.
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    #[serde(rename_all = "lowercase")]
    pub(crate) enum Seat {
        /// By the window.
        Window,
        /// At the bar.
        Bar,
    }

    #[derive(serde::Deserialize, schemars::JsonSchema)]
    #[serde(tag = "kind", rename_all = "lowercase")]
    #[expect(dead_code, reason = "only its schema is looked at")]
    pub(crate) enum Contact {
        Mail { address: String },
        Phone { number: String },
    }
}

/// The next one, which takes all that the first took.
mod wider {
    use std::collections::HashMap;

    use openai_tools::Tool;

    /// Book a table.
    #[derive(serde::Deserialize, schemars::JsonSchema, Tool)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    pub(crate) struct Book {
        /// How many come.
        pub(crate) guests: u16,
        pub(crate) seat: Seat,
        pub(crate) contact: Option<Contact>,
        pub(crate) extras: HashMap<String, i64>,
        #[schemars(length(max = 100))]
        pub(crate) note: String,
        /// When.
        pub(crate) day: Option<String>,
    }

    /// Where to sit.
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    #[serde(rename_all = "lowercase")]
    pub(crate) enum Seat {
        /// By the window.
        Window,
        /// At the bar.
        Bar,
        /// Outside.
        Terrace,
    }

    #[derive(serde::Deserialize, schemars::JsonSchema)]
    #[serde(tag = "kind", rename_all = "lowercase")]
    #[expect(dead_code, reason = "only its schema is looked at")]
    pub(crate) enum Contact {
        Mail { address: String },
        Phone { number: String, extension: Option<String> },
        Post { street: String },
    }
}

fn changes(old: &Lock, new: &Lock) -> Vec<String> {
    let comparison = compare(old, new);
    let word = |class: Option<Class>| class.map_or("-", Class::as_str);
    let told = |change: &Change| {
        format!("{}/{} {}", word(change.model), word(change.stored), change.pointer)
    };
    comparison.changes().iter().map(told).collect()
}

#[test]
fn types_that_take_more_are_wider_and_the_way_back_breaks() {
    let lock = |definition| Lock::of_definitions([&definition]);
    let first = lock(first::Book::definition().expect("sound"));
    let wider = lock(wider::Book::definition().expect("sound"));
    insta::assert_snapshot!(compare(&first, &wider));
    let back: Vec<String> = changes(&wider, &first);
    let is_safe = |change: &&String| !change.contains("breaking") && !change.starts_with("wording");
    assert_eq!(back.iter().find(is_safe), None, "{back:#?}");
    assert_eq!(changes(&first, &first), Vec::<String>::new());
    let read = Lock::parse(&first.to_text()).expect("a lock");
    assert_eq!(changes(&read, &first), Vec::<String>::new(), "nothing is lost in the file");
    assert_eq!(changes(&read, &wider), changes(&first, &wider));
}
