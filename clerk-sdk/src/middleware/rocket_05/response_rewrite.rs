//! Rewriting a response of Rocket into that of a gate or guard.

use std::io::Cursor;

use bytes::Bytes;
use http::header::{RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE};
use rocket::http::{Header, Status};
use rocket::request::Request;
use rocket::{Catcher, Response};

/// Replaces the response by one that denies the request.
pub(super) fn replace(response: &mut Response<'_>, denied: http::Response<Bytes>) {
    let (head, body) = denied.into_parts();
    let own = head.headers.keys().map(http::HeaderName::as_str);
    for name in own.chain(["content-type", "content-length"]) {
        response.remove_header(name);
    }
    response.set_status(Status::new(head.status.as_u16()));
    append_headers(response, &head.headers);
    response.set_sized_body(body.len(), Cursor::new(body));
}

/// Adds the headers of a rejection for browsers and proxies to a response of the application.
pub(super) fn add_denial_headers(response: &mut Response<'_>, rejection: &http::HeaderMap) {
    for name in [WWW_AUTHENTICATE, RETRY_AFTER] {
        let value = rejection.get(&name).and_then(header_str);
        if let Some(value) = value
            && !response.headers().contains(name.as_str())
        {
            response.set_header(Header::new(name.to_string(), value.to_owned()));
        }
    }
}

/// Adds the headers of a state to a response, as [`RequestState::add_headers_to`](crate::auth::RequestState) does.
pub(super) fn merge_headers(response: &mut Response<'_>, headers: &http::HeaderMap) {
    let replaced = headers.keys().filter(|name| **name != SET_COOKIE);
    for name in replaced {
        response.remove_header(name.as_str());
    }
    append_headers(response, headers);
}

fn append_headers(response: &mut Response<'_>, headers: &http::HeaderMap) {
    for (name, value) in headers {
        if let Some(value) = header_str(value) {
            response.adjoin_header(Header::new(name.to_string(), value.to_owned()));
        }
    }
}

/// Returns a header value as a string. Rocket cannot represent others.
fn header_str(value: &http::HeaderValue) -> Option<&str> {
    std::str::from_utf8(value.as_bytes()).ok()
}

/// Returns whether a response is that of Rocket's default catcher, which responds if nothing in the
/// application does.
///
/// Rocket does not expose this, so the response is compared with that of the default catcher.
pub(super) async fn is_rocket_default(request: &Request<'_>, response: &mut Response<'_>) -> bool {
    let catcher = Catcher::default().handler;
    let Ok(mut default) = catcher.handle(response.status(), request).await else {
        return false;
    };
    let is_similar = default.content_type() == response.content_type()
        && default.body().preset_size() == response.body().preset_size();
    if !is_similar {
        return false;
    }
    let default = default.body_mut().to_bytes().await;
    let Ok(body) = response.body_mut().to_bytes().await else {
        return false;
    };
    let is_default = default.is_ok_and(|default| default == body);
    response.set_sized_body(body.len(), Cursor::new(body));
    is_default
}
