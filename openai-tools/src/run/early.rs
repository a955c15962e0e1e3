//! Which calls may start while their response arrives: plain data, no clock and no runtime.

use std::collections::HashSet;

use crate::{
    chat::{Delta, wire::Place},
    ids::ToolCallId,
    stream::json::Scanner,
    tool::{ToolCall, Tools},
};

/// The calls of a response as far as they have arrived.
pub(super) struct Early {
    tools: Tools,
    /// How many calls may run; 0 if none may start early.
    room: usize,
    /// Whether the order of calls means something: one of the tools is sequential.
    ordered: bool,
    /// Whether the server says when a call is whole, so that nothing has to be guessed.
    waits_for_ends: bool,
    calls: Vec<Arriving>,
    ids: HashSet<ToolCallId>,
}

struct Arriving {
    /// As it began; arguments are kept only of calls that may start early.
    call: ToolCall,
    /// None of a custom tool's: in any text nothing tells its end.
    scanner: Option<Scanner>,
    /// Whether any arguments came.
    begun: bool,
    complete: bool,
    /// Whether no call before it, which could be a sequential one, is to come.
    in_order: bool,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// It starts when its arguments are whole.
    Open,
    Started,
    /// It waits for the end of the response.
    Never,
}

/// What a delta comes to.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Step {
    /// Whether the arguments of its call are whole now.
    pub(super) complete: bool,
    pub(super) act: Option<Act>,
}

/// What is to be done with a call.
#[derive(Debug, PartialEq)]
pub(super) enum Act {
    /// A further call, which may not run yet.
    Hold { call: ToolCall },
    /// Its name is known now.
    Rename { slot: usize, call: ToolCall },
    /// Its arguments are whole: it may start.
    Start { slot: usize, call: ToolCall },
    /// It started with what does not hold.
    TakeBack { slot: usize },
    /// The response asks for more calls than may run, or for one before those that started.
    TakeAllBack,
}

impl Early {
    /// `room` is how many calls may run; 0 if none may start early.
    pub(super) fn new(tools: Tools, room: usize) -> Self {
        let ordered = tools.any_sequential();
        let (calls, ids) = (Vec::new(), HashSet::new());
        Self { tools, room, ordered, waits_for_ends: false, calls, ids }
    }

    /// For servers that say when a call is whole.
    pub(super) fn waiting_for_ends(self) -> Self {
        Self { waits_for_ends: true, ..self }
    }

    /// `place` is that of the call, if one begins.
    pub(super) fn take(&mut self, delta: &Delta, place: Place) -> Step {
        match delta {
            Delta::CallBegan { id, kind, namespace, name, .. } => {
                let mut call = ToolCall::new(id.clone(), name, "").with_kind(kind.clone());
                if let Some(namespace) = namespace {
                    call = call.with_namespace(namespace);
                }
                self.begin(call, place)
            }
            Delta::CallRenamed { slot, id, name } => self.rename(*slot, id, name),
            Delta::Arguments { slot, text } => self.grow(*slot, text),
            Delta::ArgumentsComplete { slot } => self.close(*slot),
            Delta::ArgumentsReset { slot } => self.reset(*slot),
            _ => Step::default(),
        }
    }

    /// The calls whose end was not to be seen before the end of the response.
    pub(super) fn incomplete(&self) -> impl Iterator<Item = usize> {
        let calls = self.calls.iter().enumerate();
        calls.filter(|(_, call)| !call.complete).map(|(slot, _)| slot)
    }

    fn begin(&mut self, call: ToolCall, place: Place) -> Step {
        let out_of_order = self.ordered && place != Place::InOrder;
        let stage = if out_of_order { Stage::Never } else { self.stage(&call) };
        self.calls.push(Arriving {
            call: call.clone(),
            scanner: self.scanner(&call),
            begun: false,
            complete: false,
            in_order: !out_of_order,
            stage,
        });
        // What runs may have to run behind the new call.
        let overtaken = self.ordered && place == Place::Before;
        let act = if self.room == 0 {
            None
        } else if overtaken || self.calls.len() > self.room {
            self.room = 0;
            for call in &mut self.calls {
                call.stage = Stage::Never;
            }
            Some(Act::TakeAllBack)
        } else {
            Some(Act::Hold { call })
        };
        Step { complete: false, act }
    }

    fn rename(&mut self, slot: usize, id: &ToolCallId, name: &str) -> Step {
        let Some(arriving) = self.calls.get(slot) else { return Step::default() };
        if arriving.call.id == *id && arriving.call.name == name {
            return Step::default();
        }
        let (was, begun) = (arriving.stage, arriving.begun);
        // An id of its own stays one under another name.
        if arriving.call.id == *id {
            self.ids.remove(id);
        }
        let known = &arriving.call;
        let call = ToolCall {
            id: id.clone(),
            name: name.to_owned(),
            arguments: String::new(),
            origin: known.origin.clone(),
        };
        let never = begun || !arriving.in_order;
        let stage = if never { Stage::Never } else { self.stage(&call) };
        // What has come is read already, and never starts.
        let scanner = if begun { None } else { Some(self.scanner(&call)) };
        let arriving = &mut self.calls[slot];
        if let Some(scanner) = scanner {
            arriving.scanner = scanner;
        }
        arriving.call = call.clone();
        arriving.stage = stage;
        let act = match was {
            Stage::Started => Act::TakeBack { slot },
            _ if self.room == 0 => return Step::default(),
            _ => Act::Rename { slot, call },
        };
        Step { complete: false, act: Some(act) }
    }

    fn grow(&mut self, slot: usize, text: &str) -> Step {
        let Some(call) = self.calls.get_mut(slot) else { return Step::default() };
        call.begun = true;
        let Some(scanner) = &mut call.scanner else {
            if call.stage == Stage::Open {
                call.call.arguments.push_str(text);
            }
            return Step::default();
        };
        let good = scanner.push(text).is_ok() && !scanner.has_trailing();
        // An empty object may be a placeholder.
        let closed = scanner.is_closed() && !scanner.is_empty_object();
        let whole = good && closed && !self.waits_for_ends;
        let complete = whole && !call.complete;
        call.complete |= whole;
        if call.stage == Stage::Open {
            call.call.arguments.push_str(text);
        }
        let act = match call.stage {
            Stage::Open if whole => Some(call.start(slot)),
            Stage::Open if !good => {
                call.never();
                None
            }
            Stage::Started if !good => {
                call.never();
                Some(Act::TakeBack { slot })
            }
            _ => None,
        };
        Step { complete, act }
    }

    /// The server says that the call is whole.
    fn close(&mut self, slot: usize) -> Step {
        let Some(call) = self.calls.get_mut(slot) else { return Step::default() };
        let complete = !std::mem::replace(&mut call.complete, true);
        // What is no JSON is for the dispatch to tell the model.
        let starts =
            call.stage == Stage::Open && call.scanner.as_ref().is_none_or(Scanner::is_closed);
        Step { complete, act: starts.then(|| call.start(slot)) }
    }

    fn reset(&mut self, slot: usize) -> Step {
        let Some(call) = self.calls.get_mut(slot) else { return Step::default() };
        if let Some(scanner) = &mut call.scanner {
            *scanner = Scanner::new();
        }
        call.call.arguments.clear();
        call.complete = false;
        let act = (call.stage == Stage::Started).then(|| {
            // A server that sends snapshots would start it again and again.
            call.never();
            Act::TakeBack { slot }
        });
        Step { complete: false, act }
    }

    /// What reads the arguments of a call, if they are JSON.
    fn scanner(&self, call: &ToolCall) -> Option<Scanner> {
        (!self.is_text(call)).then(Scanner::new)
    }

    /// Whether it is a call of a custom tool.
    fn is_text(&self, call: &ToolCall) -> bool {
        let found = self.tools.find_call(call);
        found.is_some_and(|(_, tool)| tool.definition.form().custom().is_some())
    }

    fn stage(&mut self, call: &ToolCall) -> Stage {
        let harmless = self.tools.find_call(call).is_some_and(|(_, tool)| {
            let settings = &tool.settings;
            settings.read_only() && !settings.needs_approval() && !settings.sequential()
        });
        let harmless =
            harmless && call.kind().is_named() && (self.waits_for_ends || !self.is_text(call));
        // An id that is missing or taken will be another one when the response is read.
        let own = !call.id.as_str().is_empty() && self.ids.insert(call.id.clone());
        if harmless && own && self.room > 0 { Stage::Open } else { Stage::Never }
    }
}

impl Arriving {
    fn start(&mut self, slot: usize) -> Act {
        self.stage = Stage::Started;
        let arguments = std::mem::take(&mut self.call.arguments);
        Act::Start { slot, call: ToolCall { arguments, ..self.call.clone() } }
    }

    fn never(&mut self) {
        self.stage = Stage::Never;
        self.call.arguments = String::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::{
        CallKind, DynTool, IntoTools, ToolContext, ToolDefinition, ToolError, ToolSettings, Toolbox,
    };

    fn early(room: usize) -> Early {
        let tool = |name: &str, settings: ToolSettings| {
            let schema = serde_json::json!({"type": "object", "properties": {}});
            let definition = ToolDefinition::new(name, schema).build().expect("legal");
            DynTool::new(definition, |_: serde_json::Value, _: ToolContext| async {
                Ok::<_, ToolError>(())
            })
            .with_settings(settings)
        };
        let read_only = ToolSettings::new().with_read_only(true);
        let tools = [
            tool("look", read_only.clone()),
            tool("act", ToolSettings::new()),
            tool("ask", read_only.clone().with_needs_approval(true)),
            tool("find", read_only)
                .in_namespace(crate::tool::Namespace::new("crm", "c").expect("legal")),
        ];
        Early::new(Toolbox::new().extend(tools).expect("distinct").into_tools(), room)
    }

    fn began(slot: usize, id: &str, name: &str) -> Delta {
        let (kind, namespace) = (CallKind::Function, None);
        Delta::CallBegan { slot, id: id.into(), kind, namespace, name: name.to_owned() }
    }

    fn grown(slot: usize, text: &str) -> Delta {
        Delta::Arguments { slot, text: text.to_owned() }
    }

    /// What the arguments of one call come to, piece by piece.
    fn acts(name: &str, pieces: &[&str]) -> Vec<Step> {
        let mut early = early(9);
        early.take(&began(0, "c0", name), Place::InOrder);
        pieces.iter().map(|piece| early.take(&grown(0, piece), Place::InOrder)).collect()
    }

    fn start(arguments: &str) -> Act {
        Act::Start { slot: 0, call: ToolCall::new("c0", "look", arguments) }
    }

    #[test]
    fn a_call_starts_with_the_piece_that_closes_its_root() {
        let steps = acts("look", &[r#"{"a":"}"#, r#"\"}"#, r#""}"#, " "]);
        assert_eq!(steps[0], Step::default());
        assert_eq!(steps[1], Step::default());
        let whole = r#"{"a":"}\"}"}"#;
        assert_eq!(steps[2], Step { complete: true, act: Some(start(whole)) });
        assert_eq!(steps[3], Step::default());
    }

    #[test]
    fn where_the_server_tells_the_end_a_call_waits_for_it() {
        let end = Delta::ArgumentsComplete { slot: 0 };
        for (name, arguments, act) in [
            ("look", r#"{"a":1}"#, Some(start(r#"{"a":1}"#))),
            ("look", "{}", Some(start("{}"))),
            ("look", "{", None),
            ("act", "{}", None),
        ] {
            let mut early = early(9).waiting_for_ends();
            early.take(&began(0, "c0", name), Place::InOrder);
            assert_eq!(early.take(&grown(0, arguments), Place::InOrder), Step::default());
            let step = early.take(&end, Place::InOrder);
            assert_eq!(step, Step { complete: true, act }, "{name} {arguments}");
            assert_eq!(early.take(&end, Place::InOrder), Step::default(), "once");
            assert_eq!(early.incomplete().count(), 0);
        }
    }

    #[test]
    fn what_has_effects_or_needs_approval_is_whole_and_does_not_start() {
        for name in ["act", "ask", "unknown", ""] {
            let steps = acts(name, &[r#"{"a":1}"#]);
            assert_eq!(steps, [Step { complete: true, act: None }], "{name}");
        }
    }

    #[test]
    fn an_empty_object_or_what_is_no_json_starts_nothing() {
        for pieces in [["{", "}"], ["{}", "  "], ["{]", "}"], ["{}", "{\"a\":1}"]] {
            let steps = acts("look", &pieces);
            assert!(steps.iter().all(|step| *step == Step::default()), "{steps:?}");
        }
    }

    #[test]
    fn more_than_one_object_is_taken_back_and_never_starts_again() {
        let steps = acts("look", &[r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#]);
        assert_eq!(steps[0].act, Some(start(r#"{"a":1}"#)));
        assert_eq!(steps[1].act, Some(Act::TakeBack { slot: 0 }));
        assert_eq!(steps[2], Step::default());
        let at_once = acts("look", &[r#"{"a":1}{"a":2}"#]);
        assert_eq!(at_once, [Step::default()]);
    }

    #[test]
    fn a_snapshot_takes_back_what_started_and_a_placeholder_gives_way() {
        let mut early = early(9);
        early.take(&began(0, "c0", "look"), Place::InOrder);
        early.take(&grown(0, "{}"), Place::InOrder);
        assert_eq!(early.take(&Delta::ArgumentsReset { slot: 0 }, Place::InOrder), Step::default());
        assert_eq!(
            early.take(&grown(0, r#"{"a":1}"#), Place::InOrder).act,
            Some(start(r#"{"a":1}"#))
        );
        let reset = early.take(&Delta::ArgumentsReset { slot: 0 }, Place::InOrder);
        assert_eq!(reset.act, Some(Act::TakeBack { slot: 0 }));
        let again = early.take(&grown(0, r#"{"a":1}"#), Place::InOrder);
        assert_eq!(again, Step { complete: true, act: None });
    }

    #[test]
    fn a_call_that_gets_another_id_or_name_is_taken_back() {
        for (id, name) in [("c9", "look"), ("c0", "act")] {
            let mut early = early(9);
            early.take(&began(0, "c0", "look"), Place::InOrder);
            early.take(&grown(0, r#"{"a":1}"#), Place::InOrder);
            let renamed = Delta::CallRenamed { slot: 0, id: id.into(), name: name.to_owned() };
            assert_eq!(early.take(&renamed, Place::InOrder).act, Some(Act::TakeBack { slot: 0 }));
        }
    }

    #[test]
    fn a_name_that_comes_before_the_arguments_counts() {
        let mut early = early(9);
        early.take(&began(0, "", ""), Place::InOrder);
        let named = Delta::CallRenamed { slot: 0, id: "c0".into(), name: "look".to_owned() };
        let rename = Act::Rename { slot: 0, call: ToolCall::new("c0", "look", "") };
        assert_eq!(early.take(&named, Place::InOrder).act, Some(rename));
        assert_eq!(
            early.take(&grown(0, r#"{"a":1}"#), Place::InOrder).act,
            Some(start(r#"{"a":1}"#))
        );
    }

    #[test]
    fn a_call_too_many_takes_all_back() {
        let mut early = early(1);
        early.take(&began(0, "c0", "look"), Place::InOrder);
        early.take(&grown(0, r#"{"a":1}"#), Place::InOrder);
        assert_eq!(early.take(&began(1, "c1", "look"), Place::InOrder).act, Some(Act::TakeAllBack));
        let late = early.take(&grown(1, r#"{"a":1}"#), Place::InOrder);
        assert_eq!(late, Step { complete: true, act: None });
    }

    #[test]
    fn a_name_counts_within_its_namespace() {
        let begun = |namespace: Option<&str>, name: &str| {
            let mut early = early(9);
            early.take(
                &Delta::CallBegan {
                    slot: 0,
                    id: "c0".into(),
                    kind: CallKind::Function,
                    namespace: namespace.map(str::to_owned),
                    name: name.to_owned(),
                },
                Place::InOrder,
            );
            early.take(&grown(0, r#"{"a":1}"#), Place::InOrder).act
        };
        let started = ToolCall::new("c0", "find", r#"{"a":1}"#).with_namespace("crm");
        let start = Some(Act::Start { slot: 0, call: started });
        assert_eq!(begun(Some("crm"), "find"), start);
        assert_eq!(begun(Some("other"), "find"), None);
        assert_eq!(begun(None, "crm.find"), None);
        assert_eq!(begun(Some("crm"), "look"), None);
    }

    #[test]
    fn a_slot_that_was_never_told_is_nothing() {
        assert_eq!(early(9).take(&grown(usize::MAX, "{}"), Place::InOrder), Step::default());
    }
}
