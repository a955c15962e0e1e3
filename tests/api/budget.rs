//! One budget for a run and its sub-runs; reaching any limit is an outcome with all that was done.

use std::sync::Arc;

use openai_tools::{
    Client, Outcome, ToolError, Toolbox,
    run::{Budget, Limit, Money, Price, Prices, Run, RunLimits},
    testing::Reply,
};
use serde_json::{Value, json};
use tests::{TestServer, echo, echo_call, tool, transcript_is_answered};

async fn run_with(limits: RunLimits, script: Vec<Reply>) -> Run {
    let server = TestServer::scripted(script).await;
    let tools = Toolbox::new().with(echo()).expect("one tool");
    server.client().run("m").tools(&tools).user("go").limits(limits).await.expect("an outcome")
}

fn asks(turns: u32) -> Vec<Reply> {
    (1..=turns).map(|n| Reply::tool_calls([echo_call(n)]).with_usage(100, 10)).collect()
}

#[both_apis::test]
async fn each_limit_ends_the_run_with_all_that_was_done() {
    let price = Price::per_million(Money::from_units(1), Money::from_units(10));
    let prices = Prices::new().with_model("m", price);
    let cost = Money::from_micros(390);
    // The items that go back to the server count, too.
    let bytes = if tests::is_chat() { 30 } else { 250 };
    let limits = [
        (RunLimits::new().with_attempts(2), Limit::Attempts(2)),
        (RunLimits::new().with_input_tokens(250), Limit::InputTokens(250)),
        (RunLimits::new().with_output_tokens(15), Limit::OutputTokens(15)),
        (RunLimits::new().with_transcript_bytes(bytes), Limit::TranscriptBytes(bytes)),
        (RunLimits::new().with_cost(cost, prices), Limit::Cost(cost)),
    ];
    for (limits, limit) in limits {
        let run = run_with(limits, asks(3)).await;
        assert_eq!(run.outcome(), &Outcome::Limit(limit));
        assert_eq!(run.turns().len(), 2, "{limit}");
        let outputs: Vec<_> = run.calls().map(|made| made.output.text.as_str()).collect();
        assert_eq!(outputs, ["echo 1", "echo 2"], "{limit}");
        assert!(transcript_is_answered(run.transcript()));
        let spent = run.spent();
        assert_eq!((spent.turns, spent.attempts, spent.tool_calls), (2, 2, 2));
        assert_eq!(spent.usage, run.usage());
    }
}

/// 1,000 of input, 400 of them cached; 100 of output, 60 of them reasoned.
fn told() -> Value {
    if tests::is_chat() {
        return json!({
            "prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100,
            "prompt_tokens_details": {"cached_tokens": 400},
            "completion_tokens_details": {"reasoning_tokens": 60},
        });
    }
    json!({
        "input_tokens": 1_000, "output_tokens": 100, "total_tokens": 1_100,
        "input_tokens_details": {"cached_tokens": 400, "cache_write_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 60},
    })
}

/// The same without the details, as many servers tell it.
fn told_roughly() -> Value {
    if tests::is_chat() {
        return json!({"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100});
    }
    json!({"input_tokens": 1_000, "output_tokens": 100, "total_tokens": 1_100})
}

#[both_apis::test]
async fn each_turn_and_the_run_are_told_what_they_cost() {
    let script = || {
        [
            Reply::tool_calls([echo_call(1)]).with_field("usage", told()),
            Reply::tool_calls([echo_call(2)]).with_field("usage", told_roughly()),
            Reply::tool_calls([echo_call(3)]).with_field("usage", Value::Null),
            Reply::text("done").with_field("usage", told()),
        ]
    };
    let price = Price::per_million(Money::from_units(2), Money::from_units(10))
        .with_cached_input(Money::from_units(1));
    let prices = Prices::new().with_prefix("gpt-5.2", price);
    let limits = || RunLimits::new().with_prices(prices.clone());
    let (fine, rough) = (Some(Money::from_micros(2_600)), Some(Money::from_micros(3_000)));
    let tools = Toolbox::new().with(echo()).expect("one tool");
    let whole = TestServer::scripted(script()).await;
    let streamed = TestServer::scripted(script()).await;
    let shared = TestServer::scripted(script()).await;
    let run =
        |server: &TestServer, model: &str| server.client().run(model).tools(&tools).user("go");
    let budget = Budget::new(limits());
    for run in [
        run(&whole, "gpt-5.2-mini").limits(limits()).await.expect("an outcome"),
        run(&streamed, "gpt-5.2").limits(limits()).stream().finish().await.expect("an outcome"),
        run(&shared, "gpt-5.2").budget(&budget).await.expect("an outcome"),
    ] {
        let costs: Vec<_> = run.turns().iter().map(|turn| turn.cost).collect();
        assert_eq!(costs, [fine, rough, None, fine]);
        assert_eq!(run.usage().reasoning_tokens, 120);
    }
    // What the server did not tell is spent as it was estimated.
    assert!(budget.spent().cost > Money::from_micros(2_600 + 3_000 + 2_600));

    let unpriced = TestServer::scripted([Reply::text("hi").with_field("usage", told())]).await;
    let run = run(&unpriced, "o9").limits(limits()).await.expect("an outcome");
    assert_eq!((run.turns()[0].cost, run.spent().cost), (None, Money::ZERO));
}

#[both_apis::test]
async fn a_model_without_a_price_is_refused_before_anything_is_sent() {
    let server = TestServer::scripted([]).await;
    let limits = RunLimits::new().with_cost(Money::from_units(1), Prices::new());
    let error = server.client().run("m").user("go").limits(limits).await.expect_err("no price");
    assert_eq!(error.error().kind(), openai_tools::ErrorKind::InvalidRequest);
    assert_eq!(server.request_count(), 0);
}

#[both_apis::test]
async fn the_same_failure_in_four_turns_ends_the_run_whatever_comes_between() {
    let flaky = tool("flaky", |_| async { Err::<(), _>(ToolError::for_model("out of paper")) });
    let tools = Toolbox::new().with(flaky).and_then(|tools| tools.with(echo())).expect("two tools");
    let script = (1..).map(|n| {
        let failing = (format!("f{n}"), "flaky", json!({})).into();
        Reply::tool_calls([failing, echo_call(n)])
    });
    let server = TestServer::scripted(script).await;
    let run = server.client().run("m").tools(&tools).user("go").await.expect("an outcome");
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::RepeatedFailures(4)));
    assert_eq!((run.turns().len(), server.request_count()), (4, 4));
    assert!(transcript_is_answered(run.transcript()));
}

#[both_apis::test]
async fn names_that_alternate_or_are_made_up_do_not_hide_the_same_failure() {
    let fails = |name| tool(name, |_| async { Err::<(), _>(ToolError::for_model("no paper")) });
    let tools = Toolbox::new().extend([fails("left"), fails("right")]).expect("two tools");
    let alternate: Box<dyn Iterator<Item = String> + Send> =
        Box::new(["left", "right"].into_iter().cycle().map(str::to_owned));
    let made_up: Box<dyn Iterator<Item = String> + Send> =
        Box::new((1..).map(|n| format!("print_{n}")));
    // The fourth failure of the first tool, and the fourth call of a tool that is none.
    for (names, turns) in [(alternate, 7), (made_up, 4)] {
        let script =
            names.enumerate().map(|(n, name)| Reply::tool_calls([(format!("c{n}"), name, "{}")]));
        let server = TestServer::scripted(script).await;
        let run = server.client().run("m").tools(&tools).user("go").await.expect("an outcome");
        assert_eq!(run.outcome(), &Outcome::Limit(Limit::RepeatedFailures(4)));
        assert_eq!((run.turns().len(), server.request_count()), (turns, turns as u64));
        assert!(transcript_is_answered(run.transcript()));
    }
}

#[both_apis::test]
async fn parallel_sub_runs_never_pass_a_limit_that_their_requests_allow_for() {
    let calls = (0..8).map(|n| (format!("c{n}"), "delegate".to_owned(), json!({})));
    let outer = [Reply::tool_calls(calls), Reply::text("outer")];
    let inner = std::iter::repeat_with(|| Reply::text("inner").with_usage(0, 100));
    let (outer, inner) = (TestServer::scripted(outer).await, TestServer::scripted(inner).await);
    let budget = Budget::new(RunLimits::new().with_output_tokens(350));
    let (shared, client) = (budget.clone(), inner.client());
    let delegate = tool("delegate", move |_| {
        let run = client.run("m").user("inner").max_tokens(100).budget(&shared);
        async move { Ok(run.await.map_err(ToolError::fatal)?.outcome().as_str()) }
    });
    let tools = Toolbox::new().with(delegate).expect("one tool");
    let run = outer.client().run("m").tools(&tools).user("go").await.expect("an outcome");
    let outcomes: Vec<_> = run.calls().map(|made| made.output.text.clone()).collect();
    let completed = outcomes.iter().filter(|outcome| *outcome == "completed").count();
    // How many were in flight together is a matter of time, how many there can be is not.
    assert!((1..=3).contains(&completed), "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| outcome == "completed" || outcome == "limit"));
    assert_eq!(inner.request_count(), completed as u64);
    assert_eq!(budget.spent().usage.output_tokens, 100 * completed as u64);
}

#[both_apis::test]
async fn what_a_run_asks_for_is_set_aside_before_it_is_sent() {
    let server = TestServer::scripted([Reply::text("done")]).await;
    let ask = |limits| server.client().run("m").user("x".repeat(400)).max_tokens(50).limits(limits);
    for (limits, limit) in [
        (RunLimits::new().with_input_tokens(99), Limit::InputTokens(99)),
        (RunLimits::new().with_output_tokens(49), Limit::OutputTokens(49)),
        (RunLimits::new().with_total_tokens(149), Limit::TotalTokens(149)),
    ] {
        let run = ask(limits).await.expect("an outcome");
        assert_eq!(run.outcome(), &Outcome::Limit(limit));
    }
    assert_eq!(server.request_count(), 0);
    let run = ask(RunLimits::new().with_total_tokens(150)).await.expect("an outcome");
    assert_eq!(run.text(), "done");
    assert_eq!(run.spent().usage, run.usage(), "in the end what the server told counts");
}

#[both_apis::test]
async fn a_sub_run_draws_on_the_budget_of_the_run_that_it_serves() {
    let outer = [Reply::tool_calls([("c", "delegate", json!({}))]), Reply::text("outer")];
    let inner = (1..).map(|n| Reply::tool_calls([echo_call(n)]));
    let (outer, inner) = (TestServer::scripted(outer).await, TestServer::scripted(inner).await);
    let budget = Budget::new(RunLimits::new().with_turns(4));
    let (shared, client) = (budget.clone(), Arc::new(inner.client()));
    let delegate = tool("delegate", move |_| sub_run(Arc::clone(&client), shared.clone()));
    let tools = Toolbox::new().with(delegate).expect("one tool");
    let run = outer.client().run("m").tools(&tools).user("go").budget(&budget).await;
    let run = run.expect("an outcome");
    // One turn of the outer run and three of the inner one.
    assert_eq!(run.outcome(), &Outcome::Limit(Limit::Turns(4)));
    assert_eq!(run.calls().next().expect("a call").output.text, "limit: 3 turns");
    assert_eq!((budget.spent().turns, run.spent().turns, inner.request_count()), (4, 1, 3));
    assert_eq!(budget.spent().tool_calls, 4);
}

async fn sub_run(client: Arc<Client>, budget: Budget) -> Result<String, ToolError> {
    let tools = Toolbox::new().with(echo()).map_err(ToolError::fatal)?;
    let run = client.run("m").tools(&tools).user("inner").budget(&budget).await;
    let run = run.map_err(ToolError::fatal)?;
    Ok(format!("{}: {} turns", run.outcome().as_str(), run.turns().len()))
}

#[both_apis::test]
async fn re_asks_of_runs_that_share_a_budget_are_counted_together() {
    let bad = || Reply::text("not a number");
    let server = TestServer::scripted([bad(), Reply::text("7"), bad(), bad()]).await;
    let budget = Budget::new(RunLimits::new().with_re_asks(1));
    let ask = || server.client().parse_schema("m", "n", json!({"type": "integer"})).user("go");
    let first = ask().budget(&budget).json_mode().await.expect("an outcome");
    let second = ask().budget(&budget).json_mode().await.expect("an outcome");
    assert_eq!(first.turns().len(), 2);
    assert_eq!(second.outcome(), &Outcome::Limit(Limit::ReAsks(1)));
    assert_eq!(budget.spent().re_asks, 1);
}
