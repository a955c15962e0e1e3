//! Ids of calls.

use std::collections::HashSet;

use crate::{ids::ToolCallId, tool::ToolCall};

/// Gives every call an id of its own, as the answers need one: servers send `""`, nothing, or one
/// id for all. The same call told twice, letter by letter, is one call. Says of each that stays
/// where it stood.
pub(in crate::chat) fn settle_calls(calls: Vec<ToolCall>) -> (Vec<ToolCall>, Vec<usize>) {
    let is_told = |id: &ToolCallId| !id.as_str().is_empty();
    let told = |call: &ToolCall| is_told(&call.id);
    if calls.iter().all(told) && have_ids_of_their_own(&calls) {
        let places = (0..calls.len()).collect();
        return (calls, places);
    }
    // An id that is made up is to differ from those that come after it, too.
    let given: HashSet<_> = calls.iter().map(|call| call.id.clone()).filter(is_told).collect();
    let mut settled: Vec<ToolCall> = Vec::with_capacity(calls.len());
    let mut places = Vec::with_capacity(calls.len());
    let mut taken: HashSet<ToolCallId> = HashSet::with_capacity(calls.len());
    let mut seen: HashSet<ToolCall> = HashSet::new();
    for (index, mut call) in calls.into_iter().enumerate() {
        if told(&call) && !seen.insert(call.clone()) {
            continue;
        }
        let own = told(&call) && taken.insert(call.id.clone());
        if !own {
            call.id = match call.id.as_str() {
                "" => format!("call_{index}").into(),
                given => format!("{given}_{index}").into(),
            };
            while given.contains(&call.id) || !taken.insert(call.id.clone()) {
                call.id = format!("{}_", call.id).into();
            }
        }
        settled.push(call);
        places.push(index);
    }
    (settled, places)
}

fn have_ids_of_their_own(calls: &[ToolCall]) -> bool {
    // Few are compared with each other: that is less than to hash them.
    if calls.len() <= 16 {
        let ids = |calls: &[ToolCall], id: &ToolCallId| calls.iter().any(|call| call.id == *id);
        return calls.iter().enumerate().all(|(n, call)| !ids(&calls[..n], &call.id));
    }
    let mut ids = HashSet::with_capacity(calls.len());
    calls.iter().all(|call| ids.insert(call.id.as_str()))
}
