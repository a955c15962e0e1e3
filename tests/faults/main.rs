//! Every fault of a server and of a model, over real sockets and over both APIs, faced with every way
//! of asking. What is seen is a table of the guide: `FAULTS=overwrite cargo test -p tests --test
//! faults` writes it.

mod endpoints;
mod rows;
mod scene;
mod wire;

use std::{env, fs, iter, path::Path, sync::Arc, time::Duration};

use openai_tools::{chat::Api, testing::Reply};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::{
    rows::{Row, of_models, of_servers},
    scene::{Face, Scene, Seen, Settings, Stage, call, good, pieces},
};

/// What one row of a table has: a cell for each face.
type Line = (&'static str, Vec<Option<Seen>>);

/// Plays the scenes of a cell at the same time: they are different forms of the same.
async fn cell(stage: Arc<Stage>, places: Arc<Semaphore>, scenes: Vec<Scene>) -> Option<Seen> {
    let play = |scene| {
        let (stage, places) = (Arc::clone(&stage), Arc::clone(&places));
        tokio::spawn(async move {
            let _place = places.acquire().await.expect("it is never closed");
            stage.play(scene).await
        })
    };
    let mut all: Vec<Seen> = Vec::new();
    for scene in scenes.into_iter().map(play).collect::<Vec<_>>() {
        all.push(scene.await.expect("no panic"));
    }
    all.dedup();
    assert!(all.len() < 2, "the forms come to different ends: {all:?}");
    all.pop()
}

/// Plays all rows, those about time apart from the others, which keep the machine busy.
async fn lines(stage: &Arc<Stage>, rows: Vec<(&'static str, Vec<Vec<Scene>>)>) -> Vec<Line> {
    let is_timed =
        |scenes: &Vec<Vec<Scene>>| scenes.iter().flatten().any(|scene| scene.settings.is_timed());
    let numbered = rows.into_iter().enumerate();
    let (timed, usual): (Vec<_>, _) = numbered.partition(|(_, (_, scenes))| is_timed(scenes));
    let mut lines = Vec::new();
    for (group, at_once) in [(usual, 400), (timed, 48)] {
        let places = Arc::new(Semaphore::new(at_once));
        let mut cells: Vec<(usize, &'static str, Vec<_>)> = Vec::new();
        for (number, (name, scenes)) in group {
            let of_row = scenes
                .into_iter()
                .map(|scenes| tokio::spawn(cell(Arc::clone(stage), Arc::clone(&places), scenes)));
            cells.push((number, name, of_row.collect()));
        }
        let mut wrong = Vec::new();
        for (number, name, cells) in cells {
            let mut line = Vec::new();
            for cell in cells {
                line.push(cell.await.map_err(|_| wrong.push(name)).ok().flatten());
            }
            lines.push((number, (name, line)));
        }
        assert!(wrong.is_empty(), "what failed above is in {wrong:#?}");
    }
    lines.sort_by_key(|(number, _)| *number);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// A fault of a server, once or always.
fn served(row: &Row, always: bool) -> (&'static str, Vec<Vec<Scene>>) {
    let scenes = Face::ALL.map(|face| {
        let spoiled = row.forms.iter().filter_map(|spoil| spoil(face, good(face)));
        let scene = |reply: Reply| {
            let script: Box<dyn Iterator<Item = Reply> + Send> = if always {
                Box::new(iter::repeat(reply))
            } else {
                Box::new(iter::once(reply).chain(iter::repeat_with(move || good(face))))
            };
            Scene { face, script, settings: row.settings, with_tools: false, wait: row.wait }
        };
        spoiled.map(scene).collect()
    });
    (row.name, scenes.into())
}

/// What a model says once, or always anew.
fn said(name: &'static str, replies: &[Vec<Reply>]) -> (&'static str, Vec<Vec<Scene>>) {
    let scenes = Face::ALL.map(|face| {
        let scene = |replies: &Vec<Reply>| {
            let said = replies.clone().into_iter();
            let script = Box::new(said.chain(iter::repeat_with(move || good(face))));
            let wait = Duration::ZERO;
            Scene { face, script, settings: Settings::Usual, with_tools: true, wait }
        };
        replies.iter().map(scene).collect()
    });
    (name, scenes.into())
}

/// Calls without an end, each with an id of its own.
fn endless(names: &[&str]) -> Vec<Reply> {
    let one = |(n, name): (usize, &&str)| {
        Reply::tool_calls([call(&format!("c{n}"), name)]).with_stream(pieces())
    };
    names.iter().cycle().take(40).enumerate().map(one).collect()
}

/// The cells of both APIs, in one where they are the same.
fn table(chat: &[Line], responses: &[Line]) -> String {
    let mut table = "| | request | run with tools | typed answer | streamed run with tools |\n\
                     |---|---|---|---|---|\n"
        .to_owned();
    let shown = |cell: &Option<Seen>| cell.as_ref().map_or("–".to_owned(), ToString::to_string);
    for ((name, chat), (_, responses)) in chat.iter().zip(responses) {
        let cell = |(chat, responses): (&Option<Seen>, &Option<Seen>)| {
            let (chat, responses) = (shown(chat), shown(responses));
            if chat == responses { chat } else { format!("{chat}; responses: {responses}") }
        };
        let cells: Vec<_> = chat.iter().zip(responses).map(cell).collect();
        for part in ["| ", name, " | ", &cells.join(" | "), " |\n"] {
            table.push_str(part);
        }
    }
    table
}

/// Holds a table of the chapter against what was seen, or writes it.
fn compare(mark: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openai-tools/src/guide/faults.md");
    let chapter = fs::read_to_string(&path).expect("the chapter");
    let (begin, end) = (format!("<!-- {mark} -->\n\n"), format!("\n<!-- end of {mark} -->"));
    let (before, rest) = chapter.split_once(&begin).expect("the table's mark");
    let (written, after) = rest.split_once(&end).expect("the table's end");
    if env::var_os("FAULTS").is_some_and(|value| value == "overwrite") {
        fs::write(&path, [before, &begin, table, &end, after].concat()).expect("it can be written");
        return;
    }
    for (written, seen) in written.lines().zip(table.lines()) {
        assert!(written == seen, "{mark}: what is seen is not what is written\n{seen}\n{written}");
    }
    assert_eq!(written.lines().count(), table.lines().count(), "{mark}: rows are missing");
}

/// What is seen over the API of the test: faults that pass, that stay, and of models.
async fn all_lines() -> [Vec<Line>; 3] {
    let stage = Arc::new(Stage::new().await);
    let once = lines(&stage, of_servers().iter().map(|row| served(row, false)).collect()).await;
    let always = lines(&stage, of_servers().iter().map(|row| served(row, true)).collect()).await;
    let alone = |reply: Reply| vec![reply];
    let mut said_once: Vec<_> = of_models()
        .into_iter()
        .map(|(name, forms)| said(name, &forms.into_iter().map(alone).collect::<Vec<_>>()))
        .collect();
    said_once.push(said("calls without an end", &[endless(&["act"])]));
    said_once.push(said("calls without an end of tools by turns", &[endless(&["look", "act"])]));
    said_once.push(said("the same failure again and again", &[endless(&["acting"])]));
    let again = |text: &str| {
        let call = ("c1".to_owned(), "act".to_owned(), json!({"text": text}));
        Reply::tool_calls([call]).with_stream(pieces())
    };
    said_once.push(said("the same id in each response", &[vec![again("one"), again("two")]]));
    let body = json!({"choices": 1, "output": 1}).to_string();
    let unreadable = Reply::raw(200, "application/json", body);
    said_once.push(said("`choices` or an `output` that are no list", &[vec![unreadable]]));
    let models = lines(&stage, said_once).await;
    [once, always, models]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tables_of_the_guide_say_what_every_fault_comes_to() {
    let chat = tests::over(Api::ChatCompletions, all_lines()).await;
    let responses = tests::over(Api::Responses, all_lines()).await;
    let tables = ["faults that pass", "faults that stay", "faults of models"];
    for (mark, (chat, responses)) in tables.into_iter().zip(chat.iter().zip(&responses)) {
        compare(mark, &table(chat, responses));
    }
}
