//! Lists element by element: what is told when, and how a list ends that is not whole.

use std::time::Duration;

use openai_tools::{
    CancellationToken, Outcome, Toolbox,
    chat::ToolChoice,
    run::{RunElements, RunError, RunLimits},
};
use tokio::time::Instant;

use super::{
    scene::{Piece, Probe, READ_ONLY, Scene, arguments, call, end, text},
    typed::{answers, pieces},
};

/// What was told, each with its milliseconds, and the error after it.
async fn read<T>(elements: &mut RunElements<T>) -> (Vec<(u128, T)>, Option<RunError>)
where
    T: serde::de::DeserializeOwned + schemars::JsonSchema,
{
    let start = Instant::now();
    let mut told = Vec::new();
    while let Some(element) = elements.next().await {
        match element {
            Ok(element) => told.push((start.elapsed().as_millis(), element)),
            Err(error) => {
                assert!(elements.next().await.is_none(), "nothing follows an error");
                return (told, Some(error));
            }
        }
    }
    (told, None)
}

fn words(told: &[(u128, String)]) -> Vec<(u128, &str)> {
    told.iter().map(|(at, word)| (*at, word.as_str())).collect()
}

fn look(probe: &Probe) -> Toolbox {
    Toolbox::new().with(probe.tool("look", 10, READ_ONLY)).expect("one tool")
}

/// A response with a list, and a call that comes after it.
fn draft(list: &str, finish: &str) -> Vec<Piece> {
    let asks = [call(0, "c0", "look"), arguments(0, r#"{"n":1}"#)];
    [&pieces(list, 4)[..], &asks, &end(finish)].concat()
}

#[both_apis::test(start_paused = true)]
async fn the_elements_of_a_list_are_told_as_they_arrive() {
    let first = pieces(r#"{"value": ["Hanoi", "Par"#, 4);
    let rest = pieces(r#"is", "Rome"]}"#, 4);
    let wait = [Piece::Wait(50)];
    let scene = Scene::new([[&first[..], &wait, &rest, &end("stop")].concat()]);
    let start = tokio::time::Instant::now();
    let mut cities = scene.client().parse::<Vec<String>>("m").user("go").stream().elements();
    let mut told = Vec::new();
    while let Some(city) = cities.next().await {
        told.push((start.elapsed().as_millis(), city.expect("no error")));
    }
    let told: Vec<_> = told.iter().map(|(at, city)| (*at, city.as_str())).collect();
    assert_eq!(told, [(0, "Hanoi"), (50, "Paris"), (50, "Rome")]);
    let run = cities.finish().await.expect("a run");
    assert_eq!(run.into_value().expect("a list"), ["Hanoi", "Paris", "Rome"]);
}

#[both_apis::test(start_paused = true)]
async fn a_list_beside_a_call_is_not_told() {
    let probe = Probe::default();
    let answer = answers(r#"{"value": ["x", "y"]}"#, "stop");
    let scene = Scene::new([draft(r#"{"value": ["draft"]}"#, "tool_calls"), answer]);
    let run = scene.client().parse::<Vec<String>>("m").tools(look(&probe)).user("go");
    let mut elements = run.stream().elements();
    let (told, error) = read(&mut elements).await;
    assert_eq!(words(&told), [(10, "x"), (10, "y")]);
    assert!(error.is_none() && probe.begun() == [1]);
    let run = elements.finish().await.expect("a run");
    assert_eq!(run.into_value().expect("a list"), ["x", "y"]);
}

#[both_apis::test(start_paused = true)]
async fn elements_wait_for_the_end_of_their_response_only_where_it_may_ask_for_calls() {
    for (choice, first_at) in [(ToolChoice::Auto, 50), (ToolChoice::None, 0)] {
        let list = [&pieces(r#"{"value": ["x", "#, 4)[..], &[Piece::Wait(50)], &[text("\"y\"]}")]];
        let scene = Scene::new([[&list.concat()[..], &end("stop")].concat()]);
        let run = scene.client().parse::<Vec<String>>("m").tools(look(&Probe::default()));
        let mut elements = run.tool_choice(choice).user("go").stream().elements();
        let (told, error) = read(&mut elements).await;
        assert_eq!(words(&told), [(first_at, "x"), (50, "y")]);
        assert!(error.is_none());
    }
}

#[both_apis::test(start_paused = true)]
async fn elements_told_of_a_response_that_asks_for_calls_without_tools_are_an_error() {
    let answer = answers(r#"{"value": ["x", "y"]}"#, "stop");
    let scene = Scene::new([draft(r#"{"value": ["draft"]}"#, "tool_calls"), answer]);
    let mut elements = scene.client().parse::<Vec<String>>("m").user("go").stream().elements();
    let (told, error) = read(&mut elements).await;
    assert_eq!(words(&told), [(0, "draft")]);
    let error = error.expect("an error");
    assert_eq!((error.error().kind().as_str(), error.outcome()), ("invalid_response", None));
    let run = elements.finish().await.expect("the run goes on");
    assert_eq!(run.into_value().expect("a list"), ["x", "y"]);
}

#[both_apis::test(start_paused = true)]
async fn elements_told_that_the_answer_does_not_hold_are_an_error() {
    let scene = Scene::new([answers(r#"{"value": ["a"], "value": ["b"]}"#, "stop")]);
    let mut elements = scene.client().parse::<Vec<String>>("m").user("go").stream().elements();
    let (told, error) = read(&mut elements).await;
    assert_eq!(words(&told), [(0, "a")]);
    assert!(error.is_some(), "the list came twice");
}

#[both_apis::test(start_paused = true)]
async fn a_stream_that_was_read_before_has_no_elements_and_says_so() {
    let scene = Scene::new([answers(r#"{"value": ["x", "y"]}"#, "stop")]);
    let mut stream = scene.client().parse::<Vec<String>>("m").user("go").stream();
    assert!(stream.next().await.is_some());
    let mut elements = stream.elements();
    let (told, error) = read(&mut elements).await;
    let error = error.expect("an error");
    assert!(told.is_empty());
    assert_eq!(error.error().kind().as_str(), "invalid_request");
    assert!(error.to_string().contains("call `elements` before"), "{error}");
    let run = elements.finish().await.expect("the run goes on");
    assert_eq!(run.into_value().expect("a list"), ["x", "y"]);
}

/// Reads to an end that is no list, and gives how many elements came, the error and the outcome.
async fn broken(mut elements: RunElements<u8>) -> (usize, RunError, Outcome<Vec<u8>>) {
    let (told, error) = read(&mut elements).await;
    let error = error.expect("an error at the end");
    let run = elements.finish().await.expect("the run");
    assert_eq!(error.outcome(), Some(run.outcome().as_str()));
    assert_eq!(error.error().kind().as_str(), "no_value");
    assert_eq!(error.turns().len(), run.turns().len());
    assert_eq!(error.to_string(), run.clone().into_value().expect_err("no list").to_string());
    (told.len(), error, run.into_outcome())
}

#[both_apis::test(start_paused = true)]
async fn a_list_that_is_not_whole_ends_with_its_outcome_and_is_not_asked_for_again() {
    let refusal = [Piece::Refusal("Rather not.".to_owned())];
    for (response, told, outcome) in [
        (answers(r#"{"value": [1, 2, 300, 4]}"#, "stop"), 2, "invalid"),
        (answers(r#"{"value": [1, 2, 3"#, "length"), 2, "incomplete"),
        (answers(r#"{"value": [1, 2]"#, "stop"), 2, "invalid"),
        (answers("no list", "stop"), 0, "invalid"),
        (answers("[1, 2]", "stop"), 0, "invalid"),
        (answers("", "stop"), 0, "invalid"),
        ([&refusal[..], &end("stop")].concat(), 0, "refusal"),
    ] {
        let scene = Scene::new([response]);
        let run = scene.client().parse::<Vec<u8>>("m").user("go");
        let (count, error, end) = broken(run.stream().elements()).await;
        assert_eq!((count, end.as_str()), (told, outcome), "{error}");
        if let Outcome::Refusal(words) = end {
            assert_eq!(words, "Rather not.");
        }
        assert_eq!(scene.requests().len(), 1);
    }
}

#[both_apis::test(start_paused = true)]
async fn a_list_that_is_stopped_ends_with_the_limit_or_the_cancellation() {
    let slow = || {
        let list = pieces(r#"{"value": [1, 2, 3"#, 4);
        Scene::new([[&list[..], &[Piece::Wait(60_000)], &end("stop")].concat()])
    };
    let short = RunLimits::new().with_wall_time(Duration::from_secs(1));
    let run = slow().client().parse::<Vec<u8>>("m").limits(short).user("go");
    let (told, _, outcome) = broken(run.stream().elements()).await;
    assert_eq!((told, outcome.as_str()), (2, "limit"));

    let cancellation = CancellationToken::new();
    let run = slow().client().parse::<Vec<u8>>("m").user("go");
    let mut elements = run.cancellation(cancellation.clone()).stream().elements();
    assert_eq!(elements.next().await.expect("an element").expect("no error"), 1);
    cancellation.cancel();
    let (told, error, outcome) = broken(elements).await;
    assert_eq!((told, outcome), (1, Outcome::Cancelled));
    assert_eq!(error.outcome(), Some("cancelled"));
}

#[both_apis::test(start_paused = true)]
async fn a_broken_connection_is_an_error_without_an_outcome() {
    let list = pieces(r#"{"value": [1, 2, 3"#, 4);
    let scene = Scene::new([[&list[..], &[Piece::Break]].concat()]);
    let mut elements = scene.client().parse::<Vec<u8>>("m").user("go").stream().elements();
    let (told, error) = read(&mut elements).await;
    let error = error.expect("an error");
    assert_eq!((told.len(), error.error().kind().as_str()), (2, "stream_cut"));
    assert_eq!(error.outcome(), None);
    assert!(error.arrived().is_some());
    let error = elements.finish().await.expect_err("it was given");
    assert_eq!(error.error().kind().as_str(), "no_value");
}

#[both_apis::test(start_paused = true)]
async fn a_list_that_is_asked_for_alone_is_told_alone() {
    let scene = Scene::new([answers("[1, 2]", "stop")]);
    let run = scene.client().parse::<Vec<u8>>("m").strict(false).user("go");
    let mut elements = run.stream().elements();
    let (told, error) = read(&mut elements).await;
    assert!(error.is_none());
    assert_eq!(told, [(0, 1), (0, 2)]);
}
