//! Requests whose `Authorization` and `Cookie` headers and address are any bytes.
#![no_main]

use std::sync::LazyLock;

use clerk_sdk::ClientConfig;
use clerk_sdk::auth::Authenticator;
use clerk_sdk::jwt::{Key, Verifier};
use clerk_sdk_fuzz::{answering_config, wait};
use clerk_sdk_tests::Signer;
use http::HeaderValue;
use libfuzzer_sys::fuzz_target;

const KEYS: [&str; 2] = [
    "pk_test_Y2xlcmsuZW11bGF0b3IudGVzdCQ",
    "pk_live_Y2xlcmsuZW11bGF0b3IudGVzdCQ",
];

static AUTHENTICATORS: LazyLock<Vec<Authenticator>> = LazyLock::new(|| {
    let config: ClientConfig = answering_config(200, b"{}");
    let key = Key::from_jwk(&Signer::instance().jwk()).expect("a key");
    let all = KEYS.map(|publishable| {
        let authenticator = Authenticator::new(config.clone()).verifier(Verifier::new(key.clone()));
        authenticator.publishable_key(publishable).expect("a key")
    });
    let satellites = all.clone().map(|it| it.satellite("b.test", "https://a.test/in").expect("one"));
    all.into_iter().chain(satellites).collect()
});

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(4, |byte| *byte == b'\n');
    let mut part = || parts.next().unwrap_or_default();
    let (first, address, cookies, authorization) = (part(), part(), part(), part());
    let mut request = http::Request::new(());
    if let Ok(uri) = http::Uri::try_from(address) {
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
    let which = usize::from(first.first().copied().unwrap_or(0)) % AUTHENTICATORS.len();
    let (parts, ()) = request.into_parts();
    let state = wait(AUTHENTICATORS[which].authenticate(&parts));
    // Nobody here can sign.
    assert!(!state.is_signed_in());
    if let Some(location) = state.redirect() {
        let location = location.to_str().expect("an address is text");
        let known = ["https://clerk.emulator.test/", "https://a.test/in", "https://clerk.b.test/"];
        assert!(known.iter().any(|it| location.starts_with(it)), "{location}");
    }
});
