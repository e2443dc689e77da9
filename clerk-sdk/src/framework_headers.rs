//! Converts the headers of requests from web frameworks whose header types are not those of the `http` crate. The result
//! is `None` if a header is invalid, which a request that was received over a connection cannot have.

use http::{HeaderMap, HeaderName, HeaderValue};

#[cfg(feature = "actix-web-4")]
pub(crate) fn from_actix_web_4(headers: &actix_web::http::header::HeaderMap) -> Option<HeaderMap> {
    let mut converted = HeaderMap::new();
    for (name, value) in headers {
        append(&mut converted, name.as_str(), value.as_bytes())?;
    }
    Some(converted)
}

#[cfg(feature = "rocket-05")]
pub(crate) fn from_rocket_05(headers: &rocket::http::HeaderMap<'_>) -> Option<HeaderMap> {
    let mut converted = HeaderMap::new();
    for header in headers.iter() {
        append(
            &mut converted,
            header.name().as_str(),
            header.value().as_bytes(),
        )?;
    }
    Some(converted)
}

fn append(headers: &mut HeaderMap, name: &str, value: &[u8]) -> Option<()> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    headers.append(name, HeaderValue::from_bytes(value).ok()?);
    Some(())
}
