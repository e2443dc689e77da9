//! The sign-in page of an application, to which browsers are sent, and from which they come back.

use http::HeaderValue;
use http::request::Parts;

use super::browser_request::is_navigation;
use super::cookie_names::DEV_BROWSER;
use super::request_url::RequestUrl;
use super::sensitive_header::sensitive_header_value;
use crate::auth::http_url::{HttpUrl, Origin};
use crate::error::InvalidArgument;

/// The query parameters of a request that the sign-in page must not get, because they contain credentials.
const CREDENTIALS: [&str; 4] = [
    DEV_BROWSER,
    "__dev_session",
    "__clerk_handshake",
    "__clerk_handshake_nonce",
];

/// The address of a sign-in page.
#[derive(Clone, Debug)]
pub(crate) struct SignInPage(Address);

#[derive(Clone, Debug)]
enum Address {
    /// A page of any origin.
    Absolute(HttpUrl),
    /// A page of the application itself.
    Path(String),
}

impl SignInPage {
    /// Parses an absolute URL or a path.
    pub(crate) fn parse(url: &str) -> Result<Self, InvalidArgument> {
        let is_path = url.starts_with('/') && !url.starts_with("//");
        let is_allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        if is_path && url.bytes().all(is_allowed) {
            return Ok(Self(Address::Path(url.to_owned())));
        }
        let url = HttpUrl::parse(url).ok_or(InvalidArgument::new(
            "sign_in_url",
            "it must be absolute or a path, such as `/sign-in`",
        ))?;
        Ok(Self(Address::Absolute(url)))
    }

    /// Returns the address with the way back to a request, or `None` if the request is not that of a browser that loads
    /// a page, or loads the sign-in page itself.
    ///
    /// The way back is always at `origin`, whatever the request's path is. If `hides_query`, it has no query.
    pub(in crate::auth) fn location(
        &self,
        parts: &Parts,
        origin: Origin,
        hides_query: bool,
    ) -> Option<HeaderValue> {
        let page = match &self.0 {
            Address::Absolute(page) => page.clone(),
            Address::Path(path) => HttpUrl::new(origin.clone(), path),
        };
        if !is_navigation(parts) || page.is_at(&origin, parts.uri.path()) {
            return None;
        }
        let back = match hides_query {
            true => HttpUrl::new(origin, parts.uri.path()),
            false => RequestUrl::new(Some(origin), &parts.uri).without_params(&CREDENTIALS)?,
        };
        let back = ("redirect_url".to_owned(), back.to_string());
        sensitive_header_value(&page.with_params([&back]).to_string())
    }
}
