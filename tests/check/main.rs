//! `openai-tools check`: data against tools and schemas, over files.

mod bad_input;
mod options;
mod reports;
mod scene;
mod shapes;
