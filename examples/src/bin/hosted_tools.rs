//! Tools beside functions, over the Responses API: one that the server runs, an MCP server whose
//! calls a person approves, commands that are run here, changes of files, a tool that takes plain text,
//! and tools in a namespace.
//!
//! `cargo run -p examples --bin hosted_tools`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use openai_tools::{
    DynTool, ToolContext, ToolSettings, Toolbox,
    chat::{Api, Location, Mcp, McpApproval, SearchContextSize, WebSearch},
    run::Decision,
    testing::{Reply, ScriptedCall, Server},
    tool,
    tool::{ApplyPatch, CallKind, CommandOutput, FileChange, PatchError, Shell, ShellRequest},
    toolbox,
};
use serde_json::json;

/// Dial a number, which the model writes as plain text.
#[tool(custom, regex = "[0-9]{3,12}")]
fn dial(number: String) -> String {
    format!("{number} is busy")
}

struct Crm;

/// Customers of the shop.
#[toolbox(namespace = "crm")]
impl Crm {
    /// Find the number of a customer.
    #[tool(read_only)]
    async fn number(&self, name: String) -> String {
        format!("{name}: 5550100")
    }
}

/// A shell that only knows how to say which commands it would run.
struct DryShell;

impl Shell for DryShell {
    type Error = std::io::Error;

    async fn run(
        &self,
        request: ShellRequest,
        _: ToolContext,
    ) -> Result<Vec<CommandOutput>, Self::Error> {
        let dry =
            |command: &String| CommandOutput::exited(0, format!("would run: {command}\n"), "");
        Ok(request.commands.iter().map(dry).collect())
    }
}

/// Files in memory.
#[derive(Clone, Default)]
struct Files(Arc<Mutex<HashMap<String, String>>>);

impl ApplyPatch for Files {
    type Error = PatchError;

    async fn apply(&self, change: FileChange, _: ToolContext) -> Result<String, PatchError> {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What does not fit is told to the model, and nothing is changed.
        match change.apply(files.get(change.path()).map(String::as_str))? {
            Some(text) => files.insert(change.path().to_owned(), text),
            None => files.remove(change.path()),
        };
        Ok(format!("{} is changed", change.path()))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setup = examples::setup_on(Server::builder().script(script())).await?;
    let tools = Toolbox::new().with(dial)?.extend(Arc::new(Crm).tools())?;

    let search = WebSearch::new()
        .with_location(Location::new().with_country("VN"))
        .with_context_size(SearchContextSize::Low);
    let wiki = Mcp::url("wiki", "https://mcp.deepwiki.com/mcp")
        .with_approval(McpApproval::never_for(["read_wiki_structure"]));
    let careful = ToolSettings::new().with_needs_approval(true);
    let files = Files::default();
    let question = "Ask the wiki about tokio, list my files, note Lan's number, and call her.";
    println!("> {question}");
    let run = setup
        .client
        .run(setup.model)
        .api(Api::Responses)
        .tools(&tools)
        .hosted_tool(search)
        .hosted_tool(wiki)
        .local_tool(DynTool::shell(DryShell).with_settings(careful))
        .apply_patch(files.clone())
        .user(question)
        .on_approval(|waiting| async move {
            let whose = match waiting.call.kind() {
                CallKind::McpApproval => waiting.call.namespace().unwrap_or("a server").to_owned(),
                kind => kind.as_str().to_owned(),
            };
            println!("  may {whose} do this? {}", waiting.arguments);
            Some(Decision::Approved)
        })
        .await?;
    for made in run.calls() {
        println!("  {} ({}): {}", made.call.name, made.call.kind().as_str(), made.output.text);
    }
    for (path, text) in &*files.0.lock().unwrap_or_else(PoisonError::into_inner) {
        println!("  {path}: {text}");
    }
    println!("{}", run.text());
    Ok(())
}

/// What the built-in server says, where no real one is asked.
fn script() -> [Reply; 3] {
    let note = json!({"type": "create_file", "path": "numbers.txt", "diff": "+Lan: 5550100"});
    let topic = json!({"repoName": "tokio-rs/tokio", "question": "What is a task?"});
    [
        Reply::tool_calls([
            ScriptedCall::mcp_approval("mcpr_1", "wiki", "ask_question", &topic),
            ScriptedCall::shell("call_1", ["ls"]),
            ScriptedCall::from(("call_2", "number", json!({"name": "Lan"}))).in_namespace("crm"),
        ]),
        Reply::tool_calls([
            ScriptedCall::custom("call_3", "dial", "5550100"),
            ScriptedCall::apply_patch("call_4", note),
        ]),
        Reply::text("A task is a light thread. You have one file. Lan's line is busy."),
    ]
}
