//! What the tests run the program in: a scripted server, a console, files.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use openai_tools::{
    cli::{self, Console, Exit},
    testing::{Recorded, Reply, Server},
};
use serde_json::{Value, json};
use tests::assert_sent_as_documented;
use tokio::runtime::Runtime;

pub(crate) const KEY: &str = "sk-secret-0123456789";

/// A scripted server in a runtime of its own: the program starts another one.
pub(crate) struct Scene {
    pub(crate) runtime: Runtime,
    pub(crate) server: Server,
}

impl Scene {
    pub(crate) fn new(script: impl IntoIterator<Item = Reply>) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let script: Vec<_> = script.into_iter().collect();
        let server = runtime.block_on(Server::builder().script(script).start()).expect("a server");
        Self { runtime, server }
    }

    /// Runs the program with this server as `OPENAI_BASE_URL`, and a key.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let url = self.server.base_url();
        Ran::new(arguments, |console| {
            console.with_variables(move |name| match name {
                "OPENAI_BASE_URL" => Some(url.clone()),
                "OPENAI_API_KEY" => Some(KEY.to_owned()),
                _ => None,
            })
        })
    }

    /// Runs it with somebody who gives these answers, a line each.
    pub(crate) fn asked(&self, arguments: &[&str], answers: &str) -> Ran {
        let url = self.server.base_url();
        let arguments = [&["--base-url", &url], arguments].concat();
        Ran::new(&arguments, |console| {
            console.with_interaction(true).with_stdin(io::Cursor::new(answers.to_owned()))
        })
    }

    /// Runs it with the JSON report.
    pub(crate) fn report(&self, arguments: &[&str]) -> (Exit, Value) {
        let ran = self.run(&[&["--report", "json"], arguments].concat());
        assert_eq!(ran.stderr, "");
        (ran.exit, ran.json())
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.server.requests()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        // The first failure is the one to show.
        if !std::thread::panicking() {
            assert_sent_as_documented(&self.requests());
        }
    }
}

/// What says that the run goes through the API of the test.
pub(crate) fn api_option() -> Vec<&'static str> {
    if tests::is_chat() { Vec::new() } else { vec!["--api", "responses"] }
}

pub(crate) struct Ran {
    pub(crate) exit: Exit,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Runs `openai-tools run` with the arguments, over the API of the test.
    pub(crate) fn new<'a>(
        arguments: &[&str],
        set: impl FnOnce(Console<'a>) -> Console<'a>,
    ) -> Self {
        Self::of(&[&["run"], &api_option()[..], arguments].concat(), set)
    }

    pub(crate) fn of<'a>(arguments: &[&str], set: impl FnOnce(Console<'a>) -> Console<'a>) -> Self {
        let (mut stdout, mut stderr) = (Shared::default(), Shared::default());
        let console = set(Console::new(stdout.clone(), stderr.clone()));
        let exit = cli::main([&["openai-tools"], arguments].concat(), console);
        Self { exit, stdout: stdout.take(), stderr: stderr.take() }
    }

    /// Stdout as the one JSON object that it is.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("one JSON document")
    }
}

/// A stream that can be looked at afterwards.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn take(&mut self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().expect("not poisoned"));
        String::from_utf8(bytes).expect("UTF-8")
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

/// A file that is there for one test.
pub(crate) struct File(PathBuf);

impl File {
    pub(crate) fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        // A test and its twin run at the same time.
        let api = tests::api().as_str();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli").join(api);
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(name);
        fs::write(&path, content).expect("a file");
        Self(path)
    }

    /// A place where no file is yet.
    pub(crate) fn none_yet(name: &str) -> Self {
        let file = Self::new(name, "");
        fs::remove_file(&file.0).expect("was made");
        file
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

pub(crate) fn weather_file(name: &str) -> File {
    let parameters = json!({
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    });
    let function = json!({"name": "get_weather", "parameters": parameters});
    File::new(name, json!([{"type": "function", "function": function}]).to_string())
}

pub(crate) fn two_calls() -> Reply {
    Reply::tool_calls([
        ("c1", "get_weather", json!({"city": "Hanoi"})),
        ("c2", "get_weather", json!({"city": "Paris"})),
    ])
    .with_usage(10, 5)
}

/// A stdout that fails.
pub(crate) struct Failing(pub(crate) io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(self.0.into())
    }
}
