//! Where requests go that ask no model, and how their responses are read: the same for all of them.

use bytes::Bytes;
use http::{Method, Uri};
use serde::de::DeserializeOwned;

use super::{
    Inner,
    attempt::{Failed, Head},
    course::{Bounds, Content, Outgoing},
};
use crate::{
    error::{ApiError, Error, ErrorKind},
    provider::percent_encode,
    responses::{Deleted, Include},
};

/// An endpoint, and what is done with it.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) method: Method,
    pub(super) uri: Uri,
}

impl Target {
    /// What lies under `base`, by segments of its path, with a query.
    ///
    /// # Errors
    ///
    /// Kind [`InvalidRequest`](ErrorKind::InvalidRequest) if a segment is no id: it is empty, or `.`
    /// or `..`, which would lead to another endpoint.
    pub(super) fn new(
        method: Method,
        base: &Uri,
        segments: &[&str],
        query: &[(&str, impl AsRef<str>)],
    ) -> Result<Self, Error> {
        let refuse = |why: &str| Error::new(ErrorKind::InvalidRequest, why);
        let mut path = base.path().trim_end_matches('/').to_owned();
        for segment in segments {
            if ["", ".", ".."].contains(segment) {
                return Err(refuse("an id is empty, or not one"));
            }
            path.push('/');
            percent_encode(segment, &mut path);
        }
        let mut mark = '?';
        for (name, value) in base
            .query()
            .map(|given| (given, None))
            .into_iter()
            .chain(query.iter().map(|(name, value)| (*name, Some(value.as_ref()))))
        {
            path.push(mark);
            mark = '&';
            match value {
                None => path.push_str(name),
                Some(value) => {
                    percent_encode(name, &mut path);
                    path.push('=');
                    percent_encode(value, &mut path);
                }
            }
        }
        let mut parts = base.clone().into_parts();
        parts.path_and_query =
            Some(path.parse().map_err(|error| refuse("it has no address").with_source(error))?);
        let uri = Uri::from_parts(parts)
            .map_err(|error| refuse("it has no address").with_source(error))?;
        Ok(Self { method, uri })
    }
}

/// Without a query.
pub(super) const NO_QUERY: &[(&str, &str)] = &[];

/// The query that asks for more of what an endpoint tells. The document has the name without
/// brackets; OpenAI's own clients write lists with them, and so does every server that reads them.
pub(super) fn including(include: impl IntoIterator<Item = Include>) -> Vec<(&'static str, String)> {
    include.into_iter().map(|word| ("include[]", word.as_str().to_owned())).collect()
}

impl Inner {
    /// Sends a request to an endpoint and reads its response.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        target: Target,
        content: Content,
    ) -> Result<T, Error> {
        let read = |head: &Head, bytes| self.read(head, &bytes);
        let outgoing = Outgoing::to(target, content);
        self.exchange(outgoing, Bounds::default(), read).await.map(|(read, _)| read)
    }

    /// Deletes what is there. A server that says that it did not is an error.
    pub(super) async fn delete(&self, target: Target) -> Result<Deleted, Error> {
        let read = |head: &Head, bytes: Bytes| {
            let deleted: Deleted = self.read(head, &bytes)?;
            if deleted.deleted == Some(false) {
                let kept = "the server says that it is not deleted";
                let error = Error::new(ErrorKind::InvalidResponse, kept).with_payload(bytes);
                return Err(Failed::new(head.facts(error), false));
            }
            Ok(deleted)
        };
        let outgoing = Outgoing::to(target, Content::Nothing);
        self.exchange(outgoing, Bounds::default(), read).await.map(|(deleted, _)| deleted)
    }

    /// Reads the body of a good response.
    pub(super) fn read<T: DeserializeOwned>(
        &self,
        head: &Head,
        bytes: &Bytes,
    ) -> Result<T, Failed> {
        serde_json::from_slice(bytes).map_err(|_| {
            // What serde_json says quotes the body.
            let error = if let Some(api) = ApiError::from_body(bytes) {
                Error::new(ErrorKind::Api, "").with_api_error(Some(api))
            } else {
                let detail = "it is not the object that the endpoint promises";
                Error::new(ErrorKind::InvalidResponse, detail)
            };
            self.told(head, error.with_payload(bytes.clone()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(base: &str, segments: &[&str], query: &[(&str, &str)]) -> Result<String, Error> {
        let base = base.parse().expect("a URL");
        Target::new(Method::GET, &base, segments, query).map(|target| target.uri.to_string())
    }

    #[test]
    fn an_id_stays_within_its_segment() {
        let base = "https://example.com/v1/responses";
        let of = |id: &str| uri(base, &[id, "cancel"], &[]).expect("an address");
        assert_eq!(of("resp_1"), format!("{base}/resp_1/cancel"));
        assert_eq!(of("a/../b?c#d%2Fé"), format!("{base}/a%2F..%2Fb%3Fc%23d%252F%C3%A9/cancel"));
        for no_id in ["", ".", ".."] {
            let error = uri(base, &[no_id], &[]).expect_err("no id");
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        }
    }

    #[test]
    fn a_query_is_added_to_that_of_the_base() {
        let written = uri("https://example.com/r?v=1", &["a"], &[("after", "x&y"), ("limit", "2")]);
        assert_eq!(written.expect("an address"), "https://example.com/r/a?v=1&after=x%26y&limit=2");
    }
}
