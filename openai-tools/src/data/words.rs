//! The rules that are no keywords of JSON Schema.

/// The ids of all rules, in order.
pub(crate) fn rule_ids() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(id, _)| *id)
}

/// What a rule asks for; of a keyword of JSON Schema, that it is one.
pub(crate) fn meaning(rule: &str) -> &'static str {
    let known = RULES.iter().find(|(id, _)| *id == rule);
    known.map_or("The schema allows the value by this keyword.", |(_, meaning)| meaning)
}

const RULES: &[(&str, &str)] = &[
    ("answer", "An answer that was asked for as JSON is JSON."),
    ("answered-twice", "A tool call is answered once."),
    ("arguments", "The arguments of a tool call are a text that holds JSON."),
    ("batch-endpoint", "All requests of a batch go to the same known endpoint."),
    ("batch-id", "Each line of a batch has a `custom_id` of its own."),
    ("batch-model", "All requests of a batch name the same model."),
    ("batch-size", "A batch has at most 50,000 requests."),
    ("cut-off", "An answer in JSON is not cut off."),
    ("duplicate-call-id", "Each tool call has an id of its own."),
    ("duplicate-key", "A key stands once in an object."),
    ("duplicate-tool", "Each tool has a name of its own."),
    ("empty", "A file holds at least one record."),
    ("empty-message", "An assistant says something or calls a tool."),
    ("failed-request", "A request of a batch was answered."),
    ("file", "A file can be read to its end."),
    ("invalid-schema", "A schema of a record is a JSON Schema that can be used."),
    ("json", "A record is JSON."),
    ("json-mode-word", "A conversation in JSON mode holds the word JSON."),
    ("kind", "A record is of a kind that is known."),
    ("late-output", "A tool call is answered directly behind the message that holds it."),
    ("role", "A message has a role that is known."),
    ("role-order", "System messages come first, then the user, then the assistant."),
    ("shape", "A record has the keys and types that the API asks for."),
    ("too-costly", "A schema that multiplies is asked of flat instances only."),
    ("too-deep", "A record is nested in at most 127 levels."),
    ("too-long", "A record is not longer than the limit."),
    ("too-many-tools", "A request offers at most 128 tools."),
    ("too-many-values", "A record holds at most 500,000 JSON values."),
    ("tool-name", "The name of a tool is 1 to 64 of A-Z, a-z, 0-9, `_` and `-`."),
    ("training-end", "An example for fine-tuning ends with the assistant."),
    ("training-key", "An example for fine-tuning holds only keys that are known."),
    ("training-size", "A file for fine-tuning holds at least 10 examples."),
    ("training-weight", "A weight is 0 or 1, stands at an assistant, and is 1 at least once."),
    ("unanswered-call", "A tool call is answered."),
    ("unknown-call", "A tool output answers a call that was made."),
    ("unknown-tool", "A call names a tool that is offered."),
    ("utf-8", "A file is UTF-8."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_stand_in_order_and_once() {
        let ids: Vec<_> = rule_ids().collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert_eq!(meaning("required"), meaning("minLength"));
    }
}
