use std::fmt::Write;

use serde_json::{Value, json};

use super::said;
use crate::{
    cli::{
        check::{Tally, Told},
        schema_report::pretty,
    },
    data::{Severity, meaning},
};

/// A log of SARIF 2.1.0 with one run.
pub(super) fn write(tally: &Tally) -> String {
    let mut rules: Vec<(&str, Severity)> = Vec::new();
    for told in &tally.told {
        if !rules.iter().any(|(rule, _)| *rule == told.rule) {
            rules.push((&told.rule, told.severity));
        }
    }
    let place = |rule: &str| rules.iter().position(|(known, _)| *known == rule);
    let results: Vec<Value> = tally.told.iter().map(|told| one(told, place(&told.rule))).collect();
    let rules: Vec<Value> =
        rules.iter().map(|(rule, severity)| described(rule, *severity)).collect();
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "openai-tools",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": {
                "findings": tally.findings(),
                "records": tally.records,
            },
        }],
    }))
}

fn described(rule: &str, severity: Severity) -> Value {
    json!({
        "id": rule,
        "shortDescription": {"text": meaning(rule)},
        "defaultConfiguration": {"level": severity.as_str()},
    })
}

fn one(told: &Told, rule: Option<usize>) -> Value {
    let mut result = json!({
        "ruleId": told.rule,
        "level": told.severity.as_str(),
        "message": {"text": said(told)},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": uri(&told.file)},
                "region": {"startLine": told.line, "startColumn": told.column.max(1)},
            },
            "logicalLocations": [{"fullyQualifiedName": told.pointer, "kind": "member"}],
        }],
    });
    if let Some(rule) = rule {
        result["ruleIndex"] = rule.into();
    }
    if let Some(tool) = &told.tool {
        result["properties"] = json!({"tool": tool});
    }
    result
}

/// A path as a reference of RFC 3986.
fn uri(path: &str) -> String {
    let is_windows = path.as_bytes().get(1) == Some(&b':');
    let path =
        if is_windows { format!("file:///{}", path.replace('\\', "/")) } else { path.to_owned() };
    let mut uri = String::new();
    for byte in path.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if is_plain || (is_windows && byte == b':') {
            uri.push(byte.into());
        } else {
            // Writing to a text cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    if path.starts_with('/') { format!("file://{uri}") } else { uri }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_uri() {
        assert_eq!(uri("data/a b#é.jsonl"), "data/a%20b%23%C3%A9.jsonl");
        assert_eq!(uri("/tmp/a:b"), "file:///tmp/a%3Ab");
        assert_eq!(uri("C:\\data\\a.json"), "file:///C:/data/a.json");
    }
}
