//! Tools that are known only at run time, made from a JSON schema and a closure, beside a typed
//! one.
//!
//! `cargo run -p examples --bin dynamic_tools`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use openai_tools::{DynTool, ToolDefinition, ToolError, Toolbox, tool};
use serde_json::{Value, json};

/// Add two numbers.
#[tool(read_only)]
fn add(a: f64, b: f64) -> f64 {
    a + b
}

/// Definitions as another program may store them.
const PLUGINS: &str = r#"[
    {"name": "send_mail", "description": "Send an e-mail.", "parameters": {
        "type": "object",
        "properties": {
            "to": {"type": "string", "format": "email", "description": "Address."},
            "subject": {"type": "string", "minLength": 1},
            "copies": {"type": "array", "items": {"type": "string"}, "uniqueItems": true}
        },
        "required": ["to", "subject"]
    }},
    {"name": "translate", "description": "Translate a text into another language.", "parameters": {
        "type": "object",
        "properties": {"text": {"type": "string"}, "language": {"enum": ["de", "fr", "vi"]}},
        "required": ["text", "language"]
    }}
]"#;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setup = examples::setup().await?;
    let mut tools = Toolbox::new().with(add)?;
    for plugin in serde_json::from_str::<Vec<Value>>(PLUGINS)? {
        let name = plugin["name"].as_str().unwrap_or_default().to_owned();
        let definition = ToolDefinition::new(&name, plugin["parameters"].clone())
            .with_description(plugin["description"].as_str().unwrap_or_default())
            .build()?;
        // What strict mode cannot say is not sent, but still checked when a call comes.
        for loss in definition.contract().losses() {
            println!("{name}: checked here only: {loss}");
        }
        tools = tools.with(DynTool::new(definition, move |arguments: Value, _| {
            let name = name.clone();
            async move { Ok::<_, ToolError>(json!({"plugin": name, "got": arguments})) }
        }))?;
    }

    let request = "Send an e-mail to ann@example.com with the subject \"Lunch\", and add 2 and 40.";
    let run = setup.client.run(&setup.model).tools(&tools).user(request).await?;
    println!("\n> {request}");
    for call in run.calls() {
        println!("  {}({})\n    -> {}", call.call.name, call.call.arguments, call.output.text);
    }
    println!("{}", run.text());
    Ok(())
}
