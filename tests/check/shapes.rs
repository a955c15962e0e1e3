//! Instances and records, plain, compressed, and from everywhere.

use std::io::{Cursor, Write};

use openai_tools::cli::Exit;
use serde_json::json;

use crate::scene::{Folder, check, example, report, run, tools, weather};

#[test]
fn instances_are_held_to_a_schema() {
    let folder = Folder::new("instances");
    let schema = folder.file("schema.json", weather().to_string());
    let good =
        folder.file("good.jsonl", "{\"city\":\"Hanoi\"}\n\n{\"city\":\"Paris\",\"days\":2.0}\n");
    let bad = folder.file(
        "bad.jsonl",
        "{\"city\":\"Hanoi\"}\n{\"city\":\"é\", \"unit\":\"kelvin\"}\n{}\n{\"city\":\"\",\"days\":0}",
    );
    let ran = check(&["--schema", &schema, &good]);
    assert_eq!((ran.exit, ran.stderr.as_str()), (Exit::Success, ""));
    let ran = report(&["--schema", &schema, &good, &bad]);
    assert_eq!(ran.exit, Exit::Finding);
    assert_eq!(
        ran.findings(),
        [
            "bad.jsonl:2:14 enum /unit",
            "bad.jsonl:3:1 required ",
            "bad.jsonl:4:2 minLength /city",
            "bad.jsonl:4:12 minimum /days",
        ]
    );
    let summary = &ran.json()["summary"];
    assert_eq!((&summary["files"], &summary["records"]), (&json!(2), &json!(6)));
    assert_eq!((&summary["findings"], &summary["told"]), (&json!(4), &json!(4)));
}

#[test]
fn a_document_is_one_instance_or_a_list_of_them() {
    let folder = Folder::new("documents");
    let schema = folder.file("schema.json", weather().to_string());
    let one = folder.file("one.json", "{\n  \"city\": \"Hanoi\",\n  \"days\": 99\n}\n");
    let list = folder.file("list.json", "[\n  {\"city\": \"Hanoi\"},\n  {\"city\": 7}\n]");
    let ran = report(&["--schema", &schema, &one, &list]);
    assert_eq!(ran.findings(), ["one.json:3:3 maximum /days", "list.json:3:4 type /1/city"]);
    assert_eq!(ran.json()["summary"]["records"], 3);

    let lists = json!({"type": "array", "items": {"type": "integer"}});
    let lists = folder.file("lists.schema.json", lists.to_string());
    let numbers = folder.file("numbers.json", "[1, 2, \"3\"]");
    let ran = report(&["--schema", &lists, &numbers]);
    assert_eq!(ran.findings(), ["numbers.json:1:8 type /2"]);
    assert_eq!(ran.json()["summary"]["records"], 1);
}

#[test]
fn calls_of_records_are_held_to_the_tools() {
    let folder = Folder::new("calls");
    let tools = folder.file("tools.json", tools().to_string());
    let lines = [
        example("get_weather", r#"{"city":"Hanoi"}"#),
        example("get_weather", r#"{"city":"Hanoi","unit":"kelvin"}"#),
        example("get_wether", "{}"),
    ];
    let data = folder.file("data.txt", lines.join("\r\n"));
    let ran = report(&["--tools", &tools, &data]);
    let call = "/messages/1/tool_calls/0/function";
    let arguments = lines[1].find("unit").expect("there");
    assert_eq!(
        ran.findings(),
        [
            // At the quote of the key, which is escaped.
            format!("data.txt:2:{} enum {call}/arguments/unit", arguments - 1),
            format!(
                "data.txt:3:{} unknown-tool {call}/name",
                lines[2].find("\"name\"").expect("there") + 1
            ),
        ]
    );
    assert_eq!(ran.json()["findings"][0]["tool"], "get_weather");
}

#[test]
fn a_lock_file_is_a_list_of_tools() {
    let folder = Folder::new("lock");
    let tools = folder.file("tools.json", tools().to_string());
    let lock = folder.path("tools.lock.json");
    let made = run(&["lock", &tools, "--out", &lock], |console| console);
    assert_eq!(made.exit, Exit::Success);
    let data =
        folder.file("data.json", json!({"name": "get_weather", "arguments": "{}"}).to_string());
    assert_eq!(
        report(&["--tools", &lock, &data]).findings(),
        ["data.json:1:36 required /arguments"]
    );
}

#[test]
fn compressed_files_globs_and_stdin_are_read() {
    let folder = Folder::new("sources");
    let schema = folder.file("schema.json", weather().to_string());
    let lines = "{\"city\":\"Hanoi\"}\n{\"city\":7}\n";
    let mut gzip = Vec::new();
    // Two members, one after the other.
    for part in [&lines[..10], &lines[10..]] {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(part.as_bytes()).expect("in memory");
        gzip.extend(encoder.finish().expect("in memory"));
    }
    folder.file("a.jsonl.gz", gzip);
    let frame = |text: &str| {
        ruzstd::encoding::compress_to_vec(
            text.as_bytes(),
            ruzstd::encoding::CompressionLevel::Fastest,
        )
    };
    // Two frames with one between them that holds no data.
    let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let zstd = [frame(&lines[..20]), skipped, frame(&lines[20..])].concat();
    folder.file("b.jsonl.zst", zstd);
    folder.file("c.jsonl", lines);
    let ran = run(
        &[
            "check",
            "--no-config",
            "--report",
            "json",
            "--schema",
            &schema,
            &folder.path("*.jsonl*"),
            "-",
        ],
        |console| console.with_stdin(Cursor::new(lines)),
    );
    assert_eq!(
        ran.findings(),
        [
            "a.jsonl.gz:2:2 type /city",
            "b.jsonl.zst:2:2 type /city",
            "c.jsonl:2:2 type /city",
            "stdin:2:2 type /city",
        ]
    );
}

#[test]
fn batches_are_compared_line_by_line() {
    let folder = Folder::new("batches");
    let line = |id: &str, model: &str| {
        let messages = json!([{"role": "user", "content": "Hi"}]);
        json!({"custom_id": id, "method": "POST", "url": "/v1/chat/completions",
            "body": {"model": model, "messages": messages}})
        .to_string()
    };
    let lines = [line("a", "m"), line("b", "m"), line("a", "m"), line("c", "other")];
    let data = folder.file("batch.jsonl", lines.join("\n"));
    assert_eq!(
        report(&[&data]).findings(),
        ["batch.jsonl:3:1 batch-id ", "batch.jsonl:4:1 batch-model "]
    );
}

#[test]
fn a_file_for_fine_tuning_holds_enough_examples() {
    let folder = Folder::new("training");
    let tools = folder.file("tools.json", tools().to_string());
    let line = example("get_weather", r#"{"city":"Hanoi"}"#);
    let few = folder.file("few.jsonl", vec![line.clone(); 9].join("\n"));
    let enough = folder.file("enough.jsonl", vec![line; 10].join("\n"));
    assert_eq!(report(&["--tools", &tools, &few]).findings(), ["few.jsonl:1:1 training-size "]);
    assert_eq!(check(&["--tools", &tools, &enough]).exit, Exit::Success);
}

#[test]
fn the_findings_are_the_same_however_many_threads_there_are() {
    let folder = Folder::new("threads");
    let schema = folder.file("schema.json", weather().to_string());
    let lines: Vec<String> =
        (0..60_000)
            .map(|n| {
                if n % 7 == 0 {
                    format!("{{\"city\":{n}}}")
                } else {
                    format!("{{\"city\":\"{n}\"}}")
                }
            })
            .collect();
    let data = folder.file("data.jsonl", lines.join("\n"));
    let of = |threads: &str| {
        let ran = report(&["--schema", &schema, "--threads", threads, "--max-errors", "0", &data]);
        let mut report = ran.json();
        report["summary"]["seconds"] = 0.into();
        report
    };
    let one = of("1");
    assert_eq!(one["summary"]["findings"], 8_572);
    assert_eq!(one["findings"][8_571]["line"], 59_998);
    for threads in ["2", "7"] {
        assert!(of(threads) == one, "{threads} threads");
    }
}
