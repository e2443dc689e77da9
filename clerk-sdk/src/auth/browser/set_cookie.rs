//! The `Set-Cookie` values that Clerk returns from a handshake or a refresh.

use http::header::{CACHE_CONTROL, SET_COOKIE};
use http::{HeaderMap, HeaderValue};

use super::cookie_names::SESSION;
use super::sensitive_header::sensitive_header_value;

/// Returns the session token that a list of `Set-Cookie` values sets, if there is one.
pub(super) fn session_token(cookies: &[String]) -> Option<&str> {
    cookies.iter().find_map(|cookie| {
        let (name, value) = cookie.split(';').next()?.split_once('=')?;
        let is_session = name.trim().starts_with(SESSION);
        Some(value.trim()).filter(|value| is_session && !value.is_empty())
    })
}

/// Adds `Set-Cookie` headers, leaving out values that are not valid in a header.
///
/// The response must not be cached: a shared cache would sign others in as this user.
pub(super) fn append_set_cookie(headers: &mut HeaderMap, cookies: &[String]) {
    for cookie in cookies {
        if let Some(cookie) = sensitive_header_value(cookie) {
            headers.append(SET_COOKIE, cookie);
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    }
}
