//! What tools did that the server runs.

use std::collections::BTreeMap;

use super::super::{
    ItemStatus, Json, Number,
    macros::{kinds, objects},
};

kinds! {
    /// What a web search did.
    pub enum WebSearchAction {
        /// Searched in a page.
        FindInPage(WebSearchFind) = "find_in_page",
        /// Opened a page.
        OpenPage(WebSearchOpenPage) = "open_page",
        /// Searched.
        Search(WebSearch) = "search",
    }

    /// What code gave.
    pub enum CodeInterpreterOutput {
        /// An image.
        Image(CodeInterpreterImage) = "image",
        /// What it printed.
        Logs(CodeInterpreterLogs) = "logs",
    }
}

objects! {
    /// The server searched the web.
    pub struct WebSearchCall = "web_search_call" {} optional {
        /// The id of the item.
        id: String,
        /// How far it is.
        status: ItemStatus,
        /// What it did.
        action: WebSearchAction,
    }

    /// The search of a web search.
    pub struct WebSearch = "search" {} optional {
        /// What for; superseded by `queries`.
        query: String,
        /// What for.
        queries: Vec<String>,
        /// What was found, where the request asks for
        /// [`Include::WebSearchSources`](crate::responses::Include).
        sources: Vec<WebSearchSource>,
    }

    /// Where something was found.
    pub struct WebSearchSource {} optional {
        /// What kind of place; the document knows `url`.
        r#type: String,
        /// The address.
        url: String,
    }

    /// The opening of a page.
    pub struct WebSearchOpenPage = "open_page" {} optional {
        /// Its address.
        url: String,
    }

    /// A search in a page.
    pub struct WebSearchFind = "find_in_page" {
        /// The address of the page.
        url: String,
        /// What for.
        pattern: String,
    }

    /// The server searched files.
    pub struct FileSearchCall = "file_search_call" {
        /// What for.
        queries: Vec<String>,
    } optional {
        /// The id of the item.
        id: String,
        /// How far it is.
        status: ItemStatus,
        /// What was found, where the request asks for
        /// [`Include::FileSearchResults`](crate::responses::Include).
        results: Vec<FileSearchResult>,
    }

    /// A part of a file that was found.
    pub struct FileSearchResult {} optional {
        /// The id of the file.
        file_id: String,
        /// Its name.
        filename: String,
        /// The part.
        text: String,
        /// How well it fits, from 0 to 1.
        score: Number,
        /// What the application has noted at the file: texts, numbers, truth values.
        attributes: BTreeMap<String, Json>,
    }

    /// The server ran code.
    pub struct CodeInterpreterCall = "code_interpreter_call" {} optional {
        /// The id of the item.
        id: String,
        /// How far it is.
        status: ItemStatus,
        /// The container in which it ran.
        container_id: String,
        /// The code.
        code: String,
        /// What it gave, where the request asks for
        /// [`Include::CodeInterpreterOutputs`](crate::responses::Include).
        outputs: Vec<CodeInterpreterOutput>,
    }

    /// What code printed.
    pub struct CodeInterpreterLogs = "logs" {
        /// The text.
        logs: String,
    }

    /// An image that code made.
    pub struct CodeInterpreterImage = "image" {
        /// Where it is.
        url: String,
    }

    /// The server made an image.
    pub struct ImageGenerationCall = "image_generation_call" {} optional {
        /// The id of the item.
        id: String,
        /// How far it is.
        status: ItemStatus,
        /// The image in base64.
        result: String,
    }
}
