//! Findings in the forms that people and programs read: pure functions to text.

mod github;
mod json;
mod junit;
mod sarif;
mod text;

use super::check::{FindingsFormat, Tally};

/// What is told besides the findings.
#[derive(Clone, Debug)]
pub(super) struct Summary {
    pub(super) files: u64,
    pub(super) seconds: f64,
    pub(super) colours: bool,
    /// Of the terminal.
    pub(super) columns: usize,
    /// Whether findings are told one by one, however many there are.
    pub(super) tells_all: bool,
}

/// The whole report.
pub(super) fn write(format: FindingsFormat, tally: &Tally, summary: &Summary) -> String {
    match format {
        FindingsFormat::Github => github::write(tally, summary),
        FindingsFormat::Json => json::write(tally, summary),
        FindingsFormat::Junit => junit::write(tally, summary),
        FindingsFormat::Sarif => sarif::write(tally),
        FindingsFormat::Text => text::write(tally, summary),
    }
}

/// A number of things.
fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The name of the tool and the message.
fn said(told: &super::check::Told) -> String {
    match &told.tool {
        Some(tool) => format!("{tool}: {}", told.message),
        None => told.message.clone(),
    }
}

/// The line of totals.
fn totals(tally: &Tally, summary: &Summary) -> String {
    let findings = if tally.findings() == 0 {
        "no findings".to_owned()
    } else {
        let (errors, warnings) = (tally.errors, tally.warnings);
        let all = counted(tally.findings(), "finding");
        format!("{all} ({}, {})", counted(errors, "error"), counted(warnings, "warning"))
    };
    let (records, files) = (counted(tally.records, "record"), counted(summary.files, "file"));
    format!(
        "{records} in {files} checked, {} in {:.2} s: {findings}",
        size(tally.bytes),
        summary.seconds
    )
}

fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let shown = bytes as f64;
    match bytes {
        0..1_000 => counted(bytes, "byte"),
        1_000..1_000_000 => format!("{:.1} kB", shown / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", shown / 1e6),
        _ => format!("{:.1} GB", shown / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_unit() {
        for (bytes, shown) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1_500, "1.5 kB"),
            (2_000_000, "2.0 MB"),
            (3 << 30, "3.2 GB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
    }
}
