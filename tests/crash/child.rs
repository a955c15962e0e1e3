//! The process that is killed.

use std::{
    env,
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use openai_tools::{
    Client, DynTool, Outcome, ToolSettings, Toolbox,
    chat::Api,
    run::{
        Decision,
        journal::{FileJournal, recover},
    },
};
use serde_json::{Value, json};
use tests::definition;

pub(super) const FOLDER: &str = "CRASH_FOLDER";
pub(super) const API: &str = "CRASH_API";
pub(super) const URL: &str = "CRASH_URL";
pub(super) const JOURNAL: &str = "journal";
pub(super) const EFFECTS: &str = "effects";
pub(super) const DOUBTS: &str = "doubts";

fn append(path: &Path, line: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(format!("{line}\n").as_bytes())
}

/// A tool that writes its key down.
fn tool(name: &str, folder: &Path, settings: ToolSettings) -> DynTool {
    let path = folder.join(EFFECTS);
    let definition = definition(name, json!({"key": {"type": "string"}}));
    DynTool::blocking(definition, move |arguments: Value, _| {
        append(&path, arguments["key"].as_str().unwrap_or_default()).map(|()| "kept")
    })
    .with_settings(settings)
}

fn tools(folder: &Path) -> Result<Toolbox, openai_tools::Error> {
    let new = ToolSettings::new;
    Toolbox::new().extend([
        tool("append", folder, new()),
        tool("alone", folder, new().with_sequential(true)),
        tool("look", folder, new().with_read_only(true)),
        tool("put", folder, new().with_idempotent(true)),
    ])
}

#[tokio::test]
#[ignore = "it is what the other test starts and kills"]
async fn takes_the_run_up() -> Result<(), Box<dyn std::error::Error>> {
    let (Some(folder), Ok(url)) = (env::var_os(FOLDER).map(PathBuf::from), env::var(URL)) else {
        return Ok(());
    };
    let is_of_responses = env::var(API).is_ok_and(|api| api == Api::Responses.as_str());
    let api = if is_of_responses { Api::Responses } else { Api::ChatCompletions };
    let client = Client::builder().base_url(url).api(api).build()?;
    let run = client.run("m").tools(tools(&folder)?);
    let path = folder.join(JOURNAL);
    if !fs::exists(&path)? {
        let run = run.user("go").journal(FileJournal::create(&path)?);
        return ended(run.await?.outcome());
    }
    let opened = FileJournal::open(&path)?;
    let Some(mut recovered) = recover(opened.records)? else {
        return ended(run.user("go").journal(opened.journal).await?.outcome());
    };
    for call in &recovered.in_doubt {
        if call.name != "put" && call.name != "look" {
            append(&folder.join(DOUBTS), call.id.as_str())?;
            recovered.saved.decide(&call.id, Decision::Answered("in doubt".to_owned()))?;
        }
    }
    ended(run.resume_journal(recovered, opened.journal).await?.outcome())
}

fn ended(outcome: &Outcome) -> Result<(), Box<dyn std::error::Error>> {
    match outcome {
        Outcome::Completed(_) => Ok(()),
        other => Err(format!("the run is {other:?}").into()),
    }
}
