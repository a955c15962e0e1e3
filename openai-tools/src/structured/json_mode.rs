//! What JSON mode needs to be told in words: a pure function of the conversation.

use serde_json::Value;

use crate::chat::{Message, Part};

/// Adds the instruction to the conversation, after its opening instructions, unless it says the
/// same already.
///
/// JSON mode answers 400 unless some message holds the word JSON (structured outputs guide of
/// OpenAI). With a schema the model has to be shown it anyway, since the server does not know it.
pub(super) fn instruct(messages: &mut Vec<Message>, schema: Option<&Value>) {
    let text = match schema {
        Some(schema) => {
            format!("Answer with one JSON object that is valid against this JSON Schema:\n{schema}")
        }
        None if messages.iter().any(says_json) => return,
        None => "Answer with one JSON object.".to_owned(),
    };
    let is_instruction =
        |message: &Message| matches!(message, Message::System(_) | Message::Developer(_));
    let opening = messages.iter().take_while(|message| is_instruction(message));
    let mut at = 0;
    let mut developer = false;
    for message in opening {
        match message {
            Message::System(told) | Message::Developer(told) if *told == text => return,
            other => developer = matches!(other, Message::Developer(_)),
        }
        at += 1;
    }
    // A model that is given developer messages may refuse system messages beside them.
    let message = if developer { Message::Developer(text) } else { Message::System(text) };
    messages.insert(at, message);
}

fn says_json(message: &Message) -> bool {
    let json = |text: &str| text.as_bytes().windows(4).any(|w| w.eq_ignore_ascii_case(b"json"));
    match message {
        Message::System(text) | Message::Developer(text) => json(text),
        Message::User(parts) => {
            parts.iter().any(|part| matches!(part, Part::Text(text) if json(text)))
        }
        Message::Assistant(_) | Message::Tool(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_word_json_is_added_only_where_it_is_missing() {
        let mut silent = vec![Message::system("Be brief."), Message::user("hi")];
        instruct(&mut silent, None);
        assert_eq!(silent[1], Message::system("Answer with one JSON object."));

        let mut said = vec![Message::user("as Json, please")];
        instruct(&mut said, None);
        assert_eq!(said.len(), 1);
    }

    #[test]
    fn the_schema_is_told_once_however_often_the_conversation_goes_on() {
        let schema = json!({"type": "object"});
        let mut messages = vec![Message::developer("Be brief."), Message::user("hi")];
        instruct(&mut messages, Some(&schema));
        assert!(
            matches!(&messages[1], Message::Developer(text) if text.contains(r#"{"type":"object"}"#))
        );
        instruct(&mut messages, Some(&schema));
        assert_eq!(messages.len(), 3);
    }
}
