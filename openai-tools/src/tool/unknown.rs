//! What a model is told that called a tool which does not exist.

use crate::schema::nearest;

/// Names the tool that was probably meant, and the first 20 that there are.
pub(crate) fn unknown_tool<'a, I: Iterator<Item = &'a str>>(
    name: &str,
    known: impl Fn() -> I,
) -> String {
    const LISTED: usize = 20;
    let shown: String = name.chars().take(64).collect();
    let count = known().count();
    if count == 0 {
        return format!("unknown tool `{shown}`; there are no tools");
    }
    let list = match nearest(name, known()) {
        Some(near) => format!("did you mean `{near}`? Known tools"),
        None => "known tools".to_owned(),
    };
    let listed = known().take(LISTED).collect::<Vec<_>>().join(", ");
    let more = match count.saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("unknown tool `{shown}`; {list}: {listed}{more}")
}
