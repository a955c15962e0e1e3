//! Which call may start now: plain data, no clock and no runtime.

use std::{
    collections::{BTreeSet, HashMap},
    num::NonZeroUsize,
};

/// Where the calls of one response stand, by the slot of each.
#[derive(Debug, Default)]
pub(super) struct Order {
    seats: Vec<Seat>,
    /// Calls that may start once there is room, by rank; of a limited group no more than it has
    /// room for.
    waiting: BTreeSet<Place>,
    /// Calls that may not start yet.
    held: BTreeSet<Place>,
    /// Sequential calls that have not ended.
    barriers: BTreeSet<Place>,
    running: usize,
    /// By the number of each.
    groups: HashMap<usize, Group>,
}

/// Calls of which only so many run at the same time: those of one tool.
#[derive(Debug)]
struct Group {
    limit: usize,
    running: usize,
    /// Those that wait and fit: the first of them by rank.
    admitted: BTreeSet<Place>,
    /// Those that wait and do not fit.
    surplus: BTreeSet<Place>,
}

/// A call's rank in the order of the response, and its slot.
type Place = (usize, usize);

#[derive(Debug)]
struct Seat {
    rank: usize,
    sequential: bool,
    group: Option<usize>,
    stage: Stage,
}

/// How far a call has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stage {
    /// It may not start yet.
    Held,
    /// It may start.
    Waiting,
    Running,
    Ended,
}

impl Order {
    /// Adds a call after all others and gives its slot.
    pub(super) fn push(&mut self, stage: Stage, sequential: bool) -> usize {
        let slot = self.seats.len();
        self.seats.push(Seat { rank: slot, sequential, group: None, stage });
        self.enter(slot);
        slot
    }

    pub(super) fn stage(&self, slot: usize) -> Stage {
        self.seats[slot].stage
    }

    pub(super) fn len(&self) -> usize {
        self.seats.len()
    }

    /// How many calls run.
    pub(super) fn running(&self) -> usize {
        self.running
    }

    pub(super) fn set_stage(&mut self, slot: usize, stage: Stage) {
        self.leave(slot);
        self.seats[slot].stage = stage;
        self.enter(slot);
        self.balance(self.seats[slot].group);
    }

    /// Puts a call into a group of which no more than `limit` run at the same time.
    pub(super) fn set_group(&mut self, slot: usize, group: Option<(usize, NonZeroUsize)>) {
        let before = self.seats[slot].group;
        let number = group.map(|(number, _)| number);
        if before == number {
            return;
        }
        if let Some((number, limit)) = group {
            self.groups.entry(number).or_insert_with(|| Group {
                limit: limit.get(),
                running: 0,
                admitted: BTreeSet::new(),
                surplus: BTreeSet::new(),
            });
        }
        self.leave(slot);
        self.seats[slot].group = number;
        self.enter(slot);
        self.balance(before);
        self.balance(number);
    }

    pub(super) fn set_sequential(&mut self, slot: usize, sequential: bool) {
        if self.seats[slot].sequential != sequential {
            self.leave(slot);
            self.seats[slot].sequential = sequential;
            self.enter(slot);
            self.balance(self.seats[slot].group);
        }
    }

    /// Puts the calls into another order. Those that are left out come last.
    pub(super) fn arrange(&mut self, slots: &[usize]) {
        if slots.iter().copied().eq(0..self.seats.len()) {
            return;
        }
        let count = self.seats.len();
        for slot in 0..count {
            self.leave(slot);
            self.seats[slot].rank = slots.len() + slot;
        }
        for (rank, slot) in slots.iter().enumerate() {
            self.seats[*slot].rank = rank;
        }
        for slot in 0..count {
            self.enter(slot);
            self.balance(self.seats[slot].group);
        }
    }

    /// The slot of the call that may start now: the first that waits, if no sequential call comes
    /// before it. One that is sequential itself starts when all before it have ended, and alone.
    pub(super) fn next(&self, concurrency: NonZeroUsize) -> Option<usize> {
        if self.running >= concurrency.get() {
            return None;
        }
        let first = self.waiting.first()?;
        let may_start = match self.barriers.first() {
            Some(barrier) if barrier < first => false,
            // Nothing before it waits; what is held may still come to run.
            Some(barrier) if barrier == first => {
                self.running == 0 && self.held.first().is_none_or(|held| held > first)
            }
            _ => true,
        };
        may_start.then_some(first.1)
    }

    fn enter(&mut self, slot: usize) {
        let Seat { rank, sequential, group, stage } = self.seats[slot];
        let place = (rank, slot);
        let group = group.and_then(|group| self.groups.get_mut(&group));
        match stage {
            Stage::Held => _ = self.held.insert(place),
            Stage::Waiting => {
                self.waiting.insert(place);
                if let Some(group) = group {
                    group.admitted.insert(place);
                }
            }
            Stage::Running => {
                self.running += 1;
                if let Some(group) = group {
                    group.running += 1;
                }
            }
            Stage::Ended => {}
        }
        if sequential && stage != Stage::Ended {
            self.barriers.insert(place);
        }
    }

    fn leave(&mut self, slot: usize) {
        let Seat { rank, sequential, group, stage } = self.seats[slot];
        let place = (rank, slot);
        let group = group.and_then(|group| self.groups.get_mut(&group));
        match stage {
            Stage::Held => _ = self.held.remove(&place),
            Stage::Waiting => {
                self.waiting.remove(&place);
                if let Some(group) = group {
                    group.admitted.remove(&place);
                    group.surplus.remove(&place);
                }
            }
            Stage::Running => {
                self.running -= 1;
                if let Some(group) = group {
                    group.running -= 1;
                }
            }
            Stage::Ended => {}
        }
        if sequential {
            self.barriers.remove(&place);
        }
    }

    /// Lets as many of a group wait among the others as it has room for.
    fn balance(&mut self, group: Option<usize>) {
        let Some(group) = group.and_then(|group| self.groups.get_mut(&group)) else { return };
        while group.running + group.admitted.len() > group.limit {
            let Some(last) = group.admitted.pop_last() else { return };
            self.waiting.remove(&last);
            group.surplus.insert(last);
        }
        while group.running + group.admitted.len() < group.limit {
            let Some(first) = group.surplus.pop_first() else { return };
            self.waiting.insert(first);
            group.admitted.insert(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        Stage::{Ended, Held, Running, Waiting},
        *,
    };

    const MANY: NonZeroUsize = NonZeroUsize::new(64).expect("not 0");

    fn order(calls: &[(Stage, bool)]) -> Order {
        let mut order = Order::default();
        for (stage, sequential) in calls {
            order.push(*stage, *sequential);
        }
        order
    }

    #[test]
    fn calls_start_in_order_while_there_is_room() {
        let two = NonZeroUsize::new(2).expect("not 0");
        let mut order = order(&[(Waiting, false), (Waiting, false), (Waiting, false)]);
        for slot in [0, 1] {
            assert_eq!(order.next(two), Some(slot));
            order.set_stage(slot, Running);
        }
        assert_eq!(order.next(two), None);
        order.set_stage(0, Ended);
        assert_eq!(order.next(two), Some(2));
    }

    #[test]
    fn a_held_call_is_passed_by_those_after_it() {
        let mut order = order(&[(Held, false), (Waiting, false)]);
        assert_eq!(order.next(MANY), Some(1));
        order.set_stage(1, Running);
        assert_eq!(order.next(MANY), None);
        order.set_stage(0, Waiting);
        assert_eq!(order.next(MANY), Some(0));
    }

    #[test]
    fn a_sequential_call_waits_for_those_before_it_and_those_after_wait_for_it() {
        let mut order = order(&[(Waiting, false), (Waiting, true), (Waiting, false)]);
        assert_eq!(order.next(MANY), Some(0));
        order.set_stage(0, Running);
        assert_eq!(order.next(MANY), None);
        order.set_stage(0, Ended);
        assert_eq!(order.next(MANY), Some(1));
        order.set_stage(1, Running);
        assert_eq!(order.next(MANY), None);
        order.set_stage(1, Ended);
        assert_eq!(order.next(MANY), Some(2));
    }

    #[test]
    fn nothing_overtakes_a_sequential_call_that_is_held() {
        assert_eq!(order(&[(Held, true), (Waiting, false)]).next(MANY), None);
        assert_eq!(order(&[(Held, false), (Waiting, true)]).next(MANY), None);
        assert_eq!(order(&[(Waiting, true), (Held, false)]).next(MANY), Some(0));
    }

    #[test]
    fn another_order_moves_the_barriers_along() {
        let mut order = order(&[(Waiting, false), (Waiting, true), (Ended, false)]);
        order.arrange(&[1, 0]);
        assert_eq!(order.next(MANY), Some(1));
        order.set_stage(1, Running);
        assert_eq!(order.next(MANY), None);
        order.set_stage(1, Ended);
        assert_eq!(order.next(MANY), Some(0));
    }

    #[test]
    fn of_a_group_no_more_run_than_it_has_room_for_and_others_pass_by() {
        let mut order = order(&[(Waiting, false), (Waiting, false), (Waiting, false)]);
        for slot in [0, 1] {
            order.set_group(slot, Some((7, NonZeroUsize::MIN)));
        }
        order.set_stage(0, Running);
        assert_eq!(order.next(MANY), Some(2), "the second of the group is passed");
        order.set_stage(2, Running);
        assert_eq!(order.next(MANY), None);
        order.set_stage(0, Ended);
        assert_eq!(order.next(MANY), Some(1));
    }

    #[test]
    fn what_is_let_go_late_keeps_its_place_in_its_group() {
        let mut order = order(&[(Held, false), (Waiting, true), (Waiting, false)]);
        for slot in [0, 2] {
            order.set_group(slot, Some((7, NonZeroUsize::MIN)));
        }
        order.set_stage(0, Waiting);
        assert_eq!(order.next(MANY), Some(0));
        order.set_stage(0, Running);
        assert_eq!(order.next(MANY), None);
        order.set_stage(0, Ended);
        assert_eq!(order.next(MANY), Some(1));
    }

    type Call = (Stage, bool, Option<usize>);

    /// How many of each group run at the same time.
    const ROOM: [usize; 2] = [1, 2];

    /// The rule in one sentence, without any bookkeeping.
    fn may_start(calls: &[Call], slot: usize) -> bool {
        let running = calls.iter().filter(|(stage, ..)| *stage == Running).count();
        let before = &calls[..slot];
        let (stage, sequential, _) = calls[slot];
        stage == Waiting
            && running < 3
            && before.iter().all(|(stage, sequential, _)| !sequential || *stage == Ended)
            && (!sequential || (running == 0 && before.iter().all(|(stage, ..)| *stage == Ended)))
    }

    /// Whether those of its group that run or wait before it leave a call no room.
    fn is_surplus(calls: &[Call], slot: usize) -> bool {
        let Some(group) = calls[slot].2 else { return false };
        let ahead = calls.iter().enumerate().filter(|(at, (stage, _, of))| {
            *of == Some(group) && (*stage == Running || (*stage == Waiting && *at < slot))
        });
        ahead.count() >= ROOM[group]
    }

    proptest! {
        #[test]
        fn the_bookkeeping_agrees_with_the_rule(
            calls in prop::collection::vec(
                (
                    prop::sample::select(vec![Held, Waiting, Running, Ended]),
                    any::<bool>(),
                    prop::option::of(0..2_usize),
                ),
                0..8,
            ),
            late in any::<bool>(),
        ) {
            let mut order = Order::default();
            for (slot, (stage, sequential, group)) in calls.iter().enumerate() {
                order.push(if late { Held } else { *stage }, *sequential);
                let room = |group: usize| NonZeroUsize::new(ROOM[group]).expect("not 0");
                order.set_group(slot, group.map(|group| (group, room(group))));
            }
            // In the end it is the same, whatever is known first.
            for (slot, (stage, ..)) in calls.iter().enumerate().rev() {
                order.set_stage(slot, *stage);
            }
            let next = order.next(NonZeroUsize::new(3).expect("not 0"));
            // What waits first decides: none that waits behind it starts where it may not.
            let mut waiting = (0..calls.len()).filter(|slot| calls[*slot].0 == Waiting);
            let first = waiting.find(|slot| !is_surplus(&calls, *slot));
            prop_assert_eq!(next, first.filter(|slot| may_start(&calls, *slot)));
        }
    }
}
