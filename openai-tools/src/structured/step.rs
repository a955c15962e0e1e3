use crate::{
    chat::Api,
    provider::{FieldRule, Quirks},
};

/// A step of the ladder by which a typed answer is asked for, the best one first. Whichever it is, the
/// answer is held to the same schema, and asked for again with the same words.
///
/// Unless [`answer_step`](crate::run::RunBuilder::answer_step) pins one, a run takes the first that
/// the server has over the run's API, by its [quirks](Quirks).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum AnswerStep {
    /// The server holds the answer to a schema: `json_schema`.
    Schema,
    /// The answer is the arguments of one call. A tool named `final_answer` (`final_answer_2` and so
    /// on, if one of the run's own has that name) is offered beside the others, and a call is demanded
    /// until the answer is there. It is taken where servers know no `json_schema` and can be told to
    /// make a call.
    ///
    /// - An answer beside other calls is no answer, as a text is none: they run, and the model is told
    ///   to answer again once it has their outputs. Of several answers the first counts.
    /// - A tool choice that demands another call goes first.
    /// - An answer that comes as a text without a call is taken, too.
    /// - The transcript has the call and one output that says what became of it; among the
    ///   [calls](crate::run::RunRecord::calls) of the run, and in its limits, it does not count.
    Tool,
    /// JSON mode (`json_object`): the model is told the schema in words.
    JsonMode,
    /// Words alone.
    Words,
}

/// What a server can be told of a typed answer.
#[expect(clippy::struct_excessive_bools, reason = "each is something of its own")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ladder {
    schema: bool,
    /// Whether a call can be demanded, and whether one of a certain tool can.
    any_call: bool,
    one_call: bool,
    json_mode: bool,
    /// Whether requests over the Responses API can say what form an answer has.
    forms_of_responses: bool,
    /// The API of a run that names none.
    api: Api,
}

impl Ladder {
    pub(crate) fn of(quirks: &Quirks, api: Api) -> Self {
        let lacks = |field: &str| {
            matches!(quirks.fields.get(field), Some(FieldRule::LeftOut | FieldRule::Refused))
        };
        let tools = !lacks("tools") && !lacks("tool_choice");
        let any_call = tools && quirks.tool_choice.required.is_some();
        Self {
            schema: quirks.json_schema,
            any_call,
            one_call: any_call || tools && quirks.tool_choice.named,
            json_mode: quirks.json_object,
            forms_of_responses: !lacks("text.format"),
            api,
        }
    }

    /// The first step that the server has. Beside other tools any call has to be demanded: one of the
    /// answer's tool alone would keep the model from all others.
    pub(crate) fn first(self, has_tools: bool, api: Option<Api>) -> AnswerStep {
        let tool = if has_tools { self.any_call } else { self.one_call };
        let forms = match api.unwrap_or(self.api) {
            Api::ChatCompletions => true,
            Api::Responses => self.forms_of_responses,
        };
        match self {
            Self { schema: true, .. } if forms => AnswerStep::Schema,
            _ if tool => AnswerStep::Tool,
            Self { json_mode: true, .. } if forms => AnswerStep::JsonMode,
            _ => AnswerStep::Words,
        }
    }
}

impl Default for Ladder {
    fn default() -> Self {
        Self::of(&Quirks::new(), Api::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::ToolChoiceWords;

    #[test]
    fn a_server_is_asked_at_the_first_step_that_it_has() {
        let lower = || Quirks::new().with_json_schema(false);
        let named = ToolChoiceWords { required: None, ..ToolChoiceWords::default() };
        for (quirks, alone, beside_tools) in [
            (Quirks::new(), AnswerStep::Schema, AnswerStep::Schema),
            (lower(), AnswerStep::Tool, AnswerStep::Tool),
            (lower().with_tool_choice(named), AnswerStep::Tool, AnswerStep::JsonMode),
            (
                lower().with_tool_choice(ToolChoiceWords::nothing()),
                AnswerStep::JsonMode,
                AnswerStep::JsonMode,
            ),
            (
                lower().with_field("tools", FieldRule::Refused).with_json_object(false),
                AnswerStep::Words,
                AnswerStep::Words,
            ),
        ] {
            let ladder = Ladder::of(&quirks, Api::Responses);
            let first = |has_tools| ladder.first(has_tools, None);
            assert_eq!((first(false), first(true)), (alone, beside_tools));
        }
    }

    #[test]
    fn a_form_that_one_api_lacks_is_left_to_the_other() {
        let quirks = Quirks::new().with_field("text.format", FieldRule::Refused);
        let ladder = Ladder::of(&quirks, Api::ChatCompletions);
        assert_eq!(ladder.first(false, None), AnswerStep::Schema);
        assert_eq!(ladder.first(false, Some(Api::Responses)), AnswerStep::Tool);
        let quirks = quirks.with_tool_choice(ToolChoiceWords::nothing());
        let ladder = Ladder::of(&quirks, Api::Responses);
        assert_eq!(ladder.first(false, None), AnswerStep::Words);
        assert_eq!(ladder.first(false, Some(Api::ChatCompletions)), AnswerStep::Schema);
    }
}
