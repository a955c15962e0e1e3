//! Which tools a prompt asks for, and with which part of it.

use std::{collections::HashMap, ops::Range};

use serde_json::Value;

use super::{
    generate::{Source, instances},
    prompt::Prompt,
    words,
};
use crate::testing::answer::Call;

/// A tool of the request, as far as the choice needs it.
#[derive(Debug)]
pub(super) struct Offered<'a> {
    pub(super) name: &'a str,
    description: &'a str,
    parameters: Option<&'a Value>,
    custom: bool,
}

impl<'a> Offered<'a> {
    /// Every tool of a request that has a name.
    pub(super) fn all(request: &'a Value) -> Vec<Self> {
        let tools = request.get("tools").and_then(Value::as_array).into_iter().flatten();
        tools
            .filter_map(|tool| {
                let custom = tool.get("custom");
                let object = tool.get("function").or(custom)?;
                Some(Self {
                    name: object.get("name")?.as_str()?,
                    description: object
                        .get("description")
                        .and_then(Value::as_str)
                        .unwrap_or_default(),
                    parameters: object.get("parameters"),
                    custom: custom.is_some(),
                })
            })
            .collect()
    }
}

/// The calls that a prompt asks for, in its order. With `forced` there is at least one.
pub(super) fn calls(prompt: &Prompt<'_>, tools: &[Offered<'_>], forced: bool) -> Vec<Call> {
    let mut requests = requests(prompt, tools);
    if requests.is_empty() && forced && !tools.is_empty() {
        let everything = 0..prompt.tokens.len();
        let best = best(prompt, &everything, &profiles(tools)).map_or(0, |found| found.tool);
        requests.push(Wanted { tool: best, tokens: everything });
    }
    let mut calls: Vec<Call> = Vec::new();
    for wanted in &requests {
        for call in calls_of(prompt, &tools[wanted.tool], &wanted.tokens) {
            if calls.len() < MAX_CALLS && !calls.contains(&call) {
                calls.push(call);
            }
        }
    }
    calls
}

/// One thing that the prompt asks for.
#[derive(Clone, Debug, PartialEq)]
struct Wanted {
    tool: usize,
    tokens: Range<usize>,
}

fn requests(prompt: &Prompt<'_>, tools: &[Offered<'_>]) -> Vec<Wanted> {
    let lower = prompt.text.to_lowercase();
    if ["all tools", "all the tools", "all your tools", "every tool", "each tool"]
        .iter()
        .any(|phrase| lower.contains(phrase))
    {
        let whole = |tool| Wanted { tool, tokens: 0..prompt.tokens.len() };
        return (0..tools.len()).map(whole).collect();
    }
    let profiles = profiles(tools);
    let mut wanted: Vec<Wanted> = Vec::new();
    // Where a sentence began that has not named a tool yet: "what are AAPL and MSFT trading at".
    let mut pending: Option<usize> = None;
    for clause in clauses(prompt) {
        if wanted.len() == MAX_CALLS {
            break;
        }
        let found = best(prompt, &clause, &profiles);
        match (found, wanted.last_mut()) {
            (Some(found), Some(last)) => {
                let both_whole =
                    has_entities(prompt, &clause) && has_entities(prompt, &last.tokens);
                // A clause that only names a parameter goes on with what was asked for before.
                let goes_on = found.tool == last.tool && !both_whole || !found.by_purpose;
                if goes_on {
                    last.tokens.end = clause.end;
                } else {
                    wanted.push(Wanted { tool: found.tool, tokens: clause });
                }
            }
            (Some(found), None) => {
                let joined = clause.start > 0 && prompt.tokens[clause.start - 1].separates();
                let start = pending.filter(|_| joined).unwrap_or(clause.start);
                wanted.push(Wanted { tool: found.tool, tokens: start..clause.end });
            }
            (None, Some(last)) => last.tokens.end = clause.end,
            (None, None) if prompt.tokens[clause.end - 1].ends_sentence() => pending = None,
            (None, None) => pending = pending.or(Some(clause.start)),
        }
    }
    wanted
}

/// Parts of the prompt between commas, full stops, "and", "or" and the like.
fn clauses(prompt: &Prompt<'_>) -> Vec<Range<usize>> {
    let mut clauses = Vec::new();
    let mut start = 0;
    for (at, token) in prompt.tokens.iter().enumerate() {
        if !token.quoted && token.separates() {
            clauses.push(start..at);
            start = at + 1;
        } else if token.ends_clause() {
            clauses.push(start..at + 1);
            start = at + 1;
        }
    }
    clauses.push(start..prompt.tokens.len());
    clauses.retain(|clause| !clause.is_empty());
    clauses
}

fn has_entities(prompt: &Prompt<'_>, tokens: &Range<usize>) -> bool {
    prompt.entities.iter().any(|entity| tokens.contains(&entity.at))
}

/// How much each word speaks for each tool.
struct Profiles<'t> {
    names: Vec<&'t str>,
    words: HashMap<String, Vec<Vote>>,
}

#[derive(Clone, Copy)]
struct Vote {
    tool: usize,
    weight: f64,
    /// The word is in the name or the description, not only in a parameter.
    by_purpose: bool,
}

struct Found {
    tool: usize,
    by_purpose: bool,
}

fn profiles<'t>(tools: &[Offered<'t>]) -> Profiles<'t> {
    let mut found: HashMap<String, Vec<Vote>> = HashMap::new();
    for (tool, offered) in tools.iter().enumerate() {
        let mut vote = |text: &str, weight: f64, by_purpose: bool| {
            for word in words::words(text) {
                let votes = found.entry(word).or_default();
                match votes.last_mut().filter(|last| last.tool == tool) {
                    Some(last) => {
                        last.weight = last.weight.max(weight);
                        last.by_purpose |= by_purpose;
                    }
                    None => votes.push(Vote { tool, weight, by_purpose }),
                }
            }
        };
        // "order" means `get_order` rather than `order_items`: more of its name is said.
        let parts = words::words(offered.name).iter().fold(0.0, |parts: f64, _| parts + 1.0);
        vote(offered.name, 3.0 + 1.0 / parts.max(1.0), true);
        vote(offered.description, 1.0, true);
        let properties = offered.parameters.and_then(|schema| schema.get("properties"));
        for (name, schema) in properties.and_then(Value::as_object).into_iter().flatten() {
            vote(name, 1.0, false);
            if let Some(description) = schema.get("description").and_then(Value::as_str) {
                vote(description, 0.5, false);
            }
            let options = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
            for option in options.filter_map(Value::as_str) {
                vote(option, 1.0, false);
            }
        }
    }
    Profiles { names: tools.iter().map(|tool| tool.name).collect(), words: found }
}

/// The tool that a clause speaks for most; of equals the first.
fn best(prompt: &Prompt<'_>, clause: &Range<usize>, profiles: &Profiles<'_>) -> Option<Found> {
    let tokens = prompt.tokens.get(clause.clone())?;
    if let Some(tool) =
        profiles.names.iter().position(|name| tokens.iter().any(|token| token.text == *name))
    {
        return Some(Found { tool, by_purpose: true });
    }
    let mut said: Vec<String> = tokens.iter().flat_map(|token| compared(token.text)).collect();
    said.sort_unstable();
    said.dedup();
    // By tool: the weight for comparison, the weight as such, and whether its purpose is named.
    let mut scores: HashMap<usize, (f64, f64, bool)> = HashMap::new();
    for votes in said.iter().filter_map(|word| profiles.words.get(word)) {
        // A word that many tools share says little of which one is meant.
        let shared = votes.iter().fold(0.0, |count: f64, _| count + 1.0);
        for vote in votes {
            let score = scores.entry(vote.tool).or_default();
            score.0 += vote.weight / shared;
            score.1 += vote.weight;
            score.2 |= vote.by_purpose;
        }
    }
    let enough = scores.into_iter().filter(|(_, score)| score.1 >= 1.0);
    let best = enough.max_by(|(a, x), (b, y)| x.0.total_cmp(&y.0).then(b.cmp(a)));
    best.map(|(tool, score)| Found { tool, by_purpose: score.2 })
}

/// The words of a token, with signs of arithmetic as words.
fn compared(text: &str) -> Vec<String> {
    words::words(match text {
        "+" => "add",
        "*" | "×" => "multiply",
        "÷" | "/" => "divide",
        text => text,
    })
}

fn calls_of(prompt: &Prompt<'_>, tool: &Offered<'_>, tokens: &Range<usize>) -> Vec<Call> {
    let call = |arguments: String| Call {
        id: None,
        name: tool.name.to_owned(),
        arguments,
        custom: tool.custom,
        ..Call::default()
    };
    let free_text = free_text(prompt, tool, tokens);
    if tool.custom {
        return vec![call(free_text.to_owned())];
    }
    let Some(schema) = tool.parameters else {
        return vec![call("{}".to_owned())];
    };
    let own = prompt.entities.iter().filter(|entity| tokens.contains(&entity.at));
    let mut entities: Vec<_> = own.collect();
    if entities.is_empty() {
        // "the weather and the time in Hanoi": the first half borrows from the second.
        entities = prompt.entities.iter().collect();
    }
    let source = Source {
        entities,
        stems: prompt.stems(tokens.clone()),
        all_stems: prompt.stems(0..prompt.tokens.len()),
        free_text,
        ..Source::default()
    };
    let instances = instances(schema, &source, MAX_CALLS);
    instances.into_iter().map(|arguments| call(arguments.to_string())).collect()
}

/// What a parameter such as `query` gets: the clause behind the words that named the tool.
fn free_text<'p>(prompt: &Prompt<'p>, tool: &Offered<'_>, range: &Range<usize>) -> &'p str {
    let tokens = prompt.tokens.get(range.clone()).unwrap_or_default();
    let named = words::words(tool.name);
    let names_tool = |text: &str| words::words(text).iter().any(|word| named.contains(word));
    let is_filler = |text: &str| words::is_stop_word(&text.to_lowercase());
    let behind = tokens.iter().position(|token| names_tool(token.text)).map_or(0, |at| at + 1);
    let rest = tokens.get(behind..).unwrap_or_default();
    let skipped = rest.iter().take_while(|token| is_filler(token.text)).count();
    let rest = rest.get(skipped..).filter(|rest| !rest.is_empty()).unwrap_or(tokens);
    match (rest.first(), rest.last()) {
        (Some(first), Some(last)) => {
            prompt.text.get(first.start..last.start + last.text.len()).unwrap_or_default()
        }
        _ => prompt.text,
    }
}

/// More than any prompt asks for; a list of thousands is not answered with thousands of calls.
const MAX_CALLS: usize = 128;

#[cfg(test)]
#[path = "choose_tests.rs"]
mod tests;
