//! The tables of the guide that are made of data.

use std::{env, fs, path::Path};

use openai_tools::provider::{FieldRule, Provider, Quirks, ToolChoiceWords, UsageTold};

/// Holds a table of a chapter against what it is made of, or writes it.
pub(crate) fn compare(chapter: &str, mark: &str, table: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openai-tools/src/guide");
    let path = folder.join(chapter);
    let text = fs::read_to_string(&path).expect("the chapter");
    let (begin, end) = (format!("<!-- {mark} -->\n\n"), format!("\n<!-- end of {mark} -->"));
    let (before, rest) = text.split_once(&begin).expect("the table's mark");
    let (written, after) = rest.split_once(&end).expect("the table's end");
    if env::var_os("GUIDE").is_some_and(|value| value == "overwrite") {
        fs::write(&path, [before, &begin, table, &end, after].concat()).expect("it can be written");
        return;
    }
    for (written, made) in written.lines().zip(table.lines()) {
        assert!(written == made, "{mark}: the data is not what is written\n{made}\n{written}");
    }
    assert_eq!(written.lines().count(), table.lines().count(), "{mark}: rows are missing");
}

fn row<const N: usize>(cells: [String; N]) -> String {
    let cell = |cell: String| if cell.is_empty() { "–".to_owned() } else { cell };
    format!("| {} |\n", cells.map(cell).join(" | "))
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// What is said with a condition, joined by commas.
fn those<const N: usize>(said: [(bool, &str); N]) -> String {
    let said: Vec<_> = said.into_iter().filter(|(is_so, _)| *is_so).map(|(_, said)| said).collect();
    said.join(", ")
}

fn choices(words: &ToolChoiceWords) -> String {
    let required = words.required.as_deref();
    let renamed = required.filter(|word| *word != "required");
    let renamed = renamed.map(|word| format!("`{word}`"));
    let known = those([
        (words.none, "`none`"),
        (required == Some("required"), "`required`"),
        (renamed.is_some(), renamed.as_deref().unwrap_or_default()),
        (words.named, "one tool"),
        (words.allowed, "`allowed_tools`"),
    ]);
    if known.is_empty() { "what is offered decides".to_owned() } else { known }
}

fn fields(quirks: &Quirks, kind: fn(&FieldRule) -> bool) -> String {
    words(quirks.fields.iter().filter(|(_, rule)| kind(rule)).map(|(name, _)| name.as_str()))
}

#[test]
fn the_tables_of_servers_are_those_of_the_presets() {
    let mut places = row(["preset", "where", "key"].map(str::to_owned)) + "|---|---|---|\n";
    let head = [
        "preset",
        "choices of tools",
        "`strict`",
        "typed answers",
        "developer messages",
        "parts beside text",
        "tools beside functions",
        "what was thought goes back as",
        "Responses API",
    ];
    let mut can = row(head.map(str::to_owned)) + &"|---".repeat(head.len()) + "|\n";
    let head = ["preset", "renamed", "left out", "refused"];
    let mut sent = row(head.map(str::to_owned)) + "|---|---|---|---|\n";
    let head = ["preset", "calls in a stream", "what was thought comes as", "usage in a stream"];
    let mut answers = row(head.map(str::to_owned)) + "|---|---|---|---|\n";
    for preset in Provider::presets() {
        let Provider { name, quirks, .. } = &preset;
        let name = format!("`{name}`");
        let url = match &preset.endpoint {
            Some(endpoint) => format!("`{}`, then `/{}`", endpoint.variable, endpoint.path),
            None => format!("`{}`", preset.base_url),
        };
        let header = preset.key_header.as_ref().map(|header| format!(" in the header `{header}`"));
        let key = match (&preset.key_variable, preset.needs_key) {
            (Some(variable), true) => format!("`{variable}`{}", header.unwrap_or_default()),
            (Some(variable), false) => format!("`{variable}`, if it asks for one"),
            (None, _) => String::new(),
        };
        places += &row([name.clone(), url, key]);
        let can_demand = quirks.tool_choice.required.is_some();
        let typed = those([
            (quirks.json_schema, "schema"),
            (!quirks.json_schema && can_demand, "tool"),
            (quirks.json_object, "JSON mode"),
            (!quirks.json_schema && !can_demand && !quirks.json_object, "words"),
        ]);
        let has_bytes_only = quirks.images && !quirks.image_urls;
        let parts = those([
            (quirks.images && quirks.image_urls, "images"),
            (has_bytes_only, "images by bytes"),
            (quirks.files, "files"),
            (quirks.audio_input, "audio"),
        ]);
        // Chat completions have no tools of the server.
        let hosted = quirks.hosted_tools && quirks.responses;
        let tools = those([(quirks.custom_tools, "custom"), (hosted, "of the server")]);
        let thoughts = quirks.reasoning_field.as_deref().map(|field| words([field]));
        let responses = match (quirks.responses, quirks.keeps_responses) {
            (false, _) => "",
            (true, false) => "yes, keeps nothing",
            (true, true) => "yes",
        };
        let yes = |is_so: bool| if is_so { "yes" } else { "" }.to_owned();
        can += &row([
            name.clone(),
            choices(&quirks.tool_choice),
            yes(quirks.strict),
            typed,
            if quirks.developer_role { "yes" } else { "as `system`" }.to_owned(),
            parts,
            tools,
            thoughts.unwrap_or_default(),
            responses.to_owned(),
        ]);
        let renamed = quirks.fields.iter().filter_map(|(name, rule)| match rule {
            FieldRule::Renamed(other) => Some(format!("`{name}` → `{other}`")),
            _ => None,
        });
        if !quirks.fields.is_empty() {
            sent += &row([
                name.clone(),
                renamed.collect::<Vec<_>>().join(", "),
                fields(quirks, |rule| matches!(rule, FieldRule::LeftOut)),
                fields(quirks, |rule| matches!(rule, FieldRule::Refused)),
            ]);
        }
        let field = quirks.answers.reasoning_field.as_deref().unwrap_or("reasoning_content");
        let usage = match quirks.answers.usage {
            UsageTold::Always => "unasked",
            UsageTold::Never => "never",
            _ => "where it is asked for",
        };
        let calls = if quirks.answers.whole_calls { "whole" } else { "in pieces" };
        answers += &row([name, calls.to_owned(), words([field]), usage.to_owned()]);
    }
    for (mark, table) in
        [("places", places), ("abilities", can), ("fields", sent), ("answers", answers)]
    {
        compare("servers.md", mark, &table);
    }
}
