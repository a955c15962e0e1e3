//! Why what came is not taken, without quoting it.

use serde::Deserialize;

use super::MOST_CALLS;
use crate::{
    error::{ApiError, Error, ErrorKind},
    json::first_characters,
};

/// The error object of an event: as in a response, or bare.
pub(in crate::chat) fn error_of(data: &[u8]) -> Option<Error> {
    let api = ApiError::from_body(data).or_else(|| {
        let bare = [b"{\"error\":", data, b"}"].concat();
        ApiError::from_body(&bare)
    })?;
    let error = Error::new(ErrorKind::Api, "it stands in the stream");
    Some(error.with_api_error(Some(api)).with_payload(data))
}

pub(in crate::chat) fn too_large(max_bytes: usize) -> Error {
    Error::new(ErrorKind::ResponseTooLarge, format!("it has more than {max_bytes} bytes"))
}

pub(in crate::chat) fn too_many_calls() -> Error {
    Error::new(ErrorKind::ResponseTooLarge, format!("it has more than {MOST_CALLS} tool calls"))
}

/// Says where a body is wrong that was to be read as `T`, in words `what`.
pub(in crate::chat) fn place_in<'a, T: Deserialize<'a>>(
    body: &'a [u8],
    error: &serde_json::Error,
    what: &str,
) -> String {
    use serde_json::error::Category;
    match error.classify() {
        Category::Data => {
            let mut deserializer = serde_json::Deserializer::from_slice(body);
            let path = serde_path_to_error::deserialize::<_, T>(&mut deserializer)
                .err()
                .map(|e| e.path().to_string())
                .filter(|path| path != ".");
            match path {
                Some(path) => format!("`{}` has the wrong type", short(&path)),
                None => format!("it is JSON, but not {what}"),
            }
        }
        _ if body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<') => {
            "it is an HTML page, not JSON; is the base URL right?".to_owned()
        }
        Category::Eof => format!("the JSON ends early, after {} bytes", body.len()),
        _ => format!("it is not JSON at line {}, column {}", error.line(), error.column()),
    }
}

/// Below the arguments the keys are the model's, and no error shows these.
fn short(path: &str) -> &str {
    let field = ".arguments";
    let path = path.find(field).map_or(path, |at| &path[..at + field.len()]);
    first_characters(path, 80)
}
