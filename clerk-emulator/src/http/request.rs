//! A request as the emulator received it, with accessors for its path, query and JSON body.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Request};
use serde_json::Value;

use crate::http::path::{percent_decode, strip_version};
use crate::http::response::ErrorResponse;

/// The maximum length of a body. It is larger than the largest file that the API accepts.
const MAX_BODY_BYTES: usize = 20 * 1024 * 1024;

/// A request that the emulator received.
#[derive(Clone, Debug)]
pub struct RecordedRequest {
    /// The HTTP method, such as `GET`.
    pub method: String,
    /// The percent-encoded path, as sent.
    pub path: String,
    /// The query string, as sent, without the question mark.
    pub query: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, which is empty if it was too long to be read.
    pub body: Bytes,
}

impl RecordedRequest {
    /// Returns a request with nothing in it.
    pub(crate) fn empty() -> Self {
        Self {
            method: String::new(),
            path: String::new(),
            query: None,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// Reads a request. The second value is an error if the body could not be read completely.
    pub(crate) async fn read(request: Request<Body>) -> (Self, Result<(), ErrorResponse>) {
        let (head, body) = request.into_parts();
        let (body, body_read) = match to_bytes(body, MAX_BODY_BYTES).await {
            Ok(body) => (body, Ok(())),
            Err(_) => {
                let message = "The request body is too large.";
                let error = ErrorResponse::new(413, "request_body_too_large", message);
                (Bytes::new(), Err(error))
            }
        };
        let recorded = Self {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            headers: detached(&head.headers),
            body,
        };
        (recorded, body_read)
    }

    /// Returns the path without `/v1`.
    pub(crate) fn api_path(&self) -> &str {
        strip_version(&self.path)
    }

    /// Returns the decoded segments of the path after `/v1`, which may be missing. Returns nothing if one is not UTF-8.
    pub(crate) fn segments(&self) -> Option<Vec<String>> {
        let path = self.api_path().strip_prefix('/')?;
        path.split('/').map(percent_decode).collect()
    }

    /// Returns every value of a query parameter, in order.
    pub(crate) fn query_values(&self, name: &str) -> Vec<String> {
        let query = self.query.as_deref().unwrap_or_default();
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .filter(|(key, _)| percent_decode(key).as_deref() == Some(name))
            .filter_map(|(_, value)| percent_decode(&value.replace('+', " ")))
            .collect()
    }

    /// Returns the names of the query parameters.
    pub(crate) fn query_names(&self) -> Vec<String> {
        let query = self.query.as_deref().unwrap_or_default();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let names = pairs.filter_map(|pair| percent_decode(pair.split('=').next()?));
        names.collect()
    }

    /// Returns the first value of a query parameter.
    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        self.query_values(name).into_iter().next()
    }

    /// Returns the JSON body.
    pub(crate) fn json(&self) -> Result<Value, ErrorResponse> {
        let content_type = self.headers.get("content-type");
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let media_type = content_type.unwrap_or_default().split(';').next();
        if media_type.map(str::trim) != Some("application/json") {
            let message = "The content type of the body is not application/json.";
            return Err(ErrorResponse::new(415, "unsupported_content_type", message));
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| ErrorResponse::invalid_body(error.to_string()))
    }
}

/// Copies headers into memory of their own. What the server parses shares the buffer of the connection, which the log of
/// requests would keep from being used again.
fn detached(headers: &HeaderMap) -> HeaderMap {
    let values = headers.values().map(HeaderValue::as_bytes);
    let values = Bytes::from(values.collect::<Vec<_>>().concat());
    let mut copy = HeaderMap::with_capacity(headers.len());
    let mut end = 0;
    for (name, value) in headers {
        let start = end;
        end += value.len();
        if let Ok(value) = HeaderValue::from_maybe_shared(values.slice(start..end)) {
            copy.append(name, value);
        }
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detached_headers_are_equal_and_share_no_memory() {
        let buffer = Bytes::from_static(b"one,two\xff");
        let mut headers = HeaderMap::new();
        for (name, range) in [("a", 0..3), ("b", 3..3), ("a", 4..8)] {
            let value = HeaderValue::from_maybe_shared(buffer.slice(range));
            headers.append(name, value.expect("a valid value"));
        }
        let copy = detached(&headers);
        assert_eq!(copy, headers);
        let values = copy.values().map(|it| it.as_bytes().as_ptr());
        assert!(
            values
                .into_iter()
                .all(|it| !buffer.as_ptr_range().contains(&it))
        );
    }
}
