//! Calls of our own tools.

use super::super::{
    Content, ItemStatus, Plain,
    macros::{kinds, objects},
};

kinds! {
    /// Who called a tool.
    pub enum Caller {
        /// The model by itself.
        Direct(Plain) = "direct",
        /// A program that the model wrote.
        Program(ProgramCaller) = "program",
    }
}

objects! {
    /// The model calls a function.
    pub struct FunctionCall = "function_call" {
        /// What its output names.
        call_id: String,
        /// The function.
        name: String,
        /// JSON, if the model did well.
        arguments: String,
    } optional {
        /// The id of the item, which is another one than that of the call.
        id: String,
        /// The namespace that holds the function.
        namespace: String,
        /// Who called it.
        caller: Caller,
        /// Whether it is whole.
        status: ItemStatus,
        /// Who made the item.
        created_by: String,
    }

    /// What the call of a function came to.
    pub struct FunctionCallOutput = "function_call_output" {
        /// For the model to read.
        output: Content,
    } optional {
        /// The call.
        call_id: String,
        /// The id of the item.
        id: String,
        /// The function.
        name: String,
        /// The namespace that holds the function.
        namespace: String,
        /// Who called it.
        caller: Caller,
        /// Whether it is whole.
        status: ItemStatus,
        /// Who made the item.
        created_by: String,
    }

    /// The model calls a tool whose input is free text.
    pub struct CustomToolCall = "custom_tool_call" {
        /// What its output names.
        call_id: String,
        /// The tool.
        name: String,
        /// The text.
        input: String,
    } optional {
        /// The id of the item, which is another one than that of the call.
        id: String,
        /// The namespace that holds the tool.
        namespace: String,
        /// Who called it.
        caller: Caller,
        /// Whether it is whole.
        status: ItemStatus,
        /// Who made the item.
        created_by: String,
    }

    /// What the call of a custom tool came to.
    pub struct CustomToolCallOutput = "custom_tool_call_output" {
        /// The call.
        call_id: String,
        /// For the model to read.
        output: Content,
    } optional {
        /// The id of the item.
        id: String,
        /// Who called it.
        caller: Caller,
        /// Whether it is whole.
        status: ItemStatus,
        /// Who made the item.
        created_by: String,
    }

    /// A program of the model called a tool.
    pub struct ProgramCaller = "program" {
        /// The call of the program.
        caller_id: String,
    }

    /// A program of the model that calls tools.
    pub struct Program = "program" {
        /// The id of the item.
        id: String,
        /// What the calls that it makes name as their caller.
        call_id: String,
        /// Its text.
        code: String,
        /// What has to go back with it unchanged.
        fingerprint: String,
    }

    /// What a program of the model came to.
    pub struct ProgramOutput = "program_output" {
        /// The id of the item.
        id: String,
        /// The call of the program.
        call_id: String,
        /// What it gave.
        result: String,
        /// Whether it ran to its end.
        status: ItemStatus,
    }
}
