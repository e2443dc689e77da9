//! Refreshing an expired session token with the browser's refresh token, which needs one call to Clerk.

use std::time::Duration;

use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Map, Value};

use super::browser_request::BrowserRequest;
use super::cookie_names::{CLIENT_UAT, DEV_BROWSER, REFRESH, SESSION};
use super::refresh_failure::RefreshFailure;
use super::request_cookies::split_cookies;
use super::set_cookie::{append_set_cookie, session_token};
use crate::auth::request_state::{AuthStatus, RequestState};
use crate::jwt::decode_unverified;
use crate::retry::RetryPolicy;
use crate::session::{self, RefreshParams};
use crate::types::{SessionRefresh, SessionRefreshFormat};

/// How long to wait for the refresh, which delays the page. A handshake follows if it fails.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// The names of the cookies that Clerk gets, with or without the suffix of the instance.
const FORWARDED_COOKIES: [&str; 5] = [SESSION, REFRESH, CLIENT_UAT, DEV_BROWSER, "__client"];

/// Requests a new session token for an expired one. On failure, returns the code of
/// [`RefreshError::code`](crate::auth::RefreshError::code).
pub(super) async fn refresh(
    request: &BrowserRequest<'_>,
    expired_token: &str,
) -> Result<RequestState, String> {
    if request.parts.method != Method::GET {
        return Err("non-eligible-non-get".to_owned());
    }
    let suffix = request.key.cookie_suffix();
    let Some(refresh_token) = request.cookies.get_suffixed(REFRESH, suffix) else {
        return Err("non-eligible-no-refresh-cookie".to_owned());
    };
    let refreshes = request.record.refreshes();
    let cookies = match refreshes.get(suffix, refresh_token) {
        Some(cookies) => cookies,
        None => {
            let calls = &request.config.calls;
            let call = |is_low_priority| {
                fetch_cookies(request, expired_token, refresh_token, is_low_priority)
            };
            let (credential, now) = ([expired_token, refresh_token], request.verifier.now());
            // Only a token whose signature is valid counts as expired.
            let exchange = calls.exchange(
                &calls.refreshes,
                now,
                &credential,
                Some(expired_token),
                call,
            );
            let cookies = exchange.await.map_err(|failure| failure.into_code());
            refreshes.record(suffix, refresh_token, cookies.clone());
            cookies
        }
    }?;
    let token = session_token(&cookies).unwrap_or_default();
    let Ok(session) = request.verifier.verify(token).await else {
        return Err("invalid-session-token".to_owned());
    };
    let mut headers = HeaderMap::new();
    append_set_cookie(&mut headers, &cookies);
    Ok(RequestState::new(AuthStatus::Session(session)).with_headers(headers))
}

/// Fetches the `Set-Cookie` values of a refreshed session.
async fn fetch_cookies(
    request: &BrowserRequest<'_>,
    expired_token: &str,
    refresh_token: &str,
    is_low_priority: bool,
) -> Result<Vec<String>, RefreshFailure> {
    let Ok(claims) = decode_unverified(expired_token) else {
        return Err(RefreshFailure::new("expired-session-token-decode-failed"));
    };
    let Some(origin) = &request.url.origin else {
        return Err(RefreshFailure::new("unexpected-sdk-error"));
    };
    let params = RefreshParams::new(expired_token, refresh_token, origin.to_string())
        .format(SessionRefreshFormat::Cookie)
        .request_headers(forwarded_headers(request));
    let sessions = session::Client::from_handle(request.config.handle.clone());
    let call = sessions.refresh(claims.session_id(), &params);
    let call = call.retry(RetryPolicy::none()).timeout(TIME_LIMIT);
    let response = call.low_priority(is_low_priority).await;
    match response
        .map_err(|error| RefreshFailure::of(&error))?
        .into_inner()
    {
        SessionRefresh::SessionCookies(it) if it.cookies.is_empty() => {
            Err(RefreshFailure::new("unexpected-sdk-error"))
        }
        SessionRefresh::SessionCookies(it) => Ok(it.cookies),
        _ => Err(RefreshFailure::new("unexpected-bapi-error")),
    }
}

/// Returns the headers of the request for Clerk, without credentials that are meant for others.
fn forwarded_headers(request: &BrowserRequest<'_>) -> Map<String, Value> {
    let all = &request.parts.headers;
    let own_names = own_cookie_names(request);
    let mut headers = Map::new();
    for name in all.keys().filter(|name| **name != AUTHORIZATION) {
        let values = all.get_all(name).iter();
        let values: Vec<Value> = match *name == COOKIE {
            true => values
                .map(|it| own_cookies(it, &own_names).into())
                .collect(),
            false => values
                .filter_map(|it| it.to_str().ok())
                .map(Value::from)
                .collect(),
        };
        headers.insert(name.as_str().to_owned(), values.into());
    }
    headers
}

/// Returns the names of the cookies of this instance of Clerk: other applications, and other instances, may have cookies
/// on the same site.
fn own_cookie_names(request: &BrowserRequest<'_>) -> Vec<String> {
    let suffix = request.key.cookie_suffix();
    let mut names = Vec::new();
    for name in FORWARDED_COOKIES {
        // A cookie without a suffix is that of any instance, of whichever set it last.
        if request.cookies.get_suffixed(name, suffix).is_none() {
            names.push(name.to_owned());
        }
        names.push(format!("{name}_{suffix}"));
    }
    names
}

/// Returns the value of a `Cookie` header with the cookies of these names only.
fn own_cookies(header: &HeaderValue, names: &[String]) -> String {
    let is_own = |cookie: &&str| {
        let name = cookie.split('=').next().unwrap_or_default().trim_end();
        names.iter().any(|own| own == name)
    };
    let cookies = split_cookies(header).filter(is_own);
    cookies.collect::<Vec<_>>().join("; ")
}
