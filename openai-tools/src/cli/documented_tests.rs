//! Every command line that the README, the guide and `--help` show can be parsed.

use clap::{Command, CommandFactory};

use super::options::Program;

const PAGES: &[(&str, &str)] = &[
    ("README.md", include_str!("../../../README.md")),
    ("contract.md", include_str!("../guide/contract.md")),
    ("schemas.md", include_str!("../guide/schemas.md")),
];

/// The command lines of a text, wherever in a line they begin.
fn command_lines(text: &str) -> Vec<Vec<String>> {
    let joined = text.replace("\\\n", " ");
    let begins =
        ["openai-tools ", "- run: openai-tools ", "entry: openai-tools ", "| openai-tools "];
    let lines = joined.lines().filter_map(|line| {
        let line = line.trim_start();
        let begin = begins.iter().find(|begin| match line.find(**begin) {
            Some(0) => true,
            Some(_) => begin.starts_with('|') && !line.starts_with('|'),
            None => false,
        })?;
        let at = line.find(begin)? + begin.len() - "openai-tools ".len();
        Some(words(&line[at..]))
    });
    // A manifest names the crate at the beginning of a line, too.
    lines.filter(|words| words.get(1).is_none_or(|second| second != "=")).collect()
}

/// The words of one command, as a shell reads them, up to a comment or the next command.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, '|' | '>' | '<' | '&') => break,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

fn wrong(place: &str, text: &str) -> Vec<String> {
    let lines = command_lines(text).into_iter();
    let parsed = lines.map(|words| (Program::command().try_get_matches_from(&words), words));
    let failed = parsed.filter_map(|(parsed, words)| Some((parsed.err()?, words)));
    let failed = failed.filter(|(error, _)| error.use_stderr());
    failed.map(|(error, words)| format!("{place}: {}\n{error}", words.join(" "))).collect()
}

#[test]
fn every_command_line_of_the_docs_can_be_parsed() {
    let wrong: Vec<_> = PAGES.iter().flat_map(|(name, text)| wrong(name, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let found: usize = PAGES.iter().map(|(_, text)| command_lines(text).len()).sum();
    assert!(found >= 20, "{found} were found");
}

#[test]
fn every_example_of_the_help_can_be_parsed() {
    fn look(command: &Command, wrong_ones: &mut Vec<String>, found: &mut usize) {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        *found += command_lines(&help).len();
        wrong_ones.extend(wrong(command.get_name(), &help));
        command.get_subcommands().for_each(|inner| look(inner, wrong_ones, found));
    }
    let (mut wrong_ones, mut found) = (Vec::new(), 0);
    look(&Program::command(), &mut wrong_ones, &mut found);
    assert!(wrong_ones.is_empty(), "{}", wrong_ones.join("\n"));
    assert!(found >= 10, "{found} were found");
}

#[test]
fn a_command_line_is_read_as_a_shell_reads_it() {
    let lines = command_lines("  cat a | openai-tools diff \"x y\" - # that\nopenai-tools = 1\n");
    assert_eq!(lines, [["openai-tools", "diff", "x y", "-"]]);
}
