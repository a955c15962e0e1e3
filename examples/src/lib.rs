//! What the examples share: a client that needs no key.

use std::{
    env, fs,
    io::{self, Write},
    ops::Deref,
    path::Path,
};

use openai_tools::{
    Client,
    chat::Api,
    client::ClientBuilder,
    testing::{Server, ServerBuilder},
};
use serde_json::json;

/// A client for the examples, and the built-in server if it talks to that.
#[derive(Debug)]
pub struct Setup {
    /// The client.
    pub client: Client,
    /// The model that is asked.
    pub model: String,
    /// Runs until it is dropped.
    pub server: Option<BuiltIn>,
}

/// The built-in server. Where `EXAMPLES_REQUESTS` names a file, what it was asked is written there when
/// it is dropped, a request a line: the tests hold it against OpenAI's document.
#[derive(Debug)]
pub struct BuiltIn(Server);

impl Deref for BuiltIn {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.0
    }
}

impl Drop for BuiltIn {
    fn drop(&mut self) {
        let Some(path) = env::var_os("EXAMPLES_REQUESTS") else { return };
        if let Err(error) = self.write(path.as_ref()) {
            // Nobody is left to be told, and the tests miss what is not there.
            let _ = say(&error.to_string());
        }
    }
}

impl BuiltIn {
    fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = fs::OpenOptions::new().create(true).append(true).open(path)?;
        for request in self.requests() {
            let request = json!({
                "method": request.method(),
                "path": request.path(),
                "content_type": request.header("content-type").unwrap_or_default(),
                "body": String::from_utf8_lossy(request.body()),
            });
            writeln!(file, "{request}")?;
        }
        Ok(())
    }
}

/// Talks to the API that `OPENAI_API_KEY` or `OPENAI_BASE_URL` names (model: `OPENAI_MODEL`, or
/// `gpt-5.2`); where neither is set, to the built-in server, and says so on stderr. With
/// `EXAMPLES_API=responses` it talks through the Responses API.
///
/// # Errors
///
/// The environment holds something that cannot work, or loopback has no free port.
pub async fn setup() -> Result<Setup, Box<dyn std::error::Error>> {
    setup_on(Server::builder()).await
}

/// As [`setup`], with a built-in server of the example's own making.
///
/// # Errors
///
/// As for [`setup`].
pub async fn setup_on(server: ServerBuilder) -> Result<Setup, Box<dyn std::error::Error>> {
    let is_set = |name| env::var(name).is_ok_and(|value| !value.trim().is_empty());
    let model = env::var("OPENAI_MODEL").unwrap_or_else(|_| "gpt-5.2".to_owned());
    if is_set("OPENAI_API_KEY") || is_set("OPENAI_BASE_URL") {
        let client = ClientBuilder::from_env()?.api(api()?).build()?;
        return Ok(Setup { client, model, server: None });
    }
    say(
        "neither OPENAI_API_KEY nor OPENAI_BASE_URL is set: this runs offline, on the built-in server",
    )?;
    Ok(Setup { model, ..offline(server).await? })
}

/// As [`setup_on`], without a look at the key: for what no real model does on request.
///
/// # Errors
///
/// As for [`setup`].
pub async fn offline(server: ServerBuilder) -> Result<Setup, Box<dyn std::error::Error>> {
    let server = server.start().await?;
    let client = Client::builder().base_url(server.base_url()).api(api()?).build()?;
    Ok(Setup { client, model: "any".to_owned(), server: Some(BuiltIn(server)) })
}

/// The API that `EXAMPLES_API` names, `chat` or `responses`; chat completions where it is not set.
///
/// # Errors
///
/// It names another one.
pub fn api() -> Result<Api, Box<dyn std::error::Error>> {
    match env::var("EXAMPLES_API").as_deref() {
        Err(_) | Ok("" | "chat") => Ok(Api::ChatCompletions),
        Ok("responses") => Ok(Api::Responses),
        Ok(other) => {
            Err(format!("EXAMPLES_API is `{other}`, and not `chat` or `responses`").into())
        }
    }
}

fn say(line: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{line}")
}
