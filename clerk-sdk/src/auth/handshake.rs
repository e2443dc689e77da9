//! Handshakes: a browser is sent to Clerk's Frontend API and comes back with fresh cookies.

use std::time::Duration;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, LOCATION,
    SET_COOKIE,
};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::browser::{DEV_BROWSER, SESSION, Visit};
use super::incoming::with_query;
use super::state::{Outcome, Reason, RequestState};
use crate::API_VERSION;
use crate::jwt::{Session, TokenError};
use crate::request::Request;

const HANDSHAKE: &str = "__clerk_handshake";
const NONCE: &str = "__clerk_handshake_nonce";
const REDIRECT_COUNT: &str = "__clerk_redirect_count";
const REASON: &str = "__clerk_hs_reason";
/// What a handshake adds to the address that it comes back to.
const ADDED: [&str; 4] = [HANDSHAKE, NONCE, "__clerk_help", DEV_BROWSER];

/// Handshakes in a row before something is wrong.
const MOST_REDIRECTS: u32 = 3;
/// How far the clock of a development machine may be off.
const DEVELOPMENT_LEEWAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Sends the browser to Clerk. A request that loads no page cannot be sent anywhere: it is signed out.
pub(super) fn start(visit: &Visit<'_>, reason: Reason) -> RequestState {
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
    let Ok(location) = HeaderValue::try_from(location(visit, &reason)) else {
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
/// A handshake of a production instance that cannot be read is as none: the cookies decide. In development
/// it is told, because it is a setting that is wrong.
pub(super) async fn resolve(visit: &Visit<'_>) -> Option<RequestState> {
    let nonce = visit
        .address
        .param(NONCE)
        .or_else(|| visit.cookies.get(NONCE));
    let token = visit
        .address
        .param(HANDSHAKE)
        .or_else(|| visit.cookies.get(HANDSHAKE));
    let cookies = match (nonce, token) {
        (Some(nonce), _) => fetch(visit, nonce).await,
        (None, Some(token)) => visit.settings.verifier.verify_handshake(token).await,
        (None, None) => return None,
    };
    match cookies {
        Ok(cookies) => Some(take(visit, &cookies).await),
        Err(error) if visit.is_development() => {
            Some(RequestState::signed_out(Reason::Token(error)))
        }
        Err(_) => None,
    }
}

/// Fetches what a handshake left at Clerk. The document of the API does not have this operation.
async fn fetch(visit: &Visit<'_>, nonce: &str) -> Result<Vec<String>, TokenError> {
    let mut request = Request::get("/clients/handshake_payload");
    request.query.pair("nonce", nonce);
    let answer = visit.settings.transport.call::<Value>(request).await;
    let answer = answer.map_err(|error| TokenError::KeysUnavailable(std::sync::Arc::new(error)))?;
    let directives = answer.get("directives").cloned().unwrap_or_default();
    serde_json::from_value(directives).map_err(|_| TokenError::InvalidClaim("directives"))
}

/// Passes the cookies on to the browser, and signs in with the session among them.
async fn take(visit: &Visit<'_>, cookies: &[String]) -> RequestState {
    let mut headers = HeaderMap::new();
    headers.insert(
        ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("null"),
    );
    headers.insert(
        ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    for cookie in cookies {
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            headers.append(SET_COOKIE, cookie);
        }
    }
    if visit.is_development() {
        // Takes what the handshake added out of the address bar, where credentials do not belong.
        if let Ok(location) = HeaderValue::try_from(visit.address.without(&ADDED)) {
            headers.insert(LOCATION, location);
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    }
    let session = cookies.iter().find_map(|cookie| session_of(cookie));
    let state = match session {
        None => RequestState::signed_out(Reason::HandshakeWithoutSession),
        Some(token) => match verify(visit, token).await {
            Ok(session) => RequestState::new(Outcome::Session(session)),
            Err(error) => RequestState::signed_out(Reason::Token(error)),
        },
    };
    state.with_headers(headers)
}

/// The session token in a `Set-Cookie`, if that sets one.
fn session_of(cookie: &str) -> Option<&str> {
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
