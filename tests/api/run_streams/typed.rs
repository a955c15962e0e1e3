//! Typed answers while they grow, beside tools.

use openai_tools::{
    Outcome, Toolbox,
    run::{Event, RunStream},
};
use serde_json::json;

use super::scene::{Piece, Probe, READ_ONLY, Scene, arguments, call, end, text};

#[derive(Debug, PartialEq, schemars::JsonSchema, serde::Deserialize)]
struct Report {
    title: String,
    score: u8,
}

pub(super) fn pieces(whole: &str, size: usize) -> Vec<Piece> {
    let chars: Vec<char> = whole.chars().collect();
    chars.chunks(size).map(|piece| text(&piece.iter().collect::<String>())).collect()
}

pub(super) fn answers(whole: &str, finish: &str) -> Vec<Piece> {
    [&pieces(whole, 3)[..], &end(finish)].concat()
}

/// What is known of the report after each partial value: the growing title, and the score.
async fn partials(mut stream: RunStream<Report>) -> (Vec<(String, Option<u8>)>, Outcome<Report>) {
    let mut seen = Vec::new();
    while let Some(event) = stream.next().await {
        match event.expect("no error") {
            Event::Partial(partial) => {
                let title = partial.at("/title").map(|title| title.as_str().unwrap_or_default());
                let title = title.unwrap_or_default().to_owned();
                let score = partial.get("/score").map(|score| score.expect("a number"));
                seen.push((title, score));
            }
            Event::Ended(run) => return (seen, run.into_outcome()),
            _ => {}
        }
    }
    panic!("no end");
}

#[both_apis::test(start_paused = true)]
async fn a_typed_answer_grows_in_the_run_in_which_tools_are_called() {
    let probe = Probe::default();
    let calls = [text("I look first."), call(0, "c0", "look"), arguments(0, r#"{"n":1}"#)];
    let answer = answers(r#"{"title": "Team", "score": 7}"#, "stop");
    let scene = Scene::new([[&calls[..], &end("tool_calls")].concat(), answer]);
    let tools = Toolbox::new().with(probe.tool("look", 10, READ_ONLY)).expect("one tool");
    let run = scene.client().parse::<Report>("m").tools(tools).user("go");
    let (seen, outcome) = partials(run.stream()).await;
    assert_eq!(outcome, Outcome::Completed(Report { title: "Team".to_owned(), score: 7 }));
    assert!(seen.iter().any(|(title, score)| title == "T" && score.is_none()), "{seen:?}");
    assert_eq!(seen.last(), Some(&("Team".to_owned(), Some(7))));
    assert_eq!(probe.begun(), [1]);
}

#[both_apis::test(start_paused = true)]
async fn after_a_re_ask_the_value_grows_anew() {
    let bad = answers(r#"{"title": "Wrong", "score": 700}"#, "stop");
    let good = answers(r#"{"title": "Right", "score": 7}"#, "stop");
    let scene = Scene::new([bad, good]);
    let mut stream = scene.client().parse::<Report>("m").user("go").stream();
    let mut titles = Vec::new();
    let mut re_asks = 0;
    while let Some(event) = stream.next().await {
        match event.expect("no error") {
            Event::Partial(partial) => {
                titles.extend(partial.at("/title").and_then(|t| t.as_str().map(str::to_owned)));
            }
            Event::ReAsk(_) => {
                assert_eq!(titles.last().map(String::as_str), Some("Wrong"));
                re_asks += 1;
            }
            _ => {}
        }
    }
    assert_eq!((re_asks, titles.last().map(String::as_str)), (1, Some("Right")));
}

#[both_apis::test(start_paused = true)]
async fn a_text_run_has_no_partial_values() {
    let scene = Scene::new([answers(&json!({"title": "Team"}).to_string(), "stop")]);
    let mut stream = scene.client().run("m").user("go").stream();
    while let Some(event) = stream.next().await {
        assert!(!matches!(event.expect("no error"), Event::Partial(_)));
    }
}
