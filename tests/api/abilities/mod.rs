//! The table of what each API has (`guide/abilities.md`), held line by line.

mod rows;

use std::fmt;

use openai_tools::{
    Client, ErrorKind, Run,
    chat::Api,
    run::RunBuilder,
    testing::{Recorded, Reply, Server},
};
use serde_json::{Value, json};

use self::rows::rows;
use crate::guide_tables::compare;

/// What becomes of an ability on one API.
#[derive(Clone, Copy)]
enum Fate {
    /// It is left out, and the application holds to it.
    LeftOut,
    /// It is read from the answer.
    Read,
    /// The request is refused before it is sent.
    Refused,
    /// It stands there in the request.
    Sent(&'static str),
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeftOut => f.write_str("left out"),
            Self::Read => f.write_str("read"),
            Self::Refused => f.write_str("refused"),
            Self::Sent(pointer) => write!(f, "`{pointer}`"),
        }
    }
}

/// What a run is told.
type Change = fn(RunBuilder) -> RunBuilder;

/// How an ability is asked for, or what an answer that has it looks like.
enum Ask {
    Answer(fn() -> Reply, fn(&Run<String>) -> bool),
    /// The run calls this tool first.
    Called(&'static str, Change),
    Run(Change),
    Typed,
}

struct Row {
    ability: &'static str,
    ask: Ask,
    chat: Fate,
    responses: Fate,
    instead: &'static str,
}

impl Row {
    fn line(&self) -> String {
        let Self { ability, chat, responses, instead, .. } = self;
        let (chat, responses) = (chat.to_string(), responses.to_string());
        format!("| {ability} | {chat} | {responses} | {instead} |\n")
    }
}

/// What becomes of one row over one API: where it stands in the last request, or that there was none.
async fn happens(row: &Row, api: Api) -> Result<(Vec<Value>, Option<Run<String>>), ErrorKind> {
    let arguments = json!({"n": 1});
    let called = |tool: &'static str| {
        let arguments = if tool == "echo" { arguments.clone() } else { json!({}) };
        vec![Reply::tool_calls([("c1", tool, arguments)]).with_reasoning("hm"), Reply::text("ok")]
    };
    let script = match &row.ask {
        Ask::Answer(reply, _) => vec![reply()],
        Ask::Called(tool, _) => called(tool),
        Ask::Run(_) => vec![Reply::text("ok")],
        Ask::Typed => vec![Reply::text("{}")],
    };
    // Files and conversations that are named here are not there.
    let server = Server::builder().script(script).without_checks().background_polls(0);
    let server = server.start().await.expect("a free port");
    let client = Client::builder().base_url(server.base_url()).api(api).build().expect("good");
    let begun = || client.run("m").user("hi");
    let run = match &row.ask {
        Ask::Answer(..) => Some(begun().await),
        Ask::Called(_, ask) | Ask::Run(ask) => Some(ask(begun()).await),
        Ask::Typed => {
            let schema = json!({"type": "object", "properties": {}});
            let typed = client.parse_schema("m", "answer", schema).user("hi").await;
            assert!(typed.is_ok(), "{typed:?}");
            None
        }
    };
    let sent = || server.requests().iter().map(Recorded::json).collect();
    match run {
        Some(Err(error)) => {
            let error = error.into_error();
            let spoken_late = matches!(row.ask, Ask::Called(..)) && server.request_count() == 1;
            assert!(server.request_count() == 0 || spoken_late, "{}: {error}", row.ability);
            Err(error.kind())
        }
        Some(Ok(run)) => Ok((sent(), Some(run))),
        None => Ok((sent(), None)),
    }
}

#[tokio::test]
async fn every_ability_has_the_fate_that_its_line_tells() {
    let mut wrong = Vec::new();
    for row in rows() {
        for (api, fate) in [(Api::ChatCompletions, row.chat), (Api::Responses, row.responses)] {
            let came = happens(&row, api).await;
            let is_so = match (fate, &came) {
                (Fate::Refused, came) => came.as_ref().err() == Some(&ErrorKind::InvalidRequest),
                (_, Err(_)) => false,
                (Fate::Sent(pointer), Ok((sent, _))) => {
                    // Without a body it was asked how a background response goes on.
                    let last = sent.iter().rfind(|body| !body.is_null());
                    let place = last.and_then(|last| last.pointer(pointer));
                    place.is_some_and(|place| !place.is_null())
                }
                (Fate::Read | Fate::LeftOut, Ok((sent, run))) => {
                    let seen = match (&row.ask, run) {
                        (Ask::Answer(_, seen), Some(run)) => {
                            seen(run) == matches!(fate, Fate::Read)
                        }
                        _ => true,
                    };
                    let other = if api == Api::Responses { row.chat } else { row.responses };
                    let name = match (fate, other) {
                        (Fate::LeftOut, Fate::Sent(pointer)) => pointer.rsplit('/').next(),
                        _ => None,
                    };
                    let last = sent.last().expect("a request").to_string();
                    seen && name.is_none_or(|name| !last.contains(&format!("\"{name}\"")))
                }
            };
            if !is_so {
                let sent = came.map(|(sent, _)| sent);
                wrong.push(format!("{} over {}: {sent:?}", row.ability, api.as_str()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_in_the_guide_is_made_of_these_lines() {
    let mut table =
        "| ability | chat completions | responses | where it lacks |\n|---|---|---|---|\n"
            .to_owned();
    for row in rows() {
        table.push_str(&row.line());
    }
    compare("abilities.md", "abilities", &table);
}
