//! A server in a process of its own, so that its CPU time is not counted: the benchmark's own
//! binary, started once more.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
};

/// The server, until it is dropped.
pub(crate) struct ServerProcess {
    child: Child,
    pub(crate) address: String,
}

impl ServerProcess {
    /// Starts it; `what` is what [`asked`](Self::asked) gives there.
    pub(crate) fn start(what: &str) -> Self {
        let mut child = Command::new(env::current_exe().expect("the benchmark has a path"))
            .env(SERVE, what)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server process starts");
        let mut line = String::new();
        let out = child.stdout.as_mut().expect("it is piped");
        BufReader::new(out).read_line(&mut line).expect("the server says its address");
        Self { child, address: line.trim().to_owned() }
    }

    /// In the server's process: what it is to serve.
    pub(crate) fn asked() -> Option<String> {
        env::var(SERVE).ok()
    }

    /// Serves every connection on a thread of its own.
    pub(crate) fn serve(connection: impl Fn(TcpStream) + Clone + Send + 'static) -> ! {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let mut out = std::io::stdout();
        writeln!(out, "{}", listener.local_addr().expect("bound")).expect("the parent listens");
        out.flush().expect("the parent listens");
        loop {
            let (stream, _) = listener.accept().expect("a connection");
            stream.set_nodelay(true).expect("a TCP socket");
            let connection = connection.clone();
            std::thread::spawn(move || connection(stream));
        }
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const SERVE: &str = "BENCH_SERVE";

/// One request.
pub(crate) struct Request {
    #[allow(dead_code, reason = "not every benchmark's server has several")]
    pub(crate) path: String,
    body: Vec<u8>,
}

impl Request {
    /// `None` at the end of the connection.
    pub(crate) fn read(reader: &mut impl BufRead) -> Option<Self> {
        let (mut path, mut length) = (None, 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return None;
            }
            let line = line.trim();
            if line.is_empty() {
                break;
            }
            let path = path.get_or_insert_with(|| line.to_owned());
            if path.len() == line.len() {
                continue;
            }
            if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = told.trim().parse().expect("a length");
            }
        }
        let path = path.unwrap_or_default().split(' ').nth(1).unwrap_or_default().to_owned();
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a whole body");
        Some(Self { path, body })
    }

    /// Whether tools have been run already.
    pub(crate) fn has_outputs(&self) -> bool {
        self.holds(b"\"role\":\"tool\"") || self.holds(b"\"type\":\"function_call_output\"")
    }

    /// Whether these bytes stand in it.
    pub(crate) fn holds(&self, bytes: &[u8]) -> bool {
        self.body.windows(bytes.len()).any(|window| window == bytes)
    }
}
