//! The attempts of one request: what each came to, when there is another, and until when they are
//! waited for. The clock is paused, so that every moment is exact.

mod deadline;
mod hook;
mod in_flight;
mod matrix;
mod pace;
mod runs;
mod scene;
mod timeouts;
