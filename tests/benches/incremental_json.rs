//! CPU of incremental JSON: growth with the length of the text, and the price of small pieces
//! against one parse of the whole. `cargo bench -p tests --bench incremental_json`

use std::{hint::black_box, io::Write, time::Duration};

use cpu_time::ProcessTime;
use openai_tools::{
    schema::Codec,
    stream::{
        PartialReader,
        json::{JsonStream, Scanner},
    },
};
use serde_json::{Value, json};

fn main() {
    growth("JsonStream", |text, size| {
        let mut stream = JsonStream::new();
        for piece in pieces(text, size) {
            stream.push(piece).expect("JSON");
            black_box(stream.value());
        }
        black_box(stream.is_closed());
    });
    growth("PartialReader", |text, size| {
        let mut reader = PartialReader::<Value>::new(&Codec::default());
        for piece in pieces(text, size) {
            black_box(reader.push(piece).expect("JSON"));
        }
    });
    growth("Scanner", |text, size| {
        let mut scanner = Scanner::new();
        for piece in pieces(text, size) {
            scanner.push(piece).expect("JSON");
        }
        black_box(scanner.is_closed());
    });
    for (name, text) in [("records", records(128 << 10)), ("one string", one_string(128 << 10))] {
        against_one_parse(name, &text);
    }
}

/// 4 MB against 1 MB.
fn growth(name: &str, read: impl Fn(&str, usize)) {
    let (small, large) = (records(1 << 20), records(4 << 20));
    for size in [1, 20] {
        let (mut times, mut ratios) = (Vec::new(), Vec::new());
        for _ in 0..7 {
            let small = cpu(|| read(&small, size)).as_secs_f64();
            times.push(small * 1e3);
            ratios.push(cpu(|| read(&large, size)).as_secs_f64() / small);
        }
        let (time, ratio) = (median(&mut times), median(&mut ratios));
        say(&format!(
            "{name}, 4 MB against 1 MB ({time:.1} ms), pieces of {size}: {ratio:.2} (target 4.2)"
        ));
    }
}

/// 128 KB in pieces of four characters, the value asked for after each, against `serde_json`.
fn against_one_parse(name: &str, text: &str) {
    const TIMES: u32 = 20;
    // To cut the text is not the reader's work.
    let cut: Vec<&str> = pieces(text, 4).collect();
    let mut times: [Vec<f64>; 4] = Default::default();
    for _ in 0..15 {
        let whole = cpu(|| {
            for _ in 0..TIMES {
                black_box(serde_json::from_str::<Value>(black_box(text)).expect("JSON"));
            }
        });
        let stream = cpu(|| {
            for _ in 0..TIMES {
                let mut stream = JsonStream::new();
                for piece in black_box(&cut) {
                    stream.push(piece).expect("JSON");
                    black_box(stream.value());
                }
                black_box(stream.is_closed());
            }
        });
        let partial = cpu(|| {
            for _ in 0..TIMES {
                let mut reader = PartialReader::<Value>::new(&Codec::default());
                for piece in black_box(&cut) {
                    black_box(reader.push(piece).expect("JSON"));
                }
            }
        });
        let at_once = cpu(|| {
            for _ in 0..TIMES {
                let mut stream = JsonStream::new();
                stream.push(black_box(text)).expect("JSON");
                black_box(stream.finish().expect("JSON"));
            }
        });
        for (times, time) in times.iter_mut().zip([whole, stream, partial, at_once]) {
            times.push(time.as_secs_f64() * 1e3 / f64::from(TIMES));
        }
    }
    let [whole, stream, partial, at_once] = times.map(|mut times| median(&mut times));
    for (reader, time) in [
        ("JsonStream, pieces of 4", stream),
        ("PartialReader, pieces of 4", partial),
        ("JsonStream in one piece, with finish", at_once),
    ] {
        say(&format!(
            "128 KB, {name}, {reader}: {time:.3} ms, {:.2} times one parse of {whole:.3} ms \
             (targets: 10 ms, 3 times)",
            time / whole
        ));
    }
}

fn pieces(text: &str, size: usize) -> impl Iterator<Item = &str> {
    assert!(text.is_ascii(), "cut at any byte");
    (0..text.len()).step_by(size).map(move |at| &text[at..text.len().min(at + size)])
}

/// What a long argument of a tool call looks like: a list of records of short members.
fn records(bytes: usize) -> String {
    let mut text = "{\"records\":[".to_owned();
    let mut n = 0;
    while text.len() < bytes {
        let record = json!({
            "id": n, "name": format!("Name of number {n}"), "price": f64::from(n) / 4.0,
            "tags": ["red", "large"], "active": n % 2 == 0, "parent": null,
            "note": "A sentence of some words, as models write them.\nAnother one.",
        });
        if n > 0 {
            text.push(',');
        }
        text.push_str(&record.to_string());
        n += 1;
    }
    text + "]}"
}

fn one_string(bytes: usize) -> String {
    let mut text = String::new();
    while text.len() < bytes {
        text.push_str("fn main() { println!(\"a line of code\"); }\n");
    }
    json!({ "file": text }).to_string()
}

fn cpu(work: impl FnOnce()) -> Duration {
    let before = ProcessTime::now();
    work();
    before.elapsed()
}

fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").expect("stdout is open");
}
