//! Files that a request shows by their ids.

use serde_json::Value;

/// The ids, each with where it stands, in order.
pub(in super::super) fn file_ids(request: &Value) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    for list in ["messages", "input"] {
        let items = request.get(list).and_then(Value::as_array).into_iter().flatten();
        for (index, item) in items.enumerate() {
            for field in ["content", "output"] {
                let at = format!("{list}[{index}].{field}");
                match item.get(field) {
                    Some(Value::Array(parts)) => {
                        let parts = parts.iter().enumerate();
                        found.extend(parts.filter_map(|(n, part)| id(part, &format!("{at}[{n}]"))));
                    }
                    // The screenshot of a computer stands there by itself.
                    Some(part) => found.extend(id(part, &at)),
                    None => {}
                }
            }
        }
    }
    found
}

fn id<'a>(part: &'a Value, at: &str) -> Option<(String, &'a str)> {
    let (owner, path) = match part.get("type")?.as_str()? {
        "file" => (part.get("file")?, ".file"),
        "input_file" | "input_image" | "computer_screenshot" => (part, ""),
        _ => return None,
    };
    Some((format!("{at}{path}.file_id"), owner.get("file_id")?.as_str()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_found_where_files_are_shown_and_nowhere_else() {
        let chat = json!({"messages": [
            {"role": "user", "content": "file-0"},
            {"role": "user", "content": [
                {"type": "text", "text": "file-0"},
                {"type": "file", "file": {"file_id": "file-1"}},
                {"type": "file", "file": {"file_data": "data:,"}},
            ]},
        ]});
        assert_eq!(file_ids(&chat), [("messages[1].content[1].file.file_id".to_owned(), "file-1")]);
        let responses = json!({"input": [
            {"role": "user", "content": [{"type": "input_image", "file_id": "file-1"}]},
            {"type": "function_call_output", "output": [{"type": "input_file", "file_id": "file-2"}]},
            {"type": "computer_call_output",
                "output": {"type": "computer_screenshot", "file_id": "file-3"}},
            {"type": "function_call_output", "output": "file-0"},
            {"type": "file_search_call", "results": [{"file_id": "file-0"}]},
            7,
        ]});
        let ids: Vec<_> = file_ids(&responses).into_iter().map(|(_, id)| id).collect();
        assert_eq!(ids, ["file-1", "file-2", "file-3"]);
        assert!(file_ids(&json!({"input": "file-0"})).is_empty());
    }
}
