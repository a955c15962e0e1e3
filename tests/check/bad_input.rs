//! What no data should be: each is told at its place, and the rest is checked all the same.

use std::io::{self, Read, Write};

use openai_tools::cli::{Console, Exit};
use serde_json::json;

use crate::scene::{Folder, check, report, run, tools, weather};

#[test]
fn each_line_that_is_no_record_is_told_at_its_place() {
    let folder = Folder::new("lines");
    let schema = folder.file("schema.json", weather().to_string());
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let lines: &[&[u8]] = &[
        b"{\"city\": \"Hanoi\"}\r",
        b"{\"city\": \"Hanoi\"",
        b"{\"city\": \"a\0b\"}",
        b"\0",
        b"{\"city\": \"\xff\"}",
        b"{\"city\": \"a\", \"city\": \"b\"}",
        deep.as_bytes(),
        b"\xef\xbb\xbf{\"city\": \"Hanoi\"}",
        b"{\"city\": \"\\ud800\"}",
        b"{\"city\": \"a\"} {}",
        b"{\"city\": 7}",
    ];
    let data = [b"\xef\xbb\xbf", lines.join(&b"\n"[..]).as_slice()].concat();
    let data = folder.file("data.jsonl", data);
    let ran = report(&["--schema", &schema, &data]);
    assert_eq!(ran.exit, Exit::Finding);
    assert_eq!(
        ran.findings(),
        [
            "data.jsonl:2:17 json ",
            "data.jsonl:3:12 json ",
            "data.jsonl:4:1 json ",
            "data.jsonl:5:11 utf-8 ",
            "data.jsonl:6:15 duplicate-key ",
            "data.jsonl:7:128 too-deep ",
            "data.jsonl:8:1 json ",
            "data.jsonl:9:17 json ",
            "data.jsonl:10:15 json ",
            "data.jsonl:11:2 type /city",
        ]
    );
    let messages = ran.json()["findings"].to_string();
    assert!(messages.contains("NUL byte") && messages.contains("byte order mark"), "{messages}");
}

#[test]
fn files_that_cannot_be_read_do_not_stop_the_others() {
    let folder = Folder::new("files");
    let schema = folder.file("schema.json", weather().to_string());
    let good = folder.file("good.jsonl", "{\"city\":7}\n");
    let empty = folder.file("empty.jsonl", "\n \n");
    let utf_16 = folder.file("utf16.json", b"\xff\xfe{\0}\0");
    let missing = folder.path("missing.jsonl");
    let none = folder.path("none*.jsonl");
    let directory = folder.path("");
    let ran = report(&["--schema", &schema, &missing, &directory, &none, &empty, &utf_16, &good]);
    assert_eq!(ran.exit, Exit::Failure);
    let findings = ran.findings();
    let rules: Vec<_> = findings.iter().map(|one| one.split_once(' ').expect("a rule").1).collect();
    assert_eq!(rules, ["file ", "file ", "file ", "empty ", "utf-8 ", "type /city"]);
    let told = ran.json()["findings"].to_string();
    for word in ["is a directory", "no file fits", "UTF-16"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    // Nothing of it keeps an empty file from being a finding and no failure.
    assert_eq!(check(&["--schema", &schema, &empty]).exit, Exit::Finding);
}

#[test]
fn a_stream_that_is_cut_off_is_checked_up_to_there() {
    let folder = Folder::new("cut");
    let schema = folder.file("schema.json", weather().to_string());
    let line = |n: usize| {
        format!("{{\"city\":{}}}\n", if n == 3 { "7".into() } else { format!("\"{n}\"") })
    };
    let text: String = (0..20_000).map(line).collect();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).expect("in memory");
    let gzip = encoder.finish().expect("in memory");
    let cut = folder.file("cut.jsonl.gz", &gzip[..gzip.len() / 2]);
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let zstd = ruzstd::encoding::compress_to_vec(text.as_bytes(), level);
    let zstd = folder.file("cut.jsonl.zst", &zstd[..zstd.len() - 3]);
    for file in [cut, zstd] {
        let ran = report(&["--schema", &schema, &file]);
        assert_eq!(ran.exit, Exit::Finding, "{}", ran.stderr);
        let findings = ran.findings();
        assert!(findings[0].contains(":4:2 type /city"), "{findings:?}");
        assert!(findings[1].ends_with(" file "), "{findings:?}");
        assert_eq!(findings.len(), 2);
    }
}

/// A line of so many bytes, and another one.
struct LongLine(usize);

impl Read for LongLine {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const LAST: &[u8] = b"\n{\"city\":7}\n";
        if self.0 == 0 {
            return Ok(0);
        }
        if self.0 <= LAST.len() {
            let length = self.0.min(buffer.len());
            let start = LAST.len() - self.0;
            buffer[..length].copy_from_slice(&LAST[start..start + length]);
            self.0 -= length;
            return Ok(length);
        }
        let length = (self.0 - LAST.len()).min(buffer.len());
        buffer[..length].fill(b'x');
        self.0 -= length;
        Ok(length)
    }
}

#[test]
fn a_line_of_half_a_gigabyte_is_passed_over() {
    let folder = Folder::new("long");
    let schema = folder.file("schema.json", weather().to_string());
    let arguments =
        ["check", "--no-config", "--report", "json", "--format", "jsonl", "--schema", &schema, "-"];
    let ran = run(&arguments, |console: Console<'_>| console.with_stdin(LongLine(500_000_012)));
    assert_eq!(ran.findings(), ["stdin:1:1 too-long ", "stdin:2:2 type /city"]);
    assert!(ran.stdout.contains("500000000 bytes"), "{}", ran.stdout);
}

#[test]
fn a_limit_holds_for_short_lines_as_for_long_ones() {
    let folder = Folder::new("limit");
    let schema = folder.file("schema.json", weather().to_string());
    let data = folder.file("data.jsonl", "{\"city\":\"a\"}\n{\"city\":\"Ho Chi Minh City\"}\n");
    let ran = report(&["--schema", &schema, "--max-record", "20", &data]);
    assert_eq!(ran.findings(), ["data.jsonl:2:1 too-long "]);
}

#[test]
fn a_schema_that_cannot_be_used_is_told_at_its_place() {
    let folder = Folder::new("schemas");
    let data = folder.file("data.jsonl", "{\"city\":7}\n{\"city\"\n");
    let bad = "{\n  \"type\": \"object\",\n  \"properties\": {\"city\": {\"type\": \"strong\"}}\n}";
    let schema = folder.file("bad.schema.json", bad);
    let ran = report(&["--schema", &schema, &data]);
    assert_eq!(ran.exit, Exit::Finding);
    assert_eq!(
        ran.findings(),
        ["bad.schema.json:3:27 invalid-schema /properties/city/type", "data.jsonl:2:8 json "]
    );
    // The calls of the other tool are checked all the same.
    let mut both = tools();
    both.as_array_mut().expect("a list").push(json!({"name": "other", "parameters": {"type": 7}}));
    let tools = folder.file("tools.json", both.to_string());
    let calls = folder.file(
        "calls.jsonl",
        "{\"name\":\"get_weather\",\"arguments\":\"{}\"}\n{\"name\":\"other\",\"arguments\":\"{}\"}",
    );
    let findings = report(&["--tools", &tools, &calls]).findings();
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(findings[0].contains("invalid-schema /1/parameters/type"), "{findings:?}");
    assert_eq!(findings[1], "calls.jsonl:1:36 required /arguments");
    let broken = folder.file("broken.json", "{\"type\": ");
    let ran = check(&["--schema", &broken, &data]);
    assert_eq!(ran.exit, Exit::Failure);
    assert!(ran.stderr.contains("broken.json:1:9: EOF"), "{}", ran.stderr);
}

#[test]
fn a_schema_that_leads_to_itself_comes_to_an_end() {
    let folder = Folder::new("endless");
    let data = folder.file("data.jsonl", "{\"a\":{\"a\":{\"a\":7}}}\n1\n");
    for (name, schema, expected) in [
        ("tree", json!({"type": "object", "additionalProperties": {"$ref": "#"}}), Some(2)),
        (
            "circle",
            json!({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}}}),
            None,
        ),
        ("self", json!({"$ref": "#"}), None),
        ("union", json!({"anyOf": [{"$ref": "#"}, {"type": "object"}]}), None),
    ] {
        let schema = folder.file(&format!("{name}.json"), schema.to_string());
        let ran = report(&["--schema", &schema, &data]);
        assert_ne!(ran.exit, Exit::Failure, "{name}: {}", ran.stderr);
        if let Some(expected) = expected {
            assert_eq!(ran.findings().len(), expected, "{name}: {}", ran.stdout);
        }
    }
}

#[test]
fn a_pipe_that_is_closed_is_no_failure() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let folder = Folder::new("pipe");
    let data = folder.file("data.json", "{\"name\":\"a\",\"arguments\":\"{}\"}");
    let console = Console::new(Closed, io::sink());
    let exit = openai_tools::cli::main(["openai-tools", "check", "--no-config", &data], console);
    assert_eq!(exit, Exit::Success);
}
