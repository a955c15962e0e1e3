//! Events of a response, of its items and of their parts.

use super::super::{Annotation, ContentPart, Item, ItemStatus, Json, Response, macros::objects};

objects! {
    /// An event of the response as a whole.
    pub struct ResponseEvent {
        /// The response so far.
        response: Box<Response>,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// A step of an item that a tool of the server made.
    pub struct ItemEvent {
        /// The item.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// An item has begun, or is whole.
    pub struct OutputItemEvent {
        /// The item so far.
        item: Item,
        /// Its place in the output.
        output_index: u64,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// A part of a message has begun, or is whole.
    pub struct ContentPartEvent {
        /// The message.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// The place of the part in it.
        content_index: u64,
        /// The part so far.
        part: ContentPart,
        /// Where in the stream, from 0.
        sequence_number: u64,
    }

    /// A paragraph of a summary has begun, or is whole.
    pub struct SummaryPartEvent {
        /// The item of what was reasoned.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// The place of the paragraph in it.
        summary_index: u64,
        /// The paragraph so far.
        part: ContentPart,
        /// Where in the stream, from 0.
        sequence_number: u64,
    } optional {
        /// That it was cut off, if it was.
        status: ItemStatus,
    }

    /// A part of a text points to something.
    pub struct AnnotationAdded {
        /// The message.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// The place of the text in it.
        content_index: u64,
        /// The place among what the text points to.
        annotation_index: u64,
        /// Where in the stream, from 0.
        sequence_number: u64,
    } optional {
        /// What it points to.
        annotation: Annotation,
    }

    /// A part of an image.
    pub struct PartialImage {
        /// The item of the image.
        item_id: String,
        /// Its place in the output.
        output_index: u64,
        /// Which part, from 0.
        partial_image_index: u64,
        /// The part in base64, as an image of its own.
        partial_image_b64: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
    } optional {
        /// How large in pixels.
        size: String,
        /// How good.
        quality: String,
        /// What is behind.
        background: String,
        /// In what format.
        output_format: String,
    }

    /// The stream came to an error.
    pub struct ErrorEvent {
        /// The server's words.
        message: String,
    } optional {
        /// The server's code.
        code: String,
        /// The field of the request that is wrong.
        param: String,
        /// Where in the stream, from 0.
        sequence_number: u64,
        /// The error object of servers that send one.
        error: Json,
    }
}
