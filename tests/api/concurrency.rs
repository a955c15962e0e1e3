//! How many calls run at the same time, where sync tools run, and what a dropped run leaves behind.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use openai_tools::{
    DynTool, ToolContext, ToolError, Toolbox,
    testing::{Reply, ScriptedCall},
};
use serde_json::json;
use tests::{TestServer, block_until, block_until_cancelled, definition, tool};
use tokio::sync::{Barrier, oneshot};

/// Longer than any test should take: it ends a test that would otherwise hang.
const PATIENCE: Duration = Duration::from_secs(30);

fn calls_of(name: &str, count: usize) -> Reply {
    let call = |n| -> ScriptedCall { (format!("c{n}"), name, json!({})).into() };
    Reply::tool_calls((0..count).map(call).collect::<Vec<_>>())
}

/// How many run now, and how many ever ran at once.
#[derive(Default)]
struct Gauge {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Gauge {
    fn enter(&self) {
        self.most.fetch_max(self.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    }

    fn leave(&self) {
        self.now.fetch_sub(1, Ordering::SeqCst);
    }

    fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

/// A tool that waits until `together` of it run at once, and then for a few turns of the runtime.
fn meeting(gauge: &Arc<Gauge>, together: usize) -> DynTool {
    let (gauge, barrier) = (Arc::clone(gauge), Arc::new(Barrier::new(together)));
    tool("meet", move |_| {
        let (gauge, barrier) = (Arc::clone(&gauge), Arc::clone(&barrier));
        async move {
            gauge.enter();
            barrier.wait().await;
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            gauge.leave();
            Ok("met")
        }
    })
}

fn one(tool: DynTool) -> Toolbox {
    Toolbox::new().with(tool).expect("one tool")
}

#[both_apis::test]
async fn all_calls_of_one_response_run_at_the_same_time() {
    let gauge = Arc::new(Gauge::default());
    let server = TestServer::scripted([calls_of("meet", 64), Reply::text("done")]).await;
    let run = server.client().run("m").tools(one(meeting(&gauge, 64))).user("go").await;
    let run = run.expect("no error");
    assert_eq!(run.text(), "done");
    assert!(run.calls().all(|record| record.output.text == "met"));
    assert_eq!(gauge.most(), 64);
}

#[both_apis::test]
async fn no_more_calls_than_the_limit_run_at_the_same_time() {
    for limit in [1, 2, 5] {
        let gauge = Arc::new(Gauge::default());
        let server = TestServer::scripted([calls_of("meet", 20), Reply::text("done")]).await;
        let run = server
            .client()
            .run("m")
            .tools(one(meeting(&gauge, limit)))
            .tool_concurrency(NonZeroUsize::new(limit).expect("not 0"))
            .user("go")
            .await
            .expect("no error");
        assert!(run.calls().all(|record| record.output.text == "met"));
        assert_eq!(gauge.most(), limit);
    }
}

#[both_apis::test]
async fn the_default_limit_is_64() {
    let gauge = Arc::new(Gauge::default());
    // Two rounds of 64 that each need all 64.
    let server = TestServer::scripted([calls_of("meet", 128), Reply::text("done")]).await;
    let run = server.client().run("m").tools(one(meeting(&gauge, 64))).user("go").await;
    assert!(run.expect("no error").calls().all(|record| record.output.text == "met"));
    assert_eq!(gauge.most(), 64);
}

#[both_apis::test]
async fn the_outputs_are_in_call_order_whatever_the_order_in_which_they_came() {
    const CALLS: usize = 16;
    // Each call waits for the one after it: they end from the last to the first.
    let turn = Arc::new(tokio::sync::watch::channel(CALLS - 1).0);
    let wait = DynTool::new(
        definition("wait", json!({"n": {"type": "integer"}})),
        move |arguments: serde_json::Value, _: ToolContext| {
            let turn = Arc::clone(&turn);
            async move {
                let n = usize::try_from(arguments["n"].as_u64().expect("a number")).expect("small");
                turn.subscribe().wait_for(|next| *next == n).await.expect("open");
                turn.send_replace(n.wrapping_sub(1));
                Ok::<_, ToolError>(n)
            }
        },
    );
    let calls = (0..CALLS).map(|n| (format!("c{n}"), "wait", json!({"n": n})));
    let script = [Reply::tool_calls(calls.collect::<Vec<_>>()), Reply::text("done")];
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(one(wait)).user("go").await.expect("no error");
    let texts: Vec<_> = run.calls().map(|record| record.output.text.clone()).collect();
    assert_eq!(texts, (0..CALLS).map(|n| n.to_string()).collect::<Vec<_>>());
    let finished: Vec<_> = run.calls().map(|record| record.finished).collect();
    assert!(finished.is_sorted_by(|a, b| a >= b), "{finished:?}");
}

#[both_apis::test]
async fn a_sync_tool_does_not_block_the_async_threads() {
    // One thread runs everything async: were it blocked, nobody could send what is waited for.
    let (send, receive) = mpsc::channel::<&str>();
    let receive = Mutex::new(receive);
    let wait = DynTool::blocking(definition("wait", json!({})), move |_, _: ToolContext| {
        let receive = receive.lock().expect("no panic");
        receive.recv_timeout(PATIENCE).map_err(ToolError::from)
    });
    let tell = tool("tell", move |_| {
        let send = send.clone();
        async move {
            tokio::task::yield_now().await;
            send.send("the word")?;
            Ok("told")
        }
    });
    let tools = one(wait).with(tell).expect("distinct");
    let calls = [("c0", "wait", json!({})), ("c1", "tell", json!({}))];
    let server = TestServer::scripted([Reply::tool_calls(calls), Reply::text("done")]).await;
    let run = server.client().run("m").tools(tools).user("go").await.expect("no error");
    let outputs: Vec<_> = run.calls().map(|record| record.output.text.as_str()).collect();
    assert_eq!(outputs, ["the word", "told"]);
}

#[both_apis::test]
async fn sync_tools_run_at_the_same_time() {
    let there = AtomicUsize::new(0);
    let meet = DynTool::blocking(definition("meet", json!({})), move |_, _: ToolContext| {
        there.fetch_add(1, Ordering::SeqCst);
        block_until(|| there.load(Ordering::SeqCst) == 8);
        Ok::<_, ToolError>("met")
    });
    let server = TestServer::scripted([calls_of("meet", 8), Reply::text("done")]).await;
    let run = server.client().run("m").tools(one(meet)).user("go").await.expect("no error");
    assert!(run.calls().all(|record| record.output.text == "met"));
}

/// Tells when it is dropped.
struct OnDrop(Option<oneshot::Sender<()>>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        if let Some(tell) = self.0.take() {
            let _ = tell.send(());
        }
    }
}

async fn told(end: oneshot::Receiver<()>) {
    tokio::time::timeout(PATIENCE, end).await.expect("soon").expect("told");
}

#[both_apis::test]
async fn dropping_the_run_stops_its_tools() {
    let (async_started, async_runs) = oneshot::channel();
    let (async_dropped, async_stopped) = oneshot::channel();
    let async_ends = Mutex::new(Some((async_started, OnDrop(Some(async_dropped)))));
    let hang = tool("hang", move |_| {
        let ends = async_ends.lock().expect("no panic").take();
        async move {
            let (started, _guard) = ends.expect("one call");
            started.send(()).expect("the test waits");
            std::future::pending::<Result<(), ToolError>>().await
        }
    });
    let (sync_started, sync_runs) = oneshot::channel();
    let (sync_saw, sync_stopped) = oneshot::channel();
    let sync_ends = Mutex::new(Some((sync_started, sync_saw)));
    let spin = DynTool::blocking(definition("spin", json!({})), move |_, context: ToolContext| {
        let (started, saw) = sync_ends.lock().expect("no panic").take().expect("one call");
        started.send(()).expect("the test waits");
        block_until_cancelled(&context);
        saw.send(()).expect("the test waits");
        Ok::<_, ToolError>(())
    });
    let tools = one(hang).with(spin).expect("distinct");
    let calls = [("c0", "hang", json!({})), ("c1", "spin", json!({}))];
    let server = TestServer::scripted([Reply::tool_calls(calls)]).await;
    let run = server.client().run("m").tools(tools).user("go");
    let run = tokio::spawn(run.into_future());
    told(async_runs).await;
    told(sync_runs).await;

    run.abort();
    told(async_stopped).await;
    told(sync_stopped).await;
    assert_eq!(server.request_count(), 1);
}

#[both_apis::test]
async fn a_tool_that_runs_can_watch_its_cancellation() {
    let stop = tokio_util::sync::CancellationToken::new();
    let (saw, seen) = oneshot::channel();
    let saw = Mutex::new(Some(saw));
    let outer = stop.clone();
    let watch = tool("watch", move |context| {
        let saw = saw.lock().expect("no panic").take();
        // A task that the tool started lives on; the token reaches it.
        tokio::spawn(async move {
            context.cancellation().cancelled().await;
            let _ = saw.expect("one call").send(());
        });
        outer.cancel();
        std::future::pending::<Result<(), ToolError>>()
    });
    let server = TestServer::scripted([calls_of("watch", 1)]).await;
    let run = server.client().run("m").tools(one(watch)).cancellation(stop).user("go").await;
    assert_eq!(run.expect("an outcome").outcome().as_str(), "cancelled");
    told(seen).await;
}
