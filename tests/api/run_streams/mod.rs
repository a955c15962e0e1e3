//! Runs that are told while they happen, over a transport whose bodies arrive at set times.

mod cancelled;
mod cut;
mod early;
mod elements;
mod ends;
mod events;
mod habits;
mod order;
mod scene;
mod socket;
mod turns;
mod typed;
