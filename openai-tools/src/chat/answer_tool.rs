//! An answer that is asked for as one call of a tool: what a request offers and demands then.

use std::borrow::Cow;

use serde_json::{Value, json, value::RawValue};

use super::{AllowedMode, AllowedTool, Request, ResponseFormat, ToolChoice};
use crate::{ids::ToolName, schema::Contract, tool::Tools};

/// What a request says of its tools, beside their definitions.
pub(super) struct Offer<'a> {
    /// The tool whose arguments are the answer, if it is offered.
    pub(super) answer: Option<AnswerTool<'a>>,
    pub(super) choice: Option<Cow<'a, ToolChoice>>,
}

/// The tool whose arguments are the answer.
#[derive(Clone, Copy)]
pub(super) struct AnswerTool<'a> {
    name: &'a ToolName,
    contract: &'a Contract,
}

impl<'a> Offer<'a> {
    pub(super) fn of(request: &'a Request) -> Self {
        let choice = request.settings.tool_choice.as_ref();
        let ResponseFormat::Tool { name, contract } = &request.format else {
            return Self { answer: None, choice: choice.map(Cow::Borrowed) };
        };
        let has_others = request.tools.as_ref().is_some_and(|tools| !tools.is_empty())
            || !request.settings.hosted_tools.is_empty();
        let mut answer = Some(AnswerTool { name, contract });
        let choice = match choice {
            Some(ToolChoice::Allowed { mode: AllowedMode::Auto, tools }) => {
                let mut tools = tools.clone();
                tools.push(AllowedTool::Named(name.clone()));
                Cow::Owned(ToolChoice::Allowed { mode: AllowedMode::Required, tools })
            }
            Some(demanded @ ToolChoice::Required) if has_others => {
                // An answer would be a call, too, and not the one that is meant.
                answer = None;
                Cow::Borrowed(demanded)
            }
            Some(ToolChoice::Auto) | None if has_others => Cow::Owned(ToolChoice::Required),
            Some(ToolChoice::Auto | ToolChoice::None | ToolChoice::Required) | None => {
                Cow::Owned(ToolChoice::Named(name.clone()))
            }
            Some(demanded) => Cow::Borrowed(demanded),
        };
        Self { answer, choice: Some(choice) }
    }
}

impl AnswerTool<'_> {
    /// As chat completions wants it.
    pub(super) fn to_chat(self) -> Value {
        json!({"type": "function", "function": self.to_function()})
    }

    /// As the Responses API wants it.
    pub(super) fn to_responses(self) -> Value {
        let mut tool = json!({"type": "function"});
        if let (Some(tool), Value::Object(fields)) = (tool.as_object_mut(), self.to_function()) {
            tool.extend(fields);
        }
        tool
    }

    fn to_function(self) -> Value {
        json!({
            "name": self.name,
            "description": DESCRIPTION,
            "parameters": self.contract.sent(),
            "strict": self.contract.is_strict(),
        })
    }
}

const DESCRIPTION: &str = "Gives the final answer. Call it once, by itself, with the whole answer, \
                           when nothing else is left to do.";

/// A list of tools and one more.
pub(super) fn appended(list: Option<&RawValue>, tool: &Value) -> Box<RawValue> {
    let inside = list.and_then(|list| list.get().strip_prefix('[')?.strip_suffix(']'));
    let text = match inside {
        None | Some("") => format!("[{tool}]"),
        Some(others) => format!("[{others},{tool}]"),
    };
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

impl Request {
    /// The tool whose arguments are the answer, if it is asked for so.
    pub(crate) fn answer_tool(&self) -> Option<&ToolName> {
        match &self.format {
            ResponseFormat::Tool { name, .. } => Some(name),
            _ => None,
        }
    }

    /// A name for the tool of the answer that no other tool has.
    pub(crate) fn free_answer_name(&self) -> ToolName {
        let taken = |name: &ToolName| {
            let mut all = self.tools.iter().flat_map(Tools::definitions);
            all.any(|tool| tool.name() == name)
        };
        let numbered = |n: usize| match n {
            1 => ANSWER.to_owned(),
            n => format!("{ANSWER}_{n}"),
        };
        let mut names = (1..).filter_map(|n| ToolName::parse(&numbered(n)).ok());
        names.find(|name| !taken(name)).expect("there are more numbers than tools")
    }
}

const ANSWER: &str = "final_answer";
