use std::{ops::Deref, time::Duration};

use openai_tools::{
    Client,
    chat::Api,
    client::{ClientBuilder, RetryPolicy},
    testing::{Reply, Server, ServerBuilder},
};
use serde_json::Value;

use crate::assert_sent_as_documented;

tokio::task_local! {
    static API: Api;
}

/// Runs a test over an API; the attribute `both_apis::test` does it for each of them.
pub async fn over<F: Future>(api: Api, test: F) -> F::Output {
    API.scope(api, test).await
}

/// The same for a test that is not async.
pub fn over_sync(api: Api, test: impl FnOnce()) {
    API.sync_scope(api, test);
}

/// The API that the test runs over; chat completions where nothing says so.
#[must_use]
pub fn api() -> Api {
    API.try_with(|api| *api).unwrap_or_default()
}

/// Whether the test runs over chat completions.
#[must_use]
pub fn is_chat() -> bool {
    api() == Api::ChatCompletions
}

/// The path of that API under the base URL.
#[must_use]
pub fn path() -> &'static str {
    if is_chat() { "chat/completions" } else { "responses" }
}

/// The built-in server; when it is dropped, every request that it got is held against OpenAI's
/// own document.
#[derive(Debug)]
pub struct TestServer {
    server: Server,
    api: Api,
    checked: bool,
}

impl TestServer {
    /// The key that [`client`](Self::client) sends.
    pub const KEY: &str = "sk-test-0123456789";

    /// A server that makes up its own answers.
    ///
    /// # Panics
    ///
    /// It cannot be started.
    pub async fn automatic() -> Self {
        Self::start(Server::builder()).await
    }

    /// A server that answers with these replies.
    ///
    /// # Panics
    ///
    /// It cannot be started.
    pub async fn scripted<I>(replies: I) -> Self
    where
        I: IntoIterator<Item = Reply>,
        I::IntoIter: Send + 'static,
    {
        Self::start(Server::builder().script(replies)).await
    }

    /// A server with settings of its own.
    ///
    /// # Panics
    ///
    /// It cannot be started.
    pub async fn start(builder: ServerBuilder) -> Self {
        let server = builder.start().await.expect("a free port on loopback");
        Self { server, api: api(), checked: true }
    }

    /// Leaves the check against the document out, for requests that are wrong on purpose.
    #[must_use]
    pub fn with_invalid_requests(mut self) -> Self {
        self.checked = false;
        self
    }

    /// A client of the server that hardly waits between attempts, and speaks the API of the test.
    ///
    /// # Panics
    ///
    /// It cannot be built.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client_builder().build().expect("a good configuration")
    }

    /// What [`client`](Self::client) is built from.
    #[must_use]
    pub fn client_builder(&self) -> ClientBuilder {
        let short = Duration::from_millis(1);
        Client::builder()
            .base_url(self.server.base_url())
            .api_key(Self::KEY)
            .api(self.api)
            .retry(RetryPolicy::new().with_backoff(short, short))
    }

    /// The body of a request, counted from 0.
    ///
    /// # Panics
    ///
    /// There were not so many.
    #[must_use]
    pub fn sent(&self, index: usize) -> Value {
        self.server.requests()[index].json()
    }

    /// What a request, counted from 0, asked in the words of chat completions, whichever API it came
    /// through.
    ///
    /// # Panics
    ///
    /// There were not so many.
    #[must_use]
    pub fn asked(&self, index: usize) -> Value {
        self.server.requests()[index].as_chat()
    }

    /// The messages of that.
    ///
    /// # Panics
    ///
    /// There were not so many.
    #[must_use]
    pub fn asked_messages(&self, index: usize) -> Vec<Value> {
        self.asked(index)["messages"].as_array().expect("a list").clone()
    }
}

impl Deref for TestServer {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // The first failure is the one to show.
        if !self.checked || std::thread::panicking() {
            return;
        }
        assert_sent_as_documented(&self.server.requests());
    }
}
