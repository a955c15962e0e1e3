/// How many values a text of JSON holds, names not counted; something near that for what is no JSON.
/// Costs no memory, unlike to parse it.
pub(crate) fn count_values(text: &str) -> usize {
    let mut count = 1;
    let mut bytes = text.bytes();
    // Whether a list or an object has just begun, whose first value no comma announces.
    let mut has_begun = false;
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => continue,
            b']' | b'}' => {}
            _ => count += usize::from(has_begun),
        }
        has_begun = matches!(byte, b'[' | b'{');
        match byte {
            b',' => count += 1,
            b'"' => {
                while let Some(byte) = bytes.next().filter(|byte| *byte != b'"') {
                    if byte == b'\\' {
                        bytes.next();
                    }
                }
            }
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_counts_once() {
        for (text, count) in [
            ("7", 1),
            (" [ ] ", 1),
            ("{}", 1),
            ("[1]", 2),
            ("[[], {}]", 3),
            (r#"{"a": 1, "b": [2, {"c": null}]}"#, 6),
            (r#"["[,,,", "\"[,", "\\", 1]"#, 5),
        ] {
            assert_eq!(count_values(text), count, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_counted_to_its_end() {
        for text in ["", "\"", "\"\\", "]]", "[[["] {
            assert!(count_values(text) <= 4, "{text}");
        }
    }
}
