//! What a run tells `tracing`: its spans by the conventions' names, and no content.

use std::{
    fmt::Debug,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use openai_tools::{
    Client, Toolbox,
    testing::{Reply, Server},
    tool,
};
use serde_json::json;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

/// Keeps a secret.
#[tool]
async fn keep(secret: String) -> String {
    format!("kept {secret}")
}

#[tokio::test]
async fn a_run_is_told_in_spans_and_without_content() {
    let told = Told::default();
    let guard = tracing::subscriber::set_default(Collector { told: told.clone(), ids: 0.into() });
    let script = [
        Reply::error(503, "overloaded", "hush-prompt").with_header("retry-after", "0"),
        Reply::tool_calls([
            ("c1", "keep", json!({"secret": "hush-arguments"})),
            ("c2", "hide", json!({})),
        ]),
        Reply::text("hush-answer"),
    ];
    let server = Server::builder().script(script).start().await.expect("a server");
    let client = Client::builder()
        .base_url(server.base_url())
        .api_key("hush-key")
        .build()
        .expect("a client");
    let tools = Toolbox::new().with(keep).expect("a sound tool");
    let run = client.run("gpt-x").tools(&tools).user("hush-prompt").await.expect("a run");
    assert_eq!(run.turns().len(), 2);
    drop(guard);

    let lines = told.0.lock().expect("no test panics while it holds the lock").clone();
    let count = |name: &str| lines.iter().filter(|line| line.starts_with(name)).count();
    assert_eq!((count("span run"), count("span turn"), count("span attempt")), (1, 2, 3));
    assert_eq!(count("span tool_call"), 2);
    let all = lines.join("\n");
    for part in [
        "otel.name=chat gpt-x",
        "gen_ai.operation.name=\"execute_tool\"",
        "gen_ai.tool.name=\"keep\"",
        "gen_ai.tool.call.id=\"c1\"",
        "error.type=\"unknown_tool\"",
        "http.response.status_code=503",
        "gen_ai.response.finish_reasons=\"tool_calls\"",
        "openai_tools.outcome=\"completed\"",
    ] {
        assert!(all.contains(part), "{part} in\n{all}");
    }
    assert!(!all.contains("hush"), "{all}");
}

#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn line(&self, line: String) {
        self.0.lock().expect("no test panics while it holds the lock").push(line);
    }
}

/// Writes down the spans of this crate.
struct Collector {
    told: Told,
    ids: AtomicU64,
}

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("openai_tools")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = format!("span {}", span.metadata().name());
        span.record(&mut Fields(&mut line));
        self.told.line(line);
        Id::from_u64(self.ids.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = "record".to_owned();
        values.record(&mut Fields(&mut line));
        self.told.line(line);
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = format!("event {}", event.metadata().name());
        event.record(&mut Fields(&mut line));
        self.told.line(line);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        use std::fmt::Write;
        write!(self.0, " {}={value:?}", field.name()).expect("a text takes all");
    }
}
