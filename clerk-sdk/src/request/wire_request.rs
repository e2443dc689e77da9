//! A complete, checked request, from which the HTTP request of each attempt is made.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, Request, Uri};

use crate::headers;

/// One request. Its headers are assembled only when it is sent: for most calls that is one copy of the headers that
/// all calls share.
pub(crate) struct WireRequest {
    pub(crate) url: Uri,
    /// The headers of every request of the client.
    pub(crate) client_headers: Arc<HeaderMap>,
    /// The headers of this call, which replace those; most calls have none.
    pub(crate) call_headers: Option<Box<HeaderMap>>,
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) content_type: Option<HeaderValue>,
    pub(crate) body: Bytes,
}

impl WireRequest {
    pub(crate) fn to_http(&self, method: Method) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = method;
        *request.uri_mut() = self.url.clone();
        *request.headers_mut() = self.headers();
        request
    }

    fn headers(&self) -> HeaderMap {
        let mut all = HeaderMap::clone(&self.client_headers);
        if let Some(call_headers) = &self.call_headers {
            headers::replace(&mut all, call_headers);
        }
        match &self.authorization {
            Some(value) => all.insert(AUTHORIZATION, value.clone()),
            None => all.remove(AUTHORIZATION),
        };
        if let Some(value) = &self.content_type {
            all.insert(CONTENT_TYPE, value.clone());
        }
        all
    }
}
