use serde_json::json;

use super::*;

#[test]
fn a_lock_is_read_as_it_was_written() {
    let tool = LockedTool::new("b", json!({"type": "object"})).with_description("B.");
    let lock = Lock::of([tool, LockedTool::new("a", json!({"type": "object"}))]);
    let text = lock.with_profile("openai-strict").to_text();
    let read = Lock::parse(&text).expect("a lock");
    assert_eq!(read.to_text(), text);
    assert_eq!(read.tools().map(LockedTool::name).collect::<Vec<_>>(), ["a", "b"]);
}
