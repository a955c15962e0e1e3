//! The files that the server keeps.

use bytes::Bytes;
use http::{Method, header::CONTENT_TYPE, request::Parts};
use serde_json::{Value, json};

use crate::json::shorten;

use super::{
    check,
    fault::Fault,
    page,
    route::Endpoint,
    wire::{Payload, Response},
};

#[derive(Default)]
pub(super) struct Files {
    kept: Vec<Kept>,
    made: u64,
}

struct Kept {
    object: Value,
    content: Bytes,
}

impl Files {
    pub(super) fn respond(
        &mut self,
        endpoint: &Endpoint,
        head: &Parts,
        body: &Bytes,
    ) -> Result<Response, Fault> {
        match (endpoint, &head.method) {
            (Endpoint::Files, &Method::POST) => self.store(head, body),
            (Endpoint::File(id), &Method::DELETE) => {
                let at = self.find(id)?;
                self.kept.remove(at);
                Ok(Response::json(200, &json!({"id": id, "object": "file", "deleted": true})))
            }
            (Endpoint::File(id), _) => Ok(Response::json(200, &self.kept[self.find(id)?].object)),
            (Endpoint::FileContent(id), _) => {
                let payload = Payload::Bytes(self.kept[self.find(id)?].content.clone());
                let empty = Response::empty(200);
                let empty = empty.with_header("content-type", "application/octet-stream");
                Ok(Response { payload, ..empty })
            }
            _ => self.list(head.uri.query().unwrap_or_default()),
        }
    }

    /// Refuses a request that shows a file which is not kept.
    pub(super) fn check(&self, request: &Value) -> Result<(), Fault> {
        for (param, id) in check::file_ids(request) {
            if let Err(unknown) = self.find(id) {
                return Err(Fault { status: 400, ..unknown }.with_param(param));
            }
        }
        Ok(())
    }

    fn find(&self, id: &str) -> Result<usize, Fault> {
        self.kept.iter().position(|kept| kept.object["id"] == id).ok_or_else(|| {
            Fault::new(404, format!("No such File object: {}", shorten(id, 100))).with_param("id")
        })
    }

    fn store(&mut self, head: &Parts, body: &Bytes) -> Result<Response, Fault> {
        let told = head.headers.get(CONTENT_TYPE).and_then(|told| told.to_str().ok());
        let boundary = told.and_then(|told| told.strip_prefix("multipart/form-data; boundary="));
        let boundary = boundary.ok_or_else(|| {
            Fault::invalid("Invalid Content-Type header: expected 'multipart/form-data'.")
        })?;
        let form = Form::read(body, boundary)
            .ok_or_else(|| Fault::invalid("Could not parse multipart form."))?;
        let text = |name: &str| {
            form.part(name).map(|part| String::from_utf8_lossy(&part.content).into_owned())
        };
        let purpose = text("purpose").ok_or_else(|| Fault::missing("purpose"))?;
        if !PURPOSES.contains(&purpose.as_str()) {
            let supported =
                "'assistants', 'batch', 'evals', 'fine-tune', 'user_data', and 'vision'";
            return Err(Fault::unsupported("purpose", &purpose, supported));
        }
        let file = form.part("file").ok_or_else(|| Fault::missing("file"))?;
        let filename = file.filename.as_ref().ok_or_else(|| Fault::missing("file"))?;
        let expires = match (text("expires_after[anchor]"), text("expires_after[seconds]")) {
            (None, None) => None,
            (Some(anchor), Some(seconds)) if anchor == "created_at" => {
                let seconds: Option<u64> = seconds.parse().ok();
                let seconds = seconds.filter(|seconds| (3_600..=2_592_000).contains(seconds));
                Some(seconds.ok_or_else(|| {
                    let why = "Invalid 'expires_after.seconds': expected 3600 to 2592000.";
                    Fault::invalid(why).with_param("expires_after.seconds")
                })?)
            }
            _ => return Err(Fault::missing("expires_after.anchor")),
        };
        self.made += 1;
        let mut object = json!({
            "id": format!("file-{:06}", self.made), "object": "file", "bytes": file.content.len(),
            "created_at": FIRST_SECOND + self.made, "filename": filename, "purpose": purpose,
            "status": "processed",
        });
        if let Some(seconds) = expires {
            object["expires_at"] = (FIRST_SECOND + self.made + seconds).into();
        }
        let response = Response::json(200, &object);
        self.kept.push(Kept { object, content: file.content.clone() });
        Ok(response)
    }

    fn list(&self, query: &str) -> Result<Response, Fault> {
        let query = page::Query::read(query);
        let purpose = query.get("purpose");
        let files = self.kept.iter().map(|kept| &kept.object);
        let files = files.filter(|file| {
            purpose.as_ref().is_none_or(|purpose| file["purpose"] == purpose.as_str())
        });
        let page = page::of(files.cloned().collect(), &query, page::Limits::FILES)?;
        Ok(Response::json(200, &page))
    }
}

/// A form of several parts (RFC 7578).
struct Form(Vec<Part>);

struct Part {
    name: String,
    filename: Option<String>,
    content: Bytes,
}

impl Form {
    fn read(body: &Bytes, boundary: &str) -> Option<Self> {
        let delimiter = format!("\r\n--{boundary}");
        let mut rest = body.slice_ref(body.strip_prefix(&delimiter.as_bytes()[2..])?);
        let mut parts = Vec::new();
        while !rest.starts_with(b"--") {
            let inner = rest.slice_ref(rest.strip_prefix(b"\r\n")?);
            let blank = memchr::memmem::find(&inner, b"\r\n\r\n")?;
            let head = std::str::from_utf8(&inner[..blank]).ok()?;
            let content = inner.slice(blank + 4..);
            let end = memchr::memmem::find(&content, delimiter.as_bytes())?;
            let parameter = |name: &str| {
                let (_, behind) = head.split_once(&format!("; {name}=\""))?;
                Some(behind.split_once('"')?.0.to_owned())
            };
            let (name, filename) = (parameter("name")?, parameter("filename"));
            parts.push(Part { name, filename, content: content.slice(..end) });
            rest = content.slice(end + delimiter.len()..);
        }
        Some(Self(parts))
    }

    fn part(&self, name: &str) -> Option<&Part> {
        self.0.iter().find(|part| part.name == name)
    }
}

const PURPOSES: [&str; 6] = ["assistants", "batch", "evals", "fine-tune", "user_data", "vision"];
/// 2025-01-01.
const FIRST_SECOND: u64 = 1_735_689_600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_and_what_is_none_is_refused() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b\r\n\
                    Content-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\n\
                    Content-Type: text/plain\r\n\r\n\r\n--\r\n\r\n--b--\r\n";
        let form = Form::read(&Bytes::from_static(body.as_bytes()), "b").expect("a form");
        assert_eq!(form.part("a").map(|part| &part.content[..]), Some(&b"1"[..]));
        let file = form.part("f").expect("a file");
        assert_eq!(
            (file.filename.as_deref(), &file.content[..]),
            (Some("x.txt"), &b"\r\n--\r\n"[..])
        );
        for end in 0..body.len() - 4 {
            assert!(
                Form::read(&Bytes::from_static(&body.as_bytes()[..end]), "b").is_none(),
                "{end}"
            );
        }
    }
}
