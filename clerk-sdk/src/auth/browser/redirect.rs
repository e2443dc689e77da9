//! Redirects from which the browser is expected to come back, with a limit that ends redirect loops.

use http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue};

use super::browser_request::BrowserRequest;
use super::sensitive_header::sensitive_header_value;
use crate::auth::error_reason::AuthErrorReason;
use crate::auth::http_url::HttpUrl;
use crate::auth::request_state::{AuthStatus, RequestState};

/// The cookie that counts consecutive redirects.
const REDIRECT_COUNT: &str = "__clerk_redirect_count";
/// How many redirects may follow each other within the lifetime of the cookie.
const MAX_REDIRECTS: u32 = 3;

/// Redirects the browser to `location`. A request that is not a navigation is signed out instead, and so is one
/// without a location.
pub(super) fn redirect(
    request: &BrowserRequest<'_>,
    reason: AuthErrorReason,
    location: Option<HttpUrl>,
) -> RequestState {
    if !request.is_navigation() {
        return RequestState::signed_out(reason);
    }
    let count = request.cookies.get(REDIRECT_COUNT);
    let count: u32 = count.and_then(|it| it.parse().ok()).unwrap_or(0);
    if count >= MAX_REDIRECTS {
        return RequestState::signed_out(AuthErrorReason::HandshakeLoop);
    }
    let location = location.and_then(|it| sensitive_header_value(&it.to_string()));
    let Some(location) = location else {
        return RequestState::signed_out(reason);
    };
    let counter = format!(
        "{REDIRECT_COUNT}={}; SameSite=Lax; HttpOnly; Max-Age=2; Path=/",
        count + 1
    );
    let mut headers = location_headers(location);
    if let Ok(counter) = HeaderValue::try_from(counter) {
        headers.append(SET_COOKIE, counter);
    }
    RequestState::new(AuthStatus::Handshake(reason)).with_headers(headers)
}

/// Returns the headers of a redirect, which must never be cached.
pub(super) fn location_headers(location: HeaderValue) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(LOCATION, location);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers
}
