//! Handshakes: a browser is sent to Clerk's Frontend API and comes back with fresh cookies.

use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, LOCATION,
    SET_COOKIE,
};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::browser::{DEV_BROWSER, SESSION, Visit};
use super::incoming::with_query;
use super::state::{Outcome, Reason, RequestState, secret};
use crate::jwt::{Session, TokenError};
use crate::request::Request;
use crate::{API_VERSION, Call, RetryPolicy};

const HANDSHAKE: &str = "__clerk_handshake";
const NONCE: &str = "__clerk_handshake_nonce";
const REDIRECT_COUNT: &str = "__clerk_redirect_count";
const REASON: &str = "__clerk_hs_reason";
/// What a handshake adds to the address that it comes back to.
const ADDED: [&str; 4] = [HANDSHAKE, NONCE, "__clerk_help", DEV_BROWSER];

/// Handshakes in a row before something is wrong.
const MOST_REDIRECTS: u32 = 3;
/// A page waits for what its handshake brought.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// Much longer than a nonce is.
const MAX_NONCE_BYTES: usize = 256;
/// How far the clock of a development machine may be off.
const DEVELOPMENT_LEEWAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Sends the browser to Clerk.
pub(super) fn start(visit: &Visit<'_>, reason: Reason) -> RequestState {
    let location = location(visit, &reason);
    send(visit, reason, &location)
}

/// Sends the browser somewhere that it comes back from. A request that loads no page cannot be sent
/// anywhere: it is signed out.
pub(super) fn send(visit: &Visit<'_>, reason: Reason, location: &str) -> RequestState {
    if !visit.is_navigation() {
        return RequestState::signed_out(reason);
    }
    let count = visit
        .cookies
        .get(REDIRECT_COUNT)
        .and_then(|it| it.parse().ok());
    let count: u32 = count.unwrap_or(0);
    if count >= MOST_REDIRECTS {
        return RequestState::signed_out(Reason::HandshakeLoop);
    }
    let Some(location) = secret(location) else {
        return RequestState::signed_out(reason);
    };
    let counted = format!(
        "{REDIRECT_COUNT}={}; SameSite=Lax; HttpOnly; Max-Age=2; Path=/",
        count + 1
    );
    let mut headers = HeaderMap::new();
    headers.insert(LOCATION, location);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(counted) = HeaderValue::try_from(counted) {
        headers.append(SET_COOKIE, counted);
    }
    RequestState::new(Outcome::Handshake(reason)).with_headers(headers)
}

fn location(visit: &Visit<'_>, reason: &Reason) -> String {
    let settings = visit.settings;
    let base = match (&settings.proxy_url, &settings.satellite) {
        (Some(proxy), _) => proxy.clone(),
        (None, Some(satellite)) if !visit.is_development() => {
            format!("https://clerk.{}", satellite.domain)
        }
        _ => format!("https://{}", visit.browser.key.frontend_api()),
    };
    let here = visit.address.without(&[DEV_BROWSER, "__dev_session"]);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut params = vec![
        pair("redirect_url", &here),
        pair("__clerk_api_version", API_VERSION),
        pair("suffixed_cookies", &visit.uses_suffixed().to_string()),
        pair(REASON, reason.as_str()),
        pair("format", "nonce"),
    ];
    if let (Some(session), _) = visit.chosen() {
        params.push(pair(SESSION, session));
    }
    if visit.is_development()
        && let Some(credential) = visit.dev_browser()
    {
        params.push(pair(DEV_BROWSER, credential));
    }
    with_query(&format!("{base}/v1/client/handshake"), &params)
}

/// Takes in what a handshake brought, if the request comes back from one.
///
/// What comes back loads a page; other requests may carry a cookie that was left over. Where it cannot be
/// read, or its session is refused, nothing is set: old links must not plant the cookies of somebody else.
/// In production the cookies decide then. In development it is told, because it is a setting that is wrong.
pub(super) async fn resolve(visit: &Visit<'_>) -> Option<RequestState> {
    if !visit.is_navigation() {
        return None;
    }
    let nonce = visit.param_or_cookie(NONCE).filter(|it| is_nonce(it));
    let brought = match (nonce, visit.param_or_cookie(HANDSHAKE)) {
        (Some(nonce), _) => fetch(visit, nonce).await,
        (None, Some(token)) => {
            let cookies = visit.settings.verifier.verify_handshake(token).await;
            cookies.map_err(Reason::Token)
        }
        (None, None) => return None,
    };
    let taken = match brought {
        Ok(cookies) => take(visit, &cookies).await,
        Err(reason) => Err(reason),
    };
    match taken {
        Ok(state) => Some(state),
        // Another handshake would come back with as little.
        Err(reason) if reason.is_unavailable() => Some(RequestState::signed_out(reason)),
        Err(_) if !visit.is_development() => None,
        // Nothing is wrong but the address, unless it is a cookie that was left over.
        Err(reason @ Reason::HandshakeSpent) => {
            let headers = clean_address(visit)?;
            Some(RequestState::signed_out(reason).with_headers(headers))
        }
        Err(reason) => Some(RequestState::signed_out(reason)),
    }
}

/// Whether Clerk need be asked about it: anybody can write something else.
fn is_nonce(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte);
    text.len() <= MAX_NONCE_BYTES && text.bytes().all(is_part)
}

/// Fetches what a handshake left at Clerk. The document of the API does not have this operation.
async fn fetch(visit: &Visit<'_>, nonce: &str) -> Result<Vec<String>, Reason> {
    let mut request = Request::get("/clients/handshake_payload");
    request.query.append_pair("nonce", nonce);
    let call = Call::<Value>::new(&visit.settings.transport, request);
    let answer = call.retry(RetryPolicy::none()).timeout(TIME_LIMIT).await;
    let answer = answer.map_err(|error| match error.status().map(|it| it.as_u16()) {
        Some(400 | 404 | 410 | 422) => Reason::HandshakeSpent,
        _ => Reason::HandshakeUnavailable(Arc::new(error)),
    })?;
    let directives = answer.get("directives").cloned().unwrap_or_default();
    let invalid = |_| Reason::Token(TokenError::InvalidClaim("directives"));
    serde_json::from_value(directives).map_err(invalid)
}

/// Passes the cookies on to the browser, and signs in with the session among them. Without one it is a
/// sign-out.
async fn take(visit: &Visit<'_>, cookies: &[String]) -> Result<RequestState, Reason> {
    let state = match cookies.iter().find_map(|cookie| session_of(cookie)) {
        None => RequestState::signed_out(Reason::HandshakeWithoutSession),
        Some(token) => {
            let session = verify(visit, token).await.map_err(Reason::Token)?;
            RequestState::new(Outcome::Session(session))
        }
    };
    let mut headers = match visit.is_development() {
        true => clean_address(visit).unwrap_or_default(),
        false => HeaderMap::new(),
    };
    headers.insert(
        ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("null"),
    );
    headers.insert(
        ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    for cookie in cookies.iter().filter_map(|cookie| secret(cookie)) {
        headers.append(SET_COOKIE, cookie);
    }
    Ok(state.with_headers(headers))
}

/// Takes what the handshake added out of the address bar, where credentials do not belong. None where
/// nothing of it is there: the browser would be sent to where it is.
fn clean_address(visit: &Visit<'_>) -> Option<HeaderMap> {
    let is_added = |name: &str| ADDED.contains(&name);
    if !visit.address.query.iter().any(|(name, _)| is_added(name)) {
        return None;
    }
    let mut headers = HeaderMap::new();
    headers.insert(LOCATION, secret(&visit.address.without(&ADDED))?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Some(headers)
}

/// The session token in a `Set-Cookie`, if that sets one.
pub(super) fn session_of(cookie: &str) -> Option<&str> {
    let (name, value) = cookie.split(';').next()?.split_once('=')?;
    let is_session = name.trim().starts_with(SESSION);
    Some(value.trim()).filter(|value| is_session && !value.is_empty())
}

async fn verify(visit: &Visit<'_>, token: &str) -> Result<Session, TokenError> {
    let verifier = &visit.settings.verifier;
    match verifier.verify(token).await {
        Err(
            TokenError::Expired(_) | TokenError::NotYetValid(_) | TokenError::IssuedInTheFuture(_),
        ) if visit.is_development() => {
            let patient = verifier.clone().leeway(DEVELOPMENT_LEEWAY);
            patient.verify(token).await
        }
        outcome => outcome,
    }
}
