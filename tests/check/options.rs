//! Options, the file with options, help, completions and man pages.

use std::io::Cursor;

use openai_tools::cli::{Console, Exit};

use crate::scene::{Folder, check, report, run, tools, weather};

fn plain(console: Console<'_>) -> Console<'_> {
    console
}

#[test]
fn a_file_gives_the_options_that_the_command_line_leaves_out() {
    let folder = Folder::new("config");
    folder.file("schema.json", weather().to_string());
    folder.file("a.jsonl", "{\"city\":7}\n{\"city\":8}\n");
    let config = folder.file(
        "openai-tools.toml",
        "[check]\nschema = \"schema.json\"\ndata = [\"*.jsonl\"]\nmax-errors = 1\nreport = \"json\"\n",
    );
    let ran = run(&["check", "--config", &config], plain);
    assert_eq!(ran.findings(), ["a.jsonl:1:2 type /city"]);
    assert_eq!(ran.json()["summary"]["findings"], 2);
    let ran = run(&["check", "--config", &config, "--max-errors", "5"], plain);
    assert_eq!(ran.findings().len(), 2);
}

#[test]
fn a_key_that_is_unknown_is_told_with_the_nearest() {
    let folder = Folder::new("unknown_key");
    let config = folder.file("openai-tools.toml", "[check]\n\ntool = \"tools.json\"\n");
    let ran = run(&["check", "--config", &config, "x.json"], plain);
    assert_eq!(ran.exit, Exit::Failure);
    let told = "openai-tools.toml:3: no key is called `tool`; did you mean `tools`?\n";
    assert!(ran.stderr.ends_with(told), "{}", ran.stderr);
    let missing = run(&["check", "--config", &folder.path("none.toml"), "x.json"], plain);
    assert_eq!(missing.exit, Exit::Failure);
    assert!(missing.stderr.contains("none.toml: "), "{}", missing.stderr);
}

#[test]
fn a_kind_can_be_forced() {
    let folder = Folder::new("kind");
    let data = folder.file(
        "data.json",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"id\": 7}",
    );
    assert_eq!(check(&[&data]).exit, Exit::Success);
    let forced = report(&["--kind", "fine-tuning", &data]).findings();
    let rules: Vec<&str> = forced.iter().filter_map(|one| one.split(' ').nth(1)).collect();
    assert_eq!(rules, ["training-end", "training-key", "training-size"]);
    let unknown = folder.file("unknown.json", "{\"a\": 1}");
    assert_eq!(report(&[&unknown]).findings(), ["unknown.json:1:1 kind "]);
    let wrong = check(&["--kind", "finetuning", &data]);
    assert_eq!(wrong.exit, Exit::Failure);
    assert!(wrong.stderr.contains("fine-tuning"), "{}", wrong.stderr);
    let bare = check(&["--kind", "instance", &data]);
    assert_eq!(bare.exit, Exit::Failure, "nothing would be checked");
    assert!(bare.stderr.contains("give --schema"), "{}", bare.stderr);
}

#[test]
fn what_cannot_run_says_why() {
    let folder = Folder::new("usage");
    let tools = folder.file("tools.json", tools().to_string());
    let none = check(&["--tools", &tools]);
    assert_eq!(none.exit, Exit::Failure);
    assert!(none.stderr.contains("no data"), "{}", none.stderr);
    let twice = run(&["check", "--no-config", "--tools", "-", "-"], |console| {
        console.with_stdin(Cursor::new("{}"))
    });
    assert_eq!(
        (twice.exit, twice.stderr.as_str()),
        (Exit::Failure, "error: stdin: only one file can be `-`\n")
    );
    let schema = folder.file("schema.json", weather().to_string());
    let mixed = check(&["--tools", &schema, &tools]);
    assert!(mixed.stderr.contains("give it as --schema"), "{}", mixed.stderr);
}

#[test]
fn the_rules_can_be_listed() {
    let ran = check(&["--list-rules"]);
    assert_eq!(ran.exit, Exit::Success);
    assert!(ran.stdout.contains("\nunknown-tool        A call names a tool that is offered.\n"));
    assert!(ran.stdout.lines().all(|line| line.len() <= 100));
}

#[test]
fn the_help_has_examples_and_fits_80_columns() {
    let help = run(&["check", "--help"], plain);
    assert_eq!(help.exit, Exit::Success);
    assert!(help.stdout.contains("\nExamples:\n  openai-tools check --tools"), "{}", help.stdout);
    for line in help.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn completions_and_man_pages_are_printed() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(&["completions", shell], plain);
        assert_eq!((ran.exit, ran.stderr.as_str()), (Exit::Success, ""));
        assert!(ran.stdout.contains("max-errors"), "{shell}");
    }
    for (command, word) in
        [(&[][..], "completions"), (&["check"], "max\\-errors"), (&["schema", "lint"], "level")]
    {
        let ran = run(&[&["man"], command].concat(), plain);
        assert_eq!(ran.exit, Exit::Success);
        assert!(ran.stdout.contains(".TH") && ran.stdout.contains(word), "{command:?}");
    }
    assert_eq!(run(&["man", "nothing"], plain).exit, Exit::Failure);
}
