//! Responses of the page's routes: a policy that lets the page run nothing but its own script, and no caching.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

const PAGE: &str = include_str!("page.html");

/// The content security policy: only the style and the script of the page, by their hashes, and only its own origin.
static POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; connect-src 'self'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hash_of("script"),
        hash_of("style")
    );
    HeaderValue::try_from(policy).ok()
});

/// Returns the hash of the content of the page's element with this name, as a source of the policy.
fn hash_of(element: &str) -> String {
    let (start, end) = (format!("<{element}>"), format!("</{element}>"));
    let content = PAGE.split_once(&start).map(|(_, rest)| rest);
    let content = content.and_then(|it| it.split_once(&end)).map(|it| it.0);
    let digest = digest(&SHA256, content.unwrap_or_default().as_bytes());
    format!("sha256-{}", STANDARD.encode(digest))
}

pub(super) fn page() -> Response<Body> {
    respond(StatusCode::OK, "text/html; charset=utf-8", PAGE)
}

pub(super) fn json(value: &Value) -> Response<Body> {
    respond(StatusCode::OK, "application/json", value.to_string())
}

pub(super) fn error(status: StatusCode, message: &'static str) -> Response<Body> {
    respond(status, "text/plain; charset=utf-8", message)
}

fn respond(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Body>,
) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-type", content_type),
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(policy) = POLICY.clone() {
        headers.insert("content-security-policy", policy);
    }
    response
}
