use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use openai_tools::{
    DynTool, Message, ToolContext, ToolDefinition, ToolError, testing::ScriptedCall,
    tool::IntoContent,
};
use serde_json::{Value, json};

/// A strict definition with these properties, all required.
///
/// # Panics
///
/// The name or a schema is not legal.
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "it is called with `json!`")]
pub fn definition(name: &str, properties: Value) -> ToolDefinition {
    let required: Vec<_> = properties.as_object().expect("properties").keys().cloned().collect();
    let schema = json!({
        "type": "object", "properties": properties, "required": required,
        "additionalProperties": false,
    });
    ToolDefinition::new(name, schema).build().expect("a legal definition")
}

/// A tool without parameters, from an async closure.
///
/// # Panics
///
/// The name is not legal.
pub fn tool<F, Fut, O>(name: &str, call: F) -> DynTool
where
    F: Fn(ToolContext) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<O, ToolError>> + Send + 'static,
    O: IntoContent,
{
    DynTool::new(definition(name, json!({})), move |_, context| call(context))
}

/// The tool `echo`: gives back its argument `n`.
#[must_use]
pub fn echo() -> DynTool {
    let definition = definition("echo", json!({"n": {"type": "integer"}}));
    DynTool::new(definition, |arguments: Value, _| async move {
        Ok::<_, ToolError>(format!("echo {}", arguments["n"]))
    })
}

/// A call of `echo` with the id `c{n}`.
#[must_use]
pub fn echo_call(n: u32) -> ScriptedCall {
    (format!("c{n}"), "echo", json!({"n": n})).into()
}

/// A tool that no test expects to be run.
#[must_use]
pub fn unused_tool(name: &str) -> DynTool {
    tool(name, |_| async { Err::<(), _>(ToolError::fatal("the tool was not to be run")) })
}

/// Blocks the thread, as a sync tool that looks at its cancellation now and then.
///
/// # Panics
///
/// The call is not cancelled within 30 s.
pub fn block_until_cancelled(context: &ToolContext) {
    block_until(|| context.cancellation().is_cancelled());
}

/// Blocks the thread until something is so.
///
/// # Panics
///
/// It is not within 30 s: a test that fails is better than one that hangs.
pub fn block_until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(30), "waited for too long");
        std::thread::yield_now();
    }
}

/// Whether each call of a transcript is answered exactly once, in order, right after the message
/// that asks for it.
#[must_use]
pub fn transcript_is_answered(transcript: &[Message]) -> bool {
    let mut messages = transcript.iter().peekable();
    while let Some(message) = messages.next() {
        match message {
            Message::Assistant(assistant) => {
                // Servers may give an id again in a later response.
                let mut ids = HashSet::new();
                for call in &assistant.tool_calls {
                    let answered = matches!(
                        messages.next(),
                        Some(Message::Tool(output)) if output.call_id == call.id
                    );
                    if !answered || !ids.insert(call.id.clone()) {
                        return false;
                    }
                }
            }
            Message::Tool(_) => return false,
            _ => {}
        }
    }
    true
}
