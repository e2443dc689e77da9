//! Handshakes: the browser is redirected to Clerk's Frontend API and comes back with new session cookies.

use std::time::Duration;

use http::header::{ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::browser_request::BrowserRequest;
use super::cookie_names::{DEV_BROWSER, SESSION};
use super::redirect::{location_headers, redirect};
use super::sensitive_header::sensitive_header_value;
use super::set_cookie::{append_set_cookie, session_token};
use crate::auth::error_reason::AuthErrorReason;
use crate::auth::http_url::HttpUrl;
use crate::auth::request_state::{AuthStatus, RequestState};
use crate::call::Call;
use crate::generated::API_VERSION;
use crate::jwt::{HandshakeToken, SessionAuth, TokenError};
use crate::request::Request;
use crate::retry::RetryPolicy;

/// The result of a handshake as a signed token, in a query parameter or a cookie.
const HANDSHAKE: &str = "__clerk_handshake";
/// The nonce under which Clerk stores the result of a handshake, in a query parameter or a cookie.
const NONCE: &str = "__clerk_handshake_nonce";
const REASON: &str = "__clerk_hs_reason";
/// The query parameters that a handshake adds to the URL to which the browser returns.
const RETURN_PARAMS: [&str; 4] = [HANDSHAKE, NONCE, "__clerk_help", DEV_BROWSER];

/// How long to wait for the result of a handshake, which delays the page.
const TIME_LIMIT: Duration = Duration::from_secs(5);
/// Much longer than the nonces that Clerk creates.
const MAX_NONCE_BYTES: usize = 256;
/// How far the clock of a development machine may be off.
const DEVELOPMENT_LEEWAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Starts a handshake: redirects the browser to Clerk, or signs out a request that cannot be redirected.
pub(super) fn start(request: &BrowserRequest<'_>, reason: AuthErrorReason) -> RequestState {
    let url = handshake_url(request, &reason);
    redirect(request, reason, url)
}

/// Returns the URL at which Clerk renews the session and redirects back, if the browser can be sent back.
fn handshake_url(request: &BrowserRequest<'_>, reason: &AuthErrorReason) -> Option<HttpUrl> {
    let base = match (&request.config.proxy_url, &request.config.satellite) {
        (Some(proxy), _) => proxy.clone(),
        (None, Some(satellite)) if !request.is_development() => satellite.frontend_api(),
        _ => request.key.frontend_api_url(),
    };
    let return_url = request
        .url
        .without_params(&[DEV_BROWSER, "__dev_session"])?;
    let suffixed_cookies = request.uses_suffixed_cookies().to_string();
    let param = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut params = vec![
        param("redirect_url", &return_url.to_string()),
        param("__clerk_api_version", API_VERSION),
        param("suffixed_cookies", &suffixed_cookies),
        param(REASON, reason.code()),
        param("format", "nonce"),
    ];
    let (session_cookie, _) = request.session_cookies();
    if let Some(session) = session_cookie.or(request.header_token) {
        params.push(param(SESSION, session));
    }
    if request.is_development()
        && let Some(dev_browser) = request.dev_browser()
    {
        params.push(param(DEV_BROWSER, dev_browser));
    }
    if let Some(target) = request.sync_target() {
        params.push(param("organization_id", target.identifier()));
    }
    Some(base.join("/v1/client/handshake").with_params(&params))
}

/// Applies the result of a handshake if the browser is coming back from one.
///
/// The result is applied to navigations only: other requests may have a cookie of an earlier handshake. If it
/// cannot be read, is older than a minute, was used before and does not say its age, or its session token is rejected, no
/// cookie is set, so that an old link cannot sign the user in as someone else. In production the existing cookies are used then; in development, where the cause
/// is a wrong configuration, the request is signed out with the reason.
pub(super) async fn resolve(request: &BrowserRequest<'_>) -> Option<RequestState> {
    if !request.is_navigation() {
        return None;
    }
    let handshake = match request.param_or_cookie(NONCE).filter(|it| is_nonce(it)) {
        Some(nonce) => Handshake::Nonce(nonce),
        None => Handshake::Token(handshake_token(request).await?),
    };
    let state = match cookies_of(request, handshake).await? {
        Ok(cookies) => apply(request, &cookies).await,
        Err(reason) => Err(reason),
    };
    match state {
        Ok(state) => Some(state),
        // Another handshake would fail as well, so none is started, not even for another organization.
        Err(reason) if reason.is_unavailable() => {
            let session = match request.is_development() {
                false => request.valid_session().await,
                true => None,
            };
            Some(match session {
                Some(session) => RequestState::new(AuthStatus::Session(session)),
                None => RequestState::signed_out(reason),
            })
        }
        Err(AuthErrorReason::Token(error))
            if error.is_missing_party() && !request.is_signed_in().await =>
        {
            Some(RequestState::signed_out(AuthErrorReason::Token(error)))
        }
        Err(_) if !request.is_development() => None,
        // The page was reloaded: only the URL needs cleaning, unless the nonce is that of an old cookie.
        Err(reason @ AuthErrorReason::HandshakeSpent) => {
            let headers = clean_url_redirect(request)?;
            Some(RequestState::signed_out(reason).with_headers(headers))
        }
        Err(reason) => Some(RequestState::signed_out(reason)),
    }
}

/// The result of a handshake as a request contains it.
#[derive(Clone, Copy)]
enum Handshake<'r> {
    Nonce(&'r str),
    Token(&'r str),
}

/// Returns the handshake token of a request.
///
/// In production Clerk returns it in a cookie. One in the URL may come from a link of somebody else, and would sign a
/// visitor in as another user, so a browser that is signed in does not take it from there.
async fn handshake_token<'r>(request: &'r BrowserRequest<'_>) -> Option<&'r str> {
    match request.url.param(HANDSHAKE) {
        Some(token) if request.is_development() || !request.is_signed_in().await => Some(token),
        _ => request.cookies.get(HANDSHAKE),
    }
}

/// Returns the `Set-Cookie` values of a handshake, or `None` if another instance has resolved it for an outer gate.
async fn cookies_of(
    request: &BrowserRequest<'_>,
    handshake: Handshake<'_>,
) -> Option<Result<Vec<String>, AuthErrorReason>> {
    let (Handshake::Nonce(credential) | Handshake::Token(credential)) = handshake;
    let (handshakes, suffix) = (request.record.handshakes(), request.key.cookie_suffix());
    if let Some(cookies) = handshakes.get(suffix, credential) {
        return Some(cookies);
    }
    if handshakes.is_of_another(suffix, credential) {
        return None;
    }
    let cookies = match handshake {
        Handshake::Nonce(nonce) => {
            let calls = &request.config.calls;
            let session_token = request.signed_session_token().await;
            let call = |is_low_priority| fetch_cookies(request, nonce, is_low_priority);
            let (now, credential) = (request.verifier.now(), [nonce]);
            let exchange = calls.exchange(&calls.handshakes, now, &credential, session_token, call);
            exchange.await
        }
        Handshake::Token(token) => read_token(request, token).await,
    };
    handshakes.record(suffix, credential, cookies.clone());
    Some(cookies)
}

/// Verifies a handshake token and returns its `Set-Cookie` values.
async fn read_token(
    request: &BrowserRequest<'_>,
    token: &str,
) -> Result<Vec<String>, AuthErrorReason> {
    let handshake = request.verifier.verify_handshake(token).await;
    let handshake = handshake.map_err(AuthErrorReason::Token)?;
    let is_reusable = check_age(request, &handshake).map_err(AuthErrorReason::Token)?;
    match is_reusable || request.config.used_handshakes.record_use(token) {
        true => Ok(handshake.cookies),
        false => Err(AuthErrorReason::HandshakeSpent),
    }
}

/// Checks the age of a handshake token. Returns whether it may be used again, because it will be too old soon.
fn check_age(request: &BrowserRequest<'_>, handshake: &HandshakeToken) -> Result<bool, TokenError> {
    let is_close = |error: &TokenError| {
        let difference = error.time_difference();
        difference.is_some_and(|it| it <= DEVELOPMENT_LEEWAY)
    };
    match request.verifier.check_handshake_age(handshake) {
        Ok(()) => Ok(handshake.is_short_lived(request.verifier.now())),
        Err(error) if request.is_development() && is_close(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether a nonce has a form that Clerk may have created. If not, no call is made.
fn is_nonce(nonce: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte);
    nonce.len() <= MAX_NONCE_BYTES && nonce.bytes().all(is_allowed)
}

/// Fetches the `Set-Cookie` values of a handshake. The API document does not contain this operation.
async fn fetch_cookies(
    request: &BrowserRequest<'_>,
    nonce: &str,
    is_low_priority: bool,
) -> Result<Vec<String>, AuthErrorReason> {
    let mut payload_request = Request::get("/clients/handshake_payload");
    payload_request.query.append_pair("nonce", nonce);
    let call = Call::<Value>::new(&request.config.handle, payload_request);
    let call = call.retry(RetryPolicy::none()).timeout(TIME_LIMIT);
    let response = call.low_priority(is_low_priority).await;
    let payload = response.map_err(|error| match error.status().map(|it| it.as_u16()) {
        Some(400 | 404 | 410 | 422) => AuthErrorReason::HandshakeSpent,
        _ => AuthErrorReason::HandshakeUnavailable(error),
    })?;
    let directives = payload.get("directives").cloned().unwrap_or_default();
    let invalid = |_| AuthErrorReason::Token(TokenError::invalid_claim("directives"));
    serde_json::from_value(directives).map_err(invalid)
}

/// Sets the cookies of a handshake, and signs in with the session token among them, or signs out if there is
/// none.
async fn apply(
    request: &BrowserRequest<'_>,
    cookies: &[String],
) -> Result<RequestState, AuthErrorReason> {
    let state = match session_token(cookies) {
        None => RequestState::signed_out(AuthErrorReason::HandshakeWithoutSession),
        Some(token) => {
            let session = verify(request, token)
                .await
                .map_err(AuthErrorReason::Token)?;
            RequestState::new(AuthStatus::Session(session))
        }
    };
    let mut headers = match request.is_development() {
        true => clean_url_redirect(request).unwrap_or_default(),
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
    append_set_cookie(&mut headers, cookies);
    Ok(state.with_headers(headers))
}

/// Returns a redirect to the same URL without the parameters of the handshake, which contain credentials.
///
/// Returns `None` if the URL has no such parameter: the redirect would lead to the same URL again.
fn clean_url_redirect(request: &BrowserRequest<'_>) -> Option<HeaderMap> {
    if !request.url.has_any_param(&RETURN_PARAMS) {
        return None;
    }
    let clean_url = request.url.without_params(&RETURN_PARAMS)?.to_string();
    Some(location_headers(sensitive_header_value(&clean_url)?))
}

async fn verify(request: &BrowserRequest<'_>, token: &str) -> Result<SessionAuth, TokenError> {
    match request.verifier.verify(token).await {
        Err(error) if error.time_difference().is_some() && request.is_development() => {
            let lenient = request.verifier.clone().leeway(DEVELOPMENT_LEEWAY);
            lenient.verify(token).await
        }
        result => result,
    }
}
