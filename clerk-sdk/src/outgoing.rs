//! A request that is whole and checked, made anew for each attempt.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, Request, Uri};

/// One request. Its headers are put together only when it is sent: for most calls that is one copy of what all
/// calls start from.
pub(crate) struct Outgoing {
    pub(crate) url: Uri,
    /// What every request of the client has.
    pub(crate) start: Arc<HeaderMap>,
    /// What this one has in the place of those; most have nothing.
    pub(crate) more: Option<Box<HeaderMap>>,
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) content_type: Option<HeaderValue>,
    pub(crate) body: Bytes,
}

impl Outgoing {
    pub(crate) fn to_http(&self, method: Method) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = method;
        *request.uri_mut() = self.url.clone();
        *request.headers_mut() = self.headers();
        request
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::clone(&self.start);
        if let Some(more) = &self.more {
            replace(&mut headers, more);
        }
        match &self.authorization {
            Some(value) => headers.insert(AUTHORIZATION, value.clone()),
            None => headers.remove(AUTHORIZATION),
        };
        if let Some(value) = &self.content_type {
            headers.insert(CONTENT_TYPE, value.clone());
        }
        headers
    }
}

/// Puts `newer` in the place of what `headers` has under the same names.
pub(crate) fn replace(headers: &mut HeaderMap, newer: &HeaderMap) {
    for name in newer.keys() {
        headers.remove(name);
    }
    let newer = newer.iter();
    headers.extend(newer.map(|(name, value)| (name.clone(), value.clone())));
}
