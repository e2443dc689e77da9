//! Headers: the default headers of every call, and how the headers that a user sets are checked and override them.

use std::fmt;

use http::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::error::InvalidArgument;
use crate::generated::API_VERSION;

/// Returns the headers that this crate sends with every call, except for the key.
pub(crate) fn sdk_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert("clerk-api-version", HeaderValue::from_static(API_VERSION));
    headers.insert(
        USER_AGENT,
        HeaderValue::from_static(concat!("clerk/clerk-sdk-rust@", env!("CARGO_PKG_VERSION"))),
    );
    headers.insert(
        "x-clerk-sdk",
        HeaderValue::from_static(concat!("rust/", env!("CARGO_PKG_VERSION"))),
    );
    headers
}

/// The headers that a user sets for a client or a call.
///
/// It keeps the first one that is invalid, which becomes the error of the call.
#[derive(Clone, Default)]
pub(crate) struct CustomHeaders {
    headers: HeaderMap,
    invalid: Option<InvalidArgument>,
}

impl CustomHeaders {
    /// Adds a header, or keeps the error if its name or value is invalid.
    pub(crate) fn add(&mut self, name: impl TryInto<HeaderName>, value: impl TryInto<HeaderValue>) {
        let invalid = |part| {
            InvalidArgument::new(
                "header",
                format!("its {part} contains bytes that are not allowed in a header"),
            )
        };
        let name = name.try_into().map_err(|_| invalid("name"));
        let name = name.and_then(reject_framing);
        let value = value.try_into().map_err(|_| invalid("value"));
        match name.and_then(|name| Ok((name, value?))) {
            Ok((name, value)) => {
                self.headers.append(name, value);
            }
            Err(error) => {
                self.invalid.get_or_insert(error);
            }
        }
    }

    /// The headers, or `None` if there are none.
    pub(crate) fn get(&self) -> Result<Option<&HeaderMap>, InvalidArgument> {
        match &self.invalid {
            Some(error) => Err(error.clone()),
            None => Ok(Some(&self.headers).filter(|headers| !headers.is_empty())),
        }
    }
}

/// Shows only names: values may be secret.
impl fmt::Debug for CustomHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.headers.keys()).finish()
    }
}

/// Rejects the headers that frame the message or belong to one connection: the HTTP client sets them, and others
/// would cut off the body or confuse the server.
fn reject_framing(name: HeaderName) -> Result<HeaderName, InvalidArgument> {
    const FRAMING: [&str; 10] = [
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    match FRAMING.contains(&name.as_str()) {
        true => {
            let reason = format!("the HTTP client sets `{name}` itself");
            Err(InvalidArgument::new("header", reason))
        }
        false => Ok(name),
    }
}

/// Replaces the headers that have the same names as those in `newer`, and adds the others.
pub(crate) fn replace(headers: &mut HeaderMap, newer: &HeaderMap) {
    for name in newer.keys() {
        headers.remove(name);
    }
    let newer = newer.iter();
    headers.extend(newer.map(|(name, value)| (name.clone(), value.clone())));
}
