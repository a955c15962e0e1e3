//! What the examples share: a client that needs no key.

use std::{env, io};

use openai_tools::{
    Client,
    chat::Api,
    client::ClientBuilder,
    testing::{Server, ServerBuilder},
};

/// A client for the examples, and the built-in server if it talks to that.
#[derive(Debug)]
pub struct Setup {
    /// The client.
    pub client: Client,
    /// The model that is asked.
    pub model: String,
    /// Runs until it is dropped.
    pub server: Option<Server>,
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
    let server = server.start().await?;
    say(
        "neither OPENAI_API_KEY nor OPENAI_BASE_URL is set: this runs offline, on the built-in server",
    )?;
    let client = Client::builder().base_url(server.base_url()).api(api()?).build()?;
    Ok(Setup { client, model, server: Some(server) })
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
    use io::Write;
    writeln!(io::stderr(), "{line}")
}
