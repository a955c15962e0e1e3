//! What the tests run the program in: a folder of files, and a console.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use openai_tools::cli::{self, Console, Exit};
use serde_json::{Value, json};

/// A folder that is there for one test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("check").join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// Writes a file, and gives its path.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::write(&path, content).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("UTF-8").to_owned()
    }

    /// A text of the program without the folder in it, and without how long it took.
    pub(crate) fn plain(&self, text: &str) -> String {
        let folder = format!("{}{}", self.0.display(), std::path::MAIN_SEPARATOR);
        let text = text.replace(&folder, "");
        let timed = |line: &str| match line.split_once(" in ").filter(|_| line.contains(" s: ")) {
            Some(_) => {
                let (before, after) = line.rsplit_once(" s: ").expect("is there");
                let before = before.rsplit_once(' ').expect("seconds").0;
                format!("{before} N s: {after}")
            }
            None => line.to_owned(),
        };
        text.lines().map(timed).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

pub(crate) struct Ran {
    pub(crate) exit: Exit,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("{error}: {} {}", self.stdout, self.stderr);
        })
    }

    /// Each finding as `file:line:column rule pointer`.
    pub(crate) fn findings(&self) -> Vec<String> {
        let report = self.json();
        let list = report["findings"].as_array().expect("a list").clone();
        let one = |finding: Value| {
            let file = finding["file"].as_str().expect("a file");
            let name =
                Path::new(file).file_name().map_or(file.into(), |name| name.to_string_lossy());
            let text = |key: &str| finding[key].as_str().expect("a text").to_owned();
            let (line, column) = (&finding["line"], &finding["column"]);
            format!("{name}:{line}:{column} {} {}", text("rule"), text("pointer"))
        };
        list.into_iter().map(one).collect()
    }
}

/// Runs `openai-tools check`.
pub(crate) fn check(arguments: &[&str]) -> Ran {
    run(&[&["check", "--no-config"], arguments].concat(), |console| console)
}

/// Runs it with the JSON report.
pub(crate) fn report(arguments: &[&str]) -> Ran {
    check(&[&["--report", "json"], arguments].concat())
}

pub(crate) fn run<'a>(arguments: &[&str], set: impl FnOnce(Console<'a>) -> Console<'a>) -> Ran {
    let (stdout, stderr) = (Shared::default(), Shared::default());
    let console = set(Console::new(stdout.clone(), stderr.clone()));
    let exit = cli::main([&["openai-tools"], arguments].concat(), console);
    Ran { exit, stdout: stdout.text(), stderr: stderr.text() }
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("UTF-8")
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn weather() -> Value {
    json!({
        "type": "object",
        "properties": {
            "city": {"type": "string", "minLength": 1},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            "days": {"type": "integer", "minimum": 1, "maximum": 14},
        },
        "required": ["city"],
        "additionalProperties": false,
    })
}

pub(crate) fn tools() -> Value {
    json!([{"type": "function", "function": {"name": "get_weather", "parameters": weather()}}])
}

/// A line for fine-tuning with one call.
pub(crate) fn example(name: &str, arguments: &str) -> String {
    let call = json!({"id": "c1", "type": "function",
        "function": {"name": name, "arguments": arguments}});
    json!({"messages": [
        {"role": "user", "content": "Is it warm?"},
        {"role": "assistant", "tool_calls": [call]},
    ]})
    .to_string()
}
