//! What a tool is given beside its arguments.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use openai_tools::{DynTool, Provide, ToolContext, ToolError, Toolbox, testing::Reply};
use serde_json::json;
use tests::{TestServer, definition};

/// Stands for a pool of connections: shared by all runs.
#[derive(Default)]
struct Pool {
    queries: AtomicU32,
}

/// What one run knows of its caller.
struct App {
    pool: Arc<Pool>,
    user: String,
}

impl Provide<Pool> for App {
    fn provide(&self) -> &Pool {
        &self.pool
    }
}

fn tools() -> Toolbox<App> {
    let who =
        DynTool::new(definition("who", json!({})), |_, context: ToolContext<App>| async move {
            context.app().pool.queries.fetch_add(1, Ordering::SeqCst);
            let user = &context.app().user;
            Ok::<_, ToolError>(format!(
                "{user} by {} as {}",
                context.call_id().as_str(),
                context.tool_name()
            ))
        });
    Toolbox::for_context().with(who).expect("one tool")
}

#[both_apis::test]
async fn each_run_has_a_context_of_its_own_over_shared_parts() {
    let (pool, tools) = (Arc::new(Pool::default()), tools());
    let script = [
        Reply::tool_calls([("c1", "who", json!({}))]),
        Reply::text("ann"),
        Reply::tool_calls([("c2", "who", json!({})), ("c3", "who", json!({}))]),
        Reply::text("bob"),
    ];
    let server = TestServer::scripted(script).await;
    let client = server.client();
    let mut told = Vec::new();
    for user in ["ann", "bob"] {
        let app = App { pool: Arc::clone(&pool), user: user.to_owned() };
        let run = client.run("m").tools(tools.bind(app)).user("who am I?").await.expect("no error");
        assert_eq!(run.text(), user);
        told.extend(run.calls().map(|record| record.output.text.clone()));
    }
    assert_eq!(told, ["ann by c1 as who", "bob by c2 as who", "bob by c3 as who"]);
    assert_eq!(pool.queries.load(Ordering::SeqCst), 3);
}

#[both_apis::test]
async fn the_model_sees_nothing_of_the_context() {
    let server = TestServer::scripted([Reply::text("hi")]).await;
    let app = App { pool: Arc::default(), user: "a secret".to_owned() };
    let run = server.client().run("m").tools(tools().bind(app)).user("hello").await;
    assert_eq!(run.expect("no error").text(), "hi");
    let sent = server.asked(0);
    assert_eq!(sent["tools"][0]["function"]["parameters"]["properties"], json!({}));
    assert!(!sent.to_string().contains("a secret"));
}

#[both_apis::test]
async fn a_closure_can_hold_what_its_tool_needs_instead() {
    let pool = Arc::new(Pool::default());
    let held = Arc::clone(&pool);
    let count = DynTool::new(definition("count", json!({})), move |_, _: ToolContext| {
        let queries = held.queries.fetch_add(1, Ordering::SeqCst) + 1;
        std::future::ready(Ok::<_, ToolError>(queries))
    });
    let tools = Toolbox::new().with(count).expect("one tool");
    let script = [Reply::tool_calls([("c1", "count", json!({}))]), Reply::text("one")];
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(tools).user("count").await.expect("no error");
    assert_eq!(run.calls().next().expect("a call").output.text, "1");
    assert_eq!(pool.queries.load(Ordering::SeqCst), 1);
}

#[test]
fn parts_of_a_context_can_be_provided_by_type() {
    fn needs_a_pool(context: &impl Provide<Pool>) -> u32 {
        context.provide().queries.load(Ordering::SeqCst)
    }
    assert_eq!(needs_a_pool(&App { pool: Arc::default(), user: String::new() }), 0);
}
