//! Headers: the default headers of every call, and how the headers that a user sets are checked and override them.

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

/// Checks headers that a user set as strings.
pub(crate) fn parse(headers: &[(String, String)]) -> Result<HeaderMap, InvalidArgument> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let invalid = |part| {
            InvalidArgument::new(
                "header",
                format!("its {part} contains bytes that are not allowed in a header"),
            )
        };
        let name = HeaderName::try_from(name).map_err(|_| invalid("name"))?;
        let value = HeaderValue::try_from(value).map_err(|_| invalid("value"))?;
        map.append(name, value);
    }
    Ok(map)
}

/// Replaces the headers that have the same names as those in `newer`, and adds the others.
pub(crate) fn replace(headers: &mut HeaderMap, newer: &HeaderMap) {
    for name in newer.keys() {
        headers.remove(name);
    }
    let newer = newer.iter();
    headers.extend(newer.map(|(name, value)| (name.clone(), value.clone())));
}
