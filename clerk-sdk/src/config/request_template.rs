//! The part of a request that is the same for every call of a client: base URL, headers, and its own key.

use std::sync::Arc;

use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

use super::client_config::ClientConfig;
use crate::error::InvalidArgument;
use crate::headers;

/// The parts that all requests of a client have in common.
pub(super) struct RequestTemplate {
    pub(super) base_url: String,
    /// With the client's own key, if it has a valid one; an operation that needs no key removes it.
    pub(super) headers: Arc<HeaderMap>,
    /// The client's own key, if it has a valid one.
    pub(super) authorization: Option<HeaderValue>,
}

impl RequestTemplate {
    pub(super) fn new(config: &ClientConfig) -> Result<Self, InvalidArgument> {
        let base_url = config.checked_base_url()?;
        if base_url.is_https() && !config.transport.supports_https() {
            let reason = "https needs the feature `rustls`, `rustls-ring` or `native-tls` of clerk-sdk, or a backend of your own";
            return Err(InvalidArgument::new("base_url", reason));
        }
        let mut headers = headers::sdk_headers();
        if let Some(own) = config.headers.get()? {
            headers::replace(&mut headers, own);
        }
        headers.remove(AUTHORIZATION);
        let key = config.key.as_ref().filter(|key| !key.is_empty());
        // An invalid key is reported by each call that needs one.
        let authorization = key.and_then(|key| key.authorization().ok());
        if let Some(value) = &authorization {
            headers.insert(AUTHORIZATION, value.clone());
        }
        Ok(Self {
            base_url: base_url.as_str().to_owned(),
            headers: Arc::new(headers),
            authorization,
        })
    }
}
