//! Tokens, authenticators and requests for the tests.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use clerk_sdk::ClientConfig;
use clerk_sdk::auth::{AuthStatus, Authenticator, RequestState};
use clerk_sdk::jwt::{Verifier, VerifyingKey};
use clerk_sdk_tests::{Emulator, Signer, StubbedResponse};
use http::request::Parts;
use serde_json::{Value, json};

/// The time of the tests, in Unix seconds.
pub(crate) const NOW: u64 = 1_800_000_000;
/// A development instance whose Frontend API is `clerk.emulator.test`.
pub(crate) const DEVELOPMENT: &str = "pk_test_Y2xlcmsuZW11bGF0b3IudGVzdCQ";
/// A production instance with the same Frontend API.
pub(crate) const PRODUCTION: &str = "pk_live_Y2xlcmsuZW11bGF0b3IudGVzdCQ";
/// The origin of the application.
pub(crate) const APP: &str = "https://app.example.com";

/// Returns a session token with changed claims: see [`claims`].
pub(crate) fn token(changes: Value) -> String {
    Signer::instance().sign(&claims(changes))
}

/// Returns the claims of a valid session token with changes, where null removes a claim.
pub(crate) fn claims(changes: Value) -> Value {
    let mut claims = json!({
        "sub": "user_1", "sid": "sess_1", "iss": "https://clerk.emulator.test", "v": 2,
        "azp": APP, "iat": NOW - 10, "nbf": NOW - 20, "exp": NOW + 50,
    });
    let all = claims.as_object_mut().expect("claims are an object");
    for (name, value) in changes.as_object().expect("changes are an object") {
        match value {
            Value::Null => all.remove(name),
            _ => all.insert(name.clone(), value.clone()),
        };
    }
    claims
}

/// Returns `value` with some members set to others.
pub(crate) fn with_members(mut value: Value, members: Value) -> Value {
    for (name, member) in members.as_object().expect("members are an object") {
        value[name] = member.clone();
    }
    value
}

/// Returns a handshake token with these `Set-Cookie` values.
pub(crate) fn handshake_token(cookies: &[&str]) -> String {
    Signer::instance().sign(&json!({"handshake": cookies}))
}

/// Returns a verifier with the instance's key, which makes no calls.
pub(crate) fn verifier() -> Verifier {
    let key = VerifyingKey::from_jwk(&Signer::instance().jwk()).expect("the emulator's key");
    let clock = || UNIX_EPOCH + Duration::from_secs(NOW);
    let verifier = Verifier::new(key).clock(clock);
    verifier.authorized_parties([APP]).expect("an origin")
}

/// Returns a configuration whose calls fail, because nothing listens at its base URL.
pub(crate) fn no_network() -> ClientConfig {
    ClientConfig::new("sk_test_none").base_url("http://127.0.0.1:9/v1")
}

/// Returns an authenticator whose calls fail.
pub(crate) fn authenticator(publishable_key: &str) -> Authenticator {
    authenticator_with(no_network(), publishable_key)
}

/// Returns an authenticator that calls the emulator.
pub(crate) fn authenticator_for(clerk: &Emulator, publishable_key: &str) -> Authenticator {
    let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
    authenticator_with(config, publishable_key)
}

fn authenticator_with(config: ClientConfig, publishable_key: &str) -> Authenticator {
    let authenticator = Authenticator::new(config).verifier(verifier());
    let authenticator = authenticator.publishable_key(publishable_key);
    authenticator
        .expect("a valid publishable key")
        .public_origin(APP)
        .expect("a valid origin")
}

/// Returns a configuration for the emulator, and a function that counts the HTTP clients created from it: a
/// layer is applied once to each.
pub(crate) fn counting_clients(clerk: &Emulator) -> (ClientConfig, impl Fn() -> usize) {
    let created = Arc::new(AtomicUsize::new(0));
    let count = created.clone();
    let layer = tower::layer::layer_fn(move |service: clerk_sdk::HttpService| {
        created.fetch_add(1, Ordering::SeqCst);
        service
    });
    let config = ClientConfig::new(clerk.key())
        .base_url(clerk.url())
        .layer(layer);
    (config, move || count.load(Ordering::SeqCst))
}

/// Returns a response for the emulator to send once. It permits an immediate retry, which must not happen.
pub(crate) fn stubbed_response(
    method: &str,
    path: &str,
    status: u16,
    body: &Value,
) -> StubbedResponse {
    StubbedResponse {
        method: method.to_owned(),
        path: path.to_owned(),
        status,
        headers: vec![("retry-after".to_owned(), "0".to_owned())],
        body: body.to_string().into_bytes(),
    }
}

/// Returns a `GET` request.
pub(crate) fn request(uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = http::Request::builder().uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a request").into_parts().0
}

/// Returns a request with a token in the `Authorization` header.
pub(crate) fn bearer_request(token: &str) -> Parts {
    let bearer = format!("Bearer {token}");
    request("/", &[("authorization", &bearer)])
}

/// Returns the suffix of the cookies of an instance: the first characters of its key's SHA-1 in base64url.
pub(crate) fn cookie_suffix(publishable_key: &str) -> &'static str {
    match publishable_key {
        DEVELOPMENT => "OcHvrhdF",
        PRODUCTION => "nUTWOnwY",
        _ => panic!("the suffix of {publishable_key} is not known"),
    }
}

/// Returns the request of a browser that loads a page. In `cookies`, `{s}` is replaced by the instance's
/// suffix.
pub(crate) fn navigation(publishable_key: &str, uri: &str, cookies: &str) -> Parts {
    let cookies = cookies.replace("{s}", cookie_suffix(publishable_key));
    request(uri, &[("sec-fetch-dest", "document"), ("cookie", &cookies)])
}

/// Returns the cookies of the user `user_own`, who is signed in to the development or production instance.
pub(crate) fn signed_in_cookies() -> String {
    let session = token(json!({"sub": "user_own"}));
    let uat = NOW - 100;
    format!("__clerk_db_jwt=dvb_1; __session={session}; __client_uat={uat}")
}

/// Returns the outcome and the user, machine or reason, such as `signed-in user_1`.
pub(crate) fn summary(state: &RequestState) -> String {
    match state.status() {
        AuthStatus::Session(session) => format!("signed-in {}", session.user_id()),
        AuthStatus::Machine(machine) => format!("machine {}", machine.subject()),
        AuthStatus::SignedOut(reason) => format!("signed-out {}", reason.code()),
        AuthStatus::Handshake(reason) => format!("handshake {}", reason.code()),
        other => format!("{other:?}"),
    }
}

pub(crate) fn sets_cookies(state: &RequestState) -> bool {
    state.headers().contains_key("set-cookie")
}

/// Returns the URL that a state redirects to, without its query, and the query parameters.
pub(crate) fn location(state: &RequestState) -> (String, BTreeMap<String, String>) {
    let location = state.redirect().expect("a redirect");
    let location = location.to_str().expect("a URL is ASCII");
    let mut url = reqwest::Url::parse(location).expect("a valid URL");
    let params = url.query_pairs().into_owned().collect();
    url.set_query(None);
    (url.to_string(), params)
}
