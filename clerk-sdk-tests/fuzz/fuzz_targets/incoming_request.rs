//! Fuzzes the authentication of incoming requests: URL, `Cookie` and `Authorization` header. The first line of the
//! input selects the authenticator.
#![no_main]

use std::sync::LazyLock;

use clerk_sdk::ClientConfig;
use clerk_sdk::auth::Authenticator;
use clerk_sdk::jwt::{VerifyingKey, Verifier};
use clerk_sdk_fuzz::{block_on, config_with_response};
use clerk_sdk_tests::Signer;
use http::HeaderValue;
use libfuzzer_sys::fuzz_target;

const PUBLISHABLE_KEYS: [&str; 2] = [
    "pk_test_Y2xlcmsuZW11bGF0b3IudGVzdCQ",
    "pk_live_Y2xlcmsuZW11bGF0b3IudGVzdCQ",
];

/// The URLs that a redirect may lead to: the frontend API, the sign-in page of the primary domain, and the frontend
/// API of the satellite domain.
const REDIRECT_PREFIXES: [&str; 3] = [
    "https://clerk.emulator.test/",
    "https://a.test/in",
    "https://clerk.b.test/",
];

/// An authenticator for each publishable key, as the primary domain and as a satellite domain.
static AUTHENTICATORS: LazyLock<Vec<Authenticator>> = LazyLock::new(|| {
    let config: ClientConfig = config_with_response(200, b"{}");
    let key = VerifyingKey::from_jwk(&Signer::instance().jwk()).expect("a key");
    let primary = PUBLISHABLE_KEYS.map(|publishable| {
        let authenticator = Authenticator::new(config.clone()).verifier(Verifier::new(key.clone()));
        authenticator
            .publishable_key(publishable)
            .expect("a valid publishable key")
    });
    let satellites = primary.clone().map(|it| {
        it.satellite("b.test", "https://a.test/in")
            .expect("a valid satellite domain")
    });
    primary.into_iter().chain(satellites).collect()
});

fuzz_target!(|bytes: &[u8]| {
    let mut lines = bytes.splitn(4, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (selector, url, cookies, authorization) = (line(), line(), line(), line());
    let mut request = http::Request::new(());
    if let Ok(uri) = http::Uri::try_from(url) {
        *request.uri_mut() = uri;
    }
    let headers = request.headers_mut();
    headers.insert("sec-fetch-dest", HeaderValue::from_static("document"));
    for (name, value) in [("cookie", cookies), ("authorization", authorization)] {
        if let Ok(value) = HeaderValue::from_bytes(value)
            && !value.is_empty()
        {
            headers.insert(name, value);
        }
    }
    let index = usize::from(selector.first().copied().unwrap_or(0)) % AUTHENTICATORS.len();
    let (parts, ()) = request.into_parts();
    let state = block_on(AUTHENTICATORS[index].authenticate(&parts));
    // The fuzzer cannot sign tokens.
    assert!(!state.is_authenticated());
    if let Some(location) = state.redirect() {
        let location = location.to_str().expect("a URL is ASCII");
        let is_expected = REDIRECT_PREFIXES.iter().any(|it| location.starts_with(it));
        assert!(is_expected, "{location}");
    }
});
