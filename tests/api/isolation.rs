//! Tools that misbehave: the run goes on, its other calls too, and the model is told.

use std::{
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use openai_tools::{DynTool, ToolContext, ToolError, ToolSettings, tool::CallFailure};
use serde_json::json;
use tests::{definition, tool};
use tokio::sync::oneshot;

use super::dispatch::among_seven;

const PANICKED: &str = "the tool failed unexpectedly (it panicked)";

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!std::hint::black_box(true), "while it is dropped");
    }
}

#[both_apis::test]
async fn a_panic_while_what_a_tool_holds_is_dropped_is_a_panic_of_the_tool() {
    let own = tool("search", |_| async {
        let _bomb = Bomb;
        tokio::task::yield_now().await;
        Ok(())
    });
    let sync = DynTool::blocking(definition("search", json!({})), |_, _: ToolContext| {
        let _bomb = Bomb;
        Ok::<_, ToolError>(())
    });
    for search in [own, sync] {
        let record = among_seven("search", "{}", [search]).await;
        assert_eq!(record.output.failure, Some(CallFailure::Panicked));
        assert_eq!(record.output.text, PANICKED);
    }
}

#[both_apis::test]
async fn a_tool_that_panics_while_it_is_stopped_has_timed_out_and_harms_nobody() {
    let search = tool("search", |_| async {
        let _bomb = Bomb;
        std::future::pending::<Result<(), ToolError>>().await
    });
    let settings = ToolSettings::new().with_timeout(Duration::from_millis(20));
    let record = among_seven("search", "{}", [search.with_settings(settings)]).await;
    assert_eq!(record.output.failure, Some(CallFailure::TimedOut));
    assert_eq!(record.output.text, "the tool took longer than 20ms and was stopped");
}

#[both_apis::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_tool_that_never_yields_times_out_and_holds_up_its_own_thread_only() {
    let (release, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let search = tool("search", move |_| {
        let held = Arc::clone(&held);
        async move {
            // It blocks in the midst of an async function, until the test is over.
            let _over = held.lock().expect("no panic").recv();
            Ok::<_, ToolError>("too late")
        }
    });
    let settings = ToolSettings::new().with_timeout(Duration::from_millis(50));
    let record = among_seven("search", "{}", [search.with_settings(settings)]).await;
    assert_eq!(record.output.failure, Some(CallFailure::TimedOut));
    assert_eq!(record.output.text, "the tool took longer than 50ms and was stopped");
    drop(release);
}

#[both_apis::test]
async fn of_an_output_of_100_mb_the_model_is_told_the_beginning_and_how_much_there_was() {
    let search = tool("search", |_| async { Ok("x".repeat(100 * 1024 * 1024)) });
    let record = among_seven("search", "{}", [search]).await;
    assert_eq!(record.output.failure, None);
    let (kept, said) = record.output.text.split_once('\n').expect("it says that it is cut");
    assert_eq!(kept.len(), 256 * 1024);
    assert_eq!(said, "[cut here: the first 262144 of 104857600 bytes]");
}

#[both_apis::test]
async fn what_a_tool_spawns_and_forgets_neither_holds_up_the_run_nor_harms_it() {
    let (alive, mut ended) = oneshot::channel::<()>();
    let alive = Mutex::new(Some(alive));
    let search = tool("search", move |_| {
        let alive = alive.lock().expect("no panic").take();
        async move {
            tokio::spawn(async move {
                let _alive = alive;
                std::future::pending::<()>().await;
            });
            tokio::spawn(async { assert!(!std::hint::black_box(true), "nobody sees it") });
            Ok("started")
        }
    });
    let record = among_seven("search", "{}", [search]).await;
    assert_eq!((record.output.failure, &*record.output.text), (None, "started"));
    // It is the application's own task, and goes on after the run.
    assert!(matches!(ended.try_recv(), Err(oneshot::error::TryRecvError::Empty)));
}
