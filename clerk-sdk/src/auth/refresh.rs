//! Refreshing: an expired session is renewed by asking Clerk, where the browser has a refresh token.

use std::time::Duration;

use http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, Method};
use serde_json::{Map, Value};

use super::browser::{SESSION, Visit};
use super::handshake::session_of;
use super::state::{Outcome, RequestState, secret};
use crate::jwt::decode;
use crate::session::RefreshParams;
use crate::types::{SessionRefresh, SessionRefreshFormat};
use crate::{Error, RetryPolicy};

const REFRESH: &str = "__refresh";
/// A page waits for this, and there is a handshake if it fails.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// Codes are short; a longer one is none.
const MAX_CODE_BYTES: usize = 64;

/// Why an expired session token was not renewed by asking Clerk.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotRefreshed {
    ago: Duration,
    reason: String,
}

const PREFIX: &str = "session-token-expired-refresh-";

impl NotRefreshed {
    pub(super) fn new(ago: Duration, why: &str) -> Self {
        let reason = format!("{PREFIX}{why}");
        Self { ago, reason }
    }

    /// How long ago the token expired.
    pub fn expired_ago(&self) -> Duration {
        self.ago
    }

    /// Why it was not renewed: `non-eligible-no-refresh-cookie` or `non-eligible-non-get` where Clerk was
    /// not asked; `fetch-error`, `unexpected-bapi-error`, `unexpected-sdk-error`, `invalid-session-token`
    /// or the code of an error of the API where that did not help.
    pub fn why(&self) -> &str {
        self.reason.strip_prefix(PREFIX).unwrap_or_default()
    }

    pub(super) fn reason(&self) -> &str {
        &self.reason
    }
}

/// Asks Clerk once for a new session in the place of an expired one; or says why there is none.
pub(super) async fn attempt(visit: &Visit<'_>, expired: &str) -> Result<RequestState, String> {
    if visit.parts.method != Method::GET {
        return Err("non-eligible-non-get".to_owned());
    }
    let suffix = visit.browser.key.cookie_suffix();
    let Some(refresh_token) = visit.cookies.suffixed(REFRESH, suffix) else {
        return Err("non-eligible-no-refresh-cookie".to_owned());
    };
    let Ok(claims) = decode(expired) else {
        return Err("expired-session-token-decode-failed".to_owned());
    };
    let params = RefreshParams::new(expired, refresh_token, &*visit.address.origin)
        .format(SessionRefreshFormat::Cookie)
        .request_headers(headers_of(visit.parts));
    let sessions = &visit.settings.sessions;
    let call = sessions.refresh(claims.session_id(), &params);
    let answer = call.retry(RetryPolicy::none()).timeout(TIME_LIMIT).await;
    let cookies = match answer.map_err(|error| why(&error))?.into_inner() {
        SessionRefresh::SessionCookies(it) => it.cookies,
        _ => return Err("unexpected-bapi-error".to_owned()),
    };
    if cookies.is_empty() {
        return Err("unexpected-sdk-error".to_owned());
    }
    let token = cookies.iter().find_map(|cookie| session_of(cookie));
    let session = visit.settings.verifier.verify(token.unwrap_or_default());
    let Ok(session) = session.await else {
        return Err("invalid-session-token".to_owned());
    };
    let mut headers = HeaderMap::new();
    for cookie in cookies.iter().filter_map(|cookie| secret(cookie)) {
        headers.append(SET_COOKIE, cookie);
    }
    Ok(RequestState::new(Outcome::Session(session)).with_headers(headers))
}

/// The headers of a request as Clerk takes them. Credentials for others than Clerk stay here.
fn headers_of(parts: &Parts) -> Map<String, Value> {
    let mut headers = Map::new();
    for name in parts.headers.keys().filter(|name| **name != AUTHORIZATION) {
        let values = parts.headers.get_all(name).iter();
        let values = values.filter_map(|value| value.to_str().ok());
        let values: Vec<Value> = match *name == COOKIE {
            true => values.map(|it| clerks_cookies(it).into()).collect(),
            false => values.map(Value::from).collect(),
        };
        headers.insert(name.as_str().to_owned(), values.into());
    }
    headers
}

fn clerks_cookies(header: &str) -> String {
    let is_clerks = |cookie: &&str| {
        let names = [SESSION, REFRESH, "__client", "__clerk"];
        names.iter().any(|name| cookie.starts_with(name))
    };
    let cookies = header.split(';').map(str::trim).filter(is_clerks);
    cookies.collect::<Vec<_>>().join("; ")
}

fn why(error: &Error) -> String {
    let reported = match error {
        Error::Api(error) => error.errors().first().map(|it| &*it.code),
        Error::Transport(_) | Error::Timeout(_) => Some("unexpected_error"),
        Error::MissingKey | Error::InvalidArgument(_) => return "unexpected-sdk-error".to_owned(),
        _ => None,
    };
    let is_code = |code: &&str| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        code.len() <= MAX_CODE_BYTES && !code.is_empty() && code.bytes().all(is_part)
    };
    match reported.filter(is_code) {
        Some("unexpected_error") => "fetch-error".to_owned(),
        Some(code) => code.to_owned(),
        None => "unexpected-bapi-error".to_owned(),
    }
}
