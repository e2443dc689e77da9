//! Fuzzes public keys: arbitrary bytes as a JSON Web Key Set, a JSON Web Key, and PEM.
#![no_main]

use clerk_sdk::jwt::{VerifyingKey, JwkSet, Verifier};
use libfuzzer_sys::fuzz_target;

/// A well-formed token without a valid signature.
const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.e30.AAAA";

fuzz_target!(|bytes: &[u8]| {
    if let Ok(json) = serde_json::from_slice(bytes) {
        if let Ok(keys) = JwkSet::from_jwks(&json) {
            assert!(Verifier::new(keys).verify_cached(TOKEN).is_err());
        }
        if let Ok(key) = VerifyingKey::from_jwk(&json) {
            assert!(Verifier::new(key).verify_cached(TOKEN).is_err());
        }
    }
    if let Ok(pem) = std::str::from_utf8(bytes)
        && let Ok(key) = VerifyingKey::from_pem(pem)
    {
        assert!(Verifier::new(key).verify_cached(TOKEN).is_err());
    }
});
