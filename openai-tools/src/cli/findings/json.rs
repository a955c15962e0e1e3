use serde_json::{Value, json};

use super::Summary;
use crate::cli::{
    check::{Tally, Told},
    schema_report::pretty,
};

/// One JSON object.
pub(super) fn write(tally: &Tally, summary: &Summary) -> String {
    let findings: Vec<Value> = tally.told.iter().map(one).collect();
    pretty(&json!({
        "findings": findings,
        "summary": {
            "files": summary.files,
            "records": tally.records,
            "findings": tally.findings(),
            "errors": tally.errors,
            "warnings": tally.warnings,
            "told": tally.told.len(),
            "bytes": tally.bytes,
            "seconds": (summary.seconds * 1e6).round() / 1e6,
        },
    }))
}

fn one(told: &Told) -> Value {
    json!({
        "file": &*told.file,
        "line": told.line,
        "column": told.column,
        "pointer": told.pointer,
        "rule": told.rule,
        "severity": told.severity.as_str(),
        "message": told.message,
        "tool": told.tool,
    })
}
