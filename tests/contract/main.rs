//! What a change of a contract means: a table of pairs, and properties of all of them.

mod all_in;
mod ci;
mod forms;
mod hostile;
mod locks;
mod pairs;
mod properties;
mod rewriting;
mod types;
