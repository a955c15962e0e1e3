//! `openai-tools check` over 200 MB of JSONL against the `jsonschema` crate used by hand on one
//! thread: each line parsed to a `Value` and validated. Time, and the memory of the process.
//! `cargo bench -p tests --bench check`
//!
//! Each measurement is a process of its own. `CHECK_MB` makes another size of data; with
//! `CHECK_FOLDER` it is kept there. `tests/benches/check_side_by_side` compares other programs.

use std::{
    env, fs,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use openai_tools::cli::{self, Console, Exit};
use serde_json::{Value, json};

const ROUNDS: usize = 5;
const MODE: &str = "CHECK_BENCH_MODE";

fn main() {
    let given = env::var_os("CHECK_FOLDER").map(PathBuf::from);
    let own = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("check_bench");
    let folder = given.clone().unwrap_or(own);
    let (schema, data) = (folder.join("order.schema.json"), folder.join("orders.jsonl"));
    if let Ok(mode) = env::var(MODE) {
        return measured(&mode, &schema, &data);
    }
    fs::create_dir_all(&folder).expect("a folder");
    let megabytes = env::var("CHECK_MB").ok().and_then(|size| size.parse().ok()).unwrap_or(200);
    fs::write(&schema, order().to_string()).expect("a file");
    let (bytes, lines) = generate(&data, megabytes * 1_000_000);
    if given.is_some() {
        return;
    }
    let megabytes = f64::from(u32::try_from(bytes / 1_000).expect("less than 4 TB")) / 1e3;
    say(&format!("{lines} lines, {megabytes:.1} MB, a schema of 20 properties"));

    let modes = ["by hand", "check, 1 thread", "check, 2 threads"];
    let mut times = vec![Vec::new(); modes.len()];
    let mut peaks = vec![0; modes.len()];
    for _ in 0..ROUNDS {
        for (n, mode) in modes.iter().enumerate() {
            let (seconds, peak) = child(mode);
            times[n].push(seconds);
            peaks[n] = peaks[n].max(peak);
        }
    }
    fs::remove_dir_all(&folder).expect("was made");
    let medians: Vec<f64> = times.iter_mut().map(|times| median(times)).collect();
    for (n, mode) in modes.iter().enumerate() {
        let speed = megabytes / medians[n];
        let ratio = medians[0] / medians[n];
        let (seconds, peak) = (medians[n], f64::from(peaks[n]) / 1e3);
        say(&format!(
            "{mode:>16}: {seconds:6.3} s, {speed:5.0} MB/s, {ratio:5.2} times, {peak:5.1} MB of memory"
        ));
    }
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Seconds, and the most memory in kB.
fn child(mode: &str) -> (f64, u32) {
    let own = env::current_exe().expect("this program");
    let output = Command::new(own).env(MODE, mode).output().expect("a process");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    (
        told["seconds"].as_f64().expect("seconds"),
        u32::try_from(told["peak"].as_u64().expect("memory")).expect("less than 4 TB"),
    )
}

fn measured(mode: &str, schema: &Path, data: &Path) {
    let start = Instant::now();
    match mode {
        "by hand" => by_hand(schema, data),
        mode => {
            let threads = if mode.contains('1') { "1" } else { "2" };
            let schema = schema.to_str().expect("UTF-8");
            let data = data.to_str().expect("UTF-8");
            let arguments = [
                "openai-tools",
                "check",
                "--no-config",
                "--threads",
                threads,
                "--schema",
                schema,
                data,
            ];
            let mut report = Vec::new();
            let exit = cli::main(arguments, Console::new(&mut report, std::io::stderr()));
            assert_eq!(exit, Exit::Success, "{}", String::from_utf8_lossy(&report));
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    say(&json!({"seconds": seconds, "peak": peak()}).to_string());
}

fn by_hand(schema: &Path, data: &Path) {
    let schema = fs::read_to_string(schema).expect("a file");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator =
        jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    let mut reader = BufReader::with_capacity(1 << 16, fs::File::open(data).expect("a file"));
    let mut line = String::new();
    while reader.read_line(&mut line).expect("readable") > 0 {
        let value: Value = serde_json::from_str(&line).expect("JSON");
        assert!(validator.is_valid(&value));
        line.clear();
    }
}

/// The most memory that this process had, in kB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

fn order() -> Value {
    let text = json!({"type": "string"});
    let line = json!({
        "type": "object",
        "properties": {
            "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
            "title": {"type": "string", "maxLength": 80},
            "quantity": {"type": "integer", "minimum": 1, "maximum": 100},
            "price": {"type": "number", "minimum": 0},
        },
        "required": ["sku", "title", "quantity", "price"],
        "additionalProperties": false,
    });
    let address = json!({
        "type": "object",
        "properties": {"street": text, "city": text, "postcode": text, "country": {"enum": ["DE", "FR", "US", "VN"]}},
        "required": ["street", "city", "postcode", "country"],
        "additionalProperties": false,
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {"Address": address, "Line": line},
        "type": "object",
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "number": {"type": "integer", "minimum": 1},
            "placed": {"type": "string", "format": "date-time"},
            "status": {"enum": ["open", "paid", "sent", "returned"]},
            "customer": {"type": "string", "minLength": 1},
            "email": {"type": ["string", "null"]},
            "phone": {"type": ["string", "null"]},
            "currency": {"const": "EUR"},
            "total": {"type": "number", "minimum": 0},
            "tax": {"type": "number"},
            "discount": {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "null"}]},
            "is_gift": {"type": "boolean"},
            "is_business": {"type": "boolean"},
            "note": {"type": ["string", "null"], "maxLength": 500},
            "tags": {"type": "array", "items": text, "maxItems": 10},
            "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}, "minItems": 1},
            "billing": {"$ref": "#/$defs/Address"},
            "shipping": {"anyOf": [{"$ref": "#/$defs/Address"}, {"type": "null"}]},
            "weight": {"type": "number", "exclusiveMinimum": 0},
            "source": {"type": "string", "enum": ["web", "shop", "phone"]},
        },
        "required": [
            "id", "number", "placed", "status", "customer", "email", "phone", "currency", "total",
            "tax", "discount", "is_gift", "is_business", "note", "tags", "lines", "billing",
            "shipping", "weight", "source",
        ],
        "additionalProperties": false,
    })
}

/// Writes lines until there are so many bytes.
fn generate(path: &Path, least: u64) -> (u64, u64) {
    let mut file = BufWriter::new(fs::File::create(path).expect("a file"));
    let (mut bytes, mut lines) = (0, 0);
    let mut state = 1_u64;
    while bytes < least {
        let line = format!("{}\n", one(lines, &mut state));
        file.write_all(line.as_bytes()).expect("room");
        bytes += line.len() as u64;
        lines += 1;
    }
    file.flush().expect("room");
    (bytes, lines)
}

fn one(n: u64, state: &mut u64) -> Value {
    let mut random = |below: u32| {
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(*state >> 33).expect("31 bits") % below
    };
    let street = format!("{} rue de la République", 1 + random(200));
    let address = json!({"street": street, "city": "Lyon", "postcode": format!("69{:03}", random(900)),
        "country": "FR"});
    let lines: Vec<Value> = (0..=random(4))
        .map(|_| {
            let title = format!("A thing of \"quality\", size {}", random(50));
            json!({"sku": format!("ABC-{:04}", random(10_000)), "title": title,
                "quantity": 1 + random(99), "price": f64::from(random(100_000)) / 100.0})
        })
        .collect();
    let id = format!("67e55044-10b1-426f-9247-{:012x}", random(1 << 30));
    json!({
        "id": id,
        "number": n + 1,
        "placed": format!("2024-0{}-1{}T08:30:{:02}Z", 1 + random(9), random(10), random(60)),
        "status": if random(2) == 0 { "open" } else { "returned" },
        "customer": format!("Customer {}", random(100_000)),
        "email": format!("customer{}@example.com", random(100_000)),
        "phone": null,
        "currency": "EUR",
        "total": f64::from(random(1_000_000)) / 100.0,
        "tax": f64::from(random(1_000)) / 100.0,
        "discount": if random(2) == 0 { json!(0.25) } else { Value::Null },
        "is_gift": random(2) == 0,
        "is_business": false,
        "note": if random(3) == 0 { json!("Leave it with the neighbours.\nThank you!") } else { Value::Null },
        "tags": (0..random(4)).map(|n| format!("tag{n}")).collect::<Vec<_>>(),
        "lines": lines,
        "billing": address,
        "shipping": if random(2) == 0 { address.clone() } else { Value::Null },
        "weight": 1.0 + f64::from(random(10_000)) / 1_000.0,
        "source": "web",
    })
}

#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
fn say(line: &str) {
    println!("{line}");
}
