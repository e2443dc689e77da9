//! The promises of `clerk_sdk::auth`: who sent a request, by header and by cookie.

mod cookies;
mod domains;
mod guesses;
mod handshake;
mod headers;
mod kinds;
mod machines;
mod refresh;
mod returns;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use clerk_sdk::ClientConfig;
use clerk_sdk::auth::{Authenticator, PublishableKey, RequestState};
use clerk_sdk::jwt::{Key, Verifier};
use clerk_sdk_tests::{Emulator, Signer, StubbedResponse};
use http::request::Parts;
use serde_json::{Value, json};

const NOW: u64 = 1_800_000_000;
/// Both are of the Frontend API `clerk.emulator.test`.
const DEVELOPMENT: &str = "pk_test_Y2xlcmsuZW11bGF0b3IudGVzdCQ";
const PRODUCTION: &str = "pk_live_Y2xlcmsuZW11bGF0b3IudGVzdCQ";
const APP: &str = "https://app.example.com";

/// A token of the instance with other claims in place of the usual; null takes one away.
fn token(changes: Value) -> String {
    Signer::instance().sign(&claims(changes))
}

fn claims(changes: Value) -> Value {
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

/// Checks with the instance's key; no network.
fn verifier() -> Verifier {
    let key = Key::from_jwk(&Signer::instance().jwk()).expect("the emulator's key");
    let clock = || UNIX_EPOCH + Duration::from_secs(NOW);
    Verifier::new(key).clock(clock).authorized_parties([APP])
}

/// An address where nothing listens, so that a call which should not be made fails.
fn no_network() -> ClientConfig {
    ClientConfig::new("sk_test_none").base_url("http://127.0.0.1:9/v1")
}

fn authenticator(publishable_key: &str) -> Authenticator {
    let authenticator = Authenticator::new(no_network()).verifier(verifier());
    let authenticator = authenticator.publishable_key(publishable_key);
    authenticator.expect("it is one").public_origin(APP)
}

/// The configuration for an emulator, and how often a client was made of it: each gets a layer of its own.
fn counting_clients(clerk: &Emulator) -> (ClientConfig, impl Fn() -> usize) {
    let made = Arc::new(AtomicUsize::new(0));
    let count = made.clone();
    let layer = tower::layer::layer_fn(move |service: clerk_sdk::HttpService| {
        made.fetch_add(1, Ordering::SeqCst);
        service
    });
    let config = ClientConfig::new(clerk.key())
        .base_url(clerk.url())
        .layer(layer);
    (config, move || count.load(Ordering::SeqCst))
}

fn canned(method: &str, path: &str, status: u16, body: &Value) -> StubbedResponse {
    StubbedResponse {
        method: method.to_owned(),
        path: path.to_owned(),
        status,
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    }
}

/// One that reaches this emulator.
fn authenticator_of(clerk: &Emulator, publishable_key: &str) -> Authenticator {
    let config = ClientConfig::new(clerk.key()).base_url(clerk.url());
    let authenticator = Authenticator::new(config).verifier(verifier());
    let authenticator = authenticator.publishable_key(publishable_key);
    authenticator.expect("it is one").public_origin(APP)
}

fn request(uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = http::Request::builder().uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a request").into_parts().0
}

/// A browser loading a page with these cookies, in which `{s}` is the suffix of the instance.
fn navigation(publishable_key: &str, uri: &str, cookies: &str) -> Parts {
    let key = PublishableKey::parse(publishable_key).expect("it is one");
    let cookies = cookies.replace("{s}", key.cookie_suffix());
    request(uri, &[("sec-fetch-dest", "document"), ("cookie", &cookies)])
}

/// `signed-in user_1`, or the state and its reason.
fn summary(state: &RequestState) -> String {
    use clerk_sdk::auth::Outcome;
    match state.outcome() {
        Outcome::Session(session) => format!("signed-in {}", session.user_id()),
        Outcome::Machine(machine) => format!("machine {}", machine.subject),
        Outcome::SignedOut(reason) => format!("signed-out {}", reason.as_str()),
        Outcome::Handshake(reason) => format!("handshake {}", reason.as_str()),
        other => format!("{other:?}"),
    }
}

/// Where a state sends the browser, taken apart: the address, and the parameters by name.
fn location(state: &RequestState) -> (String, std::collections::BTreeMap<String, String>) {
    let location = state.redirect().expect("it sends the browser somewhere");
    let location = location.to_str().expect("an address is text");
    let url = reqwest::Url::parse(location).expect("it is an address");
    let params = url.query_pairs().into_owned().collect();
    let mut bare = url;
    bare.set_query(None);
    (bare.to_string(), params)
}
