//! One budget for a run and its sub-runs: reserved before, settled after.

mod ledger;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

pub use self::ledger::Amounts;
use self::ledger::{Ledger, may_reserve};
use super::{
    limits::{Limit, RunLimits},
    prices::{Money, Price},
};
use crate::chat::Usage;

/// What runs may use together. Clones share it.
///
/// Whoever is about to use something reserves it first and settles afterwards what it came to, so
/// that parallel calls cannot pass a limit that each of them alone would have kept. A
/// [sub-budget](Self::sub) has limits of its own and draws on its parent's too.
///
/// **Never passed** are the limits on turns, attempts, tool calls and re-asks, by however many runs
/// at the same time. The transcript is looked at before each request.
///
/// **Tokens and cost** are known only afterwards. Before a request is sent, an estimate is set aside:
/// of input what the server counted for the run's last request and a token for four bytes of what was
/// said since (at first: of all texts, definitions of tools and the answer's schema), of output the
/// most that the request allows ([`max_tokens`](super::RunBuilder::max_tokens)), and nothing where
/// it does not say. A request whose estimate does not fit into what is neither spent nor set aside by
/// others is not sent, and the run ends with that limit. So what passes a limit in the end is at most
/// what the open requests took beyond their estimates: with `max_tokens` set, output never passes its
/// limit, if the server keeps to it; input passes its own only by what the server counts beyond the
/// estimate, such as for images. Afterwards what the server told is what was spent. Where it told
/// nothing, the estimate of the input and a token for four bytes of the answer count; of a request
/// that was given up on its way, the estimate of the input.
#[derive(Clone)]
pub struct Budget(Arc<Node>);

struct Node {
    limits: RunLimits,
    ledger: Mutex<Ledger>,
    parent: Option<Budget>,
    watch: Mutex<Watch>,
}

/// The time of a budget, which does not pass while its run waits for the application.
#[derive(Clone, Copy)]
struct Watch {
    /// `None` while it stands.
    since: Option<Instant>,
    before: Duration,
}

impl Budget {
    /// A budget of which nothing is used; its time begins now.
    #[must_use]
    pub fn new(limits: RunLimits) -> Self {
        Self::resumed(limits, Amounts::ZERO, Duration::ZERO)
    }

    /// A budget of which something was used in an earlier process; the time that the run waited to
    /// be taken up does not count.
    #[must_use]
    pub fn resumed(limits: RunLimits, spent: Amounts, elapsed: Duration) -> Self {
        Self::node(limits, spent, elapsed, None)
    }

    /// A budget for a part of the work: what it uses is used of this one too.
    #[must_use]
    pub fn sub(&self, limits: RunLimits) -> Self {
        Self::node(limits, Amounts::ZERO, Duration::ZERO, Some(self.clone()))
    }

    /// The same for what an earlier process had used of it, but not of this one.
    pub(crate) fn sub_resumed(&self, limits: RunLimits, spent: Amounts, elapsed: Duration) -> Self {
        Self::node(limits, spent, elapsed, Some(self.clone()))
    }

    fn node(limits: RunLimits, spent: Amounts, before: Duration, parent: Option<Self>) -> Self {
        let ledger = Mutex::new(Ledger { spent, reserved: Amounts::ZERO });
        let watch = Mutex::new(Watch { since: Some(Instant::now()), before });
        Self(Arc::new(Node { limits, ledger, parent, watch }))
    }

    /// What is spent so far, sub-budgets included; what is reserved and not settled is not in it.
    #[must_use]
    pub fn spent(&self) -> Amounts {
        self.0.lock().spent
    }

    /// How long it has been in use.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// When the time is up, and which limit that is: the nearest one of this budget and those above
    /// it. `None` if it is too far away for the clock.
    pub(crate) fn deadline(&self) -> Option<(Instant, Limit)> {
        let ends = self.line().filter_map(|node| {
            let limit = node.limits.wall_time;
            let Watch { since, before } = *node.watch();
            let end = since?.checked_add(limit.saturating_sub(before))?;
            Some((end, Limit::WallTime(limit)))
        });
        ends.min_by_key(|(end, _)| *end)
    }

    /// Lets its own time stand, or go on.
    pub(crate) fn set_waiting(&self, waiting: bool) {
        let mut watch = self.0.watch();
        watch.before = watch.elapsed();
        watch.since = (!waiting).then(Instant::now);
    }

    /// In how many turns the same failure may come: the least of this budget and those above it.
    pub(crate) fn repeated_failures(&self) -> u32 {
        self.line().map(|node| node.limits.repeated_failures).min().unwrap_or(u32::MAX)
    }

    /// How many tool calls may still be reserved.
    pub(crate) fn tool_calls_left(&self) -> u32 {
        let left = self.line().map(|node| {
            let Ledger { spent, reserved } = *node.lock();
            let used = spent.tool_calls.saturating_add(reserved.tool_calls);
            node.limits.tool_calls.saturating_sub(used)
        });
        left.min().unwrap_or(u32::MAX)
    }

    /// Enters what was used without being asked for, such as the text of a response.
    pub(crate) fn spend(&self, used: &Amounts) {
        for node in self.line() {
            let mut ledger = node.lock();
            ledger.spent = ledger.spent.plus(used);
        }
    }

    /// What tokens cost by the prices of this budget, or of the nearest one above it that has some;
    /// `None` if they do not name the model.
    pub(crate) fn cost_of(&self, usage: &Usage, model: &str) -> Option<Money> {
        self.0.price(model).map(|price| price.of(usage))
    }

    /// Sets `ask` aside, of this budget and of all above it, or of none.
    ///
    /// `model` says what tokens cost. Of a request, tokens are an estimate and may be 0; what is
    /// counted is reserved whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Refused`]: the limit that is reached, or that a limit on cost meets a model without a
    /// price.
    pub(crate) fn reserve(&self, ask: &Amounts, model: &str) -> Result<Reservation, Refused> {
        // From the leaf to the root, always: two who lock the same budgets lock them in one order.
        let mut locked = Vec::new();
        let mut node = &*self.0;
        loop {
            let priced = node.priced(ask, model)?;
            let ledger = node.lock();
            may_reserve(&node.limits, &ledger, &priced, node.elapsed()).map_err(Refused::Limit)?;
            locked.push((ledger, priced));
            match &node.parent {
                Some(parent) => node = &parent.0,
                None => break,
            }
        }
        let mut set_aside = Vec::with_capacity(locked.len());
        for (mut ledger, priced) in locked {
            ledger.reserved = ledger.reserved.plus(&priced);
            set_aside.push(priced);
        }
        Ok(Reservation { budget: self.clone(), set_aside, ask: *ask, model: model.into() })
    }

    /// This budget's own node, and those above it.
    fn line(&self) -> impl Iterator<Item = &Node> {
        std::iter::successors(Some(&*self.0), |node| node.parent.as_ref().map(|parent| &*parent.0))
    }
}

impl Node {
    fn lock(&self) -> MutexGuard<'_, Ledger> {
        // Nothing under the lock panics; were it to, the numbers would be whole all the same.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed(&self) -> Duration {
        self.watch().elapsed()
    }

    fn watch(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// By this budget's prices, or those of the nearest one above it that has some.
    fn price(&self, model: &str) -> Option<Price> {
        let above = || self.parent.as_ref().and_then(|parent| parent.0.price(model));
        self.limits.prices.of(model).or_else(above)
    }

    /// The amount with the cost of its tokens.
    fn priced(&self, amount: &Amounts, model: &str) -> Result<Amounts, Refused> {
        match self.price(model) {
            Some(price) => {
                Ok(Amounts { cost: amount.cost.saturating_add(price.of(&amount.usage)), ..*amount })
            }
            None if self.limits.cost.is_some() && amount.turns.max(amount.attempts) > 0 => {
                Err(Refused::Unpriced)
            }
            None => Ok(*amount),
        }
    }
}

impl Watch {
    fn elapsed(self) -> Duration {
        self.since.map_or(self.before, |since| self.before.saturating_add(since.elapsed()))
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("limits", &self.0.limits)
            .field("spent", &self.spent())
            .field("elapsed", &self.elapsed())
            .finish_non_exhaustive()
    }
}

/// Why nothing was reserved.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refused {
    /// The limit is reached.
    Limit(Limit),
    /// The cost is limited, and the prices do not name the model.
    Unpriced,
}

/// An amount that is set aside.
///
/// Dropped without a word it counts as used: a request whose answer nobody waited for may have been
/// answered, and paid for, all the same.
#[derive(Debug)]
#[must_use = "a reservation that is dropped counts as used"]
pub(crate) struct Reservation {
    budget: Budget,
    /// What was set aside of each budget, from the leaf to the root; empty once it is settled.
    set_aside: Vec<Amounts>,
    ask: Amounts,
    model: Box<str>,
}

impl Reservation {
    /// Ends it with what was really used, which may be more.
    pub(crate) fn settle(mut self, used: &Amounts) {
        self.end(used);
    }

    /// Settles a part of it.
    pub(crate) fn draw(&mut self, used: &Amounts) {
        for (node, set_aside) in self.budget.line().zip(&mut self.set_aside) {
            let mut ledger = node.lock();
            ledger.reserved = ledger.reserved.minus(used);
            ledger.spent = ledger.spent.plus(used);
            *set_aside = set_aside.minus(used);
        }
        self.ask = self.ask.minus(used);
    }

    /// Ends it: nothing was used.
    pub(crate) fn release(mut self) {
        self.end(&Amounts::ZERO);
    }

    fn end(&mut self, used: &Amounts) {
        for (node, set_aside) in self.budget.line().zip(self.set_aside.drain(..)) {
            // Without a limit on cost a model without a price costs nothing that is known.
            let used = node.priced(used, &self.model).unwrap_or(*used);
            let mut ledger = node.lock();
            ledger.reserved = ledger.reserved.minus(&set_aside);
            ledger.spent = ledger.spent.plus(&used);
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let ask = self.ask;
        self.end(&ask);
    }
}

#[cfg(test)]
mod tests;
