//! Events that bring text.

use super::super::{LogProb, ShellOutput, macros::objects};

objects! {
    /// More of the sound of an answer in base64, or of what it says.
    pub struct SoundDelta {
        /// What to append.
        delta: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// The sound of an answer is whole, or what it says.
    pub struct SoundDone {
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// More of the one text of an item: arguments, input or code.
    pub struct ItemDelta {
        /// The item.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// What to append.
        delta: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// Arguments are whole.
    pub struct ArgumentsDone {
        /// The item of the call.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// JSON, if the model did well.
        arguments: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
    } optional {
        /// The function.
        name: String,
    }

    /// The input of a custom tool is whole.
    pub struct InputDone {
        /// The item of the call.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// The input.
        input: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// Code is whole.
    pub struct CodeDone {
        /// The item of the call.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// The code.
        code: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// More of a part of an item.
    pub struct TextDelta {
        /// The item.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// The place of the part in it.
        content_index: u64,
        /// What to append.
        delta: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
    } optional {
        /// How probable the tokens of a text were.
        logprobs: Vec<LogProb>,
    }

    /// A part of an item is whole.
    pub struct TextDone {
        /// The item.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// The place of the part in it.
        content_index: u64,
        /// The part.
        text: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
    } optional {
        /// How probable the tokens of a text were.
        logprobs: Vec<LogProb>,
    }

    /// A refusal is whole.
    pub struct RefusalDone {
        /// The message.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// The place of the part in it.
        content_index: u64,
        /// The model's words.
        refusal: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// More of a paragraph of a summary.
    pub struct SummaryDelta {
        /// The item of what was reasoned.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// The place of the paragraph in it.
        summary_index: u64,
        /// What to append.
        delta: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// A paragraph of a summary is whole.
    pub struct SummaryDone {
        /// The item of what was reasoned.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// The place of the paragraph in it.
        summary_index: u64,
        /// The paragraph.
        text: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// A command for a shell has begun, or is whole.
    pub struct CommandEvent {
        /// The place of the call in the output.
        output_index: u64,
        /// Which of its commands, from 0.
        command_index: u64,
        /// The command so far.
        command: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// More of a command for a shell.
    pub struct CommandDelta {
        /// The place of the call in the output.
        output_index: u64,
        /// Which of its commands, from 0.
        command_index: u64,
        /// What to append.
        delta: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
    } optional {
        /// Noise that hides how long the delta is.
        obfuscation: String,
    }

    /// A command has printed more.
    pub struct ShellOutputDelta {
        /// The item.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// Which command, from 0.
        command_index: u64,
        /// What it has printed.
        delta: ShellDelta,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// What a command has printed since the last time.
    pub struct ShellDelta {} optional {
        /// What it has printed.
        stdout: String,
        /// Its errors.
        stderr: String,
    }

    /// A command is over.
    pub struct ShellOutputDone {
        /// The item.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// Which command, from 0.
        command_index: u64,
        /// All that was printed.
        output: Vec<ShellOutput>,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }
}
