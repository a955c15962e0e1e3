use std::sync::{
    Barrier,
    atomic::{AtomicU32, Ordering::SeqCst},
};

use proptest::prelude::*;

use super::*;
use crate::run::prices::{Price, Prices};

const MODEL: &str = "gpt-5.2";

fn calls(tool_calls: u32) -> Amounts {
    Amounts { tool_calls, ..Amounts::ZERO }
}

fn request(input_tokens: u64, output_tokens: u64) -> Amounts {
    let total_tokens = input_tokens + output_tokens;
    let usage = Usage { input_tokens, output_tokens, total_tokens, ..Usage::default() };
    Amounts { turns: 1, attempts: 1, usage, ..Amounts::ZERO }
}

fn of_calls(limit: u32) -> Budget {
    Budget::new(RunLimits::new().with_tool_calls(limit))
}

#[test]
fn what_is_reserved_is_gone_until_it_is_settled_or_released() {
    let budget = of_calls(3);
    let two = budget.reserve(&calls(2), MODEL).expect("room");
    let refused = Refused::Limit(Limit::ToolCalls(3));
    assert_eq!(budget.reserve(&calls(2), MODEL).expect_err("no room"), refused);
    assert_eq!(budget.spent(), Amounts::ZERO);
    two.release();
    let two = budget.reserve(&calls(2), MODEL).expect("room again");
    two.settle(&calls(1));
    assert_eq!(budget.spent(), calls(1));
    budget.reserve(&calls(2), MODEL).expect("two are left").release();
}

#[test]
fn a_reservation_that_is_dropped_counts_as_used() {
    let budget = of_calls(3);
    drop(budget.reserve(&calls(2), MODEL).expect("room"));
    assert_eq!(budget.spent(), calls(2));
}

#[test]
fn a_sub_budget_draws_on_its_parent_and_keeps_its_own_limit() {
    let parent = of_calls(5);
    let one = parent.sub(RunLimits::new().with_tool_calls(3));
    let other = parent.sub(RunLimits::new());
    assert!(one.reserve(&calls(4), MODEL).is_err(), "its own limit");
    one.reserve(&calls(3), MODEL).expect("room").settle(&calls(3));
    let refused = Refused::Limit(Limit::ToolCalls(5));
    assert_eq!(other.reserve(&calls(3), MODEL).expect_err("the parent's"), refused);
    other.reserve(&calls(2), MODEL).expect("room").settle(&calls(2));
    assert_eq!((parent.spent(), one.spent(), other.spent()), (calls(5), calls(3), calls(2)));
}

#[test]
fn the_fewest_repeats_of_the_line_hold() {
    let parent = Budget::new(RunLimits::new());
    let repeats = |of| parent.sub(RunLimits::new().with_repeated_failures(of)).repeated_failures();
    assert_eq!([repeats(2), repeats(9)], [2, 4]);
}

#[test]
fn what_the_parent_refuses_is_not_kept_by_the_sub_budget() {
    let parent = of_calls(1);
    let sub = parent.sub(RunLimits::new().with_tool_calls(2));
    assert!(sub.reserve(&calls(2), MODEL).is_err());
    sub.reserve(&calls(1), MODEL).expect("nothing was kept").release();
}

#[test]
fn tokens_cost_by_each_budgets_own_prices() {
    let price = |units| Price::per_million(Money::from_units(units), Money::ZERO);
    let limits = |units| {
        let prices = Prices::new().with_prefix("gpt", price(units));
        RunLimits::new().with_cost(Money::from_micros(1_000), prices).with_total_tokens(u64::MAX)
    };
    let parent = Budget::new(limits(1));
    let sub = parent.sub(limits(2));
    sub.reserve(&request(0, 0), MODEL).expect("room").settle(&request(400, 0));
    assert_eq!(parent.spent().cost, Money::from_micros(400));
    assert_eq!(sub.spent().cost, Money::from_micros(800));
    let refused = Refused::Limit(Limit::Cost(Money::from_micros(1_000)));
    assert_eq!(sub.reserve(&request(101, 0), MODEL).expect_err("too dear"), refused);
    assert_eq!(sub.reserve(&request(0, 0), "o4").expect_err("no price"), Refused::Unpriced);
    let fee = Amounts { cost: Money::from_micros(200), ..calls(1) };
    sub.reserve(&fee, MODEL).expect("a fee fits").settle(&fee);
    assert_eq!(sub.reserve(&request(0, 0), MODEL).expect_err("all spent"), refused);
}

#[test]
fn a_budget_without_prices_goes_by_those_above_it() {
    let price = Price::per_million(Money::from_units(1), Money::ZERO);
    let prices = Prices::new().with_prefix("gpt", price);
    let parent = Budget::new(RunLimits::new().with_prices(prices));
    let sub = parent.sub(RunLimits::new());
    sub.reserve(&request(0, 0), MODEL).expect("room").settle(&request(400, 0));
    assert_eq!(parent.spent().cost, Money::from_micros(400));
    assert_eq!(sub.spent().cost, Money::from_micros(400));
}

#[tokio::test(start_paused = true)]
async fn the_nearest_deadline_of_the_line_holds() {
    let limits = |seconds| RunLimits::new().with_wall_time(Duration::from_secs(seconds));
    let parent = Budget::resumed(limits(10), Amounts::ZERO, Duration::from_secs(4));
    let start = Instant::now();
    let sub = parent.sub(limits(8));
    let (end, limit) = sub.deadline().expect("near");
    assert_eq!(end - start, Duration::from_secs(6));
    assert_eq!(limit, Limit::WallTime(Duration::from_secs(10)));
    tokio::time::advance(Duration::from_secs(6)).await;
    assert_eq!(sub.reserve(&request(0, 0), MODEL).expect_err("up"), Refused::Limit(limit));
    assert_eq!(parent.elapsed(), Duration::from_secs(10));
    assert_eq!(Budget::new(limits(u64::MAX)).deadline(), None);
}

#[tokio::test(start_paused = true)]
async fn the_time_that_a_run_waits_for_the_application_does_not_count() {
    let budget = Budget::new(RunLimits::new().with_wall_time(Duration::from_secs(10)));
    tokio::time::advance(Duration::from_secs(3)).await;
    budget.set_waiting(true);
    assert_eq!(budget.deadline(), None);
    tokio::time::advance(Duration::from_secs(1_000)).await;
    budget.set_waiting(false);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(budget.elapsed(), Duration::from_secs(5));
    let (end, _) = budget.deadline().expect("near");
    assert_eq!(end - Instant::now(), Duration::from_secs(5));
}

#[test]
fn a_part_that_is_drawn_is_spent_and_the_rest_stays_set_aside() {
    let budget = of_calls(3);
    let mut three = budget.reserve(&calls(3), MODEL).expect("room");
    three.draw(&calls(2));
    assert_eq!((budget.spent(), budget.tool_calls_left()), (calls(2), 0));
    three.release();
    assert_eq!((budget.spent(), budget.tool_calls_left()), (calls(2), 1));
}

#[test]
fn threads_never_hold_more_than_the_limit() {
    const LIMIT: u32 = 7;
    let parent = of_calls(LIMIT);
    let budgets = [parent.clone(), parent.sub(RunLimits::new()), parent.sub(RunLimits::new())];
    let (held, most, barrier) = (AtomicU32::new(0), AtomicU32::new(0), Barrier::new(6));
    std::thread::scope(|scope| {
        for thread in 0..6_u32 {
            let (budgets, held, most, barrier) = (&budgets, &held, &most, &barrier);
            scope.spawn(move || {
                barrier.wait();
                for round in 0..2_000_u32 {
                    let ask = 1 + (thread + round) % 3;
                    let budget = &budgets[((thread ^ round) % 3) as usize];
                    if let Ok(reservation) = budget.reserve(&calls(ask), MODEL) {
                        most.fetch_max(held.fetch_add(ask, SeqCst) + ask, SeqCst);
                        held.fetch_sub(ask, SeqCst);
                        reservation.release();
                    }
                }
            });
        }
    });
    assert!((1..=LIMIT).contains(&most.into_inner()));
    assert_eq!(parent.0.lock().reserved, Amounts::ZERO, "all was given back");
}

#[derive(Clone, Debug)]
enum Step {
    Drop(usize),
    Release(usize),
    Reserve { budget: usize, calls: u32 },
    Settle(usize, u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..4_usize, 0..5_u32).prop_map(|(budget, calls)| Step::Reserve { budget, calls }),
        any::<usize>().prop_map(Step::Release),
        any::<usize>().prop_map(Step::Drop),
        (any::<usize>(), 0..5_u32).prop_map(|(at, used)| Step::Settle(at, used)),
    ]
}

proptest! {
    /// In every order of steps: what is reserved fits, and the books of the parent are the sum of
    /// its own reservations and those of its sub-budgets.
    #[test]
    fn every_order_of_steps_keeps_the_books(steps in prop::collection::vec(step(), 0..60)) {
        const LIMITS: [u32; 4] = [20, 9, 12, 5];
        let limits = |at: usize| RunLimits::new().with_tool_calls(LIMITS[at]);
        let root = Budget::new(limits(0));
        let (left, right) = (root.sub(limits(1)), root.sub(limits(2)));
        let leaf = left.sub(limits(3));
        let lines: [&[usize]; 4] = [&[0], &[1, 0], &[2, 0], &[3, 1, 0]];
        let budgets = [root, left, right, leaf];
        let (mut spent, mut reserved) = ([0_u32; 4], [0_u32; 4]);
        let mut open: Vec<(usize, u32, Reservation)> = Vec::new();
        for step in steps {
            let (at, used) = match step {
                Step::Reserve { budget, calls: ask } => {
                    let fits =
                        lines[budget].iter().all(|n| ask == 0 || spent[*n] + reserved[*n] + ask <= LIMITS[*n]);
                    let got = budgets[budget].reserve(&calls(ask), MODEL);
                    prop_assert_eq!(got.is_ok(), fits);
                    if let Ok(reservation) = got {
                        lines[budget].iter().for_each(|n| reserved[*n] += ask);
                        open.push((budget, ask, reservation));
                    }
                    continue;
                }
                _ if open.is_empty() => continue,
                Step::Drop(at) => (at, None),
                Step::Release(at) => (at, Some(0)),
                Step::Settle(at, used) => (at, Some(used)),
            };
            let (budget, ask, reservation) = open.swap_remove(at % open.len());
            match used {
                None => drop(reservation),
                Some(0) => reservation.release(),
                Some(used) => reservation.settle(&calls(used)),
            }
            for n in lines[budget] {
                reserved[*n] -= ask;
                spent[*n] += used.unwrap_or(ask);
            }
        }
        for (n, budget) in budgets.iter().enumerate() {
            let ledger = *budget.0.lock();
            prop_assert_eq!(ledger.spent.tool_calls, spent[n]);
            prop_assert_eq!(ledger.reserved.tool_calls, reserved[n]);
        }
    }
}

#[derive(Clone, Debug)]
enum TokenStep {
    Drop(usize),
    Reserve { budget: usize, estimate: u64 },
    Settle { at: usize, told: u64 },
}

fn token_step() -> impl Strategy<Value = TokenStep> {
    prop_oneof![
        3 => (0..3_usize, 0..30_u64)
            .prop_map(|(budget, estimate)| TokenStep::Reserve { budget, estimate }),
        1 => any::<usize>().prop_map(TokenStep::Drop),
        2 => (any::<usize>(), 0..60_u64).prop_map(|(at, told)| TokenStep::Settle { at, told }),
    ]
}

proptest! {
    /// However runs that share a budget overlap: what is spent and set aside passes a limit by no
    /// more than what requests took beyond their estimates.
    #[test]
    fn tokens_pass_a_limit_by_no_more_than_the_estimates_fell_short(
        steps in prop::collection::vec(token_step(), 0..80),
        exact in any::<bool>(),
    ) {
        const LIMITS: [u64; 3] = [100, 60, 70];
        let limits = |at: usize| {
            RunLimits::new().with_turns(u32::MAX).with_attempts(u32::MAX).with_total_tokens(LIMITS[at])
        };
        let root = Budget::new(limits(0));
        let budgets = [root.clone(), root.sub(limits(1)), root.sub(limits(2))];
        let line = |budget: usize| [0, budget];
        let mut short = [0_u64; 3];
        let mut open: Vec<(usize, u64, Reservation)> = Vec::new();
        for step in steps {
            match step {
                TokenStep::Reserve { budget, estimate } => {
                    if let Ok(reserved) = budgets[budget].reserve(&request(estimate, 0), MODEL) {
                        open.push((budget, estimate, reserved));
                    }
                }
                _ if open.is_empty() => {}
                TokenStep::Drop(at) => drop(open.swap_remove(at % open.len())),
                TokenStep::Settle { at, told } => {
                    let (budget, estimate, reserved) = open.swap_remove(at % open.len());
                    let told = if exact { told.min(estimate) } else { told };
                    reserved.settle(&request(told, 0));
                    let mut line = line(budget).to_vec();
                    line.dedup();
                    for at in line {
                        short[at] += told.saturating_sub(estimate);
                    }
                }
            }
            for (at, budget) in budgets.iter().enumerate() {
                let Ledger { spent, reserved } = *budget.0.lock();
                let used = spent.plus(&reserved).usage.total_tokens;
                prop_assert!(used <= LIMITS[at] + short[at], "{used} of {}", LIMITS[at]);
            }
        }
    }
}
