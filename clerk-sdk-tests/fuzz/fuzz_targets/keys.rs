//! Keys: sets of JSON Web Keys and PEM, of any bytes.
#![no_main]

use clerk_sdk::jwt::{Key, KeySet, Verifier};
use libfuzzer_sys::fuzz_target;

/// Of the form of a token, signed by nobody.
const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.e30.AAAA";

fuzz_target!(|bytes: &[u8]| {
    if let Ok(json) = serde_json::from_slice(bytes) {
        if let Ok(keys) = KeySet::from_jwks(&json) {
            assert!(Verifier::new(keys).verify_now(TOKEN).is_err());
        }
        if let Ok(key) = Key::from_jwk(&json) {
            assert!(Verifier::new(key).verify_now(TOKEN).is_err());
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(key) = Key::from_pem(text)
    {
        assert!(Verifier::new(key).verify_now(TOKEN).is_err());
    }
});
